"""CardRecognizer: anonymizers.exact.card as a Presidio EntityRecognizer."""

from __future__ import annotations

from anonymizers.exact import card
from anonymizers.recognizers.base import KoreanRecognizer


class CardRecognizer(KoreanRecognizer):
    __doc__ = card.__doc__
    exact = card.CARD
