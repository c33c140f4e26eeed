"""Errors of this room: a value never appears in them, only its type."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.errors import ConfigError, DamjangError


class AnonymizerError(DamjangError):
    """Root of this room's errors."""


class UnlawfulOperator(AnonymizerError, ConfigError):
    """An operator that the law or the type does not allow was asked for."""

    def __init__(self, entity_type: str, operator: str, allowed: Sequence[str]) -> None:
        super().__init__(
            f"{entity_type}: operator {operator} is not allowed",
            f"valid here: {', '.join(allowed)}; correct the policy",
        )
        self.args = (entity_type, operator, tuple(allowed))


class BadSpan(AnonymizerError):
    """A span does not lie inside its text: offsets and text are not of the same document."""

    def __init__(self, start: int, end: int, length: int) -> None:
        super().__init__(
            f"span {start}..{end} does not fit a text of {length} code points", "detect and rewrite the same text"
        )
        self.args = (start, end, length)


class ModelFolderError(AnonymizerError, ConfigError):
    """A model folder lacks something or holds a kind of file that cannot be read here."""


class ModelOptionError(AnonymizerError, ConfigError):
    """An option of a model is out of its range."""


class NotTexts(AnonymizerError, TypeError):
    """What was given to be analyzed is not a sequence of texts."""

    exit_code = 4
