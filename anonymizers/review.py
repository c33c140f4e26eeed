"""Review of findings between two thresholds: what an officer is shown, under which id, and what the answer does.

- The context has every finding masked, the asked one between `▸` and `◂`; no operator of any policy shows through.
- The id is a keyed digest of the document, the span, its type and that context: an answer holds for what was shown, and
  a text or a neighbour that reads otherwise asks again. No value is in it (PIPA 24: nothing hashes an identifier).
- Until answered the value is masked. Answered *personal* it gets the policy's operator, *not* it stays as it is.
"""

from __future__ import annotations

import hmac
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from anonymizers.findings import Finding
from anonymizers.rewrite import Edit, rewrite

Answer = Literal["personal", "not"]
ANSWERS: Final = ("personal", "not")
CONTEXT: Final = 24  # code points of context on each side


@dataclass(frozen=True, slots=True)
class Reviews:
    """The key that ids are made with (secret, so that an id tells nothing), and the answers by id."""

    key: bytes = field(default=b"", repr=False)
    answers: Mapping[bytes, Answer] = field(default_factory=dict, repr=False)


NOTHING_ANSWERED: Final = Reviews()


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """A finding between two thresholds. `context` has the value and its neighbours masked; `answer` "" is waiting."""

    doc: int
    start: int
    end: int
    type: str
    score_ppm: int
    evidence: tuple[str, ...]
    id: bytes
    answer: Answer | Literal[""]
    context: str = field(repr=False)


def review_item(text: str, found: Finding, values: Sequence[Finding], doc_key: bytes, reviews: Reviews) -> ReviewItem:
    """The item of `found` in `text`; `values` are all of the text's findings but sentence tags, by start, disjoint."""
    context = masked_context(text, found, values)
    where = (str(found.start).encode(), str(found.end).encode(), found.type.encode())
    parts = (doc_key, *where, context.encode("utf-8", "surrogatepass"))
    message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    made = hmac.digest(reviews.key, message, "sha256")[:16]
    answer: Answer | Literal[""] = reviews.answers.get(made, "")
    return ReviewItem(
        found.doc, found.start, found.end, found.type, found.score_ppm, found.evidence, made, answer, context
    )


def masked_context(text: str, found: Finding, values: Sequence[Finding]) -> str:
    """`found` and its neighbourhood, every value in it masked; one that the cut would halve is taken whole."""
    low, high = max(0, found.start - CONTEXT), min(len(text), found.end + CONTEXT)
    first = bisect_right(values, low, key=lambda f: f.end)
    last = bisect_left(values, high, key=lambda f: f.start)
    near = values[first:last]
    low, high = min(low, near[0].start), max(high, near[-1].end)
    edits = [Edit(f.start - low, f.end - low, f.type, "mask") for f in near]
    shown, spans = rewrite(text[low:high], edits)
    asked = next(span for span in spans if span.start == found.start - low)
    return f"{shown[: asked.out_start]}▸{shown[asked.out_start : asked.out_end]}◂{shown[asked.out_end :]}"
