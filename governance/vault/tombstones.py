"""Tombstones: keyed marks of documents and subjects that must never come back. All stages obey them."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

import pyarrow as pa
from sqlalchemy import Engine, insert, select

from governance.database import read, write
from governance.times import stamp
from governance.vault.store import TOMBSTONE

TombstoneKind = Literal["document", "subject", "source"]
KINDS: Final = ("document", "subject", "source")
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


class Tombstones:
    """The vault's tombstones. They are only ever added."""

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
        at = stamp(now)
        marks = sorted({self.mark(kind, value) for value in values})
        with write(self._engine) as connection:
            known = {
                bytes(m) for m in connection.execute(select(TOMBSTONE.c.mark).where(TOMBSTONE.c.kind == kind)).scalars()
            }
            rows = [{"kind": kind, "mark": m, "reason": reason, "at": at} for m in marks if m not in known]
            if rows:
                connection.execute(insert(TOMBSTONE), rows)
        return len(rows)

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
