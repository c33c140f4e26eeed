"""`damjang audit verify`: recomputes the whole log from its entries and compares it with checkpoints kept outside.

What is found, and how exactly it is named:

 * an entry edited, its stored leaf hash left: that entry;
 * an entry deleted: the first index that is missing;
 * entries cut off at the end, or a ledger restored with its own checkpoint from an old backup: the first one lost;
 * entry and leaf hash rewritten together, or entries swapped: that entry if the exported `leaves` are at hand, else the
   range between the last checkpoint that still holds and the first that does not;
 * stored tile roots rewritten: the tile (proofs would be wrong, history is not).

Entries after the newest checkpoint are counted and not proven. One pass, 32 bytes of memory an entry of one chunk.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final

from sqlalchemy import Connection, func, select

from damjang.certificates.errors import TrustError
from damjang.certificates.keys import PublicKey
from damjang.certificates.merkle import root_of
from damjang.certificates.note import Checkpoint, verify_checkpoint, verify_cosignature
from governance.audit import ENTRIES, LEAVES, TILE, TILES, AuditLog
from governance.database import read
from governance.errors import AuditEntryBad, AuditError, AuditForked, AuditTruncated

_CHUNK: Final = TILE * TILE  # a whole subtree of 16 levels, so that chunk roots are nodes of the tree
_CHECKPOINT: Final = re.compile(r"checkpoint-\d{12,}")


@dataclass(frozen=True)
class AuditReport:
    """A log that agrees with every checkpoint. `proven`: entries under the newest checkpoint; `size`: all there are."""

    size: int
    proven: int
    checkpoints: int
    leaves_compared: int


def read_checkpoints(folder: Path) -> list[bytes]:
    """The signed notes that `AuditLog.export` left in a folder, oldest first. Raises AuditError if there is none."""
    notes = [path.read_bytes() for path in sorted(folder.iterdir()) if _CHECKPOINT.fullmatch(path.name)]
    if not notes:
        raise AuditError(f"no checkpoint in {folder}", "name the folder, on another machine's disk, that exports go to")
    return notes


def verify_log(log: AuditLog, key: PublicKey, notes: Sequence[bytes], leaves: Path | None = None) -> AuditReport:
    """Compares the log with signed checkpoints (in any order) and, if given, the exported file or folder of `leaves`.

    `key`: the log's key as pinned outside (root.json), never as the ledger tells it. Raises AuditEntryBad with the
    first bad index, AuditTruncated, AuditForked, AuditError (a checkpoint that the log did not sign).
    """
    points = _trusted(log, key, notes)
    outside = None
    if leaves is not None:
        outside = (leaves / LEAVES if leaves.is_dir() else leaves).open("rb")
    try:
        with read(log.engine) as connection:
            return _walk(connection, points, outside)
    finally:
        if outside is not None:
            outside.close()


def require_witnesses(notes: Sequence[bytes], witnesses: Mapping[str, PublicKey]) -> None:
    """The newest checkpoint must be cosigned by each of `witnesses` (name → key, as pinned outside).

    Without one, an operator who holds the log's key can sign another history for whoever kept no checkpoint of their
    own. Raises AuditError that names the first witness who did not see it.
    """
    newest = max(notes, key=lambda note: int(note.split(b"\n", 2)[1]))
    for name, key in witnesses.items():
        try:
            verify_cosignature(newest, name, key)
        except TrustError as error:
            raise AuditError(
                f"witness {name} did not cosign the newest checkpoint: {error.message}",
                "let the witness run `damjang audit cosign` on the exports, or take the checkpoint that it keeps",
            ) from None


def _trusted(log: AuditLog, key: PublicKey, notes: Sequence[bytes]) -> list[Checkpoint]:
    """The checkpoints, by size, each signed by the log; two of one size must agree."""
    points: dict[int, Checkpoint] = {}
    for note in notes:
        try:
            point = verify_checkpoint(note, log.origin, key)
        except TrustError as error:
            raise AuditError(f"a checkpoint is not to be trusted: {error.message}", error.remedy) from None
        if points.setdefault(point.size, point) != point:
            raise AuditForked(
                f"two signed checkpoints of {point.size} entries differ", "keep both: together they prove the rewriting"
            )
    if not points:
        raise AuditError("no checkpoint was given", "a log without an outside checkpoint proves nothing")
    return [points[size] for size in sorted(points)]


def _walk(connection: Connection, points: list[Checkpoint], outside: BinaryIO | None) -> AuditReport:
    roots: list[bytes] = []  # of the whole chunks so far
    waiting, good, compared, size = list(points), 0, 0, 0
    tiles = _tiles(connection)
    for chunk in _chunks(connection):
        leaves = _check_chunk(chunk, size, outside, points[-1].size)
        if outside is not None:
            compared = min(size + len(leaves), points[-1].size)
        while waiting and waiting[0].size <= size + len(leaves):
            point = waiting[0]
            part = leaves[: point.size - size]
            if root_of([*roots, root_of(part)] if part else roots) != point.root:
                raise AuditEntryBad(
                    f"entries {good} to {point.size - 1} are not those of the checkpoint of {point.size} entries",
                    "compare with the exported leaves to name the entry",
                    good,
                )
            good = point.size
            waiting.pop(0)
        roots.append(_check_tiles(tiles, leaves, size))
        size += len(leaves)
    if waiting and waiting[0].size == 0:
        waiting.pop(0)
    if waiting:
        raise AuditTruncated(
            f"the log has {size} entries, a checkpoint of {waiting[-1].size} was signed: {size} is the first lost",
            "the ledger was cut or restored from an old backup: restore a newer one",
            size,
        )
    if next(tiles, None) is not None:
        raise AuditError("the log stores tiles of entries that it does not have", "rebuild the tiles from the entries")
    return AuditReport(size, good, len(points), compared)


def _chunks(connection: Connection) -> Iterator[Sequence[tuple[int, str, bytes]]]:
    """All rows (idx, entry, leaf) in order, up to a chunk at a time; none may lie before 0.

    The driver's own tuples: SQLAlchemy's row objects would cost a third of the whole verification.
    """
    lowest, highest = connection.execute(select(func.min(ENTRIES.c.idx), func.max(ENTRIES.c.idx))).one()
    start = min(0, -1 if lowest is None else lowest)
    columns = select(ENTRIES.c.idx, ENTRIES.c.entry, ENTRIES.c.leaf).order_by(ENTRIES.c.idx)
    while highest is not None and start <= highest:
        end = start + _CHUNK - start % _CHUNK
        result = connection.execute(columns.where(ENTRIES.c.idx >= start, ENTRIES.c.idx < end))
        rows = result.cursor.fetchall() if result.cursor is not None else []
        result.close()
        if rows:
            yield rows
        start = end


def _check_chunk(
    rows: Sequence[tuple[int, str, bytes]], start: int, outside: BinaryIO | None, proven: int
) -> list[bytes]:
    """The recomputed leaf hashes of rows that must be entries start, start + 1, …"""
    indices, entries, stored = zip(*rows, strict=True)
    leaves = [sha256(b"\x00" + entry.encode()).digest() for entry in entries]
    expected = range(start, start + len(rows))
    if indices[0] != start or indices[-1] != expected[-1]:
        missing = next(index for index, found in zip(expected, indices, strict=True) if index != found)
        raise AuditTruncated(f"entry {missing} is missing", "an entry was deleted: restore the ledger", missing)
    if outside is not None:
        count = max(0, min(len(rows), proven - start))
        held = outside.read(32 * count)
        if held != b"".join(leaves[:count]):
            pairs = enumerate(leaves[:count])
            bad = start + next((n for n, leaf in pairs if leaf != held[32 * n : 32 * n + 32]), count)
            raise AuditEntryBad(f"entry {bad} is not the one that was logged", "restore the ledger", bad)
    if tuple(map(bytes, stored)) != tuple(leaves):
        bad = start + next(n for n, (leaf, kept) in enumerate(zip(leaves, stored, strict=True)) if leaf != bytes(kept))
        raise AuditEntryBad(f"entry {bad} is not the one that was logged", "restore the ledger", bad)
    return leaves


def _tiles(connection: Connection) -> Iterator[bytes]:
    """Stored roots of full tiles of 256 entries, in order."""
    query = select(TILES.c.hash).where(TILES.c.level == 1).order_by(TILES.c.idx)
    for (hashed,) in connection.execute(query):
        yield bytes(hashed)


def _check_tiles(tiles: Iterator[bytes], leaves: list[bytes], start: int) -> bytes:
    """The chunk's root, from its tiles' roots, which must be the stored ones."""
    full = len(leaves) - len(leaves) % TILE
    roots = [root_of(leaves[place : place + TILE]) for place in range(0, full, TILE)]
    for place, root in zip(range(0, full, TILE), roots, strict=True):
        if next(tiles, b"") != root:
            raise AuditError(
                f"the stored hash of entries {start + place} to {start + place + TILE - 1} is wrong",
                "the entries are good, proofs would not be: rebuild the tiles",
            )
    return root_of([*roots, root_of(leaves[full:])] if full < len(leaves) else roots)
