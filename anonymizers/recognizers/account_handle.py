"""AccountHandleRecognizer: anonymizers.exact.account_handle as a Presidio EntityRecognizer."""

from __future__ import annotations

from anonymizers.exact import account_handle
from anonymizers.recognizers.base import KoreanRecognizer


class AccountHandleRecognizer(KoreanRecognizer):
    __doc__ = account_handle.__doc__
    exact = account_handle.ACCOUNT_HANDLE
