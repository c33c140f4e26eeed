"""The driver's plan of a source: which work units its files make. Fixed before a stage runs, the same on every machine.

Units end at record boundaries, found by the splitters that the readers use. One pass over a file gives its boundaries
and its keyed digests; a cache keeps both, so that a rerun only asks the file system whether a file changed.
"""

from __future__ import annotations

import glob
import hmac
import itertools
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from anonymizers import art24
from pipelines.errors import PipelineError
from pipelines.files import write_atomic
from pipelines.readers import starts_json_array
from pipelines.readers.frames import CsvSplitter, LineSplitter
from pipelines.readers.paths import REFUSED, decode_path, encode_path
from pipelines.readers.streams import ByteStream, compression_of, file_problem
from pipelines.readers.unit import UnitFile, WorkUnit
from schemas.project import Source

__all__ = ["NoInput", "UnitFile", "WorkUnit", "plan_source_units"]

_GROUP_FILES = 4096  # text files in one unit
_SPLIT_ROW_GROUP = 8  # a row group is cut only above this many units: each piece decodes all rows before it
_CACHE_VERSION = 2


class NoInput(PipelineError):
    """No file matches any of a source's patterns."""

    exit_code = 4


@dataclass(frozen=True)
class Piece:
    """A unit's range and digest."""

    start: int
    end: int
    digest: str


@dataclass(frozen=True)
class FilePlan:
    """What one pass over a file found."""

    compression: str
    size: int
    file_digest: str
    pieces: tuple[Piece, ...]


def plan_source_units(
    source: Source, root: Path, *, unit_bytes: int, key: bytes, first_index: int = 0, cache: Path | None = None
) -> list[WorkUnit]:
    """The source's units, in the order of (path, start).

    A directory, an empty or an unreadable file makes a unit too: its reader yields the one broken record that says so.
    `key`: the project key. `cache`: a file, shared by sources and rewritten when something changed. Raises NoInput
    where no file matches.
    """
    known = _Cache.load(cache, source, unit_bytes, key)
    plans = [(path, known.plan(path, root)) for path in source_files(source, root)]
    known.save()
    units: list[WorkUnit] = []
    for path, compression, start, end, digest, file_digest, files in _pieces(plans, source, unit_bytes, key):
        index = first_index + len(units)
        units.append(
            WorkUnit(index, source.id, source.format, compression, path, start, end, digest, file_digest, files)
        )
    return units


def source_files(source: Source, root: Path) -> list[str]:
    """Encoded relative paths that the source's patterns name, sorted, each once; also absent ones named in full.

    A path goes into plans and locators, so one that holds a resident registration number is replaced by a number
    (PIPA 24-2): its reader says why.
    """
    found: set[str] = set()
    for pattern in source.paths:
        if not glob.has_magic(pattern) or os.path.lexists(root / pattern):
            names = [pattern]
        else:
            names = glob.glob(pattern, root_dir=root, recursive=True)  # noqa: PTH207 (Path.glob takes no `../`)
            if pattern.rsplit("/", 1)[-1] == "**":
                names = [name for name in names if not (root / name).is_dir()]
        found.update(os.path.relpath(root / name, root).replace(os.sep, "/") for name in names)
    if not found:
        raise NoInput(
            f"source {source.id}: no file matches {', '.join(source.paths)}", "correct `paths`, or put the files there"
        )
    return [
        f"{REFUSED}{number}" if {"RRN", "ALIEN_REG"} & art24.redact([path]).counts.keys() else path
        for number, path in enumerate(sorted(encode_path(name) for name in found))
    ]


_Row = tuple[str, str, int, int, str, str, tuple[UnitFile, ...]]


def _pieces(plans: list[tuple[str, FilePlan]], source: Source, unit_bytes: int, key: bytes) -> Iterator[_Row]:
    if source.format != "text":
        for path, plan in plans:
            for piece in plan.pieces:
                yield path, plan.compression, piece.start, piece.end, piece.digest, plan.file_digest, ()
        return
    group: list[UnitFile] = []
    for path, plan in plans:
        file = UnitFile(path, plan.size, plan.file_digest)
        if plan.compression != "none":
            yield path, plan.compression, 0, plan.size, plan.file_digest, plan.file_digest, (file,)
            continue
        if group and (sum(f.size for f in group) + plan.size > unit_bytes or len(group) >= _GROUP_FILES):
            yield _group(group, key)
            group = []
        group.append(file)
    if group:
        yield _group(group, key)


def _group(files: list[UnitFile], key: bytes) -> _Row:
    digest = files[0].file_digest
    if len(files) > 1:
        digest = _mac(key, b"files\0" + "\0".join(file.file_digest for file in files).encode())
    return files[0].path, "none", 0, sum(file.size for file in files), digest, digest, tuple(files)


def plan_file(path: Path, source: Source, unit_bytes: int, key: bytes) -> FilePlan:
    """One pass over a file: its pieces and digests. What can't be read is one empty piece."""
    problem = file_problem(path)
    if problem:
        return _problem(key, f"{problem}\0{source.id}\0{encode_path(path.name)}")  # two such files are two documents
    try:
        size = path.stat().st_size
        if source.format == "parquet":
            return _plan_parquet(path, size, source, unit_bytes, key)
        compression = compression_of(path)
        whole = (
            source.format == "text"
            or compression != "none"
            or size <= unit_bytes
            or (source.format == "jsonl" and starts_json_array(path, compression, source.encoding))
        )
        return _plan_bytes(path, compression, source.format, unit_bytes if not whole else None, key)
    except OSError:
        return _problem(key, "unreadable_file")


def _plan_bytes(path: Path, compression: str, kind: str, unit_bytes: int | None, key: bytes) -> FilePlan:
    """Cut at the first record end at or behind each `unit_bytes` (None: do not cut), hashing on the way."""
    splitter = CsvSplitter() if kind == "csv" else LineSplitter()
    total = hmac.new(key, digestmod="sha256")
    part = hmac.new(key, digestmod="sha256")
    pieces: list[Piece] = []
    start = at = 0
    stream = ByteStream(path, "none")
    for chunk in stream.chunks():
        total.update(chunk)
        view = memoryview(chunk)
        done = 0
        if unit_bytes is not None:
            ends = splitter.ends(chunk) + 1
            while (next_end := int(np.searchsorted(ends, start + unit_bytes - at))) < len(ends):
                cut = int(ends[next_end])
                part.update(view[done:cut])
                pieces.append(Piece(start, at + cut, part.hexdigest()))
                part, start, done = hmac.new(key, digestmod="sha256"), at + cut, cut
            part.update(view[done:])
        at += len(chunk)
    if stream.problem:
        return _problem(key, stream.problem)
    if unit_bytes is None or not at:
        pieces = [Piece(0, at, total.hexdigest())]
    elif start < at:
        pieces.append(Piece(start, at, part.hexdigest()))
    return FilePlan(compression, at, total.hexdigest(), tuple(pieces))


def _plan_parquet(path: Path, size: int, source: Source, unit_bytes: int, key: bytes) -> FilePlan:
    """Small row groups together, a very large one in pieces; sizes are those of the declared columns, unpacked."""
    import pyarrow.parquet as pq

    from pipelines.readers.parquet import UNREADABLE, declared, group_weight

    whole = _plan_bytes(path, "none", "parquet", None, key)
    cuts = [0]
    try:
        with pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20) as file:
            metadata, columns = file.metadata, declared(file.schema_arrow, source)
            held = at = 0
            for index in range(metadata.num_row_groups):
                rows = metadata.row_group(index).num_rows
                weight = max(0, group_weight(file, index, columns))
                if held and held + weight > unit_bytes:
                    cuts.append(at)
                    held = 0
                pieces = min(weight // (unit_bytes * _SPLIT_ROW_GROUP) + 1, max(1, rows))
                cuts.extend(at + rows * piece // pieces for piece in range(1, pieces))
                at += rows
                held = held + weight if pieces == 1 else unit_bytes
            if at != metadata.num_rows or at < 0:
                raise OSError
    except UNREADABLE:
        cuts, at = [0], 0
    cuts = [*cuts, at] if at > cuts[-1] or at == 0 else cuts
    return FilePlan(
        "none",
        size,
        whole.file_digest,
        tuple(
            Piece(a, b, _mac(key, f"rows\0{whole.file_digest}\0{a}\0{b}".encode())) for a, b in itertools.pairwise(cuts)
        ),
    )


def _problem(key: bytes, reason: str) -> FilePlan:
    digest = _mac(key, b"problem\0" + reason.encode())
    return FilePlan("none", 0, digest, (Piece(0, 0, digest),))


def _mac(key: bytes, message: bytes) -> str:
    return hmac.digest(key, message, "sha256").hex()


class _Cache:
    """Plans of files by (path, size, mtime, ctime, inode), for one source, key and way to cut.

    An entry is believed only if the file is older than the cache (git's rule for a file that changes within one tick).
    """

    def __init__(self, file: Path | None, source: Source, unit_bytes: int, key: bytes) -> None:
        self.file = file
        self.source = source
        self.unit_bytes = unit_bytes
        self.key = key
        columns = [source.text, source.record_key, source.subjects] if source.format == "parquet" else []
        how = orjson.dumps([_CACHE_VERSION, source.format, source.encoding, unit_bytes, columns])
        self.how = _mac(key, b"plan-cache\0" + how)
        self.written_ns = 0
        self.sources: dict[str, Any] = {}
        self.old: dict[str, Any] = {}
        self.new: dict[str, Any] = {}

    @classmethod
    def load(cls, file: Path | None, source: Source, unit_bytes: int, key: bytes) -> _Cache:
        cache = cls(file, source, unit_bytes, key)
        if file is not None:
            try:
                cache.written_ns = file.stat().st_mtime_ns
                cache.sources = orjson.loads(file.read_bytes())["sources"]
                mine = cache.sources.get(source.id, {})
                cache.old = mine["files"] if mine.get("how") == cache.how else {}
            except (OSError, ValueError, KeyError, TypeError, AttributeError):
                cache.sources, cache.old = {}, {}  # a damaged cache is no cache
        return cache

    def plan(self, path: str, root: Path) -> FilePlan:
        full = root / decode_path(path)
        before = _stamp(full)
        entry = self.old.get(path)
        if entry and before and entry["stamp"] == before and max(before[1:3]) < self.written_ns:
            self.new[path] = entry
            plan = entry["plan"]
            return FilePlan(**{**plan, "pieces": tuple(Piece(**piece) for piece in plan["pieces"])})
        found = plan_file(full, self.source, self.unit_bytes, self.key)
        if before and before == _stamp(full) and found.size == before[0]:
            self.new[path] = {"stamp": before, "plan": asdict(found)}
        return found

    def save(self) -> None:
        if self.file is not None and self.new != self.old:
            self.sources[self.source.id] = {"how": self.how, "files": self.new}
            write_atomic(self.file, orjson.dumps({"sources": self.sources}))


def _stamp(path: Path) -> list[int] | None:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]
