"""Korean agreement: particles by the final consonant of the word before them, endings by speech level.

The final consonant is that of the *sound*: digits, units and Latin letters are read as Koreans read them (3 is 삼,
km is 킬로미터), closing quotes are looked through, and a parenthesis does not change the particle.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal

Level = Literal["plain", "formal", "polite", "note"]
"""해라체 (news, statutes), 합쇼체 (press, notices), 해요체 (forum), 음슴체 (forum notes)."""

PARTICLES: Final = {  # written after the template's colon: (after a final consonant, after a vowel)
    "은": ("은", "는"), "이": ("이", "가"), "을": ("을", "를"), "과": ("과", "와"), "으로": ("으로", "로"),
    "아": ("아", "야"), "이라": ("이라", "라"), "이나": ("이나", "나"), "이며": ("이며", "며"), "이고": ("이고", "고"),
    "이란": ("이란", "란"), "이라도": ("이라도", "라도"), "이었": ("이었", "였"), "이든": ("이든", "든"),
    "이랑": ("이랑", "랑"), "이에요": ("이에요", "예요"), "이다": ("이다", "다"), "이라고": ("이라고", "라고"),
    "으로서": ("으로서", "로서"), "이야": ("이야", "야"), "이지": ("이지", "지"), "이네요": ("이네요", "네요"),
}  # fmt: skip

ENDINGS: Final[dict[str, dict[Level, str]]] = {
    "": {"plain": "다.", "formal": "습니다.", "polite": "어요.", "note": "음"},  # after a past stem: 했{.}, and 있{.}
    "이": {
        "plain": "이다.",
        "formal": "입니다.",
        "polite": "이에요.",
        "note": "임",
    },  # after a noun with a final consonant
    "되": {"plain": "된다.", "formal": "됩니다.", "polite": "돼요.", "note": "됨"},
}

_DIGIT_FINAL: Final = {
    "0": "ㅇ",
    "1": "ㄹ",
    "2": "",
    "3": "ㅁ",
    "4": "",
    "5": "",
    "6": "ㄱ",
    "7": "ㄹ",
    "8": "ㄹ",
    "9": "",
}
_UNIT_FINAL: Final = {"km": "", "kg": "ㅁ", "ha": "", "MW": "", "GB": "", "cm": "", "mm": "", "L": ""}
_LETTER_FINAL: Final = {"l": "ㄹ", "m": "ㅁ", "n": "ㄴ", "r": "ㄹ"}
_CLOSING: Final = "’”\"'」』》〉"


@lru_cache(maxsize=1 << 16)
def final_sound(word: str) -> str:
    """The final consonant of the last sound: "" for a vowel, "ㄹ" for rieul, any other string for the rest."""
    word = word.rstrip(_CLOSING)
    if word.endswith(")") and "(" in word:
        word = word[: word.rindex("(")].rstrip()
    if not word:
        return ""
    last = word[-1]
    if "가" <= last <= "힣":
        index = (ord(last) - 0xAC00) % 28
        return "" if index == 0 else "ㄹ" if index == 8 else "ㄴ"
    if last.isdigit():
        return _DIGIT_FINAL.get(last, "")
    for unit, sound in _UNIT_FINAL.items():
        if word.endswith(unit) and len(word) > len(unit) and not word[-len(unit) - 1].isalpha():
            return sound
    return _LETTER_FINAL.get(last.lower(), "")


def particle(word: str, kind: str) -> str:
    """The form of particle `kind` (a key of PARTICLES) that agrees with `word`.

    >>> particle("한빛시", "은"), particle("3", "으로"), particle("서울", "으로"), particle("10%", "이")
    ('는', '으로', '로', '가')
    """
    with_final, without = PARTICLES[kind]
    sound = final_sound(word[-24:])
    if kind in ("으로", "으로서") and sound == "ㄹ":
        return without
    return with_final if sound else without


def ending(kind: str, level: Level) -> str:
    """The sentence ending, full stop included, of predicate class `kind` at a speech level.

    >>> "했" + ending("", "formal"), ending("이", "plain")
    ('했습니다.', '이다.')
    """
    return ENDINGS[kind][level]
