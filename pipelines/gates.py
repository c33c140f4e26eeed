"""The gates: what must hold before a release is proposed, each with article, verdict and the digest of its evidence.

A gate is a fact about this run, not a promise; a failed one cannot be signed away (promise 4).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from damjang.certificates.facts import Gate
from governance.law_versions import law_on
from governance.source_grounds import decide_again, resolutions_in, verdicts_in
from governance.times import KST
from pipelines.claims import class_cap, data_class, recipients, shipped_of
from pipelines.dataset import Manifest
from pipelines.files import digest_of, read_json
from pipelines.stage import Run


def gates(run: Run, reviewed: bool = False) -> tuple[Gate, ...]:
    """Every gate of a run whose `validate` is done, in a fixed order. `reviewed`: the adequacy review has passed."""
    return (*_identifiers(run), *_people(run), *_licences(run), *_grounds(run, reviewed), *_books(run))


def carried(run: Run, gate: Gate, assembled: Manifest, ingest: str) -> Gate:
    """A certified gate as it stands for what a withdrawal left: fewer sources may ship now. `ingest`: its folder."""
    shipped = sorted({shard["source_id"] for shard in assembled.facts["shards"]})
    if gate.id == "ground":
        decisions = {source.id: source.ground.id for source in run.project.sources if source.id in shipped}
        return replace(gate, evidence_sha256=digest_of({"decisions": decisions}))
    path = run.out / "stages" / ingest / "reads.json"
    if gate.id == "licence" and ingest and path.exists():
        evidence = {"shipped": shipped, "refused": read_json(path)["reads"]["refused"]}
        return replace(gate, evidence_sha256=digest_of(evidence))
    return gate


def _gate(name: str, article: str, holds: bool, detail: str, evidence: Any) -> Gate:
    return Gate(name, article, "pass" if holds else "fail", detail, digest_of(evidence))


def _identifiers(run: Run) -> Iterator[Gate]:
    """Art. 24 in every row, other personal information in a sample."""
    limits, checked = run.policy.gates, run.manifests["validate"].facts
    detector = run.manifests["ingest"].facts["detector"]
    found = checked["art24"]
    rrn, every = found.get("RRN", 0) + found.get("ALIEN_REG", 0), sum(found.values())
    yield _gate("rrn-zero", "PIPA 24-2", rrn == 0, f"주민등록번호 {rrn}건 검출 (detector {detector})", found)
    holds = every <= limits.unique_ids
    yield _gate("unique-id-zero", "PIPA 24; 영19", holds, f"고유식별정보 {every}건 검출 (detector {detector})", found)
    bound = checked["residual_upper_ppm"]
    detail = (
        f"잔존 개인정보 행 비율 상한 {bound} ppm (전체 {checked['rows']}행, 표본 {checked['sampled_rows']}행 중 "
        f"{checked['residual_rows']}행)"
    )
    if not checked["rows"]:
        detail = "출하할 행이 없음 (no row is left to ship: see what ingest quarantined or dropped)"
    elif checked["residual_rows"] == 0 and bound > limits.residual_upper_ppm:
        detail += f"; 표본이 작아 {limits.residual_upper_ppm} ppm 이하임을 보일 수 없음 (too small a sample to show it)"
    evidence = {name: checked[name] for name in ("residual", "residual_rows", "residual_upper_ppm", "sampled_rows")}
    yield _gate("residual", "가명정보 처리 가이드라인", bound <= limits.residual_upper_ppm, detail, evidence)


def _people(run: Run) -> Iterator[Gate]:
    """Consent, sensitive information, children, tombstones."""
    limits, checked = run.policy.gates, run.manifests["validate"].facts
    reasons = {stage: run.manifests[stage].reasons() for stage in ("ingest", "anonymize")}
    refused = _count(reasons["ingest"], "dropped:consent_")
    yield _gate("consent", "PIPA 15①1, 22, 37", True, f"동의 없음·철회·만료 문서 {refused}건 제외", reasons["ingest"])
    sensitive = checked["sensitive_rows"]
    holds = sensitive <= limits.sensitive_without_consent
    detail = f"별도 동의 없는 민감정보 {sensitive}건 (표본 {checked['sampled_rows']}행)"
    yield _gate("sensitive-consent", "PIPA 23; 영18", holds, detail, checked["sensitive_rows"])
    children = sum(_count(found, "quarantined:child_") for found in reasons.values())
    told = run.manifests["anonymize"].facts
    left, mentions = told["child_authors_left"], told["child_mentions"]
    detail = (
        f"14세 미만 작성 신호 {children}건 격리, 법정대리인 동의 없이 남은 {left}건; 14세 미만 언급 {mentions}건 표시"
    )
    holds = left <= limits.child_without_guardian
    yield _gate("child-guardian", "PIPA 22-2; 영17-2", holds, detail, reasons)
    version = run.facts["tombstone_version"]
    yield _gate("tombstones", "PIPA 36, 37③", True, f"삭제표지 대조 완료 (판 {version[:12]})", {"version": version})


def _licences(run: Run) -> Iterator[Gate]:
    """No shipped source without a licence and a ground that allow it, today."""
    shipped = {shard["source_id"] for shard in run.manifests["assemble"].facts["shards"]}
    refused = run.facts["refused"]
    unlicensed = sorted(shipped & set(refused))
    evidence = {"shipped": sorted(shipped), "refused": refused}
    yield _gate("licence", "저작권법 46; KOGL", not unlicensed, f"근거 없는 출처 {len(unlicensed)}곳 출하", evidence)
    late = sorted(
        source.id
        for source in run.project.sources
        if source.id in shipped and source.licence.expires is not None and source.licence.expires <= run.project.as_of
    )
    yield _gate("licence-expiry", "저작권법 46", not late, f"만료된 이용허락 {len(late)}곳", late)
    law = run.facts["law_version"]
    yield _gate("law-version", "부칙 (시행일)", bool(law), f"법령 기준 {law}", {"law": law})


def _grounds(run: Run, reviewed: bool) -> Iterator[Gate]:
    """Every shipped source's ground decided again, under the law of the day of certifying; and who may receive it."""
    shipped, day = shipped_of(run), run.now.astimezone(KST).date()
    rewrites = any(rule.operator != "keep" for rule in run.policy.anonymize.entities.values())
    told = {
        source.id: decide_again(
            source, run.project, day, data_class(run, shipped, reviewed).id, rewrites=rewrites,
            verdicts=verdicts_in(run.ledger), resolutions=resolutions_in(run.ledger), adequacy_passed=reviewed,
            identifying=not class_cap(run).allows("PSEUDO_28-2"),
        )
        for source in run.project.sources
        if source.id in shipped
    }  # fmt: skip
    refused = [f"{source}: {one.reason_ko} ({one.article})" for source, one in sorted(told.items()) if not one.allowed]
    evidence = {"decisions": {source: one.reason_code for source, one in sorted(told.items())}}
    detail = (
        "; ".join(refused) if refused else f"출하 출처 {len(told)}곳의 근거를 다시 판단함 (법령 기준 {law_on(day).id})"
    )
    yield _gate("ground", "PIPA 15, 17, 28-2", not refused, detail, evidence)
    may = recipients(run, shipped)
    if may != ("*",):
        detail = f"모든 이용허락이 허용하는 수령자: {', '.join(may) or '없음 (none: the licences have none in common)'}"
        yield _gate("recipients", "PIPA 17; 저작권법 46", bool(may), detail, list(may))


def _books(run: Run) -> Iterator[Gate]:
    """The run adds up, meets its expectations, and dedup ate no source."""
    checked = run.manifests["validate"].facts
    accounts = run.manifests["assemble"].facts["conservation"]
    yield _gate("conservation", "PIPA 16, 29", True, "투입 = 유지 + 변경 + 제외 + 격리 (모든 단계·출처)", accounts)
    failed = checked["failed"]
    detail = f"기대조건 {checked['checked']}개 중 {len(failed)}개 미충족"
    yield _gate(
        "expectations", "PIPA 3③ (정확성)", not failed, detail, {"failed": failed, "suites": checked["suites_digest"]}
    )
    limit = run.policy.gates.max_source_drop_ppm
    counts = run.manifests["dedup"].by_source()
    eaten = [s for s, c in counts.items() if c["in"] and c["dropped"] * 1_000_000 > limit * c["in"]]
    yield _gate("source-loss", "-", not eaten, f"중복 제거로 한도 넘게 줄어든 출처 {len(eaten)}곳", counts)


def _count(by_source: Mapping[str, Mapping[str, int]], prefix: str) -> int:
    return sum(n for found in by_source.values() for reason, n in found.items() if reason.startswith(prefix))
