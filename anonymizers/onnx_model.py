"""A token-classification model, if you have one, as one more batch recognizer (onnxruntime, offline).

The folder is what the common export writes: model.onnx, config.json with id2label, tokenizer.json or vocab.txt.
Labels are BIO, BIOES or plain; `labels` says which of ours each means ("PER": "PERSON"). The model sees full texts, or
with `gated` only the windows that the gate marks; conjoining jamo and zero-width characters are folded before, spans
are of the text as given. One thread and a fixed batch order, so that results repeat.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from anonymizers.errors import ModelFolderError, ModelOptionError
from anonymizers.findings import Finding
from anonymizers.gate import ALL_KINDS, batch_of, windows
from anonymizers.model_folder import BEGINNINGS, folder_digest, meanings, model_labels, read_json
from anonymizers.passages import led_back, readable
from anonymizers.wordpiece import Pieces, Tokenizer, load_tokenizer
from schemas.policy import Policy

_INPUTS: Final = ("input_ids", "attention_mask", "token_type_ids")
_SPECIAL: Final = 4  # positions that a model may keep for itself
_NUMBERS: Final[Mapping[str, Any]] = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}


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
        folder: Path | str,
        labels: Mapping[str, str] | None = None,
        *,
        gated: bool = False,
        batch_size: int = 16,
        max_pieces: int = 256,
        overlap: int = 32,
        min_score_ppm: int = 500_000,
        sha256: str | None = None,
    ) -> None:
        """`labels`: the model's label -> ours; None takes those that are called alike. `sha256`: the folder's digest
        must be this. Raises ModelFolderError, ModelOptionError."""
        folder = Path(folder)
        for name, value, least in (
            ("batch_size", batch_size, 1),
            ("max_pieces", max_pieces, 1),
            ("overlap", overlap, 0),
        ):
            if value < least:
                raise ModelOptionError(f"{name}={value}", f"use {least} or more")
        if not (folder / "model.onnx").is_file():
            raise ModelFolderError(f"{folder} has no model.onnx", "name the folder that the export wrote")
        self.name = f"onnx:{folder.resolve().name}"
        self.version = folder_digest(folder)
        if sha256 is not None and sha256 != self.version:
            raise ModelFolderError(
                f"model: {folder.name} is not the folder that the policy pins",
                f"if the change is meant, write sha256 {self.version} into the policy",
            )
        self._gated, self._batch, self._min = gated, batch_size, min_score_ppm
        names = model_labels(folder)
        self._types = meanings(names, labels)
        self._begins = [name[:2] in BEGINNINGS for name in names]
        self._max = _longest(folder, max_pieces)
        self._overlap = min(overlap, self._max // 4)
        self._tokenizer: Tokenizer = load_tokenizer(folder)
        self._session = _session(folder / "model.onnx")
        self._inputs = _inputs(self._session, folder)
        self._check(self._session.get_outputs()[0].shape)

    def find(self, texts: Sequence[str]) -> Iterable[Finding]:
        """Findings by (doc, start)."""
        texts, folded = readable(texts)
        return led_back(list(self._find(texts)), folded)

    def _find(self, texts: Sequence[str]) -> Iterator[Finding]:
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
        every = dict(zip(_INPUTS, (ids, mask, np.zeros_like(ids)), strict=True))
        feed = {name: every[name].astype(kind, copy=False) for name, kind in self._inputs.items()}
        try:
            logits = np.asarray(self._session.run(None, feed)[0], np.float64)
        except Exception as error:  # onnxruntime's errors share no base, and their words may show the input
            raise ModelFolderError(
                f"{self.name} failed on {len(some)} stretches of text ({type(error).__name__})",
                "do model.onnx and its tokenizer come from one export?",
            ) from None
        self._check(logits.shape)
        logits -= logits.max(axis=2, keepdims=True)
        shares = np.exp(logits)
        shares /= shares.sum(axis=2, keepdims=True)
        out = []
        for row, stretch in enumerate(some):
            inner = shares[row, 1 : len(stretch.pieces.ids) + 1]
            out.append((inner.argmax(axis=1), inner.max(axis=1)))
        return out

    def _check(self, shape: Sequence[Any]) -> None:
        """(batch, pieces, labels), as far as the sizes are known."""
        labels = shape[-1] if shape else 0
        if len(shape) != 3 or (isinstance(labels, int) and labels != len(self._types)):
            raise ModelFolderError(
                f"{self.name} gives {labels if len(shape) == 3 else 'no'} scores a piece, "
                f"config.json names {len(self._types)} labels",
                "export model.onnx for token classification, with its own config.json",
            )

    def _decode(self, s: _Stretch, best: npt.NDArray[np.int64], score: npt.NDArray[np.float64]) -> Iterator[Finding]:
        """Joins neighbouring pieces of one type; a beginning label starts anew. A span belongs where it begins."""
        start = 0
        while start < len(best):
            kind = self._types[best[start]]
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


def policy_model(policy: Policy, root: Path, *, full: bool = False) -> list[OnnxRecognizer]:
    """The model that a policy names, none or one; its folder is relative to `root`. `full`: on all of every text,
    whatever the policy says. Raises ModelFolderError."""
    rule = policy.anonymize.model
    if rule is None:
        return []
    least = min(policy.anonymize.entities[ours].review_ppm for ours in rule.labels.values())
    gated = rule.gated and not full
    return [OnnxRecognizer(root / rule.folder, rule.labels, gated=gated, min_score_ppm=least, sha256=rule.sha256)]


def _longest(folder: Path, pieces: int) -> int:
    """At most as many pieces as the model has positions for."""
    positions = read_json(folder / "config.json").get("max_position_embeddings")
    return min(pieces, positions - _SPECIAL) if isinstance(positions, int) and positions > _SPECIAL else pieces


def _session(path: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4  # what it would print is in the error
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise ModelFolderError(
            f"{path} can't be loaded ({type(error).__name__})", "is it whole, and is onnxruntime new enough for it?"
        ) from None


def _inputs(session: Any, folder: Path) -> dict[str, Any]:
    """{input of the model: its kind of number}."""
    found = {entry.name: entry.type for entry in session.get_inputs()}
    strange = [name for name, kind in found.items() if name not in _INPUTS or kind not in _NUMBERS]
    if strange or "input_ids" not in found:
        raise ModelFolderError(
            f"{folder / 'model.onnx'} asks for {', '.join(strange) or 'no input_ids'}",
            f"export it for token classification: its inputs are whole numbers called {', '.join(_INPUTS)}",
        )
    return {name: _NUMBERS[kind] for name, kind in found.items()}
