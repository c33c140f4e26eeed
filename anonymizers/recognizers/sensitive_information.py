"""SensitiveInformationRecognizer: anonymizers.sensitive as a Presidio EntityRecognizer."""

from __future__ import annotations

from anonymizers import sensitive
from anonymizers.entities import entities
from anonymizers.recognizers.base import BatchedRecognizer, explained

TYPES = [label for label, entity in entities().items() if entity.law_class == "sensitive"]


class SensitiveInformationRecognizer(BatchedRecognizer):
    __doc__ = explained(sensitive.__doc__ or "", TYPES)

    def __init__(self, supported_language: str = "ko") -> None:
        super().__init__(sensitive.SensitiveRecognizer(), TYPES, supported_language)
