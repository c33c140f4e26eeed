"""DriverLicenceRecognizer: anonymizers.exact.driver_licence as a Presidio EntityRecognizer."""

from __future__ import annotations

from anonymizers.exact import driver_licence
from anonymizers.recognizers.base import KoreanRecognizer


class DriverLicenceRecognizer(KoreanRecognizer):
    __doc__ = driver_licence.__doc__
    exact = driver_licence.DRIVER_LICENCE
