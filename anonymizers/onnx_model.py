"""A token-classification model, if you have one, as one more batch recognizer (onnxruntime, offline).

The folder is what the common export writes: model.onnx, config.json with id2label, tokenizer.json or vocab.txt.
Labels are BIO, BIOES or plain; `labels` says which of ours each means ("PER": "PERSON"). The model sees full texts, or
with `gated` only the windows that the gate marks. One thread and a fixed batch order, so that results repeat.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from anonymizers.entities import entities
from anonymizers.errors import ModelFolderError
from anonymizers.findings import Finding
from anonymizers.gate import ALL_KINDS, batch_of, windows
from anonymizers.wordpiece import Pieces, Tokenizer, _json, load_tokenizer

_PREFIXES: Final = ("B-", "I-", "E-", "S-", "L-", "U-")


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Pieces [first, last) of one text that go through the model together; offsets are in the document."""

    doc: int
    base: int
    pieces: Pieces
    own: tuple[int, int]  # piece indices whose labels count: overlaps belong to one stretch only


class OnnxRecognizer:
    """Batch recognizer (anonymizers.findings.Recognized)."""

    def __init__(
        self,
        folder: Path,
        labels: Mapping[str, str],
        *,
        gated: bool = False,
        batch_size: int = 16,
        max_pieces: int = 256,
        overlap: int = 32,
        min_score_ppm: int = 500_000,
    ) -> None:
        unknown = [ours for ours in labels.values() if ours not in entities()]
        if unknown:
            raise ModelFolderError(f"no such label as {unknown[0]}", f"Labels: {', '.join(entities())}")
        if not (folder / "model.onnx").exists():
            raise ModelFolderError(f"{folder} has no model.onnx", "Point to the folder that the export wrote.")
        self.name = f"onnx:{folder.name}"
        self.version = "1"
        self._gated, self._batch, self._min = gated, batch_size, min_score_ppm
        self._max, self._overlap = max_pieces, min(overlap, max_pieces // 4)
        self._tokenizer: Tokenizer = load_tokenizer(folder)
        names = _json(folder / "config.json").get("id2label", {})
        self._types = [_type(names.get(str(i), "O"), labels) for i in range(len(names))]
        self._begins = [str(names.get(str(i), "O"))[:2] in ("B-", "S-", "U-") for i in range(len(names))]
        self._session = _session(folder / "model.onnx")
        self._inputs = {entry.name for entry in self._session.get_inputs()}

    def find(self, texts: Sequence[str]) -> Iterable[Finding]:
        """Findings by (doc, start)."""
        stretches = list(self._stretches(texts))
        for at in range(0, len(stretches), self._batch):
            some = stretches[at : at + self._batch]
            for stretch, (best, score) in zip(some, self._run(some), strict=True):
                yield from self._decode(stretch, best, score)

    def _stretches(self, texts: Sequence[str]) -> Iterator[_Stretch]:
        if self._gated:
            for window in windows(batch_of(texts), ALL_KINDS):
                a, b = window.reach
                yield from self._cut(window.doc, a, texts[window.doc][a:b])
        else:
            for doc, text in enumerate(texts):
                yield from self._cut(doc, 0, text)

    def _cut(self, doc: int, base: int, text: str) -> Iterator[_Stretch]:
        pieces = self._tokenizer.encode(text)
        count, step = len(pieces.ids), self._max - 2 * self._overlap
        at = 0
        while at < count:
            low, high = max(at - self._overlap, 0), min(at + step + self._overlap, count)
            part = Pieces(pieces.ids[low:high], pieces.spans[low:high])
            yield _Stretch(doc, base, part, (at - low, min(at + step, count) - low))
            at += step

    def _run(self, some: Sequence[_Stretch]) -> list[tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]]:
        """Best label and its probability for each piece: two arrays (pieces,) a stretch."""
        width = max(len(s.pieces.ids) for s in some) + 2
        ids = np.full((len(some), width), self._tokenizer.pad, dtype=np.int64)
        mask = np.zeros((len(some), width), dtype=np.int64)
        for row, stretch in enumerate(some):
            whole = [self._tokenizer.first, *stretch.pieces.ids, self._tokenizer.last]
            ids[row, : len(whole)] = whole
            mask[row, : len(whole)] = 1
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        logits = np.asarray(
            self._session.run(None, {k: v for k, v in feed.items() if k in self._inputs})[0], np.float64
        )
        logits -= logits.max(axis=2, keepdims=True)
        shares = np.exp(logits)
        shares /= shares.sum(axis=2, keepdims=True)
        out = []
        for row, stretch in enumerate(some):
            inner = shares[row, 1 : len(stretch.pieces.ids) + 1]
            out.append((inner.argmax(axis=1), inner.max(axis=1)))
        return out

    def _decode(self, s: _Stretch, best: npt.NDArray[np.int64], score: npt.NDArray[np.float64]) -> Iterator[Finding]:
        """Joins neighbouring pieces of one type; a beginning label starts anew. A span belongs where it begins."""
        start = 0
        while start < len(best):
            kind = self._types[best[start]] if best[start] < len(self._types) else ""
            end = start + 1
            if not kind:
                start = end
                continue
            while end < len(best) and self._types[best[end]] == kind and not self._begins[best[end]]:
                end += 1
            ppm = round(float(score[start:end].mean()) * 1_000_000)
            if s.own[0] <= start < s.own[1] and ppm >= self._min:
                a, b = s.pieces.spans[start][0], s.pieces.spans[end - 1][1]
                yield Finding(s.doc, s.base + a, s.base + b, kind, min(ppm, 1_000_000), (self.name,))
            start = end


def _type(label: str, labels: Mapping[str, str]) -> str:
    if label in labels:
        return labels[label]
    return labels.get(label[2:], "") if label[:2] in _PREFIXES else ""


def _session(path: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
