"""CorporateRegRecognizer: anonymizers.exact.corporate_reg as a Presidio EntityRecognizer."""

from __future__ import annotations

from anonymizers.exact import corporate_reg
from anonymizers.recognizers.base import KoreanRecognizer


class CorporateRegRecognizer(KoreanRecognizer):
    __doc__ = corporate_reg.__doc__
    exact = corporate_reg.CORPORATE_REG
