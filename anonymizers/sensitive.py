"""Sensitive information tied to a person, tagged by sentence (PIPA 23, 영18: seven types).

1. A word of data/sensitive.yaml stands in the sentence (ext.words finds them all in one pass).
2. Words under `topic` need a `bond` (진단, 앓고, 조합원 …) near them in the sentence, and are nobody's when a theme
   carries them on (치매 지원센터) or an organisation acts (노조는 …); `personal` ones need neither.
3. A person stands there too: the writer or kin (strong), a named or titled person (strong), a role in an anonymised
   judgment (weak). Without one, only a past event told in the first person's endings counts, weakly.
4. A sentence about people in general (경우, 환자들, 수 있다 …) loses what only rule 3's weak forms gave it.

Evidence codes name the rule, never the words. The score is that of the best reading of the sentence.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt
import yaml

from anonymizers.findings import Finding
from anonymizers.names import NameRecognizer
from anonymizers.passages import led_back, readable
from ext.words import WordScanner

VERSION: Final = "5"
_SURE_NAME: Final = 500_000
_NAMED: Final = re.compile(
    r"(?:^|[,.:]\s?)환자[는가의]|(?<![가-힣])환자\s[가-힣○]{2,4}|[가-힣○]{2,4}\s?(?:씨|님|군|양|옹|여사|선생)(?![가-힣]{3})"
)
_EXPERIENCE: Final = re.compile(
    r"(?:받[았고은아]|앓[고았아]|걸[려렸]|입원[해했]|수술[을했]|복용\s?(?:중|하)|먹고\s?있|투병\s?중|치료\s?(?:중|를?\s?받)|가입[했해]|다[니녔]|당원|조합원|신자|판정)"
    r".{0,30}(?:어요|아요|해요|에요|예요|습니다|ㅂ니다|니다|네요|거든요|구요|고요|죠|음|슴)(?=[\s.!?~ㅠㅜㅋㅎ]|$)"
)
_STOPS: Final = ".\n!?…。"
_STOP: Final = re.compile(r"[.!?…。]+[\"'”’)\]」』]*(?=\s|$)|\n+|(?<=[다요죠음까])[.!?]+")
_MAX_SENTENCE: Final = 1_000
_EVERY: Final = (1 << 64) - 1
_NEAR: Final = 24  # code points between a topic and its bond, either side
_CLOSE: Final = 4  # the same for a copula, behind the topic only
_ORGANISATIONS: Final = ("당", "힘", "노조", "노총", "연대")


Said = tuple[int, int, tuple[str, ...]]
"""A topic or personal word of a sentence: start, end in it, and what it stands for."""


@dataclass(frozen=True, slots=True)
class Words:
    """Literal words with what each stands for. `starts[n]` is where word n counts: 0 anywhere, 1 not behind Hangul,
    2 at the start of a clause only."""

    words: tuple[str, ...]
    scanner: WordScanner
    lengths: tuple[int, ...]
    uses: tuple[tuple[str, ...], ...]
    starts: tuple[int, ...]
    bonds: frozenset[int]  # numbers of the words that are a bond or a close one

    def uses_of(self, text: str, hits: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        """`(start, end, uses)` of the scanner's hits that count, by start."""
        for at, number in hits:
            if at and self.starts[number]:
                before = text[:at].rstrip(" ")[-1:] if self.starts[number] == 2 else text[at - 1]
                if "가" <= before <= "힣":
                    continue
            yield at, at + self.lengths[number], self.uses[number]


@dataclass(frozen=True, slots=True)
class Gate:
    """The terms, under their own numbers, and the bonds behind them in one scanner, with their bits a type."""

    scanner: WordScanner
    topics: npt.NDArray[np.uint64]
    bonds: npt.NDArray[np.uint64]
    reach: npt.NDArray[np.int32]

    def hits(self, texts: Sequence[str]) -> list[tuple[int, list[tuple[int, int]]]]:
        """`[(number of the text, its terms)]`: those that stand near a bond of their type, or are personal."""
        return self.scanner.near_all(texts, self.topics, self.bonds, self.reach)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """data/sensitive.yaml, compiled. `terms` stand for `TYPE` or `TYPE!` (personal); `context` for `+TYPE` (a bond) and
    the kinds of anchors, `~TYPE` for a close bond; `gate` finds the terms that have a bond near, which few have; `cut`
    is what de-linking takes out; `theme` and `actor` are matched right behind a topic."""

    terms: Words
    context: Words
    gate: Gate
    cut: re.Pattern[str]
    theme: re.Pattern[str]
    actor: re.Pattern[str]


@functools.cache
def lexicon() -> Lexicon:
    """The shipped lexicon."""
    raw = cast(dict[str, Any], yaml.safe_load((files("anonymizers") / "data/sensitive.yaml").read_text("utf-8")))
    terms, context = [], []
    for name, row in raw["types"].items():
        terms += [(entry, name) for entry in row.get("topic", ())]
        terms += [(entry, name + "!") for entry in row.get("personal", ())]
        context += [(entry, "+" + name) for entry in row.get("bond", ())]
        context += [(entry, "~" + name) for entry in row.get("close", ())]
    for kind, entries in (*raw["anchors"].items(), ("generic", raw["generic"])):
        context += [(entry, kind) for entry in entries]
    kin = "|".join(sorted({word for entry in raw["anchors"]["kin"] for word in _spellings(entry.lstrip("^"))}))
    # the person word alone, its particle left standing
    cut = (
        r"(?<![가-힣])(?:(?:저희|저|나|본인|그녀|그)(?=(?:[는가의도를은이을]|한테|에게)(?:\s|$))|[제내](?=가\s)"
        rf"|(?P<clause>[제내전난])(?=\s)|(?:{kin})(?=(?:[는가의도를은이을께]|한테|에게|께서)?(?:[\s,.]|$)))"
    )
    said, around = _words(terms), _words(context)
    return Lexicon(said, around, _gate(said, around), re.compile(cut), _behind(raw["theme"]), _behind(raw["actor"]))


def _behind(entries: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"\s?(?:{'|'.join(sorted({word for entry in entries for word in _spellings(entry)}))})")


def _words(entries: Sequence[tuple[str, str]]) -> Words:
    uses: dict[str, dict[str, None]] = {}
    starts: dict[str, int] = {}
    for entry, use in entries:
        for word in _spellings(entry.lstrip("^")):
            uses.setdefault(word, {})[use] = None
            starts[word] = len(entry) - len(entry.lstrip("^"))
    return Words(
        tuple(uses),
        WordScanner(list(uses)),
        tuple(map(len, uses)),
        tuple(map(tuple, uses.values())),
        tuple(starts.values()),
        frozenset(n for n, row in enumerate(uses.values()) if any(use[0] in "+~" for use in row)),
    )


def _gate(terms: Words, context: Words) -> Gate:
    types = sorted({use.rstrip("!") for row in terms.uses for use in row})
    bit = {use: 1 << number for number, name in enumerate(types) for use in (name, "+" + name, "~" + name)}
    topics = {word: sum(bit.get(use, _EVERY) for use in row) for word, row in zip(terms.words, terms.uses, strict=True)}
    bonds = {
        context.words[number]: sum({bit[use] for use in context.uses[number] if use[0] in "+~"})
        for number in sorted(context.bonds)
    }
    far = {context.words[number] for number in context.bonds if any(use[0] == "+" for use in context.uses[number])}
    words = list(dict.fromkeys([*topics, *bonds]))
    return Gate(
        WordScanner(words),
        np.array([min(topics.get(word, 0), _EVERY) for word in words], np.uint64),
        np.array([bonds.get(word, 0) for word in words], np.uint64),
        np.array([_NEAR if word in far else _CLOSE for word in words], np.int32),
    )


def _spellings(entry: str) -> list[str]:
    """The literal words of an entry: `(ab)` either letter, an inner space optional."""
    choices = [part[1:-1] if part.startswith("(") else [part] for part in re.findall(r"\([^)]*\)|[^(]+", entry)]
    spelled = ["".join(letters) for letters in itertools.product(*choices)]
    tight = [word[:-1].replace(" ", "") + word[-1] for word in spelled]  # a space at the end is meant
    return list(dict.fromkeys(spelled + tight))


class SensitiveRecognizer:
    """Batch recognizer (anonymizers.findings.Recognized) of HEALTH … ETHNICITY sentences."""

    name: Final = "sensitive"
    version: Final = VERSION

    def find(self, texts: Sequence[str]) -> Iterable[Finding]:
        """One finding per sentence and type."""
        texts, folded = readable(texts)
        found = [f for doc, hits in lexicon().gate.hits(texts) for f in _find(doc, texts[doc], hits)]
        return led_back(found, folded)


def _find(doc: int, text: str, hits: Iterable[tuple[int, int]]) -> Iterable[Finding]:
    start = end = -1
    said: list[Said] = []
    for at, to, uses in lexicon().terms.uses_of(text, hits):
        if at >= end:
            if said:
                yield from _judge(doc, text, start, end, said)
            start, end = max(end, (found := sentence(text, at, to))[0]), found[1]
            said = []
        said.append((at - start, to - start, uses))
    if said:
        yield from _judge(doc, text, start, end, said)


def _judge(doc: int, text: str, start: int, end: int, said: Sequence[Said]) -> Iterable[Finding]:
    words = text[start:end]
    context = lexicon().context
    bonds: dict[str, list[tuple[int, int]]] = {}
    about: set[str] = set()
    hits = context.scanner.scan(words)
    if not any(number in context.bonds for _, number in hits) and not any(
        use[-1] == "!" for *_, uses in said for use in uses
    ):
        return  # topics only, and no bond for any
    for at, to, uses in context.uses_of(words, hits):
        for use in uses:
            if use[0] in "+~":
                bonds.setdefault(use, []).append((at, to))
            else:
                about.add(use)
    tied: dict[str, bool] = {}  # type -> a personal word was among them
    for at, to, uses in said:
        for use in uses:
            name = use.rstrip("!")
            if use != name or (_bound(at, to, name, bonds) and not _carried_on(words, at, to, about)):
                tied[name] = tied.get(name, False) or use != name
    for name, is_personal in tied.items():
        score, who = _person(words, about, is_personal)
        if score:
            yield Finding(doc, start, end, name, score, ("personal" if is_personal else "topic+bond", who))


def _bound(at: int, to: int, name: str, bonds: Mapping[str, Sequence[tuple[int, int]]]) -> bool:
    """Whether a bond of the type stands near enough to the topic at [at, to)."""
    return any(start - to <= _NEAR and at - end <= _NEAR for start, end in bonds.get("+" + name, ())) or any(
        at <= start <= to + _CLOSE for start, _ in bonds.get("~" + name, ())
    )


def _carried_on(words: str, at: int, to: int, about: Set[str]) -> bool:
    if lexicon().theme.match(words, to):
        return True
    acts = words[at:to].endswith(_ORGANISATIONS) and "first" not in about
    return acts and lexicon().actor.match(words, to) is not None


def sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence around [start, end), without surrounding white space, at most 1,000 code points to either side."""
    floor, ceiling = max(0, start - _MAX_SENTENCE), min(len(text), end + _MAX_SENTENCE)
    left = start
    while left > floor:
        last = floor - 1
        for stop in _STOPS:
            last = max(last, text.rfind(stop, last + 1, left))
        left = last
        stop_before = _STOP.match(text, left, start) if left >= floor else None
        if stop_before:
            left = stop_before.end()
            break
    left = max(left, floor)
    stop_behind = _STOP.search(text, end, ceiling)
    right = stop_behind.end() if stop_behind else ceiling
    while left < start and text[left].isspace():
        left += 1
    while right > end and text[right - 1].isspace():
        right -= 1
    return left, right


def _person(words: str, about: Set[str], is_personal: bool) -> tuple[int, str]:
    """(score, evidence) of whom the sentence is about; 0: nobody in particular."""
    is_generic = "generic" in about
    if "first" in about:
        return (650_000 if is_generic else 900_000), "first"
    if "third" in about or ("titled" in about and _NAMED.search(words)):
        return (450_000 if is_generic else 800_000), "person"
    if any(found.score_ppm >= _SURE_NAME for found in _names().find([words])):
        return (450_000 if is_generic else 800_000), "name"
    if "kin" in about:
        return (450_000 if is_generic else 600_000), "kin"
    if is_generic or "[이름" in words:  # a person already cut out: the sentence is nobody's any more
        return 0, ""
    if _EXPERIENCE.search(words):
        return 600_000, "experience"
    if "role" in about:
        return 400_000, "role"
    return (300_000, "nobody") if is_personal else (0, "")


@functools.cache
def _names() -> NameRecognizer:
    return NameRecognizer(kiwi_budget_ppm=0)


def anchors(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Spans of words in [start, end) that say whom the sentence is about, for de-linking; names have their findings."""
    return [
        match.span()
        for match in lexicon().cut.finditer(text, start, end)
        if not (match["clause"] and "가" <= text[start : match.start()].rstrip(" ")[-1:] <= "힣")
    ]
