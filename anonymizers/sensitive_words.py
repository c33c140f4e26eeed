"""The notation of data/sensitive (its README): lists of entries, each of which stands for literal words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final, cast

import yaml

from ext.words import WordScanner
from ext.words_py import BEFORE, BEHIND, CLAUSE, START

LONGEST: Final = 16  # code points of a word; spellings beyond are left out
_MARKS: Final = (":", "_:", "：", "|", "_|", "\t", '":', "=")  # what makes of a label a field


@dataclass(frozen=True, slots=True)
class Words:
    """Literal words with what each stands for."""

    words: tuple[str, ...]
    scanner: WordScanner
    lengths: tuple[int, ...]
    uses: tuple[tuple[Any, ...], ...]


def read(name: str) -> dict[str, Any]:
    """A file of data/sensitive."""
    text = (files("anonymizers") / f"data/sensitive/{name}.yaml").read_text("utf-8")
    return cast(dict[str, Any], yaml.safe_load(text))


def entries(listed: str) -> list[str]:
    """The entries of a list: at commas outside brackets."""
    return [entry for part in re.split(r",(?![^()]*\))", listed) if (entry := part.strip().replace('"', ""))]


def spelled(listed: str) -> list[str]:
    """All words of a list."""
    return [word for entry in entries(listed) for word in spellings(entry)]


def spellings(entry: str) -> list[str]:
    """The literal words of an entry, without its `^`, `^^` or `~`."""
    entry = entry.lstrip("^~").replace("_?", " ").replace(")?", "|)")
    words = [""]
    for part in re.findall(r"\([^()]*\)|\\.|[^(\\]", entry):
        if len(part) > 1 and part[0] == "(":
            choice = [spelling for text in part[1:-1].split("|") for spelling in _with_space_or_without(text)]
        else:
            choice = ["", "_"] if part == " " else [part[-1]]
        words = [word + more.replace("\\", "") for word in words for more in choice]
    return list(dict.fromkeys(plain for word in words if 2 <= len(plain := word.replace("_", " ")) <= LONGEST))


def _with_space_or_without(text: str) -> Iterator[str]:
    if " " in text:
        yield text.replace(" ", "_")
    yield text.replace(" ", "")


def started(entry: str, glued: bool = False) -> str:
    """The entry with its `^`: it begins a word unless it says otherwise (`~`), or its group does."""
    return entry.lstrip("~") if entry[0] in "~^" or glued else "^" + entry


def labels(listed: str) -> list[str]:
    """The entries of a list of labels, each with what makes it a field."""
    return [f"^{entry}{mark}" for entry in entries(listed) for mark in _MARKS]


def bounds_of(entry: str, word: str) -> int:
    """Where a word of the entry may stand (ext.words_py)."""
    bounds = (0, START, START | CLAUSE)[len(entry) - len(entry.lstrip("^"))]
    if word[0].isascii() and word[0].isalnum():
        bounds |= BEFORE
    if word[-2:].isascii() and word[-1].isalpha():
        bounds |= BEHIND
    return bounds


def words(pairs: Iterable[tuple[str, Any]]) -> Words:
    """The words of `(entry, use)` pairs in one scanner; one that a shorter beginning of it implies is left out."""
    uses: dict[str, dict[Any, None]] = {}
    bounds: dict[str, int] = {}
    for entry, use in pairs:
        for word in spellings(entry):
            uses.setdefault(word, {})[use] = None
            bounds[word] = bounds.get(word, 15) & bounds_of(entry, word)
    kept = [
        word
        for word in uses
        if not any(uses[word].keys() <= uses[shorter].keys() for shorter in beginnings(word, uses, bounds))
    ]
    return Words(
        tuple(kept),
        WordScanner(kept, [bounds[word] for word in kept]),
        tuple(map(len, kept)),
        tuple(tuple(uses[word]) for word in kept),
    )


def beginnings(word: str, known: Mapping[str, Any], bounds: Mapping[str, int]) -> Sequence[str]:
    """The known words that the word begins with, and that stand wherever it does."""
    shorter = (word[:end] for end in range(2, len(word)))
    return [text for text in shorter if text in known and bounds[text] & ~bounds[word] == 0]
