"""Releases, their shards, certificates and what became of them."""

from __future__ import annotations

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from governance.ledger.models.base import Base, Code, Count, Digest, Name, Prose, Ref, Serial, Stamp


class Release(Base):
    """A release `name@version`. Its state is its latest event."""

    __tablename__ = "release"
    __table_args__ = (UniqueConstraint("name", "version"),)
    id: Mapped[Serial]
    project: Mapped[Code]
    name: Mapped[Code]
    version: Mapped[int]
    folder: Mapped[Name]
    manifest_digest: Mapped[Digest]
    merkle_root: Mapped[Digest]
    data_class: Mapped[Code]
    purpose: Mapped[Code]
    documents: Mapped[Count]
    bytes: Mapped[Count]
    supersedes: Mapped[int | None]
    recorded_at: Mapped[Stamp]


class ReleaseShard(Base):
    """One shard of a release."""

    __tablename__ = "release_shard"
    __table_args__ = (UniqueConstraint("release", "path"),)
    id: Mapped[Serial]
    release: Mapped[int] = mapped_column(ForeignKey("release.id"), index=True)
    path: Mapped[Name]
    source_id: Mapped[Code]
    sha256: Mapped[Digest]
    rows: Mapped[Count]
    bytes: Mapped[Count]


class ReleaseEvent(Base):
    """proposed | signed | published | superseded | revoked | destroyed; `actor` is a personal record or a key id."""

    __tablename__ = "release_event"
    __table_args__ = (UniqueConstraint("release", "event", "evidence"),)
    id: Mapped[Serial]
    release: Mapped[int] = mapped_column(ForeignKey("release.id"), index=True)
    event: Mapped[Code]
    actor: Mapped[Code]
    reason: Mapped[Code]
    evidence: Mapped[Digest]
    at: Mapped[Stamp]


class Certificate(Base):
    """A certificate as it was issued: its DSSE envelope holds codes, counts and digests only."""

    __tablename__ = "certificate"
    certificate_id: Mapped[str] = mapped_column(primary_key=True)
    release: Mapped[int] = mapped_column(ForeignKey("release.id"), index=True)
    envelope: Mapped[Prose]
    issued_at: Mapped[Stamp]
    expires_at: Mapped[Stamp]
    recorded_at: Mapped[Stamp]


class CertificateRevocation(Base):
    """A certificate that is no longer good, and the list version that first said so."""

    __tablename__ = "certificate_revocation"
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.certificate_id"), primary_key=True)
    list_version: Mapped[int]
    reason: Mapped[Code]
    revoked_at: Mapped[Stamp]
    recorded_at: Mapped[Stamp]


class Pull(Base):
    """A cluster's signed record: of a pull, or of a deletion after a recall."""

    __tablename__ = "pull"
    receipt_digest: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[Code]  # pull | deletion
    release: Mapped[int] = mapped_column(ForeignKey("release.id"), index=True)
    cluster_id: Mapped[Code]
    purpose: Mapped[Code]
    receipt: Mapped[Prose]
    at: Mapped[Stamp]
    recorded_at: Mapped[Stamp]


class Notice(Base):
    """A notice that is owed to a cluster or a requester (recall, 영44 result), until another row says it was sent."""

    __tablename__ = "notice"
    id: Mapped[Serial]
    kind: Mapped[Code]
    recipient: Mapped[Code]  # cluster id or personal record
    requester: Mapped[Ref | None]
    subject_matter: Mapped[Code]  # request id or release
    body_sha256: Mapped[Digest]
    state: Mapped[Code]  # queued | sent | acknowledged
    due_at: Mapped[Stamp | None]
    at: Mapped[Stamp]
