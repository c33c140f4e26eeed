"""Releases: what was made, signed, published, pulled, revoked. A release's state is its latest event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, insert, select

from governance.errors import LedgerConflict, ReleaseUnknown
from governance.ledger.core import LedgerBase
from governance.ledger.models.releases import (
    Certificate,
    CertificateRevocation,
    Pull,
    Release,
    ReleaseEvent,
    ReleaseShard,
)
from governance.times import stamp

ReleaseState = Literal["proposed", "signed", "published", "superseded", "revoked", "destroyed"]


@dataclass(frozen=True)
class ShardInfo:
    """One shard of a release; `sha256` in hex, `bytes` of the file."""

    path: str
    source_id: str
    sha256: str
    rows: int
    bytes: int


@dataclass(frozen=True)
class ReleaseInfo:
    """A release `name@version` as the ledger has it."""

    name: str
    version: int
    folder: str
    manifest_digest: str
    merkle_root: str
    data_class: str
    purpose: str
    documents: int
    bytes: int
    supersedes: int | None
    state: str
    recorded_at: str
    project: str = ""

    @property
    def label(self) -> str:
        """`name@version`."""
        return f"{self.name}@{self.version}"


class ReleaseRows(LedgerBase):
    """Rows of releases. Writing the same again changes nothing; writing another under the same name is refused."""

    def record_release(self, release: ReleaseInfo, shards: Iterable[ShardInfo], now: dt.datetime) -> bool:
        """Records a release and its shards in one transaction, as `proposed`; False when it is there already."""
        with self.write() as connection:
            known = connection.execute(
                select(Release.manifest_digest).where(Release.name == release.name, Release.version == release.version)
            ).scalar_one_or_none()
            if known is not None:
                if known != release.manifest_digest:
                    raise LedgerConflict(
                        f"{release.label} was recorded before with another manifest", "Make a new version instead."
                    )
                return False
            made = connection.execute(
                insert(Release).values(
                    project=release.project, name=release.name, version=release.version, folder=release.folder,
                    manifest_digest=release.manifest_digest, merkle_root=release.merkle_root,
                    data_class=release.data_class, purpose=release.purpose, documents=release.documents,
                    bytes=release.bytes, supersedes=release.supersedes, recorded_at=stamp(now),
                )
            )  # fmt: skip
            key = made.inserted_primary_key[0] if made.inserted_primary_key else None
            rows = [vars(shard) | {"release": key} for shard in shards]
            if rows:
                connection.execute(insert(ReleaseShard), rows)
            connection.execute(
                insert(ReleaseEvent).values(
                    release=key, event="proposed", actor="", reason="", evidence=release.manifest_digest, at=stamp(now)
                )
            )
        return True

    def record_release_event(
        self,
        label: str,
        event: ReleaseState,
        now: dt.datetime,
        *,
        actor: str = "",
        reason: str = "",
        evidence: str = "",
    ) -> bool:
        """Adds what became of a release (`evidence`: a digest); the same event with the same evidence is kept once."""
        with self.write() as connection:
            key = _key(connection, label)
            chosen = (ReleaseEvent.release == key, ReleaseEvent.event == event, ReleaseEvent.evidence == evidence)
            if connection.execute(select(ReleaseEvent.id).where(*chosen)).first() is not None:
                return False
            connection.execute(
                insert(ReleaseEvent).values(
                    release=key, event=event, actor=actor, reason=reason, evidence=evidence, at=stamp(now)
                )
            )
        return True

    def releases(self, project: str | None = None) -> list[ReleaseInfo]:
        """All releases, oldest first, each with its latest state."""
        with self.read() as connection:
            states = {r.release: r.event for r in connection.execute(select(ReleaseEvent).order_by(ReleaseEvent.id))}
            rows = connection.execute(select(Release).order_by(Release.id)).all()
        return [
            ReleaseInfo(
                r.name, r.version, r.folder, r.manifest_digest, r.merkle_root, r.data_class, r.purpose, r.documents,
                r.bytes, r.supersedes, states.get(r.id, "proposed"), r.recorded_at, r.project,
            )
            for r in rows
            if project is None or r.project == project
        ]  # fmt: skip

    def release(self, label: str) -> ReleaseInfo:
        """One release by `name@version`; raises ReleaseUnknown."""
        for info in self.releases():
            if info.label == label:
                return info
        raise ReleaseUnknown(f"no release {label[:80]} is recorded", "`damjang status` lists the releases.")

    def release_shards(self, label: str) -> list[ShardInfo]:
        """A release's shards, by path."""
        with self.read() as connection:
            chosen = (
                select(ReleaseShard).where(ReleaseShard.release == _key(connection, label)).order_by(ReleaseShard.path)
            )
            return [ShardInfo(r.path, r.source_id, r.sha256, r.rows, r.bytes) for r in connection.execute(chosen)]

    def release_events(self, label: str) -> list[tuple[str, str, str, str, str]]:
        """(event, actor, reason, evidence, at) of a release, oldest first."""
        with self.read() as connection:
            chosen = (
                select(ReleaseEvent).where(ReleaseEvent.release == _key(connection, label)).order_by(ReleaseEvent.id)
            )
            return [(r.event, r.actor, r.reason, r.evidence, r.at) for r in connection.execute(chosen)]

    def record_certificate(
        self,
        label: str,
        certificate_id: str,
        envelope: str,
        issued: dt.datetime,
        expires: dt.datetime,
        now: dt.datetime,
    ) -> bool:
        """Keeps a certificate (its DSSE envelope as text) under its id."""
        with self.write() as connection:
            known = connection.execute(
                select(Certificate.envelope).where(Certificate.certificate_id == certificate_id)
            ).scalar_one_or_none()
            if known is not None:
                if known != envelope:
                    raise LedgerConflict("another certificate was recorded under this id", "Issue it under a new id.")
                return False
            connection.execute(
                insert(Certificate).values(
                    certificate_id=certificate_id, release=_key(connection, label), envelope=envelope,
                    issued_at=stamp(issued), expires_at=stamp(expires), recorded_at=stamp(now),
                )
            )  # fmt: skip
        return True

    def certificates(self, label: str) -> list[tuple[str, str, bool]]:
        """(certificate id, envelope, revoked) of a release, oldest first."""
        with self.read() as connection:
            gone = set(connection.execute(select(CertificateRevocation.certificate_id)).scalars())
            chosen = (
                select(Certificate)
                .where(Certificate.release == _key(connection, label))
                .order_by(Certificate.recorded_at)
            )
            return [(r.certificate_id, r.envelope, r.certificate_id in gone) for r in connection.execute(chosen)]

    def record_revocation(
        self, certificate_id: str, list_version: int, reason: str, revoked: dt.datetime, now: dt.datetime
    ) -> bool:
        """Marks a certificate as no longer good; the first revocation stands."""
        with self.write() as connection:
            chosen = CertificateRevocation.certificate_id == certificate_id
            if connection.execute(select(CertificateRevocation.reason).where(chosen)).first() is not None:
                return False
            connection.execute(
                insert(CertificateRevocation).values(
                    certificate_id=certificate_id, list_version=list_version, reason=reason, revoked_at=stamp(revoked),
                    recorded_at=stamp(now),
                )
            )  # fmt: skip
        return True

    def record_pull(
        self, label: str, *, cluster_id: str, purpose: str, receipt: str, receipt_digest: str, at: dt.datetime,
        now: dt.datetime, kind: Literal["pull", "deletion"] = "pull",
    ) -> bool:  # fmt: skip
        """Keeps a cluster's signed receipt of a pull, or of a deletion after a recall."""
        with self.write() as connection:
            if connection.execute(select(Pull.kind).where(Pull.receipt_digest == receipt_digest)).first() is not None:
                return False
            connection.execute(
                insert(Pull).values(
                    receipt_digest=receipt_digest, kind=kind, release=_key(connection, label), cluster_id=cluster_id,
                    purpose=purpose, receipt=receipt, at=stamp(at), recorded_at=stamp(now),
                )
            )  # fmt: skip
        return True

    def pulls(self, label: str, kind: Literal["pull", "deletion"] = "pull") -> list[tuple[str, str, str, str]]:
        """(cluster id, purpose, receipt digest, at) of a release."""
        with self.read() as connection:
            chosen = select(Pull).where(Pull.release == _key(connection, label), Pull.kind == kind).order_by(Pull.at)
            return [(r.cluster_id, r.purpose, r.receipt_digest, r.at) for r in connection.execute(chosen)]


def _key(connection: Connection, label: str) -> int:
    name, _, version = label.partition("@")
    number = int(version) if version.isdecimal() and len(version) < 10 else -1
    key: int | None = connection.execute(
        select(Release.id).where(Release.name == name, Release.version == number)
    ).scalar_one_or_none()
    if key is None:
        raise ReleaseUnknown(f"no release {label[:80]} is recorded", "`damjang status` lists the releases.")
    return key
