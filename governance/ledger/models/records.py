"""The records that the PIPA wants kept, each with its own columns and retention clock (`keep_until`, ISO date)."""

from __future__ import annotations

from sqlalchemy.orm import Mapped

from governance.ledger.models.base import Base, Code, Count, Date, Digest, Name, Prose, Ref, Serial, Stamp


class PseudonymRecord(Base):
    """28-4③, 영29-5②: six items; kept three years after the pseudonymised data is destroyed (destroyed_at)."""

    __tablename__ = "pseudonym_record"
    id: Mapped[Serial]
    release: Mapped[Name]
    purpose: Mapped[Prose]
    items: Mapped[Prose]
    usage: Mapped[Prose]
    recipient: Mapped[Prose]
    period_until: Mapped[Date | None]
    other: Mapped[Prose]
    destroyed_at: Mapped[Date | None]
    keep_until: Mapped[Date | None]
    recorded_at: Mapped[Stamp]


class AdequacyReview(Base):
    """적정성 검토: stage, reviewers (personal records), verdict 적정 | 부적정 | 조건부, what has to be redone."""

    __tablename__ = "adequacy_review"
    id: Mapped[Serial]
    release: Mapped[Name]
    stage: Mapped[Code]
    round: Mapped[int]
    reviewers: Mapped[Prose]
    outside_reviewers: Mapped[int]
    verdict: Mapped[Code]
    redo: Mapped[Prose]
    evidence_sha256: Mapped[Digest]
    reviewed_on: Mapped[Date]
    recorded_at: Mapped[Stamp]


class ReidentificationTest(Base):
    """A test to re-identify (linkage, uniqueness, memorisation): method, figure in parts per million, verdict."""

    __tablename__ = "reidentification_test"
    id: Mapped[Serial]
    release: Mapped[Name]
    method: Mapped[Code]
    figure_ppm: Mapped[int]
    threshold_ppm: Mapped[int]
    verdict: Mapped[Code]
    evidence_sha256: Mapped[Digest]
    tested_on: Mapped[Date]
    recorded_at: Mapped[Stamp]


class PrivilegeChange(Base):
    """기준 5: rights granted, changed or taken away; kept three years."""

    __tablename__ = "privilege_change"
    id: Mapped[Serial]
    staff_ref: Mapped[Ref]
    change: Mapped[Code]  # granted | changed | revoked
    role: Mapped[Code]  # engineer | officer | reviewer | auditor | trainer
    scope: Mapped[Name]
    by_ref: Mapped[Ref]
    changed_at: Mapped[Stamp]
    keep_until: Mapped[Date]
    recorded_at: Mapped[Stamp]


class Processor(Base):
    """26, 영28: a processor, what it does, its contract and when it was trained and inspected."""

    __tablename__ = "processor"
    id: Mapped[Serial]
    organisation: Mapped[Name]
    task: Mapped[Prose]
    country: Mapped[Code]
    contract_sha256: Mapped[Digest]
    sub_processors: Mapped[Prose]
    trained_on: Mapped[Date | None]
    inspected_on: Mapped[Date | None]
    valid_from: Mapped[Date]
    valid_until: Mapped[Date | None]
    recorded_at: Mapped[Stamp]


class TransferRecord(Base):
    """28-8: a cross-border transfer with its ground, or (`transferred` false) the statement that there was none."""

    __tablename__ = "transfer_record"
    id: Mapped[Serial]
    transferred: Mapped[bool]
    period_from: Mapped[Date]
    period_until: Mapped[Date]
    country: Mapped[Code | None]
    recipient: Mapped[Name | None]
    ground: Mapped[Code | None]
    contract_sha256: Mapped[Digest | None]
    release: Mapped[Name | None]
    stated_by: Mapped[Ref]
    statement: Mapped[Prose | None]
    recorded_at: Mapped[Stamp]


class Incident(Base):
    """34: a breach or a possible breach; 72 hours run from `known_at`."""

    __tablename__ = "incident"
    id: Mapped[Serial]
    incident: Mapped[Code]
    event: Mapped[Code]  # known | subjects_told | regulator_told | closed | drill
    kind: Mapped[Code]  # breach | possible_breach | reidentification
    subjects: Mapped[Count | None]
    sensitive: Mapped[bool]
    known_at: Mapped[Stamp]
    due_at: Mapped[Stamp | None]
    evidence_sha256: Mapped[Digest | None]
    recorded_at: Mapped[Stamp]


class ClassDecision(Base):
    """The data class of a release, why, who decided, and the PIA or the reason that none was made (33)."""

    __tablename__ = "class_decision"
    id: Mapped[Serial]
    release: Mapped[Name]
    data_class: Mapped[Code]
    ground: Mapped[Code]
    why: Mapped[Prose]
    pia: Mapped[Prose]
    decided_by: Mapped[Ref]
    decided_on: Mapped[Date]
    recorded_at: Mapped[Stamp]


class PipcResolution(Base):
    """28-12 (from 2027-03-09): a resolution of the PIPC, its conditions, and when processing began."""

    __tablename__ = "pipc_resolution"
    id: Mapped[Serial]
    resolution: Mapped[Name]
    conditions: Mapped[Prose]
    resolved_on: Mapped[Date]
    started_on: Mapped[Date | None]
    expires_on: Mapped[Date]
    document_sha256: Mapped[Digest]
    recorded_at: Mapped[Stamp]


class BalancingTest(Base):
    """15①6 (three tests) or 영14-2 (four factors) on file, by the digest of the document and its verdict."""

    __tablename__ = "balancing_test"
    id: Mapped[Serial]
    source_id: Mapped[Code]
    kind: Mapped[Code]  # legitimate_interest | compatible_use
    verdict: Mapped[Code]
    document_sha256: Mapped[Digest]
    checked_by_cpo: Mapped[Ref | None]
    decided_on: Mapped[Date]
    recorded_at: Mapped[Stamp]
