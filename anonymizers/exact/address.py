# ruff: noqa: E501 - patterns read better on long lines
"""ADDRESS: road and lot addresses down to 동 and 호.

Criteria
1. Anchor: a road name ending in 대로, 로 or 길 (with N번길, N길) and a building number; a lot: 동, 리 or N가 and a lot number
   (산, 번지, -); or 동 and 호 of a flat.
2. The value is stretched to the left over names of province, city, county, district, town and village, to the right over
   floor, 동, 호, a building name between them and a bracket (역삼동, 건물). Particles and postpositions stay outside.
3. Needed: an administrative name, an address label, or flat details. Without any, a road only as N번길 or N길 with number.
4. 로 as a postposition (으로 3, 바로 10), numbers with a counter, dates and sums of money are not addresses.

Score .7 to .97. Evidence: province, district, road, lot, unit, context:address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from anonymizers.exact.hit import Hit, Recognizer
from anonymizers.exact.numerals import spoken_in_figures
from anonymizers.exact.regions import regions
from anonymizers.gate import K_ADDRESS
from anonymizers.normalize import View

_R: Final = regions()
_NUMBER: Final = r"\d{1,5}(?:[ ]?-[ ]{0,2}\d{1,4}(?!-?[0-9]))?(?![0-9])(?![.,]\d)(?!\.[ ]?\d)"
_ROAD: Final = re.compile(
    rf"(?:로|길)(?:[ ]?\d{{1,4}}[가-힣]?(?:번길|길|번안길|번[가-하]길))?[ ]{{0,2}}(?P<no>(?:지하[ ]?)?{_NUMBER})(?![ ]?[가리길]|동(?![ ]?[0-9]))(?:번지|번(?![가-힣]))?"
)
_LOT: Final = re.compile(
    rf"(?P<anchor>동|리|\d가)[ ]{{0,2}}(?:(?P<hill>산)[ ]?)?(?P<no>{_NUMBER})(?!가)(?P<lot>[ ]?번지)?(?:의[ ]?\d{{1,3}})?(?P<lot2>[ ]?번지)?"
)
_UNIT_WORDS: Final = (
    r"(?:제?[ ]?[A-Za-z가-하]\d{0,4}[ ]?동[ ]?,?[ ]{0,2}(?:지하[ ]?)?\d{1,3}층(?![ ]?\d)|제?[ ]?[A-Za-z가-하]?\d{0,4}[ ]?동[ ]?[,/]?[ ]{0,2}(?:제?[ ]?(?:지하[ ]?)?\d{1,3}층[ ]{0,2})?제?[ ]?[BbA-Z지하]{0,2}\d{1,4}(?:-\d{1,3})?[ ]?호"
    r"|(?:상가|관리|본관|별관|신관|가|나|다|라)[ ]?동[ ,]{0,2}(?:제?\d{1,3}층[ ]?)?제?[BbA-Z지하]{0,2}\d{1,4}[ ]?호|(?:지층|반지하|지하|옥탑|옥탑방)[ ,]{0,2}제?[BbA-Z]{0,2}\d{1,4}[ ]?호"
    r"|(?:상가|점포|사무실)[ ]?제?[A-Z]?\d{1,4}[ ]?호|[A-Z]동(?=[ ,.]|$)"
    r"|제?[ ]?(?:지하|지상)?[ ]?[Bb]?\d{1,3}[ ]?층(?:[ ,]{0,2}제?[A-Z]?\d{1,4}[ ]?호)?|제?[A-Z]?\d{1,4}(?:-\d{1,3})?[ ]?호(?![선]))"
)
_BUILDING: Final = (
    r"[가-힣A-Za-z0-9·&]{1,16}(?:아파트|빌라|빌딩|타워|오피스텔|맨션|주택|타운|빌|캐슬|기숙사|생활관|대학교(?:[ ][가-힣A-Za-z0-9]{2,10}관)?|별관|신관|[ ]?[0-9]{1,2}호관|자이|푸르지오|래미안|힐스테이트|편한세상|더샵|아이파크|센터|하우스"
    r"|팰리스|단지|마을|플라자|상가|연립|원룸|고시원|APT|apt)(?:[ ]?\d{1,2}(?:차|단지))?"
    r"|(?!소재|에|위치|인근|부근|근처|앞|옆|뒤|외|및|지상|지하|대|위|의|임야|토지|건물|부지|등|번지|동)[가-힣A-Za-z0-9]{2,12}(?:[ ](?!소재|건물)[가-힣]{2,4})?(?=[ ](?:지하[ ]?)?[0-9]{1,2}층)"
    r"|(?!전화|연락|문의|팩스|자택|휴대|상담|접수|예약|우편|사서)[가-힣A-Za-z0-9]{2,12}(?:[ ]\d{1,2}차)?(?=[ ,]{1,2}\d{2,4}-\d{3,4}(?![\d-]))"  # 엘스 102-803
    r"|[가-힣A-Za-z0-9]{2,12}(?:[ ](?:[가-힣]{2,8}|[0-9]{1,2}(?:차|단지)))?(?=[ ,]{1,2}제?(?:[A-Za-z가-하]?\d{1,4}|[A-Z])[ ]?동[ ,]{0,2}[^ ]{0,4}\d)"
)
_BRACKET: Final = (
    r"[ ,]{0,2}\((?!우[ )편0-9])(?:[가-힣]{1,6}[0-9]{0,2}(?:동|리|가|로|읍|면)(?=[, )])[가-힣0-9A-Za-z,. ·\-]{0,30}"
    r"|[가-힣0-9A-Za-z,. ·\-]{1,28}(?:아파트|빌라|빌딩|타워|오피스텔|맨션|타운|센터|하우스|플라자|상가|[0-9]동|[0-9]호|[0-9]층))\)"
)
_DETAIL: Final = re.compile(
    rf"(?P<b1>{_BRACKET})?(?:[ ,]{{1,2}}(?P<building>{_BUILDING}))?(?:(?:[ ,]{{0,3}}|,?[ ]?[/\n][ ]?(?=[0-9]))(?P<unit>{_UNIT_WORDS}|(?<=[가-힣차A-Za-z][ ])\d{{2,4}}-\d{{3,4}}(?![\d\-,.])|(?<=아파트[ ])\d-\d{{3,4}}(?![\d\-,.])|(?<=,[ ])\d{{2,4}}-\d{{3,4}}(?=[ ]?(?:[(\n,]|$))))?(?:[ ,]{{0,2}}(?P<unit2>{_UNIT_WORDS}))?(?P<b2>{_BRACKET})?"
)
_FLAT: Final = re.compile(
    r"(?<![0-9A-Za-z가-힣])제?[A-Za-z가-하]?\d{1,4}[ ]?동[ ,]{0,2}(?:\d{1,3}층[ ]{0,2})?제?[BbA-Z]?\d{1,4}[ ]?호(?!선)"
)
_ESTATE: Final = re.compile(
    r"(?<![가-힣A-Za-z0-9])[가-힣A-Za-z0-9]{1,10}(?:뉴타운|타운|마을|단지|아파트|지구|신도시)[ ,]{1,2}$"
)
_POSTCODE: Final = re.compile(  # what stands behind an address: (06236), / 06236, 우편번호 06236
    r"(?P<marked>[ ,]{0,2}[(\[][ ]?(?:우편번호|우)?[ ):.]{0,2}|[ ]?[/|][ ]?(?:우편번호|우)?[ :]{0,2}|[ ,]{1,2}(?:우편번호|우편|우)[ :)]{0,2}|[\"'][ ]?,[ ]?[\"'])?[ ,]{0,2}(?P<v>[0-6][0-9]{4})"
    r"(?![0-9A-Za-z]|[\-.,:][0-9]|[ ]?(?:원|명|㎡|m|평|동|호|층|번지|세대|가구|대))"
)
_LABEL: Final = re.compile(
    r"주소|거주|배송|소재지|본적|주민등록지|사는\s?곳|살고|살아|살던|등록기준지|배달|택배|보내\s?주|이사|집은|집이|address|거처|숙소|송달|우편"
)
_RUN: Final = re.compile(r"[가-힣A-Za-z0-9·.]+$")
_TOKEN: Final = re.compile(r"[가-힣0-9·]+$")
_GA: Final = re.compile(r"[가-힣]{1,6}(?:로|동)?[ ]?\d가$")
_VILLAGE: Final = re.compile(r"[가-힣]{1,6}\d{0,2}(?:읍|면|동|리)|[가-힣]{1,5}(?:로|동)?\d가")
_NOT_ROAD: Final = re.compile(
    r"(?:으로|[은는이가을를의]로|바로|서로|별로|새로|따로|주로|홀로|실로|날로|위로|아래로|뒤로|절대로|그대로|이대로|마음대로|제대로|함부로|진짜로|정도로|실제로"
    r"|이로|그로|저로|도로|통로|진로|항로|활로|선로|세로|가로|기로|회로|차로|철로|미로|폐로|프로|제로|유로|킬로|헬로|스스로|때때로|외로|말로|참으로|에로|번호로"
    r"|순서로|거로|것로|호로|자로|명로|개로|원로|아폴로|멜로|솔로|홀로|콜로|별도로|속도로|온도로|각도로|한도로|정말로|대체로|수시로|임의로|차례로|고로|므로|처음으로|(?:뜻|생각|예상|계획|말|기대|순서|사실|멋|법|원칙|규정|약속|지시|예정|차례|있는|하는|되는)대로)$"
)
_COUNTER: Final = re.compile(
    r"[ ]?(?:원|명|년|월|일(?![가-힣])|시간|시(?![가-힣])|분(?![가-힣])|초(?![가-힣])|%|퍼센트|개|차로|차선|회|위(?![가-힣])|점|대(?![가-힣])|km|m(?![a-z])|미터|킬로"
    r"|세|살|만|억|천|배|승|패|골|도(?![가-힣])|주(?![가-힣])|건|항|조(?![가-힣])|장|쪽|편|가지|인(?![가-힣])|번째|단계|그램|kg|달러|호선|번(?!지|길)|등(?![가-힣])"
    r"|급|㎞|㎡|팀|곳|여|종(?![가-힣])|학년|교시|부터|이닝|라운드|분간|초간|박|평|필지|층(?=에|을|의|이|으))"
)


def find(view: View) -> Iterator[Hit]:
    """Hits of type ADDRESS in a view."""
    view = spoken_in_figures(view)
    for rule, judge in ((_ROAD, _road), (_LOT, _lot)):
        for m in rule.finditer(view.text):
            hit = judge(view, m)
            if hit:
                yield hit
                code = _POSTCODE.match(view.text, hit.end)
                if code and (code["marked"] or "province" in hit.evidence or "district" in hit.evidence):
                    yield Hit(*code.span("v"), "POSTCODE", 880_000 if code["marked"] else 750_000, ("context:address",))
    for m in _FLAT.finditer(view.text) if "동" in view.text and "호" in view.text else ():
        hit = _flat(view, m)
        if hit:
            yield hit


def _road(view: View, m: re.Match[str]) -> Hit | None:
    text = view.text
    run = _RUN.search(text, max(m.start() - 22, 0), m.start() + 1)
    if run is None:
        return None
    start, province, district = _strip(text, run.start(), m.start())
    name = text[start : m.start() + 1]
    if not 2 <= len(name) <= 15 or re.search(r"[가-힣]", name[:-1]) is None:
        return None
    start, more_province, more_district, village = _stretch(text, start)
    province, district = province or more_province, district or more_district
    detail = _DETAIL.match(text, m.end())
    unit = detail is not None and bool(detail["unit"] or detail["unit2"])
    admin = province or district
    if not unit and _COUNTER.match(text, m.end("no")):
        return None
    if name.endswith("로") and _NOT_ROAD.search(name) and not (admin and len(name) > 2 and not name.endswith("으로")):
        return None
    numbered = re.match(r"(?:로|길)[ ]?\d+[가-힣]?(?:번길|길)", m[0]) is not None
    label = _labelled(text, start, m.end())
    if (
        not admin
        and not (village and (unit or label or numbered))
        and not ((label or unit) and len(name) >= 3)
        and not numbered
    ):
        return None
    return _hit(view, start, m, detail, ("road",), province, district, unit, label)


def _lot(view: View, m: re.Match[str]) -> Hit | None:
    text = view.text
    anchor = m.end("anchor")
    run = (_GA if text[anchor - 1] == "가" else _TOKEN).search(text, max(m.start() - 20, 0), anchor)
    if run is None:
        return None
    start, province, district = _strip(text, run.start(), m.start())
    name = text[start : run.end()]
    if len(name) < 2 or not re.match(r"[가-힣]", name):
        return None
    start, more_province, more_district, village = _stretch(text, start)
    province, district = province or more_province, district or more_district
    detail = _DETAIL.match(text, m.end())
    unit = detail is not None and bool(detail["unit"] or detail["unit2"])
    lot = bool(m["lot"] or m["lot2"])
    label = _labelled(text, start, m.end())
    if not unit and not lot and _COUNTER.match(text, m.end("no")):
        return None
    if text[m.end() : m.end() + 1] in ("호", "동", "층") and not unit:
        return None
    street = re.search(r"로\d가$", name) is not None
    if (
        not (province or district)
        and not (village and lot)
        and not ((lot or unit or "-" in m["no"]) and (label or (lot and (unit or street))))
    ):
        return None
    if not (lot or "-" in m["no"] or unit or m["hill"] or label or province or village):
        return None
    if text[anchor : anchor + 1].isdigit() and not (
        lot or "-" in m["no"]
    ):  # 역삼1동2 is a typing error, 3동2층 a place
        return None
    return _hit(view, start, m, detail, ("lot",), province, district, unit, label)


def _flat(view: View, m: re.Match[str]) -> Hit | None:
    """101동 1203호 with a name of a building or village before it."""
    text = view.text
    start = m.start()
    before = re.search(rf"(?:(?P<name>{_BUILDING}|[가-힣]{{2,8}})[ ,]{{1,2}})$", text[max(start - 24, 0) : start])
    if before and before["name"]:
        if re.search(r"(?:은|는|이|가|을|를|의|에|에서|도|로|과|와)$", before["name"]) and not re.search(
            r"(?:아파트|빌라|자이|타운|마을|단지)$", before["name"]
        ):
            before = None
        else:
            start -= len(before[0])
    for _ in range(3):  # 은평뉴타운 상림마을 8단지 805동
        estate = _ESTATE.search(text, max(start - 16, 0), start)
        if estate is None:
            break
        start = estate.start()
    start, province, district, village = _stretch(text, start)
    label = _labelled(text, start, m.end())
    if not (
        province
        or district
        or village
        or label
        or (
            before
            and re.search(r"(?:아파트|빌라|오피스텔|자이|래미안|푸르지오|타운|단지|맨션|APT|apt)$", before["name"])
        )
    ):
        return None
    bracket = re.compile(_BRACKET).match(text, m.end())
    end = bracket.end() if bracket else m.end()
    evidence = [n for n, on in (("province", province), ("district", district)) if on] + ["unit"]
    return Hit(start, end, "ADDRESS", 950_000 if province or district else 850_000, tuple(evidence))


def _hit(
    view: View,
    start: int,
    m: re.Match[str],
    detail: re.Match[str] | None,
    kind: tuple[str, ...],
    province: bool,
    district: bool,
    unit: bool,
    label: bool,
) -> Hit:
    end = m.end()
    if detail is not None:
        end = detail.end()
        if detail["building"] and not unit and not detail["b2"]:
            end = (
                detail.end("building")
                if re.search(r"(?:아파트|빌라|빌딩|타워|오피스텔|맨션|센터|\d차|단지)$", detail["building"])
                else (detail.end("b1") if detail["b1"] else m.end())
            )
    while view.text[end - 1] in " ,":
        end -= 1
    flags = (("province", province), ("district", district), ("unit", unit), ("context:address", label))
    evidence = (*(name for name, on in flags if on), *kind)
    score = 960_000 if province or district else 850_000 if label or unit else 720_000
    return Hit(start, end, "ADDRESS", score, evidence)


def _labelled(text: str, start: int, end: int) -> bool:
    return _LABEL.search(text, max(start - 25, 0), start) is not None or _LABEL.search(text, end, end + 12) is not None


def _strip(text: str, start: int, stop: int) -> tuple[int, bool, bool]:
    """Moves `start` over administrative names written without a space; says which kinds were seen. Then gives them back.

    서울특별시강남구테헤란로: the whole run belongs to the value, but the road name is what is left.
    """
    province = district = False
    at = start
    for _ in range(5):
        before = at
        for names in (_R.province_names, _R.district_names):
            for length in range(min(8, stop - at - 1), 1, -1):
                if text[at + length - 1] in "시도구군" and text[at : at + length] in names:
                    province = province or names is _R.province_names
                    district = district or names is _R.district_names
                    at += length
                    break
        if at == before:
            break
    return (start if province or district else at), province, district


def _stretch(text: str, start: int) -> tuple[int, bool, bool, bool]:
    """Moves `start` to the left over administrative names: (start, province, district, village)."""
    province = district = village = False
    at = start
    for _ in range(6):
        gap = at
        while gap > 0 and at - gap < 3 and text[gap - 1] in " ,":
            gap -= 1
        if gap == at:
            break
        token = _TOKEN.search(text, max(gap - 20, 0), gap)
        if token is None:
            break
        word = token[0]
        if word in _R.province_names:
            province = True
            at = token.start()
            break
        if word in _R.district_names or _glued_names(word):
            district = True
        elif _VILLAGE.fullmatch(word) and not (district and word[-1] in "동리"):
            village = True
        elif (word[-1] in "시군구" or any(word + kind in _R.district_names for kind in "구시군")) and _admin_before(
            text, token.start()
        ):
            district = True  # also 서울 강남 테헤란로
        else:
            tail = next(
                (n for n in range(min(8, len(word)), 2, -1) if word[-n:] in _R.province_names and word[-1] in "시도"), 0
            )
            if tail:
                province = True
                at = gap - tail
            break
        at = token.start()
        if province:
            break
    if village and not (province or district):
        first = _TOKEN.search(text, 0, at + 1)
        if (
            text[at:start].rstrip(" ,").endswith("면")
            and first is not None
            and re.search(r"[하으이]면[ ,]", text[at:start])
        ):
            return start, False, False, False
    return at, province, district, village


def _glued_names(word: str) -> bool:
    """서울특별시강남구, 성남시분당구."""
    for cut in range(2, len(word) - 1):
        head, tail = word[:cut], word[cut:]
        if tail in _R.district_names and (head in _R.province_names or head in _R.district_names):
            return True
    return False


def _admin_before(text: str, at: int) -> bool:
    token = _TOKEN.search(text, max(at - 12, 0), max(at - 1, 0))
    return token is not None and token[0] in _R.province_names


ADDRESS = Recognizer("address", ("ADDRESS",), K_ADDRESS, find)
