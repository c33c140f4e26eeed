"""VehiclePlateRecognizer: anonymizers.exact.vehicle_plate as a Presidio EntityRecognizer."""

from __future__ import annotations

from anonymizers.exact import vehicle_plate
from anonymizers.recognizers.base import KoreanRecognizer


class VehiclePlateRecognizer(KoreanRecognizer):
    __doc__ = vehicle_plate.__doc__
    exact = vehicle_plate.VEHICLE_PLATE
