"""How people write the same value: separators, widths, spelled digits, hidden characters. Seeded."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from typing import Final

Notation = Callable[[random.Random, str], str]

_HANGUL: Final = "공일이삼사오육칠팔구"
_DASHES: Final = ("\u2010", "\u2011", "\u2013", "\u2014", "\u2212", "\uff0d", "\u3161", "~", "\u00b7")


def plain(rng: random.Random, value: str) -> str:
    """As made."""
    return value


def bare(rng: random.Random, value: str) -> str:
    """No separators."""
    return value.replace("-", "")


def dots(rng: random.Random, value: str) -> str:
    """Full stops."""
    return value.replace("-", ".")


def spaces(rng: random.Random, value: str) -> str:
    """Blanks."""
    return value.replace("-", " ")


def spaced_dashes(rng: random.Random, value: str) -> str:
    """Hyphens with blanks round them."""
    return value.replace("-", " - ")


def odd_dashes(rng: random.Random, value: str) -> str:
    """One of the other dashes."""
    return value.replace("-", rng.choice(_DASHES))


def wide(rng: random.Random, value: str) -> str:
    """Full-width ASCII."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in value)


def zero_width(rng: random.Random, value: str) -> str:
    """A hidden character or two inside."""
    for _ in range(rng.randint(1, 3)):
        at = rng.randint(1, len(value) - 1)
        value = value[:at] + rng.choice("\u200b\u200c\u200d\u2060\ufeff") + value[at:]
    return value


def spelled(rng: random.Random, value: str) -> str:
    """Digits as syllables, groups apart."""
    return "".join(_HANGUL[int(c)] if c.isdigit() else (" " if c == "-" else c) for c in value)


def half_spelled(rng: random.Random, value: str) -> str:
    """One group as syllables."""
    groups = value.split("-")
    at = rng.randrange(len(groups))
    groups[at] = "".join(_HANGUL[int(c)] if c.isdigit() else c for c in groups[at])
    return "-".join(groups)


def circled(rng: random.Random, value: str) -> str:
    """Circled digits."""
    return "".join("⓪①②③④⑤⑥⑦⑧⑨"[int(c)] if c.isdigit() else c for c in value)


def decomposed(rng: random.Random, value: str) -> str:
    """NFD."""
    return unicodedata.normalize("NFD", value)


COMMON: Final[tuple[Notation, ...]] = (plain, plain, plain, wide, zero_width)
NUMBER: Final[tuple[Notation, ...]] = (
    *COMMON, bare, dots, spaces, spaced_dashes, odd_dashes, odd_dashes, half_spelled, spelled, circled,
)  # fmt: skip


def hidden_email(rng: random.Random, value: str) -> str:
    """local (at) host."""
    local, host = value.split("@")
    form = rng.randrange(9)
    if form == 0:
        return f"{local}(at){host}"
    if form == 1:
        return f"{local} [at] {host}"
    if form == 2:
        return f"{local}골뱅이{host}"
    if form == 3:
        return f"{local} 골뱅이 {host}"
    if form == 4:
        return f"{local} @ {host}"
    if form == 5:
        return f"{local}@{host.replace('.', ' . ')}"
    if form == 6:
        return f"{local}(골뱅이){host}"
    if form == 7:
        return f"{local}(at){host.replace('.', '(dot)')}"
    return f"{local} at {host.replace('.', ' dot ')}"


def country(rng: random.Random, value: str) -> str:
    """+82 …"""
    return rng.choice(["+82 ", "+82-", "+82", "0082-"]) + value[1:]


def read_out(rng: random.Random, value: str) -> str:
    """공일공에 일이삼사에 …"""
    return "에 ".join("".join(_HANGUL[int(c)] for c in group) for group in value.split("-"))


def lookalike(rng: random.Random, value: str) -> str:
    """O1O-…"""
    return rng.choice(["O1O", "o1o", "0l0", "OlO"]) + value[3:]


def starred(rng: random.Random, value: str) -> str:
    """010*1234*5678 and worse."""
    return value.replace("-", rng.choice(["*", "/", "_", "★", "♡", ")", "=", "…"]))


NOTATIONS: Final[dict[str, tuple[Notation, ...]]] = {
    "RRN": NUMBER, "ALIEN_REG": NUMBER, "DRIVER_LICENCE": (*COMMON, bare, dots, spaces, odd_dashes, spelled, circled),
    "PASSPORT": (*COMMON, circled), "MOBILE": (*NUMBER, country, read_out, lookalike, starred), "PHONE": (*COMMON, dots, spaces, odd_dashes, spaced_dashes, circled),
    "EMAIL": (*COMMON, hidden_email, hidden_email), "BANK_ACCOUNT": (*COMMON, bare, spaces, odd_dashes), "CARD": (*COMMON, bare, spaces, odd_dashes, circled),
    "VEHICLE_PLATE": (*COMMON, decomposed), "ADDRESS": (plain, plain, decomposed), "BIRTH_DATE": (plain, plain, wide), "IP_ADDRESS": (plain, plain, wide),
    "MAC_ADDRESS": (plain, plain, wide), "GEO_COORDINATE": (plain,), "ACCOUNT_HANDLE": (plain, plain, wide), "CREDENTIAL": (plain,),
    "CUSTOMS_CODE": (*COMMON, circled), "STUDENT_NO": (*COMMON, circled, spelled), "EMPLOYEE_NO": COMMON, "MILITARY_NO": (*COMMON, bare, odd_dashes),
    "HEALTH_INSURANCE": COMMON, "POSTCODE": COMMON, "BUSINESS_REG": (*COMMON, bare, odd_dashes, circled), "CORPORATE_REG": (*COMMON, bare, odd_dashes),
    "AGE": (plain, plain, wide),
}  # fmt: skip
