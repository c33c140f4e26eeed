"""A report's tables from the stage records: where documents went, what was found in them, duplicates, consent. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from governance.report.facts import (
    Against,
    Children,
    ConsentRow,
    Consents,
    Dedup,
    DedupRow,
    PiiRow,
    Recall,
    Residual,
    StageRow,
)
from governance.report.stagefolders import STAGES, Records
from schemas.policy import Policy, entity_labels

LAW_CLASSES = ("unique_id", "sensitive", "financial", "other", "not_personal")


def stages(records: Records) -> tuple[StageRow, ...]:
    """What every deciding stage did, and what withdrawals took out since."""
    decided = _decided(records)
    return (*decided, *_removed(records, [row for row in decided if row.stage == STAGES[-1]]))


def _removed(records: Records, before: Sequence[StageRow]) -> Iterator[StageRow]:
    """Rows that a withdrawal took out of the shards (pipelines.rewrite): a way off the road after the last stage."""
    removed = records.fact("assemble", "removed", {})
    for row in before if removed else ():
        gone = removed.get(row.source_id, 0)
        reasons = {"dropped:removed_on_request": gone} if gone else {}
        yield StageRow("assemble", row.source_id, row.left, row.left - gone, 0, gone, 0, reasons)


def _decided(records: Records) -> tuple[StageRow, ...]:
    return tuple(
        StageRow(
            stage=stage,
            source_id=source,
            entered=counts["in"],
            kept=counts["kept"],
            changed=counts["changed"],
            dropped=counts["dropped"],
            quarantined=counts["quarantined"],
            reasons=records.by_stage[stage].reasons.get(source, {}),
        )
        for stage in STAGES
        if stage in records.by_stage
        for source, counts in records.by_stage[stage].counts.items()
    )


def pii(records: Records, policy: Policy | None) -> tuple[PiiRow, ...]:
    """By class in law, the strictest first, then the most frequent."""
    early = records.fact("ingest", "art24_removed", {})
    found = records.fact("anonymize", "found", {})
    residual = records.fact("validate", "residual", {})
    types = {*early, *residual, *(kind for counts in found.values() for kind in counts)}
    rows = []
    for kind in types:
        label = entity_labels().get(kind, {"class": "other", "article": "", "ko": kind})
        rows.append(
            PiiRow(
                type=kind,
                name=label["ko"],
                law_class=label["class"],
                article=label["article"],
                operator=_operator(kind, label["class"], policy),
                deleted_at_ingest=early.get(kind, 0),
                by_source={source: counts[kind] for source, counts in found.items() if counts.get(kind)},
                residual=residual.get(kind, 0),
            )
        )
    return tuple(sorted(rows, key=lambda r: (LAW_CLASSES.index(r.law_class), -r.total, r.type)))


def _operator(kind: str, law_class: str, policy: Policy | None) -> str:
    if policy is None:
        return ""
    if law_class == "sensitive":
        return str(policy.anonymize.sensitive.operator)
    rule = policy.anonymize.entities.get(kind)
    return str(rule.operator) if rule else ""


def residual(records: Records, policy: Policy | None) -> Residual | None:
    """The last check of finished rows; None where `validate` has no record."""
    if "validate" not in records.by_stage:
        return None
    return Residual(
        sampled_rows=records.fact("validate", "sampled_rows", 0),
        hit_rows=records.fact("validate", "residual_rows", 0),
        upper_ppm=records.fact("validate", "residual_upper_ppm"),
        limit_ppm=policy.gates.residual_upper_ppm if policy else None,
        confidence_ppm=policy.gates.residual_confidence_ppm if policy else None,
        review=records.fact("anonymize", "review", 0),
        reviewed=sum(records.fact("anonymize", "reviewed", {}).values()),
        detector=records.fact("ingest", "detector", ""),
        recognizers=records.fact("anonymize", "recognizers", {}),
        carried=bool(records.fact("validate", "carried_from", "")),
    )


def children(records: Records) -> Children | None:
    """Authors and mentions of children apart; None where the stage's record is gone or older than the count."""
    authors = records.fact("anonymize", "child_authors", None)
    return None if authors is None else Children(authors, records.fact("anonymize", "child_mentions", 0))


def dedup(records: Records, policy: Policy | None) -> Dedup | None:
    """Duplicates by source; None where the stage's record is gone."""
    record = records.get("dedup")
    if record is None:
        return None
    alarmed = {alarm["source_id"] for alarm in record.facts.get("alarms", ())}
    rows = []
    for source, counts in record.counts.items():
        took = record.reasons.get(source, {})
        exact, near = (took.get(f"dropped:{kind}_duplicate", 0) for kind in ("exact", "near"))
        other = counts["dropped"] - exact - near
        rows.append(DedupRow(source, counts["in"], exact, near, other, alarm=source in alarmed))
    return Dedup(
        tuple(rows),
        candidates=record.facts.get("candidates", 0),
        verified=record.facts.get("verified", 0),
        unresolved=record.facts.get("unresolved", 0),
        threshold_ppm=policy.dedup.threshold_ppm if policy else None,
        alarm_ppm=policy.dedup.alarm_share_ppm if policy else None,
        order=tuple(record.facts.get("survivor_order", ())),
        recall=_recall(record.facts),
        against=_against(records.fact("anonymize", "released", {})),
    )


def _recall(facts: Mapping[str, Any]) -> Recall | None:
    made = facts.get("recall")
    return Recall(made["documents"], made["pairs"], made["found"]) if made else None


def _against(facts: Mapping[str, Any]) -> Against | None:
    if not facts:
        return None
    counts = {name: facts[name] for name in ("same", "exact", "near", "unresolved")}
    return Against(tuple(facts["against"]), **counts, recall=_recall(facts))


def consents(
    rests: set[str],
    root: str,
    stages: Sequence[StageRow],
    snapshot: tuple[str, int | None],
    imports: tuple[int, int, int, int],
) -> Consents | None:
    """`rests`: sources whose ground is consent. None where there is none and nobody withdrew."""
    rows = []
    for stage in stages:
        if stage.stage != STAGES[0]:
            continue
        refused = {
            code: number
            for reason, number in stage.reasons.items()
            if (code := reason.partition(":")[2]).startswith("consent_") or code == "child_without_guardian"
        }
        if stage.source_id not in rests and not refused:
            continue
        other = stage.dropped + stage.quarantined - sum(refused.values())
        rows.append(ConsentRow(stage.source_id, stage.entered, stage.left, refused, other))
    if not rows:
        return None
    return Consents(tuple(rows), root, snapshot[0], snapshot[1], imports)
