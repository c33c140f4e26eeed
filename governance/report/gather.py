"""Collects a report's facts: from the certificate what was certified, from records and ledger what stands behind it.

The vault is never opened: nothing here needs a key, and nothing here could name a person.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from damjang.certificates.receipt import Cluster
from damjang.certificates.verify import Seen
from governance.law_versions import law_on
from governance.ledger import Ledger, ReleaseInfo
from governance.report import ledgerfacts as ledger_facts
from governance.report import stagefacts
from governance.report.cautions import cautions
from governance.report.evidence import evidence_map
from governance.report.facts import (
    ClaimRow,
    Issue,
    ObligationRow,
    ReportFacts,
    SourceRow,
)
from governance.report.recheck import decisions_recheck, disagreements, gate_rows
from governance.report.stagefolders import Records, records_of
from governance.report.standing import Places, Reading, read_release
from governance.report.unproven import unproven
from schemas.project import Project

LAW_CLASSES = ("unique_id", "sensitive", "financial", "other", "not_personal")


def places_of(project: Project) -> Places:
    """The usual places of a project."""
    out = project.root / project.output
    return Places(out / "releases", out / "stages", out / "receipts", project.root / project.signing.trust)


def gather(
    project: Project,
    release: str,
    ledger: Ledger,
    now: dt.datetime,
    *,
    clusters: Sequence[Cluster] = (),
    seen: Seen | None = None,
) -> ReportFacts:
    """Everything about `release` (`name@version`), its standing verified at `now`.

    `clusters`: as enrolled, to check receipts against. `seen`: what this machine remembers of the root. Raises
    ReleaseUnknown, NothingToReport, StageRecordAltered.
    """
    info = ledger.release(release)
    places = places_of(project)
    reading = read_release(places, ledger, release, now, seen)
    certified = reading.statement.facts
    records = records_of(places.stages, info.folder, info.manifest_digest, certified.consent_root)
    policy_name, policy = ledger_facts.policy(ledger, certified.policy_digest)
    snapshot = ledger_facts.consent_snapshot(ledger, certified.consent_root, certified.purposes)
    sources = _sources(reading, records, ledger, info)
    stages = stagefacts.stages(records)
    expired = _expired(sources, snapshot[0])
    late, waiting = ledger_facts.requests_due(ledger, now)
    facts = ReportFacts(
        release=release,
        project=info.project,
        folder=f"{project.output}/releases/{release}",
        trust=project.signing.trust,
        generated_at=now,
        standing=reading.standing,
        issue=_issue(reading, records, policy_name),
        newest=_newest(ledger, info),
        threshold=reading.root.threshold,
        signers=reading.signers,
        gates=gate_rows(reading.statement, records, expired),
        sources=sources,
        stages=stages,
        pii=stagefacts.pii(records, policy),
        residual=stagefacts.residual(records, policy),
        children=stagefacts.children(records),
        dedup=stagefacts.dedup(records, policy),
        consents=stagefacts.consents(
            {source.source_id for source in certified.sources if source.ground == "consent"},
            certified.consent_root,
            stages,
            snapshot,
            ledger_facts.consent_imports(ledger, info.recorded_at),
        ),
        obligations=tuple(ObligationRow(o.id, o.sources, o.detail) for o in certified.obligations),
        claims=tuple(ClaimRow(c.id, c.statement, c.mark, c.evidence) for c in certified.claims),
        cautions=(),
        unproven=(),
        evidence=(),
        pulls=ledger_facts.pulls(ledger, places.receipts, release, clusters),
        requests_open=waiting,
        requests_late=late,
        events=tuple((event, at) for event, _, _, _, at in ledger.release_events(release)),
        disagreements=tuple(disagreements(reading.statement, records, ledger.stages())),
    )
    return replace(
        facts,
        cautions=cautions(facts),
        unproven=unproven(facts),
        evidence=evidence_map(facts, ledger_facts.kept_records(ledger, release)),
    )


def _issue(reading: Reading, records: Records, policy: str) -> Issue:
    statement = reading.statement
    facts = statement.facts
    until = law_on(dt.date.fromisoformat(facts.law_version)).until if _is_date(facts.law_version) else None
    return Issue(
        certificate=reading.certificate,
        root=statement.root,
        root_id=statement.root_id,
        trust_sha256=reading.trust_sha256,
        organisation=reading.root.organisation,
        rows=statement.rows,
        shards=statement.shards,
        size=statement.size,
        issued=statement.issued,
        expires=facts.expires,
        supersedes=facts.supersedes,
        demo=statement.demo,
        data_class=facts.data_class.id,
        ground=facts.data_class.ground,
        why=facts.data_class.why,
        purposes=facts.purposes,
        jurisdictions=facts.jurisdictions,
        recipients=facts.recipients,
        law_version=facts.law_version,
        law_until=until.isoformat() if until else None,
        policy=policy,
        policy_digest=facts.policy_digest,
        suite_digest=facts.suite_digest,
        consent_root=facts.consent_root,
        decisions_root=facts.decisions_root,
        decisions_recheck=decisions_recheck(statement, records),
        log_origin=statement.log_origin,
        log_index=reading.log_index,
        log_size=reading.log_size,
    )


def _is_date(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _newest(ledger: Ledger, info: ReleaseInfo) -> str:
    """A later published version of the same release, "" where this is the last."""
    same = [r for r in ledger.releases(info.project) if r.name == info.name and r.state == "published"]
    newest = max(same, key=lambda r: r.version, default=info)
    return newest.label if newest.version > info.version else ""


def _sources(reading: Reading, records: Records, ledger: Ledger, info: ReleaseInfo) -> tuple[SourceRow, ...]:
    """The certificate's sources in its order, with what the ledger knew of them when the release was recorded."""
    known = ledger_facts.source_rows(ledger, info.project, info.recorded_at)
    ingest = records.get("ingest")
    rows = []
    for source in reading.statement.facts.sources:
        entry = known.get(source.source_id)
        reasons = ingest.reasons.get(source.source_id, {}) if ingest else {}
        refused = next((r.removeprefix("dropped:") for r in reasons if r.startswith("dropped:ground_")), "")
        owed = [o.id for o in reading.statement.facts.obligations if source.source_id in o.sources]
        rows.append(
            SourceRow(
                source_id=source.source_id,
                provider=entry.provider if entry else "",
                licence=source.licence,
                licence_expires=entry.licence_expires if entry else None,
                terms_sha256=entry.terms_sha256 if entry else "",
                ground=source.ground,
                evidence=entry.evidence if entry else "",
                evidence_sha256=entry.evidence_sha256 if entry else None,
                jurisdiction=source.jurisdiction,
                custody=source.custody,
                retention_until=entry.retention_until if entry else None,
                destroy_by=source.destroy_by,
                documents=source.documents,
                shipped=source.shipped,
                dropped=source.dropped,
                quarantined=source.quarantined,
                refused=refused,
                obligations=tuple(owed),
            )
        )
    return tuple(rows)


def _expired(sources: Sequence[SourceRow], as_of: str) -> list[str] | None:
    if not as_of:
        return None
    shipped = [source for source in sources if source.shipped]
    return sorted(s.source_id for s in shipped if s.licence_expires is not None and s.licence_expires <= as_of)
