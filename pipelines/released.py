"""The signature index of a release, and the released text behind it: what a release that builds on it compares with.

`assemble` writes one index a shard, sealed like every staged file and never part of the certified folder: entries
(hash, row) of every band of a row's signature, and one of its document id, sorted, one batch a hash range; the last
batch is a sample for measuring recall (pipelines.recall). A withdrawal rewrites or destroys it with its shard. Text is
read one batch of a sealed shard at a time, and only for candidates (ADR 40).
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from ext import bands, minhash
from governance.staged import StagedFile
from pipelines.canonical import ROWS_PER_BATCH
from pipelines.dataset import FileRef, Manifest
from pipelines.entries import U64, id_words, seed_of
from pipelines.errors import BaseUnusable
from pipelines.recall import lowest, sampled
from pipelines.stage import Run
from pipelines.work import UnitContext
from schemas.arrow import ID
from schemas.policy import Dedup

SCHEME = f"{minhash.SCHEME}/{minhash.VERSION}"
RANGES = 256  # hash ranges of an index: fixed, so that indexes of any two runs meet
PIECE = 1 << 16  # rows whose entries are held at once; each piece of a shard has its own RANGES batches
INDEX = pa.schema([pa.field("hash", pa.uint64(), nullable=False), pa.field("row", pa.int32(), nullable=False)])
NO_HASH = np.uint64(bands.NO_HASH)


def shape_of(policy: Dedup) -> dict[str, Any]:
    """What an index depends on beside text and key; two indexes meet only if it is the same."""
    return {"scheme": SCHEME, "ngram": policy.ngram, "bands": policy.bands, "rows": policy.rows}


# --- writing -------------------------------------------------------------------------------------------------


def index_batches(
    rows: Iterable[tuple[pa.Array, pa.Array]], shape: Mapping[str, Any], project_key: bytes
) -> Iterator[pa.RecordBatch]:
    """The batches of an index over (texts, document ids) in the order of rows: pieces of RANGES, then the sample."""
    held: list[tuple[U64, U64]] = []
    sample = np.zeros(0, np.uint64), np.zeros(0, np.uint64)
    first = at = 0
    for texts, ids in rows:
        numbers = np.arange(at, at + len(texts), dtype=np.uint64)
        held.append(_entries(texts, ids, numbers, shape, project_key))
        drawn = sampled(texts, numbers, seed_of(project_key, "recall"), shape["ngram"])
        sample = lowest(*(np.concatenate(pair) for pair in zip(sample, drawn, strict=True)))
        at += len(texts)
        if at - first >= PIECE:
            yield from _piece(held)
            held, first = [], at
    yield from _piece(held)
    yield _batch(*sample)


def _entries(texts: pa.Array, ids: pa.Array, rows: U64, shape: Mapping[str, Any], key: bytes) -> tuple[U64, U64]:
    count = shape["bands"]
    made = minhash.signatures(texts, num_perm=count * shape["rows"], ngram=shape["ngram"], seed=seed_of(key, "minhash"))
    hashes = np.concatenate([bands.band_hashes(made, count, shape["rows"]).T.reshape(-1), id_words(ids)[:, 0]])
    stays = hashes != NO_HASH  # an empty text has no bands; its id still has an entry
    return hashes[stays], np.tile(rows, count + 1)[stays]


def _piece(held: Sequence[tuple[U64, U64]]) -> Iterator[pa.RecordBatch]:
    hashes, rows = (np.concatenate([pair[n] for pair in held] or [np.zeros(0, np.uint64)]) for n in (0, 1))
    order = np.lexsort((rows, hashes))
    hashes, rows = hashes[order], rows[order]
    cuts = np.searchsorted(hashes >> np.uint64(56), np.arange(RANGES + 1, dtype=np.uint64))
    for start, end in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
        yield _batch(hashes[start:end], rows[start:end])


def _batch(hashes: U64, rows: U64) -> pa.RecordBatch:
    return pa.record_batch([pa.array(hashes), pa.array(rows.astype(np.int32))], schema=INDEX)


def index_shard(unit: Mapping[str, Any], context: UnitContext) -> None:
    """assemble's step: one shard's index, from its sealed bytes, as whoever compares with it will read them."""
    with context.open(None, FileRef(**unit["shards"])) as sealed, context.open(None, FileRef(**unit["rows"])) as mapped:
        out = context.writer("signatures", unit["shard"], INDEX)
        for batch in index_batches(rows_of(sealed, mapped), context.config["index"], context.keyring.project):
            out.write(batch)
    context.add_side("signatures", out.close())
    context.done()


# --- reading -------------------------------------------------------------------------------------------------


def entries_of(file: StagedFile, ranges: range, ordinal: int) -> tuple[U64, U64]:
    """(hashes, docs) of some hash ranges of one index; a doc is `ordinal << 32 | row`."""
    pieces = (file.num_batches - 1) // RANGES
    return _columns([file.batch(piece * RANGES + n) for piece in range(pieces) for n in ranges], ordinal)


def sample_of(file: StagedFile, ordinal: int) -> tuple[U64, U64]:
    """(hashes, docs) of an index's sample."""
    return _columns([file.batch(file.num_batches - 1)], ordinal)


def _columns(batches: Sequence[pa.RecordBatch], ordinal: int) -> tuple[U64, U64]:
    table = pa.Table.from_batches(batches, INDEX)
    rows = table["row"].to_numpy().astype(np.uint64)
    return table["hash"].to_numpy(), (np.uint64(ordinal) << np.uint64(32)) | rows


class SealedShard:
    """A shard in its sealed file, a batch of rows at a time: only the chunks that hold the batch are decrypted."""

    def __init__(self, sealed: StagedFile) -> None:
        self._reader = pa.ipc.open_file(pa.PythonFile(_Chunks(sealed), "r"))

    @property
    def batches(self) -> int:
        return int(self._reader.num_record_batches)

    def texts(self, number: int) -> pa.Array:
        """The text column of one batch of ROWS_PER_BATCH rows."""
        return self._reader.get_batch(number)["text"]


class _Chunks(io.RawIOBase):
    """The bytes of a sealed file of `bytes` batches, which are of one size but for the last."""

    def __init__(self, sealed: StagedFile) -> None:
        self._sealed, self._at, self._held = sealed, 0, (-1, b"")
        last = sealed.num_batches - 1
        self._each = len(self._chunk(0))
        self._size = self._each * last + len(self._chunk(last))

    def _chunk(self, number: int) -> bytes:
        if self._held[0] != number:
            self._held = number, self._sealed.batch(number)["bytes"][0].as_py()
        return self._held[1]

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1, /) -> bytes:
        end = self._size if size < 0 else min(self._at + size, self._size)
        pieces = []
        while self._at < end:
            number, start = divmod(self._at, self._each)
            piece = self._chunk(number)[start : start + end - self._at]
            pieces.append(piece)
            self._at += len(piece)
        return b"".join(pieces)


def rows_of(sealed: StagedFile, mapped: StagedFile) -> Iterator[tuple[pa.Array, pa.Array]]:
    """(texts, document ids) of a whole shard, a batch at a time."""
    shard, ids = SealedShard(sealed), mapped.table()["document_id"].combine_chunks()
    for number in range(shard.batches):
        texts = shard.texts(number)
        yield texts, pa.concat_arrays([ids.slice(number * ROWS_PER_BATCH, len(texts))])


class ReleasedAccess:
    """Random access to released text: `shards` as `against` has them in its configuration, by ordinal."""

    def __init__(self, context: UnitContext, shards: Sequence[Mapping[str, Any]]) -> None:
        self._context, self._shards = context, shards

    def fetch(self, docs: U64) -> tuple[pa.Array, pa.Array]:
        """(texts, document ids) of sorted unique `docs`; each batch that holds one is read once."""
        texts: list[pa.Array] = [pa.array([], pa.string())]
        ids: list[pa.Array] = [pa.array([], ID)]
        ordinals = (docs >> np.uint64(32)).astype(np.int64)
        rows = (docs & np.uint64(0xFFFFFFFF)).astype(np.int64)
        for ordinal in np.unique(ordinals).tolist():
            mine = rows[ordinals == ordinal]
            about = self._shards[ordinal]
            with self._context.open(about["stage"], FileRef(**about["shards"])) as sealed:
                shard = SealedShard(sealed)
                for number in np.unique(mine // ROWS_PER_BATCH).tolist():
                    inside = mine[mine // ROWS_PER_BATCH == number] - number * ROWS_PER_BATCH
                    texts.append(shard.texts(number).take(pa.array(inside)))
            with self._context.open(about["stage"], FileRef(**about["rows"])) as mapped:
                ends = np.cumsum(mapped.batch_rows, dtype=np.int64)
                places = np.searchsorted(ends, mine, side="right")
                for number in np.unique(places).tolist():
                    start = int(ends[number - 1]) if number else 0
                    ids.append(mapped.batch(number)["document_id"].take(pa.array(mine[places == number] - start)))
        return pa.concat_arrays(texts), pa.concat_arrays(ids)


# --- which releases ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Base:
    """A release that this one builds on."""

    label: str
    folder: str
    manifest: Manifest

    def shards(self) -> list[dict[str, Any]]:
        """Each shard's files, with the name under which a worker finds their folder."""
        from dataclasses import asdict

        kinds = ("shards", "rows", "signatures")
        files = zip(*(self.manifest.side[kind] for kind in kinds), strict=True)
        return [
            {"stage": self.label} | {kind: asdict(ref) for kind, ref in zip(kinds, refs, strict=True)} for refs in files
        ]


def bases(run: Run) -> list[Base]:
    """The release that the project file names, then what that one builds on in its newest version.

    A version that a withdrawal ended is no base: its rows are destroyed, and its successor has those that stay.
    Raises BaseUnusable.
    """
    wanted = run.project.release.builds_on
    if wanted is None:
        return []
    known = [info for info in run.ledger.releases(run.project.name) if info.state == "published"]
    newest = {info.name: info for info in known}
    first = next((info for info in known if info.label == wanted), None)
    name = wanted.partition("@")[0]
    if first is None:
        listed = ", ".join(sorted(info.label for info in newest.values() if info.name != run.project.release.name))
        remedy = f"its successor is {newest[name].label}" if name in newest else f"published: {listed or 'none'}"
        raise BaseUnusable(f"release.builds_on: this project has no published release {wanted}", remedy)
    found = [_base(run, first.label, first.folder)]
    for label in found[0].manifest.facts["builds_on"]:
        info = newest.get(label.partition("@")[0])
        if info is not None:
            found.append(_base(run, info.label, info.folder))
    return found


def _base(run: Run, label: str, folder: str) -> Base:
    try:
        made = Manifest.load(run.out / "stages" / folder / "manifest.json")
    except FileNotFoundError:
        raise BaseUnusable(
            f"{label}: its stage folder {folder} is not here", "build on a release of this output folder"
        ) from None
    if "signatures" not in made.side:
        raise BaseUnusable(f"{label} has no signature index", "it is older than indexes: run its project again")
    shape = shape_of(run.policy.dedup)
    if made.facts["index"] != shape:
        told = ", ".join(f"{name}: {value}" for name, value in made.facts["index"].items() if shape[name] != value)
        raise BaseUnusable(f"{label} was indexed otherwise than the policy's dedup says", f"it has {told}")
    return Base(label, folder, made)
