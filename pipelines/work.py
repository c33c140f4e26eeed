"""What a worker has in hand while it works on one unit: its keys, its readers, and writers that end in a receipt.

A unit function is `process(unit, context) -> None` in a module of pipelines.stages. Nothing here imports Beam.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from governance.keyring import Keyring, open_keyring, wrap_file_key
from governance.staged import StagedFile, StagedWriter, bounded_batches
from pipelines.dataset import FileRef, Manifest, Part, Receipt


@dataclass(frozen=True)
class StepContext:
    """The same for every unit of a step; JSON on its way to a worker."""

    stage: str
    step: str
    folder: str
    keyring: str
    root: str
    inputs: Mapping[str, str]  # stage name -> its folder
    config: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class UnitContext:
    """One unit at work. Use `write`/`writer` for output and `done` for the receipt, once, at the end."""

    step: StepContext
    index: int
    _keys: dict[str, str] = field(default_factory=dict)
    _parts: list[Part] = field(default_factory=list)
    _side: dict[str, list[FileRef]] = field(default_factory=dict)

    @property
    def config(self) -> Mapping[str, Any]:
        return self.step.config

    @property
    def keyring(self) -> Keyring:
        return open_keyring(self.step.keyring)

    def manifest(self, stage: str) -> Manifest:
        """An input stage's manifest."""
        return Manifest.load(Path(self.step.inputs[stage]) / "manifest.json")

    def open(self, stage: str | None, ref: FileRef) -> StagedFile:
        """A staged file of an input stage, or (None) of this stage's earlier step."""
        folder = Path(self.step.inputs[stage] if stage else self.step.folder)
        return StagedFile(folder / ref.path, file_key=self.keyring.files[ref.file_id])

    def writer(self, kind: str, name: str, schema: pa.Schema) -> OpenFile:
        """A new staged file `kind/name-XXXXXXXX.djf`; its random id keeps late orphans from replacing it."""
        folder = Path(self.step.folder) / kind
        folder.mkdir(exist_ok=True)
        file_id, file_key = os.urandom(16), os.urandom(32)
        path = f"{kind}/{name}-{file_id.hex()[:8]}.djf"
        keyring = self.keyring
        sink = StagedWriter(
            Path(self.step.folder) / path, schema, file_id=file_id, file_key=file_key, digest_key=keyring.project
        )
        self._keys[file_id.hex()] = wrap_file_key(keyring.wrap, file_id, file_key)
        return OpenFile(path, sink)

    def write(
        self,
        kind: str,
        name: str,
        table: pa.Table,
        *,
        max_rows: int = 4096,
        batches: Iterable[pa.RecordBatch] | None = None,
    ) -> FileRef:
        """Write a whole table (or given batches) as one staged file, in canonical batches."""
        out = self.writer(kind, name, table.schema)
        for batch in bounded_batches(table, max_rows=max_rows) if batches is None else batches:
            out.write(batch)
        return out.close()

    def add_part(self, part: Part) -> None:
        self._parts.append(part)

    def add_side(self, kind: str, ref: FileRef) -> None:
        self._side.setdefault(kind, []).append(ref)

    def done(self, **facts: Any) -> None:
        """Write the receipt: the unit is finished when, and only when, it stands."""
        side = {kind: tuple(refs) for kind, refs in self._side.items()}
        receipt = Receipt(self.step.step, self.index, tuple(self._parts), side, self._keys, facts)
        receipt.save(receipt_path(Path(self.step.folder), self.step.step, self.index))


@dataclass
class OpenFile:
    """A staged file being written."""

    path: str
    sink: StagedWriter

    def write(self, batch: pa.RecordBatch) -> None:
        self.sink.write(batch)

    def close(self) -> FileRef:
        written = self.sink.close()
        return FileRef(self.path, written.file_id, written.rows, written.bytes, written.digest)


def receipt_path(folder: Path, step: str, index: int) -> Path:
    return folder / "receipts" / step / f"{index:06d}.json"


def failure_path(folder: Path, step: str, index: int) -> Path:
    return folder / "failures" / step / f"{index:06d}.json"
