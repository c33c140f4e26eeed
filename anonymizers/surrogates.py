"""Surrogates: realistic values that are documented to belong to nobody, keyed, no value of the texts at hand.

- E-mail: `.example` (RFC 2606). IP: RFC 5737, RFC 3849. MAC: 00-00-5E-00-53 (RFC 9542).
- Person: given names of a fixed list of plain nouns; people do bear them, so only where `Keys.seen` can say that the
  corpus holds none such. The anonymize stage can't (ADR 45), and masks.
- Phones, accounts, cards, plates and registration numbers have no range in Korea documented as unassigned: masked.
- A range that has no value left which the document and the batch do not hold is masked too (256 MAC addresses).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable, Iterable, Set
from typing import Final, NamedTuple

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz"  # no digits: a token must not look like a number to a detector
_NAME_SURNAMES: Final = "김이박최정강조윤장임"
_NAME_GIVEN: Final = (
    "가온", "다솜", "누리", "한빛", "새봄", "보람", "아름", "슬기", "초롱", "하늘", "나래", "바다", "샛별", "이슬",
    "푸름", "마루", "벼리",
)  # fmt: skip
_RESERVED: Final = re.compile(
    r"[a-z]{8}@mail\.example|(?:192\.0\.2|198\.51\.100|203\.0\.113)\.\d{1,3}|2001:db8::[0-9a-f:]{1,20}"
    rf"|(?:00[:-]){{2}}5e[:-]00[:-]53[:-][0-9a-f]{{2}}|[{_NAME_SURNAMES}](?:{'|'.join(_NAME_GIVEN)})",
    re.IGNORECASE,
)
_ATTEMPTS: Final = 64
_EXACT: Final = frozenset({"EMAIL", "IP_ADDRESS", "ACCOUNT_HANDLE", "CREDENTIAL"})
"""Types in which a mark tells two values apart (a-b@… and ab@…)."""


class Keys(NamedTuple):
    """What replacements are derived from.

    `pseudonym_key` is secret, held apart and destroyable. `scope` bounds consistency: the document's key, or, only
    where the subject is known, the subject's id (release-wide). `seen` says whether the corpus holds a value, so that
    no surrogate does; None: nobody knows, and what could be somebody's is masked. `batch`: what texts that lie beside
    this one hold of such values (`reserved`).
    """

    pseudonym_key: bytes = b""
    scope: bytes = b""
    seen: Callable[[str], bool] | None = None
    batch: Set[str] = frozenset()

    def __repr__(self) -> str:
        return "Keys()"


def made_for(value: str, entity_type: str, keys: Keys, taken: Callable[[str], bool]) -> str | None:
    """The surrogate of `value`; None: mask. `taken` says what the document holds or uses already."""
    if keys.seen is None and entity_type == "PERSON":
        return None
    start = digest(keys, b"surrogate", entity_type, value)
    for attempt in range(_ATTEMPTS):
        made = _made(value, entity_type, hashlib.sha256(start + bytes([attempt])).digest())
        if made is None:
            return None
        if made == value or made in keys.batch or taken(made) or (keys.seen and keys.seen(made)):
            continue
        return made
    return None


def reserved(texts: Iterable[str]) -> frozenset[str]:
    """The values in `texts` that might have been surrogates, as surrogates are written: one look at each text."""
    return frozenset(found.casefold().replace("-", ":") for text in texts for found in _RESERVED.findall(text))


def _made(value: str, entity_type: str, draw: bytes) -> str | None:
    number = int.from_bytes(draw[:8], "big")
    if entity_type == "EMAIL":
        return f"{token(draw, 8)}@mail.example"
    if entity_type == "IP_ADDRESS":
        if ":" in value:
            return f"2001:db8::{number & 0xFFFF:x}:{(number >> 16) & 0xFFFF:x}"
        return f"{('192.0.2', '198.51.100', '203.0.113')[number % 3]}.{1 + (number >> 8) % 254}"
    if entity_type == "MAC_ADDRESS":
        return ":".join(["00", "00", "5e", "00", "53", f"{number & 0xFF:02x}"])
    if entity_type == "PERSON":
        return _NAME_SURNAMES[number % len(_NAME_SURNAMES)] + _NAME_GIVEN[(number >> 16) % len(_NAME_GIVEN)]
    return None


def digest(keys: Keys, use: bytes, entity_type: str, value: str) -> bytes:
    """HMAC of a value as read, within the scope."""
    parts = (use, keys.scope, entity_type.encode(), plain(value, entity_type).encode("utf-8", "surrogatepass"))
    return keyed(keys.pseudonym_key, parts)


def keyed(key: bytes, parts: Iterable[bytes]) -> bytes:
    """HMAC-SHA256 over length-prefixed parts."""
    message = b"".join([len(part).to_bytes(4, "big") + part for part in parts])
    return hmac.digest(key, message, "sha256")


def plain(value: str, entity_type: str) -> str:
    """A value as read, in one form and case, without spaces and zero-width characters; without hyphens and the like
    too, where they are a matter of writing (a number, a name)."""
    if value.isalnum() and unicodedata.is_normalized("NFKC", value):
        return value.lower()
    read = unicodedata.normalize("NFKC", value)
    if entity_type in _EXACT:
        return "".join(c for c in read if not c.isspace() and unicodedata.category(c) != "Cf").lower().lstrip("@")
    return "".join(c for c in read if c.isalnum()).lower()


def token(draw: bytes, length: int) -> str:
    """Letters out of random bytes."""
    number = int.from_bytes(draw[:8], "big")  # 23^13 fit in
    letters = []
    for _ in range(length):
        number, index = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[index])
    return "".join(letters)
