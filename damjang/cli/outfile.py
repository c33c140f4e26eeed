"""Where a door writes: a file that appears when it is whole, or a pipe, a device, standard output.

A link is followed, a missing folder made, a name in .gz or .zst packed. What is read is never written over.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

import pyarrow as pa

from damjang.cli.line_files import FileInputError, packing

STDOUT: Final = Path("-")


def is_stdout(out: Path) -> bool:
    """Whether `out` is `-`, or another name of what standard output leads to (/dev/stdout, the file it was sent to)."""
    if out == STDOUT:
        return True
    try:
        return os.path.samestat(out.stat(), os.fstat(1))
    except OSError:
        return False


@contextmanager
def writing(out: Path, read: Sequence[Path]) -> Iterator[BinaryIO]:
    """A file to write `out` to; nothing of it stays if the block raises. Raises FileInputError before any work."""
    if is_stdout(out):
        sys.stdout.flush()
        with os.fdopen(os.dup(1), "wb") as file:
            yield file
        return
    there = _check(out, read)
    if there is not None and not stat.S_ISREG(there.st_mode):
        with out.open("wb") as file, _packed(out, file) as packed:
            yield packed
        return
    target = out.resolve()
    part = target.with_name(f".{os.getpid()}-{target.name[-200:]}.part")
    try:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            file = part.open("wb")
        except OSError as error:
            raise FileInputError(
                f"{out} can't be written ({type(error).__name__})", "name a file where you may write with --out"
            ) from None
        with file, _packed(out, file) as packed:
            yield packed
        if there is not None:
            shutil.copymode(target, part)
        part.replace(target)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _check(out: Path, read: Sequence[Path]) -> os.stat_result | None:
    """What is at `out` now, links followed; None for nothing."""
    try:
        there = out.stat()
    except FileNotFoundError:
        there = None
    except OSError as error:
        raise FileInputError(f"{out} can't be written ({type(error).__name__})", "name a file with --out") from None
    if there is not None and stat.S_ISDIR(there.st_mode):
        raise FileInputError(f"{out} is a folder", "name a file with --out")
    if any(_same(out, there, path) for path in read):
        raise FileInputError("--out is the file itself", "name another file: the original would be gone")
    return there


def _same(out: Path, there: os.stat_result | None, path: Path) -> bool:
    """Whether both are one file, by another name or link too; a device may be read and written."""
    if there is None:  # two results of one command, neither of which is there yet
        return out.resolve() == path.resolve()
    with suppress(OSError):
        return stat.S_ISREG(there.st_mode) and os.path.samestat(there, path.stat())
    return False


@contextmanager
def _packed(out: Path, file: BinaryIO) -> Iterator[BinaryIO]:
    kind = packing(out)
    if kind is None:
        yield file
        return
    with pa.CompressedOutputStream(pa.PythonFile(file, "w"), kind) as stream:
        yield stream
