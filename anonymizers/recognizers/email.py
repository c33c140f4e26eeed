"""EmailRecognizer: anonymizers.exact.email as a Presidio EntityRecognizer."""

from __future__ import annotations

from anonymizers.exact import email
from anonymizers.recognizers.base import KoreanRecognizer


class EmailRecognizer(KoreanRecognizer):
    __doc__ = email.__doc__
    exact = email.EMAIL
