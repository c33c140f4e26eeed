"""Review of findings between two thresholds: what an officer is shown, under which id, and what the answer does.

- The context has every finding masked, the asked one between `▸` and `◂`; no operator of any policy shows through.
- The id is a keyed digest of the document, the span, its type and that context: an answer holds for what was shown, and
  a text or a neighbour that reads otherwise asks again. No value is in it (PIPA 24: nothing hashes an identifier).
- Until answered the value is masked. Answered *personal* it gets the policy's operator, *not* it stays as it is.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Final, Literal, NamedTuple

from anonymizers.findings import Finding
from anonymizers.rewrite import Edit, rewrite
from anonymizers.surrogates import keyed

Answer = Literal["personal", "not"]
ANSWERS: Final = ("personal", "not")
CONTEXT: Final = 24  # code points of context on each side
_START: Final = itemgetter(1)  # of a Finding
_END: Final = itemgetter(2)


@dataclass(frozen=True, slots=True)
class Reviews:
    """The key that ids are made with (secret, so that an id tells nothing), and the answers by id."""

    key: bytes = field(default=b"", repr=False)
    answers: Mapping[bytes, Answer] = field(default_factory=dict, repr=False)


NOTHING_ANSWERED: Final = Reviews()


class ReviewItem(NamedTuple):
    """A finding between two thresholds. `context` has the value and its neighbours masked; `answer` "" is waiting."""

    doc: int
    start: int
    end: int
    type: str
    score_ppm: int
    evidence: tuple[str, ...]
    id: bytes
    answer: Answer | Literal[""]
    context: str

    def __repr__(self) -> str:
        return f"ReviewItem({self.doc}, {self.start}, {self.end}, {self.type}, {self.score_ppm}, {self.answer!r})"


def review_item(text: str, found: Finding, values: Sequence[Finding], doc_key: bytes, reviews: Reviews) -> ReviewItem:
    """The item of `found` in `text`; `values` are all of the text's findings but sentence tags, by start, disjoint."""
    context = masked_context(text, found, values)
    doc, start, end, kind, score, evidence, _ = found
    parts = (doc_key, b"%d" % start, b"%d" % end, kind.encode(), context.encode("utf-8", "surrogatepass"))
    made = keyed(reviews.key, parts)[:16]
    return ReviewItem(doc, start, end, kind, score, evidence, made, reviews.answers.get(made, ""), context)


def masked_context(text: str, found: Finding, values: Sequence[Finding]) -> str:
    """`found` and its neighbourhood, every value in it masked; one that the cut would halve is taken whole."""
    start, end = found.start, found.end
    low, high = (start - CONTEXT if start > CONTEXT else 0), end + CONTEXT
    number = 0  # of the asked value among those that are shown
    if len(values) == 1:
        edits = [Edit(start - low, end - low, found.type, "mask")]
    else:
        near = values[bisect_right(values, low, key=_END) : bisect_left(values, high, key=_START)]
        low, high = min(low, near[0].start), max(high, near[-1].end)
        edits = [Edit(f.start - low, f.end - low, f.type, "mask") for f in near]
        number = bisect_left(near, start, key=_START)
    shown, spans = rewrite(text[low:high], edits)
    _, _, _, _, at, end = spans[number]
    return f"{shown[:at]}▸{shown[at:end]}◂{shown[end:]}"
