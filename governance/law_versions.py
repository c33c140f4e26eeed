"""The law as dated rows. Every check, consent and certificate names the version that it was evaluated under.

A version is named by the last day on which a row began or ended: `2026-09-11` holds until the day before `2027-03-09`.
"""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml
from sqlalchemy import insert, select

import schemas
from governance.ledger import Ledger
from governance.ledger.models.sources import LawVersion as LawVersionRow
from governance.times import stamp


@dataclass(frozen=True)
class LawRow:
    """One article from one day on. `flag`: `read` in the source, or `unverified` general knowledge."""

    act: str
    article: str
    summary: str
    effective_from: dt.date
    effective_to: dt.date | None  # the first day on which it no longer holds
    source: str
    flag: Literal["read", "unverified"]

    def holds(self, day: dt.date) -> bool:
        """Whether the row is in force on a day."""
        return self.effective_from <= day and (self.effective_to is None or day < self.effective_to)


@dataclass(frozen=True)
class LawVersion:
    """All rows in force from `id` (an ISO date) until `until`, which is None for the last version that is known."""

    id: str
    until: dt.date | None
    rows: tuple[LawRow, ...]

    def holds_on(self, day: dt.date) -> bool:
        """Whether this is the law of that day."""
        return dt.date.fromisoformat(self.id) <= day and (self.until is None or day < self.until)

    def has(self, act: str, article: str) -> bool:
        """Whether an article is in force; the names are those of schemas/law_versions.yaml."""
        return any(row.act == act and row.article == article for row in self.rows)


@functools.cache
def law_rows() -> tuple[LawRow, ...]:
    """Every row that is known, past and future."""
    text = (Path(schemas.__file__).parent / "law_versions.yaml").read_text(encoding="utf-8")
    return tuple(
        LawRow(
            row["act"], row["article"], row["summary"], dt.date.fromisoformat(row["from"]),
            dt.date.fromisoformat(row["to"]) if "to" in row else None, row["source"], row["flag"],
        )
        for row in yaml.safe_load(text)["rows"]
    )  # fmt: skip


@functools.lru_cache(maxsize=1024)
def law_on(day: dt.date) -> LawVersion:
    """The law of a day; before the first row, a version without rows."""
    turns = sorted({d for row in law_rows() for d in (row.effective_from, row.effective_to) if d is not None})
    began = max((turn for turn in turns if turn <= day), default=dt.date.min)
    until = min((turn for turn in turns if turn > day), default=None)
    return LawVersion(began.isoformat(), until, tuple(row for row in law_rows() if row.holds(day)))


def record_law_versions(ledger: Ledger, now: dt.datetime) -> int:
    """Writes the rows that the ledger does not have yet; returns how many."""
    with ledger.write() as connection:
        key = (LawVersionRow.act, LawVersionRow.article, LawVersionRow.effective_from)
        known = {tuple(row) for row in connection.execute(select(*key))}
        rows = [
            {
                "act": r.act, "article": r.article, "summary": r.summary, "source": r.source, "recorded_at": stamp(now),
                "effective_from": r.effective_from.isoformat(), "verified": r.flag == "read",
                "effective_to": r.effective_to.isoformat() if r.effective_to else None,
            }
            for r in law_rows()
            if (r.act, r.article, r.effective_from.isoformat()) not in known
        ]  # fmt: skip
        if rows:
            connection.execute(insert(LawVersionRow), rows)
    return len(rows)
