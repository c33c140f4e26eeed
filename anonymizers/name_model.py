"""The person-name model: reads the lists under data/ into the tables that ext.names scans with.

- surnames.txt: syllable (or two) and weight; given_syllables.txt: syllable, weight as first, weight as second;
- given_pairs.txt: weight and common given names; not_names.txt: ordinary words that look like names, by level;
- nouns.txt: common nouns, second halves of compounds;
- name_context.yaml: titles, honorifics, cues, verbs, particles.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt
import yaml

from ext import names_rules_py as twin

_SPOKEN_SUFFIX: Final = ("이가", "이는", "이를", "이도", "이의", "이만", "이와", "이한테", "이네")  # 길동이가
_BEHIND_VOWEL: Final = (
    "라면", "라던", "라니", "라네", "라오", "라지", "라든", "라는데", "래요", "랍니다", "란다", "니까", "죠", "지요",
    "잖아", "올시다", "거든",
)  # fmt: skip
_NEEDS: Final = (  # longest first; the first letters of a tail say what sound must stand before it
    ("으로", twin.NEED_EU), ("이랑", twin.NEED_CONSONANT), ("이나", twin.NEED_CONSONANT), ("은", twin.NEED_CONSONANT),
    ("을", twin.NEED_CONSONANT), ("과", twin.NEED_CONSONANT), ("는", twin.NEED_VOWEL), ("를", twin.NEED_VOWEL),
    ("와", twin.NEED_VOWEL), ("가", twin.NEED_VOWEL), ("랑", twin.NEED_VOWEL), ("로", twin.NEED_RO),
    ("였", twin.NEED_VOWEL), ("예요", twin.NEED_VOWEL), ("며", twin.NEED_VOWEL), ("라고", twin.NEED_VOWEL),
    ("라는", twin.NEED_VOWEL), *((word, twin.NEED_CONSONANT) for word in _SPOKEN_SUFFIX),
    ("이에", twin.NEED_CONSONANT), ("이었", twin.NEED_CONSONANT),
    *((word, twin.NEED_VOWEL) for word in _BEHIND_VOWEL),
)  # fmt: skip
_COMMON: Final = 42  # weight of a common given name
_TRIPLE: Final = 50  # weight of a given name of three letters
_POLITE: Final = 15  # 과장님, beside 과장
_NO_WORD: Final = 10  # what it gains when no dictionary has it as a word


@dataclass(frozen=True, slots=True)
class NameModel:
    """Arguments of ext.names.NameScanner."""

    surname: npt.NDArray[np.int16]
    given1: npt.NDArray[np.int16]
    given2: npt.NDArray[np.int16]
    words: dict[str, int]


@functools.cache
def name_model() -> NameModel:
    """The shipped model."""
    surname, given1, given2 = (np.full(twin.SYLLABLES, twin.NONE, np.int16) for _ in range(3))
    words: dict[str, int] = {}
    raw = cast(dict[str, Any], yaml.safe_load((files("anonymizers") / "data/name_context.yaml").read_text("utf-8")))
    for word, weight in _rows("surnames.txt"):
        if len(word) == 1:
            surname[ord(word) - twin.FIRST] = int(weight)
        else:
            words["s" + word] = int(weight)
    for syllable, first, second in _rows("given_syllables.txt"):
        for table, weight in ((given1, first), (given2, second)):
            if weight != "-":
                table[ord(syllable) - twin.FIRST] = int(weight)
    for weight, *pairs in _rows("given_pairs.txt"):
        words.update(("p" + pair, int(weight)) for pair in pairs)
    parts = raw["triples"]
    words.update(("p" + head + last, _TRIPLE) for head in parts["heads"] for last in parts["lasts"] if head[1] != last)
    words.update(("p" + word, _TRIPLE) for word in parts["names"])
    for level, *entries in _rows("not_names.txt"):
        words.update(("x" + entry, int(level)) for entry in entries)
    words.update(("y" + word, 1) for row in _rows("nouns.txt") for word in row)
    for word, value in words.items():
        if word[0] == "p" and value >= _COMMON and "x" + word[1:] not in words:
            words[word] = value + _NO_WORD
    for code in range(twin.SYLLABLES):
        if surname[code] != twin.NONE:
            words["x" + chr(twin.FIRST + code) + "모"] = 3  # 김모 씨: somebody who is not named
    for code in np.flatnonzero(surname >= 0).tolist():
        for word in raw["addresses"]:
            entry = f"x{chr(twin.FIRST + code)}{word}"
            words[entry] = max(2, words.get(entry, 0))
    _add_context(words, raw)
    return NameModel(surname, given1, given2, words)


def _rows(name: str) -> list[list[str]]:
    lines = (files("anonymizers") / "data" / name).read_text(encoding="utf-8").splitlines()
    return [line.split() for line in lines if line and not line.startswith("#")]


def _add_context(words: dict[str, int], raw: Mapping[str, Any]) -> None:
    kinds = {
        "neutral": twin.PARTICLE, "person": twin.PERSON_PARTICLE, "place": twin.PLACE, "copula": twin.COPULA,
    }  # fmt: skip
    for kind, row in raw["particles"].items():
        for word in row["words"]:
            words["t" + word] = pack(kinds[kind], _need(word), row["weight"])
    words.update(("h" + word, 1) for word in raw["verbal"])
    words.update(("d" + word, 1) for word in raw["nominal"])
    words.update(("x" + stem + ending, 2) for stem in raw["stems"] for ending in raw["endings"])
    for weight, entries in raw["brackets"].items():
        for word in entries:
            words["b" + word] = max(weight, words.get("b" + word, 0))
    words.update(("k" + word, 1) for word in raw["affiliations"])
    for word in raw["vocative"]["words"]:
        need = twin.NEED_CONSONANT if word in ("아", "이야") else twin.NEED_VOWEL
        words["t" + word] = pack(twin.VOCATIVE, need, raw["vocative"]["weight"])
    titles = {
        "titles": twin.TITLE, "apart": twin.TITLE, "kin": twin.KIN, "honorifics": twin.HONORIFIC,
        "signatures": twin.SIGNATURE,
    }  # fmt: skip
    for part, kind in titles.items():
        need = twin.NEED_SPACE if part == "apart" else twin.NEED_ANY
        for weight, entries in raw[part].items():
            words.update(("t" + word, pack(kind, need, weight)) for word in entries)
            if kind == twin.TITLE:  # 배우님
                words.update(
                    ("t" + word + "님", pack(kind, twin.NEED_ANY, weight + _POLITE))
                    for word in entries
                    if len(word) > 1
                )
            words.update(("x" + word, 2) for word in entries if len(word) > 1)
    for weight, entries in raw["cues"].items():
        for word in entries:
            words["c" + word] = max(weight, words.get("c" + word, 0))
    for weight, entries in raw["labels"].items():
        words.update(("c" + word, weight + twin.LABEL_ONLY) for word in entries if "c" + word not in words)
    for weight, entries in raw["nouns"].items():
        words.update(("n" + word[:3], weight) for word in entries)
    for weight, entries in raw["verbs"].items():
        words.update(("v" + form[:3], weight) for word in entries for form in _forms(word))


def _forms(verb: str) -> tuple[str, ...]:
    """말하: 말하, 말합, 말한, 말해, 말했."""
    return tuple(verb[:-1] + end for end in "하합한해했") if len(verb) > 1 and verb[-1] in "하했" else (verb,)


def pack(kind: int, need: int, weight: int) -> int:
    """A tail's value: class, what it needs, weight."""
    return kind | need << 4 | weight << 8


def _need(word: str) -> int:
    return next((need for prefix, need in _NEEDS if word.startswith(prefix)), twin.NEED_ANY)
