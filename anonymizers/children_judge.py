"""Whose age or school year a sign in a text is: the writer's own, or somebody else's that the text mentions.

The nearest of "I" and others before the sign has it; what stands right behind it can give it to somebody else, or to a
time gone by. A sign that names no school (`4학년`) needs a child's days around it; a grown-up's days take any away.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from importlib.resources import files
from typing import Final, Literal, cast

import numpy as np
import numpy.typing as npt
import yaml

from anonymizers.sensitive_words import entries, spelled
from ext.words import WordScanner
from ext.words_py import START

Kind = Literal["author", "mention"]

_NEAR: Final = 48  # code points of the sentence that are looked at on either side
_AROUND: Final = 160  # and of the text, for whose days it tells of
_STOPS: Final = re.compile(r"[.!?\n…~;()\[\]]|[ㅋㅎㅠㅜ]{2,}|(?<=[요다])\s")
_CASE: Final = re.compile(r"(이|가|을|를|들|들이|들은|의|한테|에게|와|과|랑|은|는|도|부터|까지)(?:\s|$)")
_SELF: Final = re.compile(
    r"(?<![가-힣])(?:저는|전|저|나는|난|나|제가|내가|저도|나도|저두|나두|저만|나만|저희는|저희|우린|우리|제\s?나이[는가도]?|내\s?나이[는가도]?|제|내|여긴)(?![가-힣])"
)
_TOPICAL: Final = re.compile(r"(?<![가-힣])(?:저는|나는|전|난|제가|내가)\s")
_COPULA: Final = (
    r"이?[에예][요여용]|이?여(?![가-힣])|이?욤(?![가-힣])|이?요(?![가-힣])|이예요|입니[다당닷]|임니다|이랍니다|임(?![가-힣])|이?[고구](?:[요여용]|(?![가-힣]))|인뎅?(?![가-힣])|인데[요여용]?"
    r"|이?거든|이?라(?:서|고|구|\s(?!하))|이?지만|이?며(?![가-힣])|이?니까|이?[야양](?![가-힣])|이다|다(?![가-힣])|이?됨|[이가]?\s?(?:됐|되었|된|돼)|ㅇㅇ|이에욤|이?얌|올라(?:가|갔)|다[녀니닙]|되(?:는데|니까|면서|자마자|더니|고\s?나)|될\s?예정|(?:인|\s?먹은|\s?된)\s?(?:저|제가|나|내가)(?![가-힣])"
)
_GENDER: Final = (
    r"(?:여자|남자|여학생|남학생|여|남|소녀|소년|학생|신입생|어린이|꼬마|초딩|초등학생|초등학교|중학생)(?:애|아이)?"
)
_NAMED: Final = r"[가-힣○●*ㅇOX]{1,4}(?=이?(?:라고|[야에예]|여(?![가-힣]))|입니다|\s?올림|\s?드림)"
_ROLE: Final = r"(?:학생회|전교|학급)?\s?(?:부?회장|부?반장|후보|대표)(?:\s?후보)?"
_TRADE: Final = (
    r"(?:[가-힣]{1,5}\s){0,2}(?:유튜버|작가|팬|선수|회원|게이머|크리에이터|댄서|스트리머|가수)"
    r"(?:\s[가-힣]{1,5}(?=이?[에예]|입니|이라))?"
)
_BY: Final = re.compile(
    rf"(?:\s?되는)?\s?(?:{_GENDER})?\s?(?:{_ROLE}|{_TRADE}|{_NAMED})?(?:{_COPULA}|\s?올림|\s?드림|\s?교실입|\s?교실이에)"
    r"|이?라고\s(?:욕|놀|무시|까|차별)"
)
_END: Final = re.compile(r"\s*(?:$|[,/|~!ㅎㅋㅠㅜ;)\]-])")
_PROFILE: Final = re.compile(
    rf"\s?{_GENDER}(?<![이애])(?![가-힣])|\s?{_GENDER}\s?(?:$|[,/|])|\s?[,/|]|\s*$|\s(?:초|중|\d\d\s?년생)|\s키\s?\d"
)
_SIGNED: Final = re.compile(
    r"\s?[가-힣○●*ㅇOX]{2,4}(?:\s?올림|\s?드림|\s?씀|이?가\s?씀|\s글쓴이|\s지음)?\s*$|\s?(?:올림|드림|씀)"
)
_OPENED: Final = re.compile(
    r"\s*(?:안녕(?:하세[요여용])?|안뇽|하이|ㅎㅇ|예비|진짜|아직|이제|올해로?|만|현재|지금|겨우|고작|이번에|저|전|나|난|,|-|~|\s)*\s*$"
)
_LED: Final = re.compile(
    r"(?<![가-힣])(?!나이(?![가-힣])|[가-힣]{0,4}(?:하|되|배우|다니|나가|사|가|오|있|없|그리|만드|꿈꾸|치|추|쓰|읽)는\s|[가-힣]{0,4}(?:싶|많|좋|작|싫|낮|높|젊|받|읽|남|맞|찍)은\s|(?:나이|학년|올해|지금|현재|만으로|이제|사실|실제로|저희|우리|여기|띠|같)[이가은는]|저는|제가|나는|내가|아직은)[가-힣]{1,8}(?:이|가|은|는|께서)"
    r"\s*(?:(?:만|올해|이제|현재|지금|벌써|아직|겨우|고작|진짜|내년에|예비)\s?)*$"
)
_MYSELF_BEHIND: Final = re.compile(r"\s?(?:인|먹은|된)\s?(?:제가|내가|저는|나는|저도|나도)")
_CHATTY: Final = re.compile(r"[요여용임음됨함야](?:[\s.!?~,ㅋㅎㅠㅜ]|$)|[ㅋㅎㅠㅜ]{2}|다[.!]?(?:\s|$)")
_ALIKE: Final = re.compile(r"(?<![가-힣])[저나]\s?같은\s$")
_OURS: Final = re.compile(r"(?<![가-힣])(?:저희|우리)\s?(?:학교(?:\s?[가-힣]{1,8})?\s)?$")
_TOPIC: Final = re.compile(r"\s?[은는이가]\s")
_SPOKEN: Final = re.compile(
    r"\s?이?[야다](?:\s하[는면고며길]|\s?그러|\s?이러|라[고며는]|래)|\s?이?(?:래|란다|라던|라더|라네|라는데)"
)
_QUOTED: Final = re.compile(r"[^\"”』」\n]{0,48}[\"”』」]\s?(?:이?라고|이?라며|라는|하고|고\s|며)")
_NOBODY: Final = re.compile(r"(?:어떻게|어째서|왜|무슨|다들|보통|대체로|최소|최대|평균|약|대략|이게)\s*$")
_MODIFIES: Final = re.compile(r"(?:인|이던|였던)\s(?!저|나|내|제|난|전)[가-힣]")  # 12세인 원고
_ASKED: Final = re.compile(r"\s?(?:이?[야에예]요?\s?\?|이?냐)")


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign at code points [start, end): years of age at most.

    `needs` says how much of a child's days must stand around it (1: of a pupil, 2: of primary school) unless the writer
    says "I"; a `loose` one, which may be a grown-up's as well, needs them anyway. A verb is part of one that is `said`.
    """

    start: int
    end: int
    age: int
    needs: int = 0
    loose: bool = False
    said: bool = False
    is_school: bool = False


@dataclass(frozen=True, slots=True)
class _Words:
    ward: re.Pattern[str]
    other: re.Pattern[str]
    behind: re.Pattern[str]
    nobodys: re.Pattern[str]
    thing: re.Pattern[str]
    subject: re.Pattern[str]
    around: WordScanner
    bits: npt.NDArray[np.uint64]


_KINDS: Final = ("grown", "ward", "primary", "school", "voice", "myself", "felt")
_GROWN, _WARD, _PRIMARY, _SCHOOL, _VOICE, _MYSELF, _FELT = (1 << place for place in range(len(_KINDS)))


@functools.cache
def _words() -> _Words:
    lists = cast(dict[str, str], yaml.safe_load((files("anonymizers") / "data/children.yaml").read_text("utf-8")))
    bits: dict[str, int] = {}
    bounds: dict[str, int] = {}
    for place, name in enumerate(_KINDS):
        for word in spelled(lists[name]):
            bits[word] = bits.get(word, 0) | 1 << place
            bounds[word] = START if name in ("ward", "myself") else 0
    either = {
        name: "|".join(map(_pattern, entries(lists[name])))
        for name in ("ward", "other", "behind", "nobodys", "thing", "subject")
    }
    tail = r"(?:들)?(?:은|는|이|가|도|만|의|께서)?(?:\s[가-힣]{1,4}(?<![고서데면요다])){0,2}\s*(?:만\s?)?$"
    return _Words(
        ward=re.compile(rf"(?<![가-힣])(?<!반\s)(?:{either['ward']})"),
        other=re.compile(rf"(?<![가-힣])(?:{either['other']}){tail}"),
        behind=re.compile(
            r"(?:\s?(?:여자|남자|여학생|남학생|여|남)(?=\s))?\s?(?:[이가]?\s?[된인]\s?|이?\s?된\s?)?(?:우리\s?|울\s?|내\s|제\s)?"
            rf"(?:{either['behind']})"
        ),
        nobodys=re.compile(rf"\s?(?:{either['nobodys']})"),
        subject=re.compile(rf"\s(?:{either['subject']})\s"),
        thing=re.compile(rf"(?<![가-힣])(?:{either['thing']})(?:이|가|은|는|도)?\s(?:[가-힣]{{1,4}}\s)?$"),
        around=WordScanner(list(bits), [bounds[word] for word in bits]),
        bits=np.array(list(bits.values()), dtype=np.uint64),
    )


def _pattern(entry: str) -> str:
    return entry.replace("_?", " ").replace(" ", r"\s?").replace("_", r"(?:\s|$|(?=[.,!?~]))")


def is_nobodys(text: str, sign: Sign) -> bool:
    """Whether what looks like a sign is a beast's or a thing's, a rating, a difference, or names a book or a room."""
    words = _words()
    return (
        words.nobodys.match(text, sign.end, sign.end + _NEAR) is not None
        or words.thing.search(text[max(0, sign.start - _NEAR) : sign.start]) is not None
    )


def judge(text: str, sign: Sign) -> tuple[Kind, int]:
    """Whose it is, and how sure that is."""
    words = _words()
    sure = 400_000 if sign.age >= 14 else 900_000
    if (
        not sign.said
        and (words.behind.match(text, sign.end, sign.end + _NEAR) or _MODIFIES.match(text, sign.end))
        and not _MYSELF_BEHIND.match(text, sign.end)
    ):
        return "mention", sure
    before, behind = _sentence_around(text, sign.start, sign.end)
    around = _around(text, sign)
    if words.subject.match(text, sign.end, sign.end + _NEAR):
        is_pupil = around & _VOICE and around & (_PRIMARY | _SCHOOL) and not around & (_GROWN | _WARD)
        return ("author", sure - 250_000) if is_pupil and not _is_others(before, words) else ("mention", sure)
    own = _own(text, before, behind, sign, around)
    if not own or _NOBODY.search(before) or _ASKED.match(text, sign.end):
        return "mention", sure // 2
    if _is_others(before, words):
        return "mention", sure
    needs = 0 if own == 2 and sign.needs == 1 and not sign.loose and _OPENED.fullmatch(before) else sign.needs
    if (own == 3 or (own == 2 and sign.is_school)) and not sign.loose and around & _GROWN:
        is_plain = own == 3 and sign.is_school  # 저는 초등학교 4학년이에요: a grown-up elsewhere does not take it back
        low, high = (len(before), len(behind)) if is_plain else (_NEAR, _NEAR)
        around &= words.around.union(text, sign.start - low, sign.end + high, words.bits) | ~_GROWN
    return _settled(sign, own, needs, around, sure)


def _is_others(before: str, words: _Words) -> bool:
    """Somebody else stands nearer than the writer does."""
    self_at = max((m.start() for m in _SELF.finditer(before)), default=-1)
    other = words.other.search(before)
    ward_at = max((m.start() for m in words.ward.finditer(before)), default=-1)
    led = None if _TOPICAL.search(before) else _LED.search(before)
    return max(other.start() if other else -1, ward_at, led.start() if led else -1) > self_at


def _own(text: str, before: str, behind: str, sign: Sign, around: int) -> int:
    """How plainly the sentence says the sign of its writer: 3 with "I", 2 with a copula or signed, 1 like a profile."""
    quoted = _QUOTED.match(text, sign.end, sign.end + 80)
    if quoted and re.search(r"[\"“『「]", text[max(0, sign.start - 60) : sign.start]):
        return 0
    if _SPOKEN.match(behind):
        return 0
    said = sign.said or _BY.match(behind) or (_OURS.search(before) and _TOPIC.match(behind))
    alone = _PROFILE.match(behind) or _END.match(behind)
    case = _CASE.match(behind)
    if _SELF.search(before):
        return 3 if said or alone or _ALIKE.search(before) else int(not case)
    if said or _SIGNED.match(behind) or text[sign.end - 1] == "번":
        return 2
    if alone and _OPENED.fullmatch(before):
        return 1
    if case and case[1] not in "은는":
        return 0
    lived = _VOICE | _MYSELF | _FELT if sign.loose else _VOICE | _MYSELF | _PRIMARY | _SCHOOL if sign.is_school else 0
    return int(bool(around & lived) and bool(_CHATTY.search(text, max(0, sign.start - _AROUND), sign.end + _AROUND)))


def _around(text: str, sign: Sign) -> int:
    """Whose days the text tells of near the sign: bits of `_KINDS`."""
    words = _words()
    ahead = words.around.union(text, sign.start - _AROUND, sign.start, words.bits)
    return ahead | words.around.union(text, sign.end, sign.end + _AROUND, words.bits)


def _settled(sign: Sign, own: int, needs: int, around: int, sure: int) -> tuple[Kind, int]:
    """The days around it decide what the sentence leaves open."""
    if around & _GROWN:
        return ("author", sure // 2) if own == 3 and not sign.loose else ("mention", sure)
    if own < 3 and around & (_WARD | _VOICE) == _WARD:
        return "mention", sure
    days = 2 if around & _PRIMARY else 1 if around & (_SCHOOL | _VOICE) else 0
    if sign.loose:
        return ("author", sure - 350_000 + 50_000 * days) if days >= sign.needs + (own == 1) else ("mention", sure // 2)
    if (days or bool(around & _MYSELF)) < max(needs if own < 3 else 0, own == 1):
        return "mention", sure // 2
    return "author", sure - (0, 350_000, 250_000, 0)[own]


def _sentence_around(text: str, start: int, end: int) -> tuple[str, str]:
    """What stands in the same sentence on either side."""
    before, behind = text[max(0, start - _NEAR) : start], text[end : end + _NEAR]
    cut = max((stop.end() for stop in _STOPS.finditer(before)), default=0)
    if not before[cut:] and before.endswith("("):  # 저(12살)는
        cut = max((stop.end() for stop in _STOPS.finditer(before[:-1])), default=0)
        before = before[:-1]
    stop = _STOPS.search(behind)
    return before[cut:], behind[: stop.start()] if stop else behind
