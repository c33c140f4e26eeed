"""Names of provinces, cities, counties and districts (data/regions.txt)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Regions:
    """`province_names` in all their forms (서울특별시, 서울), `district_names` of cities, counties and districts."""

    province_names: frozenset[str]
    district_names: frozenset[str]


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
    return Regions(frozenset(provinces), frozenset(districts))
