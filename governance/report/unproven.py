"""What a confirmation of ours does not prove, said before somebody relies on it. Pure: facts in, sentences out."""

from __future__ import annotations

from governance.report.facts import ReportFacts
from governance.report.words import Text, word

ALWAYS = (
    Text(
        "외부 기관의 심사를 받지 않은 자체 발행 문서이며, 법률 자문이 아닙니다.",
        "Self-issued, reviewed by no outside body, and no legal advice.",
    ),
    Text(
        "검출기는 이름이 적힌 판이 아는 형태만 찾습니다. “미검출”은 “없음”이 아닙니다.",
        "A detector finds the forms that its named version knows: “none detected” is not “none”.",
    ),
    Text(
        "감사기록 체크포인트는 외부에서 보관하거나 공동서명해야 원장 운영자에 대해 증거가 됩니다.",
        "A log checkpoint proves something against the ledger's keeper only if it is kept or cosigned outside.",
    ),
)


def unproven(facts: ReportFacts) -> tuple[Text, ...]:
    """In the order in which an officer should know it."""
    said: list[Text] = []
    if facts.issue.demo:
        said.append(
            Text(
                "시연용 신뢰 뿌리: 한 사람이 모든 서명키를 가지므로 직무분리가 증명되지 않습니다.",
                "Demo root of trust: one person holds every key, so separation of duties is not proved.",
            )
        )
    if facts.consents is not None:
        said.append(
            Text(
                "동의 스냅숏은 원장에 적힌 대로임을 증명할 뿐, 동의가 진정하게 이루어졌음을 증명하지 않습니다.",
                "The consent snapshot proves what the ledger said, not that consent was genuine.",
            )
        )
    said += _measured(facts)
    referred = [s.source_id for s in facts.sources if s.shipped and s.ground != "consent" and not s.evidence_sha256]
    if referred := [s for s in referred if _needs_proof(facts, s)]:
        said.append(
            Text(
                f"처리 근거의 증빙이 문서번호로만 적혀 있어 내용을 대조하지 못한 출처: {', '.join(referred)}",
                "For these sources the ground's proof is a reference only; its text was not digested.",
            )
        )
    unread = [s.source_id for s in facts.sources if s.shipped and not s.terms_sha256]
    if unread:
        said.append(
            Text(
                f"이용조건 사본이 보관되지 않은 출처: {', '.join(unread)}",
                "For these sources no copy of the licence terms is on file.",
            )
        )
    if any(source.licence.endswith("-AI") for source in facts.sources):
        said.append(
            Text(
                "공공누리 AI유형의 조건은 보도에 따른 것으로 확인되지 않았습니다.",
                "The conditions of KOGL's AI type are taken from press reports and are unverified.",
            )
        )
    for claim in facts.claims:
        if claim.mark in ("attested", "not_covered"):
            mark, name = word("marks", claim.mark), word("claims", claim.id)
            said.append(Text(f"{name.ko}: {claim.statement} ({mark.ko})", f"{name.en or claim.id} ({mark.en})"))
    if facts.disagreements or not facts.stages:
        said.append(
            Text(
                "단계 기록이 없거나 서로 달라서, 문서의 경로를 끝까지 대조하지 못했습니다.",
                "Stage records are missing or disagree: where documents went was not checked to the end.",
            )
        )
    return (*said, *ALWAYS)


def _needs_proof(facts: ReportFacts, source_id: str) -> bool:
    return any(s.source_id == source_id and s.ground != "not_personal" for s in facts.sources)


def _measured(facts: ReportFacts) -> list[Text]:
    said = []
    found = facts.residual
    if found is not None and found.upper_ppm == 0:
        said.append(
            Text(
                f"모든 행({found.sampled_rows:,}행)을 같은 검출기로 다시 보아 찾은 것이 없습니다."
                " 검출기가 모르는 것은 남아 있을 수 있습니다.",
                f"All {found.sampled_rows:,} rows were looked at again and nothing was found, by the same detectors:"
                " what they do not know may remain.",
            )
        )
    elif found is not None and found.upper_ppm is not None:
        confidence = f"{(found.confidence_ppm or 0) / 10_000:g} %"
        said.append(
            Text(
                f"행의 {found.upper_ppm / 10_000:g} %까지는 개인정보가 남아 있을 수 있습니다"
                f" (신뢰수준 {confidence}; 같은 검출기로 잰 값).",
                f"Up to {found.upper_ppm / 10_000:g} % of rows may still hold personal information"
                f" (at {confidence} confidence, measured by the same detectors).",
            )
        )
    if found is not None and found.carried:
        said.append(
            Text(
                "행의 검사는 삭제 전의 판에서 한 것입니다. 이 판의 행은 모두 그때 검사한 행입니다.",
                "Rows were checked in the version before the removal; every row of this one was among them.",
            )
        )
    if found is not None and found.review:
        said.append(
            Text(
                f"문턱값 사이의 구간 {found.review:,}건은 가린 채로 출하되었고 사람이 확인하지 않았습니다.",
                f"{found.review:,} spans between two thresholds were masked and await a person's look.",
            )
        )
    if facts.dedup is not None and facts.dedup.unresolved:
        said.append(
            Text(
                f"유사 중복 후보 {facts.dedup.unresolved:,}건은 정해진 횟수 안에 대조하지 못했습니다.",
                f"{facts.dedup.unresolved:,} near-duplicate candidates were left unverified by the bounded rounds.",
            )
        )
    return said
