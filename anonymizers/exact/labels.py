# ruff: noqa: E501 - word lists read better on long lines
"""Label words (주민번호, 계좌, 주문번호 …): the strongest evidence of what a number is.

A label tells about the number that follows it most closely, or that it follows in brackets. All labels of a view are
found once; `label_of` then gives the nearest one before a number with no other long number between, or just after it.
"""

from __future__ import annotations

import re
from typing import Final

from anonymizers.normalize import View

_WORDS: Final[dict[str, str]] = {
    "rrn": r"주민\s?등록\s?(?:번호)?|주민\s?번호|주민\s?등록증|주민\s?번|주민등록상|주번|민증|rrn|jumin|resident\s?(?:registration)?",
    "alien": r"외국인\s?등록(?:번호|증)?|외국인\s?번호|거소\s?신고\s?번호|국내거소|거소번호|등록외국인|alien\s?reg\w*|frn|arc\b",
    "passport": r"여권\s?(?:번호)?|passport",
    "licence": r"운전\s?면허\s?(?:증)?\s?(?:번호)?|면허\s?(?:증)?\s?번호|면허증|면허|driver'?s?\s?licen[cs]e|licen[cs]e\s?(?:no|number)",
    "corp": r"법인\s?등록\s?(?:번호)?|법인\s?번호|법인등기|등기번호|corporate\s?reg\w*",
    "brn": r"사업자\s?등록\s?(?:번호)?|사업자\s?번호|사업자|business\s?(?:reg\w*|no|number)|brn",
    "card": r"카드\s?번호|신용\s?카드|체크\s?카드|법인\s?카드|card|비자카드|마스터카드|카드",
    "account": (
        r"계좌\s?(?:번호)?|입금|송금|이체|예금주|통장|가상계좌|무통장|account\s?(?:no|number)?|acct|환불\s?받|급여\s?이체"
        r"|국민은행|신한은행|우리은행|하나은행|농협은행|기업은행|카카오뱅크|케이뱅크|토스뱅크|새마을금고|신협|우체국|수협|농협"
        r"|[가-힣]{2,4}은행|제일은행|씨티은행|[가-힣]{2}뱅크|카뱅|산업은행|저축은행|kb\s?국민|kb은행|ibk|nh농협|nh|sc제일"
        r"|(?<![가-힣])(?:국민|신한|기업|하나|우리|토스|부산|대구|광주|전북|경남|제주)(?=\s?[0-9])"
    ),
    "phone": (
        r"휴대\s?전화|핸드폰|휴대폰|전화\s?번호|전화|연락처|연락\s?주|폰\s?번호|모바일|mobile|cell|phone|tel|hp|h\.p|팩스|fax|유선"
        r"|대표번호|내선|자택|집전화|회사전화|☎|☏|📞|문의|콜|call|폰"
    ),
    "customs": r"통관\s?(?:고유)?\s?(?:부호|번호)|개인\s?통관|통관|pccc|customs",
    "health": r"건강\s?보험\s?(?:증)?\s?(?:번호)?|건보\s?(?:증)?\s?(?:번호)?|의료\s?보험\s?(?:증)?|보험증\s?번호|보험증",
    "military": r"군번",
    "student": r"학번|학생\s?번호|student\s?(?:id|no|number)",
    "employee": r"사원\s?번호|사번|직원\s?번호|임직원\s?번호|교번|행번|employee\s?(?:id|no|number)|emp\s?no|사원증",
    "postcode": r"우편\s?번호|우\)|\(우|〒|zip(?:\s?code)?|postal\s?code",
    "birth": r"생년\s?월일|생일|출생(?:일)?|태어|d\.?o\.?b|birth\w*",
    "secret": r"비밀\s?번호|비번|인증\s?번호|패스워드|pin|otp",
    "other": (
        r"주문\s?(?:번호|서)?|송장\s?(?:번호)?|운송장\s?(?:번호)?|배송\s?(?:번호|조회)?|택배|등기\s?우편|예약\s?(?:번호)?|승인\s?(?:번호)?"
        r"|거래\s?(?:번호|id)|접수\s?(?:번호)?|관리\s?(?:번호)|일련\s?(?:번호)?|시리얼|serial|s/n|isbn|issn|바코드|barcode|ean|upc"
        r"|상품\s?(?:번호|코드)?|품번|제품\s?(?:번호|코드)?|모델(?:명|번호)?|part\s?no|부품|자산\s?번호|특허|출원|공고\s?번호|사건\s?번호"
        r"|문서\s?번호|계약\s?번호|증권\s?번호|티켓|쿠폰|timestamp|타임스탬프|epoch|unix|ts=|로그|order\s?(?:no|id|number)?|tracking|invoice"
        r"|결제\s?번호|문의\s?번호|민원\s?번호|회원\s?번호|고객\s?번호|version|버전|커밋|commit|빌드|build|주파수|좌표|쪽수|페이지"
        r"|법률|판결|선고|고시|공고|조달|입찰|기관\s?코드|표준\s?코드|코드|sku|lot|로트|행정\s?번호|전자\s?세금|세금계산서|원장|관리코드"
        r"|허가\s?번호|신고\s?번호|인가|승차권|일련|행\s?id|seq|uuid|해시|hash|id=|no\."
    ),
}
_LABEL: Final = re.compile("|".join(f"(?P<{name}>{words})" for name, words in _WORDS.items()))
_LONG_NUMBER: Final = re.compile(r"[0-9](?:[ \-.]{0,2}[0-9]){5,}")


def labels(view: View) -> list[tuple[int, int, str]]:
    """(start, end, name) of every label word, in order."""
    found = view.memo.get("labels")
    if found is None:
        found = [(m.start(), m.end(), m.lastgroup or "") for m in _LABEL.finditer(view.lower)]
        view.memo["labels"] = found
    result: list[tuple[int, int, str]] = found
    return result


def label_of(view: View, start: int, end: int, before: int = 30, after: int = 14) -> str:
    """Name of the label that governs [start, end): the nearest before it, else one in brackets or words behind;
    or ''.
    """
    best = ""
    behind = ""
    for a, b, name in labels(view):
        if b <= start:
            if start - b <= before and not _LONG_NUMBER.search(view.text, b, start):
                best = name
        elif a >= end:
            if a - end <= after and not behind and not _LONG_NUMBER.search(view.text, end, a):
                behind = name
            break
    if best and "\n\n" in view.text[max(start - before, 0) : start] and behind:
        return behind
    return best or behind


def near(view: View, start: int, end: int, name: str, reach: int = 40) -> bool:
    """Whether a label of this name stands within `reach` characters on either side."""
    return any(n == name and b > start - reach and a < end + reach for a, b, n in labels(view))
