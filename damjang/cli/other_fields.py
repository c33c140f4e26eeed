"""What the fields that `damjang anonymize` passes on as they are seem to hold: counted by field and type, never shown.

A value is read with its field's name before it (`tel: …`), which is evidence. A name that is personal itself (a record
by person) is told as `(a field)`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from damjang.cli.json_lines import Line, Literal

_SURE_PPM: Final = 600_000  # a clock in milliseconds has the digits of a resident number, and scores below this
_LEAST: Final = 10**6  # a smaller number is nobody's by its field's name alone
_LONGEST: Final = 60  # code points of a field's name
_NAMELESS: Final = "(a field)"


class OtherFields:
    """`found`: {field: {type: values}}."""

    def __init__(self, rewritten: Sequence[str]) -> None:
        self._rewritten = frozenset(rewritten)
        self.found: dict[str, dict[str, int]] = {}

    def look(self, lines: Sequence[Line]) -> None:
        """Adds what these records hold beside the fields that are rewritten."""
        from anonymizers import analyze

        values: Counter[tuple[str, str, str]] = Counter()  # most fields repeat themselves: each value is read once
        for line in lines:
            for field, value in line.row.items():
                if not (field in self._rewritten and isinstance(value, str)):
                    values.update((field, name, plain) for name, plain in _leaves(field, value))
        every = analyze([f"{name}: {plain}" for _, name, plain in values], min_score_ppm=_SURE_PPM)
        for ((field, name, _), count), found in zip(values.items(), every, strict=True):
            start = len(name) + 2
            nameless = len(field) > _LONGEST or any(f.start < start for f in found)
            for f in found:
                if f.end > start:
                    types = self.found.setdefault(_NAMELESS if nameless else field, {})
                    types[f.type] = types.get(f.type, 0) + count

    def told(self) -> list[str]:
        """A line for a person; none when nothing was found."""
        if not self.found:
            return []
        some = "; ".join(
            f"{field} ({', '.join(f'{kind} {count:,}' for kind, count in sorted(types.items()))})"
            for field, types in sorted(self.found.items())
        )
        return [
            f"other fields went through as they are, and seem to hold personal data: {some}; --also FIELD rewrites one"
        ]


def _leaves(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """(nearest name, value) of every string and number in a value."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(key, item)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(name, item)
    elif isinstance(value, Literal):
        yield name, value.text
    elif isinstance(value, str):
        yield name, value
    elif isinstance(value, int) and abs(value) >= _LEAST:
        yield name, str(value)
