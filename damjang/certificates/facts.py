"""What a certificate claims about a release: typed, frozen, with its JSON form. Filled in by the pipeline.

Texts here are read by officers and printed in reports, so they hold counts, codes, articles and digests, never a
value from a document.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from damjang.certificates.canonical import format_time
from damjang.certificates.errors import Malformed
from damjang.certificates.fields import COUNTRY, NAME, RELEASE, Fields

PURPOSES: Final = ("pretraining", "fine-tuning", "evaluation", "research")
OBLIGATIONS: Final = ("attribution", "no_sale", "non_commercial", "share_alike", "no_modification", "no_reproduction")
DATA_CLASSES: Final = ("NON_PERSONAL", "ANON_58-2", "PSEUDO_28-2", "PERSONAL", "AI_28-12")
VERDICTS: Final = ("pass", "fail", "not_applicable")
MARKS: Final = ("enforced", "measured", "attested", "not_covered")
CUSTODY: Final = ("ours", "provider")
ANY_RECIPIENT: Final = ("*",)
"""Any enrolled cluster in a certified country."""


@dataclass(frozen=True)
class DataClass:
    """Which class of data this is in law, on which ground it is processed, and why (design.md, Data class)."""

    id: str
    ground: str
    why: str

    def to_json(self) -> dict[str, object]:
        """As in the predicate."""
        return {"id": self.id, "ground": self.ground, "why": self.why}

    @classmethod
    def read(cls, fields: Fields) -> DataClass:
        """Raises Malformed."""
        found = cls(fields.choice("id", DATA_CLASSES), fields.text("ground"), fields.text("why"))
        fields.end()
        return found


@dataclass(frozen=True)
class Obligation:
    """What the user of the release owes, from which sources' licences."""

    id: str
    sources: tuple[str, ...]
    detail: str = ""

    def to_json(self) -> dict[str, object]:
        """As in the predicate."""
        return {"id": self.id, "sources": list(self.sources), "detail": self.detail}

    @classmethod
    def read(cls, fields: Fields) -> Obligation:
        """Raises Malformed."""
        found = cls(fields.choice("id", OBLIGATIONS), fields.texts("sources", NAME), fields.text("detail"))
        fields.end()
        return found


@dataclass(frozen=True)
class Gate:
    """One check that had to hold: its article of law or rule, verdict, what was seen, digest of the evidence."""

    id: str
    article: str
    verdict: str
    detail: str
    evidence_sha256: str

    def to_json(self) -> dict[str, object]:
        """As in the predicate."""
        return {
            "id": self.id,
            "article": self.article,
            "verdict": self.verdict,
            "detail": self.detail,
            "evidence_sha256": self.evidence_sha256,
        }

    @classmethod
    def read(cls, fields: Fields) -> Gate:
        """Raises Malformed."""
        found = cls(
            fields.text("id", NAME),
            fields.text("article"),
            fields.choice("verdict", VERDICTS),
            fields.text("detail"),
            fields.digest("evidence_sha256"),
        )
        fields.end()
        return found


@dataclass(frozen=True)
class SourceCounts:
    """One source from end to end, in documents: `documents = kept + changed + dropped + quarantined`, else Malformed.

    `kept` and `changed` are shipped, a row each. `destroy_by`: when a provider wants its input destroyed (null: not).
    """

    source_id: str
    licence: str
    ground: str
    jurisdiction: str
    custody: str
    destroy_by: str | None
    documents: int
    kept: int
    changed: int
    dropped: int
    quarantined: int

    def __post_init__(self) -> None:
        if self.documents != self.kept + self.changed + self.dropped + self.quarantined:
            raise Malformed(
                f"source {self.source_id}: documents do not add up (kept + changed + dropped + quarantined)"
            )

    @property
    def shipped(self) -> int:
        """Rows in the release."""
        return self.kept + self.changed

    def to_json(self) -> dict[str, object]:
        """As in the predicate."""
        return dict(vars(self))

    @classmethod
    def read(cls, fields: Fields) -> SourceCounts:
        """Raises Malformed."""
        found = cls(
            source_id=fields.text("source_id", NAME),
            licence=fields.text("licence"),
            ground=fields.text("ground"),
            jurisdiction=fields.text("jurisdiction", COUNTRY),
            custody=fields.choice("custody", CUSTODY),
            destroy_by=fields.optional_text("destroy_by"),
            documents=fields.integer("documents"),
            kept=fields.integer("kept"),
            changed=fields.integer("changed"),
            dropped=fields.integer("dropped"),
            quarantined=fields.integer("quarantined"),
        )
        fields.end()
        return found


@dataclass(frozen=True)
class Claim:
    """A sovereignty claim, marked honestly: enforced by code, measured, attested by somebody, or not covered."""

    id: str
    statement: str
    mark: str
    evidence: str = ""

    def to_json(self) -> dict[str, object]:
        """As in the predicate."""
        return {"id": self.id, "statement": self.statement, "mark": self.mark, "evidence": self.evidence}

    @classmethod
    def read(cls, fields: Fields) -> Claim:
        """Raises Malformed."""
        found = cls(
            fields.text("id", NAME), fields.text("statement"), fields.choice("mark", MARKS), fields.text("evidence")
        )
        fields.end()
        return found


@dataclass(frozen=True)
class Facts:
    """Everything the pipeline knows about a release and an officer signs. Roots and digests are 64 hex digits.

    `recipients`: cluster ids, or ANY_RECIPIENT. `jurisdictions`: ISO 3166-1 alpha-2. `law_version`: the dated set of
    rules. `consent_root`: the consent snapshot's sorted tree (it proves what the ledger said, not that consent was
    genuine).
    """

    purposes: tuple[str, ...]
    jurisdictions: tuple[str, ...]
    recipients: tuple[str, ...]
    obligations: tuple[Obligation, ...]
    data_class: DataClass
    law_version: str
    gates: tuple[Gate, ...]
    consent_root: str
    decisions_root: str
    policy_digest: str
    suite_digest: str
    sources: tuple[SourceCounts, ...]
    claims: tuple[Claim, ...]
    expires: dt.datetime
    supersedes: str | None = None

    def to_json(self) -> dict[str, object]:
        """As in the predicate."""
        return {
            "purposes": list(self.purposes),
            "jurisdictions": list(self.jurisdictions),
            "recipients": list(self.recipients),
            "obligations": [item.to_json() for item in self.obligations],
            "data_class": self.data_class.to_json(),
            "law_version": self.law_version,
            "gates": [item.to_json() for item in self.gates],
            "consent_root": self.consent_root,
            "decisions_root": self.decisions_root,
            "policy_digest": self.policy_digest,
            "suite_digest": self.suite_digest,
            "sources": [item.to_json() for item in self.sources],
            "claims": [item.to_json() for item in self.claims],
            "expires": format_time(self.expires),
            "supersedes": self.supersedes,
        }

    @classmethod
    def read(cls, fields: Fields) -> Facts:
        """Reads the facts' fields out of a predicate, leaving its others; raises Malformed."""
        purposes = fields.texts("purposes")
        if not purposes or not set(purposes) <= set(PURPOSES):
            raise Malformed(f"{fields.where}: purposes are some of {', '.join(PURPOSES)}")
        recipients = fields.texts("recipients")
        if recipients != ANY_RECIPIENT and not all(NAME.fullmatch(item) for item in recipients):
            raise Malformed(f"{fields.where}: recipients are cluster ids, or only '*'")
        return cls(
            purposes=purposes,
            jurisdictions=fields.texts("jurisdictions", COUNTRY),
            recipients=recipients,
            obligations=tuple(map(Obligation.read, fields.objects("obligations"))),
            data_class=DataClass.read(fields.object("data_class")),
            law_version=fields.text("law_version"),
            gates=tuple(map(Gate.read, fields.objects("gates"))),
            consent_root=fields.digest("consent_root"),
            decisions_root=fields.digest("decisions_root"),
            policy_digest=fields.digest("policy_digest"),
            suite_digest=fields.digest("suite_digest"),
            sources=tuple(map(SourceCounts.read, fields.objects("sources"))),
            claims=tuple(map(Claim.read, fields.objects("claims"))),
            expires=fields.time("expires"),
            supersedes=fields.optional_text("supersedes", RELEASE),
        )
