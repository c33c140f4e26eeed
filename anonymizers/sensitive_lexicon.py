"""The lists of data/sensitive, compiled: what a sentence must hold, what must stand near it, and whom it may be about.

`terms` are topics of a group, personal words, and labels of forms; `gate` finds those that stand near a bond of their
group in one pass of ext.words, and leaves the rest; `around` says what kinds of people stand in a stretch of text, and
what makes it nobody's.
"""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from anonymizers import sensitive_words
from anonymizers.sensitive_patterns import MARKS, SURNAMES
from anonymizers.sensitive_words import Words, beginnings, bounds_of, entries, labels, spelled, spellings, started
from ext.words import WordScanner
from ext.words_py import EVERY, START
from schemas.errors import ConfigError

PERSONAL: Final = -1  # in the place of a group's number: says of itself that somebody has it
LABEL: Final = -2  # the name of a field: `종교:`
FACT: Final = 32  # a group's bit of facts stands this far above its bit of bonds
PERSON: Final = 1 << 63  # the bit of words for people, a weak bond of the surest topics,
MASKED: Final = 1 << 62  # and of masked names, which let a topic through in a judgment
_GROUPS: Final = 30  # below MASKED with their facts
_FAR: Final = 24  # code points between a topic and its bond, either side
_CLOSE: Final = 4  # the same for words of being and having, behind the topic only
_WINDOW: Final = 80  # code points that hold a term and all its bonds
_TYPES: Final = ("health", "creed", "union", "sex_life", "criminal_record", "biometric", "ethnicity")
_PEOPLE: Final = ("first", "kin", "third", "office", "role", "titled", "mine")
_BONDS: Final = ("first", "kin", "third", "titled", "mine")  # people that are a weak bond
_CUT: Final = ("kin", "third", "office")  # people that de-linking takes out
_LIMITS: Final = ("general", "vague", "thing", "job", "said")

Hit = tuple[int, int, int]  # start, number of the term, bits of the bonds near
Array = npt.NDArray[np.uint64]


class Use(NamedTuple):
    """What a term stands for: a type, and the number of its group, PERSONAL or LABEL."""

    type: str
    group: int


@dataclass(frozen=True, slots=True)
class Gate:
    """The terms and their bonds, with their bits a group."""

    terms: WordScanner
    topics: Array
    asks: tuple[int, ...]  # the same, to be read one by one
    bonds: WordScanner
    given: Array
    close: Array
    masks: WordScanner  # 김○, 이O …: the only bonds that are looked for in judgments
    masked: Array

    def hits(self, texts: Sequence[str]) -> list[tuple[int, list[Hit]]]:
        """`[(number of the text, its terms with the bits of bonds near)]`: those near one, or that need none."""
        return self.terms.near_all(texts, self.topics, self.bonds, self.given, self.close, _FAR, _CLOSE)

    def hits_of_judgments(self, texts: Sequence[str]) -> list[tuple[int, list[Hit]]]:
        """The same of judgments, where it leaves what worth_in_judgments would: their bonds are not looked for."""
        return self.terms.near_all(texts, self.topics, self.masks, self.masked, self.masked, _FAR, _CLOSE)

    def worth_in_judgments(self, text: str, hits: Sequence[Hit]) -> list[Hit]:
        """Of the hits in a judgment the personal ones and those near a masked name, these with all their bits."""
        found = []
        for at, number, bits in hits:
            if bits & MASKED:
                floor = max(0, at - _WINDOW)
                near = self.hits([text[floor : at + _WINDOW]])
                found.append((at, number, next((b for a, n, b in near[0][1] if (a, n) == (at - floor, number)), bits)))
            elif self.asks[number] == EVERY:
                found.append((at, number, bits))
        return found


@dataclass(frozen=True, slots=True)
class Lexicon:
    """data/sensitive, compiled. `theme` and `actor` match right behind a topic, `cut` finds what de-linking cuts."""

    terms: Words
    gate: Gate
    around: WordScanner
    kinds: Array  # by word of `around`, bits of its kinds
    bit: Mapping[str, int]
    court: WordScanner
    places: frozenset[int]  # groups of wards and prisons: who works there is no patient and no prisoner
    shy: frozenset[int]  # groups whose topics are gossip and plots: somebody must stand in the sentence
    theme: re.Pattern[str]
    actor: re.Pattern[str]
    cut: re.Pattern[str]

    def kinds_in(self, text: str, start: int, end: int) -> int:
        """The bits of the kinds of words that stand in text[start:end]."""
        return self.around.union(text, start, end, self.kinds)


@dataclass(slots=True)
class _Bonds:
    """Bits by word: `given` near a topic, `close` right behind one. Words of people count where they begin one only."""

    given: dict[str, int] = field(default_factory=dict)
    close: dict[str, int] = field(default_factory=dict)
    bounds: dict[str, int] = field(default_factory=dict)

    def add(self, where: dict[str, int], entry: str, bit: int, started: bool = False) -> None:
        for word in spellings(entry):
            where[word] = where.get(word, 0) | bit
            self.bounds[word] = bounds_of(entry if started else "", word)


@functools.cache
def lexicon() -> Lexicon:
    """The shipped lexicon."""
    people, limits = sensitive_words.read("people"), sensitive_words.read("limits")
    shared = sensitive_words.read("sets")
    terms: list[tuple[str, Use]] = []
    asks: list[int] = []  # by group, the bits that a topic of it asks for
    places: set[int] = set()
    shy: set[int] = set()
    bonds = _Bonds()
    for mask in _masks():
        bonds.add(bonds.given, mask, PERSON | MASKED, started=True)
    for kind in _BONDS:
        for entry in entries(people[kind]):
            bonds.add(bonds.given, entry, PERSON, started=True)
    for name in _TYPES:
        raw = sensitive_words.read(name)
        sort = str(raw["type"])
        terms += [(started(entry), Use(sort, PERSONAL)) for entry in entries(raw.get("personal", ""))]
        terms += [(entry, Use(sort, LABEL)) for entry in labels(raw.get("label", ""))]
        for group in raw["groups"].values():
            number = len(asks)
            asks.append((1 | 1 << FACT) << number | MASKED | (PERSON if group.get("person") else 0))
            places |= {number} if group.get("place") else set()
            shy |= {number} if group.get("shy") else set()
            terms += [(started(e, group.get("glued", False)), Use(sort, number)) for e in entries(group["topic"])]
            _add_bonds(bonds, group, number, shared | raw.get("sets", {}))
    if len(asks) > _GROUPS:
        raise ConfigError(f"data/sensitive has {len(asks)} groups", f"merge some: a word has bits for {_GROUPS}")
    bit = {kind: 1 << number for number, kind in enumerate((*_PEOPLE, *_LIMITS, "masked"))}
    context = [(entry, bit[kind]) for kind in _PEOPLE for entry in entries(people[kind])]
    context += [(mask, bit["masked"]) for mask in _masks()]
    context += [(started(entry), bit[kind]) for kind in _LIMITS for entry in entries(limits[kind])]
    said, around = sensitive_words.words(terms), sensitive_words.words(context)
    return Lexicon(
        said,
        _gate(said, asks, bonds),
        around.scanner,
        np.array([functools.reduce(operator.or_, row) for row in around.uses], np.uint64),
        bit,
        WordScanner(spelled(people["court"])),
        frozenset(places),
        frozenset(shy),
        _behind(limits["theme"]),
        _behind(limits["actor"]),
        _cut(people),
    )


def _masks() -> list[str]:
    return [f"^{surname}{mark}" for surname in SURNAMES for mark in MARKS]


def _add_bonds(bonds: _Bonds, group: Mapping[str, Any], number: int, sets: Mapping[str, str]) -> None:
    """The words that tie the topics of a group: facts tell of one, bonds may be general, near ones stand behind."""
    bits = {"bond": 1 << number, "fact": (1 | 1 << FACT) << number, "near": (1 | 1 << FACT) << number}
    for use, bit in bits.items():
        for listed in (group.get(use, ""), *(sets[name] for name in group.get("uses", {}).get(use, ()))):
            for entry in entries(listed):
                bonds.add(bonds.close if use == "near" else bonds.given, entry, bit)


def _gate(terms: Words, asks: Sequence[int], bonds: _Bonds) -> Gate:
    topics = [
        functools.reduce(operator.or_, (EVERY if use.group < 0 else asks[use.group] for use in row))
        for row in terms.uses
    ]
    words = [word for word in bonds.bounds if not _adds_nothing(word, bonds)]
    masks = [word for word in words if bonds.given.get(word, 0) & MASKED]
    return Gate(
        terms.scanner,
        np.array(topics, np.uint64),
        tuple(topics),
        WordScanner(words, [bonds.bounds[word] for word in words]),
        np.array([bonds.given.get(word, 0) for word in words], np.uint64),
        np.array([bonds.close.get(word, 0) for word in words], np.uint64),
        WordScanner(masks, [START] * len(masks)),
        np.array([MASKED] * len(masks), np.uint64),
    )


def _adds_nothing(word: str, bonds: _Bonds) -> bool:
    """Whether a shorter beginning of the word has its bits already."""
    return any(
        all(bits.get(word, 0) & ~bits.get(shorter, 0) == 0 for bits in (bonds.given, bonds.close))
        for shorter in beginnings(word, bonds.bounds, bonds.bounds)
    )


def _behind(listed: str) -> re.Pattern[str]:
    return re.compile(rf"\s?(?:{_any_of(spelled(listed))})")


def _cut(people: Mapping[str, str]) -> re.Pattern[str]:
    """The person word alone, its particle left standing."""
    words = {word.strip(" ") for kind in _CUT for word in spelled(people[kind])}
    stems = {re.sub(r"(?<=[가-힣]{2})(?:은|는|이|가|의|도|를|께|한)$", "", word) for word in words}
    return re.compile(
        r"(?<![가-힣])(?:(?:저희|저|나|본인|그녀|그)(?=(?:[는가의도를은이을만랑]|한테|에게)(?:\s|$))|[제내](?=가\s)"
        r"|(?P<clause>[제내전난저나])(?=\s)"
        rf"|(?:(?:우리|저희)\s)?(?:{_any_of(stems)})님?"
        r"(?=(?:[는가의도를은이을께만랑]|한테|에게|께서)?(?:[\s,.]|$)))"
    )


def _any_of(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))
