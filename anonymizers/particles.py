"""Particles (조사) and the copula (이다) agree with the last sound of the word before them: 홍길동은, 이영희는.

`agree` says which part of the text behind a word depends on that word's sound, and what must stand there. Only that
part changes; the letters behind it stay. A title or honorific behind a name (`씨는`, `과장이`) is no particle, and its
own particle already agrees with it. `hanging` says what is left in the air when the word before it is deleted.
Rules: 한글 맞춤법 and 표준어 규정 on 조사 and on the ending of 이다.
"""

from __future__ import annotations

import functools
import re
import sys
from typing import Final

from anonymizers.sounds import Sound

_MOST: Final = 12  # syllables in the longest run of particles and endings that is looked at

# Particles with two forms: after a consonant, after a vowel, and what may follow in the same word: another particle,
# never the rest of some other word (과장, 이사). 으로 alone asks for ㄹ, which counts as a vowel there.
_PAIRS: Final = (
    ("은", "는", r"(?:커녕|요)?"),
    ("이", "가", r""),
    ("을", "를", r"요?"),
    ("과", "와", r"(?:의|는|도|만|만은|까지|까지도|같이|함께|의는|는요|도요|요)?"),
    (
        "으로", "로",
        r"(?:서|써|부터|까지)?(?:서|써|부터|까지)?(?:는|도|만|의|만은|만이|요|인|밖에|라도|나|나마|조차|는요|도요|의는|만의|서의|서는)?",
    ),
    ("이랑", "랑", r"(?:은|도|만|의|요|은요|도요)?"),
    ("이나", "나", r"(?:마|마도|마요|요)?"),
)  # fmt: skip
# Endings of 이다, and particles made from it, that follow 이 behind a consonant and stand alone behind a vowel.
_QUOTING: Final = (
    r"(?:고(?:는|도|요|만|까지|들|는요|도요)?|는(?:데요?|데도|지|지도|지는|걸|거요?|게|둥)?|며|면(?:서|서도|은|요|야)?"
    r"|서(?:요|도|는|가|인지)?|도요?|든지?|든가|야|야만|던(?:가|데요?)?|니(?:까요?|요)?|기보다(?:는|도)?|기에|지만?|지요|네요?"
    r"|더(?:라|라고요?|라구요|니|니만|군요|라도|라면)?|데요?|요|거나|나|길래|며는|구요?)?"
)
_BOTH: Final = (
    rf"라{_QUOTING}|란다?|랄까?요?|래요?|래서|랬[가-힣]{{0,4}}|랍(?:니다|니까|시고)|람|며|면서?|면은|든지?|든가|고(?:요|는|서|도)?|다만?"
    r"|야말로|나마|시여|지(?:만|만요|요)?|죠|니까?요?|거든요?|거나|구나|군요|네요|던(?:데요?|가)|므로|더(?:라도?|니|라고요?|라구요?|군요|라니)"
    r"|잖아요?|냐(?:고|는|며|면)?|세요|셔(?:서|요|도)?|셨[가-힣]{1,5}|시(?:고|며|면|니|다|지만|죠|지요|라고|라는|네요|군요)"
    r"|십(?:니다|니까|시오)|올시다"
)
_DROPS: Final = rf"(?:{_BOTH}|네|군|야|여|요|던|랴)"
"""Behind a vowel 이 goes before any of these; it comes back only before those of _BOTH (김 군, 민수네 and 20여 명 are
other words)."""
_CLOSED: Final = re.compile(rf"이{_DROPS}")
_OPEN: Final = re.compile(_BOTH)
# Where 이 melts into the ending: behind a consonant, behind a vowel.
_MELTED: Final = (
    ("이에", "예", r"(?:요|용|여)"), ("이었", "였", r"[가-힣]{0,6}"), ("이어", "여", r"(?:서|야|도)(?:만|도|는|요)?"),
)  # fmt: skip
_FUSED: Final = re.compile(r"이예(?=(?:요|용|여)\Z)")  # as people misspell it, behind either
# 길동이는, 길동이가: the 이 that a given name with a final consonant takes in speech; behind a vowel it goes.
_NAME_SUFFIX: Final = re.compile(r"이(?:는|가|를|와|의|도|만|랑|한테|에게|네|보다|처럼|까지|부터)[가-힣]{0,3}")
# Forms that do not change with the sound, but hang in the air without a word before them.
_FIXED: Final = re.compile(
    r"(?:에게|한테|께)(?:서|는|도|만|서는|서도|로|만은)?|의|도|만(?:은|이|을)?|에(?:서|는|도|서는|서도|서의)?|까지(?:는|도|의)?|부터(?:는|도|의)?"
    r"|보다(?:는|도)?|처럼|만큼|조차|마저|밖에|하고|인(?:데요?|데도|지|가요?|지라|들)?|임|입니(?:다|까)만?|일(?:까요?|지도?|뿐)?|이자|이[에었네군냐]?"
)
_SIMPLE: Final = tuple(
    (closed, open_, re.compile(rf"(?:{closed}|{open_})(?={after}\Z)")) for closed, open_, after in reversed(_PAIRS)
)
_MELTS: Final = tuple(
    (closed, open_, re.compile(rf"(?:{closed}|{open_})(?={after}\Z)")) for closed, open_, after in _MELTED
)
OPENERS: Final = frozenset(
    "은는이가을를과와으로랑나아야예였여라란랄래랬랍람며면든다시세셔셨십지죠거고구군네냐잖더던니므올"
)
"""Every particle above begins with one of these: most words behind a value don't, and cost no pattern."""
_HANGS: Final = OPENERS | frozenset("에한께의도만까부보처조마밖하인임입일")
_RUN: Final = re.compile(rf"[가-힣]{{1,{_MOST + 1}}}")


def agree(
    text: str, sound: Sound | None, *, person: bool = False, at: int = 0, stop: int = sys.maxsize
) -> tuple[int, str]:
    """(length of the particle at `at`, what must stand there instead) behind a word that ends in `sound`.

    `text` in NFC, read up to `stop`. (0, "") when no dependent particle stands there, or when the sound can't be told.
    `person` reads 아/야 as a call (길동아, 민수야) and 이는/이가 as the spoken name suffix; behind other words, and
    before a full stop, 야 is the copula (이야).
    """
    run = _RUN.match(text, at, stop)
    if run is None or sound is None or len(run[0]) > _MOST:
        return 0, ""
    end = run.end()
    return _agreed(run[0], sound, person, text[end : end + 1] == ".")


@functools.lru_cache(maxsize=16_384)
def _agreed(run: str, sound: Sound, person: bool, stops: bool) -> tuple[int, str]:
    """agree() for the letters up to the end of the word; a corpus has few different ones."""
    if run[0] not in OPENERS:
        return 0, ""
    is_closed = sound != "vowel"
    if run in ("아", "야"):
        if person and not (stops and run == "야"):
            return 1, "아" if is_closed else "야"
        return (1, "이야" if is_closed else "야") if run == "야" else (0, "")
    if run == "이야" and not is_closed:
        return 2, "야"
    if run == "가요" and is_closed:
        return 1, "이"
    for closed, open_, pattern in _SIMPLE:
        if match := pattern.match(run):
            wants_closed = is_closed and not (closed == "으로" and sound == "rieul")
            return match.end(), closed if wants_closed else open_
    for closed, open_, pattern in _MELTS:
        if match := pattern.match(run):
            return match.end(), closed if is_closed else open_
    if match := _FUSED.match(run):
        return 2, "이에" if is_closed else "예"
    if is_closed:
        called = person and run == "여"  # 김민수여: behind a number 여 is "some more" (20여 명)
        return (0, "이") if called or _OPEN.fullmatch(run) else (0, "")
    if _CLOSED.fullmatch(run) or (person and _NAME_SUFFIX.fullmatch(run)):
        return 1, ""
    return 0, ""


def hanging(text: str, at: int = 0, stop: int = sys.maxsize) -> int:
    """Code points of the particle or copula at `at` (NFC) that hangs in the air when no word stands before it.

    Titles and honorifics (씨, 님) are words of their own and stay.
    """
    run = _RUN.match(text, at, stop)
    if run is None or len(run[0]) > _MOST:
        return 0
    return len(run[0]) if _hangs(run[0]) else 0


@functools.lru_cache(maxsize=4096)
def _hangs(run: str) -> bool:
    if run[0] not in _HANGS:
        return False
    if run in ("아", "야") or _FIXED.fullmatch(run):
        return True
    changes: tuple[Sound, Sound] = ("vowel", "consonant")
    return any(_agreed(run, sound, person, False) != (0, "") for sound in changes for person in (False, True))
