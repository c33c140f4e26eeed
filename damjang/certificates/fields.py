"""Strict reading of parsed JSON into dataclasses: every field is there, of its type, and no other field is."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Final

from damjang.certificates.canonical import parse_time
from damjang.certificates.errors import Malformed

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
RELEASE: Final = re.compile(r"([a-z][a-z0-9-]{0,39})@([1-9][0-9]{0,8})")
COUNTRY: Final = re.compile(r"[A-Z]{2}")  # ISO 3166-1 alpha-2


class Fields:
    """One JSON object being read. `where` names it in errors. Call `end()` last: it refuses what was not asked for."""

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise Malformed(f"{where}: not an object")
        self._left = dict(value)
        self.where = where

    def end(self) -> None:
        """Raises Malformed if a field was not read."""
        if self._left:
            raise Malformed(f"{self.where}: unknown field {sorted(self._left)[0]!r}")

    def any(self, name: str) -> object:
        """The field, whatever it is; raises Malformed if it is absent."""
        if name not in self._left:
            raise Malformed(f"{self.where}: no field {name!r}")
        return self._left.pop(name)

    def text(self, name: str, pattern: re.Pattern[str] | None = None) -> str:
        """A string (that `pattern` matches wholly)."""
        value = self.any(name)
        if not isinstance(value, str) or (pattern is not None and not pattern.fullmatch(value)):
            raise Malformed(f"{self.where}: {name} is not well formed")
        return value

    def digest(self, name: str) -> str:
        """A SHA-256 in 64 lower-case hex digits."""
        return self.text(name, _DIGEST)

    def choice(self, name: str, choices: Sequence[str]) -> str:
        """One of `choices`."""
        value = self.text(name)
        if value not in choices:
            raise Malformed(f"{self.where}: {name} is none of {', '.join(choices)}")
        return value

    def optional_text(self, name: str, pattern: re.Pattern[str] | None = None) -> str | None:
        """A string or null."""
        if self._left.get(name, "") is None:
            del self._left[name]
            return None
        return self.text(name, pattern)

    def integer(self, name: str, least: int = 0) -> int:
        """An integer of at least `least`."""
        value = self.any(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise Malformed(f"{self.where}: {name} is not a whole number of at least {least}")
        return value

    def boolean(self, name: str) -> bool:
        """true or false."""
        value = self.any(name)
        if not isinstance(value, bool):
            raise Malformed(f"{self.where}: {name} is not true or false")
        return value

    def time(self, name: str) -> dt.datetime:
        """A time in UTC, whole seconds."""
        return parse_time(self.text(name), f"{self.where}: {name}")

    def items(self, name: str) -> list[object]:
        """An array."""
        value = self.any(name)
        if not isinstance(value, list):
            raise Malformed(f"{self.where}: {name} is not an array")
        return value

    def texts(self, name: str, pattern: re.Pattern[str] | None = None) -> tuple[str, ...]:
        """An array of strings, none twice."""
        found = self.items(name)
        texts = tuple(item for item in found if isinstance(item, str) and (pattern is None or pattern.fullmatch(item)))
        if len(texts) != len(found) or len(set(texts)) != len(texts):
            raise Malformed(f"{self.where}: {name} is not a list of distinct, well-formed strings")
        return texts

    def objects(self, name: str) -> list[Fields]:
        """An array of objects."""
        return [Fields(item, f"{self.where}: {name}[{number}]") for number, item in enumerate(self.items(name))]

    def object(self, name: str) -> Fields:
        """An object."""
        return Fields(self.any(name), f"{self.where}: {name}")


def split_release(release: str) -> tuple[str, int]:
    """`name@version` -> (name, version), version 1, 2, 3…; raises Malformed."""
    match = RELEASE.fullmatch(release)
    if match is None:
        raise Malformed(f"{release!r} is not a release such as korean-public@1")
    return match[1], int(match[2])
