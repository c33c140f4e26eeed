"""The root of every room's error tree: named by cause, says what to do next, holds no personal data."""

from __future__ import annotations


class DamjangError(Exception):
    """One or two lines for a person: `message` is the cause, `remedy` what to do next.

    `exit_code` is what the command line returns: 1 a check failed, 3 configuration, 4 input, 5 the run failed
    (run again), 6 busy. Errors are picklable: Beam carries them between processes.
    """

    exit_code = 5

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}\n{self.remedy}" if self.remedy else self.message


class ConfigError(DamjangError):
    """A project file, policy or option is wrong: the message names the line, the field and the valid values."""

    exit_code = 3
