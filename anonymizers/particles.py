"""Particles (조사) agree with the last sound of the word before them: 홍길동은, 이영희는, [이름]은, 010-0000-0002는.

Two questions: how does a word end (`final_sound`), and which part of the text behind it is a particle that depends
on that (`agree`). Only the particle changes; the letters behind it stay. A title or honorific behind a name (`씨는`,
`과장이`) is no particle, and its own particle already agrees with it. Rules: 한글 맞춤법 and 표준어 규정 §§ on 조사;
digits and Latin letters by how they are read aloud.
"""

from __future__ import annotations

import functools
import re
from typing import Final, Literal

Sound = Literal["vowel", "rieul", "consonant"]

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

# (after a consonant, after a vowel). 으로 alone asks for ㄹ, which counts as a vowel there.
_PAIRS: Final = (
    ("은", "는"), ("이", "가"), ("을", "를"), ("과", "와"), ("으로", "로"), ("이랑", "랑"), ("이나", "나"),
)  # fmt: skip
# What may stand behind each of them in the same word: another particle, never the rest of some other word (과장, 이사).
_AFTER: Final[dict[str, str]] = {
    "은": r"(?:커녕)?",
    "이": r"",
    "을": r"",
    "과": r"(?:의|는|도|만|만은|까지|같이|함께|의는|ㄴ)?",
    "으로": r"(?:서|써|부터|까지)?(?:는|도|만|의|만은|요|서|써|부터|까지)?",
    "이랑": r"(?:은|도|만)?",
    "이나": r"(?:마)?(?:요)?",
}
_END: Final = r"(?![가-힣])"
# Copula (이다) and what begins with it: 이 drops behind a vowel. Both forms, longest first.
_COPULA_TAIL: Final = (
    r"(?:라(?:고|는|며|면|서|도|든지|든가|야|던|니|기보다|지만|네요|더라|던데|요|면서|는데|고는|고도)?|란|며|면서?|든지?|든가|고|다|다만"
    r"|었[가-힣]{0,5}|야말로|나마|여|시여|요|지만?|지요|죠|니까?|거든요?|구나|군요?|네요?|니다|던|므로|자|더라도?|랍니다|래요?)"
)
_CONSONANT_COPULA: Final = re.compile(rf"이(?P<rest>{_COPULA_TAIL}){_END}")
_CONSONANT_YE: Final = re.compile(rf"이에(?P<rest>요|용){_END}")
_VOWEL_YE: Final = re.compile(rf"예(?P<rest>요|용){_END}")
_VOWEL_WAS: Final = re.compile(rf"였(?P<rest>[가-힣]{{0,5}}){_END}")
_VOWEL_COPULA: Final = re.compile(
    r"(?P<rest>라(?:고|는|며|면|서|도|든지|든가|야|던|니|기보다|지만|네요|더라|던데|요|면서|는데|고는|고도)?|란|며|면서|든지|든가|다"
    rf"|야말로|나마|시여|지만|죠|거든요?|구나|더라도?|랍니다|래요?|고요?|면|니까|므로){_END}"
)
_CALL: Final = re.compile(rf"여{_END}")  # 김민수여: behind a number 여 is "some more" (20여 명)
# 길동이는, 길동이가: the 이 that a given name with a final consonant takes in speech; behind a vowel it goes.
_NAME_SUFFIX: Final = re.compile(
    rf"이(?P<rest>(?:는|가|를|와|의|도|만|랑|한테|에게|네|보다|처럼|까지|부터)[가-힣]{{0,3}}){_END}"
)
_VOCATIVE: Final = re.compile(rf"[아야]{_END}")
_SIMPLE: Final = tuple(
    (closed, open_, re.compile(rf"(?:{closed}|{open_})(?P<rest>{_AFTER[closed]}){_END}"))
    for closed, open_ in sorted(_PAIRS, key=lambda pair: -len(pair[0]))
)
_OPENERS: Final = frozenset("은는이가을를과와으로랑나아야예였라란며면든다시지죠거구더래요고면니므여")
"""Every particle above begins with one of these: most words behind a value don't, and cost no pattern."""
_CLOSERS: Final = frozenset(")]}>」』》〉】〕”’\"'`")


@functools.lru_cache(maxsize=1024)  # masks, over and over
def final_sound(word: str) -> Sound | None:
    """How `word` ends when read aloud, closing brackets and quotes looked through. None: can't be told (`○`, `*`)."""
    end = len(word)
    closed = False
    while end and word[end - 1] in _CLOSERS:
        end -= 1
        closed = True
    if closed and end < len(word) and word[end] == "]":  # a typed mask or pseudonym: the last Hangul letter inside
        for char in reversed(word[:end]):
            if "가" <= char <= "힣":
                return _syllable(char)
            if char == "[":
                break
    if not end:
        return None
    char = word[end - 1]
    if "가" <= char <= "힣":
        return _syllable(char)
    if char in _DIGITS:
        return _DIGITS[char]
    if char.isascii() and char.isalpha():
        return _latin(re.search(r"[A-Za-z]+$", word[:end]).group())  # type: ignore[union-attr]
    return None


def _syllable(char: str) -> Sound:
    final = (ord(char) - 0xAC00) % 28
    return "vowel" if final == 0 else "rieul" if final == _RIEUL else "consonant"


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
    if re.search(r"(?:^|[^aeiou])[aeiou](?:[ckpt]|ck|pp)$", lower):
        return "consonant"  # net 넷, app 앱, rock 록
    return "vowel"


def agree(tail: str, sound: Sound | None, *, person: bool = False) -> tuple[int, str]:
    """(length of the particle at the start of `tail`, what must stand there instead) behind a word ending in `sound`.

    (0, "") when no dependent particle stands there, or when the sound can't be told. `person` reads 아/야 as a call
    (길동아, 민수야) and 이는/이가 as the spoken name suffix; behind other words 야 is the copula (이야).
    """
    if sound is None or not tail or tail[0] not in _OPENERS:
        return 0, ""
    is_closed = sound != "vowel"
    if match := _VOCATIVE.match(tail):
        if person:
            return 1, "아" if is_closed else "야"
        return (1, "이야" if is_closed else "야") if match.group() == "야" else (0, "")
    for closed, open_, pattern in _SIMPLE:
        if match := pattern.match(tail):
            wants_closed = is_closed and not (closed == "으로" and sound == "rieul")
            return match.start("rest"), closed if wants_closed else open_
    return _agree_copula(tail, is_closed, person)


def _agree_copula(tail: str, is_closed: bool, person: bool) -> tuple[int, str]:
    if is_closed:
        if _VOWEL_YE.match(tail):
            return 1, "이에"
        if _VOWEL_WAS.match(tail):
            return 1, "이었"
        if _VOWEL_COPULA.match(tail) or (person and _CALL.match(tail)):
            return 0, "이"  # nothing goes, 이 comes
        return 0, ""
    if _CONSONANT_YE.match(tail):
        return 2, "예"
    if match := _CONSONANT_COPULA.match(tail):
        return (2, "였") if match["rest"].startswith("었") else (1, "")
    if person and _NAME_SUFFIX.match(tail):
        return 1, ""
    return 0, ""


_QUOTED: Final = re.compile(r"[\"'”’」』》〉`]{1,2}")
_ASIDE_OPENERS: Final = frozenset("\"'”’」』》〉`([【〔")
_ASIDE: Final = re.compile(r"\s?[(\[【〔][^()\[\]【】〔〕\n]{0,12}[)\]】〕]")


def aside(tail: str) -> int:
    """Code points at the start of `tail` that a reader passes over before the particle: a closing quote, or a short
    bracket; the particle agrees with the word before it (`[이름](45세)은`, `“[이름]”은`). 0 when there is none."""
    first = tail[1:2] if tail[:1].isspace() else tail[:1]
    if first not in _ASIDE_OPENERS:
        return 0
    match = _QUOTED.match(tail) or _ASIDE.match(tail)
    return match.end() if match else 0


def particle_length(tail: str) -> int:
    """Code points of a plain dependent particle (은, 를, 으로부터 …) that opens `tail`, else 0 (copula, calls).

    When a word is deleted this is what would be left hanging.
    """
    if tail and tail[0] in _OPENERS:
        for _, _, pattern in _SIMPLE:
            if match := pattern.match(tail):
                return match.end()
    return 0
