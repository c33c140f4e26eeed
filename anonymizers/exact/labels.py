# ruff: noqa: E501 - word lists read better on long lines
"""Label words (주민번호, 계좌, 주문번호 …): the strongest evidence of what a number is.

A label tells about the number that follows it most closely, or that it follows in brackets; a label that would exclude
(주문, 접수 …) must stand right before. All labels of a view are found once; `label_of` then gives the nearest one before a number with no other long number between, or just after it.
"""

from __future__ import annotations

import re
from typing import Final

from anonymizers.normalize import View

_WORDS: Final[dict[str, str]] = {
    "rrn": r"주민\s?등록\s?(?:번호)?(?!\s?[가는은]?\s?아[니닌닙님])|주민\s?번호?(?!\s?[가는은]?\s?아[니닌닙님])|주민(?=\s?[:(]?\s?[0-9]{6})|주민등록증|주번|민증|rrn|ssn|jumin|resident\s?(?:registration)?",
    "alien": r"외국인\s?등록(?:번호|증)?|외국인\s?번호|거소\s?(?:신고)?\s?번호|체류\s?(?:카드|번호)|국내거소|등록외국인|alien\s?reg\w{0,9}|frn|arc\b",
    "passport": r"여권\s?(?:번호)?|passport",
    "licence": r"운전\s?면허\s?(?:증)?\s?(?:번호)?|면허\s?(?:증)?\s?(?:번호)?|driver'?s?[\s_]?licen[cs]e|licen[cs]e[\s_]?(?:no|number)",
    "corp": r"법인\s?등록\s?(?:번호)?|법인\s?번호|법인등기|법인[은는이가의]?\s?등록\s?번호|등기\s?신청서?[ /:.]{1,4}등록\s?번호|법인(?=\s?[:(]?\s?[0-9]{6})|corp(?:orate)?[\s_]?(?:reg\w{0,9}|no|num(?:ber)?)",
    "brn": r"사업자\s?등록\s?(?:번호)?|사업자\s?번호|사업자|공급자|공급받는\s?자|business[\s_]?(?:reg\w{0,9}|no|number)|biz[\s_]?(?:reg\w{0,9}|no|num(?:ber)?)|brn",
    "card": r"카드\s?번호|amex|아멕스|visa(?![a-z])|unionpay|유니온페이|은련|mastercard|신용\s?카드|체크\s?카드|법인\s?카드|card|비자카드|마스터카드|카드",
    "account": (
        r"계좌\s?(?:번호)?|입금|송금|이체|예금주|통장|가상계좌|무통장|account[\s_]?(?:no|num(?:ber)?)?|acct|환불\s?받|급여\s?이체|은행(?!사|나무|잎)|뱅크|새마을금고|신협|우체국|銀"
        r"|수협|농협|카뱅|케뱅|토뱅|kb\s?국민|ibk|nh|sc제일|국민(?=\s?[0-9])|신한(?=\s?[0-9])|기업(?=\s?[0-9])|하나(?=\s?[0-9])|우리(?=\s?[0-9])|토스(?=\s?[0-9])"
        r"|새마을(?=\s?[0-9]{3})|카카오(?=\s?[0-9]{3})|케이(?=\s?[0-9]{3})|산업(?=\s?[0-9]{3})|씨티(?=\s?[0-9]{3})|제일(?=\s?[0-9]{3})|외환(?=\s?[0-9]{3})|저축(?=\s?[0-9]{3})|mg(?=\s?[0-9]{3})|kdb(?=\s?[0-9]{3})|keb(?=\s?[0-9]{3})"
    ),
    "phone": (
        r"휴대\s?전화|핸드폰|휴대폰|전화\s?번호|전화|연락처|연락\s?주|폰\s?번호|폰번|전번|모바일|mobile|cell|phone|tel|hp|h\.p|팩스|fax|유선|회신(?=처?\s?[:]\s?[0-9])|대표번호|내선|자택"
        r"|집전화|☎|☏|문의|콜|call|폰|통화(?=함|했|됨|가능|요망|연결|[ ]?[:0-9])|안심\s?번호"
    ),
    "customs": r"유니패스|unipass|개통\s?부호|통관\s?(?:고유)?\s?(?:부호|번호)?|개인\s?통관|부호(?=\s?[:]?\s?[p피]\s?[0-9])|pccc?|customs",
    "health": r"건강\s?보험\s?(?:증)?\s?(?:번호)?|건보\s?(?:증)?\s?(?:번호)?|의료\s?보험\s?(?:증)?|보험증|증\s?번호|insurance[\s_]?(?:card[\s_]?)?(?:no|num(?:ber)?|id)",
    "military": r"군번|인식표|service[\s_]?(?:number|no)|military[\s_]?(?:id|no|number)",
    "student": r"학번|학생\s?번호|학생증\s?번호|교육생\s?번호|student[\s_]?(?:id|no|num(?:ber)?)",
    "employee": r"사원\s?번호|사번|직번|직원\s?번호|임직원\s?번호|공무원\s?번호|교직원\s?번호|교번|행번|employee[\s_]?(?:id|no|num(?:ber)?)|emp[\s_]?(?:no|id|num)|staff[\s_]?(?:id|no|number)|사원증",
    "postcode": r"우편\s?번호|우편(?=[은는이]?\s?[:]?\s?[0-9])|우\)|우(?=\s?[:)]?\s?[0-9]{5})|〒|zip(?:[\s_]?code)?|post(?:al)?[\s_]?code",
    "birth": r"생년\s?월일|생일|출생(?:일)?|태어|dob|d\.o\.b|birth\w{0,4}",
    "secret": r"비밀\s?번호|비번|인증\s?번호|패스워드|otp",
    "other": (
        r"주문\s?(?:번호|서)?|송장\s?(?:번호)?|운송장\s?(?:번호)?|배송\s?(?:번호|조회)?|택배|등기\s?(?:우편|번호)|등기(?=\s?[0-9])|예약\s?(?:번호)?|승인\s?(?:번호)?|거래\s?(?:번호|id)"
        r"|접수\s?(?:번호)?|관리\s?번호|일련\s?(?:번호)?|시리얼|serial|s/n|isbn|issn|바코드|barcode|ean|upc|상품\s?(?:번호|코드)?|품번|제품\s?(?:번호|코드)?"
        r"|모델\s?(?:명|번호)?|model|part\s?no|부품|자산\s?번호|특허|출원|공고|사건\s?번호|문서\s?번호|계약\s?번호|증권\s?번호|티켓|쿠폰|timestamp|타임스탬프|epoch"
        r"|unix|ts=|로그|order[\s_]?(?:no|id|number)?|tracking|invoice|결제\s?번호|문의\s?번호|민원\s?번호|회원\s?번호|고객\s?번호|version|버전|커밋|commit|빌드|build"
        r"|주파수|법률|판결|선고|고시|조달|입찰|기관\s?코드|표준\s?코드|코드|sku|lot|로트|행정\s?번호|세금계산서|관리코드|허가\s?번호|신고\s?번호|승차권|seq|uuid"
        r"|해시|hash|imei|imsi|meid|라이[선센]스\s?키|id="
    ),
}


def _alternatives(words: str) -> list[str]:
    """Splits at the bars that stand outside groups and classes."""
    out: list[str] = []
    depth = begun = 0
    in_class = escaped = False
    for i, char in enumerate(words):
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif in_class:
            in_class = char != "]"
        elif char == "[":
            in_class = True
        elif char == "|" and depth == 0:
            out.append(words[begun:i])
            begun = i + 1
        else:
            depth += (char == "(") - (char == ")")
    return [*out, words[begun:]]


def _by_first() -> dict[str, re.Pattern[str]]:
    """First two characters (or the first, where the second is not fixed) -> the label words that begin so."""
    grouped: dict[str, list[str]] = {}
    for name, words in _WORDS.items():
        for i, word in enumerate(_alternatives(words)):
            pair = len(word) > 1 and (word[1].isalnum() or word[1] == "/") and word[2:3] not in ("?", "{")
            grouped.setdefault(word[:2] if pair else word[0], []).append(f"(?P<{name}_{i}>{word})")
    return {first: re.compile("|".join(words)) for first, words in grouped.items()}


_BY_FIRST: Final = _by_first()
_FIRST: Final = re.compile("[" + "".join(sorted({re.escape(c[0]) for c in _BY_FIRST})) + "]")
_LONG_NUMBER: Final = re.compile(r"[0-9](?:[ \-.]{0,2}[0-9]){5,}")


def labels(view: View) -> list[tuple[int, int, str]]:
    """(start, end, name) of every label word, in order."""
    found = view.memo.get("labels")
    if found is None:
        found = _find(view.lower)
        view.memo["labels"] = found
    result: list[tuple[int, int, str]] = found
    return result


def _find(lower: str) -> list[tuple[int, int, str]]:
    out = []
    end = 0
    for first in _FIRST.finditer(lower):
        at = first.start()
        if at < end:
            continue
        rule = _BY_FIRST.get(lower[at : at + 2])
        m = rule.match(lower, at) if rule else None
        if m is None:
            rule = _BY_FIRST.get(first[0])
            m = rule.match(lower, at) if rule else None
        if m:
            out.append((at, m.end(), (m.lastgroup or "_").rpartition("_")[0]))
            end = m.end()
    return out


_DIRECT: Final = re.compile(
    r"[\s:=\-#.,(\[<>|/\"'~→]{0,4}(?:번호|no\.?|id|코드|조회)?(?:은|는|이|가|을|를|도|의|로|으로)?[\s:=\-#.(\[<>|/\"'~→]{0,4}(?:제|내)?\s?"
)


def direct(view: View, start: int, name: str) -> bool:
    """Whether a label of this name stands right before `start`, with nothing but a particle and marks between."""
    return any(
        n == name and b <= start and start - b <= 12 and _DIRECT.fullmatch(view.lower, b, start)
        for _, b, n in labels(view)
    )


def label_of(view: View, start: int, end: int, before: int = 30, after: int = 14) -> str:
    """Name of the label that governs [start, end): the nearest before it, else one in brackets or words behind;
    or ''.
    """
    best = ""
    behind = ""
    for a, b, name in labels(view):
        if b <= start:
            if start - b <= before and not _LONG_NUMBER.search(view.text, b, start):
                best = name if name != "other" or _DIRECT.fullmatch(view.lower, b, start) else best
        elif a >= end:
            if name != "other" and a - end <= after and not behind and not _LONG_NUMBER.search(view.text, end, a):
                behind = name
            break
    if best and "\n\n" in view.text[max(start - before, 0) : start] and behind:
        return behind
    return best or behind


_THING: Final = re.compile(
    r"주문|송장|배송|택배|등기\s?우편|승인|거래|일련|시리얼|serial|s/n|isbn|issn|바코드|barcode|ean|upc|상품|품번|제품|모델|model|part|부품|자산|특허|출원|공고|사건"
    r"|문서|티켓|쿠폰|timestamp|타임스탬프|epoch|unix|ts=|order|tracking|invoice|결제|version|버전|커밋|commit|빌드|build|법률|고시|조달|입찰|코드|sku|lot|로트|승차권"
    r"|seq|uuid|해시|hash|imei|meid"
)
"""Words for numbers of things. A number of a person, customer or request (회원번호, 접수번호) may well be the resident's."""


def is_thing(view: View, start: int) -> bool:
    """Whether the last label of another kind before `start` is that of a thing."""
    last = max((row for row in labels(view) if row[1] <= start and row[2] == "other"), default=(0, 0, ""))
    return _THING.search(view.lower, last[0], last[1]) is not None


def near(view: View, start: int, end: int, name: str, reach: int = 40) -> bool:
    """Whether a label of this name stands within `reach` characters on either side."""
    return any(n == name and b > start - reach and a < end + reach for a, b, n in labels(view))
