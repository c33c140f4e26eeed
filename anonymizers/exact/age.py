# ruff: noqa: E501 - patterns read better on long lines
"""AGE, age of a person.

Criteria
1. One to three digits (0-120), or a native numeral (서른네), with 세 or 살.
2. A native numeral of two parts (스물네 살) needs no more; digits with 세 in a cell of their own (…, 47세, …) neither.
   Otherwise tied to a person ("age": 34 of a record, too): a person word (씨, 남성, 환자, 저는, 아들, 선수 …) or a label (나이, 연령) within 18 characters, or the bracket
   after a name: 김모(34)씨, 홍길동(34세).
3. Not one: a limit (19세 이상, 65세 미만), a generation or a king (3세, 루이 14세), 세기, 세대, a counter (세 가지), a span
   (세 때부터는 kept), ages of things.

Score .75 to .95. Evidence: context:person, context:age, bracket.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from anonymizers.exact.hit import Hit, Recognizer
from anonymizers.gate import K_AGE
from anonymizers.normalize import View

_TENS: Final = "열|스물|스무|서른|마흔|쉰|예순|일흔|여든|아흔"
_ONES: Final = "한|두|세|네|다섯|여섯|일곱|여덟|아홉|하나|둘|셋|넷"
_AGE: Final = re.compile(
    rf"(?<![0-9.,\-제~∼])(?P<v>(?P<n>\d{{1,3}})\s?(?:세|살)|(?:(?:{_TENS})(?:[ ]?(?:{_ONES}))?|(?<![가-힣])(?:한|두|세|네|다섯|여섯|일곱|여덟|아홉))\s?살)"
    r"(?!기|대|계|금|율|트|반(?![가-힣]{2})|이상|이하|미만|초과|손|\s?(?:후손|이상|이하|미만|초과|부터|까지|이내|내지|이전|이후|전후|[가을]\s?(?:끝날|될|넘을)|이라면|정도만|적은|많은|어린|차이|터울|연상|연하|[를을]\s?(?:넘|초과)|가지|번|명|개|관람|연령|정년|에서|~|-))"
)
_LABELLED: Final = re.compile(
    rf"(?:나이|연령|연세)\s?(?:는|은|가|:|-)?\s{{0,2}}(?:만\s?)?(?P<v>(?:{_TENS})[ ]?(?:{_ONES})|(?:스물|서른|마흔|쉰|예순|일흔|여든|아흔)|(?P<n>[1-9][0-9])(?=\s?(?:[,./)·|]|$|\n|남|여|입니다|이에요|예요|이고|이며|인데|이요|요(?![가-힣]))))"
    rf"(?!\s?(?:{_ONES}|세|살|초반|중반|후반|즈음|무렵|대|[0-9]|명|개|번|년|월|%|대|\.[0-9]))"
)
_YEAR_OLD: Final = re.compile(
    rf"(?:올해로?|이제|현재|저는|저도|나는|난)\s(?:올해\s|이제\s)?(?:만\s)?(?P<v>(?:{_TENS})(?:{_ONES})?)(?=입니다|이에요|예요|이고|인(?:데)?|이야|이다|이라|됐|이\s?되|을\s?넘)"
)
_SINO: Final = re.compile(r"(?<![가-힣])[이삼사오육칠팔구]?십[일이삼사오육칠팔구]?\s?세(?![가-힣]*기|대|트)")
_INTRODUCED: Final = re.compile(r"[가-힣]{2,4}(?:이?고|이?며|라고\s하고|입니다\.?|이에요\.?|예요\.?|,)\s$")
_INSIDE: Final = re.compile(
    r"\((?P<sex>(?:남|여)[성자]?\s?[·,/]?\s?)?(?P<v>(?P<n>\d{1,3})(?P<unit>\s?(?:세|살))?)(?P<sex2>\s?[·,/]?\s?(?:남|여)[성자]?)?\)"
)
_NAME_BEFORE: Final = re.compile(r"(?:[가-힣]{2,4}|[A-Z](?=\s?씨))\s?(?:씨|모|군|양|모씨)?\s?$")
_ADDRESSED: Final = re.compile(r"(?:[가-힣]|[A-Z])\s?(?:씨|모\s?씨)\s?$")
_KIN: Final = re.compile(
    r"(?:남편|아내|부인|아들|딸|어머니|아버지|모친|부친|동생|누나|언니|오빠|할머니|할아버지|아들|며느리|사위)$"
)
_SURNAMED: Final = re.compile(
    r"(?<![가-힣])[김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진지][가-힣]{1,2}$"
)
_TITLE: Final = re.compile(r"\s?(?:씨|군|양|님|선수|의원|기자|교수|대표|작가|감독|배우)")
_PERSON: Final = re.compile(
    r"(?<![가-힣])(?:저는|저|나|전|저도|제가|나는|난|내가|저희|우리|그는|그녀|본인|올해|현재|당시|향년|만)(?![가-힣])"
    r"|나이|연령(?!대)|(?<![가-힣])(?:큰|작은)?애(?=[는가도의\s])|첫째|둘째|셋째|막내|자녀|씨|님|군(?=[\s은는이가의,(])|양(?=[\s은는이가의,(])|남성|여성|남자|여자|남편|아내|환자|피해자|피고인|피의자|원고|피고|아들|딸|어머니|아버지|할머니|할아버지|엄마|아빠|언니|오빠|누나|형|동생|조카|손자|손녀|학생|배우"
    r"|선수|가수|직장인|주부|회사원|사장|대표|교수|기자|의원|감독|작가|여사|소녀|소년|청년|노인|아기|아이|남아|여아|신랑|신부|아줌마|아저씨|총각|처녀|장로|권사|집사님|목사|스님|주민|고객|망인|이모|삼촌|고모"
    r"|남(?=[,/)\s])|여(?=[,/)\s])"
    r"|운전자|지원자|가입자|응시자|신청인|신청자|의뢰인|피보험자|계약자|보호자|수진자|산모|임산부|어르신|세입자|임차인|임대인|입주자|직원|사원|근로자|조합원|수험생|후보|손님|승객|보행자|목격자|용의자|실종자|사망자|부상자|생존자|당첨자|참가자|청년|중년|노모|노부부|외동|조부|조모|장인|장모|시어머니|시아버지|며느리|사위|쌍둥이|룸메|친구|동료|상사|팀장|과장|대리|부장"
)
_WHEN: Final = re.compile(r"\s?때(?!까지|부터)")
_CELL: Final = re.compile(r"(?:^|[,/|(\t·]\s?|[.?!]\s|\n)만?\s?$")
_CELL_END: Final = re.compile(r"\s?(?:[,/|)\t·]|\n|$)|\s(?:한|두|세|네|[0-9])\s?명")
_CHART: Final = re.compile(
    r"(?<![A-Za-z0-9가-힣])(?:[MF남여]|[남여][성자])[ ]?/[ ]?(?P<v>[1-9][0-9]?)(?![0-9/.%]|[ ]?[:/])|(?<![0-9/.])(?P<w>[1-9][0-9]?)[ ]?/[ ]?(?:[MF](?![A-Za-z])|[남여](?![가-힣]))"
)
_NATIVE: Final = re.compile(rf"(?:{_TENS})[ ]?(?:{_ONES})\s?살")
_CHILD: Final = re.compile(r"아이|어린이|소아|유아|아동|자녀|아기|원아|형제|자매|남매")
_PROVERB: Final = re.compile(r"\s?(?:버릇|씩|먹|더\s|차이|된?\s?(?:강아지|고양이|푸들|말티|개(?![가-힣])|묘|견)|배기)")
_COMMON: Final = re.compile(r"(?:학년|기준|대상|이하|이상|평균|정년)\s?$")
_KING: Final = re.compile(
    r"(?:루이|헨리|찰스|엘리자베스|조지|제임스|에드워드|윌리엄|바오로|요한|베네딕토|재벌|교포|동포|재일|람세스|나폴레옹|바울|비오|레오|알렉산드르|빌헬름|필리프)\s?\d?\d?\s?$"
)
_FULL: Final = re.compile(r"(?<![가-힣])만\s?$")
_JSON: Final = re.compile(r"\"(?:age|나이|연령)\"\s?:\s?\"?(?P<v>[1-9][0-9]?(?:세|살)?)(?=\"?\s?[,}\n])")
_LIMIT: Final = re.compile(
    r"(?:수명|평균|기준|제한|등급|정년|이용가|관람가|수급|연금|대상(?!:)|법정|성년|미성년|선거|투표|임박|연한|경험칙)"
)
_SELF: Final = re.compile(
    r"\s?(?:입니다|이에요|예요|이고|인데|이며|의\s|이었|였|때|에\s|로\s|가\s?되|이\s?되|남|여|,|\)|이다|이라|밖에|된|먹)"
)


def find(view: View) -> Iterator[Hit]:
    """Hits of type AGE in a view."""
    taken: list[int] = []
    for m in _INSIDE.finditer(view.text) if "(" in view.text else ():
        if int(m["n"]) <= 120 and _bracketed(view.text, m):
            taken.append(m.start("v"))
            yield Hit(*m.span("v"), "AGE", 930_000, ("bracket",))
    for m in (*_LABELLED.finditer(view.text), *_YEAR_OLD.finditer(view.text), *_JSON.finditer(view.lower)):
        yield Hit(*m.span("v"), "AGE", 850_000, ("context:age",))
    for m in _CHART.finditer(view.text) if "/" in view.text else ():
        yield Hit(*m.span("v" if m["v"] else "w"), "AGE", 800_000, ("chart",))
    for m in _SINO.finditer(view.text) if "십" in view.text else ():
        if _PERSON.search(view.text, max(m.start() - 18, 0), m.start()):
            yield Hit(m.start(), m.end(), "AGE", 750_000, ("context:person", "spelled"))
    for m in _AGE.finditer(view.text):
        start, end = m.span("v")
        if start in taken or (m["n"] is not None and not 0 < int(m["n"]) <= 120):
            continue
        before = view.text[max(start - 20, 0) : start]
        if (
            before.rstrip().endswith("내지")
            or _KING.search(before)
            or (m["n"] is not None and int(m["n"]) < 4 and m[0].endswith("세") and not _FULL.search(before))
        ):
            continue
        sentence = re.split(r"[.!?\n]", before)[-1]
        after = re.split(r"[.!?\n]", view.text[end : end + 14])[0]
        if _LIMIT.search(sentence) or (_LIMIT.search(after.partition(",")[0]) and not after.startswith("라 ")):
            continue
        if _NATIVE.match(view.text, start) or (m["n"] is not None and len(m["n"]) == 2 and _WHEN.match(view.text, end)):
            yield Hit(start, end, "AGE", 800_000, ("native",))
            continue
        if (
            m["n"] is not None
            and len(m["n"]) == 2
            and m[0].endswith("살")
            and _INTRODUCED.search(before)
            and _SELF.match(view.text, end)
        ):
            yield Hit(start, end, "AGE", 750_000, ("context:person",))
            continue
        if m["n"] is None and _PROVERB.match(view.text, end):
            continue
        young = m["n"] is not None and len(m["n"]) == 1 and _CHILD.search(view.text, max(start - 30, 0), end + 20)
        if (
            m["n"] is not None
            and (len(m["n"]) == 2 or young)
            and _CELL.search(before)
            and _CELL_END.match(view.text, end)
        ):
            yield Hit(start, end, "AGE", 750_000, ("cell",))
            continue
        person = _PERSON.search(sentence) or (_PERSON.search(after) and not after.startswith("의 "))
        if not person or not (_SELF.match(view.text, end) or _PERSON.match(after.lstrip()) or _PERSON.search(sentence)):
            continue
        yield Hit(start, end, "AGE", 850_000, ("context:person",))


def _bracketed(text: str, m: re.Match[str]) -> bool:
    """홍길동(34세), 김모(34)씨, 환자(여, 45), 김철수(45)는."""
    if _COMMON.search(text, max(m.start() - 6, 0), m.start()):
        return False
    if m["sex"] or m["sex2"] or m["unit"]:
        return _NAME_BEFORE.search(text, max(m.start() - 8, 0), m.start()) is not None
    if _TITLE.match(text, m.end()):
        return _NAME_BEFORE.search(text, max(m.start() - 8, 0), m.start()) is not None
    behind = text[m.end() : m.end() + 2]
    if _ADDRESSED.search(text, max(m.start() - 6, 0), m.start()):
        return len(m["n"]) == 2
    if _KIN.search(text, max(m.start() - 8, 0), m.start()):
        return len(m["n"]) == 2
    named = _SURNAMED.search(text, max(m.start() - 6, 0), m.start()) is not None
    return named and len(m["n"]) == 2 and (behind[:1] in tuple("은는이가을를의,") or behind == " 씨")


AGE = Recognizer("age", ("AGE",), K_AGE, find)
