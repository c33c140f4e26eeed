"""The evidence map: each requirement of the law with what we can show for it. Rows without evidence say so.

Requirements and their order follow law.md, section 9. Pure: facts and counts in, rows out; nothing is inferred that no
record shows, and `holds` is said only where a gate or a verified digest stands behind it.
"""

from __future__ import annotations

from collections.abc import Iterator

from governance.report.facts import EvidenceRow, ReportFacts, State
from governance.report.ledgerfacts import KeptRecords
from governance.report.words import Text


def evidence_map(facts: ReportFacts, kept: KeptRecords) -> tuple[EvidenceRow, ...]:
    """Every row, in order."""
    return (
        *_lawfulness(facts, kept),
        *_identifiers(facts),
        *_pseudonyms(facts, kept),
        *_rights(facts, kept),
        *_organisation(facts, kept),
        *_document(facts),
    )


def _row(ko: str, en: str, article: str, evidence: Text, state: State, digest: str = "") -> EvidenceRow:
    return EvidenceRow(Text(ko, en), article, evidence, state, digest)


def _gates(facts: ReportFacts, *ids: str) -> tuple[State, str]:
    """(holds where every one of these gates passed, the first one's digest)."""
    found = [gate for gate in facts.gates if gate.id in ids]
    if len(found) < len(ids):
        return "none", ""
    bad = any(gate.verdict == "fail" or gate.recheck == "differs" for gate in found)
    return ("fails" if bad else "holds"), found[0].evidence_sha256


def _weaker(state: State, *, whole: bool) -> State:
    """`holds` becomes `partial` where part of what the requirement asks for is not shown."""
    return "partial" if state == "holds" and not whole else state


def _lawfulness(facts: ReportFacts, kept: KeptRecords) -> Iterator[EvidenceRow]:
    shipped = [source for source in facts.sources if source.shipped]
    proved = [s for s in shipped if s.ground == "not_personal" or s.evidence_sha256 or s.ground == "consent"]
    weighing = [s for s in shipped if s.ground in ("legitimate_interest", "compatible_use")]
    weighed = kept.balancing_tests > 0 or not weighing
    state, _ = _gates(facts, "licence")
    yield _row(
        "처리 근거", "Ground for processing", "개인정보 보호법 15, 17, 28-2",
        Text(
            f"출처별 근거와 문서별 판단 기록. 출하된 출처 {len(shipped)}곳 중 {len(proved)}곳의 증빙 사본을 대조함;"
            f" 이익형량·점검표 기록 {kept.balancing_tests}건",
            f"Ground by source, decision by document; proof digested for {len(proved)} of {len(shipped)} sources;"
            f" {kept.balancing_tests} balancing tests on record",
        ),
        _weaker(state, whole=weighed and len(proved) == len(shipped)), facts.issue.decisions_root,
    )  # fmt: skip
    state, digest = _gates(facts, "conservation")
    yield _row(
        "최소 수집", "Minimisation", "개인정보 보호법 16①",
        Text(
            "본문·식별키·정보주체 열만 읽음; 제외·격리 통계 있음. 목적–항목 대조표는 없음",
            "Only text, key and subject columns are read; drops are counted. No purpose-to-field matrix",
        ),
        _weaker(state, whole=False), digest,
    )  # fmt: skip
    yield from _consent(facts, kept)


def _consent(facts: ReportFacts, kept: KeptRecords) -> Iterator[EvidenceRow]:
    if not any(source.ground == "consent" for source in facts.sources):
        nobody = Text("동의를 근거로 하는 출처 없음", "No source rests on consent")
        yield _row("동의", "Consent", "개인정보 보호법 15②, 17②, 22", nobody, "not_applicable")
    else:
        state, _ = _gates(facts, "consent")
        rows, taken, _, bad = facts.consents.imports if facts.consents else (0, 0, 0, 0)
        subjects = facts.consents.subjects if facts.consents else None
        yield _row(
            "동의", "Consent", "개인정보 보호법 15②, 17②, 22",
            Text(
                f"동의 기록 {rows:,}행 중 {taken:,}행 등록, {bad:,}행 오류; 스냅숏의 정보주체 {subjects or 0:,}명;"
                f" 고지문 원문 {kept.notices}판, 원문 없는 고지문 {kept.notices_missing}판",
                f"{taken:,} of {rows:,} consent rows taken, {bad:,} bad; {subjects or 0:,} subjects in the snapshot;"
                f" {kept.notices} notices on file, {kept.notices_missing} named but not on file",
            ),
            _weaker(state, whole=kept.notices > 0 and not kept.notices_missing), facts.issue.consent_root,
        )  # fmt: skip
    state, digest = _gates(facts, "child-guardian")
    quarantined = _count(facts, "child_")
    told = Text(f"아동 신호 격리 {quarantined:,}건", f"{quarantined:,} documents with a child signal quarantined")
    if facts.children is not None:
        authors, mentions = facts.children.authors, facts.children.mentions
        told = Text(
            f"{told.ko}; 아동이 쓴 글로 읽히는 {authors:,}건, 아동을 언급하여 표시한 {mentions:,}건",
            f"{told.en}; {authors:,} read as a child's own, {mentions:,} that mention a child are tagged",
        )
    yield _row("14세 미만 아동", "Children under 14", "개인정보 보호법 22-2; 영17-2", told, state, digest)


def _identifiers(facts: ReportFacts) -> Iterator[EvidenceRow]:
    state, digest = _gates(facts, "rrn-zero", "unique-id-zero", "sensitive-consent", "residual")
    found = facts.residual
    text = (
        Text(
            f"고유식별정보는 모든 행, 그 밖은 표본 {found.sampled_rows:,}행을 다시 검사 ({found.detector});"
            " 정답 집합에 대한 재현율·정밀도 보고서는 이 확인서에 없음",
            f"Every row scanned again for Art. 24, a sample of {found.sampled_rows:,} rows for the rest;"
            " no recall and precision figures on a labelled set stand in this confirmation",
        )
        if found
        else Text("검증 단계의 기록이 없음", "The record of validate is missing")
    )
    yield _row(
        "민감정보·고유식별정보·주민등록번호", "Sensitive information and identifiers", "개인정보 보호법 23, 24, 24-2",
        text, _weaker(state, whole=False) if found else "none", digest,
    )  # fmt: skip


def _pseudonyms(facts: ReportFacts, kept: KeptRecords) -> Iterator[EvidenceRow]:
    pseudo = facts.issue.data_class == "PSEUDO_28-2"
    other = Text(
        f"이 판의 구분은 {facts.issue.data_class}이며 가명정보로 주장하지 않음",
        f"Classed {facts.issue.data_class}: no claim to be pseudonymised",
    )
    if pseudo:
        separate = Text(
            f"원장과 분리된 암호화 보관소; 권한 변경 기록 {kept.privilege_changes}건",
            f"An encrypted vault apart from the ledger; {kept.privilege_changes} privilege changes on record",
        )
        yield _row("추가정보 분리보관", "Separate storage", "개인정보 보호법 28-4①, 영29-5①", separate, "partial")
        items = Text(f"가명처리 기록 {kept.pseudonym_records}건", f"{kept.pseudonym_records} pseudonymisation records")
        state: State = "holds" if kept.pseudonym_records else "none"
        yield _row("가명처리 기록 6항목", "Pseudonymisation record", "개인정보 보호법 28-4③, 영29-5②", items, state)
    else:
        yield _row(
            "추가정보 분리보관·가명처리 기록", "Separate storage and record", "개인정보 보호법 28-4; 영29-5", other,
            "not_applicable",
        )  # fmt: skip
    yield _reviewed("적정성 검토", "Adequacy review", "가명정보 처리 가이드라인", kept.adequacy, "적정", pseudo)
    yield _reviewed(
        "재식별 시험", "Re-identification test", "개인정보 보호법 28-5", kept.reidentification, "passed", pseudo
    )
    anonymous = facts.issue.data_class == "ANON_58-2"
    yield _row(
        "익명정보", "Anonymous information", "개인정보 보호법 58-2",
        Text("익명성 지표와 무대응표 확인이 없음", "No anonymity metrics, no attestation that no map is kept")
        if anonymous
        else Text("익명정보로 주장하지 않음", "No claim to be anonymous"),
        "none" if anonymous else "not_applicable",
    )  # fmt: skip


def _reviewed(ko: str, en: str, article: str, found: tuple[str, str] | None, good: str, needed: bool) -> EvidenceRow:
    if found is None:
        missing = Text(
            "기록 없음" + ("" if needed else " (그래서 가명·익명으로 구분하지 않음)"),
            "No record" + ("" if needed else ", so the release is classed neither pseudonymised nor anonymous"),
        )
        return _row(ko, en, article, missing, "none" if needed else "not_applicable")
    verdict, digest = found
    return _row(
        ko, en, article, Text(f"판정 {verdict}", f"Verdict {verdict}"), "holds" if verdict == good else "fails", digest
    )


def _rights(facts: ReportFacts, kept: KeptRecords) -> Iterator[EvidenceRow]:
    state, digest = _gates(facts, "tombstones")
    late = len(facts.requests_late)
    yield _row(
        "파기·정정·삭제·처리정지", "Destruction and data subjects' rights", "개인정보 보호법 21, 36, 37",
        Text(
            f"요구 {kept.requests}건 중 기한 지남 {late}건; 파기 기록 {kept.destructions}건;"
            f" 삭제표지 {kept.tombstones}건 대조",
            f"{late} of {kept.requests} requests late; {kept.destructions} destructions on record;"
            f" {kept.tombstones} tombstones obeyed",
        ),
        "fails" if late else state, digest,
    )  # fmt: skip
    known = [source for source in facts.sources if source.provider]
    yield _row(
        "수집 출처 고지", "Notice of sources", "개인정보 보호법 20, 20-2",
        Text(
            f"출처 {len(known)}곳의 제공자를 바로 답할 수 있음; 통지한 증명은 없음",
            f"The providers of {len(known)} sources can be named at once; no proofs of notice",
        ),
        "partial" if known else "none",
    )  # fmt: skip


def _organisation(facts: ReportFacts, kept: KeptRecords) -> Iterator[EvidenceRow]:
    yield _row(
        "처리위탁", "Processors", "개인정보 보호법 26; 영28",
        Text(f"수탁자 기록 {kept.processors}건", f"{kept.processors} processors on record"),
        "partial" if kept.processors else "none",
    )  # fmt: skip
    transfers, stated = kept.transfers
    where = ", ".join(facts.issue.jurisdictions)
    yield _row(
        "국외 이전", "Cross-border transfer", "개인정보 보호법 28-8",
        Text(
            f"이전 기록 {transfers}건, 이전 없음 진술 {stated}건; 이용 국가를 {where}(으)로 제한",
            f"{transfers} transfers, {stated} statements of none; use limited to {where}",
        ),
        "partial" if transfers or stated else "none",
    )  # fmt: skip
    logged = facts.issue.log_index is not None
    yield _row(
        "안전성 확보조치", "Security measures", "개인정보 보호법 29; 기준 5, 8",
        Text(
            "확인서의 감사기록 포함 증명 있음; " * logged
            + f"권한 변경 기록 {kept.privilege_changes}건; 접속기록 점검 결과는 이 확인서에 없음",
            "Inclusion in the audit log proved; " * logged
            + f"{kept.privilege_changes} privilege changes on record; no access-log review in this confirmation",
        ),
        "partial" if logged or kept.privilege_changes else "none",
    )  # fmt: skip
    yield _row(
        "처리방침·책임자·영향평가", "Privacy policy, CPO, impact assessment", "개인정보 보호법 30, 31, 33",
        Text(kept.pia, kept.pia) if kept.pia else Text("기록 없음", "No record"), "partial" if kept.pia else "none",
    )  # fmt: skip
    yield _row(
        "유출등 대응", "Breach response", "개인정보 보호법 34; 영39",
        Text(
            f"사고 기록 {kept.incidents}건, 모의훈련 {kept.drills}건",
            f"{kept.incidents} incidents, {kept.drills} drills",
        ),
        "partial" if kept.drills else "none",
    )  # fmt: skip


def _document(facts: ReportFacts) -> Iterator[EvidenceRow]:
    shipped = [source for source in facts.sources if source.shipped]
    held = [source for source in shipped if source.terms_sha256]
    state, digest = _gates(facts, "licence", "licence-expiry")
    yield _row(
        "저작권·공공누리·CC", "Copyright and licences", "저작권법 46; 공공누리; CC",
        Text(
            f"출하된 출처 {len(shipped)}곳 중 {len(held)}곳의 이용조건 사본 보관; 의무 {len(facts.obligations)}종 전달",
            f"Terms on file for {len(held)} of {len(shipped)} sources; {len(facts.obligations)} obligations passed on",
        ),
        _weaker(state, whole=len(held) == len(shipped)), digest,
    )  # fmt: skip
    yield _row(
        "학습용데이터의 개요", "Training-data overview", "인공지능기본법 34①2",
        Text(
            "이 문서의 출처·건수·처리 과정·한계; 수집 기간은 적혀 있지 않음",
            "Sources, sizes, processing and limits in this page; the period of collection is not stated",
        ),
        "partial",
    )  # fmt: skip
    verdict = facts.standing.verdict
    whole: State = "holds" if verdict == "valid" else "none" if verdict == "proposed" else "fails"
    yield _row(
        "무결성", "Integrity", "개인정보 보호법 29 (위조·변조 방지)",
        Text(
            f"샤드 {facts.standing.shards_read}개를 읽어 서명·머클 뿌리·감사기록과 대조함"
            if whole == "holds"
            else "발행 전이거나 검증을 통과하지 못함",
            f"{facts.standing.shards_read} shards read and compared with signatures, Merkle root and audit log"
            if whole == "holds"
            else "Not published yet, or it did not verify",
        ),
        whole, facts.issue.root,
    )  # fmt: skip
    yield _row(
        "정직한 표시", "Honest labelling", "개인정보 보호법 32-2⑥",
        Text(
            "자체 발행임, 데이터 구분, 한계, 잔존 상한, 만료일을 첫 화면에 표시",
            "Self-issued nature, class, limits, residual bound and expiry stand on the first screen",
        ),
        "holds", facts.issue.certificate,
    )  # fmt: skip


def _count(facts: ReportFacts, prefix: str) -> int:
    return sum(
        number
        for stage in facts.stages
        for reason, number in stage.reasons.items()
        if reason.startswith(f"quarantined:{prefix}")
    )
