"""Bytes of a file in bounded chunks, decompressed where needed; damage ends the stream and is told, never raised.

After `chunks()` ends, `problem` holds a reason code or None; all that came before the damage was given.
Bounded against bombs: no call gives more than 1 MiB for gzip, or 128 MiB for zstd (4 KiB of run-length blocks).
"""

from __future__ import annotations

import stat
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import zstandard

from pipelines.readers.paths import REFUSED

CHUNK = 1 << 20
_GZIP_FEED = 64 << 10
_ZSTD_FEED = 4 << 10
_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_ZSTD_WINDOW = 128 << 20  # what `zstd -d` accepts without --long


class ByteStream:
    """The bytes `start` to `end` (None: all) of a plain file, or all of a compressed one."""

    def __init__(self, path: Path, compression: str, start: int = 0, end: int | None = None) -> None:
        self.path = path
        self.compression = compression
        self.start = start
        self.end = end
        self.problem: str | None = None

    def chunks(self) -> Iterator[bytes]:
        """Chunks in order, each of CHUNK bytes or more but for the last."""
        held: list[bytes] = []
        size = 0
        for piece in self._pieces():
            held.append(piece)
            size += len(piece)
            if size >= CHUNK:
                yield held[0] if len(held) == 1 else b"".join(held)
                held, size = [], 0
        if held:
            yield b"".join(held)

    def _pieces(self) -> Iterator[bytes]:
        self.problem = file_problem(self.path)
        if self.problem:
            return
        read = {"none": self._plain, "gzip": self._gzip, "zstd": self._zstd}[self.compression]
        try:
            with self.path.open("rb", buffering=0) as file:
                yield from read(file)
        except OSError:
            self.problem = "unreadable_file"

    def _plain(self, file: IO[bytes]) -> Iterator[bytes]:
        file.seek(self.start)
        position = self.start
        while self.end is None or position < self.end:
            chunk = file.read(CHUNK if self.end is None else min(CHUNK, self.end - position))
            if not chunk:
                if self.end is not None:
                    self.problem = "truncated_stream"  # the file shrank after it was planned
                return
            position += len(chunk)
            yield chunk

    def _gzip(self, file: IO[bytes]) -> Iterator[bytes]:
        """All members (RFC 1952, 2.2); zero padding after the last is allowed, as gzip(1) allows it."""
        member = zlib.decompressobj(wbits=31)
        whole = 0  # members read to their end
        fresh = True  # no byte of this member was fed yet
        given = False
        pending, more = b"", True
        while True:
            if more and len(pending) < 2:
                read = file.read(_GZIP_FEED)
                more, pending = bool(read), pending + read
            if fresh and whole:
                pending = pending.lstrip(b"\0")
                if len(pending) < 2 and more:
                    continue
                if pending and not pending.startswith(_GZIP_MAGIC):
                    self.problem = "trailing_garbage"
                    return
                if not pending:
                    return
            try:
                out = member.decompress(pending, CHUNK)
            except zlib.error:
                self.problem = "corrupt_stream" if given or whole else "unreadable_file"
                return
            fresh, pending = False, member.unconsumed_tail
            if out:
                given = True
                yield out
            if member.eof:
                pending, member, fresh, whole = member.unused_data, zlib.decompressobj(wbits=31), True, whole + 1
            elif not out and not pending and not more:
                self.problem = "truncated_stream"
                return

    def _zstd(self, file: IO[bytes]) -> Iterator[bytes]:
        """All frames (RFC 8878), skippable ones too."""
        decompressor = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        frame = decompressor.decompressobj()
        fresh, given = True, False
        pending = b""
        while True:
            if not pending:
                pending = file.read(_ZSTD_FEED)
                if not pending:
                    break
            try:
                out = frame.decompress(pending)
            except zstandard.ZstdError:
                garbage = fresh and given and not _ZSTD_MAGIC.startswith(pending[:4])
                self.problem = "trailing_garbage" if garbage else "corrupt_stream" if given else "unreadable_file"
                return
            fresh, pending = False, b""
            if out:
                given = True
                yield out
            if frame.eof:
                pending, frame, fresh = frame.unused_data, decompressor.decompressobj(), True
        if not fresh:
            self.problem = "truncated_stream"


def file_problem(path: Path) -> str | None:
    """Why `path` can't be opened as a file, or None. A pipe or a device is never opened: it may never end."""
    if path.name.startswith(REFUSED):
        return "identifier_in_name"
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return "unreadable_file"
    if stat.S_ISDIR(mode):
        return "is_a_directory"
    return None if stat.S_ISREG(mode) else "unreadable_file"


def compression_of(path: Path) -> str:
    """`gzip`, `zstd` or `none`: by the first bytes, or else by the suffix (a damaged head is no reason to read on)."""
    try:
        with path.open("rb", buffering=0) as file:
            head = file.read(4)
    except OSError:
        return "none"
    if head.startswith(_GZIP_MAGIC) or (head and path.suffix == ".gz"):
        return "gzip"
    if head == _ZSTD_MAGIC or _skippable(head) or (head and path.suffix == ".zst"):
        return "zstd"
    return "none"


def _skippable(head: bytes) -> bool:
    """A zstd skippable frame (RFC 8878, 3.1.2), as pzstd writes first."""
    return len(head) == 4 and head[1:] == b"\x2a\x4d\x18" and 0x50 <= head[0] <= 0x5F
