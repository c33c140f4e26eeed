"""The second look: rewritten text is read once more near its replacements, for what the rewriting itself created.

A deletion brings together what stood apart, a kept si-gun-gu takes up the flat behind it, a mask is a label to the
number after it. What is found there, and not explained by a replacement, goes back to the text as given as one more
finding; a reading that takes in a finding of the first look replaces it. Nothing that lies further off is read twice:

- stretches of WIDE code points on either side of each replacement are read; what is found counts within NEAR of it, so
  that a cut context misleads nobody;
- where only names were masked, the structured recognizers are not asked: that mask is no label, and its brackets keep
  apart what stood apart;
- the recognizer of sentences (Art. 23) reads the whole sentence, where a replacement took a stop away or left nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from anonymizers.decide import JOINED, Rewritten, Rules
from anonymizers.entities import STRICTNESS, rank
from anonymizers.explained import explained
from anonymizers.findings import Finding, Recognized, resolve
from anonymizers.rewrite import origin

NEAR: Final = 24
WIDE: Final = 48
_SENTENCE: Final = 300  # code points on either side of a replacement that belong to its sentence
_STOPS: Final = frozenset(".!?…。\n")
_OF_SENTENCES: Final = STRICTNESS.index("sensitive")
STRUCTURED: Final = "structured"
NAMES: Final = "names"
SENTENCES: Final = "sensitive"
"""Names of our recognizers; any other is asked about every stretch."""


class SecondLook:
    """Rewritten texts of one batch, and the stretches of them that are to be read again."""

    def __init__(self) -> None:
        self.made: dict[int, Rewritten] = {}
        self._near = _Stretches()
        self._names = _Stretches()
        self._sentences = _Stretches()

    def add(self, doc: int, made: Rewritten) -> None:
        """WIDE code points on either side of each replacement, what overlaps joined; the sentence of some."""
        self.made[doc] = made
        text, _, new, spans, _ = made
        low = high = -1
        names = True  # only names were masked so far in this stretch
        for _, start, end, kind, operator, out, out_end in spans:
            if operator == "keep":
                continue
            if high < 0 or out - WIDE > high:
                if high >= 0:
                    (self._names if names else self._near).add(doc, new, low, high)
                low, names = (out - WIDE if out > WIDE else 0), True
            high = out_end + WIDE
            names = names and kind == "PERSON" and out_end > out
            if out_end == out or not _STOPS.isdisjoint(text[start:end]):
                self._sentence(doc, new, out, out_end)
        if high >= 0:
            (self._names if names else self._near).add(doc, new, low, high)

    def _sentence(self, doc: int, new: str, out: int, out_end: int) -> None:
        low, high = max(out - _SENTENCE, 0), min(out_end + _SENTENCE, len(new))
        begin = max([low, *(new.rfind(stop, low, out) + 1 for stop in _STOPS)])
        end = min([high, *(at + 1 for stop in _STOPS if (at := new.find(stop, out_end, high)) >= 0)])
        self._sentences.texts.append(new[begin:end])
        self._sentences.places.append((doc, begin, begin, end))

    def created(self, recognizers: Sequence[Recognized], rules: Rules) -> dict[int, list[Finding]]:
        """{text number: its findings with those that rewriting created} of the texts that have any."""
        found: dict[int, list[Finding]] = {}
        replaced: dict[int, list[tuple[int, int]]] = {}
        for stretches, passed_by in (
            (self._near, (SENTENCES,)),
            (self._names, (SENTENCES, STRUCTURED)),
            (self._sentences, (STRUCTURED, NAMES)),
        ):
            texts, places = stretches.texts, stretches.places
            asked = [one for one in recognizers if one.name not in passed_by] if texts else []
            for hit in resolve(f for one in asked for f in one.find(texts)):
                doc, at, first, last = places[hit.doc]
                start, end, made = hit.start + at, hit.end + at, self.made[doc]
                cut = (hit.start == 0 and at > 0) or (hit.end == len(texts[hit.doc]) and end < len(made.new))
                if start >= last or end <= first or cut or not _counts(hit, rules):
                    continue
                if doc not in replaced:
                    replaced[doc] = [(span.out_start, span.out_end) for span in made.spans]
                if not explained(made.new, start, end, replaced[doc]):
                    start, end = origin(start, end, made.text, made.new, made.spans)
                    found.setdefault(doc, []).append(hit._replace(doc=doc, start=start, end=end))
        return {doc: _joined(self.made[doc].findings, new) for doc, new in found.items()}


class _Stretches:
    """Stretches of rewritten texts. `places`: text number, where the stretch begins, and between which offsets of the
    text findings count."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.places: list[tuple[int, int, int, int]] = []

    def add(self, doc: int, new: str, low: int, high: int) -> None:
        last = high - NEAR if high < len(new) else len(new)
        self.texts.append(new[low:high])
        self.places.append((doc, low, low + NEAR if low else 0, last))


def _counts(hit: Finding, rules: Rules) -> bool:
    """Whether a finding has to be acted on, unless a replacement explains it."""
    rule = rules.entities.get(hit.action)
    if rule is None:
        return hit.score_ppm >= rules.sensitive.threshold_ppm
    if rules.kiwi and hit.type == "PERSON":  # an ambiguous one Kiwi may have refused, and it is not asked again
        return rule.operator != "keep" and hit.score_ppm >= rule.threshold_ppm
    return rule.operator != "keep" and hit.score_ppm >= rule.review_ppm


def _joined(findings: Sequence[Finding], new: Sequence[Finding]) -> list[Finding]:
    """Sorted findings; what overlaps a new one becomes one with it, under the strictest of the labels."""
    sentences = [f for f in (*findings, *new) if rank(f.type) == _OF_SENTENCES]
    values = [(f, False) for f in findings if rank(f.type) != _OF_SENTENCES]
    values += [(f, True) for f in new if rank(f.type) != _OF_SENTENCES]
    values.sort(key=lambda pair: (pair[0].start, pair[0].end))
    out = sentences
    cluster: list[tuple[Finding, bool]] = []
    reach = -1
    for value in values:
        if value[0].start >= reach:
            out += _one_of(cluster)
            cluster = []
        cluster.append(value)
        reach = max(reach, value[0].end)
    return sorted(out + _one_of(cluster))


def _one_of(cluster: Sequence[tuple[Finding, bool]]) -> list[Finding]:
    """Findings that overlap, one of them new, as one with the type of the longest new one; none new: as they are."""
    new = [found for found, is_new in cluster if is_new]
    if not new:
        return [found for found, _ in cluster]
    whole = [found for found, _ in cluster]
    one = max(new, key=lambda f: (f.end - f.start, -rank(f.type), f.type))
    strictest = min([one, *whole], key=lambda f: rank(f.action))
    apart = any(found.type != one.type for found in whole)
    return [
        one._replace(
            start=min(f.start for f in whole),
            end=max(f.end for f in whole),
            score_ppm=max(f.score_ppm for f in whole),
            evidence=(*one.evidence, JOINED) if apart else one.evidence,
            action_type=strictest.action if strictest.action != one.type else "",
        )
    ]
