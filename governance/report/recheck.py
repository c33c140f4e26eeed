"""Does the evidence still give the digests that the certificate names? Recomputed from the stage manifests.

What each gate digests is fixed by pipelines.gates; this is the second, independent spelling of it, on purpose: who
only trusts the certificate's words has checked nothing. Tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from damjang.certificates.facts import Gate
from damjang.certificates.statement import Statement
from governance.ledger import StageInfo
from governance.report.facts import GateRow, Recheck
from governance.report.stagefolders import STAGES, Records, decisions_root, digest_of
from governance.report.words import Text, word

_MISSING = object()


def gate_rows(statement: Statement, records: Records, expired: Sequence[str] | None) -> tuple[GateRow, ...]:
    """The certified gates, each with whether its evidence digest came out again.

    `expired`: shipped sources whose licence had ended on the as-of day, by the ledger; None where it can't tell.
    """
    return tuple(
        GateRow(g.id, g.article, g.verdict, g.detail, g.evidence_sha256, _recheck(g, statement, records, expired))
        for g in statement.facts.gates
    )


def decisions_recheck(statement: Statement, records: Records) -> Recheck:
    """Whether the decision files' keyed digests give the certified root."""
    found = decisions_root(records)
    if found is None:
        return "not_recomputed"
    return "match" if found == statement.facts.decisions_root else "differs"


def _recheck(gate: Gate, statement: Statement, records: Records, expired: Sequence[str] | None) -> Recheck:
    known = expired is not None and gate.id == "licence-expiry"
    value = list(expired or ()) if known else evidence_of(gate.id, statement, records)
    if value is _MISSING:
        return "not_recomputed"
    return "match" if digest_of(value) == gate.evidence_sha256 else "differs"


def evidence_of(gate: str, statement: Statement, records: Records) -> Any:
    """What a gate's digest is taken over."""
    ingest, dedup = records.get("ingest"), records.get("dedup")
    anonymize = records.get("anonymize")
    if gate in ("rrn-zero", "unique-id-zero"):
        return records.fact("validate", "art24", _MISSING)
    if gate == "residual":
        names = ("residual", "residual_rows", "residual_upper_ppm", "sampled_rows")
        values = {name: records.fact("validate", name, _MISSING) for name in names}
        return _MISSING if _MISSING in values.values() else values
    if gate == "sensitive-consent":
        return records.fact("validate", "sensitive_rows", _MISSING)
    if gate == "consent" and ingest is not None:
        return ingest.reasons
    if gate == "child-guardian" and ingest is not None and anonymize is not None:
        return {"ingest": ingest.reasons, "anonymize": anonymize.reasons}
    if gate == "tombstones" and "register" in records.by_stage:
        return {"version": records.fact("register", "tombstones")}
    if gate == "licence" and ingest is not None and "refused" in ingest.reads and "assemble" in records.by_stage:
        shipped = sorted({shard["source_id"] for shard in records.fact("assemble", "shards", ())})
        return {"shipped": shipped, "refused": ingest.reads["refused"]}
    if gate == "ground":  # a ground that holds is its own reason
        return {"decisions": {one.source_id: one.ground for one in statement.facts.sources if one.shipped}}
    if gate == "recipients":
        return list(statement.facts.recipients)
    if gate == "law-version":
        return {"law": statement.facts.law_version}
    if gate == "conservation":
        return records.fact("assemble", "conservation", _MISSING)
    if gate == "expectations" and "validate" in records.by_stage:
        failed, suites = records.fact("validate", "failed"), records.fact("validate", "suites_digest")
        return {"failed": failed, "suites": suites}
    if gate == "source-loss" and dedup is not None:
        return dedup.counts
    return _MISSING


def disagreements(statement: Statement, records: Records, ledger: Sequence[StageInfo]) -> list[Text]:
    """Where the stage manifests, the conservation account, the ledger and the certificate tell different stories.

    Counts and reasons stand in a manifest outside its digest: they are held to the account (inside it) and the ledger.
    """
    found: list[Text] = []
    by_folder = {info.folder: info for info in ledger}
    for stage in STAGES:
        record = records.get(stage)
        if record is None:
            continue
        known = by_folder.get(record.folder)
        if known is None:
            continue
        if known.manifest_digest != record.digest:
            found.append(_text(stage, "원장에 적힌 기록과 다른 파일입니다", "is not the record that the ledger names"))
        if _nonzero(known.counts) != _nonzero(record.counts) or _nonzero(known.reasons) != _nonzero(record.reasons):
            found.append(_text(stage, "수가 원장과 다릅니다", "counts other documents than the ledger"))
    for account in records.fact("assemble", "conservation", ()):
        for row in account["stages"]:
            record = records.get(row["stage"])
            mine = record.counts.get(account["source_id"]) if record else None
            if mine is not None and any(mine[name] != row[name] for name in mine):
                found.append(
                    _text(row["stage"], "수가 보존 증명과 다릅니다", "counts other documents than its account")
                )
    if records.complete:
        found += _against_certificate(statement, records)
    return list(dict.fromkeys(found))


def _against_certificate(statement: Statement, records: Records) -> list[Text]:
    first, last = records.by_stage[STAGES[0]].counts, records.by_stage[STAGES[-1]].counts
    found = []
    for source in statement.facts.sources:
        entered = first.get(source.source_id, {}).get("in", 0)
        left = last.get(source.source_id, {})
        taken = records.fact("assemble", "removed", {}).get(source.source_id, 0)  # by withdrawals since the run
        if (entered, left.get("kept", 0) + left.get("changed", 0) - taken) != (source.documents, source.shipped):
            found.append(
                Text(
                    f"출처 {source.source_id}의 문서 수가 확인서와 단계 기록에서 다릅니다",
                    f"source {source.source_id}: the certificate and the stage records count other documents",
                )
            )
    return found


def _text(stage: str, ko: str, en: str) -> Text:
    return Text(f"{word('stages', stage).ko} 단계: {ko}", f"{stage}: {en}")


def _nonzero(counts: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    kept = {source: {name: n for name, n in row.items() if n and name} for source, row in counts.items()}
    return {source: row for source, row in kept.items() if row}
