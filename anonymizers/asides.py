"""What stands between a word and its particle and is not read: marks, quotes, brackets, zero-width characters.

`“김민수”는`, `김민수(45세)는`, `**김민수**는`, `<b>김민수</b>는`, `[김민수](https://…)는`: the particle agrees with
김민수. The letters of a particle may also be conjoining jamo (NFD); `composed` reads them as syllables and leads back.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from typing import Final

from anonymizers.particles import OPENERS as PARTICLES
from anonymizers.sounds import INVISIBLE

_MARKS: Final = (
    r"[\"'”’」』》〉`]{1,3}|\*{1,3}|_{1,3}|~~|==|</[A-Za-z][A-Za-z0-9]{0,15}\s{0,4}>|\]\([^()\s]{1,300}\)|\]\]|"
    rf"[{INVISIBLE}]{{1,16}}"
)
_BRACKET: Final = r"[ ]?[(\[【〔][^()\[\]【】〔〕\n]{0,12}[)\]】〕]"
_PASSED: Final = re.compile(
    rf"(?:(?:{_MARKS}){{1,6}}(?:{_BRACKET})?|{_BRACKET})(?:{_MARKS}){{0,6}}(?=[{''.join(sorted(PARTICLES))}\u1100-\u1112])"
)
OPENERS: Final = frozenset("\"'”’」』》〉`*_~=<]([【〔" + INVISIBLE)
_CLOSING: Final = frozenset(")]】〕")
BRACKETS: Final = frozenset("([【〔")
"""What may stand behind a space and still be passed over: a short bracket."""
_JAMO: Final = re.compile(r"[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?|[가-힣][\u11a8-\u11c2]?")


def aside(text: str, at: int = 0, stop: int = sys.maxsize) -> int:
    """Code points at `at` that a reader passes over on the way to what may be a particle, before `stop`; 0: none."""
    match = _PASSED.match(text, at, stop)
    return match.end() - at if match else 0


def leads(text: str, at: int) -> bool:
    """Whether what stands at `at`, behind a word, may be its particle in NFD, or lead to its particle."""
    if text[at : at + 1] in _CLOSING:  # perhaps of a bracket that the word stands in alone
        behind = text[at + 1 : at + 2]
        if behind in PARTICLES or is_jamo(behind) or _PASSED.match(text, at + 1):
            return True
    return is_jamo(text[at : at + 1]) or _PASSED.match(text, at) is not None


def is_jamo(char: str) -> bool:
    """A leading conjoining jamo: Hangul in NFD begins here."""
    return "\u1100" <= char <= "\u1112"


def composed(tail: str) -> tuple[str, list[int]]:
    """The Hangul that opens `tail` in syllables, and where each begins in `tail` (one place more than syllables)."""
    letters: list[str] = []
    places = [0]
    for match in _JAMO.finditer(tail):
        if match.start() != places[-1]:
            break
        letters.append(unicodedata.normalize("NFC", match[0]))
        places.append(match.end())
    return "".join(letters), places


def alike(new: str, old: str) -> str:
    """`new` in the form of `old`: decomposed where that is."""
    if old.isascii() or new.isascii() or unicodedata.is_normalized("NFC", old):
        return new
    return unicodedata.normalize("NFD", new) if unicodedata.is_normalized("NFD", old) else new
