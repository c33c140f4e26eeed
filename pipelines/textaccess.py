"""Reads documents of a staged dataset by (part, row): sorted, coalesced by batch, each batch decrypted once a call."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from governance.staged import StagedFile
from pipelines.dataset import Part
from pipelines.work import UnitContext


class TextAccess:
    """Random access to the text of `stage`'s parts. A document is `part ordinal << 32 | row`."""

    def __init__(self, context: UnitContext, stage: str, parts: Sequence[Part], open_files: int = 128) -> None:
        self._context, self._stage, self._parts = context, stage, parts
        self._limit = open_files
        self._files: dict[int, tuple[StagedFile, NDArray[np.int64]]] = {}

    def fetch(self, docs: NDArray[np.uint64]) -> tuple[list[str], list[bytes]]:
        """(texts, document ids) of sorted unique `docs`."""
        texts: list[str] = []
        ids: list[bytes] = []
        ordinals = (docs >> np.uint64(32)).astype(np.int64)
        rows = (docs & np.uint64(0xFFFFFFFF)).astype(np.int64)
        for ordinal in np.unique(ordinals).tolist():
            file, ends = self._open(ordinal)
            mine = rows[ordinals == ordinal]
            batches = np.searchsorted(ends, mine, side="right")
            for number in np.unique(batches).tolist():
                start = int(ends[number - 1]) if number else 0
                picked = (mine[batches == number] - start).tolist()
                batch = file.batch(number)
                text, identifier = batch["text"], batch["document_id"]
                texts += [text[row].as_py() for row in picked]
                ids += [identifier[row].as_py() for row in picked]
        return texts, ids

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
