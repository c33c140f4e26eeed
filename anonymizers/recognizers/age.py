"""AgeRecognizer: anonymizers.exact.age as a Presidio EntityRecognizer."""

from __future__ import annotations

from anonymizers.exact import age
from anonymizers.recognizers.base import KoreanRecognizer


class AgeRecognizer(KoreanRecognizer):
    __doc__ = age.__doc__
    exact = age.AGE
