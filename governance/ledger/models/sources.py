"""Dated law versions, registered sources and the evidence of their licence and ground."""

from __future__ import annotations

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from governance.ledger.models.base import Base, Code, Count, Date, Digest, Name, Prose, Serial, Stamp


class LawVersion(Base):
    """One article as it stands between two dates; rules switch by date (governance/law_versions.py)."""

    __tablename__ = "law_version"
    __table_args__ = (UniqueConstraint("act", "article", "effective_from"),)
    id: Mapped[Serial]
    act: Mapped[Name]
    article: Mapped[Name]
    summary: Mapped[Prose]
    effective_from: Mapped[Date]
    effective_to: Mapped[Date | None]
    source: Mapped[Name]
    verified: Mapped[bool]
    recorded_at: Mapped[Stamp]


class Policy(Base):
    """A policy as it was used, named by its digest."""

    __tablename__ = "policy"
    digest: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[Name]
    body: Mapped[Prose]
    recorded_at: Mapped[Stamp]


class SourceRow(Base):
    """A registered source; a changed declaration is another version, never an edit."""

    __tablename__ = "source"
    __table_args__ = (UniqueConstraint("project", "source_id", "version"),)
    id: Mapped[Serial]
    project: Mapped[Code]
    source_id: Mapped[Code]
    version: Mapped[int]
    digest: Mapped[Digest]
    provider: Mapped[Name]
    licence: Mapped[Code]
    licence_expires: Mapped[Date | None]
    ground: Mapped[Code]
    ground_evidence: Mapped[Prose | None]
    ground_evidence_sha256: Mapped[Digest | None]
    pipc_resolution: Mapped[Name | None]
    jurisdiction: Mapped[Code]
    custody: Mapped[Code]
    retention_until: Mapped[Date | None]
    destroy_by: Mapped[Date | None]
    child_directed: Mapped[bool]
    accessibility: Mapped[Code | None]  # public | restricted | private (15①6); None: registered before it was asked
    mydata: Mapped[bool | None]  # received by a transfer request (35-2)
    cross_controller: Mapped[bool | None]  # joined with another controller's data (28-3)
    registered_at: Mapped[Stamp]


class LicenceSnapshot(Base):
    """The licence's terms as they were read: a digest of the exact text, and where it came from."""

    __tablename__ = "licence_snapshot"
    __table_args__ = (UniqueConstraint("source", "sha256"),)
    id: Mapped[Serial]
    source: Mapped[int] = mapped_column(ForeignKey("source.id"))
    licence: Mapped[Code]
    path: Mapped[Prose | None]
    url: Mapped[Prose | None]
    sha256: Mapped[Digest]
    size: Mapped[Count]
    taken_at: Mapped[Stamp]


class GroundDecision(Base):
    """What `governance.grounds.decide` said of a source for an act and a purpose; another answer is another row."""

    __tablename__ = "ground_decision"
    id: Mapped[Serial]
    project: Mapped[Code]
    source_id: Mapped[Code]
    source_version: Mapped[int]
    act: Mapped[Code]  # use | provide | entrust | transfer
    purpose: Mapped[Code]
    ground: Mapped[Code]
    licence: Mapped[Code]
    allowed: Mapped[bool]
    reason: Mapped[Code]
    article: Mapped[Name]
    as_of: Mapped[Date]
    law_version: Mapped[Date]
    recorded_at: Mapped[Stamp]
