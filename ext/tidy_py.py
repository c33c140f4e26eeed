"""The definition of ext.tidy in plain Python: one text form, and the counts that scores are made of.

The form: NFC; no control, zero-width or bidi characters; every kind of space is a space, runs inside a line are one,
none ends a line; indentation stays; at most one empty line in a row; nothing around the whole. It is idempotent.
Arrow's own utf8_normalize(form="NFC") gives decomposed Hangul (pyarrow 25), so unicodedata composes.
"""

from __future__ import annotations

import re
import unicodedata

FIELDS = ("chars", "hangul", "letters", "symbols", "spaces", "newlines", "repeated")
_SPACE = "\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060\ufeff]"
)
_SPACES = re.compile(f"[{_SPACE}]")
_INNER = re.compile(r"(?<=[^ \t\n])[ \t]+(?=[^ \t\n])")


def tidy(text: str) -> str:
    """The tidy form of one text."""
    text = unicodedata.normalize("NFC", text)
    text = text.replace("\r\n", "\n")
    text = _CONTROLS.sub("", text.replace("\r", "\n"))
    text = _SPACES.sub(" ", text)
    lines = [_INNER.sub(" ", line.rstrip(" \t")) for line in text.split("\n")]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
    return text.strip(" \t\n")


def counts(text: str) -> tuple[int, ...]:
    """The counts of one tidy text, in the order of FIELDS."""
    hangul = letters = symbols = spaces = newlines = 0
    for char in text:
        code = ord(char)
        if _is_hangul(code):
            hangul += 1
            letters += 1
        elif code < 0x80:
            letters += char.isalpha()
            newlines += char == "\n"
            spaces += char in " \t\n"
            symbols += code > 32 and not char.isalnum() and code != 127
        elif 0x2000 <= code <= 0x2FFF or 0x3000 <= code <= 0x303F or 0xFF00 <= code <= 0xFF3F:
            symbols += 1
        else:
            letters += 1
    return len(text), hangul, letters, symbols, spaces, newlines, _repeated(text) if newlines >= 2 else 0


def _is_hangul(code: int) -> bool:
    """Syllables (with the unassigned rest of their block rows), jamo and compatibility jamo."""
    return 0xAC00 <= code <= 0xD7FF or 0xB000 <= code <= 0xCFFF or 0x1100 <= code <= 0x11FF or 0x3100 <= code <= 0x31BF


def _repeated(text: str) -> int:
    seen: set[str] = set()
    found = 0
    for line in text.split("\n"):
        if line and line in seen:
            found += len(line)
        seen.add(line)
    return found
