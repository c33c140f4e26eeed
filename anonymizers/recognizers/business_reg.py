"""BusinessRegRecognizer: anonymizers.exact.business_reg as a Presidio EntityRecognizer."""

from __future__ import annotations

from anonymizers.exact import business_reg
from anonymizers.recognizers.base import KoreanRecognizer


class BusinessRegRecognizer(KoreanRecognizer):
    __doc__ = business_reg.__doc__
    exact = business_reg.BUSINESS_REG
