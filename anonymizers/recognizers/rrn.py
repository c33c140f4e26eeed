"""RrnRecognizer: anonymizers.exact.rrn as a Presidio EntityRecognizer."""

from __future__ import annotations

from anonymizers.exact import rrn
from anonymizers.recognizers.base import KoreanRecognizer


class RrnRecognizer(KoreanRecognizer):
    __doc__ = rrn.__doc__
    exact = rrn.RRN
