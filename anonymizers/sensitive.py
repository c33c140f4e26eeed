"""Sensitive information tied to a person, tagged by sentence (PIPA 23, 영18: seven types).

1. A term of data/sensitive.yaml stands in the sentence.
2. Terms under `topic` need a `bond` word (진단, 앓고, 조합원 …) in the same sentence, `personal` terms do not.
3. A person stands there too: the writer or kin (strong), a named or titled person (strong), a role in an anonymised
   judgment (weak). Without one, only a past event told in the first person's endings counts, weakly.
4. A sentence about people in general (경우, 환자들, 수 있다 …) loses what only rule 3's weak forms gave it.

Evidence codes name the rule, never the words. The score is that of the best reading of the sentence.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final, cast

import yaml

from anonymizers.findings import Finding

VERSION: Final = "1"
_NAMED: Final = re.compile(
    r"환자\s[가-힣○]{2,4}|[가-힣○]{2,4}\s?(?:씨|님|군|양|옹|여사|선생|교수|의원|대표|부장|과장|대리|사장|회장|기자|목사|신부|스님|이사|팀장|선수|감독)(?![가-힣]{3})"
)
_EXPERIENCE: Final = re.compile(
    r"(?:받[았고은아]|앓[고았아]|걸[려렸]|입원[해했]|수술[을했]|복용\s?(?:중|하)|먹고\s?있|투병\s?중|치료\s?(?:중|를?\s?받)|가입[했해]|다[니녔]|당원|조합원|신자|판정)"
    r".{0,30}(?:어요|아요|해요|에요|예요|습니다|ㅂ니다|니다|네요|거든요|구요|고요|죠|음|슴)(?=[\s.!?~ㅠㅜㅋㅎ]|$)"
)
_STOP: Final = re.compile(r"[.!?…。]+[\"'”’)\]」』]*(?=\s|$)|\n+|(?<=[다요죠음까])[\"'”’]*[.!?]+")
_MAX_SENTENCE: Final = 1_000


@dataclass(frozen=True, slots=True)
class _Terms:
    """The words of one type, compiled."""

    type: str
    topic: re.Pattern[str] | None
    personal: re.Pattern[str] | None
    bond: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Lexicon:
    """data/sensitive.yaml, compiled."""

    types: tuple[_Terms, ...]
    any_term: re.Pattern[str]
    strong: re.Pattern[str]
    first: re.Pattern[str]
    role: re.Pattern[str]
    generic: re.Pattern[str]
    cut: re.Pattern[str]


@functools.cache
def lexicon() -> Lexicon:
    """The shipped lexicon."""
    raw = cast(dict[str, Any], yaml.safe_load((files("anonymizers") / "data/sensitive.yaml").read_text("utf-8")))
    types = tuple(
        _Terms(name, *(_union(row.get(part)) for part in ("topic", "personal", "bond")))
        for name, row in raw["types"].items()
    )
    every = [entry for row in raw["types"].values() for part in ("topic", "personal") for entry in row.get(part, ())]
    who = raw["anchors"]
    edge = r"(?<![가-힣])"
    return Lexicon(
        types,
        re.compile("|".join(every)),
        re.compile(f"{edge}(?:{who['first']}|{who['kin']}|{who['third']})"),
        re.compile(f"{edge}(?:{who['first']})"),
        re.compile(f"{edge}(?:{who['role']})"),
        re.compile(raw["generic"]),
        # what de-linking cuts out: the person word alone, its particle left standing
        re.compile(rf"{edge}(?:저희|저|나|제|내|전|난|본인|그녀|그|{who['kin']})(?=[는가의도를은이]?(?:한테|에게)?\s)"),
    )


def _union(entries: Sequence[str] | None) -> re.Pattern[str] | None:
    return re.compile("|".join(entries)) if entries else None


class SensitiveRecognizer:
    """Batch recognizer (anonymizers.findings.Recognized) of HEALTH … ETHNICITY sentences."""

    name: Final = "sensitive"
    version: Final = VERSION

    def find(self, texts: Sequence[str]) -> Iterable[Finding]:
        """One finding per sentence and type, in order."""
        for doc, text in enumerate(texts):
            yield from _find(doc, text)


def _find(doc: int, text: str) -> Iterable[Finding]:
    words = lexicon()
    done = 0
    while match := words.any_term.search(text, done):
        start, end = sentence(text, match.start(), match.end())
        start = max(start, done)
        for terms in words.types:
            score, evidence = _score(text[start:end], terms, words)
            if score:
                yield Finding(doc, start, end, terms.type, score, evidence)
        done = max(end, match.end())


def sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence around [start, end), without surrounding white space, at most 1,000 code points to either side."""
    floor, ceiling = max(0, start - _MAX_SENTENCE), min(len(text), end + _MAX_SENTENCE)
    left = floor
    for stop in _STOP.finditer(text, floor, start):
        left = stop.end()
    stop_behind = _STOP.search(text, end, ceiling)
    right = stop_behind.end() if stop_behind else ceiling
    while left < start and text[left].isspace():
        left += 1
    while right > end and text[right - 1].isspace():
        right -= 1
    return left, right


def _score(words: str, terms: _Terms, lex: Lexicon) -> tuple[int, tuple[str, ...]]:
    personal = terms.personal.search(words) if terms.personal else None
    topic = terms.topic.search(words) if terms.topic else None
    bonded = topic and terms.bond and terms.bond.search(words)
    if not personal and not bonded:
        return 0, ()
    said = "personal" if personal else "topic+bond"
    is_generic = lex.generic.search(words) is not None
    if lex.first.search(words):
        return (650_000 if is_generic else 900_000), (said, "first")
    if lex.strong.search(words) or _NAMED.search(words):
        return (450_000 if is_generic else 800_000), (said, "person")
    if is_generic or "[이름" in words:  # a person already cut out: the sentence is nobody's any more
        return 0, ()
    if _EXPERIENCE.search(words):
        return 600_000, (said, "experience")
    if lex.role.search(words):
        return 400_000, (said, "role")
    return (300_000, (said, "nobody")) if personal else (0, ())


def anchors(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Spans of words in [start, end) that say whom the sentence is about, for de-linking; names have their findings."""
    return [match.span() for match in lexicon().cut.finditer(text, start, end)]
