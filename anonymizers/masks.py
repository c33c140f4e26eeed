"""The masks that rewriting leaves (`[전화번호]`, `[이름#가나]`), blanked before a rewritten text is read again.

Their words are no labels of what follows and tell of nobody: `[외국인등록번호]` makes no sentence one on a foreigner.
Offsets stay: a blanked mask is as long as the mask.
"""

from __future__ import annotations

import functools
import re
from typing import Final

from anonymizers.entities import entities

PERSON: Final = entities()["PERSON"].mask
PSEUDONYM: Final = f"{PERSON[:-1]}#"


def blanked(text: str) -> str:
    """The text with the words inside of masks and pseudonyms blanked."""
    if text.count("[") == text.count(PERSON):  # nothing but names was masked: most texts
        return text.replace(PERSON, "[□□]")
    return _masks(True).sub(_blank, text)


def blanked_but_names(text: str) -> str:
    """The same; `[이름]` stays: it says that somebody stood there."""
    return _masks(False).sub(_blank, text) if "[" in text else text


def is_mask(text: str, at: int) -> bool:
    """Whether one begins at the bracket text[at]."""
    return _masks(True).match(text, at) is not None


def _blank(mask: re.Match[str]) -> str:
    return "[" + "□" * (len(mask[0]) - 2) + "]"


@functools.cache
def _masks(with_names: bool) -> re.Pattern[str]:
    masks = {entity.mask[1:-1] for entity in entities().values() if with_names or entity.mask != PERSON}
    return re.compile(rf"\[(?:{'|'.join(sorted(map(re.escape, masks)))})(?:#[a-z]+)?\]")
