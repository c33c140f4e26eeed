"""How a word ends when it is read aloud: what the particle behind it has to agree with.

Hangul by its last syllable (NFC or NFD), digits and Latin letters by how they are read, a typed mask by its last Hangul
letter (`[이름]`, `[이름#kxwmpt]`). What nobody can read aloud (`○`, `*`) has no sound, and its particle stays as it is.
"""

from __future__ import annotations

import functools
import re
from typing import Final, Literal

Sound = Literal["vowel", "rieul", "consonant"]

INVISIBLE: Final = "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff"
"""Zero-width characters: they stand in texts that were copied from the web, and nobody reads them."""
NO_INVISIBLE: Final = dict.fromkeys(map(ord, INVISIBLE))
"""str.translate's table that takes them out."""
CLOSERS: Final = ")]}>」』》〉】〕”’\"'`"

_DIGITS: Final[dict[str, Sound]] = {
    "0": "consonant",
    "1": "rieul",
    "2": "vowel",
    "3": "consonant",
    "4": "vowel",
    "5": "vowel",
    "6": "consonant",
    "7": "rieul",
    "8": "rieul",
    "9": "vowel",
}  # fmt: skip  (영·공, 일, 이, 삼, 사, 오, 육, 칠, 팔, 구; 십·백·천·만 end in a consonant as 0 does)
_LETTER_NAMES: Final[dict[str, Sound]] = {"l": "rieul", "r": "rieul", "m": "consonant", "n": "consonant"}
_RIEUL: Final = 8  # index of ㄹ among the 28 finals of a Hangul syllable
_JAMO_RIEUL: Final = "\u11af"
_LATIN_END: Final = re.compile(r"[A-Za-z]+\Z")
_SHORT_STOP: Final = re.compile(r"(?:^|[^aeiou])[aeiou](?:[ckpt]|ck|pp)\Z")  # net 넷, app 앱, rock 록


@functools.lru_cache(maxsize=4096)  # masks, over and over
def final_sound(word: str) -> Sound | None:
    """How `word` ends when read aloud, closing brackets, quotes and zero-width characters looked through. None: can't
    be told."""
    bare = word.rstrip(CLOSERS + INVISIBLE)
    if word[len(bare) :].lstrip(INVISIBLE)[:1] == "]":  # a typed mask or pseudonym: the last Hangul letter inside
        for char in reversed(bare):
            if sound := _hangul(char):
                return sound
            if char == "[":
                break
    if not bare:
        return None
    char = bare[-1]
    if char in _DIGITS:
        return _DIGITS[char]
    if latin := _LATIN_END.search(bare):
        return _latin(latin[0])
    return _hangul(char)


def _hangul(char: str) -> Sound | None:
    """Of a syllable or of a conjoining jamo (NFD); None: no Hangul."""
    if "가" <= char <= "힣":
        final = (ord(char) - 0xAC00) % 28
        return "vowel" if final == 0 else "rieul" if final == _RIEUL else "consonant"
    if "\u1160" <= char <= "\u11ff":
        return "vowel" if char < "\u11a8" else "rieul" if char == _JAMO_RIEUL else "consonant"
    return None


def _latin(word: str) -> Sound:
    """Capitals are read letter by letter (SNS, URL); words by their usual Hangul spelling (com 콤, apple 애플)."""
    last = word[-1].lower()
    if word.isupper():
        return _LETTER_NAMES.get(last, "vowel")
    lower = word.lower()
    if last == "l" or lower.endswith("le"):
        return "rieul"
    if last in "mn" or lower.endswith(("ng", "me", "ne")):
        return "consonant"
    return "consonant" if _SHORT_STOP.search(lower) else "vowel"
