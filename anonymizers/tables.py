"""Lines of a table under a header that names its columns: CSV, semicolons, tabs, Markdown pipes, spaced slashes.

A header is a line of two cells or more, none longer than 16 characters, none with a digit, one of them known. The
lines right below with as many cells are rows; a Markdown rule between is passed by.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

MARKS: Final = ("|", "\t", ",", ";", " / ")
LONGEST: Final = 400  # code points of a header
_MOST: Final = 16
_RULE: Final = re.compile(r"[|:\- ]+")
Cell = tuple[int, int]
Head = Callable[[str], int]
"""What a column is named by: the number of its head, or -1 for a name that is not known."""


def rows(text: str, head: Head) -> Iterator[tuple[list[Cell], list[int]]]:
    """The cells of every row, as ranges of `text`, and the head of each of its columns."""
    columns: list[int] = []
    mark = ""
    at = 0
    for line in text.split("\n"):
        cells = _cells(line, at, mark) if mark else []
        if mark and _RULE.fullmatch(line) and "-" in line:
            pass
        elif mark and len(cells) == len(columns):
            yield cells, columns
        else:
            mark, columns = header(line, head)
        at += len(line) + 1


def header(line: str, head: Head) -> tuple[str, list[int]]:
    """The mark between the cells and the head of each, or nothing if the line is no header."""
    for mark in MARKS:
        if mark not in line:
            continue
        if len(line) > LONGEST:
            return "", []
        names = [line[a:b] for a, b in _cells(line, 0, mark)]
        if len(names) < 2 or any(len(name) > _MOST or any(c.isdigit() for c in name) for name in names):
            continue
        columns = [head(name) for name in names]
        if max(columns) >= 0:
            return mark, columns
    return "", []


def _cells(line: str, at: int, mark: str) -> list[Cell]:
    """Where the cells of a line stand, without spaces and quotes; `at` is where the line begins."""
    out = []
    parts = _quoted_apart(line, mark) if mark in "\t,;" and '"' in line else line.split(mark)
    for k, part in enumerate(parts):
        if not (mark == "|" and not part.strip() and k in (0, len(parts) - 1)):
            inner = part.strip(" \"'\r")
            start = at + part.index(inner) if inner else at
            out.append((start, start + len(inner)))
        at += len(part) + len(mark)
    return out


def _quoted_apart(line: str, mark: str) -> list[str]:
    """The line cut at the marks that stand outside double quotes (RFC 4180)."""
    parts, begun, quoted = [], 0, False
    for i, char in enumerate(line):
        if char == '"':
            quoted = not quoted
        elif char == mark and not quoted:
            parts.append(line[begun:i])
            begun = i + 1
    return [*parts, line[begun:]]
