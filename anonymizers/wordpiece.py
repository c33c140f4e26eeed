"""BERT's WordPiece tokenizer with code-point offsets, read from an exported folder.

Only what token classification needs: ids and where each piece stands. Other kinds of tokenizer (Unigram, BPE)
are left to the `tokenizers` package, if it is installed.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from anonymizers.errors import ModelFolderError
from anonymizers.model_folder import read_json

_LONGEST: Final = 100  # characters of a word; longer ones are one unknown piece, as in BERT


@dataclass(frozen=True, slots=True)
class Pieces:
    """Ids without the special ones, and [start, end) of each in the text."""

    ids: list[int]
    spans: list[tuple[int, int]]


class Tokenizer(Protocol):
    """What the recognizer needs to know."""

    @property
    def first(self) -> int:
        """Id before a sequence ([CLS])."""
        ...

    @property
    def last(self) -> int:
        """Id behind it ([SEP])."""
        ...

    @property
    def pad(self) -> int:
        """Id that fills up a batch."""
        ...

    def encode(self, text: str) -> Pieces:
        """Pieces of a text."""
        ...


@dataclass(frozen=True, slots=True)
class WordPiece:
    """Greedy longest match over a vocabulary, after BERT's split at spaces, punctuation and ideographs."""

    vocabulary: dict[str, int]
    unknown: int
    first: int
    last: int
    pad: int
    lowercase: bool
    prefix: str = "##"

    def encode(self, text: str) -> Pieces:
        """Pieces of a text; lower-casing is per character, so offsets hold."""
        pieces = Pieces([], [])
        at = 0
        while at < len(text):
            if text[at].isspace() or unicodedata.category(text[at]) in ("Cc", "Cf"):
                at += 1
                continue
            end = at + 1
            if not _alone(text[at]):
                while end < len(text) and not text[end].isspace() and not _alone(text[end]):
                    end += 1
            self._word(text, at, end, pieces)
            at = end
        return pieces

    def _word(self, text: str, start: int, end: int, pieces: Pieces) -> None:
        word = (
            "".join(c.lower() if len(c.lower()) == 1 else c for c in text[start:end])
            if self.lowercase
            else text[start:end]
        )
        found: list[tuple[int, int, int]] = []
        at = 0
        while at < len(word) and len(word) <= _LONGEST:
            stop = len(word)
            while stop > at:
                key = word[at:stop] if at == 0 else self.prefix + word[at:stop]
                if key in self.vocabulary:
                    break
                stop -= 1
            if stop == at:
                found = []
                break
            found.append((self.vocabulary[key], start + at, start + stop))
            at = stop
        for token, a, b in found or [(self.unknown, start, end)]:
            pieces.ids.append(token)
            pieces.spans.append((a, b))


def _alone(char: str) -> bool:
    if char.isascii():
        return not char.isalnum() and not char.isspace()
    return unicodedata.category(char).startswith("P") or 0x4E00 <= ord(char) <= 0x9FFF


class Packaged:
    """A tokenizer.json through the `tokenizers` package."""

    def __init__(self, inner: Any, folder: Path) -> None:
        """Cutting and filling up, which the file may ask for, are ours to do: no text ends early."""
        inner.no_truncation()
        inner.no_padding()
        self._inner = inner
        self.first, self.last, self.pad = (
            self._id(folder, *names) for names in (("[CLS]", "<s>"), ("[SEP]", "</s>"), ("[PAD]", "<pad>"))
        )

    def _id(self, folder: Path, *names: str) -> int:
        for name in names:
            token = self._inner.token_to_id(name)
            if token is not None:
                return int(token)
        raise ModelFolderError(f"{folder}: the vocabulary lacks {names[0]}", "use a BERT- or RoBERTa-like tokenizer")

    def encode(self, text: str) -> Pieces:
        """Pieces of a text; the space that some kinds take into a piece stays outside its span."""
        coded = self._inner.encode(text, add_special_tokens=False)
        spans = []
        for start, end in coded.offsets:
            while start < end and text[start].isspace():
                start += 1
            spans.append((start, end))
        return Pieces(list(coded.ids), spans)


def load_tokenizer(folder: Path) -> Tokenizer:
    """From tokenizer.json (WordPiece read here, others by `tokenizers`), or vocab.txt."""
    described = folder / "tokenizer.json"
    config = read_json(folder / "tokenizer_config.json")
    if described.exists():
        loaded = read_json(described)
        model = loaded.get("model")
        kind = model.get("type") if isinstance(model, dict) else None
        if isinstance(model, dict) and kind == "WordPiece":
            normalizer = loaded.get("normalizer") or {}
            lowercase = isinstance(normalizer, dict) and bool(normalizer.get("lowercase"))
            return _wordpiece(folder, model.get("vocab"), lowercase, model.get("continuing_subword_prefix", "##"))
        return _packaged(described, str(kind))
    words = folder / "vocab.txt"
    if not words.exists():
        raise ModelFolderError(
            f"{folder} has no tokenizer.json and no vocab.txt", "export the tokenizer with the model"
        )
    try:
        lines = words.read_bytes().decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise ModelFolderError(f"{words} is not UTF-8", "export the tokenizer again") from None
    vocabulary = {word: i for i, line in enumerate(lines) if (word := line.removesuffix("\r"))}
    return _wordpiece(folder, vocabulary, bool(config.get("do_lower_case", False)), "##")


def _packaged(described: Path, kind: str) -> Packaged:
    try:
        from tokenizers import Tokenizer as Inner  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        raise ModelFolderError(
            f"{described} holds a {kind} tokenizer", "install `tokenizers`, or export a WordPiece model"
        ) from None
    try:
        inner = Inner.from_file(str(described))
    except Exception as error:  # the package raises plain Exception
        raise ModelFolderError(
            f"{described} can't be loaded ({type(error).__name__})", "export the tokenizer again"
        ) from None
    return Packaged(inner, described.parent)


def _wordpiece(folder: Path, vocabulary: Any, lowercase: bool, prefix: str) -> WordPiece:
    if not isinstance(vocabulary, dict) or not all(isinstance(number, int) for number in vocabulary.values()):
        raise ModelFolderError(f"{folder}: the tokenizer has no vocabulary", "export the tokenizer again")
    missing = [name for name in ("[UNK]", "[CLS]", "[SEP]", "[PAD]") if name not in vocabulary]
    if missing:
        raise ModelFolderError(f"{folder}: the vocabulary lacks {missing[0]}", "use a BERT-like WordPiece vocabulary")
    return WordPiece(
        vocabulary,
        vocabulary["[UNK]"],
        vocabulary["[CLS]"],
        vocabulary["[SEP]"],
        vocabulary["[PAD]"],
        lowercase,
        prefix,
    )
