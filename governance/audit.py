"""The audit log: append-only, an RFC 9162 Merkle tree, with checkpoints that are signed and kept outside.

    damjang-audit/v1 KIND TIME COMMITMENT          an entry; COMMITMENT = SHA-256(salt ‖ digest), hex

Two tables, in the ledger's database or one of their own, by engine: `audit_log` (entry and leaf hash) and
`audit_tile` (the root of every full run of 256**level entries), so that a proof reads hundreds of rows and not
millions. Triggers refuse UPDATE, DELETE and TRUNCATE: a hindrance. The proof is a checkpoint that somebody outside
holds (`export`), against which governance.audit_verify recomputes everything. Only salted commitments enter, so the
log may be shown to anyone; the salts stay with whoever may open an entry (the vault; a release's own proof).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    func,
    insert,
    inspect,
    select,
    text,
)

from damjang.certificates import merkle
from damjang.certificates.canonical import format_time
from damjang.certificates.errors import Malformed
from damjang.certificates.fields import NAME
from damjang.certificates.files import write_atomic
from damjang.certificates.keys import PublicKey, Signer
from damjang.certificates.logproof import entry_bytes
from damjang.certificates.note import Checkpoint, sign_checkpoint
from governance.database import read, write
from governance.errors import AuditError, AuditTruncated

TILE: Final = 256  # C2SP tlog-tiles: 8 levels of the tree at a time
_BATCH: Final = 10_000
_METADATA: Final = MetaData()
ENTRIES: Final = Table(
    "audit_log",
    _METADATA,
    Column("idx", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("entry", Text, nullable=False),
    Column("leaf", LargeBinary(32), nullable=False, unique=True),
)
TILES: Final = Table(
    "audit_tile",
    _METADATA,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("idx", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
)


@dataclass(frozen=True)
class Entry:
    """What is logged: its kind (certificate, revocations, stage, withdrawal, …), its time, a 32-byte commitment."""

    kind: str
    at: dt.datetime
    commitment: bytes

    def to_bytes(self) -> bytes:
        """The bytes that are hashed; raises Malformed if a field could blur another."""
        if not NAME.fullmatch(self.kind) or len(self.commitment) != 32:
            raise Malformed("an audit entry is a kind such as certificate, a time and a 32-byte commitment")
        return entry_bytes(self.kind, format_time(self.at), self.commitment)


def create_tables(engine: Engine) -> None:
    """Makes the tables and their triggers, once; safe to call again."""
    if inspect(engine).has_table(TILES.name):
        return
    with write(engine) as connection:
        _METADATA.create_all(connection)
        if connection.dialect.name == "postgresql":
            connection.execute(text(_PG_FUNCTION))
        for table in (ENTRIES.name, TILES.name):
            for statement in _triggers(connection.dialect.name, table):
                connection.execute(text(statement))


_PG_FUNCTION: Final = (
    "CREATE OR REPLACE FUNCTION damjang_audit_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'append-only' USING ERRCODE = 'restrict_violation'; END $$"
)


def _triggers(dialect: str, table: str) -> list[str]:
    if dialect == "postgresql":
        body = "EXECUTE FUNCTION damjang_audit_append_only()"
        return [
            f"CREATE OR REPLACE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {body}",
            f"CREATE OR REPLACE TRIGGER {table}_all BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {body}",
        ]
    abort = "BEGIN SELECT RAISE(ABORT, 'append-only'); END"
    # INSERT OR REPLACE deletes without asking the delete trigger: refuse to insert over what is there.
    keys = "idx = NEW.idx OR leaf = NEW.leaf" if table == ENTRIES.name else "level = NEW.level AND idx = NEW.idx"
    there = f"SELECT 1 FROM {table} WHERE {keys}"  # noqa: S608 (constants)
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_update BEFORE UPDATE ON {table} {abort}",
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_delete BEFORE DELETE ON {table} {abort}",
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS ({there}) {abort}",
    ]


@dataclass(frozen=True)
class AuditLog:
    """The log behind `engine`. `origin` names it in checkpoints; `signer` is the log's own key (None: read only)."""

    engine: Engine
    origin: str
    signer: Signer | None = None

    def append(self, entries: Sequence[Entry], connection: Connection | None = None) -> list[int]:
        """Logs the entries in order, in one transaction (the caller's `connection`, a write transaction, or an own
        one).

        Returns each entry's index. Idempotent: an entry that is in the log already keeps its index and is not repeated.
        """
        if connection is not None:
            return _append(connection, [entry.to_bytes() for entry in entries])
        with write(self.engine) as own:
            return _append(own, [entry.to_bytes() for entry in entries])

    def size(self) -> int:
        """How many entries."""
        with read(self.engine) as connection:
            return _size(connection)

    def checkpoint(self, size: int | None = None) -> bytes:
        """A signed note over the log now (or when it had `size` entries). Raises AuditError without a signer."""
        if self.signer is None:
            raise AuditError("the log's key is not at hand", "give the log's key URI")
        with read(self.engine) as connection:
            size = _size(connection) if size is None else size
            root = _subtree(connection, 0, size)
        return sign_checkpoint(Checkpoint(self.origin, size, root), self.signer)

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """RFC 9162 §2.1.3: that entry `index` is in the tree of the first `size` entries."""
        with read(self.engine) as connection:
            return merkle.inclusion_proof(index, size, lambda start, end: _subtree(connection, start, end))

    def consistency(self, old: int, new: int) -> list[bytes]:
        """RFC 9162 §2.1.4: that the tree of `new` entries only appends to that of `old`."""
        with read(self.engine) as connection:
            return merkle.consistency_proof(old, new, lambda start, end: _subtree(connection, start, end))

    def export(self, folder: Path) -> Path:
        """Writes what to keep outside: a signed checkpoint under its size, and `leaves` (32 bytes an entry, appended).

        Put `folder` on another machine's disk, or let somebody else fetch it: a checkpoint beside its ledger proves
        nothing. Refuses (AuditTruncated) if the folder already holds more than the log.
        """
        folder.mkdir(parents=True, exist_ok=True)
        note = self.checkpoint()
        size = int(note.split(b"\n", 2)[1])
        leaves = folder / LEAVES
        held = leaves.stat().st_size // 32 if leaves.exists() else 0
        if held > size:
            raise AuditTruncated(
                f"{held} entries were exported, the log has {size}", "run `damjang audit verify`", size
            )
        with read(self.engine) as connection, leaves.open("ab") as file:
            file.truncate(held * 32)
            for start in range(held, size, _BATCH):
                file.write(b"".join(_leaves(connection, start, min(start + _BATCH, size))))
        path = folder / f"checkpoint-{size:012d}"
        write_atomic(path, note)
        return path


LEAVES: Final = "leaves"


def log_key(log: AuditLog) -> PublicKey:
    """The key that the log signs with. Raises AuditError without a signer."""
    if log.signer is None:
        raise AuditError("the log's key is not at hand", "give the log's key URI")
    return log.signer.public


def _size(connection: Connection) -> int:
    """One past the highest index: a hole within is a missing entry, not a shorter log."""
    highest = connection.execute(select(func.max(ENTRIES.c.idx))).scalar_one()
    return 0 if highest is None else int(highest) + 1


def _append(connection: Connection, entries: Sequence[bytes]) -> list[int]:
    leaves = [merkle.leaf_hash(entry) for entry in entries]
    known: dict[bytes, int] = {}
    for start in range(0, len(leaves), 500):
        found = select(ENTRIES.c.leaf, ENTRIES.c.idx).where(ENTRIES.c.leaf.in_(leaves[start : start + 500]))
        known.update((bytes(leaf), idx) for leaf, idx in connection.execute(found))
    old = size = _size(connection)
    rows = []
    for entry, leaf in zip(entries, leaves, strict=True):
        if leaf not in known:
            known[leaf] = size
            rows.append({"idx": size, "entry": entry.decode(), "leaf": leaf})
            size += 1
    for start in range(0, len(rows), _BATCH):
        connection.execute(insert(ENTRIES), rows[start : start + _BATCH])
    _fill_tiles(connection, old, size)
    return [known[leaf] for leaf in leaves]


def _fill_tiles(connection: Connection, old: int, new: int) -> None:
    """Stores the root of every tile that the new entries completed, level by level."""
    level, width = 1, TILE
    while new // width > old // width:
        rows = [
            {"level": level, "idx": idx, "hash": merkle.root_of(_row(connection, level - 1, idx * TILE, TILE))}
            for idx in range(old // width, new // width)
        ]
        connection.execute(insert(TILES), rows)
        level, width = level + 1, width * TILE


def _row(connection: Connection, level: int, start: int, count: int) -> list[bytes]:
    """`count` hashes of a level: leaves (0), or tile roots."""
    if level == 0:
        return _leaves(connection, start, start + count)
    found = (
        select(TILES.c.hash)
        .where(TILES.c.level == level, TILES.c.idx >= start, TILES.c.idx < start + count)
        .order_by(TILES.c.idx)
    )
    hashes = [bytes(row) for row in connection.execute(found).scalars()]
    if len(hashes) != count:
        raise AuditTruncated("the audit log's stored hashes have a hole", "run `damjang audit verify`", start)
    return hashes


def _leaves(connection: Connection, start: int, end: int) -> list[bytes]:
    found = select(ENTRIES.c.leaf).where(ENTRIES.c.idx >= start, ENTRIES.c.idx < end).order_by(ENTRIES.c.idx)
    hashes = [bytes(row) for row in connection.execute(found).scalars()]
    if len(hashes) != end - start:
        raise AuditTruncated(f"the audit log has a hole at or after entry {start}", "run `damjang audit verify`", start)
    return hashes


def _subtree(connection: Connection, start: int, end: int) -> bytes:
    """MTH(D[start:end]) from stored tiles and at most 255 leaves an end.

    `start` is a multiple of the largest power of two below the range's width, as RFC 9162's splits make it.
    """
    level, width = 0, 1
    while start % (width * TILE) == 0 and (end - start) // (width * TILE) > 0:
        level, width = level + 1, width * TILE
    whole = (end - start) // width
    parts = _row(connection, level, start // width, whole) if whole else []
    rest = start + whole * width
    if rest < end:
        parts.append(_subtree(connection, rest, end))
    return merkle.root_of(parts)
