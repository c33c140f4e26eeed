"""PassportRecognizer: anonymizers.exact.passport as a Presidio EntityRecognizer."""

from __future__ import annotations

from anonymizers.exact import passport
from anonymizers.recognizers.base import KoreanRecognizer


class PassportRecognizer(KoreanRecognizer):
    __doc__ = passport.__doc__
    exact = passport.PASSPORT
