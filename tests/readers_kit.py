"""What the readers' tests share: a source, its units, and everything that comes out of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from pipelines.readers import Broken, RawBatch, read_unit
from pipelines.units import plan_source_units
from schemas.project import Source

KEY = b"k" * 32


class Row(NamedTuple):
    offset: int
    length: int
    key: str | None
    text: str
    subjects: tuple[str, ...]


def source(format_: str, *paths: str, **fields: Any) -> Source:
    base: dict[str, Any] = {
        "id": "s",
        "provider": "p",
        "licence": {"id": "KOGL-1"},
        "ground": {"id": "statute"},
        "paths": paths or ("in",),
        "format": format_,
    }
    return Source(**{**base, **fields})


def rows_of(batch: RawBatch) -> list[Row]:
    columns = zip(
        batch.offsets.tolist(), batch.lengths.tolist(), batch.keys, batch.texts.to_pylist(), batch.subjects, strict=True
    )
    return [Row(offset, length, key, text, tuple(users)) for offset, length, key, text, users in columns]


def read_all(
    src: Source,
    root: Path,
    *,
    unit_bytes: int = 1 << 22,
    max_record_bytes: int = 1 << 20,
    batch_rows: int = 256,
    batch_bytes: int = 1 << 20,
) -> tuple[list[Row], list[Broken]]:
    """All good records and all broken ones, each in the order of (path, offset)."""
    rows: list[Row] = []
    broken: list[Broken] = []
    for unit in plan_source_units(src, root, unit_bytes=unit_bytes, key=KEY):
        for item in read_unit(
            unit, src, root, max_record_bytes=max_record_bytes, batch_rows=batch_rows, batch_bytes=batch_bytes
        ):
            if isinstance(item, Broken):
                broken.append(item)
            else:
                assert len(item) <= batch_rows
                assert len(item) == 1 or sum(len(t.encode()) for t in item.texts.to_pylist()) <= batch_bytes
                item.texts.validate(full=True)
                rows += rows_of(item)
    return rows, sorted(broken, key=lambda b: (b.path, b.offset))


def read_bytes(data: bytes, format_: str, root: Path, **options: Any) -> tuple[list[Row], list[Broken]]:
    """Write `data` as the one file of a source (its fields: `fields`) and read it."""
    fields = options.pop("fields", {})
    (root / "in").write_bytes(data)
    return read_all(source(format_, "in", **fields), root, **options)


def reasons(broken: list[Broken]) -> list[tuple[int, str]]:
    return [(b.offset, b.reason) for b in broken]
