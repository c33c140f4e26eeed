"""The records that the PIPA wants kept: typed, checked, append-only, each with its retention clock, each exportable.

| record | law | kept |
|---|---|---|
| Pseudonymisation (six items) | 28-4③, 영29-5② | 3 years after destruction |
| AdequacyReview, ReidentificationTest | 가명정보 처리 가이드라인 (적정성 검토) | with the pseudonymisation record |
| PrivilegeChange | 안전성 확보조치 기준 5 | 3 years |
| Processor | 26, 영28 | while it lasts, and 3 years (our own rule) |
| Transfer, or the statement that there was none | 28-8 | with the release |
| Incident | 34, 영39, 40 | – |
| ClassDecision, with the PIA or why there was none | 2(1), 28-2, 58-2, 33 | with the release |
| PipcResolution | 28-12 (from 2027-03-09) | with the release |
| BalancingTest | 15①6, 영14-2 | while the ground is used |

People stand in them as refs to the vault. What changes (a destruction date, a verdict) is another row.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, Literal

from sqlalchemy import insert, select

from governance.errors import RecordInvalid
from governance.ledger import Ledger
from governance.ledger.models import records as tables
from governance.ledger.models.base import Base
from governance.times import stamp

Verdict = Literal["적정", "부적정", "조건부"]


@dataclass(frozen=True)
class Pseudonymisation:
    """28-4③, 영29-5②: purpose, items, usage, recipient, processing period, other items that the PIPC notifies."""

    release: str
    purpose: str
    items: str
    usage: str
    recipient: str = "없음"
    period_until: dt.date | None = None
    other: str = "없음"
    destroyed_at: dt.date | None = None

    def __post_init__(self) -> None:
        _filled(self, "release", "purpose", "items", "usage", "recipient", "other")


@dataclass(frozen=True)
class AdequacyReview:
    """적정성 검토 of a stage of the guideline. `reviewers`: refs; 적정 needs somebody from outside among them."""

    release: str
    stage: Literal["preparation", "risk", "pseudonymisation", "adequacy", "safekeeping"]
    round: int
    reviewers: tuple[str, ...]
    outside_reviewers: int
    verdict: Verdict
    redo: str
    evidence_sha256: str
    reviewed_on: dt.date

    def __post_init__(self) -> None:
        _filled(self, "release")
        _digest(self, "evidence_sha256")
        _check(bool(self.reviewers) and 0 <= self.outside_reviewers <= len(self.reviewers), "reviewers")
        _check(self.verdict != "적정" or self.outside_reviewers > 0, "outside_reviewers")
        _check(self.verdict == "적정" or bool(self.redo), "redo")


@dataclass(frozen=True)
class ReidentificationTest:
    """A test to re-identify, with its figure against the threshold, both in parts per million."""

    release: str
    method: Literal["linkage", "uniqueness", "membership", "memorisation"]
    figure_ppm: int
    threshold_ppm: int
    evidence_sha256: str
    tested_on: dt.date

    def __post_init__(self) -> None:
        _filled(self, "release")
        _digest(self, "evidence_sha256")
        _check(0 <= self.figure_ppm <= 1_000_000 and 0 <= self.threshold_ppm <= 1_000_000, "figure_ppm")

    @property
    def verdict(self) -> str:
        """`passed` when the figure is not above the threshold."""
        return "passed" if self.figure_ppm <= self.threshold_ppm else "failed"


@dataclass(frozen=True)
class PrivilegeChange:
    """기준 5: who got, changed or lost which role, by whom, when. Roles are separate: nobody grants themselves."""

    staff_ref: str
    change: Literal["granted", "changed", "revoked"]
    role: Literal["engineer", "officer", "reviewer", "auditor", "trainer"]
    scope: str
    by_ref: str
    changed_at: dt.datetime

    def __post_init__(self) -> None:
        _filled(self, "staff_ref", "scope", "by_ref")
        _check(self.staff_ref != self.by_ref, "by_ref")


@dataclass(frozen=True)
class Processor:
    """26, 영28: an organisation that processes for us, under which contract (digest), where, since when."""

    organisation: str
    task: str
    country: str
    contract_sha256: str
    valid_from: dt.date
    sub_processors: str = "없음"
    trained_on: dt.date | None = None
    inspected_on: dt.date | None = None
    valid_until: dt.date | None = None

    def __post_init__(self) -> None:
        _filled(self, "organisation", "task", "sub_processors")
        _digest(self, "contract_sha256")
        _check(len(self.country) == 2 and self.country.isupper(), "country")
        _check(self.valid_until is None or self.valid_until >= self.valid_from, "valid_until")


@dataclass(frozen=True)
class Transfer:
    """28-8: a transfer abroad with its ground and contract, or the statement that there was none in a period."""

    transferred: bool
    period_from: dt.date
    period_until: dt.date
    stated_by: str
    country: str | None = None
    recipient: str | None = None
    ground: Literal["consent", "statute", "delegation", "certified", "recognised"] | None = None
    contract_sha256: str | None = None
    release: str | None = None
    statement: str | None = None  # no transfer: a DSSE envelope, signed by the officer (governance.record_forms)

    def __post_init__(self) -> None:
        _filled(self, "stated_by")
        _check(self.period_from <= self.period_until, "period_until")
        told = (self.country, self.recipient, self.ground, self.contract_sha256)
        _check(all(told) if self.transferred else not any(told), "transferred")
        if self.contract_sha256 is not None:
            _digest(self, "contract_sha256")


@dataclass(frozen=True)
class Incident:
    """34: one event of a breach, a possible breach or a re-identification. 72 hours run from `known_at`."""

    incident: str
    event: Literal["known", "subjects_told", "regulator_told", "closed", "drill"]
    kind: Literal["breach", "possible_breach", "reidentification"]
    known_at: dt.datetime
    subjects: int | None = None
    sensitive: bool = False
    evidence_sha256: str | None = None

    def __post_init__(self) -> None:
        _filled(self, "incident")
        _check(self.subjects is None or self.subjects >= 0, "subjects")

    @property
    def due_at(self) -> dt.datetime:
        """영39: 72 hours."""
        return self.known_at + dt.timedelta(hours=72)

    @property
    def regulator(self) -> bool:
        """영40: 1,000 subjects or more, or sensitive or unique identifiers (or access from outside: say so by hand)."""
        return self.sensitive or (self.subjects or 0) >= 1000


@dataclass(frozen=True)
class ClassDecision:
    """Which data class a release has, why, who decided; `pia`: its reference, or why none was made (33)."""

    release: str
    data_class: Literal["NON_PERSONAL", "ANON_58-2", "PSEUDO_28-2", "PERSONAL", "AI_28-12"]
    ground: str
    why: str
    pia: str
    decided_by: str
    decided_on: dt.date

    def __post_init__(self) -> None:
        _filled(self, "release", "ground", "why", "pia", "decided_by")


@dataclass(frozen=True)
class PipcResolution:
    """28-12: a resolution, its conditions, when processing began (within six months, 28-14①4)."""

    resolution: str
    conditions: str
    resolved_on: dt.date
    expires_on: dt.date
    document_sha256: str
    started_on: dt.date | None = None

    def __post_init__(self) -> None:
        _filled(self, "resolution", "conditions")
        _digest(self, "document_sha256")
        _check(self.resolved_on >= dt.date(2027, 3, 9), "resolved_on")
        _check(self.expires_on > self.resolved_on, "expires_on")


@dataclass(frozen=True)
class BalancingTest:
    """15①6's three tests, or 영14-2's four factors, for a source: the document by digest, and the verdict."""

    source_id: str
    kind: Literal["legitimate_interest", "compatible_use"]
    verdict: Literal["passed", "failed"]
    document_sha256: str
    decided_on: dt.date
    checked_by_cpo: str | None = None

    def __post_init__(self) -> None:
        _filled(self, "source_id")
        _digest(self, "document_sha256")


Record = (
    Pseudonymisation | AdequacyReview | ReidentificationTest | PrivilegeChange | Processor | Transfer | Incident
    | ClassDecision | PipcResolution | BalancingTest
)  # fmt: skip
_TABLES: Final[dict[type[Any], type[Base]]] = {
    Pseudonymisation: tables.PseudonymRecord,
    AdequacyReview: tables.AdequacyReview,
    ReidentificationTest: tables.ReidentificationTest,
    PrivilegeChange: tables.PrivilegeChange,
    Processor: tables.Processor,
    Transfer: tables.TransferRecord,
    Incident: tables.Incident,
    ClassDecision: tables.ClassDecision,
    PipcResolution: tables.PipcResolution,
    BalancingTest: tables.BalancingTest,
}
KINDS: Final = {kind.__name__: kind for kind in _TABLES}
_CLOCKS: Final[dict[type[Any], Callable[[Any], dict[str, Any]]]] = {
    Pseudonymisation: lambda r: {"keep_until": years_after(r.destroyed_at, 3)},
    PrivilegeChange: lambda r: {"keep_until": years_after(r.changed_at.date(), 3)},
    ReidentificationTest: lambda r: {"verdict": r.verdict},
    Incident: lambda r: {"due_at": stamp(r.due_at)},
}


def keep(ledger: Ledger, record: Record, now: dt.datetime) -> None:
    """Adds a record to the ledger."""
    with ledger.write() as connection:
        connection.execute(insert(_TABLES[type(record)]).values(**row_of(record), recorded_at=stamp(now)))


def row_of(record: Record) -> dict[str, Any]:
    """A record's columns, its clock among them."""
    values = {field.name: _plain(getattr(record, field.name)) for field in fields(record)}
    return values | _CLOCKS.get(type(record), lambda _: {})(record)


def columns(kind: str) -> list[str]:
    """The columns of a kind (a name of KINDS), as `export` gives them."""
    return [column.name for column in _TABLES[KINDS[kind]].__table__.columns if column.name != "id"]


def export(ledger: Ledger, kind: str) -> list[dict[str, Any]]:
    """All records of a kind (a name of KINDS), oldest first, as they stand in the ledger."""
    if kind not in KINDS:
        raise RecordInvalid(f"{kind[:40]} is no kind of record", f"One of: {', '.join(sorted(KINDS))}.")
    table = _TABLES[KINDS[kind]].__table__
    with ledger.read() as connection:
        rows = connection.execute(select(table).order_by(table.c.id)).mappings()
        return [{name: value for name, value in row.items() if name != "id"} for row in rows]


def to_csv(rows: list[dict[str, Any]], header: Sequence[str] = ()) -> str:
    """Rows as CSV, for an authority that asks; `header` where there is no row. A cell that a spreadsheet would run is
    quoted ('=…)."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else list(header))
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(value) for name, value in row.items()})
    return text.getvalue()


def adequacy_passed(ledger: Ledger, release: str) -> bool:
    """Whether the newest review of every stage that was reviewed says 적정, the review of adequacy among them."""
    verdicts = {row["stage"]: row["verdict"] for row in export(ledger, "AdequacyReview") if row["release"] == release}
    return verdicts.get("adequacy") == "적정" and set(verdicts.values()) == {"적정"}


def access_log_years(*, subjects: int, sensitive_or_unique: bool, telecom: bool = False) -> int:
    """기준 8: access records are kept one year, two from 50,000 subjects on or with sensitive or unique information."""
    return 2 if subjects >= 50_000 or sensitive_or_unique or telecom else 1


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return stamp(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return " ".join(value) if isinstance(value, tuple) else value


def years_after(day: dt.date | None, years: int) -> str | None:
    """The same day so many years later, ISO; None for none."""
    if day is None:
        return None
    try:
        return day.replace(year=day.year + years).isoformat()
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, month=3, day=1).isoformat()


def _check(holds: bool, field: str) -> None:
    if not holds:
        raise RecordInvalid(f"the record's {field} is missing or contradicts the rest", "See governance/records.py.")


def _filled(record: object, *names: str) -> None:
    for name in names:
        _check(bool(str(getattr(record, name)).strip()), name)


def _digest(record: object, name: str) -> None:
    value = str(getattr(record, name))
    _check(len(value) == 64 and all(c in "0123456789abcdef" for c in value), name)
