"""JSON lines, record by record, and back: numbers come out digit by digit as they went in, whatever their size.

orjson reads and writes; what it would change (whole numbers above 64 bits, NaN, lone surrogates) goes by Python's
reader and stays a Literal. A line that is no object is no record: it comes with its reason, and the next is read.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson

from damjang.cli.line_files import (
    LINE_IDS,
    NO_OBJECT,
    FileInputError,
    LeftOut,
    Opened,
    blocks,
    no_column,
    refuse_array,
    some_lines,
)

TOO_DEEP: Final = "nested too deep"
_BLOCK: Final = 4 << 20  # progress moves by it
_DEPTH: Final = 200  # orjson writes 254 levels
_NAMES: Final = 1000  # names of fields that are remembered for an error
_TOLD: Final = 3


class Literal:
    """A number as it was written. No dataclass: orjson would write that as an object."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank: its record, or why there is none."""

    number: int
    row: dict[str, Any]
    fault: str = ""


@dataclass
class Names:
    """The fields seen in a file, for the error when one is in no record."""

    held: set[str] = field(default_factory=set)

    def add(self, row: dict[str, Any]) -> None:
        """Those of one record."""
        if not row.keys() <= self.held and len(self.held) < _NAMES:
            self.held |= row.keys()

    def check(self, path: Path, wanted: list[str], read: int, left: LeftOut) -> None:
        """At the end of a file: FileInputError where no record has one of `wanted`, or there is none that could be
        read."""
        lost = [name for name in wanted if name not in self.held]
        if lost and self.held:
            raise no_column(path, " and ".join(map(repr, lost)), sorted(self.held))
        if not read and left.total:
            raise FileInputError(f"no record of {path} could be read", left.by_line())


def read_lines(file: Opened) -> Iterator[Line]:
    """Every line that is not blank, numbered from 1. Raises FileInputError for one JSON array."""
    number = 0
    for block in blocks(file.stream, _BLOCK):
        if not number:
            refuse_array(file.path, block)
        for line in block.split(b"\n"):
            number += 1
            if line and not line.isspace():
                yield _line(number, line)
        if block.endswith(b"\n"):
            number -= 1  # what split() gives behind the last one


def _line(number: int, line: bytes) -> Line:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        row = _exact(line)
    if not isinstance(row, dict):
        return Line(number, {}, NO_OBJECT)
    plain, deep = _look(row)
    if deep:
        return Line(number, {}, TOO_DEEP)
    return Line(number, row if plain else _exact(line) or row)


def _look(row: dict[str, Any]) -> tuple[bool, bool]:
    """(no number in it may have been changed by orjson, it is nested too deep)."""
    plain = True
    level: list[Any] = [row]
    for _ in range(_DEPTH):
        below: list[Any] = []
        for value in level:
            for item in value.values() if isinstance(value, dict) else value:
                kind = type(item)
                if kind is float:
                    plain = False
                elif kind is dict or kind is list:
                    below.append(item)
        if not below:
            return plain, False
        level = below
    return plain, True


def _exact(line: bytes) -> Any:
    try:
        return json.loads(line, parse_int=_whole, parse_float=Literal, parse_constant=Literal)
    except (ValueError, RecursionError):
        return None


def _whole(text: str) -> int | Literal:
    return int(text) if len(text) < 19 else Literal(text)


def dumps(value: Any) -> bytes:
    """One value in UTF-8, as short as can be."""
    try:
        return orjson.dumps(value, default=_fragment)
    except TypeError:  # a lone surrogate: as the escape that it was
        return _slowly(value)


def _fragment(value: Any) -> Any:
    if isinstance(value, Literal):
        return orjson.Fragment(value.text)
    raise TypeError


def _slowly(value: Any) -> bytes:
    if isinstance(value, dict):
        return b"{" + b",".join(_slowly(key) + b":" + _slowly(item) for key, item in value.items()) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(_slowly(item) for item in value) + b"]"
    try:
        return orjson.dumps(value, default=_fragment)
    except TypeError:
        return json.dumps(value).encode()


class Ids:
    """What came instead of ids: how many texts have none, and how many an id that was there before (8 bytes each)."""

    def __init__(self, path: Path, name: str | None) -> None:
        """`name`: the field, LINE_IDS for FILE:LINE, or None for `id`, which a file may lack."""
        self._path, self._name = path, name or "id"
        self._hashes, self._lines = array("q"), array("q")
        self.missing = 0
        self._first: list[int] = []

    def of(self, line: Line) -> bytes:
        """The id of a record as JSON; null where it has none."""
        if self._name == LINE_IDS:
            return dumps(f"{self._path}:{line.number}")
        key = line.row.get(self._name)
        if key is None:
            self.missing += 1
            if len(self._first) < _TOLD:
                self._first.append(line.number)
            return b"null"
        made = dumps(key)
        self._hashes.append(hash(made))
        self._lines.append(line.number)
        return made

    def repeated(self) -> tuple[int, list[int]]:
        """(texts whose id an earlier one has, the first of their lines)."""
        hashes = np.frombuffer(self._hashes, np.int64)
        order = np.argsort(hashes, kind="stable")
        again = order[1:][hashes[order[1:]] == hashes[order[:-1]]] if len(order) else order
        lines = np.frombuffer(self._lines, np.int64)[np.sort(again)[:_TOLD]] if len(again) else again
        return len(again), [int(number) for number in lines]

    def told(self) -> list[str]:
        """A line each for a person; none when all is well."""
        said = []
        if self.missing:
            where = some_lines(self._first, self.missing)
            said.append(
                f"{self.missing:,} texts have no id ({where}): theirs is null; --id names another field, {LINE_IDS} "
                "numbers the lines"
            )
        count, first = self.repeated()
        if count:
            said.append(f"{count:,} texts have the id of an earlier one ({some_lines(first, count)})")
        return said
