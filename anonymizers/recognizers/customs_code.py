"""CustomsCodeRecognizer: anonymizers.exact.customs_code as a Presidio EntityRecognizer."""

from __future__ import annotations

from anonymizers.exact import customs_code
from anonymizers.recognizers.base import KoreanRecognizer


class CustomsCodeRecognizer(KoreanRecognizer):
    __doc__ = customs_code.__doc__
    exact = customs_code.CUSTOMS_CODE
