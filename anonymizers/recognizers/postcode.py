"""PostcodeRecognizer: anonymizers.exact.postcode as a Presidio EntityRecognizer."""

from __future__ import annotations

from anonymizers.exact import postcode
from anonymizers.recognizers.base import KoreanRecognizer


class PostcodeRecognizer(KoreanRecognizer):
    __doc__ = postcode.__doc__
    exact = postcode.POSTCODE
