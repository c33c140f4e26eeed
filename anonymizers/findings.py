"""What a recognizer says about a text, and how overlapping statements are settled.

A Finding holds offsets, never the value, so it may be logged. Collisions (issue of record: the same 13 digits may be a
resident number or a company) follow two rules, kept apart on purpose:

1. *Evidence chooses the label*: the better-scored reading names the span; on equal evidence the longer one, then the
   stricter one.
2. *The strictest type not excluded chooses the action*: a recognizer whose evidence excludes a reading does not report
   it, so every reading that was reported counts; the strictest of them is `action_type`.

Sensitive tags (PIPA Art. 23) are sentence-level: they lie over other findings and never compete with them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Final, NamedTuple, Protocol

from anonymizers.entities import STRICTNESS, rank

PPM: Final = 1_000_000
_TIERS: Final = (850_000, 600_000, 0)
_SENTENCE_RANK: Final = STRICTNESS.index("sensitive")
_PLACE: Final = itemgetter(0, 1, 2)


class Finding(NamedTuple):
    """A span [start, end) in code points of text number `doc`, as given.

    `score_ppm` is 0..1_000_000. `evidence` are short codes ("context:계좌", "luhn"), never text of the document.
    `action_type` is the label whose operator must be applied when that is not `type` itself ("" means `type`).
    """

    doc: int
    start: int
    end: int
    type: str
    score_ppm: int
    evidence: tuple[str, ...] = ()
    action_type: str = ""

    @property
    def action(self) -> str:
        """The label that a policy is asked about."""
        return self.action_type or self.type


class Recognized(Protocol):
    """A batch recognizer: anything that reports findings over a sequence of texts."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    def find(self, texts: Sequence[str]) -> Iterable[Finding]:
        """Findings in any order; `doc` is the index in `texts`."""
        ...


def _tier(score_ppm: int) -> int:
    return next(i for i, floor in enumerate(_TIERS) if score_ppm >= floor)


def _preference(f: Finding) -> tuple[int, int, int, int, str]:
    return (_tier(f.score_ppm), -(f.end - f.start), -f.score_ppm, rank(f.type), f.type)


def resolve(findings: Iterable[Finding]) -> list[Finding]:
    """Non-overlapping findings (sentence tags apart), sorted by (doc, start, end, type).

    Each survivor takes as `action_type` the strictest label among the readings that overlap it. A stricter reading that
    reaches beyond the winner stretches it, so that no tail of a unique identifier is left standing.
    """
    tags: dict[tuple[int, int, int, str], Finding] = {}
    rest: list[Finding] = []
    for f in findings:
        if f.end <= f.start:
            continue
        if rank(f.type) == _SENTENCE_RANK:
            key = (f.doc, f.start, f.end, f.type)
            if key not in tags or f.score_ppm > tags[key].score_ppm:
                tags[key] = f
        else:
            rest.append(f)
    rest.sort(key=_PLACE)
    out = list(tags.values())
    group: list[Finding] = []
    doc = reach = -1
    for f in rest:
        if f.doc != doc or f.start >= reach:
            out += group if len(group) < 2 else _settle(group)
            group = [f]
            doc, reach = f.doc, f.end
        else:
            group.append(f)
            reach = max(reach, f.end)
    out += group if len(group) < 2 else _settle(group)
    out.sort()
    return out


def _settle(group: list[Finding]) -> list[Finding]:
    """Greedy choice inside one chain of overlapping findings; a chain may be as long as the text (`1. 1. 1. …`)."""
    kept: list[Finding] = []  # disjoint, by start, so that what f overlaps is one slice of it
    starts: list[int] = []
    for f in sorted(group, key=lambda f: (*_preference(f), f.start)):
        last = bisect_left(starts, f.end)
        first = last
        while first and kept[first - 1].end > f.start:
            first -= 1
        if first == last:
            kept.insert(last, f)
            starts.insert(last, f.start)
            continue
        for i in range(first, last):
            k = kept[i]
            if rank(f.action) < rank(k.action):
                start, end = min(f.start, k.start), max(f.end, k.end)
                free = (i == 0 or kept[i - 1].end <= start) and (i + 1 == len(kept) or end <= kept[i + 1].start)
                kept[i] = k._replace(
                    start=start if free else k.start,
                    end=end if free else k.end,
                    action_type=f.action,
                    evidence=(*k.evidence, f"also:{f.type}"),
                )
                starts[i] = kept[i].start
    return kept
