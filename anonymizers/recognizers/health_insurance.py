"""HealthInsuranceRecognizer: anonymizers.exact.health_insurance as a Presidio EntityRecognizer."""

from __future__ import annotations

from anonymizers.exact import health_insurance
from anonymizers.recognizers.base import KoreanRecognizer


class HealthInsuranceRecognizer(KoreanRecognizer):
    __doc__ = health_insurance.__doc__
    exact = health_insurance.HEALTH_INSURANCE
