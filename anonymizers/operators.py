"""Operators: what may stand in place of a personal value. Pure functions of the value, its type and the keys passed in.

| operator | what is left | data class it allows at best |
|---|---|---|
| delete, mask | nothing, or the typed mask of entities.yaml | NON_PERSONAL |
| generalise | the decade, the si-gun-gu, the year; else the mask | ANON_58-2 |
| partial_mask | a part (PIPC's display rule: given name, exchange number …) | PERSONAL |
| surrogate | a value that is documented to belong to nobody; else the mask | PERSONAL |
| pseudonym | a keyed token | PSEUDO_28-2 |

Art. 24 types take delete or mask only, Art. 23 and 24 types never a surrogate; who asks gets UnlawfulOperator.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from anonymizers.entities import entities
from anonymizers.errors import UnlawfulOperator
from anonymizers.generalise import generalise

REPLACING: Final = ("mask", "partial_mask", "generalise", "surrogate", "pseudonym")
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz"  # no digits: a token must not look like a number to a detector
_NAME_SURNAMES: Final = "김이박최정강조윤장임"
_NAME_GIVEN: Final = (
    "가온", "다솜", "누리", "한빛", "새봄", "보람", "아름", "슬기", "초롱", "하늘", "나래", "바다", "샛별", "이슬",
    "푸름", "마루", "벼리",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Keys:
    """What replacements are derived from.

    `pseudonym_key` is secret, held apart and destroyable. `scope` bounds consistency: the document's key, or, only
    where the subject is known, the subject's id (release-wide). `seen` says whether the corpus holds a value, so that
    no surrogate does; None: nobody knows, and what could be somebody's is masked.
    """

    pseudonym_key: bytes = field(default=b"", repr=False)
    scope: bytes = field(default=b"", repr=False)
    seen: Callable[[str], bool] | None = None


def replacement(value: str, entity_type: str, operator: str, keys: Keys) -> str:
    """The text that takes the place of `value`. Raises UnlawfulOperator for what no policy may ask."""
    law_class = entities()[entity_type].law_class if entity_type in entities() else "other"
    if law_class == "unique_id" and operator not in ("delete", "mask", "drop_sentence"):
        raise UnlawfulOperator(entity_type, operator, ("delete", "mask"))
    if law_class == "sensitive" and operator == "surrogate":
        raise UnlawfulOperator(entity_type, operator, ("drop_sentence", "delink", "mask"))
    if operator == "keep":
        return value
    if operator in ("delete", "drop_sentence"):
        return ""
    if operator == "partial_mask":
        return partial_mask(value, entity_type)
    if operator == "generalise":
        return generalise(value, entity_type) or mask(entity_type)
    if operator == "surrogate":
        return surrogate(value, entity_type, keys) or mask(entity_type)
    if operator == "pseudonym":
        return pseudonym(value, entity_type, keys)
    if operator in ("mask", "delink"):
        return mask(entity_type)
    raise UnlawfulOperator(entity_type, operator, ("delete", *REPLACING))


def mask(entity_type: str) -> str:
    """The typed mask, such as `[전화번호]`."""
    entity = entities().get(entity_type)
    return entity.mask if entity else "[개인정보]"


def partial_mask(value: str, entity_type: str) -> str:
    """A part stays: surname, prefix and last four digits of a phone, domain of an e-mail, two letters of the rest."""
    if entity_type == "PERSON":
        return value[0] + "".join("○" if char.isalnum() else char for char in value[1:])
    if entity_type == "EMAIL" and "@" in value:
        local, _, domain = value.partition("@")
        return local[:1] + "***@" + domain
    digits = [i for i, char in enumerate(value) if char.isdigit()]
    if entity_type in ("MOBILE", "PHONE") and len(digits) >= 8:
        hidden = set(digits[-8:-4]) if len(digits) > 8 else set(digits[:-4])
        return "".join("*" if i in hidden else char for i, char in enumerate(value))
    kept = 0
    out = []
    for char in value:
        if char.isalnum():
            kept += 1
            out.append(char if kept <= 2 and len(value) > 3 else "*")
        else:
            out.append(char)
    return "".join(out)


def pseudonym(value: str, entity_type: str, keys: Keys) -> str:
    """`[이름#kxwmpt]`: the same for the same value within `keys.scope`, unlinkable without the key."""
    if not keys.pseudonym_key:
        raise UnlawfulOperator(entity_type, "pseudonym without a key", ("mask",))
    word = _token(_digest(keys.pseudonym_key, b"pseudonym", keys.scope, entity_type, value), 6)
    return f"{mask(entity_type)[:-1]}#{word}]"


def surrogate(value: str, entity_type: str, keys: Keys) -> str | None:
    """A realistic value out of a range documented as nobody's, else None (the caller masks).

    E-mail: `.example` (RFC 2606). IP: RFC 5737, RFC 3849. MAC: 00-00-5E-00-53 (RFC 9542). Person: given names of a
    fixed list of plain nouns; people do bear them, so only where `keys.seen` can say that the corpus holds none such.
    Phones, accounts, cards, plates and registration numbers have no range in Korea documented as unassigned: masked.
    """
    if keys.seen is None and entity_type == "PERSON":
        return None
    digest = _digest(keys.pseudonym_key, b"surrogate", keys.scope, entity_type, value)
    for attempt in range(8):
        made = _surrogate(value, entity_type, hashlib.sha256(digest + bytes([attempt])).digest())
        if made is None:
            return None
        if made != value and not (keys.seen and keys.seen(made)):
            return made
    return None


def _surrogate(value: str, entity_type: str, digest: bytes) -> str | None:
    number = int.from_bytes(digest[:8], "big")
    if entity_type == "EMAIL":
        return f"{_token(digest, 8)}@mail.example"
    if entity_type == "IP_ADDRESS":
        if ":" in value:
            return f"2001:db8::{number & 0xFFFF:x}:{(number >> 16) & 0xFFFF:x}"
        return f"{('192.0.2', '198.51.100', '203.0.113')[number % 3]}.{1 + (number >> 8) % 254}"
    if entity_type == "MAC_ADDRESS":
        separator = "-" if "-" in value else ":"
        return separator.join(["00", "00", "5e", "00", "53", f"{number & 0xFF:02x}"])
    if entity_type == "PERSON":
        return _NAME_SURNAMES[number % len(_NAME_SURNAMES)] + _NAME_GIVEN[(number >> 16) % len(_NAME_GIVEN)]
    return None


def _digest(key: bytes, use: bytes, scope: bytes, entity_type: str, value: str) -> bytes:
    """HMAC over length-prefixed parts; the value as read, without spaces, hyphens and zero-width characters."""
    plain = "".join(char for char in unicodedata.normalize("NFKC", value) if char.isalnum() or char in "@.").lower()
    parts = (use, scope, entity_type.encode(), plain.encode("utf-8", "surrogatepass"))
    return hmac.new(key, b"".join(len(part).to_bytes(4, "big") + part for part in parts), hashlib.sha256).digest()


def _token(digest: bytes, length: int) -> str:
    number = int.from_bytes(digest, "big")
    letters = []
    for _ in range(length):
        number, index = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[index])
    return "".join(letters)
