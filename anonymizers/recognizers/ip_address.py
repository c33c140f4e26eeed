"""IpAddressRecognizer: anonymizers.exact.ip_address as a Presidio EntityRecognizer."""

from __future__ import annotations

from anonymizers.exact import ip_address
from anonymizers.recognizers.base import KoreanRecognizer


class IpAddressRecognizer(KoreanRecognizer):
    __doc__ = ip_address.__doc__
    exact = ip_address.IP_ADDRESS
