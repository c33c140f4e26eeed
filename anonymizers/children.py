"""Texts *by* a child under 14 against texts that *mention* one (PIPA 22-2).

1. A signal is an age (`12살`, `만 9세`, `열두 살`) or a school year (`초3`, `초등학교 5학년`, `중1`) below 14.
2. It is the author's when the sentence speaks of the writer (저는 …, or a copula behind it: 초3이에요), nobody
   else stands beside the age (아들, 조카, 담임, 자녀 …), and it is no memory (`12살 때`) or measure (`3살 차이`).
3. Everything else that passes 1 is a mention.

중2 and 14살 may be either side of 14: they score below the usual threshold and count only on a child-directed source.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from anonymizers.passages import readable
from ext.words import WordScanner

_NATIVE: Final = {
    "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9, "열": 10, "열한": 11, "열하나": 11,
    "열두": 12, "열둘": 12, "열세": 13, "열셋": 13, "열네": 14,
}  # fmt: skip
_SIGNAL: Final = re.compile(
    r"(?<![\d.,])(?P<age>\d{1,2})\s?(?:살|세)(?![계기대트])"
    r"|(?<![가-힣])(?P<native>열(?:하나|한|둘|두|셋|세|네)?|다섯|여섯|일곱|여덟|아홉)\s?살"
    r"|(?<![가-힣])초(?:등학교|등)?\s?(?P<primary>[1-6])\s?(?:학년)?(?![\d%번위차부급])"
    r"|(?<![가-힣])중(?:학교|등)?\s?(?P<middle>[12])\s?(?:학년)?(?![\d%번위차부급])"
    r"|(?<![가-힣])(?P<word>초딩|초등학생|유치원생)"
)
_BY: Final = re.compile(
    r"^(?:\s?(?:학생|여자|남자|여자애|남자애|여학생|남학생|어린이|여|남|소녀|소년|[가-힣]{2,4}(?=입니다|이에요|예요|이라고|라고)))?\s?"
    r"(?:이에요|예요|에요|이예요|입니다|이고요?|인데요?|이랍니다|임(?![가-힣])|이야|야(?![가-힣])|이라서?|라서|이지만|이며|이구|이됐|[이가]?\s?(?:됐|되었|된|돼)|이다|다(?![가-힣])|ㅇㅇ|인뎅|이에욤|이에여|여(?![가-힣])|요(?![가-힣])|(?:이)?라고|올라가요|올라갔|다녀요|다니)"
)
_OTHER_BEHIND: Final = re.compile(
    r"^\s?(?:[된인]\s?|짜리\s?|의\s?|이?\s?[된]\s?)?(?:우리\s)?(?:아들|딸|아이|애기|아기|조카|동생|손자|손녀|자녀|자식|아동|어린이(?!예|입|에)|꼬마|소년(?!이|입)|소녀(?!예|입)|담임|교사|선생|학부모|학부형|엄마|아빠|맘(?![가-힣])"
    r"|남아|여아|원아|제자|때|무렵|시절|부터|이상|미만|이하|까지|차이|연상|연하|위|아래|터울|전용|관람|이후|교과서|수학|국어|과정|문제집|교실|반\s?아이)"
)
_NOBODY_BEHIND: Final = re.compile(
    r"^\s?(?:인가|인지|이냐|냐|이라면|라면|인생|들|도|수준|같|만도|용|야\?|이야\?|에요\?|예요\?|이에요\?|용|이나)"
)
_NOBODY_BEFORE: Final = re.compile(r"(?:어떻게|어째서|왜|무슨)\s*$")
_OTHER_BEFORE: Final = re.compile(
    r"(?:아들|딸|아이|애기|아기|애|조카|동생|손자|손녀|자녀|자식|큰애|작은애|첫째|둘째|막내|걔|그\s?애|친구|오빠|언니|누나|형|녀석|꼬마|학생)"
    r"(?:은|는|이|가|도|만|의|한테|에게|들이|들은|들도|을|를|랑)?\s?(?:이제|올해|벌써|아직|지금|현재|만|겨우|고작|어떻게|왜|내년에|[가-힣]{0,6})?\s*(?:만\s?)?$"
)
_SELF: Final = re.compile(
    r"(?<![가-힣])(?:저는|전|저|나는|난|나|제가|내가|저도|나도|저희는|제\s?나이는?|내\s?나이는?)\s"
)
_ADULT: Final = re.compile(
    r"(?:엄마|아빠|맘|학부모|교사|담임|선생님|부모)(?:입니다|이에요|예요|인데|로서|이고|이다)|키우|낳|육아|결혼\s?[0-9]*년"
)
_STOPS: Final = ".!?\n…"


@dataclass(frozen=True, slots=True)
class ChildSignal:
    """An age below 14 in text number `doc`, code points [start, end): of its author, or of somebody mentioned."""

    doc: int
    start: int
    end: int
    kind: Literal["author", "mention"]
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
    """Every signal holds one of these."""
    ages = [f"{head}{gap}{unit}" for head in "0123456789" for gap in ("", " ") for unit in "살세"]
    native = [f"{head}{gap}살" for head in _NATIVE for gap in ("", " ")]
    schools = ("초", "초등", "초등학교", "중", "중등", "중학교")
    years = [f"{school}{gap}{year}" for school in schools for gap in ("", " ") for year in "123456"]
    return WordScanner([*ages, *native, *years, "초딩", "초등학생", "유치원생"])


def _signals(doc: int, text: str, hits: Iterable[tuple[int, int]]) -> list[ChildSignal]:
    found = []
    done = 0
    for at, _ in hits:
        if at < done:
            continue
        match = _SIGNAL.search(text, max(done, at - 3), at + 24)  # an age may have a digit before the gate's
        if match is None:
            continue
        done = match.end()
        age = _age(match)
        if 3 <= age <= 14:
            kind, score = _judge(text, match, age)
            found.append(ChildSignal(doc, match.start(), match.end(), kind, score))
    return found


def _age(match: re.Match[str]) -> int:
    """Years (만 나이, upper end) that the words stand for."""
    if match["age"]:
        return int(match["age"])
    if match["native"]:
        return _NATIVE[match["native"]]
    if match["primary"]:
        return int(match["primary"]) + 6
    if match["middle"]:
        return int(match["middle"]) + 12
    return 10


def _judge(text: str, match: re.Match[str], age: int) -> tuple[Literal["author", "mention"], int]:
    before, behind = _sentence_around(text, match.start(), match.end())
    sure = 400_000 if age >= 14 else 900_000
    if _NOBODY_BEFORE.search(before):
        return "mention", sure // 2
    if (
        _OTHER_BEHIND.match(behind)
        or _NOBODY_BEHIND.match(behind)
        or _OTHER_BEFORE.search(before)
        or _ADULT.search(before)
        or _ADULT.search(behind)
    ):
        return "mention", sure
    if _SELF.search(before) and (_BY.match(behind) or not behind.strip(" ,.~!ㅎㅋ")):
        return "author", sure
    if _BY.match(behind) and not re.search(r"(?:은|는|이|가|께서)\s*(?:만\s?|올해\s?|이제\s?|현재\s?)?$", before):
        if match["word"]:  # 초딩 is also an insult
            return "mention", sure // 2
        return "author", sure - 250_000 if not before.strip() else sure - 350_000
    if _SELF.search(before):
        return "author", sure // 2
    return "mention", sure // 2


def _sentence_around(text: str, start: int, end: int) -> tuple[str, str]:
    """Up to 40 code points of the same sentence on either side."""
    before, behind = text[max(0, start - 40) : start], text[end : end + 40]
    cut = max(before.rfind(stop) for stop in _STOPS)
    ends = [at for stop in _STOPS if (at := behind.find(stop)) >= 0]
    return before[cut + 1 :], behind[: min(ends)] if ends else behind
