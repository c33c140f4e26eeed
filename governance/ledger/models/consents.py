"""Consent records: ISO/IEC TS 27560 fields, a mandatory ground, separate flags; subjects by random id only."""

from __future__ import annotations

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from governance.ledger.models.base import Base, Code, Count, Date, Digest, Name, Prose, Ref, Serial, Stamp, SubjectId


class ConsentNotice(Base):
    """A version of a notice that people were shown, by the digest of its exact text (PIPA 15②, 22①)."""

    __tablename__ = "consent_notice"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[Name]
    language: Mapped[Code]
    purposes: Mapped[Prose]
    items: Mapped[Prose]
    retention: Mapped[Prose]
    recorded_at: Mapped[Stamp]


class ConsentImport(Base):
    """One imported file: a keyed digest of it, and how many rows were taken, known already, or bad."""

    __tablename__ = "consent_import"
    digest: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[Name]
    rows: Mapped[Count]
    taken: Mapped[Count]
    repeated: Mapped[Count]
    bad: Mapped[Count]
    bad_rows: Mapped[Prose]  # JSON [[row, column, reason], …]: no values
    imported_at: Mapped[Stamp]


class ConsentRecord(Base):
    """One consent, or its withdrawal, as a file stated it. `flags`: governance.consent_rules.Flag bits.

    `record` is a keyed digest of the row: the same statement is kept once, however often it is imported.
    """

    __tablename__ = "consent_record"
    __table_args__ = (Index("ix_consent_subject", "subject_id", "purpose"),)
    record: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    import_digest: Mapped[str] = mapped_column(String(64))
    subject_id: Mapped[SubjectId]
    source_id: Mapped[Code]
    purpose: Mapped[Code]
    ground: Mapped[Code]
    notice_sha256: Mapped[Digest]
    method: Mapped[Code]
    given_at: Mapped[Stamp]
    valid_until: Mapped[Stamp | None]
    withdrawn_at: Mapped[Stamp | None]
    guardian_ref: Mapped[Ref | None]
    flags: Mapped[int]
    law_version: Mapped[Date]


class ConsentEvent(Base):
    """A withdrawal that came to us (a request), not by a provider's file. Purpose "*" is every purpose."""

    __tablename__ = "consent_event"
    __table_args__ = (Index("ix_consent_event_subject", "subject_id"),)
    id: Mapped[Serial]
    subject_id: Mapped[SubjectId]
    source_id: Mapped[Code]
    purpose: Mapped[Code]
    event: Mapped[Code]  # withdrawn | objected | regranted
    channel: Mapped[Code]
    request_id: Mapped[Ref | None]
    at: Mapped[Stamp]
    recorded_at: Mapped[Stamp]
