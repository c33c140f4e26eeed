"""BirthDateRecognizer: anonymizers.exact.birth_date as a Presidio EntityRecognizer."""

from __future__ import annotations

from anonymizers.exact import birth_date
from anonymizers.recognizers.base import KoreanRecognizer


class BirthDateRecognizer(KoreanRecognizer):
    __doc__ = birth_date.__doc__
    exact = birth_date.BIRTH_DATE
