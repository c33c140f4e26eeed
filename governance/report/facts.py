"""Everything that a report says, as frozen values. `gather` fills them, the renderers only read them.

Counts are documents unless a field says otherwise; digests are hex; times are aware. Nothing here is a value from a
document: sources, reasons, types, counts, codes and digests only (promise 2).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from governance.report.words import Text

Verdict = Literal["valid", "expired", "revoked", "proposed", "failed"]
State = Literal["holds", "fails", "partial", "none", "not_applicable"]
Recheck = Literal["match", "differs", "not_recomputed"]


@dataclass(frozen=True)
class Standing:
    """Whether the release stands, verified here and now. `error`: the named error that stopped verification, if any."""

    verdict: Verdict
    checked_at: dt.datetime
    error: str = ""
    message: str = ""
    remedy: str = ""
    shards_read: int = 0
    revocation_version: int | None = None
    revoked_at: dt.datetime | None = None
    revoked_reason: str = ""
    superseded_by: str = ""


@dataclass(frozen=True)
class Issue:
    """The certificate's own words: what it is about, for whom, until when, and the digests to compare with."""

    certificate: str
    root: str
    root_id: str
    trust_sha256: str
    organisation: str
    rows: int
    shards: int
    size: int
    issued: dt.datetime
    expires: dt.datetime
    supersedes: str | None
    demo: bool
    data_class: str
    ground: str
    why: str
    purposes: tuple[str, ...]
    jurisdictions: tuple[str, ...]
    recipients: tuple[str, ...]
    law_version: str
    law_until: str | None
    policy: str
    policy_digest: str
    suite_digest: str
    consent_root: str
    decisions_root: str
    decisions_recheck: Recheck
    log_origin: str
    log_index: int | None
    log_size: int | None


@dataclass(frozen=True)
class Signer:
    """Somebody who signed. `approved`: the signature counts towards the threshold of officers."""

    person: str
    roles: tuple[str, ...]
    keyids: tuple[str, ...]
    proposed: bool
    approved: bool


@dataclass(frozen=True)
class GateRow:
    """A gate as certified, and whether its evidence digest came out again from the stage manifests."""

    id: str
    article: str
    verdict: str
    detail: str
    evidence_sha256: str
    recheck: Recheck


@dataclass(frozen=True)
class SourceRow:
    """A source: what it is, on which ground and licence, and what became of its documents. `refused`: a reason code."""

    source_id: str
    provider: str
    licence: str
    licence_expires: str | None
    terms_sha256: str
    ground: str
    evidence: str
    evidence_sha256: str | None
    jurisdiction: str
    custody: str
    retention_until: str | None
    destroy_by: str | None
    documents: int
    shipped: int
    dropped: int
    quarantined: int
    refused: str
    obligations: tuple[str, ...]


@dataclass(frozen=True)
class StageRow:
    """One source in one stage: `entered = kept + changed + dropped + quarantined`. `reasons`: {"action:reason": n}."""

    stage: str
    source_id: str
    entered: int
    kept: int
    changed: int
    dropped: int
    quarantined: int
    reasons: Mapping[str, int]

    @property
    def left(self) -> int:
        """Documents that go on to the next stage."""
        return self.kept + self.changed


@dataclass(frozen=True)
class PiiRow:
    """A type of personal information. `by_source` counts rewritten spans; `deleted_at_ingest` is not told by source.

    `residual`: findings of this type in the sample of finished rows.
    """

    type: str
    name: str
    law_class: str
    article: str
    operator: str
    deleted_at_ingest: int
    by_source: Mapping[str, int]
    residual: int

    @property
    def total(self) -> int:
        """Deleted at ingest and rewritten later."""
        return self.deleted_at_ingest + sum(self.by_source.values())


@dataclass(frozen=True)
class Residual:
    """The last check of finished rows. `upper_ppm`: the gate's evidence digest covers it (None: an older record).

    `carried`: made on the version before a withdrawal, whose rows this one has fewer of.
    """

    sampled_rows: int
    hit_rows: int
    upper_ppm: int | None
    limit_ppm: int | None
    confidence_ppm: int | None
    review: int  # spans between two thresholds: masked, and waiting for an officer
    detector: str
    recognizers: Mapping[str, str]
    carried: bool = False
    reviewed: int = 0  # spans that an officer answered, and the stage obeyed


@dataclass(frozen=True)
class Children:
    """Documents: by authors under 14 as the text reads (quarantined without a guardian's consent), and those that speak
    of a child under 14 and are tagged."""

    authors: int
    mentions: int


@dataclass(frozen=True)
class DedupRow:
    """What dedup took of one source (`other`: evaluation items, boilerplate). `alarm`: more than the policy's share."""

    source_id: str
    entered: int
    exact: int
    near: int
    other: int
    alarm: bool


@dataclass(frozen=True)
class Recall:
    """Of `pairs` alike by exact search in a sample of `documents`, `found` were not both kept."""

    documents: int
    pairs: int
    found: int


@dataclass(frozen=True)
class Against:
    """Documents dropped because an earlier release, or one that it builds on, has them (or their like) already."""

    releases: tuple[str, ...]
    same: int
    exact: int
    near: int
    unresolved: int
    recall: Recall | None


@dataclass(frozen=True)
class Dedup:
    """`unresolved`: candidate pairs that the rounds left unverified, so near-duplicates may remain.

    `order`: by what the one that stays was chosen. `against`: None where the release stands alone.
    """

    rows: tuple[DedupRow, ...]
    candidates: int
    verified: int
    unresolved: int
    threshold_ppm: int | None
    alarm_ppm: int | None
    order: tuple[str, ...] = ()
    recall: Recall | None = None
    against: Against | None = None


@dataclass(frozen=True)
class ConsentRow:
    """Documents of a source whose ground is consent, by what the snapshot said of their subjects."""

    source_id: str
    documents: int
    admitted: int
    refused: Mapping[str, int]  # consent_… reasons, and child_without_guardian
    other: int  # broken records, tombstones: never judged by consent


@dataclass(frozen=True)
class Consents:
    """`subjects`: how many the snapshot holds; `imports`: (rows, taken, repeated, bad) of every imported file."""

    rows: tuple[ConsentRow, ...]
    root: str
    as_of: str
    subjects: int | None
    imports: tuple[int, int, int, int]


@dataclass(frozen=True)
class ObligationRow:
    """What the user owes, because of which sources."""

    id: str
    sources: tuple[str, ...]
    detail: str


@dataclass(frozen=True)
class ClaimRow:
    """A sovereignty claim, marked enforced | measured | attested | not_covered."""

    id: str
    statement: str
    mark: str
    evidence: str


@dataclass(frozen=True)
class EvidenceRow:
    """A row of the evidence map (law.md, section 9)."""

    requirement: Text
    article: str
    evidence: Text
    state: State
    digest: str


@dataclass(frozen=True)
class PullRow:
    """A cluster's signed receipt, verified against its enrolment (`enrolled`)."""

    cluster: str
    operator: str
    country: str
    purpose: str
    action: str
    at: dt.datetime
    enrolled: bool
    digest: str


@dataclass(frozen=True)
class RequestRow:
    """A data subject's request that is late: what (act, answer) and since when."""

    request_id: str
    kind: str
    state: str
    late: str
    due_at: dt.datetime
    article: str


@dataclass(frozen=True, kw_only=True)
class Tables:
    """What a report says of a run, whether a release came of it or not."""

    project: str
    generated_at: dt.datetime
    gates: tuple[GateRow, ...]
    sources: tuple[SourceRow, ...]
    stages: tuple[StageRow, ...]
    pii: tuple[PiiRow, ...]
    residual: Residual | None
    children: Children | None
    dedup: Dedup | None
    consents: Consents | None
    obligations: tuple[ObligationRow, ...]
    cautions: tuple[Text, ...]
    requests_open: int
    requests_late: tuple[RequestRow, ...]


@dataclass(frozen=True, kw_only=True)
class ReportFacts(Tables):
    """A whole report. `folder` and `trust`: the release and root.json, relative to the project.

    `disagreements`: where stage records, ledger and certificate tell different stories.
    """

    release: str
    folder: str
    trust: str
    standing: Standing
    issue: Issue
    newest: str
    threshold: int
    signers: tuple[Signer, ...]
    claims: tuple[ClaimRow, ...]
    unproven: tuple[Text, ...]
    evidence: tuple[EvidenceRow, ...]
    pulls: tuple[PullRow, ...]
    events: tuple[tuple[str, str], ...]
    disagreements: tuple[Text, ...]


@dataclass(frozen=True, kw_only=True)
class RunFacts(Tables):
    """A run that no release came of, because a gate did not hold.

    `rows`: assembled, and shipped to nobody. `standing_release`: the newest published one; the run left it as it was.
    """

    ran_at: dt.datetime
    as_of: str
    purpose: str
    policy: str
    demo: bool
    rows: int
    standing_release: str
