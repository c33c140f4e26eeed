"""Texts *by* a child under 14 against texts that *mention* one (PIPA 22-2).

A sign is an age (`12살`, `만 9세`, `열두 살`), a school year (`초3`, `초등학교 5학년 2반`, `중1`, `4학년`), a pupil
(`초딩`) or a year of birth (`15년생`); `children_judge` says whose it is. 중2 and 14살 may be either side of 14: they
score below the usual threshold and count only on a child-directed source.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from anonymizers.children_judge import Kind, Sign, is_nobodys, judge
from anonymizers.passages import readable
from ext.words import WordScanner

VERSION: Final = "4"

_NATIVE: Final = {
    "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "여덜": 8, "아홉": 9, "열": 10, "열한": 11,
    "열하나": 11, "열두": 12, "열둘": 12, "열세": 13, "열셋": 13, "열네": 14, "십": 10, "십일": 11, "십이": 12,
    "십삼": 13, "십사": 14,
}  # fmt: skip
_NATIVE_WORDS: Final = "|".join(sorted(_NATIVE, key=len, reverse=True))
_UNITS: Final = "살쨜짤샬"
_CLASS: Final = r"(?:\s?\d{1,2}\s?반(?![에의을])(?:\s?\d{1,2}번)?)?"
_YEAR: Final = r"(?![\d%번위차부급호개장권등회])(?:\s?학년)?"
_SURE: Final = r"(?:\s?학년|(?=이?[에예]|입니|인데|이고|임|이야))"  # `중 1` is one of several
_SIGN: Final = re.compile(
    r"(?P<below>1[34]\s?[세살](?:이|가)?\s?(?:미만이[라고어에]|안\s?(?:돼|되|됐)|아니라|못\s?(?:돼|되)|넘어야|되려면|돼야))"
    rf"|(?P<age>\d{{1,2}})\s?[{_UNITS}세](?![계기대트])"
    rf"|(?P<native>{_NATIVE_WORDS})\s?[{_UNITS}]"
    rf"|초(?:등학교|등|딩)?(?:(?P<primary>[1-6]){_YEAR}|\s(?P<apart>[1-6]){_SURE}){_CLASS}"
    rf"|중(?:학교|등|딩)?(?:(?P<middle>[12]){_YEAR}|\s(?P<second>[12]){_SURE}){_CLASS}"
    r"|초(?P<spelt>[일삼사오육])(?=이?[에예]요|입니|인데|임(?![가-힣])|이[라고야])"
    rf"|(?P<grade>[1-6])\s?학년{_CLASS}"
    r"|(?P<fresh>예비\s?중학생|중학교에?\s?(?:입학한\s?지|입학했|들어갔))"
    r"|(?P<enter>초등학교에?\s?(?:들어갔어[요여]|들어가[요여]|들어갑니다|입학했어[요여]|입학해[요여]|입학합니다|입학식을\s했|입학하는|입학했는데|들어갔는데))"
    r"|(?P<leave>초등학교를?\s?졸업(?:하는데|해[요여]|합니다|이에요|을\s앞두))"
    rf"|(?P<nth>\d{{1,2}}|{_NATIVE_WORDS})\s?번째\s?생일"
    r"|(?P<attend>초등학교에?\s?(?:다녀[요여]|다니(?:고|는데|거든|는\s?(?:학생|어린이|중))|다닙니다|재학\s?중))"
    r"|(?P<word>초딩|초등학생|초등생|유치원생|잼민이?)"
    r"|(?:20)?(?P<born>1[3-9])\s?년\s?생"  # until the end of 2026 nobody born in 2013 is 14
    r"|나이\s?[는가:：]?\s?(?P<years>1[0-3]|[6-9]|열(?:하나|둘|셋)?|아홉|여덟|일곱)(?![\d.개월년%위명점]|,\d)(?:\s?[살세])?"
    r"|(?P<self>1[0-3]|[89])(?=이[요여에]|임(?![가-힣]))"
)
_OPEN: Final = re.compile(r"(?<![가-힣\d.,~])|(?=\d)(?<![\d.,~])|(?<=예비)")  # a sign begins a word, or a figure
_TENS: Final = re.compile(r"(?:열|스물|서른|마흔|쉰|예순|일흔|여든|아흔)\s$")
_YEARS: Final = re.compile(r"\s?\(\s?(?:만\s?)?\d{1,2}\s?[살세]\s?\)")
_SCHOOL: Final = re.compile(r"[가-힣○●*ㅇ]{0,7}(?:(초)(?:등학교|등)?|중(?:학교)?)\s?$")  # before a year
_ELSEWHERE: Final = re.compile(r"(?:고|고교|고등|대|대학|대학교|대학원|고등학교|학부|[가-힣]과|본|예)\s?$")
_MINE: Final = re.compile(r"(?<![가-힣])(?:저|난|나|저는)\s?$")


@dataclass(frozen=True, slots=True)
class ChildSignal:
    """An age below 14 in text number `doc`, code points [start, end): of its author, or of somebody mentioned."""

    doc: int
    start: int
    end: int
    kind: Kind
    score_ppm: int


def child_signals(texts: Sequence[str]) -> list[ChildSignal]:
    """Signals by (doc, start)."""
    texts, folded = readable(texts)
    found = [s for doc, hits in _gate().scan_all(texts) for s in _signals(doc, texts[doc], hits)]
    for row, signal in enumerate(found) if folded else ():
        if signal.doc in folded:
            start, end = folded[signal.doc].span(signal.start, signal.end)
            found[row] = replace(signal, start=start, end=end)
    return found


@functools.cache
def _gate() -> WordScanner:
    """Every sign holds one of these."""
    gaps = ("", " ")
    ages = [f"{head}{gap}{unit}" for head in "0123456789" for gap in gaps for unit in _UNITS + "세"]
    native = [f"{head}{gap}{unit}" for head in _NATIVE for gap in gaps for unit in _UNITS]
    schools = [f"{school}{more}" for school in "초중" for more in ("", "등", "학교", "등학교", "딩")]
    years = [f"{school}{gap}{year}" for school in schools for gap in gaps[: len(school)] for year in "123456"]
    grades = [f"{year}{gap}학년" for year in "123456" for gap in gaps]
    pupils = ["초딩", "초등학생", "초등생", "유치원생", "잼민", "예비 중학생", "예비중학생"]
    verbs = [f"{school}학교{by}{gap}{verb}" for school in ("초등", "중") for by in ("", "에") for gap in gaps
             for verb in ("입학", "들어", "다녀", "다니", "다닙", "재학")]  # fmt: skip
    verbs += [f"초등학교{by}{gap}졸업" for by in ("", "를") for gap in gaps]
    nth = [f"{head}{gap}번째{more}생일" for head in (*"0123456789", *_NATIVE) for gap in gaps for more in gaps]
    born = [f"{year}{gap}년생" for year in range(13, 20) for gap in gaps]
    bare = [f"나이{mark}{gap}{first}" for mark in ("", "는", "가", ":") for gap in gaps for first in "16789열아여일"]
    own = [f"{last}{by}" for last in "012389" for by in ("이요", "이에요", "이여", "임")]
    spelt = [f"초{year}" for year in "일삼사오육"]
    return WordScanner([*ages, *nth, *spelt, *native, *years, *grades, *pupils, *verbs, *born, *bare, *own])


def _signals(doc: int, text: str, hits: Iterable[tuple[int, int]]) -> list[ChildSignal]:
    found: list[ChildSignal] = []
    done = 0
    for at, _ in hits:
        if at < done:
            continue
        if text[at].isdigit():  # the gate has the last digit of an age and the last two of a year
            while at > done and text[at - 1].isdigit():
                at -= 1
        match = _SIGN.match(text, at, at + 28)
        if match is None or not _OPEN.match(text, at):
            continue
        sign = _sign(text, match)
        done = sign.end if sign else match.end()
        if sign is None or not 3 <= sign.age <= 14 or is_nobodys(text, sign):
            continue
        kind, score = judge(text, sign)
        if found and found[-1].kind == "mention" and found[-1].score_ppm >= 900_000 and sign.start - found[-1].end <= 2:
            kind, score = "mention", 900_000  # 애들이 10살 12살인데
        found.append(ChildSignal(doc, sign.start, sign.end, kind, score))
    return found


def _sign(text: str, match: re.Match[str]) -> Sign | None:
    """What the words stand for: years (만 나이, upper end) and how much must stand around them."""
    start, end, kind = match.start(), match.end(), match.lastgroup
    value = match[kind or 0]
    if text[end : end + 2].lstrip().startswith("(") and (tail := _YEARS.match(text, end)):
        end = tail.end()
    match kind:
        case "age":
            return Sign(start, end, int(value))
        case "native":
            if _TENS.search(text, max(0, start - 4), start):
                return None
            return Sign(start, end, _NATIVE[value])
        case "primary" | "apart":
            return Sign(start, end, int(value) + 6, is_school=True)
        case "middle" | "second":
            return Sign(start, end, int(value) + 12, is_school=True)
        case "grade":
            if school := _SCHOOL.search(text, max(0, start - 12), start):
                return Sign(school.start(), end, int(value) + (6 if school[1] else 12), is_school=True)
            if _ELSEWHERE.search(text, max(0, start - 5), start):
                return None
            return Sign(start, end, int(value) + 6, needs=0 if value in "56" else 1, loose=True)
        case "nth":
            return Sign(start, end, _NATIVE[value] if value in _NATIVE else int(value))
        case "leave":
            return Sign(start, end, 13, needs=1, said=True)
        case "enter":
            return Sign(start, end, 8, needs=2, said=True)
        case "attend":
            return Sign(start, end, 12, needs=1, said=True)
        case "fresh":
            return Sign(start, end, 13, needs=1, said=True)
        case "born":
            return Sign(start, end, 13)
        case "years":
            return Sign(start, end, int(value) if value.isdigit() else _NATIVE[value], needs=1)
        case "below":
            return Sign(start, end, 13, needs=1, said=True)
        case "spelt":
            return Sign(start, end, 6 + " 일이삼사오육".index(value))
        case "word":
            return Sign(start, end, 12, needs=0 if value in ("초등학생", "유치원생") else 1)
        case _:
            if not _MINE.search(text, max(0, start - 5), start):
                return None
            return Sign(start, end, 12, needs=1, loose=True)
