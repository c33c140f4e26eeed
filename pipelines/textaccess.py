"""Reads documents of a staged dataset by (part, row): sorted, coalesced by batch, each batch decrypted once a call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from governance.staged import StagedFile
from pipelines.dataset import Part
from pipelines.work import UnitContext

TEXT_BUDGET = 32 << 20  # bytes of text that comparisons hold at a time


class TextAccess:
    """Random access to text of `stage` (None: of an earlier step). A document is `part ordinal << 32 | row`."""

    def __init__(self, context: UnitContext, stage: str | None, parts: Sequence[Part], open_files: int = 128) -> None:
        self._context, self._stage, self._parts = context, stage, parts
        self._limit = open_files
        self._files: dict[int, tuple[StagedFile, NDArray[np.int64]]] = {}

    def slices(self, *docs: NDArray[np.uint64]) -> Iterator[slice]:
        """Slices of rows whose documents, one of each array, have about TEXT_BUDGET bytes of text together.

        A document counts as its part's mean: nothing is read. Every slice reads the batches of its documents once, so
        few and large slices matter more than anything else that a comparison does.
        """
        sizes = np.zeros(len(docs[0]), dtype=np.int64)
        for column in docs:
            ordinals, place = np.unique(column >> np.uint64(32), return_inverse=True)
            data = [self._parts[ordinal].files["data"] for ordinal in ordinals.tolist()]
            sizes += np.array([max(1, ref.bytes // max(1, ref.rows)) for ref in data], dtype=np.int64)[place]
        ends, start = np.cumsum(sizes), 0
        while start < len(sizes):
            reach = (int(ends[start - 1]) if start else 0) + TEXT_BUDGET
            end = max(start + 1, int(np.searchsorted(ends, reach, side="right")))
            yield slice(start, end)
            start = end

    def fetch(self, docs: NDArray[np.uint64]) -> tuple[pa.Array, pa.Array]:
        """(texts, document ids) of sorted unique `docs`, as Arrow arrays."""
        texts: list[pa.Array] = []
        ids: list[pa.Array] = []
        ordinals = (docs >> np.uint64(32)).astype(np.int64)
        rows = (docs & np.uint64(0xFFFFFFFF)).astype(np.int64)
        for ordinal in np.unique(ordinals).tolist():
            file, ends = self._open(ordinal)
            mine = rows[ordinals == ordinal]
            batches = np.searchsorted(ends, mine, side="right")
            for number in np.unique(batches).tolist():
                start = int(ends[number - 1]) if number else 0
                picked = pa.array(mine[batches == number] - start)
                batch = file.batch(number)
                texts.append(batch["text"].take(picked))
                ids.append(batch["document_id"].take(picked))
        if not texts:
            return pa.array([], pa.string()), pa.array([], pa.binary(16))
        return pa.concat_arrays(texts), pa.concat_arrays(ids)

    def _open(self, ordinal: int) -> tuple[StagedFile, NDArray[np.int64]]:
        found = self._files.get(ordinal)
        if found is None:
            if len(self._files) >= self._limit:
                self._files.pop(next(iter(self._files)))[0].close()
            file = self._context.open(self._stage, self._parts[ordinal].files["data"])
            found = self._files[ordinal] = (file, np.cumsum(file.batch_rows, dtype=np.int64))
        return found

    def close(self) -> None:
        for file, _ in self._files.values():
            file.close()
