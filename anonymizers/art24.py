"""Art. 24 identifiers deleted in memory, before anything is written, hashed or signed.

`redact` is the fast path of ingest: the gate marks windows, four exact recognizers look at them, the value is
replaced by the typed mask of schemas/entities.yaml, and the particle behind it agrees. Nothing is kept: counts are all
that is reported. The claim is "none detected by this detector", so the version goes with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from anonymizers.entities import rank
from anonymizers.exact.alien_reg import ALIEN_REG
from anonymizers.exact.driver_licence import DRIVER_LICENCE
from anonymizers.exact.hit import Recognizer
from anonymizers.exact.passport import PASSPORT
from anonymizers.exact.rrn import RRN
from anonymizers.findings import Finding, resolve
from anonymizers.gate import ART24_KINDS, Batch, batch_of, windows
from anonymizers.rewrite import Edit, rewrite

VERSION: Final = "art24-2"
Texts = Sequence[str] | Any
"""Strings, or an Arrow string array (plain, large, view, chunked)."""
ART24_TYPES: Final = ("RRN", "ALIEN_REG", "PASSPORT", "DRIVER_LICENCE")
_RECOGNIZERS: Final[tuple[Recognizer, ...]] = (RRN, ALIEN_REG, PASSPORT, DRIVER_LICENCE)


@dataclass(frozen=True, slots=True, repr=False)
class Redacted:
    """`texts` in the kind that was given (list or Arrow array, same length), spans deleted by type, changed indices."""

    texts: Any
    counts: dict[str, int]
    changed: list[int]

    def __repr__(self) -> str:
        return f"Redacted(counts={self.counts}, changed={len(self.changed)})"


def find(batch: Batch) -> list[Finding]:
    """Art. 24 findings of a batch, settled, in order."""
    return resolve(_raw(batch))


def _raw(batch: Batch) -> Iterator[Finding]:
    for window in windows(batch, ART24_KINDS):
        for recognizer in _RECOGNIZERS:
            if not window.kinds & recognizer.kinds:
                continue
            for hit in recognizer.find(window.view):
                if window.view.touches_core(hit.start, hit.end):
                    start, end = window.view.span(hit.start, hit.end)
                    yield Finding(window.doc, start, end, hit.type, hit.score_ppm, hit.evidence, hit.action_type)


def redact(texts: Texts) -> Redacted:
    """Replaces every Art. 24 identifier by its typed mask.

    Takes a list of strings or an Arrow string array and gives back the same kind; texts without a finding are untouched
    (an array without any is returned as it is). Null stays null.
    """
    batch = batch_of(texts)
    by_doc: dict[int, list[Finding]] = {}
    counts: dict[str, int] = {}
    for finding in find(batch):
        by_doc.setdefault(finding.doc, []).append(finding)
        counts[finding.action] = counts.get(finding.action, 0) + 1
    if not by_doc:
        return Redacted(texts, {}, [])
    changed = sorted(by_doc)
    if isinstance(texts, (pa.Array, pa.ChunkedArray)):
        return Redacted(_rewrite_array(texts, by_doc), counts, changed)
    out = list(texts)
    for doc, spans in by_doc.items():
        out[doc] = _rewrite(out[doc], spans)
    return Redacted(out, counts, changed)


def contains(text: str) -> bool:
    """Whether a string (a record key, a file name) holds an Art. 24 identifier."""
    return bool(find(batch_of([text])))


def _rewrite(text: str, spans: list[Finding]) -> str:
    """The text with every value masked; one code with the anonymize stage (rewrite.py), so that particles agree."""
    edits = [Edit(f.start, f.end, f.action if rank(f.action) == 0 else f.type, "mask") for f in spans]
    return rewrite(text, edits)[0]


def _rewrite_array(texts: Any, by_doc: dict[int, list[Finding]]) -> Any:
    """Unchanged stretches are sliced, not copied through Python."""
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    parts: list[Any] = []
    at = 0
    for doc in sorted(by_doc):
        parts.append(texts.slice(at, doc - at))
        parts.append(pa.array([_rewrite(texts[doc].as_py(), by_doc[doc])], type=texts.type))
        at = doc + 1
    parts.append(texts.slice(at))
    return pa.concat_arrays(parts)
