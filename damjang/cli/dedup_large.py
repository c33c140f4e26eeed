"""`damjang dedup` beyond memory: the same answer as ext.cluster.cluster, over texts in a mapped temporary file.

Texts are written once, as they are read, to an Arrow file that has no name (nothing is left if the process is killed),
and mapped. One pass in file order makes outlines (kept) and band hashes (written, 256 bytes a document at 32 bands).
Then one band at a time is read back, put in survivor order and compared in rounds: a bucket's rounds depend on nothing
but the bucket, so bands one after another compare the same pairs as all at once. Mapped pages are given back as soon
as a block of comparisons is done. What stays in memory is about 150 bytes a document, its id, and its verified pairs.
"""

from __future__ import annotations

import mmap
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ext import bands, cluster, contenthash, survivors
from ext.textviews import TextViews, views_of

Ints = npt.NDArray[np.int64]
Ids = npt.NDArray[np.uint64]

_SLICE = 16 << 20  # bytes of text in one batch of the temporary file
_BLOCK = 64 << 20  # bytes mapped, about, before pages are given back
_FAULT = 64 << 10  # bytes mapped with any text, however short: the kernel maps the neighbours of a page that it has
_NO_HASH = np.uint64(bands.NO_HASH)


class Spill:
    """Texts on their way to a nameless temporary file in `folder`, and back as an Arrow array over the mapping."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - mapped for as long as the texts are used
        self._writer = pa.ipc.new_file(pa.PythonFile(self._file, "w"), pa.schema([("text", pa.large_string())]))
        self._map: mmap.mmap | None = None

    def write(self, texts: pa.Array) -> None:
        """Appends texts (large_string without nulls). Raises OSError when the disk is full."""
        rows = max(1, len(texts) * _SLICE // max(1, texts.nbytes))
        for start in range(0, len(texts), rows):
            self._writer.write_batch(pa.record_batch([texts.slice(start, rows)], names=["text"]))

    def mapped(self) -> pa.ChunkedArray:
        """All texts written; nothing can be added any more."""
        self._writer.close()
        self._file.flush()
        self._map = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        file = pa.ipc.open_file(pa.BufferReader(pa.py_buffer(self._map)))
        chunks = [file.get_batch(n)["text"] for n in range(file.num_record_batches)]
        return pa.chunked_array(chunks, type=pa.large_string())

    def forget(self) -> None:
        """Gives mapped pages back: they are read again from the file where they are needed."""
        if self._map is not None and hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED)


def cluster_large(
    texts: pa.ChunkedArray, points: Ints, order: Ints | None, settings: cluster.Settings, spill: Spill
) -> cluster.Clusters:
    """As ext.cluster.cluster(texts, order, settings). `points`: about how long each text is, to bound what is held."""
    views = views_of(texts)
    count = len(views)
    ranked = np.arange(count) if order is None else order
    empty = views.is_empty()[ranked]
    work = _Work(views, points, ranked, settings, spill.forget)
    with tempfile.TemporaryFile(dir=spill.folder) as file:
        outlines = _signed(texts, settings, file.fileno(), spill.forget)
        owner = work.collapse(outlines, empty)
        del outlines
        distinct = (owner == np.arange(count)) & ~empty
        for band in range(settings.bands):
            column = np.frombuffer(_read(file.fileno(), band * count * 8, count * 8), np.uint64)[ranked]
            column[~distinct] = _NO_HASH
            work.compare(column)
    true = work.known_ppm > 0
    near, edge = survivors.greedy(count, work.known[true] >> 32, work.known[true] & 0xFFFFFFFF)
    ppm = np.full(count, cluster.MILLION)
    ppm[edge >= 0] = work.known_ppm[true][edge[edge >= 0]]

    survivor, ppm = near[owner], ppm[owner]
    kind = np.full(count, cluster.NEAR, dtype=np.uint8)
    kind[survivor == owner] = cluster.EXACT
    kind[survivor == np.arange(count)] = cluster.KEPT
    kept, exact, dropped = np.bincount(kind, minlength=3).tolist()
    counts = cluster.Counts(
        count, kept, exact, dropped, int(empty.sum()), len(work.known), int(true.sum()), len(work.waiting)
    )
    back = np.empty(count, dtype=np.int64)
    back[ranked] = np.arange(count)
    return cluster.Clusters(ranked[survivor[back]], ppm[back], kind[back], counts)


def _signed(texts: pa.ChunkedArray, settings: cluster.Settings, file: int, forget: Callable[[], None]) -> Ids:
    """uint64[n]: outlines, for exact duplicates; the band hashes go to `file`, a band after another."""
    outlines = np.empty(len(texts), dtype=np.uint64)
    start = 0
    for chunk in texts.chunks:
        end = start + len(chunk)
        outlines[start:end] = contenthash.outline(chunk, seed=settings.seed)
        for band, row in enumerate(cluster.band_table(chunk, settings)):
            _write(file, (band * len(texts) + start) * 8, np.ascontiguousarray(row).data.cast("B"))
        start = end
        forget()
    return outlines


class _Work:
    """Comparisons in rank space: a document's number is its place in the survivor order."""

    def __init__(
        self, views: TextViews, points: Ints, ranked: Ints, settings: cluster.Settings, forget: Callable[[], None]
    ) -> None:
        self._views, self._ranked, self._settings, self._forget = views, ranked, settings, forget
        self._points = points[ranked]
        self.known, self.known_ppm = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int32)
        self.waiting = np.empty(0, dtype=np.int64)

    def collapse(self, outlines: Ids, empty: npt.NDArray[np.bool_]) -> Ints:
        """int64[n]: the least document with the same text; the texts themselves are compared, empty ones are alone."""
        owner = np.arange(len(empty))
        column = outlines[self._ranked]
        column -= column == _NO_HASH
        column[empty] = _NO_HASH
        alike = bands.groups(column)[0].astype(np.int64)
        alike = alike[np.argsort(self._ranked[alike])]  # as they lie in the file
        column[:] = _NO_HASH
        for part in self._parts(self._points[alike]):
            hashes = contenthash.quick(self._views.take(self._ranked[alike[part]]), seed=self._settings.seed)
            column[alike[part]] = hashes - (hashes == _NO_HASH)
            self._forget()
        members, starts = bands.groups(column)
        rows, group = members.astype(np.int64), np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        while len(rows):  # once, unless different texts share a hash
            first, other = cluster.followers(group)
            equal = np.empty(len(other), dtype=bool)
            for part in self._parts(self._points[rows[other]]):
                sides = (self._ranked[rows[first[part]]], self._ranked[rows[other[part]]])
                equal[part] = contenthash.equal(self._views, *sides)
                self._forget()
            owner[rows[other[equal]]] = rows[first[equal]]
            rows, group = rows[other[~equal]], group[other[~equal]]
        return owner

    def compare(self, column: Ids) -> None:
        """One band's buckets, in rounds. In a band a document is in one bucket: no pair comes twice."""
        members, starts = bands.groups(column)
        member, group = members.astype(np.int64), np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        fresh, fresh_ppm = [self.known], [self.known_ppm]
        for _ in range(self._settings.rounds):
            pivot, other = cluster.followers(group)
            if not len(other):
                break
            pair = member[pivot] << 32 | member[other]
            ppm = self._recall(pair)
            new = np.flatnonzero(ppm < 0)
            new = new[np.argsort(pair[new])]
            ppm[new] = self._verified(pair[new])
            fresh.append(pair[new])
            fresh_ppm.append(ppm[new])
            rest = other[ppm <= 0]
            member, group = member[rest], group[rest]
        self.waiting = np.union1d(self.waiting, member[np.concatenate(cluster.followers(group))])
        known, known_ppm = np.concatenate(fresh), np.concatenate(fresh_ppm)
        by_pair = np.argsort(known, kind="stable")  # sorted runs: a merge
        self.known, self.known_ppm = known[by_pair], known_ppm[by_pair]

    def _recall(self, pair: Ints) -> npt.NDArray[np.int32]:
        """What earlier bands found of these pairs; -1 where they met none."""
        if not len(self.known):
            return np.full(len(pair), -1, dtype=np.int32)
        place = np.minimum(np.searchsorted(self.known, pair), len(self.known) - 1)
        return np.where(self.known[place] == pair, self.known_ppm[place], np.int32(-1))

    def _verified(self, pair: Ints) -> npt.NDArray[np.int32]:
        left, right = pair >> 32, pair & 0xFFFFFFFF
        out = np.empty(len(pair), dtype=np.int32)
        for part in self._parts(self._points[right]):
            sides = (self._ranked[left[part]], self._ranked[right[part]])
            out[part] = cluster.verify(self._views, *sides, self._settings)
            self._forget()
        return out

    def _parts(self, points: Ints) -> Iterator[slice]:
        """Slices of pairs of texts of about _BLOCK bytes."""
        ends = np.cumsum(2 * (3 * points + _FAULT))
        start = 0
        while start < len(points):
            reach = (int(ends[start - 1]) if start else 0) + _BLOCK
            end = max(start + 1, int(np.searchsorted(ends, reach)))
            yield slice(start, end)
            start = end


def _write(file: int, at: int, data: memoryview) -> None:
    while len(data):
        done = os.pwrite(file, data, at)
        at, data = at + done, data[done:]


def _read(file: int, at: int, size: int) -> bytearray:
    made = bytearray(size)
    view: Any = memoryview(made)
    while len(view):
        done = os.preadv(file, [view[: 1 << 30]], at)
        at, view = at + done, view[done:]
    return made
