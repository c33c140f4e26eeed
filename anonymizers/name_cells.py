"""Names in the columns of a table whose header says that they are: CSV, semicolons, tabs, Markdown pipes.

Criteria
1. A header: a line of two cells or more, no cell longer than 16 letters or with a digit, one a label of names by
   itself (성명, 이름, 예금주; beside these and in the first line of a text 수취인, 담당자, name …).
2. The lines right below with as many cells; a cell under the label is a name if it is two to four syllables, or so many
   letters apart, that begin with a surname and are no ordinary word of level 3.

Score .85. Evidence: column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from anonymizers.name_model import NameModel
from ext import names_rules_py as twin

SCORE_PPM: Final = 850_000
LABELS: Final = ("성명", "이름", "예금주")  # the header of a table worth reading ends a cell with one
_HEAD: Final = re.compile(
    r"(?:한글|국문|학생|환자|고객|회원|직원|사원|신청인|신청자|대표자|담당자|보호자|수령인|수취인|예금주|계좌주|받는\s?분|보내는\s?분|주문자|구매자)?\s?"
    r"(?:성명|이름|성함|본명|실명|명)|예금주|계좌주|수취인|수령인|받는\s?(?:분|사람)|보내는\s?(?:분|사람)|담당자|책임자|대표자|신청인|신청자"
    r"|작성자|참석자|예약자|보호자|환자|고객|주문자|구매자|입금자|송금인|계약자|가입자|피보험자"
    r"|(?:full|real|user|customer|patient|student|employee)?[ _]?name"
)
_VALUE: Final = re.compile(r"[가-힣]{2,4}|[가-힣] [가-힣](?: [가-힣])?")
_RULE: Final = re.compile(r"[|:\- ]+")
_MOST: Final = 16
_LINE: Final = 400
_TRIES: Final = 20
_MARKS: Final = "|,;\t"
_CLOSING: Final = (",", ";", "|", "\t", "\r", "\n")


def has_header(text: str, label: str) -> bool:
    """Whether a label closes a cell in one of the first lines that hold it, and that line is the header of a table."""
    at, tries = text.find(label), 0
    while at >= 0 and tries < _TRIES:
        behind = at + len(label)
        if text[behind : behind + 2].lstrip(' "')[:1] in _CLOSING:
            start = text.rfind("\n", 0, at) + 1
            end = text.find("\n", at)
            if end >= 0 and end - start <= _LINE and _header(text[start:end])[0]:
                return True
            tries += 1
        at = text.find(label, behind)
    return False


def opens_with_header(text: str) -> bool:
    """Whether the first line is the header of a table: most labels are too common to look for everywhere."""
    end = text.find("\n", 0, _LINE)
    if end <= 0 or not any(mark in text[:end] for mark in _MARKS):
        return False
    return bool(_header(text[:end].lower())[0])


def find(text: str, model: NameModel) -> Iterator[tuple[int, int]]:
    """Spans of the names in the columns of a text's tables."""
    columns: list[int] = []
    width, mark, at = 0, "", 0
    for line in text.split("\n"):
        cells = _cells(line, at, mark) if mark else []
        if mark and _RULE.fullmatch(line) and "-" in line:
            pass
        elif mark and len(cells) == width:
            for start, end in (cells[column] for column in columns):
                if _is_name(text[start:end], model):
                    yield start, end
        else:
            mark, width, columns = _header(line)
        at += len(line) + 1


def _header(line: str) -> tuple[str, int, list[int]]:
    """The mark between the cells, how many they are and which hold names; nothing if the line is no header."""
    for mark in _MARKS:
        if mark not in line:
            continue
        names = [line[a:b] for a, b in _cells(line, 0, mark)]
        if len(names) < 2 or any(len(name) > _MOST or any(c.isdigit() for c in name) for name in names):
            continue
        columns = [number for number, name in enumerate(names) if _HEAD.fullmatch(name.lower())]
        if columns:
            return mark, len(names), columns
    return "", 0, []


def _cells(line: str, at: int, mark: str) -> list[tuple[int, int]]:
    """Where the cells of a line stand, without spaces and quotes; `at` is where the line begins."""
    out = []
    parts = line.split(mark)
    for number, part in enumerate(parts):
        if not (mark == "|" and not part.strip() and number in (0, len(parts) - 1)):
            inner = part.strip(" \"'\r")
            start = at + part.index(inner) if inner else at
            out.append((start, start + len(inner)))
        at += len(part) + 1
    return out


def _is_name(value: str, model: NameModel) -> bool:
    if not _VALUE.fullmatch(value):
        return False
    letters = value.replace(" ", "")
    is_surname = model.surname[ord(letters[0]) - twin.FIRST] != twin.NONE or "s" + letters[:2] in model.words
    return is_surname and "t" + letters not in model.words and model.words.get("x" + letters, 0) < 3
