"""SensitiveInformationRecognizer: anonymizers.sensitive as a Presidio EntityRecognizer."""

from __future__ import annotations

from anonymizers import sensitive
from anonymizers.entities import entities
from anonymizers.recognizers.base import BatchedRecognizer


class SensitiveInformationRecognizer(BatchedRecognizer):
    __doc__ = sensitive.__doc__

    def __init__(self, supported_language: str = "ko") -> None:
        types = [label for label, entity in entities().items() if entity.law_class == "sensitive"]
        super().__init__(sensitive.SensitiveRecognizer(), types, supported_language)
