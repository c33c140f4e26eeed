"""Canonical JSON (RFC 8785, JCS) and its strict reader: one value, one byte string.

What is hashed or signed must have one spelling. Readers here therefore accept *only* the canonical spelling:
no other whitespace, key order, escape or number format, and no key twice.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import Final

from damjang.certificates.errors import Malformed

_MAX_INT: Final = 2**53 - 1  # RFC 8785 §3.2.2.3 rests on IEEE 754 doubles; RFC 7493 §2.2
_TIME: Final = "%Y-%m-%dT%H:%M:%SZ"

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def canonical(value: object) -> bytes:
    """The RFC 8785 bytes of `value` (None, bool, int, float, str, list, tuple, dict with str keys).

    Raises Malformed for any other type, for integers beyond ±(2**53-1), NaN, infinities and lone surrogates.
    """
    try:
        return _text(value).encode()
    except UnicodeEncodeError:
        raise Malformed("a lone surrogate has no UTF-8 form") from None
    except RecursionError:
        raise Malformed("nested too deeply") from None


def _text(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        if abs(value) > _MAX_INT:
            raise Malformed("an integer beyond 2**53-1 has no exact JSON form")
        return str(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_text, value)) + "]"
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise Malformed("object keys are strings")
        keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))  # §3.2.3: UTF-16 code units
        return "{" + ",".join(f"{_text(key)}:{_text(value[key])}" for key in keys) + "}"
    raise Malformed(f"{type(value).__name__} has no JSON form")


def _number(value: float) -> str:
    """ECMAScript Number::toString (§3.2.2.3): Python's repr finds the same shortest digits, laid out differently."""
    if not math.isfinite(value):
        raise Malformed("NaN and infinities have no JSON form")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    # point: the value is 0.DIGITS × 10^point, as ECMAScript's n
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    if len(digits) <= point <= 21:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    power = f"e{'+' if point > 0 else '-'}{abs(point - 1)}"
    return sign + digits[0] + (f".{digits[1:]}" if len(digits) > 1 else "") + power


def parse(data: bytes, what: str) -> Json:
    """The value whose canonical bytes are exactly `data`; raises Malformed, naming `what`, for anything else."""
    value = parse_loose(data, what)
    if canonical(value) != data:
        raise Malformed(f"{what}: not in canonical form (RFC 8785)")
    return value


def parse_loose(data: bytes, what: str) -> Json:
    """JSON in any layout (files that people write), but no key twice, no NaN, and UTF-8 only."""

    def once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise Malformed(f"{what}: the same key twice in one object")
        return found

    def refuse(constant: str) -> Json:
        raise Malformed(f"{what}: {constant} is not JSON")

    try:
        value: Json = json.loads(data.decode(), object_pairs_hook=once, parse_constant=refuse)
    except (ValueError, RecursionError):
        raise Malformed(f"{what}: not JSON in UTF-8") from None
    return value


def format_time(when: dt.datetime) -> str:
    """RFC 3339 in UTC, whole seconds: `2026-11-22T01:02:03Z`. Raises Malformed for a time without a zone."""
    if when.tzinfo is None:
        raise Malformed("a time without a time zone")
    return when.astimezone(dt.UTC).strftime(_TIME)


def parse_time(text: str, what: str) -> dt.datetime:
    """The inverse of `format_time`, and nothing else."""
    try:
        when = dt.datetime.strptime(text, _TIME).replace(tzinfo=dt.UTC)
    except ValueError:
        raise Malformed(f"{what}: not a time such as 2026-11-22T01:02:03Z") from None
    if format_time(when) != text:
        raise Malformed(f"{what}: not a time such as 2026-11-22T01:02:03Z")
    return when
