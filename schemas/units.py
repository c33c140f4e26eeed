"""Byte sizes as people write them: `4MiB`, `64 KiB`, `1000`."""

from __future__ import annotations

import re

_SIZE = re.compile(r"^\s*(\d+)\s*(B|KiB|MiB|GiB)?\s*$")
_FACTOR = {None: 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


def parse_bytes(value: object) -> int:
    """Bytes from an int or a string such as `4MiB`; raises ValueError that names the valid units."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    match = _SIZE.match(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("a size is a whole number with B, KiB, MiB or GiB, such as 4MiB")
    return int(match[1]) * _FACTOR[match[2]]
