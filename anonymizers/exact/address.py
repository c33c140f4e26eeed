# ruff: noqa: E501 - patterns read better on long lines
"""ADDRESS and POSTCODE: road and lot addresses down to 동/호, and the postcode beside them.

Criteria
1. Road: a road name ending in 대로, 로 or 길 (with N번길, N길) and a building number; lot: 동, 리 or 가 and a lot number
   (산, 번지); or an apartment or building with 동 and 호. Before it any of province, city or county, district, town.
2. Needed beside the number: an administrative name in front, an address label, or a 동/호/층 detail behind. A bare lot
   number behind a 동 needs a district before it.
3. The value runs from the first administrative name to the last detail: 지하, 층, 동, 호, a building name between them, the
   bracket (역삼동, 건물). Particles and postpositions stay outside.
4. 로 as a postposition (으로 3, 바로 10) is not a road.
5. POSTCODE: five digits or 3-3, with a label (우편번호, 우, 〒), or in brackets or bare right before a province or city.

Score .7 to .97. Evidence: province, district, road, lot, unit, context:address, context:postcode.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from anonymizers.exact.hit import Hit, Recognizer
from anonymizers.exact.labelled import matches, pattern
from anonymizers.exact.regions import regions
from anonymizers.gate import K_ADDRESS, K_SHORT
from anonymizers.normalize import View

_R: Final = regions()
_SP: Final = r"[ ,]{1,2}"
_HEAD: Final = (
    rf"(?:(?P<province>(?<![가-힣])(?:{_R.provinces}))[ ,]{{0,2}})?"
    rf"(?P<district>(?:(?:{_R.districts})[ ,]{{1,2}}){{1,3}}|(?:(?:{_R.districts})(?=[가-힣])){{1,2}})?"
    rf"(?P<town>(?:[가-힣]{{1,6}}(?:읍|면)[ ,]{{0,2}}))?"
)
_NUMBER: Final = r"\d{1,5}(?:[ ]?-[ ]?\d{1,4})?"
_ROAD: Final = (
    rf"(?P<village>[가-힣]{{1,6}}(?:동|리)\d?가?[ ]{{1,2}})?"
    rf"(?P<road>[가-힣A-Za-z0-9·.]{{1,14}}?(?:대로|로|길)(?:[ ]?\d{{1,4}}[가-힣]?(?:번길|길|번안길))?(?:[가-힣]{{1,3}}길)?)"
    rf"[ ]{{0,2}}(?P<no>(?:지하[ ]?)?{_NUMBER})(?![0-9]|[.,][0-9])(?:번지|번(?![가-힣]))?"
)
_LOT: Final = rf"(?P<village>[가-힣]{{1,6}}\d{{0,2}}(?:동|리|가)(?:\d가)?)[ ]{{1,2}}(?:(?P<hill>산)[ ]?)?(?P<no>{_NUMBER})(?![0-9]|[.,][0-9])(?P<lot>[ ]?번지)?(?:의[ ]?\d{{1,3}})?"
_UNIT: Final = (
    r"(?:제?[ ]?[A-Za-z가-하]?\d{0,4}[ ]?동[ ]?,?[ ]{0,2}(?:제?[ ]?(?:지하[ ]?)?\d{1,3}층[ ]{0,2})?제?[ ]?[BbA-Za-z지하]{0,2}\d{1,4}[ ]?호"
    r"|제?(?:지하|지상)?[ ]?[Bb]?\d{1,3}[ ]?층(?:[ ]{0,2}제?[A-Za-z]?\d{1,4}[ ]?호)?|제?[A-Za-z]?\d{1,4}[ ]?호(?![선가-힣]{2})|\d{1,4}[ ]?-[ ]?\d{1,4}(?=[ ]?호)[ ]?호)"
)
_BUILDING: Final = (
    r"[가-힣A-Za-z0-9·&]{1,16}(?:아파트|빌라|빌딩|타워|오피스텔|맨션|주택|타운|빌|캐슬|자이|푸르지오|래미안|힐스테이트|이편한세상|e편한세상|더샵|아이파크|롯데캐슬|센터|하우스|팰리스|단지|마을|플라자|상가|연립|원룸|고시원|관|점|원)"
    r"(?:[ ]?\d{1,2}(?:차|단지))?"
)
_DETAIL: Final = (
    rf"(?P<detail>(?:{_SP}?\([가-힣0-9A-Za-z,. ·\-]{{2,30}}\))?(?:{_SP}(?P<building>{_BUILDING}|[가-힣A-Za-z0-9]{{2,12}}(?=[ ,]{{1,2}}제?[A-Za-z가-하]?\d{{1,4}}[ ]?동[ ,]{{0,2}}[^ ]{{0,4}}\d)))?(?:[ ,]{{0,2}}(?P<unit>{_UNIT}))?"
    rf"(?:[ ,]{{0,2}}(?P<unit2>{_UNIT}))?(?:{_SP}?\([가-힣0-9A-Za-z,. ·\-]{{2,30}}\))?)"
)
_ROAD_RULE: Final = re.compile(_HEAD + _ROAD + _DETAIL)
_LOT_RULE: Final = re.compile(_HEAD + _LOT + _DETAIL)
_FLAT_RULE: Final = re.compile(
    _HEAD
    + rf"(?P<village>[가-힣]{{1,6}}\d{{0,2}}(?:동|리|읍|면)[ ]{{1,2}})?(?P<building>{_BUILDING})[ ,]{{1,2}}(?P<unit>{_UNIT})"
)
_LABEL: Final = re.compile(
    r"주소|거주|배송지|소재지|본적|주민등록지|사는\s?곳|살고|살아|등록기준지|배달|택배|보내\s?주|이사|집은|위치|address|거처|숙소|송달"
)
_POSTPOSITION: Final = re.compile(
    r"(?:으로|바로|서로|별로|새로|따로|주로|홀로|실로|날로|위로|아래로|뒤로|앞로|대로|절대로|그대로|이대로|마음대로|제대로|함부로|진짜로|정도로|실제로|이로|그로|저로|경로|도로|통로|진로|항로|활로|선로|수로|세로|가로|기로|회로|차로|철로|미로|폐로|프로|제로|유로|킬로|헬로|하이로|스스로|때때로|비로|외로|그야말로|말로|정말로|참으로|에로|번호로|순서로|거로|것로|미터로)$"
)
_UNIT_BEHIND: Final = re.compile(
    r"\s?(?:원|명|년|월|일(?![가-힣])|시간|시\b|분\b|초\b|%|퍼센트|개|차로|차선|회|위|점|대|km|m\b|미터|킬로|세|살|만|억|천|배|승|패|골|도\b|주\b|건|항|조\b|장|쪽|편|가지|인|번째|단계|층에|그램|kg|달러|호선|번(?!지|길)|등|급|㎞|㎡|팀|곳|차|기|여|종|학년|교시|부터|호\b|이닝|라운드|분간|초간|박|분\s?거리)"
)
_POSTCODE: Final = pattern(
    r"우편\s?번호|우\)|\(우|〒|zip\s?(?:code)?|(?<![가-힣])우(?=\s?[:)]?\s?\d{5})", r"\d{5}|\d{3}[ ]?-[ ]?\d{3}"
)
_POSTCODE_NEXT: Final = re.compile(
    rf"(?<![0-9A-Za-z\-.])[\[(]?(?P<v>\d{{5}}|\d{{3}}-\d{{3}})[\])]?[ ,]{{1,2}}(?:{_R.provinces})[ ]?(?:{_R.districts}|[가-힣]+[시군구읍면])"
)


def find(view: View) -> Iterator[Hit]:
    """Hits of type ADDRESS in a view."""
    for rule, kind in ((_ROAD_RULE, "road"), (_LOT_RULE, "lot"), (_FLAT_RULE, "unit")):
        at = 0
        while True:
            m = rule.search(view.text, at)
            if m is None:
                break
            hit = _judge(view, m, kind)
            if hit:
                yield hit
                at = m.end()
            else:
                at = m.start() + 1 if m.end() - m.start() > 40 else max(m.start() + 1, _next_word(view.text, m.start()))


def _next_word(text: str, at: int) -> int:
    space = text.find(" ", at)
    return len(text) if space < 0 else space + 1


def _judge(view: View, m: re.Match[str], kind: str) -> Hit | None:
    groups = m.groupdict()
    start, end = m.start(), m.end()
    admin = bool(groups["province"]) or bool(groups["district"])
    unit = bool(groups.get("unit")) or bool(groups.get("unit2"))
    label = (
        _LABEL.search(view.text, max(start - 25, 0), start) is not None
        or _LABEL.search(view.text, end, end + 10) is not None
    )
    evidence = [name for name in ("province", "district") if groups[name]]
    if kind == "road":
        road = groups["road"]
        if not unit and _UNIT_BEHIND.match(view.text, m.end("no")) and not groups.get("building"):
            return None
        if (
            road.endswith("로")
            and _POSTPOSITION.search(road)
            and not (admin and not road.endswith(("으로", "도로", "차로", "바로", "별로")))
        ):
            return None
        if not re.search(r"[가-힣]", road[:-1]):
            return None
        if not (admin or groups["town"] or groups["village"]) and not ((label or unit) and len(road) >= 3):
            if not re.search(r"(?:대로|로|길)[ ]?\d+[가-힣]?(?:번길|길)$", road):
                return None
        evidence.append("road")
    elif kind == "lot":
        if not unit and not groups["lot"] and _UNIT_BEHIND.match(view.text, m.end("no")):
            return None
        if not admin and not groups["town"] and not (groups["lot"] and (label or unit or "-" in groups["no"])):
            return None
        if not (
            groups["lot"]
            or "-" in groups["no"]
            or unit
            or groups["hill"]
            or label
            or groups["building"]
            or groups["province"]
            or groups["town"]
        ):
            return None
        evidence.append("lot")
    else:
        if not (admin or groups["village"] or label) and "동" not in groups["unit"]:
            return None
        if "호" not in groups["unit"]:
            return None
    if unit:
        evidence.append("unit")
    if label:
        evidence.append("context:address")
    while end > start and view.text[end - 1] in " ,":
        end -= 1
    score = 960_000 if admin else 850_000 if label or unit else 720_000
    return Hit(start, end, "ADDRESS", score, tuple(evidence))


def find_postcodes(view: View) -> Iterator[Hit]:
    """Hits of type POSTCODE in a view."""
    for start, end in matches(view, _POSTCODE):
        yield Hit(start, end, "POSTCODE", 930_000, ("context:postcode",))
    for m in _POSTCODE_NEXT.finditer(view.text):
        yield Hit(*m.span("v"), "POSTCODE", 900_000, ("context:address",))


ADDRESS = Recognizer("address", ("ADDRESS",), K_ADDRESS, find)
POSTCODE = Recognizer("postcode", ("POSTCODE",), K_SHORT | K_ADDRESS, find_postcodes)
