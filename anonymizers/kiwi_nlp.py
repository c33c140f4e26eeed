"""Kiwi as Presidio's NLP engine: tokens and lemmas for context words, without a spaCy model and without a network.

Presidio wants a spaCy Doc; a blank vocabulary makes one from Kiwi's morphemes. Kiwi is slow (0.17 MB/s), so
`KiwiNlpEngine(tokenize=False)` gives empty artifacts to users of recognizers that need none, as ours do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine
from spacy.tokens import Doc
from spacy.vocab import Vocab

_STOP_TAGS = ("J", "E", "X", "S")


class KiwiNlpEngine(NlpEngine):  # type: ignore[misc]  # Presidio has no types
    """Korean only. Thread count 1: results never depend on timing."""

    def __init__(self, *, tokenize: bool = True) -> None:
        self._tokenize = tokenize
        self._kiwi: Any = None
        self._vocab = Vocab()
        self._stop: set[str] = set()

    def load(self) -> None:
        """Loads Kiwi's packaged model (about a second)."""
        if self._tokenize and self._kiwi is None:
            from kiwipiepy import Kiwi

            self._kiwi = Kiwi(num_workers=1)

    def is_loaded(self) -> bool:
        """Whether process_text may be called."""
        return not self._tokenize or self._kiwi is not None

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        """Morphemes as tokens, dictionary forms as lemmas."""
        if not self.is_loaded():
            self.load()
        words: list[str] = []
        lemmas: list[str] = []
        indices: list[int] = []
        if self._tokenize:
            for token in self._kiwi.tokenize(text):
                form = text[token.start : token.start + token.len]
                if not form.strip():
                    continue
                words.append(form)
                lemmas.append(token.form)
                indices.append(token.start)
                if token.tag.startswith(_STOP_TAGS):
                    self._stop.add(token.form)
        doc = Doc(self._vocab, words=words, spaces=[False] * len(words))
        return NlpArtifacts(
            entities=[], tokens=doc, tokens_indices=indices, lemmas=lemmas, nlp_engine=self, language=language
        )

    def process_batch(
        self, texts: Iterable[str], language: str, batch_size: int = 1, n_process: int = 1, **kwargs: Any
    ) -> Iterator[tuple[str, NlpArtifacts]]:
        """One after the other: Kiwi's own threads are not used."""
        for text in texts:
            yield text, self.process_text(text, language)

    def is_stopword(self, word: str, language: str) -> bool:
        """Particles, endings and affixes seen so far."""
        return word in self._stop

    def is_punct(self, word: str, language: str) -> bool:
        """No letter and no digit in it."""
        return not any(c.isalnum() for c in word)

    def get_supported_entities(self) -> list[str]:
        """None: names come from our own recognizer."""
        return []

    def get_supported_languages(self) -> list[str]:
        """Korean."""
        return ["ko"]
