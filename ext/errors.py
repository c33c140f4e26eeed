"""Errors of the kernels: what was wrong with the arrays or options handed in. No text is ever in a message."""

from __future__ import annotations


class ExtError(Exception):
    """`message` is the cause, `remedy` what to do next; the same attributes as every other room's errors."""

    exit_code = 4

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}\n{self.remedy}" if self.remedy else self.message


class OptionError(ExtError):
    """A parameter is outside its range; the message names it and the range."""

    exit_code = 3


class InputError(ExtError):
    """An array has the wrong type, shape or content; the message names it and the row."""


class CapacityError(ExtError):
    """A text or array is larger than the kernel's indices or memory allow."""
