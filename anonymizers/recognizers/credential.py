"""CredentialRecognizer: anonymizers.exact.credential as a Presidio EntityRecognizer."""

from __future__ import annotations

from anonymizers.exact import credential
from anonymizers.recognizers.base import KoreanRecognizer


class CredentialRecognizer(KoreanRecognizer):
    __doc__ = credential.__doc__
    exact = credential.CREDENTIAL
