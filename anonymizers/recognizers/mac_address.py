"""MacAddressRecognizer: anonymizers.exact.mac_address as a Presidio EntityRecognizer."""

from __future__ import annotations

from anonymizers.exact import mac_address
from anonymizers.recognizers.base import KoreanRecognizer


class MacAddressRecognizer(KoreanRecognizer):
    __doc__ = mac_address.__doc__
    exact = mac_address.MAC_ADDRESS
