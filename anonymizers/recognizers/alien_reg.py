"""AlienRegRecognizer: anonymizers.exact.alien_reg as a Presidio EntityRecognizer."""

from __future__ import annotations

from anonymizers.exact import alien_reg
from anonymizers.recognizers.base import KoreanRecognizer


class AlienRegRecognizer(KoreanRecognizer):
    __doc__ = alien_reg.__doc__
    exact = alien_reg.ALIEN_REG
