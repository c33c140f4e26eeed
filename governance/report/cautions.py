"""What an officer has to act on, before all else. Pure: facts in, sentences out, the most pressing first."""

from __future__ import annotations

import datetime as dt

from governance.report.facts import ReportFacts, RunFacts, Tables
from governance.report.words import Text, article, word
from governance.times import KST

SOON = dt.timedelta(days=30)


def cautions(facts: ReportFacts) -> tuple[Text, ...]:
    """Empty where nothing waits for anybody."""
    said = [*_standing(facts), *_evidence(facts), *_duties(facts), *_sources(facts), *_copies(facts)]
    return tuple(said)


def run_cautions(facts: RunFacts) -> tuple[Text, ...]:
    """What has to be mended before a refused run can be certified."""
    failed = [gate for gate in facts.gates if gate.verdict == "fail"]
    gates = [
        Text(
            f"{word('gates', gate.id).ko} ({article(gate.article)}): {gate.detail}",
            f"Gate {gate.id} does not hold: {word('gates', gate.id).en}",
        )
        for gate in failed
    ]
    return (*gates, *_duties(facts), *_sources(facts))


def _standing(facts: ReportFacts) -> list[Text]:
    said = []
    left = facts.issue.expires - facts.generated_at
    if facts.standing.verdict == "valid" and left <= SOON:
        said.append(Text(f"{left.days}일 뒤 만료됩니다.", f"Expires in {left.days} days."))
    if facts.newest:
        said.append(Text(f"새 판 {facts.newest}이(가) 발행되어 있습니다.", f"{facts.newest} has been published since."))
    day = facts.generated_at.astimezone(KST).date().isoformat()
    if facts.issue.law_until and facts.issue.law_until <= day:
        said.append(
            Text(
                f"판단에 쓴 법령({facts.issue.law_version})이 {facts.issue.law_until}에 바뀌었습니다.",
                f"The law it was judged under ({facts.issue.law_version}) changed on {facts.issue.law_until}.",
            )
        )
    return said


def _evidence(facts: ReportFacts) -> list[Text]:
    said = list(facts.disagreements)
    differs = [gate.id for gate in facts.gates if gate.recheck == "differs"]
    if differs or facts.issue.decisions_recheck == "differs":
        named = ", ".join(differs) or "decisions"
        said.append(
            Text(
                f"증거의 지문이 확인서와 다릅니다: {named}",
                f"Evidence no longer gives the certified digest: {named}",
            )
        )
    return said


def _duties(facts: Tables) -> list[Text]:
    late = facts.requests_late
    if not late:
        return []
    since = min(request.due_at for request in late).astimezone(KST).date()
    return [
        Text(
            f"정보주체의 요구 {len(late)}건이 기한을 넘겼습니다 (가장 이른 기한 {since}).",
            f"{len(late)} requests of data subjects are overdue, the first since {since}.",
        )
    ]


def _sources(facts: Tables) -> list[Text]:
    said = []
    impersonal = {source.source_id for source in facts.sources if source.ground == "not_personal"}
    for source in sorted(impersonal):
        found = sum(row.by_source.get(source, 0) for row in facts.pii if row.law_class != "not_personal")
        if found:
            said.append(
                Text(
                    f"출처 {source}은(는) “개인정보 아님”으로 등록되었으나 개인정보로 보이는 {found:,}건이"
                    " 검출되었습니다. 근거를 다시 판단해야 합니다.",
                    f"{source} is registered as not personal, yet {found:,} findings look personal: review its ground.",
                )
            )
    for row in facts.dedup.rows if facts.dedup else ():
        lost = row.exact + row.near + row.other
        if row.alarm:
            said.append(
                Text(
                    f"출처 {row.source_id}의 문서 {row.entered:,}건 중 {lost:,}건이 중복 제거 단계에서 빠졌습니다.",
                    f"Deduplication took {lost:,} of {row.entered:,} documents of {row.source_id}.",
                )
            )
    day = facts.generated_at.astimezone(KST).date().isoformat()
    for kept in facts.sources:
        if kept.destroy_by and kept.destroy_by <= day:
            said.append(
                Text(
                    f"출처 {kept.source_id}의 입력 원본은 {kept.destroy_by}까지 파기해야 했습니다.",
                    f"The input of {kept.source_id} was to be destroyed by {kept.destroy_by}.",
                )
            )
    return said


def _copies(facts: ReportFacts) -> list[Text]:
    said = []
    strangers = sorted({pull.cluster for pull in facts.pulls if not pull.enrolled})
    if strangers:
        said.append(
            Text(
                f"등록된 내용과 맞지 않는 수령증: {', '.join(strangers)}",
                f"Receipts that do not fit the enrolment: {', '.join(strangers)}",
            )
        )
    if facts.standing.verdict in ("revoked", "expired"):
        deleted = {pull.cluster for pull in facts.pulls if pull.action == "deleted"}
        holding = sorted({pull.cluster for pull in facts.pulls if pull.action == "pulled"} - deleted)
        if holding:
            verdict = word("verdicts", facts.standing.verdict)
            said.append(
                Text(
                    f"{verdict.ko} 판의 사본을 파기했다는 확인이 없는 클러스터: {', '.join(holding)}",
                    f"No deletion receipt for this {verdict.en} release from: {', '.join(holding)}",
                )
            )
    return said
