"""MilitaryNoRecognizer: anonymizers.exact.military_no as a Presidio EntityRecognizer."""

from __future__ import annotations

from anonymizers.exact import military_no
from anonymizers.recognizers.base import KoreanRecognizer


class MilitaryNoRecognizer(KoreanRecognizer):
    __doc__ = military_no.__doc__
    exact = military_no.MILITARY_NO
