"""Files of lines, plain or packed: opened, unpacked, cut into blocks of whole lines. For every door that takes files.

What is no record costs that record: it is counted by reason and named by its line, never by its content (LeftOut).
A file that can't be read at all is a FileInputError.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from schemas.errors import DamjangError

LINE_IDS: Final = "@line"  # for files without ids: FILE:LINE, or FILE:RECORD where a file has no lines
PACKED: Final = {".gz": "gzip", ".zst": "zstd"}
JSON_LINES: Final = (".jsonl", ".ndjson", ".json")
BOM: Final = b"\xef\xbb\xbf"
BLOCK: Final = 16 << 20
NO_OBJECT: Final = "no JSON object in UTF-8"
NO_TEXT: Final = "without a text"
NOT_TEXT: Final = "with a text that is none"

_MAGIC: Final = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_TOLD: Final = 5
_TOLD_EACH: Final = 3
_KEPT_EACH: Final = 100


class FileInputError(DamjangError):
    """A file is missing, damaged, of an unknown kind, or has no such column."""

    exit_code = 4


@dataclass
class LeftOut:
    """Records that were no document: how many by reason, and where the first of them are."""

    reasons: dict[str, int] = field(default_factory=dict)
    places: list[str] = field(default_factory=list)
    lines: dict[str, list[int]] = field(default_factory=dict)  # the first of each reason, for files of lines

    def add(self, reason: str, place: str, count: int = 1) -> None:
        """`place` is FILE:LINE; only the first few are remembered."""
        self.reasons[reason] = self.reasons.get(reason, 0) + count
        if len(self.places) < _TOLD:
            self.places.append(place)

    def add_line(self, reason: str, path: Path, number: int) -> None:
        """The same for a line of a file."""
        self.add(reason, f"{path}:{number}")
        first = self.lines.setdefault(reason, [])
        if len(first) < _KEPT_EACH:
            first.append(number)

    @property
    def total(self) -> int:
        """Records left out."""
        return sum(self.reasons.values())

    def __str__(self) -> str:
        told = ", ".join(f"{count:,} {reason}" for reason, count in sorted(self.reasons.items()))
        more = " …" if self.total > len(self.places) else ""
        return f"{self.total:,} records were left out ({told}): {', '.join(self.places)}{more}"

    def by_line(self) -> str:
        """As str(), for one file: each reason with its first lines."""
        told = "; ".join(
            f"{count:,} {reason} ({some_lines(self.lines.get(reason, []), count)})"
            for reason, count in sorted(self.reasons.items())
        )
        return f"{self.total:,} {'record was' if self.total == 1 else 'records were'} left out: {told}"


def some_lines(first: list[int], count: int) -> str:
    """`line 3`, or `lines 3, 4, 9 …` when there are more than a person is told."""
    more = " …" if count > len(first[:_TOLD_EACH]) else ""
    return f"line{'s' if count > 1 else ''} {', '.join(str(number) for number in first[:_TOLD_EACH])}{more}"


def packing(path: Path) -> str | None:
    """What the name says the file is packed with."""
    return PACKED.get(path.suffix.lower())


def kind_of(path: Path) -> str:
    """The suffix below that of the packing, in lower case."""
    return (path.with_suffix("") if packing(path) else path).suffix.lower()


@dataclass(frozen=True)
class Opened:
    """`stream` gives the unpacked bytes; `done` says how many of the file's `size` bytes (None: a pipe) were read."""

    path: Path
    stream: Any
    done: Callable[[], int]
    size: int | None


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """A file or a pipe, unpacked by its name or its first bytes. Raises OSError; FileInputError when it is damaged."""
    with path.open("rb") as raw:
        head = raw.peek(4)[:4]
        packed = packing(path) or _MAGIC.get(head) or _MAGIC.get(head[:2])
        if head[:2] in _UTF16:
            raise FileInputError(f"{path} is not UTF-8", "convert it: iconv -f UTF-16 -t UTF-8")
        size = path.stat().st_size if path.is_file() else None
        done = raw.tell if size is not None else lambda: 0
        stream = pa.CompressedInputStream(pa.PythonFile(raw, "r"), packed) if packed else raw
        try:
            yield Opened(path, stream, done, size)
        except (pa.ArrowException, EOFError) as error:
            raise damaged(path, error) from None
        except OSError as error:  # Arrow's own have no number
            if error.errno is not None:
                raise
            raise damaged(path, error) from None


def damaged(path: Path, error: Exception) -> FileInputError:
    """The error for a file that ends too early or is not what its name says."""
    told = f"{path} can't be read as {kind_of(path) or 'a file'} ({type(error).__name__})"
    return FileInputError(told, "is it whole, and may you read it?")


def blocks(stream: Any, size: int = BLOCK) -> Iterator[bytes]:
    """Whole lines, about `size` bytes at a time; the first block without its byte order mark."""
    pieces: list[bytes] = []
    first = True
    while read := stream.read(size):
        if first:
            read, first = read.removeprefix(BOM), False
        cut = read.rfind(b"\n") + 1
        if cut:
            yield b"".join([*pieces, read[:cut]])
            pieces = []
        if cut < len(read):
            pieces.append(read[cut:])
    if pieces:
        yield b"".join(pieces)


def refuse_array(path: Path, block: bytes) -> None:
    """FileInputError if the first block of a file begins one JSON array, not lines of which the first is bad."""
    head = block.lstrip()
    if not head.startswith(b"["):
        return
    line, _, rest = head.partition(b"\n")
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        pass
    else:
        if rest.strip():
            return
    raise FileInputError(f"{path} is a JSON array", "write one record a line: jq -c '.[]'")


def json_object(line: bytes) -> dict[str, Any] | None:
    """A line's object by Python's reader, which takes lone surrogates and NaN; None if it is none."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def no_column(path: Path, lost: str, held: list[str], hint: str = "") -> FileInputError:
    """The error for a file none of whose records has a column; `held` are the names that they have."""
    return FileInputError(f"{path} has no column {lost}", f"its columns: {', '.join(held[:20]) or 'none'}{hint}")
