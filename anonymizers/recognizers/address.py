"""AddressRecognizer: anonymizers.exact.address as a Presidio EntityRecognizer."""

from __future__ import annotations

from anonymizers.exact import address
from anonymizers.recognizers.base import KoreanRecognizer


class AddressRecognizer(KoreanRecognizer):
    __doc__ = address.__doc__
    exact = address.ADDRESS
