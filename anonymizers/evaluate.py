"""Precision and recall of findings against gold spans, per type, with 95 % intervals.

Strict: same start, end and label. Overlap: same label and at least one code point in common; each gold span and each
prediction is matched at most once, in text order. Sentence-level tags (PIPA Art. 23) are scored only if the
gold has any.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Final

from anonymizers.entities import entities

Span = tuple[int, int, str]
_Z: Final = 1.959964


@dataclass(frozen=True, slots=True)
class Rate:
    """`hits` of `total`, as a share with its Wilson interval. Of nothing the share is 1 for sums; nobody is told so."""

    hits: int
    total: int

    @property
    def share(self) -> float:
        """hits / total."""
        return self.hits / self.total if self.total else 1.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson score interval, 95 %; (0, 1) when nothing was counted."""
        n = self.total
        if n == 0:
            return 0.0, 1.0
        p = self.hits / n
        centre = p + _Z * _Z / (2 * n)
        spread = _Z * sqrt(p * (1 - p) / n + _Z * _Z / (4 * n * n))
        scale = 1 + _Z * _Z / n
        return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


@dataclass(slots=True)
class Score:
    """Counts of one label under one way of matching."""

    matched: int = 0
    predicted: int = 0
    gold: int = 0

    @property
    def precision(self) -> Rate:
        """Of what was predicted."""
        return Rate(self.matched, self.predicted)

    @property
    def recall(self) -> Rate:
        """Of what is in the gold."""
        return Rate(self.matched, self.gold)

    @property
    def f1(self) -> Rate:
        """2 matched / (predicted + gold); its interval treats that as a proportion."""
        return Rate(2 * self.matched, self.predicted + self.gold)


@dataclass(slots=True)
class Report:
    """label -> Score, strictly and by overlap; the label "*" sums all."""

    strict: dict[str, Score] = field(default_factory=dict)
    overlap: dict[str, Score] = field(default_factory=dict)

    def rows(self) -> list[dict[str, object]]:
        """One JSON-ready row per label and way of matching, "*" first; a rate of 0 of 0 is None."""
        out: list[dict[str, object]] = []
        for how, scores in (("strict", self.strict), ("overlap", self.overlap)):
            for label in sorted(scores, key=lambda name: (name != "*", name)):
                score = scores[label]
                row: dict[str, object] = {
                    "match": how,
                    "label": label,
                    "gold": score.gold,
                    "predicted": score.predicted,
                }
                for name, rate in (("precision", score.precision), ("recall", score.recall), ("f1", score.f1)):
                    low, high = rate.interval
                    row[name] = round(rate.share, 4) if rate.total else None
                    row[f"{name}_interval"] = [round(low, 4), round(high, 4)]
                out.append(row)
        return out


def evaluate(
    gold: Sequence[Sequence[Span]],
    predicted: Sequence[Sequence[Span]],
    labels: Mapping[str, Sequence[str]] | None = None,
) -> Report:
    """Scores `predicted` (our labels) against `gold`, text by text.

    `labels` maps a foreign gold label to the labels of ours that it means (an empty list: not scored). With it, foreign
    labels that it lacks are not scored either, nor are predictions of labels that nothing maps to.
    """
    gold_labels = {label for spans in gold for _, _, label in spans}
    foreign: dict[str, list[str]] = {}
    if labels is None:
        sentences = any(_sentence(label) for label in gold_labels)
        foreign = {name: [name] for name in entities() if sentences or not _sentence(name)}
        keep = None
    else:
        for theirs, means in labels.items():
            for ours in means:
                foreign.setdefault(ours, []).append(theirs)
        keep = {theirs for theirs, means in labels.items() if means}
    report = Report()
    for wanted, found in zip(gold, predicted, strict=True):
        want = sorted(set(s for s in wanted if keep is None or s[2] in keep))
        have = sorted({(a, b, _theirs(a, b, foreign[label], want)) for a, b, label in found if label in foreign})
        for scores, pairs in ((report.strict, _strict(want, have)), (report.overlap, _overlap(want, have))):
            _count(scores, want, have, pairs)
    return report


def _theirs(start: int, end: int, names: Sequence[str], want: Sequence[Span]) -> str:
    """Of the gold's labels that mean one of ours, that which a prediction stands for: at its place, else the first."""
    if len(names) == 1:
        return names[0]
    return next((label for a, b, label in want if label in names and a < end and start < b), names[0])


def _sentence(label: str) -> bool:
    entity = entities().get(label)
    return entity is not None and entity.law_class == "sensitive"


def _strict(want: list[Span], have: list[Span]) -> list[str]:
    return [label for _, _, label in set(want) & set(have)]


def _overlap(want: list[Span], have: list[Span]) -> list[str]:
    used: set[int] = set()
    matched = []
    for start, end, label in want:
        for i, (a, b, other) in enumerate(have):
            if i not in used and other == label and a < end and start < b:
                used.add(i)
                matched.append(label)
                break
    return matched


def _count(scores: dict[str, Score], want: Iterable[Span], have: Iterable[Span], matched: Iterable[str]) -> None:
    for label, name in (
        [(s[2], "gold") for s in want] + [(s[2], "predicted") for s in have] + [(m, "matched") for m in matched]
    ):
        for key in (label, "*"):
            score = scores.setdefault(key, Score())
            setattr(score, name, getattr(score, name) + 1)
