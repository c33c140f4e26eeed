"""Sensitive information tied to a person, tagged by sentence (PIPA 23, 영18: seven types).

1. A word of data/sensitive.yaml stands in the sentence (ext.words finds them all in one pass).
2. Words under `topic` need a `bond` (진단, 앓고, 조합원 …) in the same sentence, `personal` ones do not.
3. A person stands there too: the writer or kin (strong), a named or titled person (strong), a role in an anonymised
   judgment (weak). Without one, only a past event told in the first person's endings counts, weakly.
4. A sentence about people in general (경우, 환자들, 수 있다 …) loses what only rule 3's weak forms gave it.

Evidence codes name the rule, never the words. The score is that of the best reading of the sentence.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any, Final, cast

import yaml

from anonymizers.findings import Finding
from anonymizers.names import NameRecognizer
from anonymizers.normalize import View
from ext.names import odd_ones
from ext.words import WordScanner

VERSION: Final = "4"
_SURE_NAME: Final = 500_000
_NAMED: Final = re.compile(
    r"(?:^|[,.:]\s?)환자[는가의]|(?<![가-힣])환자\s[가-힣○]{2,4}|[가-힣○]{2,4}\s?(?:씨|님|군|양|옹|여사|선생|교수|의원|대표|부장|과장|대리|사장|회장|기자|목사|신부|스님|이사|팀장|선수|감독)(?![가-힣]{3})"
)
_EXPERIENCE: Final = re.compile(
    r"(?:받[았고은아]|앓[고았아]|걸[려렸]|입원[해했]|수술[을했]|복용\s?(?:중|하)|먹고\s?있|투병\s?중|치료\s?(?:중|를?\s?받)|가입[했해]|다[니녔]|당원|조합원|신자|판정)"
    r".{0,30}(?:어요|아요|해요|에요|예요|습니다|ㅂ니다|니다|네요|거든요|구요|고요|죠|음|슴)(?=[\s.!?~ㅠㅜㅋㅎ]|$)"
)
_STOPS: Final = "\n.!?…。"
_STOP: Final = re.compile(r"[.!?…。]+[\"'”’)\]」』]*(?=\s|$)|\n+|(?<=[다요죠음까])[.!?]+")
_MAX_SENTENCE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Words:
    """Literal words with what each stands for. `starts[n]` is where word n counts: 0 anywhere, 1 not behind Hangul,
    2 at the start of a clause only."""

    scanner: WordScanner
    lengths: tuple[int, ...]
    uses: tuple[tuple[str, ...], ...]
    starts: tuple[int, ...]

    def uses_of(self, text: str, hits: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        """`(start, end, uses)` of the scanner's hits that count, by start."""
        for at, number in hits:
            if at and self.starts[number]:
                before = text[:at].rstrip(" ")[-1:] if self.starts[number] == 2 else text[at - 1]
                if "가" <= before <= "힣":
                    continue
            yield at, at + self.lengths[number], self.uses[number]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """data/sensitive.yaml, compiled. `terms` stand for `TYPE` or `TYPE!` (personal); `context` for `+TYPE` (a bond) and
    the kinds of anchors; `cut` is what de-linking takes out."""

    terms: Words
    context: Words
    cut: re.Pattern[str]


@functools.cache
def lexicon() -> Lexicon:
    """The shipped lexicon."""
    raw = cast(dict[str, Any], yaml.safe_load((files("anonymizers") / "data/sensitive.yaml").read_text("utf-8")))
    terms, context = [], []
    for name, row in raw["types"].items():
        terms += [(entry, name) for entry in row.get("topic", ())]
        terms += [(entry, name + "!") for entry in row.get("personal", ())]
        context += [(entry, "+" + name) for entry in row.get("bond", ())]
    for kind, entries in (*raw["anchors"].items(), ("generic", raw["generic"])):
        context += [(entry, kind) for entry in entries]
    kin = "|".join(sorted({word for entry in raw["anchors"]["kin"] for word in _spellings(entry.lstrip("^"))}))
    # the person word alone, its particle left standing
    cut = (
        r"(?<![가-힣])(?:(?:저희|저|나|본인|그녀|그)(?=(?:[는가의도를은이을]|한테|에게)(?:\s|$))|[제내](?=가\s)"
        rf"|(?P<clause>[제내전난])(?=\s)|(?:{kin})(?=(?:[는가의도를은이을께]|한테|에게|께서)?(?:[\s,.]|$)))"
    )
    return Lexicon(_words(terms), _words(context), re.compile(cut))


def _words(entries: Sequence[tuple[str, str]]) -> Words:
    uses: dict[str, dict[str, None]] = {}
    starts: dict[str, int] = {}
    for entry, use in entries:
        for word in _spellings(entry.lstrip("^")):
            uses.setdefault(word, {})[use] = None
            starts[word] = len(entry) - len(entry.lstrip("^"))
    return Words(
        WordScanner(list(uses)), tuple(map(len, uses)), tuple(map(tuple, uses.values())), tuple(starts.values())
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
        scanner = lexicon().terms.scanner
        odd = set(odd_ones(texts))
        for doc, hits in scanner.scan_all(texts):
            if doc not in odd:
                yield from _find(doc, texts[doc], hits)
        for doc in sorted(odd):  # conjoining jamo, zero-width characters: read folded, reported as given
            view = View(texts[doc])
            for found in _find(doc, view.text, scanner.scan(view.text)):
                start, end = view.span(found.start, found.end)
                yield replace(found, start=start, end=end)


def _find(doc: int, text: str, hits: Iterable[tuple[int, int]]) -> Iterable[Finding]:
    start = end = -1
    said: dict[str, None] = {}
    for at, to, uses in lexicon().terms.uses_of(text, hits):
        if at >= end:
            if said:
                yield from _judge(doc, text, start, end, said)
            start, end = max(end, (found := sentence(text, at, to))[0]), found[1]
            said = {}
        said.update(dict.fromkeys(uses))
    if said:
        yield from _judge(doc, text, start, end, said)


def _judge(doc: int, text: str, start: int, end: int, said: Iterable[str]) -> Iterable[Finding]:
    words = text[start:end]
    context = lexicon().context
    about = {use for _, _, uses in context.uses_of(words, context.scanner.scan(words)) for use in uses}
    tied: dict[str, bool] = {}  # type -> a personal word was among them
    for use in said:
        name = use.rstrip("!")
        if use != name or "+" + name in about:
            tied[name] = tied.get(name, False) or use != name
    for name, is_personal in tied.items():
        score, who = _person(words, about, is_personal)
        if score:
            yield Finding(doc, start, end, name, score, ("personal" if is_personal else "topic+bond", who))


def sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence around [start, end), without surrounding white space, at most 1,000 code points to either side."""
    floor, ceiling = max(0, start - _MAX_SENTENCE), min(len(text), end + _MAX_SENTENCE)
    left = start
    while left > floor:
        left = max(floor - 1, *(text.rfind(stop, floor, left) for stop in _STOPS))
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
