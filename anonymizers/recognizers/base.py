"""The adapter between our recognizers and Presidio's EntityRecognizer.

What the law says of a type comes from schemas/entities.yaml: it stands at the end of each class's docstring and in the
explanation of each result.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Final

from presidio_analyzer import AnalysisExplanation, EntityRecognizer, RecognizerResult

from anonymizers.detection import everything
from anonymizers.entities import entities
from anonymizers.findings import Finding, Recognized, resolve
from anonymizers.gate import batch_of

if TYPE_CHECKING:
    from presidio_analyzer.nlp_engine import NlpArtifacts

    from anonymizers.exact.hit import Recognizer


ACTION_TYPE: Final = "action_type"
"""Key of a result's recognition_metadata: the stricter label whose operator should be applied, where it is another."""
_IN_ONE_LINE: Final = re.compile(r"^Criteria: (.+?)\.(?:\s+(?=Score)|(?=\n\n))", re.MULTILINE | re.DOTALL)


class KoreanRecognizer(EntityRecognizer):  # type: ignore[misc]  # Presidio has no types
    """Wraps one exact recognizer: no gate, the whole text, offsets in the text as given."""

    exact: ClassVar[Recognizer]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Completes the docstring that was taken over from the exact recognizer."""
        super().__init_subclass__(**kwargs)
        cls.__doc__ = explained(cls.__doc__ or "", cls.exact.types)

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


def explained(doc: str, types: Iterable[str]) -> str:
    """A recognizer's docstring with its criteria numbered, and the article of law of each of its types."""
    whole = _IN_ONE_LINE.sub(lambda m: "Criteria\n" + _numbered(m[1]) + "\n\n", doc.rstrip())
    known = entities()
    articles = "".join(f"\n{label} ({known[label].ko}): {known[label].article}" for label in types if label in known)
    return f"{whole}\n\nArticle of law{articles}\n"


def _numbered(clauses: str) -> str:
    each = (" ".join(clause.split()) for clause in re.split(r";\s", clauses))
    return "\n".join(f"{number}. {clause[:1].upper()}{clause[1:]}." for number, clause in enumerate(each, 1))


def article(entity_type: str) -> str:
    """The article of law of a label; "" for a label that is not ours."""
    entity = entities().get(entity_type)
    return entity.article if entity else ""


def _result(finding: Finding, name: str) -> RecognizerResult:
    score = finding.score_ppm / 1_000_000
    told = [*finding.evidence, f"article: {article(finding.action)}"]
    explanation = AnalysisExplanation(recognizer=name, original_score=score, textual_explanation=", ".join(told))
    metadata = {ACTION_TYPE: finding.action_type} if finding.action_type else None
    return RecognizerResult(finding.type, finding.start, finding.end, score, explanation, metadata)
