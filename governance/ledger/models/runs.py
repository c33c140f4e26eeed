"""What ran: one row a finished stage, and its documents counted by source, action and reason."""

from __future__ import annotations

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from governance.ledger.models.base import Base, Code, Count, Digest, Name, Serial, Stamp


class StageRun(Base):
    """A finished stage, named by its folder (whose name digests all that it reads)."""

    __tablename__ = "stage_run"
    id: Mapped[Serial]
    project: Mapped[Code]
    stage: Mapped[Code]
    folder: Mapped[Name] = mapped_column(unique=True)
    manifest_digest: Mapped[Digest]
    policy_digest: Mapped[Digest]
    started_at: Mapped[Stamp | None]
    recorded_at: Mapped[Stamp]


class StageCount(Base):
    """Documents of one source in one stage. `action` is in, kept, changed, dropped or quarantined; reason "" is all."""

    __tablename__ = "stage_count"
    __table_args__ = (UniqueConstraint("stage_run", "source_id", "action", "reason"),)
    id: Mapped[Serial]
    stage_run: Mapped[int] = mapped_column(ForeignKey("stage_run.id"), index=True)
    source_id: Mapped[Code]
    action: Mapped[Code]
    reason: Mapped[Code]
    documents: Mapped[Count]


class ConsentRoot(Base):
    """A consent snapshot that a run used: its Merkle root and what it was taken for."""

    __tablename__ = "consent_root"
    __table_args__ = (UniqueConstraint("root", "as_of", "purpose"),)
    id: Mapped[Serial]
    root: Mapped[Digest]
    as_of: Mapped[Code]
    purpose: Mapped[Code]
    subjects: Mapped[Count]
    recorded_at: Mapped[Stamp]


class TombstoneRoot(Base):
    """A version of the vault's tombstones that a run obeyed."""

    __tablename__ = "tombstone_root"
    version: Mapped[str] = mapped_column(primary_key=True)
    marks: Mapped[Count]
    recorded_at: Mapped[Stamp]
