"""Operators: what may stand in place of a personal value. Pure functions of the value, its type, the document and the
keys passed in. What each allows a release to claim at best is governance/data_class.py's.

| operator | what is left |
|---|---|
| delete, mask | nothing, or the typed mask of entities.yaml |
| generalise | the decade, the si-gun-gu, the year; else the mask |
| partial_mask | a part (PIPC's display rule: given name, exchange number …) |
| surrogate | a value that is documented to belong to nobody; else the mask |
| pseudonym | a keyed token |

Art. 24 types take delete or mask only, Art. 23 and 24 types never a surrogate; who asks gets UnlawfulOperator.
"""

from __future__ import annotations

import functools
import unicodedata
from typing import Final

from anonymizers.asides import alike
from anonymizers.entities import entities
from anonymizers.errors import UnlawfulOperator
from anonymizers.generalise import generalise
from anonymizers.sounds import NO_INVISIBLE
from anonymizers.surrogates import Keys, digest, made_for, plain, reserved, token

REPLACING: Final = ("mask", "partial_mask", "generalise", "surrogate", "pseudonym")
WHOLE_VALUE: Final = frozenset({"generalise", "partial_mask", "surrogate", "pseudonym"})
"""Operators that read the value: what they are given has to be one value, whole."""


class Replacer:
    """Replacements in one document: the same for the same value; surrogates are no value of it and no two alike."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._made: dict[tuple[str, str, str, bytes], str] = {}
        self._surrogates: set[str] = set()
        self._held: frozenset[str] | None = None

    def replacement(self, value: str, entity_type: str, operator: str, keys: Keys = Keys()) -> str:
        """The text that takes the place of `value`. Raises UnlawfulOperator for what no policy may ask."""
        check_lawful(entity_type, operator)
        if operator in ("mask", "delink"):
            return mask(entity_type)
        if operator in ("delete", "drop_sentence"):
            return ""
        if operator == "keep":
            return value
        if operator == "partial_mask":
            return partial_mask(value, entity_type)
        if operator == "generalise":
            return generalise(value, entity_type) or mask(entity_type)
        if operator not in ("pseudonym", "surrogate"):
            raise UnlawfulOperator(entity_type, operator, ("delete", *REPLACING))
        place = (operator, entity_type, plain(value, entity_type), keys.scope)
        made = self._made.get(place)
        if made is None:
            make = pseudonym if operator == "pseudonym" else self._surrogate
            made = self._made[place] = make(value, entity_type, keys)
        return made

    def _surrogate(self, value: str, entity_type: str, keys: Keys) -> str:
        held = self._held = reserved([self._text]) if self._held is None else self._held
        made = made_for(value, entity_type, keys, lambda one: one in self._surrogates or one in held)
        if made is None:
            return mask(entity_type)
        self._surrogates.add(made)
        return made


def replacement(value: str, entity_type: str, operator: str, keys: Keys = Keys()) -> str:
    """What Replacer makes of a value that is a document of its own."""
    return Replacer(value).replacement(value, entity_type, operator, keys)


@functools.cache
def check_lawful(entity_type: str, operator: str) -> None:
    """Raises UnlawfulOperator where the law (PIPA 23, 24, 24-2) leaves the type no such operator."""
    law_class = entities()[entity_type].law_class if entity_type in entities() else "other"
    if law_class == "unique_id" and operator not in ("delete", "mask", "drop_sentence"):
        raise UnlawfulOperator(entity_type, operator, ("delete", "mask"))
    if law_class == "sensitive" and operator == "surrogate":
        raise UnlawfulOperator(entity_type, operator, ("drop_sentence", "delink", "mask"))


@functools.cache
def mask(entity_type: str) -> str:
    """The typed mask, such as `[전화번호]`."""
    entity = entities().get(entity_type)
    return entity.mask if entity else "[개인정보]"


def partial_mask(value: str, entity_type: str) -> str:
    """A part stays: surname, prefix and last four digits of a phone, domain of an e-mail, two letters of the rest.

    Letters are syllables whatever form the text is in (NFD); zero-width characters go.
    """
    return alike(_partial(unicodedata.normalize("NFC", value).translate(NO_INVISIBLE), entity_type), value)


def _partial(value: str, entity_type: str) -> str:
    if entity_type == "PERSON":
        return value[:1] + "".join("○" if char.isalnum() else char for char in value[1:])
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
    return f"{mask(entity_type)[:-1]}#{token(digest(keys, b'pseudonym', entity_type, value), 6)}]"


def surrogate(value: str, entity_type: str, keys: Keys) -> str | None:
    """A realistic value out of a range documented as nobody's, else None (surrogates.made_for)."""
    return made_for(value, entity_type, keys, lambda one: one == value)
