"""Fictional identifiers: right in form, so that a detector must find them, and assigned to nobody.

RRN                 Digits 8-9 were the region code (00-96) of every number issued before 2020-10-05. Ours are 97-99,
                    so none was issued then. The random scheme since is for newborns and for people who change theirs;
                    ours were "born" in 1900-1909 (sex digit 1, 2) or 1890-1899 (9, 0), at least 110 years old by
                    then. The date exists and the old check digit is right: nothing gives them away to a detector.
ALIEN_REG           Dates of 1900-1909 (sex digit 5, 6), the same 97-99, and the check digit of the old formula.
PASSPORT            Serial block 000 of the 2021 form (`M000A0001`) and of the old one (`M00001234`).
DRIVER_LICENCE      Region 28 (an office opened in 2016) or 26 (a city since 1997) with an issue year of 40-89.
MOBILE              010-0XXX and 010-1XXX: the numbers of 010 subscribers start at 2.
PHONE               Exchanges 1XX: special numbers live there, subscribers do not.
BUSINESS_REG        Office codes 990-999 are not in use; the check digit is right.
CORPORATE_REG       Registry code 99XX does not exist; the check digit is right.
CARD                4000 00 and 5555 55, ranges that networks and processors give out for tests; Luhn is right.
BANK_ACCOUNT        Branch or product digits all zero (`110-000-...`).
EMAIL, IP, MAC      RFC 2606 (example.com), 5737 and 3849 (192.0.2.0/24, 2001:db8::/32), 7042 (00:00:5E:00:53:XX).
ADDRESS             A real province and city, a road that does not exist (`담장로`).
POSTCODE            63700-63999: above the last code in use (63644).
VEHICLE_PLATE       Serials 0000-0099: plates start at 0100.
GEO_COORDINATE      Open water in the East Sea.
CUSTOMS_CODE        Issue years 00-08: the code began in 2011.
HEALTH_INSURANCE, MILITARY_NO, STUDENT_NO, EMPLOYEE_NO   A first digit or a serial block of zeros that is not given out.
ACCOUNT_HANDLE, CREDENTIAL                               Word and number with `dj`, made here.

What is said of BANK_ACCOUNT, BUSINESS_REG, CORPORATE_REG, HEALTH_INSURANCE and MILITARY_NO rests on common
knowledge, not on a published list of unused blocks. Values are drawn at random inside these spaces and never looked up.
"""

from __future__ import annotations

from collections.abc import Callable

from damjang.demo.dice import Dice
from damjang.demo.lexicon import places
from damjang.demo.lexicon.people import ROMAN, person

_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
PLATE_LETTERS = "가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주"


def _weighted(digits: str) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True))


def _old_person(dice: Dice) -> tuple[str, bool]:
    """YYMMDD of someone born 1890-1909, and whether that was before 1900."""
    year = dice.between(1890, 1909)
    return f"{year % 100:02d}{dice.between(1, 12):02d}{dice.between(1, 28):02d}", year < 1900


def rrn(dice: Dice) -> str:
    """주민등록번호 with a right check digit."""
    born, before_1900 = _old_person(dice)
    sex = dice.pick("90") if before_1900 else dice.pick("12")
    head = f"{born}{sex}{dice.between(97, 99)}{dice.digits(3)}"
    return f"{born}-{head[6:]}{(11 - _weighted(head) % 11) % 10}"


def alien_registration(dice: Dice) -> str:
    """외국인등록번호; born 1900-1909, because the sex digits 5 and 6 say so."""
    born = f"{dice.between(0, 9):02d}{dice.between(1, 12):02d}{dice.between(1, 28):02d}"
    head = f"{born}{dice.pick('56')}{dice.between(97, 99)}{dice.digits(3)}"
    return f"{born}-{head[6:]}{(13 - _weighted(head) % 11) % 10}"


def passport(dice: Dice) -> str:
    """여권번호, the 2021 form more often than the old one."""
    if dice.chance(0.7):
        return f"{dice.pick('MS')}000{dice.pick('ABCDEFGHJKLMNP')}{dice.digits(4)}"
    return f"{dice.pick('MS')}0000{dice.digits(4)}"


def driver_licence(dice: Dice) -> str:
    """운전면허번호."""
    return f"{dice.pick(('26', '28'))}-{dice.between(40, 89)}-{dice.digits(6)}-{dice.digits(2)}"


def mobile(dice: Dice) -> str:
    """휴대전화번호: hyphens mostly, also dots, spaces or none, and the international form."""
    middle, last = dice.pick("01") + dice.digits(3), dice.digits(4)
    style = dice.below(20)
    if style < 14:
        return f"010-{middle}-{last}"
    if style < 16:
        return f"010{middle}{last}"
    if style < 18:
        return f"010.{middle}.{last}"
    return f"010 {middle} {last}" if style < 19 else f"+82-10-{middle}-{last}"


def phone(dice: Dice) -> str:
    """A landline number."""
    area = dice.pick(
        ("02", "031", "032", "033", "041", "042", "043", "051", "052", "053", "054", "055", "061", "062", "063", "064")
    )
    return f"{area}-1{dice.digits(2)}-{dice.digits(4)}"


def email(dice: Dice) -> str:
    """An address in a reserved domain."""
    name = dice.pick(ROMAN) + dice.pick(("", ".", "_", "-")) + dice.pick((*ROMAN, dice.digits(2), dice.digits(4)))
    return (
        f"{name}@{dice.pick(('example.com', 'example.org', 'example.net', 'mail.example.com', 'damjang.example.org'))}"
    )


def card(dice: Dice) -> str:
    """A card number with a right Luhn digit."""
    head = dice.pick(("400000", "555555")) + dice.digits(9)
    total = sum(int(d) if i % 2 else sum(divmod(2 * int(d), 10)) for i, d in enumerate(head))
    number = f"{head}{-total % 10}"
    return dice.pick(("-", "-", " ")).join(number[i : i + 4] for i in range(0, 16, 4))


def bank_account(dice: Dice) -> str:
    """The number only; the bank stands before it in the sentence."""
    form = dice.below(4)
    if form == 0:
        return f"110-000-{dice.digits(6)}"
    if form == 1:
        return f"000{dice.digits(3)}-04-{dice.digits(6)}"
    return f"3333-00-{dice.digits(7)}" if form == 2 else f"1002-000-{dice.digits(6)}"


def business_registration(dice: Dice) -> str:
    """사업자등록번호 with a right check digit."""
    head = f"99{dice.digits(1)}{dice.between(1, 79):02d}{dice.digits(4)}"
    total = sum(int(digit) * weight for digit, weight in zip(head, (1, 3, 7, 1, 3, 7, 1, 3, 5), strict=True))
    total += int(head[8]) * 5 // 10
    return f"{head[:3]}-{head[3:5]}-{head[5:]}{-total % 10}"


def corporate_registration(dice: Dice) -> str:
    """법인등록번호 with a right check digit."""
    head = f"99{dice.digits(2)}11{dice.digits(6)}"
    total = sum(int(digit) * (1 + index % 2) for index, digit in enumerate(head))
    return f"{head[:6]}-{head[6:]}{-total % 10}"


def address(dice: Dice) -> str:
    """A road-name address, often with a flat."""
    province, city = dice.pick(places.REGIONS)
    road = f"{province} {city} {dice.pick(places.ROADS)} "
    road += f"{dice.between(3, 320)}번길 {dice.between(1, 99)}" if dice.chance(0.4) else str(dice.between(1, 480))
    if dice.chance(0.5):
        road += f", {dice.between(101, 118)}동 {dice.between(1, 24)}0{dice.between(1, 6)}호"
        if dice.chance(0.4):
            road += f"({dice.pick(places.COMPLEXES)})"
    return road


def postcode(dice: Dice) -> str:
    """우편번호."""
    return str(dice.between(63700, 63999))


def plate(dice: Dice) -> str:
    """차량번호 of a private car."""
    kind = dice.between(11, 69) if dice.chance(0.4) else dice.between(110, 690)
    return f"{kind}{dice.pick(PLATE_LETTERS)}{dice.pick((' ', ''))}00{dice.digits(2)}"


def ip_address(dice: Dice) -> str:
    """IPv4 mostly, from the documentation ranges."""
    if dice.chance(0.15):
        return f"2001:db8::{dice.between(1, 4095):x}:{dice.between(1, 65535):x}"
    return f"{dice.pick(('192.0.2', '198.51.100', '203.0.113'))}.{dice.between(1, 254)}"


def mac_address(dice: Dice) -> str:
    """From the documentation block."""
    return f"00:00:5E:00:53:{dice.between(0, 255):02X}"


def coordinate(dice: Dice) -> str:
    """Latitude and longitude in open water."""
    return f"37.{dice.digits(4)}, 130.{dice.between(0, 5)}{dice.digits(3)}"


def handle(dice: Dice) -> str:
    """An account name."""
    return f"{dice.pick(ROMAN)}_dj{dice.digits(2)}"


def at_handle(dice: Dice) -> str:
    """An account name with its @."""
    return "@" + handle(dice)


def credential(dice: Dice) -> str:
    """A password."""
    return f"{dice.pick(ROMAN).capitalize()}{dice.pick('!#%*')}{dice.digits(4)}dj"


def birth_date(dice: Dice) -> str:
    """생년월일 in one of five ways of writing it."""
    year, month, day = dice.between(1948, 2006), dice.between(1, 12), dice.between(1, 28)
    form = dice.below(5)
    if form == 0:
        return f"{year}년 {month}월 {day}일"
    if form == 1:
        return f"{year}-{month:02d}-{day:02d}"
    if form == 2:
        return f"{year}. {month}. {day}."
    return f"{year}.{month:02d}.{day:02d}" if form == 3 else f"{year % 100:02d}년 {month}월 {day}일"


def age(dice: Dice) -> str:
    """나이 of a grown-up, in digits."""
    return f"{dice.between(19, 84)}{dice.pick(('세', '세', '살'))}"


GENERATORS: dict[str, Callable[[Dice], str]] = {
    "RRN": rrn, "ALIEN_REG": alien_registration, "PASSPORT": passport, "DRIVER_LICENCE": driver_licence,
    "BANK_ACCOUNT": bank_account, "CARD": card, "CREDENTIAL": credential, "MOBILE": mobile, "PHONE": phone,
    "EMAIL": email, "ADDRESS": address, "POSTCODE": postcode, "PERSON": person, "BIRTH_DATE": birth_date, "AGE": age,
    "VEHICLE_PLATE": plate, "IP_ADDRESS": ip_address, "MAC_ADDRESS": mac_address, "GEO_COORDINATE": coordinate,
    "ACCOUNT_HANDLE": handle,
    "CUSTOMS_CODE": lambda dice: f"P0{dice.between(0, 8)}9{dice.digits(9)}",
    "HEALTH_INSURANCE": lambda dice: f"90{dice.digits(9)}",
    "MILITARY_NO": lambda dice: f"{dice.between(10, 24)}-0000{dice.digits(4)}",
    "STUDENT_NO": lambda dice: f"20{dice.between(10, 25)}00{dice.digits(4)}",
    "EMPLOYEE_NO": lambda dice: f"DJ{dice.digits(5)}",
    "BUSINESS_REG": business_registration, "CORPORATE_REG": corporate_registration,
}  # fmt: skip
"""A fictional value for each label of schemas/entities.yaml that is not a sentence about Art. 23."""

UNIQUE_IDS = ("RRN", "ALIEN_REG", "PASSPORT", "DRIVER_LICENCE")
"""Art. 24: ingest deletes these in memory, so they come last in a document and shift no other span."""
