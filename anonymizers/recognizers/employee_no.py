"""EmployeeNoRecognizer: anonymizers.exact.employee_no as a Presidio EntityRecognizer."""

from __future__ import annotations

from anonymizers.exact import employee_no
from anonymizers.recognizers.base import KoreanRecognizer


class EmployeeNoRecognizer(KoreanRecognizer):
    __doc__ = employee_no.__doc__
    exact = employee_no.EMPLOYEE_NO
