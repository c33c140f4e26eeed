"""A work unit of ingest: the piece of a source's files that one `process()` call reads. Picklable; JSON both ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class UnitFile:
    """One of the text files of a unit. `path` as in WorkUnit; `size` in bytes; `file_digest` keyed."""

    path: str
    size: int
    file_digest: str


@dataclass(frozen=True)
class WorkUnit:
    """`path` from byte (Parquet: row) `start` to `end`, or the text files `files`.

    path is relative to the project's root, with `/`, as readers.paths.encode_path writes it. digest and file_digest are
    HMAC-SHA256 under the project key, in hex, over the unit's and the whole file's bytes (Parquet: the unit's is over
    the file's digest and the row range; several text files: over their digests). A compressed file is one unit; its
    `end` is its size on disk, and the offsets of its records count in the decompressed stream.
    """

    index: int
    source_id: str
    format: str
    compression: str  # none, gzip or zstd
    path: str
    start: int
    end: int
    digest: str
    file_digest: str
    files: tuple[UnitFile, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "files": [asdict(file) for file in self.files]}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> WorkUnit:
        return cls(**{**value, "files": tuple(UnitFile(**file) for file in value["files"])})
