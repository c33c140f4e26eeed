"""GeoCoordinateRecognizer: anonymizers.exact.geo_coordinate as a Presidio EntityRecognizer."""

from __future__ import annotations

from anonymizers.exact import geo_coordinate
from anonymizers.recognizers.base import KoreanRecognizer


class GeoCoordinateRecognizer(KoreanRecognizer):
    __doc__ = geo_coordinate.__doc__
    exact = geo_coordinate.GEO_COORDINATE
