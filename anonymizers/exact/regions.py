"""Names of provinces, cities, counties and districts, as alternations for patterns (data/regions.txt)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Regions:
    """`provinces` and `districts` are regex alternations, longest names first."""

    provinces: str
    districts: str


@cache
def regions() -> Regions:
    """The shipped list; it changes with the law, so it is data."""
    provinces: set[str] = set()
    districts: set[str] = set()
    text = (files("anonymizers") / "data" / "regions.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("#") or ":" not in line:
            continue
        names, below = line.split(":")
        provinces.update(names.split())
        districts.update(below.split())
    return Regions(_alternation(provinces), _alternation(districts))


def _alternation(names: set[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=lambda n: (-len(n), n)))
