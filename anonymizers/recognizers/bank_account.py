"""BankAccountRecognizer: anonymizers.exact.bank_account as a Presidio EntityRecognizer."""

from __future__ import annotations

from anonymizers.exact import bank_account
from anonymizers.recognizers.base import KoreanRecognizer


class BankAccountRecognizer(KoreanRecognizer):
    __doc__ = bank_account.__doc__
    exact = bank_account.BANK_ACCOUNT
