"""Person names (PIPA 2(1)): the kernel scans, firm names vouch for bare ones of the same text, Kiwi settles the rest.

1. ext.names sums evidence for each candidate: surname and given-name syllables, tail, title, cue, verb, list,
   signature; the exclusion lexicon subtracts.
2. A name that stands firmly once (`김○○ 씨`) lifts its bare repetitions in the same document.
3. Candidates between two thresholds go to Kiwi while its budget lasts: a proper noun is lifted, anything else sinks.

A particle, title or honorific is never inside the span. Scores are a fixed function of the evidence: 500,000 is where
policies act, 400,000 where review begins.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from anonymizers.entities import entities
from anonymizers.findings import Finding
from anonymizers.name_model import name_model
from anonymizers.passages import Passage, lines, passages
from ext import names_rules_py as twin
from ext.names import NameScanner, counts, odd_ones

VERSION: Final = "5"
_MASK: Final = entities()["PERSON"].mask
_BLANKED: Final = "□]"  # how a blanked mask ends
_FLOOR: Final = 45  # total at which a candidate is worth a finding (400,000)
_SURE: Final = 75  # total of 500,000
_STRONG: Final = 110  # total that vouches for repetitions
_OWN: Final = 105  # total that a candidate behind a masked name needs
_ADDRESSED: Final = 90  # the same for a name with an honorific, signature, Hanja or age
_ADDRESS: Final = twin.F_HONORIFIC | twin.F_SIGNATURE | twin.F_HANJA | twin.F_AGE
_REPEATED: Final = 70
_FEW: Final = 32  # strong names that are counted one by one; more cost less in a second scan
_AGED: Final = re.compile(
    r"[ ]?\(([1-9][0-9])(?=\)|[,·/] ?[남여])"
)  # 목격자 표광수(61)는: the name vouches for the age
_AGE_PPM: Final = 850_000
_WINDOW: Final = 16  # code points on either side that Kiwi reads: half a millisecond a question
_EVIDENCE: Final = (
    (twin.F_HONORIFIC, "honorific"), (twin.F_TITLE, "title"), (twin.F_CUE, "cue"), (twin.F_VERB, "verb"),
    (twin.F_LIST, "list"), (twin.F_SIGNATURE, "signature"), (twin.F_HANJA, "hanja"), (twin.F_AGE, "age"),
    (twin.F_PARTICLE, "particle"), (twin.F_LEXICON, "lexicon"), (twin.F_VOCATIVE, "vocative"),
    (twin.F_GIVEN_ONLY, "given_only"), (twin.F_LINE, "line"),
)  # fmt: skip


_Hit = tuple[int, int, int, int]  # start, end, total, flags


class Tagger(Protocol):
    """What settles an ambiguous candidate: is text[start:end] a person's name? None: can't say."""

    def is_name(self, text: str, start: int, end: int) -> bool | None: ...


@functools.cache
def scanner() -> NameScanner:
    """The kernel with the shipped model."""
    model = name_model()
    return NameScanner(model.surname, model.given1, model.given2, model.words)


def score_ppm(total: int) -> int:
    """Evidence (tenths of a bit) as parts per million; linear, so that equal evidence gives equal scores anywhere."""
    return max(0, min(990_000, 500_000 + 10_000 * (total - _SURE) // 3))


class NameRecognizer:
    """Batch recognizer (anonymizers.findings.Recognized) of PERSON, and of AGE in brackets behind a name."""

    name: Final = "names"
    version: Final = VERSION

    def __init__(self, *, kiwi_budget_ppm: int = 300, kiwi_least: int = 0, tagger: Tagger | None = None) -> None:
        """`kiwi_least`: code points that Kiwi may read of any batch, however short (sixty thousand take a second)."""
        self._budget_ppm = kiwi_budget_ppm
        self._least = kiwi_least
        self._tagger = tagger

    def find(self, texts: Sequence[str]) -> Iterable[Finding]:
        """Findings by (doc, start). Kiwi's budget is a share of the batch's characters, spent from its start."""
        texts = [_blank(text) if _MASK in text else text for text in texts]
        odd = set(odd_ones(texts))
        found = [
            (doc, [Passage(texts[doc], 0)], [hits]) for doc, hits in scanner().scan_all(texts, _FLOOR) if doc not in odd
        ]
        for doc in odd:
            folded = list(passages(texts[doc], lines))
            found.append((doc, folded, [scanner().scan(passage.text, _FLOOR) for passage in folded]))
        budget = max(self._least, sum(map(len, texts)) * self._budget_ppm // 1_000_000)
        for doc, read, scanned in sorted(found, key=lambda row: row[0]):
            strong = {p.text[h[0] : h[1]] for p, hits in zip(read, scanned, strict=True) for h in hits if _vouches(h)}
            for passage, hits in zip(read, scanned, strict=True):
                masked = _BLANKED in passage.text
                for start, end, total, flags in _lifted(passage.text, hits, strong):
                    if masked and _behind_mask(passage.text, start, total):
                        continue
                    evidence = _evidence(flags)
                    if total < _SURE and budget > 0:
                        budget -= min(len(passage.text), 2 * _WINDOW)
                        total, settled = self._settle(passage.text, start, end, total)
                        evidence += settled
                    if total >= _FLOOR:
                        yield Finding(doc, *passage.span(start, end), "PERSON", score_ppm(total), evidence)
                        aged = _AGED.match(passage.text, end) if total >= _SURE else None
                        if aged:
                            yield Finding(doc, *passage.span(*aged.span(1)), "AGE", _AGE_PPM, ("bracket",))

    def _settle(self, text: str, start: int, end: int, total: int) -> tuple[int, tuple[str, ...]]:
        if self._tagger is None:
            self._tagger = _kiwi_tagger()
        left, right = max(0, start - _WINDOW), min(len(text), end + _WINDOW)
        verdict = self._tagger.is_name(text[left:right], start - left, end - left)
        if verdict is None:
            return total, ()
        return (max(total, _SURE), ("kiwi",)) if verdict else (0, ())


@functools.cache
def _evidence(flags: int) -> tuple[str, ...]:
    return tuple(word for flag, word in _EVIDENCE if flags & flag)


def _vouches(hit: _Hit) -> bool:
    """A full name of three letters or more that stands firmly, or is addressed as a person."""
    start, end, total, flags = hit
    return end - start >= 3 and total >= (_ADDRESSED if flags & _ADDRESS else _STRONG)


def _lifted(text: str, hits: list[_Hit], strong: set[str]) -> list[_Hit]:
    """The hits, and weaker candidates of the text that are spelled like a strong name, lifted."""
    if not strong:
        return hits
    if len(strong) <= _FEW:
        names = list(strong)
        standing = Counter([text[start:end] for start, end, total, _ in hits if total >= _SURE])
        if all(count <= standing[name] for name, count in zip(names, counts(text, names), strict=True)):
            return hits
    lifted = []
    for start, end, total, flags in scanner().scan(text, _FLOOR - _REPEATED):
        if total < _SURE and text[start:end] in strong:
            total = max(total + _REPEATED, _SURE)
        if total >= _FLOOR:
            lifted.append((start, end, total, flags))
    return lifted


def _blank(text: str) -> str:
    """The text with the words inside of masks blanked, as long as before: `[이름]` is no label of what follows it."""
    return _masks().sub(lambda mask: "[" + "□" * (len(mask[0]) - 2) + "]", text)


@functools.cache
def _masks() -> re.Pattern[str]:
    return re.compile("|".join(sorted(re.escape(entity.mask) for entity in entities().values())))


def _behind_mask(text: str, start: int, total: int) -> bool:
    """Whether a candidate owes its evidence to the masked name before it: glued to the mask it is that name's particle
    (`[이름]이 혜택을`), and a title behind it is that name's (`[이름] 가온대 교수`).
    """
    return text.endswith(_BLANKED, 0, start) or (total < _OWN and text.endswith(_BLANKED + " ", 0, start))


@functools.cache
def _kiwi_tagger() -> Tagger:
    from anonymizers.kiwi import KiwiTagger

    return KiwiTagger()
