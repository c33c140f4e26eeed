"""Person names (PIPA 2(1)): the kernel scans, firm names vouch for bare ones of the same text, Kiwi settles the rest.

1. ext.names sums evidence for each candidate: surname and given-name syllables, tail, title, cue, verb, list,
   signature; the exclusion lexicon subtracts.
2. A name that stands firmly once (`김○○ 씨`) lifts its bare repetitions in the same document.
3. Candidates between two thresholds go to Kiwi while its budget lasts: a proper noun is lifted, anything else sinks.
4. The header of a table names the cells below it (name_cells.py). Given names that speak in a chat (speakers.py).

A particle, title or honorific is never inside the span. Scores are a fixed function of the evidence: 500,000 is where
policies act, 400,000 where review begins.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from anonymizers.beside_names import beside
from anonymizers.findings import Finding
from anonymizers.masks import PERSON, PSEUDONYM, blanked
from anonymizers.name_cells import LABELS, SCORE_PPM, find, has_header, opens_with_header
from anonymizers.name_model import name_model
from anonymizers.passages import led_back, readable
from anonymizers.speakers import SCORE_PPM as SPEAKER_PPM
from anonymizers.speakers import speakers
from ext import names_rules_py as twin
from ext.names import NameScanner, holding

VERSION: Final = "10"
_BLANKED: Final = "□]"  # how a blanked mask ends
_FLOOR: Final = 45  # total at which a candidate is worth a finding (400,000)
_OWN: Final = 105  # total that a candidate behind a masked name needs
_WINDOW: Final = 6  # code points on either side that Kiwi reads: a fifth of a millisecond a question
_EVIDENCE: Final = (
    (twin.F_HONORIFIC, "honorific"), (twin.F_TITLE, "title"), (twin.F_CUE, "cue"), (twin.F_VERB, "verb"),
    (twin.F_LIST, "list"), (twin.F_SIGNATURE, "signature"), (twin.F_HANJA, "hanja"), (twin.F_AGE, "age"),
    (twin.F_PARTICLE, "particle"), (twin.F_LEXICON, "lexicon"), (twin.F_VOCATIVE, "vocative"),
    (twin.F_GIVEN_ONLY, "given_only"), (twin.F_LINE, "line"),
)  # fmt: skip


class Tagger(Protocol):
    """What settles an ambiguous candidate: is text[start:end] a person's name? None: can't say."""

    def is_name(self, text: str, start: int, end: int) -> bool | None: ...


@functools.cache
def scanner() -> NameScanner:
    """The kernel with the shipped model."""
    model = name_model()
    return NameScanner(model.surname, model.given1, model.given2, model.words)


@functools.cache
def score_ppm(total: int) -> int:
    """Evidence (tenths of a bit) as parts per million; linear, so that equal evidence gives equal scores anywhere."""
    return max(0, min(990_000, 500_000 + 10_000 * (total - twin.SURE) // 3))


class NameRecognizer:
    """Batch recognizer (anonymizers.findings.Recognized) of PERSON, and of the birth date or age behind a name."""

    name: Final = "names"
    version: Final = VERSION

    def __init__(self, *, kiwi_budget_ppm: int = 300, kiwi_least: int = 0, tagger: Tagger | None = None) -> None:
        """`kiwi_least`: code points that Kiwi may read of any batch, however short (sixty thousand take a second)."""
        self._budget_ppm = kiwi_budget_ppm
        self._least = kiwi_least
        self._tagger = tagger

    def find(self, texts: Sequence[str]) -> Iterable[Finding]:
        """Findings by (doc, start). Kiwi's budget is a share of the batch's characters, spent from its start."""
        texts, folded = readable(texts)
        if masked := {doc for doc in holding(texts, PERSON[:2]) if PERSON in texts[doc] or PSEUDONYM in texts[doc]}:
            texts = [blanked(text) if doc in masked else text for doc, text in enumerate(texts)]
        budget = max(self._least, sum(map(len, texts)) * self._budget_ppm // 1_000_000)
        found: list[Finding] = []
        for doc, hits in scanner().read_all(texts, _FLOOR):
            text = texts[doc]
            for start, end, total, flags in hits:
                if doc in masked and _behind_mask(text, start, total):
                    continue
                evidence = _evidence(flags)
                if total < twin.SURE and budget > 0:
                    budget -= min(len(text), 2 * _WINDOW + end - start)
                    total, settled = self._settle(text, start, end, total)
                    evidence += settled
                if total >= _FLOOR:
                    found.append(Finding(doc, start, end, "PERSON", score_ppm(total), evidence))
                    if total >= twin.SURE and (next_to := beside(text, end)):
                        found.append(Finding(doc, *next_to))
        found = _with_speakers(_with_cells(found, texts), texts)
        return led_back(found, folded)

    def _settle(self, text: str, start: int, end: int, total: int) -> tuple[int, tuple[str, ...]]:
        if self._tagger is None:
            self._tagger = _kiwi_tagger()
        left, right = max(0, start - _WINDOW), min(len(text), end + _WINDOW)
        verdict = self._tagger.is_name(text[left:right], start - left, end - left)
        if verdict is None:
            return total, ()
        return (max(total, twin.SURE), ("kiwi",)) if verdict else (0, ())


def _with_cells(found: list[Finding], texts: Sequence[str]) -> list[Finding]:
    """The findings, and the names that the headers of tables vouch for."""
    docs = {doc for label in LABELS for doc in holding(texts, label[:2]) if has_header(texts[doc], label)}
    docs |= {doc for doc in {f.doc for f in found} - docs if opens_with_header(texts[doc])}
    return _over(
        found,
        [
            Finding(doc, start, end, "PERSON", SCORE_PPM, ("column",))
            for doc in docs
            for start, end in find(texts[doc], name_model())
        ],
    )


def _with_speakers(found: list[Finding], texts: Sequence[str]) -> list[Finding]:
    """The findings, and the given names that speak."""
    return _over(
        found,
        [
            Finding(doc, *span, "PERSON", SPEAKER_PPM, ("speaker",))
            for doc, text in enumerate(texts)
            if "\n" in text and (":" in text or "：" in text)
            for span in speakers(text, name_model())
        ],
    )


def _over(found: list[Finding], better: list[Finding]) -> list[Finding]:
    """The findings by place, with better ones instead of what these overlap."""
    if not better:
        return found
    covered = {(one.doc, at) for one in better for at in range(one.start, one.end)}
    kept = [f for f in found if not any((f.doc, at) in covered for at in range(f.start, f.end))]
    return sorted(kept + better, key=lambda f: (f.doc, f.start))


@functools.cache
def _evidence(flags: int) -> tuple[str, ...]:
    return tuple(word for flag, word in _EVIDENCE if flags & flag)


def _behind_mask(text: str, start: int, total: int) -> bool:
    """Whether a candidate owes its evidence to the masked name before it: glued to the mask it is that name's particle
    (`[이름]이 혜택을`), and a title behind it is that name's (`[이름] 가온대 교수`).
    """
    return text.endswith(_BLANKED, 0, start) or (total < _OWN and text.endswith(_BLANKED + " ", 0, start))


@functools.cache
def _kiwi_tagger() -> Tagger:
    from anonymizers.kiwi import KiwiTagger

    return KiwiTagger()
