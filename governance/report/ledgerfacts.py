"""What a report asks of the ledger. Reads only; codes, counts, dates and digests, and no row about a person."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from damjang.certificates.errors import TrustError
from damjang.certificates.receipt import Cluster, Receipt
from governance.consents import notices_missing
from governance.ledger import Ledger
from governance.ledger.models.consents import ConsentImport, ConsentNotice
from governance.ledger.models.records import (
    AdequacyReview,
    BalancingTest,
    ClassDecision,
    Incident,
    PrivilegeChange,
    Processor,
    PseudonymRecord,
    ReidentificationTest,
    TransferRecord,
)
from governance.ledger.models.releases import Pull, Release
from governance.ledger.models.rights import DestructionRow, Request
from governance.ledger.models.runs import ConsentRoot, TombstoneRoot
from governance.ledger.models.sources import LicenceSnapshot, SourceRow
from governance.ledger.models.sources import Policy as PolicyRow
from governance.own_records import PIA_UNSTATED
from governance.report.facts import PullRow, RequestRow
from governance.requests import requests
from schemas.policy import Policy


@dataclass(frozen=True)
class Registered:
    """A source as it was registered when a release was made."""

    provider: str
    licence_expires: str | None
    terms_sha256: str
    evidence: str
    evidence_sha256: str | None
    retention_until: str | None


@dataclass(frozen=True)
class KeptRecords:
    """How many of the records that the law wants kept there are: of this release where they are made by release."""

    balancing_tests: int
    notices: int
    notices_missing: int  # notices that consent records name and of which no text is on file
    pseudonym_records: int
    adequacy: tuple[str, str] | None  # (verdict, evidence digest) of the last review
    reidentification: tuple[str, str] | None  # (verdict, evidence digest) of the last test
    privilege_changes: int
    processors: int
    transfers: tuple[int, int]  # (transfers, statements that there were none)
    incidents: int
    drills: int
    pia: str
    requests: int
    destructions: int
    tombstones: int


def policy(ledger: Ledger, digest: str) -> tuple[str, Policy | None]:
    """(name, policy) by digest; ("", None) when the ledger does not have it."""
    with ledger.read() as connection:
        row = connection.execute(select(PolicyRow).where(PolicyRow.digest == digest)).first()
    return (row.name, Policy.model_validate_json(row.body)) if row else ("", None)


def source_rows(ledger: Ledger, project: str, until: str) -> dict[str, Registered]:
    """Each source's last version that was registered by `until` (a stamp)."""
    with ledger.read() as connection:
        chosen = select(SourceRow).where(SourceRow.project == project, SourceRow.registered_at <= until)
        rows = connection.execute(chosen.order_by(SourceRow.version)).all()
        terms = {r.source: r.sha256 for r in connection.execute(select(LicenceSnapshot).order_by(LicenceSnapshot.id))}
    return {
        r.source_id: Registered(
            r.provider, r.licence_expires, terms.get(r.id, ""), r.ground_evidence or "", r.ground_evidence_sha256,
            r.retention_until,
        )
        for r in rows
    }  # fmt: skip


def consent_snapshot(ledger: Ledger, root: str, purposes: Sequence[str]) -> tuple[str, int | None]:
    """(as-of day, subjects) of a consent snapshot; ("", None) when the ledger does not know its root."""
    with ledger.read() as connection:
        chosen = select(ConsentRoot).where(ConsentRoot.root == root, ConsentRoot.purpose.in_(purposes))
        row = connection.execute(chosen.order_by(ConsentRoot.id.desc()).limit(1)).first()
    return (row.as_of, row.subjects) if row else ("", None)


def consent_imports(ledger: Ledger, until: str) -> tuple[int, int, int, int]:
    """(rows, taken, repeated, bad) of all consent files imported by `until`."""
    with ledger.read() as connection:
        columns = (ConsentImport.rows, ConsentImport.taken, ConsentImport.repeated, ConsentImport.bad)
        found = connection.execute(select(*columns).where(ConsentImport.imported_at <= until)).all()
    rows, taken, repeated, bad = (sum(row[n] for row in found) for n in range(4))
    return rows, taken, repeated, bad


def requests_due(ledger: Ledger, now: dt.datetime) -> tuple[tuple[RequestRow, ...], int]:
    """(requests that are late, how many are open)."""
    known = [request for request in requests(ledger, now) if request.state != "closed"]
    late = tuple(
        RequestRow(
            r.request_id, r.kind, r.state, r.late, r.act_by if r.act_by and "act" in r.late else r.due_at, r.article
        )
        for r in known
        if r.late
    )
    return late, len(known)


def pulls(ledger: Ledger, receipts: Path, release: str, clusters: Sequence[Cluster]) -> tuple[PullRow, ...]:
    """Receipts of a release, from the folder that clusters write to and from the ledger, oldest first, each once."""
    with ledger.read() as connection:
        chosen = select(Pull.receipt).join(Release, Release.id == Pull.release)
        kept = [text.encode() for text in connection.execute(chosen).scalars()]
    files = [path.read_bytes() for path in sorted(receipts.glob("*.json"))] if receipts.exists() else []
    by_id = {cluster.id: cluster for cluster in clusters}
    found = {}
    for data in (*kept, *files):
        row = _pull(data, release, by_id)
        if row is not None:
            found[row.digest] = row
    return tuple(sorted(found.values(), key=lambda row: (row.at, row.cluster, row.action)))


def _pull(data: bytes, release: str, clusters: dict[str, Cluster]) -> PullRow | None:
    """None for another release's receipt, or one that nobody signed."""
    try:
        receipt = Receipt.verify(data)
    except TrustError:
        return None
    if receipt.release != release:
        return None
    return PullRow(
        cluster=receipt.cluster.id,
        operator=receipt.cluster.operator,
        country=receipt.cluster.country,
        purpose=receipt.purpose,
        action=receipt.action,
        at=receipt.at,
        enrolled=clusters.get(receipt.cluster.id) == receipt.cluster,
        digest=hashlib.sha256(receipt.to_bytes()).hexdigest(),
    )


def kept_records(ledger: Ledger, release: str) -> KeptRecords:
    """Counts for the evidence map."""
    missing = len(notices_missing(ledger))
    with ledger.read() as connection:

        def count(table: type, *where: object) -> int:
            return int(connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one())  # type: ignore[arg-type]

        def last(table: type[AdequacyReview] | type[ReidentificationTest]) -> tuple[str, str] | None:
            row = connection.execute(
                select(table.verdict, table.evidence_sha256)
                .where(table.release == release)
                .order_by(table.id.desc())
                .limit(1)
            ).first()
            return (row.verdict, row.evidence_sha256) if row else None

        pia: Iterable[str] = connection.execute(
            select(ClassDecision.pia)
            .where(ClassDecision.release == release, ClassDecision.pia != PIA_UNSTATED)
            .order_by(ClassDecision.id.desc())
            .limit(1)
        ).scalars()
        return KeptRecords(
            balancing_tests=count(BalancingTest),
            notices=count(ConsentNotice),
            notices_missing=missing,
            pseudonym_records=count(PseudonymRecord, PseudonymRecord.release == release),
            adequacy=last(AdequacyReview),
            reidentification=last(ReidentificationTest),
            privilege_changes=count(PrivilegeChange),
            processors=count(Processor),
            transfers=(
                count(TransferRecord, TransferRecord.transferred.is_(True)),
                count(TransferRecord, TransferRecord.transferred.is_(False)),
            ),
            incidents=count(Incident, Incident.event == "known"),
            drills=count(Incident, Incident.event == "drill"),
            pia=next(iter(pia), ""),
            requests=count(Request),
            destructions=count(DestructionRow),
            tombstones=int(connection.execute(select(func.coalesce(func.max(TombstoneRoot.marks), 0))).scalar_one()),
        )
