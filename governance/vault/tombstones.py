"""Tombstones: keyed marks of documents and subjects that must never come back. All stages obey them."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

import pyarrow as pa
from sqlalchemy import Engine, delete, insert, select, update

from governance.database import read, write
from governance.times import stamp
from governance.vault.store import TOMBSTONE

TombstoneKind = Literal["document", "subject", "source"]
KINDS: Final = ("document", "subject", "source")
HELD: Final = "held"
"""Reason of a tombstone on a near-identical copy of a withdrawn document, until an officer decides."""
_COLUMNS: Any = [("kind", pa.string()), ("mark", pa.binary(16))]  # pyarrow's stubs don't know their own types
TOMBSTONES: Final = pa.schema(_COLUMNS)


@dataclass(frozen=True, repr=False)
class TombstoneSet:
    """All tombstones of one moment, with the key that finds them: small enough to ship to every worker."""

    key: bytes
    documents: frozenset[bytes]
    subjects: frozenset[bytes]
    sources: frozenset[bytes]

    def has_document(self, document_id: bytes) -> bool:
        """Whether this document (16-byte id) was withdrawn."""
        return bool(self.documents) and mark(self.key, "document", document_id) in self.documents

    def has_subject(self, token: bytes) -> bool:
        """Whether this subject (16-byte token) withdrew everything."""
        return bool(self.subjects) and mark(self.key, "subject", token) in self.subjects

    def has_source(self, source_id: str) -> bool:
        """Whether the source's licence or ground was revoked."""
        return bool(self.sources) and mark(self.key, "source", source_id.encode()) in self.sources

    @property
    def version(self) -> str:
        """Digest of the whole set (hex), for stage digests and certificates: it changes with every tombstone."""
        digest = hashlib.sha256()
        for kind, marks in (("document", self.documents), ("subject", self.subjects), ("source", self.sources)):
            for value in sorted(marks):
                digest.update(kind.encode() + b"\0" + value)
        return digest.hexdigest()

    def to_arrow(self) -> pa.Table:
        """The marks, sorted, without the key: to be staged for workers, who get the key by the keyring."""
        groups = zip(KINDS, (self.documents, self.subjects, self.sources), strict=True)
        rows = [(kind, value) for kind, marks in groups for value in sorted(marks)]
        columns = [
            pa.array([kind for kind, _ in rows], pa.string()),
            pa.array([value for _, value in rows], pa.binary(16)),
        ]
        return pa.table(columns, schema=TOMBSTONES)

    def __len__(self) -> int:
        return len(self.documents) + len(self.subjects) + len(self.sources)

    def __repr__(self) -> str:
        return "TombstoneSet()"


def mark(key: bytes, kind: str, value: bytes) -> bytes:
    """HMAC-SHA256(tombstone key, kind "\\0" value)[:16]: tells nothing without the key."""
    return hmac.digest(key, kind.encode() + b"\0" + value, "sha256")[:16]


@dataclass(frozen=True, repr=False)
class Mark:
    """One tombstone set or lifted, as the ledger keeps it. `at`: UTC, ISO 8601."""

    kind: str
    mark: bytes
    action: str  # set | lifted
    reason: str
    at: str


class Tombstones:
    """The vault's tombstones. They are only ever added; an officer lifts those that were merely held."""

    def __init__(self, engine: Engine, key: bytes) -> None:
        self._engine = engine
        self._key = key

    def __repr__(self) -> str:
        return "Tombstones()"

    def mark(self, kind: TombstoneKind, value: bytes) -> bytes:
        """The keyed mark of one id."""
        return mark(self._key, kind, value)

    def add(self, kind: TombstoneKind, values: Iterable[bytes], reason: str, now: dt.datetime) -> int:
        """Marks document ids, subject tokens or source ids (UTF-8); returns how many marks are new."""
        return self.replay(self.marks(kind, values, reason, now))

    def marks(self, kind: TombstoneKind, values: Iterable[bytes], reason: str, now: dt.datetime) -> list[Mark]:
        """What `add` would set, for the ledger. One that stands keeps its reason and time, unless it was only held."""
        with read(self._engine) as connection:
            chosen = select(TOMBSTONE).where(TOMBSTONE.c.kind == kind)
            known = {bytes(row.mark): (row.reason, row.at) for row in connection.execute(chosen)}
        found = []
        for value in sorted({self.mark(kind, value) for value in values}):
            stands = known.get(value)
            told = stands if stands is not None and stands[0] != HELD else (reason, stamp(now))
            found.append(Mark(kind, value, "set", *(stands if stands is not None and reason == HELD else told)))
        return found

    def every(self) -> list[Mark]:
        """All that stand, for a ledger restored from an old backup."""
        with read(self._engine) as connection:
            rows = connection.execute(select(TOMBSTONE).order_by(TOMBSTONE.c.at, TOMBSTONE.c.kind, TOMBSTONE.c.mark))
            return [Mark(row.kind, bytes(row.mark), "set", row.reason, row.at) for row in rows]

    def lift(self, kind: TombstoneKind, value: bytes, reason: str) -> bool:
        """Takes one away that was set for this very reason; False when none such stands."""
        chosen = (TOMBSTONE.c.mark == self.mark(kind, value)) & (TOMBSTONE.c.reason == reason)
        with write(self._engine) as connection:
            return bool(connection.execute(delete(TOMBSTONE).where(TOMBSTONE.c.kind == kind, chosen)).rowcount)

    def replay(self, events: Iterable[Mark]) -> int:
        """Carries out again what the ledger knows, oldest first; returns how many came or went."""
        latest = {(one.kind, one.mark): one for one in events}
        new = 0
        with write(self._engine) as connection:
            for (kind, value), one in sorted(latest.items()):
                chosen = (TOMBSTONE.c.kind == kind) & (TOMBSTONE.c.mark == value)
                stands = connection.execute(select(TOMBSTONE.c.reason).where(chosen)).scalar_one_or_none()
                if one.action == "lifted":
                    new += connection.execute(
                        delete(TOMBSTONE).where(chosen, TOMBSTONE.c.reason == one.reason)
                    ).rowcount
                elif stands is None:
                    connection.execute(insert(TOMBSTONE).values(kind=kind, mark=value, reason=one.reason, at=one.at))
                    new += 1
                elif stands == HELD != one.reason:  # its own withdrawal: no officer may lift it any more
                    connection.execute(update(TOMBSTONE).where(chosen).values(reason=one.reason, at=one.at))
        return new

    def told(self, kind: TombstoneKind, value: bytes) -> tuple[str, str] | None:
        """(reason, at) of one id's tombstone."""
        chosen = (TOMBSTONE.c.kind == kind) & (TOMBSTONE.c.mark == self.mark(kind, value))
        with read(self._engine) as connection:
            row = connection.execute(select(TOMBSTONE.c.reason, TOMBSTONE.c.at).where(chosen).limit(1)).first()
        return None if row is None else (row.reason, row.at)

    def snapshot(self) -> TombstoneSet:
        """Every tombstone as of now."""
        found: dict[str, set[bytes]] = {"document": set(), "subject": set(), "source": set()}
        with read(self._engine) as connection:
            for row in connection.execute(select(TOMBSTONE.c.kind, TOMBSTONE.c.mark)):
                found[row.kind].add(bytes(row.mark))
        return TombstoneSet(self._key, *(frozenset(found[kind]) for kind in KINDS))


def tombstones_from(key: bytes, table: pa.Table) -> TombstoneSet:
    """The set that `TombstoneSet.to_arrow` wrote; `key` is `vault.derive("tombstone")`."""
    found: dict[str, set[bytes]] = {"document": set(), "subject": set(), "source": set()}
    for row in table.to_pylist():
        found[row["kind"]].add(row["mark"])
    return TombstoneSet(key, *(frozenset(found[kind]) for kind in KINDS))
