"""Made-up values of every structured type. Nobody's: dates, digits and names are drawn, checksums only where they matter."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

Make = Callable[[random.Random], str]

_AREAS: Final = (
    "02",
    "031",
    "032",
    "033",
    "041",
    "042",
    "043",
    "044",
    "051",
    "052",
    "053",
    "054",
    "055",
    "061",
    "062",
    "063",
    "064",
)
_ROADS: Final = (
    "테헤란로",
    "중앙로",
    "한강대로",
    "올림픽로",
    "가마산로",
    "동일로",
    "백제대로",
    "월드컵북로",
    "판교역로",
    "충장로",
    "해운대로",
    "송도과학로",
)
_PLACES: Final = (
    ("서울특별시", "강남구", "역삼동"), ("서울", "마포구", "합정동"), ("서울시", "종로구", "평창동"), ("부산광역시", "해운대구", "우동"),
    ("대구", "수성구", "범어동"), ("경기도", "성남시 분당구", "정자동"), ("경기", "고양시 일산동구", "장항동"), ("강원특별자치도", "춘천시", "퇴계동"),
    ("전북특별자치도", "전주시 완산구", "효자동"), ("제주특별자치도", "제주시", "노형동"), ("충청남도", "천안시 서북구", "불당동"), ("경남", "창원시 성산구", "상남동"),
    ("인천광역시", "연수구", "송도동"), ("전라남도", "여수시", "학동"), ("경상북도", "포항시 남구", "대잠동"), ("광주광역시", "북구", "용봉동"),
)  # fmt: skip
_FLATS: Final = (
    "래미안아파트",
    "푸른마을",
    "한빛빌라",
    "현대아파트",
    "센트럴자이",
    "힐스테이트",
    "행복주택",
    "가람오피스텔",
)
_WORDS: Final = ("haneul", "byeol", "minji", "jun", "sora", "dalbit", "gureum", "bada", "namu", "yuna", "taeho", "sky")
_HOSTS: Final = (
    "naver.com",
    "gmail.com",
    "hanmail.net",
    "daum.net",
    "nate.com",
    "kakao.com",
    "example.co.kr",
    "univ.ac.kr",
    "corp.kr",
    "mail.example.com",
)
_LETTERS: Final = "가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주하허호"
_BANKS: Final = (
    ("국민은행", "{6}-{2}-{6}"), ("신한은행", "110-{3}-{6}"), ("우리은행", "1002-{3}-{6}"), ("하나은행", "{3}-{6}-{5}"), ("농협", "301-{4}-{4}-{2}"),
    ("카카오뱅크", "3333-{2}-{7}"), ("기업은행", "{3}-{6}-{2}-{3}"), ("토스뱅크", "1000-{4}-{4}"), ("새마을금고", "9002-{4}-{4}-{1}"), ("부산은행", "101-{4}-{4}-{2}"),
    ("우체국", "{6}-{2}-{6}"), ("케이뱅크", "100-{3}-{6}"), ("SC제일은행", "{3}-{2}-{6}"), ("신협", "{5}-{2}-{6}"),
)  # fmt: skip


def digits(rng: random.Random, n: int) -> str:
    """n digits, the first not 0."""
    return str(rng.randint(1, 9)) + "".join(str(rng.randint(0, 9)) for _ in range(n - 1)) if n else ""


def _date(rng: random.Random, low: int, high: int) -> tuple[int, int, int]:
    return rng.randint(low, high), rng.randint(1, 12), rng.randint(1, 28)


def rrn(rng: random.Random) -> str:
    """Checksum left to chance, as since 2020-10."""
    year, month, day = _date(rng, 1935, 2022)
    return f"{year % 100:02}{month:02}{day:02}-{rng.choice('12' if year < 2000 else '34')}{rng.randint(0, 999999):06}"


def alien_reg(rng: random.Random) -> str:
    """Century digit 5 to 8."""
    year, month, day = _date(rng, 1950, 2020)
    return f"{year % 100:02}{month:02}{day:02}-{rng.choice('56' if year < 2000 else '78')}{rng.randint(0, 999999):06}"


def passport(rng: random.Random) -> str:
    """Old and new form."""
    if rng.random() < 0.5:
        return f"{rng.choice('MSR')}{digits(rng, 3)}{rng.choice('ABCDEFGH')}{digits(rng, 4)}"
    return f"{rng.choice('MSR')}{digits(rng, 8)}"


def licence(rng: random.Random) -> str:
    """AA-BB-CCCCCC-DD."""
    return f"{rng.choice([*range(11, 27), 28])}-{rng.randint(0, 99):02}-{digits(rng, 6)}-{digits(rng, 2)}"


def mobile(rng: random.Random) -> str:
    """Mostly 010."""
    if rng.random() < 0.1:
        return f"{rng.choice(['011', '016', '019'])}-{digits(rng, 3)}-{digits(rng, 4)}"
    return f"010-{digits(rng, 4)}-{rng.randint(0, 9999):04}"


def phone(rng: random.Random) -> str:
    """Landline, internet, safe number."""
    kind = rng.random()
    if kind < 0.7:
        return f"{rng.choice(_AREAS)}-{digits(rng, rng.choice([3, 4]))}-{rng.randint(0, 9999):04}"
    return (
        f"070-{digits(rng, 4)}-{digits(rng, 4)}"
        if kind < 0.85
        else f"050{rng.randint(2, 8)}-{digits(rng, rng.choice([3, 4]))}-{digits(rng, 4)}"
    )


def email(rng: random.Random) -> str:
    """local@host."""
    local = rng.choice(_WORDS) + rng.choice(["", ".", "_", "-"]) + rng.choice([*_WORDS, str(rng.randint(1, 9999))])
    return f"{local}@{rng.choice(_HOSTS)}"


def account(rng: random.Random) -> str:
    """Number in the scheme of a bank; the bank's name goes before by template."""
    return _fill(rng, rng.choice(_BANKS)[1])


def bank_and_account(rng: random.Random) -> tuple[str, str]:
    """(bank, number)."""
    bank, scheme = rng.choice(_BANKS)
    return bank, _fill(rng, scheme)


def _fill(rng: random.Random, scheme: str) -> str:
    for n in range(1, 9):
        while f"{{{n}}}" in scheme:
            scheme = scheme.replace(f"{{{n}}}", digits(rng, n), 1)
    return scheme


def card(rng: random.Random) -> str:
    """Passes Luhn."""
    body = rng.choice(["4", "5", "9", "3"]) + "".join(str(rng.randint(0, 9)) for _ in range(14))
    total = sum(int(d) if k % 2 else (int(d) * 2 - 9 if int(d) > 4 else int(d) * 2) for k, d in enumerate(body))
    whole = body + str((10 - total % 10) % 10)
    return "-".join(whole[i : i + 4] for i in range(0, 16, 4))


def plate(rng: random.Random) -> str:
    """Two or three digits, with or without region."""
    if rng.random() < 0.2:
        return f"{rng.choice(['서울', '경기', '부산', '대전'])}{rng.randint(10, 99)}{rng.choice('바사아자')}{digits(rng, 4)}"
    return f"{rng.choice([rng.randint(10, 69), rng.randint(100, 699)])}{rng.choice(_LETTERS)}{digits(rng, 4)}"


def road_address(rng: random.Random) -> str:
    """Province to flat."""
    province, district, town = rng.choice(_PLACES)
    text = f"{province} {district} {rng.choice(_ROADS)}"
    if rng.random() < 0.3:
        text += f"{rng.randint(1, 90)}{rng.choice(['길', '번길'])}"
    text += f" {rng.randint(1, 400)}" + (f"-{rng.randint(1, 30)}" if rng.random() < 0.3 else "")
    kind = rng.random()
    if kind < 0.35:
        text += f", {rng.randint(101, 120)}동 {rng.randint(101, 2504)}호"
    elif kind < 0.5:
        text += f" {rng.randint(1, 20)}층"
    elif kind < 0.65:
        text += f", {rng.randint(101, 1900)}호 ({town})"
    return text


def lot_address(rng: random.Random) -> str:
    """Province to flat, by lot."""
    province, district, town = rng.choice(_PLACES)
    text = f"{province} {district} {town} {rng.randint(1, 900)}" + (
        f"-{rng.randint(1, 60)}" if rng.random() < 0.7 else "번지"
    )
    if rng.random() < 0.5:
        text += f" {rng.choice(_FLATS)} {rng.randint(101, 120)}동 {rng.randint(101, 2504)}호"
    return text


def address(rng: random.Random) -> str:
    """Road or lot."""
    return road_address(rng) if rng.random() < 0.65 else lot_address(rng)


def birth(rng: random.Random) -> str:
    """A date in one of many forms."""
    year, month, day = _date(rng, 1940, 2015)
    short = year % 100
    return rng.choice(
        [
            f"{year}-{month:02}-{day:02}", f"{year}.{month}.{day}", f"{year}년 {month}월 {day}일", f"{short:02}년 {month}월 {day}일",
            f"{year}{month:02}{day:02}", f"{short:02}{month:02}{day:02}", f"{short:02}.{month:02}.{day:02}", f"{year}/{month:02}/{day:02}",
            f"{year}. {month}. {day}.",
        ]
    )  # fmt: skip


def ip(rng: random.Random) -> str:
    """IPv4, sometimes IPv6."""
    if rng.random() < 0.2:
        return "2001:db8:" + ":".join(f"{rng.randint(1, 65535):x}" for _ in range(6))
    return (
        f"{rng.choice([58, 112, 121, 175, 203, 211])}.{rng.randint(0, 255)}.{rng.randint(0, 255)}.{rng.randint(1, 254)}"
    )


def mac(rng: random.Random) -> str:
    """Six pairs."""
    mark = rng.choice(":-")
    return mark.join(f"{rng.randint(0, 255):02{rng.choice('xX')}}" for _ in range(6))


def coordinate(rng: random.Random) -> str:
    """Inside Korea."""
    return f"{rng.uniform(34, 38):.5f}, {rng.uniform(126.5, 129):.5f}"


def handle(rng: random.Random) -> str:
    """An account name."""
    return rng.choice(_WORDS) + rng.choice(["_", ".", ""]) + rng.choice(_WORDS) + str(rng.randint(1, 999))


def password(rng: random.Random) -> str:
    """Letters, digits and a mark."""
    return rng.choice(_WORDS).title() + str(rng.randint(10, 9999)) + rng.choice(["!", "@", "#", "!!", ""])


def customs(rng: random.Random) -> str:
    """P and twelve digits."""
    return "P" + digits(rng, 12)


def student(rng: random.Random) -> str:
    """Year and number."""
    return f"{rng.randint(2005, 2025)}{digits(rng, rng.choice([4, 5, 6]))}"


def employee(rng: random.Random) -> str:
    """With or without letters."""
    return rng.choice(["", "A", "K", "EMP-", "S"]) + digits(rng, rng.choice([5, 6, 7]))


def military(rng: random.Random) -> str:
    """YY-…"""
    return f"{rng.randint(5, 24):02}-{digits(rng, rng.choice([5, 6, 8]))}"


def health(rng: random.Random) -> str:
    """Eleven digits."""
    value = digits(rng, 11)
    return value if rng.random() < 0.6 else f"{value[0]}-{value[1:]}"


def postcode(rng: random.Random) -> str:
    """Five digits."""
    return f"{rng.randint(1000, 63644):05}"


def business(rng: random.Random) -> str:
    """With a good check digit."""
    nine = f"{rng.randint(101, 999)}{rng.randint(1, 99):02}{rng.randint(0, 9999):04}"
    total = sum(int(d) * w for d, w in zip(nine, (1, 3, 7, 1, 3, 7, 1, 3, 5), strict=True)) + int(nine[8]) * 5 // 10
    return f"{nine[:3]}-{nine[3:5]}-{nine[5:]}{(10 - total % 10) % 10}"


def corporate(rng: random.Random) -> str:
    """With a good check digit."""
    twelve = rng.choice(["110111", "131111", "180111", "160111"]) + f"{rng.randint(0, 899999):06}"
    total = sum(int(d) * (1 + k % 2) for k, d in enumerate(twelve))
    return f"{twelve[:6]}-{twelve[6:]}{(10 - total % 10) % 10}"


def age(rng: random.Random) -> str:
    """Digits with 세 or 살."""
    return f"{rng.randint(5, 95)}{rng.choice(['세', '살', '세'])}"


MAKERS: Final[dict[str, Make]] = {
    "RRN": rrn, "ALIEN_REG": alien_reg, "PASSPORT": passport, "DRIVER_LICENCE": licence, "MOBILE": mobile, "PHONE": phone, "EMAIL": email,
    "BANK_ACCOUNT": account, "CARD": card, "VEHICLE_PLATE": plate, "ADDRESS": address, "BIRTH_DATE": birth, "IP_ADDRESS": ip, "MAC_ADDRESS": mac,
    "GEO_COORDINATE": coordinate, "ACCOUNT_HANDLE": handle, "CREDENTIAL": password, "CUSTOMS_CODE": customs, "STUDENT_NO": student,
    "EMPLOYEE_NO": employee, "MILITARY_NO": military, "HEALTH_INSURANCE": health, "POSTCODE": postcode, "BUSINESS_REG": business,
    "CORPORATE_REG": corporate, "AGE": age,
}  # fmt: skip
