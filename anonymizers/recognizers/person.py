"""PersonRecognizer: anonymizers.names as a Presidio EntityRecognizer."""

from __future__ import annotations

from anonymizers import names
from anonymizers.recognizers.base import BatchedRecognizer, explained


class PersonRecognizer(BatchedRecognizer):
    __doc__ = explained(names.__doc__ or "", ["PERSON"])

    def __init__(self, supported_language: str = "ko", *, kiwi_budget_ppm: int = 1_000_000) -> None:
        """Kiwi may be asked about every ambiguous name: texts come one at a time here."""
        inner = names.NameRecognizer(kiwi_budget_ppm=kiwi_budget_ppm)
        super().__init__(inner, ["PERSON"], supported_language)
