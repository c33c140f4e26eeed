"""Part of the twin ext/names_py.py: the constants of the sum, and what can be said of a character or a word alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

NONE: Final = -32768
SYLLABLES: Final = 11172
FIRST, LAST = 0xAC00, 0xAC00 + SYLLABLES - 1

# Classes of a tail (low four bits of its value; then three bits of what it needs; then the weight).
PARTICLE, PERSON_PARTICLE, PLACE, COPULA, HONORIFIC, TITLE, SIGNATURE, VOCATIVE, KIN = range(1, 10)
NEED_ANY, NEED_CONSONANT, NEED_VOWEL, NEED_EU, NEED_RO = range(5)

# Evidence flags.
F_HONORIFIC, F_TITLE, F_CUE, F_VERB, F_LIST, F_SIGNATURE = 1, 2, 4, 8, 16, 32
F_HANJA, F_AGE, F_PARTICLE, F_LEXICON, F_VOCATIVE, F_GIVEN_ONLY = 64, 128, 256, 512, 1024, 2048
F_LINE: Final = 4096
F_ADDRESSED: Final = F_HONORIFIC | F_TITLE | F_CUE | F_SIGNATURE

# Constants of the sum.
MAX_BASE: Final = 150
NO_PAIR: Final = -10
ONE_SYLLABLE: Final = -32
GIVEN_ONLY: Final = 8
BARE: Final = -15
LINE: Final = 15
LEXICON: Final = (0, -60, -120, -300)
GIVEN_LEXICON: Final = (0, -5, -100, -300)
PAIR_FLOOR: Final = 10
SURE_PAIR: Final = 20
SPLIT: Final = (0, -25, -45, -45)
VERBAL: Final = (0, -60, -120, -120)
HANJA: Final = 70
AGE: Final = 60
LISTED: Final = 35
JOINED: Final = 20
STRONG: Final = 110
NEIGHBOUR: Final = 20
LIST_BASE: Final = 30
MAX_TAIL: Final = 8
MAX_CUE: Final = 6
VERB_RUNS: Final = 4
VERB_REACH: Final = 40
SPACED: Final = -50
SPACED_LEAST: Final = 30
APART: Final = 30
STRONG_HONORIFIC: Final = 60
ASIDE: Final = 40
ASIDE_RUNS: Final = 3
COLON: Final = 20
AFTER_DIGIT: Final = -100
CALLED: Final = -60
LOT: Final = -60
LEXICON_ADDRESSED: Final = -30
TITLED_SHORT: Final = 15
PARTICLE_LIKE: Final = -25
SPEECH: Final = 25
TELEPHONE: Final = 40
YEAR: Final = 40
HANDLE: Final = 40
MAX_BRACKET: Final = 4
MAX_WORD: Final = 5
MAX_GAP: Final = 5
MAX_ASIDE: Final = 5
DIGITS: Final = "0123456789" + "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

SKIP_BEFORE: Final = " :：·-—'\"‘“’”(<[「『,\n\t|/=*)]】"
SEPARATORS: Final = ",·ㆍ、/‧・;|\t0123456789"
JOINTS: Final = " \n.)"


def odd_ones(texts: Iterable[str]) -> list[int]:
    """Numbers of the texts that are odd."""
    return [number for number, text in enumerate(texts) if is_odd(text)]


def is_odd(text: str) -> bool:
    """Whether `text` holds conjoining jamo, zero-width characters or variation selectors: fold it before scanning."""
    return any(
        0x1100 <= c < 0x1200
        or 0x200B <= c < 0x2010
        or 0x2060 <= c < 0x2065
        or c in (0xFEFF, 0xAD, 0x3164, 0x34F)
        or 0xFE00 <= c < 0xFE10
        for c in map(ord, text)
    )


def is_hangul(char: str) -> bool:
    return "\uac00" <= char <= "\ud7a3"


def title(value: int, is_given_only: bool) -> tuple[int, int]:
    """(weight, flag) of a title behind a name; behind a given name alone only honorifics and kin count."""
    kind = value & 15
    if kind == HONORIFIC:
        return value >> 8, F_HONORIFIC
    if kind == KIN or (kind == TITLE and not is_given_only):
        return value >> 8, F_TITLE
    if kind == SIGNATURE and not is_given_only:
        return value >> 8, F_SIGNATURE
    return 0, 0


def agrees(char: str, need: int) -> bool:
    """Whether a tail that needs such an ending may stand behind `char`."""
    final = (ord(char) - FIRST) % 28
    if need == NEED_CONSONANT:
        return final != 0
    if need == NEED_VOWEL:
        return final == 0
    if need == NEED_EU:
        return final not in (0, 8)
    if need == NEED_RO:
        return final in (0, 8)
    return True


def ends_call(text: str, end: int) -> bool:
    return end >= len(text) or text[end] in ",.!?~\n…;"


def run_end(text: str, at: int) -> int:
    """Where the run of syllables that holds `at` ends."""
    while at < len(text) and is_hangul(text[at]):
        at += 1
    return at


def opens_cell(text: str, start: int) -> bool:
    """Whether a line or a table's cell begins here."""
    at = start - 1 if start > 0 and text[start - 1] == " " else start
    return at == 0 or text[at - 1] in "\n\t|"


def closes_cell(text: str, end: int) -> bool:
    """Whether a line or a table's cell ends here."""
    at = end + 1 if end < len(text) and text[end] == " " else end
    return at >= len(text) or text[at] in "\n\r\t|"


def precedes_number(text: str, end: int) -> bool:
    """Whether a number follows: a lot, behind the name of a quarter."""
    at = end + 1 if end < len(text) and text[end] == " " else end
    return at < len(text) and text[at] in DIGITS[:10]


def link(text: str, left: list[int], right: list[int]) -> None:
    """Neighbours in a list strengthen each other, once each: `가나다, 라마바`, `1. 가나다 2. 라마바`."""
    gap = right[0] - left[5]
    if gap < 1 or gap > MAX_GAP or left[4] < LIST_BASE or right[4] < LIST_BASE:
        return
    between = text[left[5] : right[0]]
    if any(char not in SEPARATORS and char not in JOINTS for char in between):
        return
    is_separated = any(char in SEPARATORS for char in between)
    is_joined = left[5] > left[1] and text[left[5] - 1] in "와과랑고"
    is_empty = left[5] == left[1]
    bonus = LISTED if is_empty and is_separated else JOINED if is_joined or is_empty else 0
    weights = left[2], right[2]
    for candidate, other in ((left, weights[1]), (right, weights[0])):
        if bonus and not candidate[3] & F_LIST:
            candidate[2] += bonus + (NEIGHBOUR if other >= STRONG else 0)
            candidate[3] |= F_LIST
