"""StudentNoRecognizer: anonymizers.exact.student_no as a Presidio EntityRecognizer."""

from __future__ import annotations

from anonymizers.exact import student_no
from anonymizers.recognizers.base import KoreanRecognizer


class StudentNoRecognizer(KoreanRecognizer):
    __doc__ = student_no.__doc__
    exact = student_no.STUDENT_NO
