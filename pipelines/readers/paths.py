"""Paths as UTF-8 text. A name in another encoding (CP949, from old archives) is percent-encoded behind `bytes:`."""

from __future__ import annotations

import os
from urllib.parse import quote_from_bytes, unquote_to_bytes

_MARK = "bytes:"
REFUSED = "identifier-in-name:"  # stands, with a number, for a path that itself holds an Art. 24 identifier


def encode_path(path: str) -> str:
    """From a path as the system gives it (perhaps with surrogate escapes) to text that JSON and Arrow can hold."""
    raw = os.fsencode(path)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return _MARK + quote_from_bytes(raw)
    return _MARK + quote_from_bytes(raw) if text.startswith(_MARK) else text


def decode_path(text: str) -> str:
    """Back to a path that can be opened."""
    return os.fsdecode(unquote_to_bytes(text.removeprefix(_MARK))) if text.startswith(_MARK) else text
