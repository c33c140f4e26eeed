"""The adapter between our recognizers and Presidio's EntityRecognizer."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from presidio_analyzer import AnalysisExplanation, EntityRecognizer, RecognizerResult

from anonymizers.detection import everything
from anonymizers.findings import Finding, Recognized, resolve
from anonymizers.gate import batch_of

if TYPE_CHECKING:
    from presidio_analyzer.nlp_engine import NlpArtifacts

    from anonymizers.exact.hit import Recognizer


class KoreanRecognizer(EntityRecognizer):  # type: ignore[misc]  # Presidio has no types
    """Wraps one exact recognizer: no gate, the whole text, offsets in the text as given."""

    exact: ClassVar[Recognizer]

    def __init__(self, supported_language: str = "ko") -> None:
        super().__init__(
            supported_entities=list(self.exact.types),
            name=type(self).__name__,
            supported_language=supported_language,
            version=self.exact.version,
        )

    def load(self) -> None:
        """Nothing to load."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """Results for the asked entities."""
        found = []
        for window in everything(batch_of([text])):
            for hit in self.exact.find(window.view):
                if window.view.touches_core(hit.start, hit.end):
                    start, end = window.view.span(hit.start, hit.end)
                    found.append(Finding(0, start, end, hit.type, hit.score_ppm, hit.evidence, hit.action_type))
        return [_result(f, self.name) for f in resolve(found) if not entities or f.type in entities]


class BatchedRecognizer(EntityRecognizer):  # type: ignore[misc]
    """Wraps a batch recognizer (names, sensitive sentences, a model)."""

    def __init__(self, inner: Recognized, types: list[str], supported_language: str = "ko") -> None:
        self._inner = inner
        super().__init__(
            supported_entities=types, name=inner.name, supported_language=supported_language, version=inner.version
        )

    def load(self) -> None:
        """The inner recognizer loads what it needs by itself."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """Results for the asked entities."""
        wanted = entities or self.supported_entities
        return [_result(f, self.name) for f in resolve(self._inner.find([text])) if f.type in wanted]


def _result(finding: Finding, name: str) -> RecognizerResult:
    score = finding.score_ppm / 1_000_000
    explanation = AnalysisExplanation(
        recognizer=name, original_score=score, textual_explanation=", ".join(finding.evidence)
    )
    return RecognizerResult(finding.type, finding.start, finding.end, score, explanation)
