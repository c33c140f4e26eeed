"""PhoneRecognizer: anonymizers.exact.phone as a Presidio EntityRecognizer."""

from __future__ import annotations

from anonymizers.exact import phone
from anonymizers.recognizers.base import KoreanRecognizer


class PhoneRecognizer(KoreanRecognizer):
    __doc__ = phone.__doc__
    exact = phone.PHONE
