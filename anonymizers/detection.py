"""detect(): the findings of a batch of texts, in one list.

One linear pass marks windows, the exact recognizers see only windows of their kind, further batch recognizers (names,
sensitive sentences, a model) see the texts; collisions are settled at the end. `gated=False` is the slow,
independent way of the residual check: no gate, every recognizer on all of every text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import pyarrow as pa

from anonymizers.exact.catalog import STRUCTURED
from anonymizers.exact.hit import Recognizer
from anonymizers.findings import Finding, Recognized, resolve
from anonymizers.gate import ALL_KINDS, K_TABLE, Batch, Window, batch_of, tabbed, windows
from anonymizers.normalize import View

VERSION: Final = "structured-9"
PIECE: Final = 4096
OVERLAP: Final = 256

FINDINGS: Final = pa.schema(
    [
        pa.field("doc", pa.int64(), nullable=False),
        pa.field("start", pa.int32(), nullable=False),
        pa.field("end", pa.int32(), nullable=False),
        pa.field("type", pa.string(), nullable=False),
        pa.field("score_ppm", pa.int32(), nullable=False),
        pa.field("evidence", pa.list_(pa.string()), nullable=False),
        pa.field("action_type", pa.string(), nullable=False),
    ]
)
"""One row a finding; offsets in code points, no text."""
_ARROW: Final = (pa.Array, pa.ChunkedArray)


def detect(
    texts: Sequence[str] | Any,
    recognizers: Iterable[Recognized] = (),
    *,
    structured: Sequence[Recognizer] = STRUCTURED,
    column: str = "text",
    gated: bool = True,
) -> list[Finding]:
    """Settled findings, sorted by (doc, start, end, type).

    `texts`: strings, an Arrow string array, or a RecordBatch or Table, of which `column` is read. `recognizers`
    are asked besides the structured ones, each with the whole list of strings.
    """
    texts = strings(texts, column)
    others = list(recognizers)
    found = list(structured_findings(batch_of(texts), structured, gated=gated))
    if others:
        plain = [text or "" for text in (texts.to_pylist() if isinstance(texts, _ARROW) else texts)]
        for other in others:
            found.extend(other.find(plain))
    return resolve(found)


def strings(texts: Sequence[str] | Any, column: str = "text") -> Sequence[str] | Any:
    """The sequence of texts itself: of a RecordBatch or Table its `column`."""
    return texts.column(column) if isinstance(texts, (pa.RecordBatch, pa.Table)) else texts


def structured_findings(
    batch: Batch, structured: Sequence[Recognizer] = STRUCTURED, *, gated: bool = True
) -> Iterator[Finding]:
    """What the exact recognizers report, unsettled; duplicates may occur where windows meet."""
    parts = [recognizer for recognizer in structured if not recognizer.whole]
    whole = [recognizer for recognizer in structured if recognizer.whole]
    by_kinds: dict[int, list[Recognizer]] = {}
    tables: set[int] = set(tabbed(batch)) if whole else set()
    for window in windows(batch, ALL_KINDS) if gated else everything(batch):
        if window.kinds & K_TABLE:
            tables.add(window.doc)
        wanted = by_kinds.get(window.kinds)
        if wanted is None:
            wanted = by_kinds[window.kinds] = [each for each in parts if window.kinds & each.kinds]
        for recognizer in wanted:
            yield from _findings(window.doc, window.view, recognizer)
    for doc in sorted(tables):
        view = View(batch.piece(doc, 0, int(batch.offsets[doc + 1] - batch.offsets[doc])))
        for recognizer in whole:
            yield from _findings(doc, view, recognizer)


def _findings(doc: int, view: View, recognizer: Recognizer) -> Iterator[Finding]:
    for hit in recognizer.find(view):
        if view.touches_core(hit.start, hit.end):
            start, end = view.span(hit.start, hit.end)
            yield Finding(doc, start, end, hit.type, hit.score_ppm, hit.evidence, hit.action_type)


def everything(batch: Batch) -> Iterator[Window]:
    """All of every text, in overlapping pieces of at most PIECE code points, so that work stays linear."""
    for doc in range(len(batch)):
        text = batch.piece(doc, 0, int(batch.offsets[doc + 1] - batch.offsets[doc]))
        at = 0
        while True:
            low, high = max(at - OVERLAP, 0), min(at + PIECE + OVERLAP, len(text))
            yield Window(doc, ALL_KINDS, View(text[low:high], low, (at, min(at + PIECE, len(text)))), (low, high))
            at += PIECE
            if at >= len(text):
                break


def to_arrow(findings: Sequence[Finding]) -> pa.RecordBatch:
    """Findings as a RecordBatch of schema FINDINGS."""
    columns = [
        [f.doc for f in findings],
        [f.start for f in findings],
        [f.end for f in findings],
        [f.type for f in findings],
        [f.score_ppm for f in findings],
        [list(f.evidence) for f in findings],
        [f.action_type for f in findings],
    ]
    arrays: Any = [pa.array(column, type=field.type) for column, field in zip(columns, FINDINGS, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=FINDINGS)
