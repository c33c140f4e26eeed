"""Requests of data subjects (PIPA 35–37), what was done with them, and what was destroyed (PIPA 21)."""

from __future__ import annotations

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from governance.ledger.models.base import Base, Code, Digest, Name, Prose, Ref, Serial, Stamp, SubjectId


class Request(Base):
    """A request as received. `due_at`: notice owed (10 days); `act_by`: our own limit to destroy (5 days)."""

    __tablename__ = "request"
    request_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[Code]
    channel: Mapped[Code]
    source_id: Mapped[Code | None]
    subject_id: Mapped[SubjectId | None]
    requester_ref: Mapped[Ref | None]
    agent_ref: Mapped[Ref | None]
    received_at: Mapped[Stamp]
    due_at: Mapped[Stamp]
    act_by: Mapped[Stamp | None]
    law_version: Mapped[Code]
    recorded_at: Mapped[Stamp]


class RequestEvent(Base):
    """A step of a request: verified, planned, approved, refused, executed, notified, closed, … with its evidence."""

    __tablename__ = "request_event"
    id: Mapped[Serial]
    request_id: Mapped[str] = mapped_column(ForeignKey("request.request_id"), index=True)
    state: Mapped[Code]
    actor: Mapped[Code]
    reason: Mapped[Code]
    article: Mapped[Name]
    appeal: Mapped[Prose]
    evidence: Mapped[Digest]
    at: Mapped[Stamp]


class DestructionRow(Base):
    """The destruction register: written before the vault destroys, so that a crash between the two is replayed."""

    __tablename__ = "destruction"
    __table_args__ = (UniqueConstraint("kind", "target", "at"),)
    id: Mapped[Serial]
    kind: Mapped[Code]
    target: Mapped[Prose]
    reason: Mapped[Code]
    method: Mapped[Code]  # key_destroyed | file_deleted | row_deleted
    request_id: Mapped[Ref | None]
    approver: Mapped[Ref | None]
    at: Mapped[Stamp]
    recorded_at: Mapped[Stamp]


class TombstoneEvent(Base):
    """A tombstone set, or lifted by an officer, as its keyed mark: a restored vault replays these.

    The one table with a row for a document, and only for one that was withdrawn or held: without it an old backup of
    the vault would let it back in.
    """

    __tablename__ = "tombstone_event"
    id: Mapped[Serial]
    kind: Mapped[Code]  # document | subject | source
    mark: Mapped[Ref]
    action: Mapped[Code]  # set | lifted
    reason: Mapped[Code]
    actor: Mapped[Code]
    at: Mapped[Stamp]
    recorded_at: Mapped[Stamp]
