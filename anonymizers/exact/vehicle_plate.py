# ruff: noqa: E501 - patterns read better on long lines
"""VEHICLE_PLATE, vehicle registration plate (차량번호), all eras.

Criteria
1. Two or three digits, one of the letters in use (enumerated, not ranged), four digits; region name and one or two digits
   before the letter (서울12가3456, old private and today's business plates). One space or hyphen may stand on each side
   of the letter; digits may be spelled or full-width.
2. Diplomatic: 외교, 영사, 준외, 준영, 국기, 협정, 대표 and 3-3 digits. Beside a word for a vehicle also military (12육3456),
   temporary (임시 1234) and the oldest plates and those of motorcycles (서울 가 1234, 경기 수원 나 5678).
3. Excluded: a court case number (98도1234 beside 판결, 선고, 사건 …), an ordinal (제12조 3456), a unit or counter behind the
   digits, a digit before them, a year as the last group.
4. With a space inside and a letter that is also a word (조, 호, 도, 로, 부 …), a vehicle label or a region is needed.

Score .7 to .97. Evidence: shape, region, context:vehicle.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from anonymizers.exact.hit import Hit, Recognizer
from anonymizers.exact.numbers import DIGIT
from anonymizers.gate import K_PLATE
from anonymizers.normalize import SPELLED, View

_LETTERS: Final = "가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주바사아자배하허호"
_WORDS: Final = "조호도로부서주다나고수오구노저어가사아하자소무두우"
_REGIONS: Final = "서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주"
_D: Final = f"[{DIGIT}]"
_PLATE: Final = re.compile(
    rf"(?P<region>(?:{_REGIONS})[ ]?)?(?<![0-9,.\-제])(?P<head>{_D}{{1,3}}(?!십)|(?<![가-힣])(?:[이삼사오육칠팔구]?백)?[이삼사오육칠팔구]?십[일이삼사오육칠팔구]?|[이삼사오육칠팔구]?백[일이삼사오육칠팔구]?)(?P<gap>[ ]?[\-·.]?[ ]?)(?P<letter>[{_LETTERS}])"
    rf"(?P<gap2>[ ]?[\-·.]?[ ]?)(?P<tail>{_D}{{4}}|{_D}(?:[ ]{_D}){{3}})(?![0-9]|[,.\-][0-9])"
)
_DIPLOMAT: Final = re.compile(r"(?<![가-힣])(?:외교|영사|준외|준영|국기|협정|대표)[ ]?\d{3}[ ]?-[ ]?\d{3}(?![0-9])")
_MILITARY: Final = re.compile(
    r"(?<![0-9가-힣])(?:\d{2}[ ]?[육해공국합][ ]?\d{4}|(?:육군|해군|공군|해병대?|국방부?|[육해공국합])[ ]?\d{2}[ ]?-?[ ]?\d{4})(?![0-9]|[\-.,][0-9])"
)
_OLDEST: Final = re.compile(
    rf"(?<![가-힣])(?P<region>{_REGIONS})[ ]?(?P<town>[가-힣]{{1,4}}[ ])?[ ]?(?P<letter>[{_LETTERS}])[ ]?(?P<tail>{_D}{{4}})(?![0-9]|[,.\-][0-9])"
)
_TEMPORARY: Final = re.compile(rf"(?<![가-힣])(?:(?:{_REGIONS})[ ]?)?임(?:시)?[ ]?\d{{4,6}}(?![0-9]|[,.\-][0-9])")
_TEMPORARY_LABEL: Final = re.compile(r"임시\s?(?:번호|운행|차량)|임판|번호판|차량|차량\s?번호|차번호")
_CAR: Final = re.compile(
    r"차량|번호판|자동차|승용차|차\s?번호|오토바이|이륜차|스쿠터|바이크|택시|버스|트럭|주차|렌트|차주|운전|화물차|견인|입차|출차|뺑소니|민간차|군부대|부대\s?출입"
)
_VEHICLE: Final = re.compile(
    r"차량|차랑\s?번호|차주|차\s?(?:좀|빼|한\s?대)|차[가를에](?![가-힣])|(?:구급|소방|경찰|순찰|수리|중고|자기|승합|화물|외제|국산|검은|흰|은)\s?색?\s?차|흰색|검은색|검정색|은색|회색|세단|카니발|쏘나타|소나타|그랜저|아반떼|모닝|스파크|코란도|티볼리|투싼|스포티지|싼타페|쏘렌토|제네시스|벤츠|테슬라|아우디|블랙박스|접촉\s?사고|신호\s?위반|과속|주정차|번호판|자동차|승용차|승합차|이륜차|버스|화물차|택시|트럭|오토바이|차\s?번호|주차|렌트|렌터카|제\s?차|차는|운전|번호\s?판|견인|세차|입차|출차|뺑소니|가해차|피해차|\"(?:car|plate|vehicle)"
)
_CASE: Final = re.compile(r"판결|선고|결정|대법원|법원|사건|헌재|참조|항소|상고|판례|심판|집행|소송")
_RULING: Final = re.compile(r"[ ]?(?:전원합의체|판결|결정|,[ ]?\d|호?[ ]?사건|\(병합)")
_RULING_BEFORE: Final = re.compile(r"(?:선고|결정|자)[ ]?$")
_UNIT: Final = re.compile(
    r"\s?(?:억|만(?![기료])|원|명(?!의)|년|개|건|호|번지|쪽|면|조|항|㎡|m|km|cm|kg|g|%|톤|회|세대|가구|평|분|초|시|일|월|여|천|백|주|대\b|배|점|위)"
)


def find(view: View) -> Iterator[Hit]:
    """Hits of type VEHICLE_PLATE in a view."""
    for m in _PLATE.finditer(view.text):
        hit = _judge(view, m)
        if hit:
            yield hit
    for m in _DIPLOMAT.finditer(view.text):
        yield Hit(m.start(), m.end(), "VEHICLE_PLATE", 850_000, ("shape", "diplomatic"))
    for rule, label, kind in (
        (_MILITARY, _CAR, "military"),
        (_OLDEST, _CAR, "region"),
        (_TEMPORARY, _TEMPORARY_LABEL, "temporary"),
    ):
        for m in rule.finditer(view.text):
            near = label.search(view.text, max(m.start() - 24, 0), m.start()) or label.search(
                view.text, m.end(), m.end() + 14
            )
            if near and not _UNIT.match(view.text, m.end()):
                yield Hit(m.start(), m.end(), "VEHICLE_PLATE", 850_000, ("shape", kind, "context:vehicle"))


def _judge(view: View, m: re.Match[str]) -> Hit | None:
    start, end = m.start(), m.end()
    spelled = sum(c in SPELLED or c in "십백" for c in m["head"] + m["tail"])
    if not m["region"] and (
        len(m["head"]) == 1 or (start and view.text[start - 1].isascii() and view.text[start - 1].isalnum())
    ):
        return None
    around = view.text[max(start - 40, 0) : end + 25]
    vehicle = _VEHICLE.search(around) is not None
    if not m["region"] and not vehicle and _CASE.search(around):
        return None
    if _UNIT.match(view.text, end) and not (
        vehicle and not re.match(r"\s?(?:억|만(?![기료])|원|명|년)", view.text[end : end + 3])
    ):
        return None
    if re.match(r"(?:19|20)\d\d", m["tail"]) and re.match(r"[ ]?(?:년|\.[ ]?\d)", view.text[end : end + 3]):
        return None
    if (not vehicle and _RULING.match(view.text, end)) or _RULING_BEFORE.search(view.text, max(start - 8, 0), start):
        return None
    if not (vehicle or m["region"]) and (any(mark in m["gap"] + m["gap2"] for mark in "·.") or " " in m["tail"]):
        return None
    spaced = " " in m["gap"] + m["gap2"]
    if spelled and not (vehicle or m["region"]):
        return None
    if not (m["region"] or vehicle):
        if spaced and m["letter"] in _WORDS:
            return None
        if re.match(r"(?:19|20)\d\d", m["tail"]) and (spaced or m["letter"] in _WORDS):
            return None
        if start and (view.text[start - 1] == "제" or view.text[start - 2 : start] in ("제 ", "총 ")):
            return None
    evidence = ["shape"]
    score = 780_000 if not spaced else 720_000
    if m["region"]:
        evidence.append("region")
        score = 950_000 if not spaced or vehicle else 850_000
    if vehicle:
        evidence.append("context:vehicle")
        score = 970_000
    return Hit(start, end, "VEHICLE_PLATE", score, tuple(evidence))


VEHICLE_PLATE = Recognizer("vehicle_plate", ("VEHICLE_PLATE",), K_PLATE, find)
