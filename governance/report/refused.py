"""The facts of a run that a gate refused: nothing was certified, and an officer has to see why.

Read from out/runs/latest.json, which the run wrote itself and nobody signed, and from the stage records behind it. The
vault is never opened.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from governance.errors import NothingToReport
from governance.ledger import Ledger
from governance.report import ledgerfacts, stagefacts
from governance.report.cautions import run_cautions
from governance.report.facts import GateRow, RunFacts, SourceRow
from governance.report.stagefolders import Records, records_of
from governance.times import stamp
from schemas.policy import load_policy
from schemas.project import Project, Source


def last_run(project: Project) -> Mapping[str, Any]:
    """What the last run said of itself. Raises NothingToReport where none came as far as the gates."""
    try:
        found: Mapping[str, Any] = json.loads((project.root / project.output / "runs" / "latest.json").read_bytes())
    except (FileNotFoundError, ValueError):
        raise NothingToReport(
            "no run has come as far as the gates", "`damjang run` first; `damjang status` says how far it came"
        ) from None
    return found


def gather_run(project: Project, run: Mapping[str, Any], ledger: Ledger, now: dt.datetime) -> RunFacts:
    """Everything about a run that ended at its gates. Raises StageRecordAltered."""
    folders = run["folders"]
    records = records_of(project.root / project.output / "stages", folders.get("assemble", ""), "", "")
    policy = load_policy(project.policy, project.root)
    ran_at = dt.datetime.fromisoformat(run["at"])
    stages = stagefacts.stages(records)
    late, waiting = ledgerfacts.requests_due(ledger, now)
    published = [r for r in ledger.releases(project.name) if r.state == "published"]
    facts = RunFacts(
        project=project.name,
        generated_at=now,
        ran_at=ran_at,
        as_of=project.as_of.isoformat(),
        purpose=project.purpose,
        policy=policy.name,
        demo=project.demo,
        rows=sum(shard["rows"] for shard in records.fact("assemble", "shards", ())),
        standing_release=max(published, key=lambda r: r.version).label if published else "",
        gates=tuple(
            GateRow(name, article, verdict, detail, next(iter(evidence), ""), "not_recomputed")
            for name, article, verdict, detail, *evidence in run["gates"]
        ),
        sources=_sources(project, records, ledger, ran_at),
        stages=stages,
        pii=stagefacts.pii(records, policy),
        residual=stagefacts.residual(records, policy),
        children=stagefacts.children(records),
        dedup=stagefacts.dedup(records, policy),
        consents=stagefacts.consents(
            {source.id for source in project.sources if source.ground.id == "consent"},
            "", stages, (project.as_of.isoformat(), None), ledgerfacts.consent_imports(ledger, stamp(now)),
        ),
        obligations=(),
        cautions=(),
        requests_open=waiting,
        requests_late=late,
    )  # fmt: skip
    return replace(facts, cautions=run_cautions(facts))


def _sources(project: Project, records: Records, ledger: Ledger, ran_at: dt.datetime) -> tuple[SourceRow, ...]:
    known = ledgerfacts.source_rows(ledger, project.name, stamp(ran_at))
    return tuple(_source(source, known.get(source.id), records) for source in project.sources)


def _source(source: Source, entry: ledgerfacts.Registered | None, records: Records) -> SourceRow:
    """A source as the project file has it, with what was registered; nothing of it was shipped."""
    ingest = records.get("ingest")
    reasons = ingest.reasons.get(source.id, {}) if ingest else {}
    counts = ingest.counts.get(source.id, {}) if ingest else {}
    return SourceRow(
        source_id=source.id,
        provider=source.provider,
        licence=source.licence.id,
        licence_expires=source.licence.expires.isoformat() if source.licence.expires else None,
        terms_sha256=entry.terms_sha256 if entry else "",
        ground=source.ground.id,
        evidence=source.ground.evidence or "",
        evidence_sha256=entry.evidence_sha256 if entry else None,
        jurisdiction=source.jurisdiction,
        custody=source.custody,
        retention_until=source.retention_until.isoformat() if source.retention_until else None,
        destroy_by=source.destroy_by.isoformat() if source.destroy_by else None,
        documents=counts.get("in", 0),
        shipped=0,
        dropped=counts.get("dropped", 0),
        quarantined=counts.get("quarantined", 0),
        refused=next((r.removeprefix("dropped:") for r in reasons if r.startswith("dropped:ground_")), ""),
        obligations=(),
    )
