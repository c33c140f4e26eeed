"""Reason codes with their article and their text in Korean and English, from schemas/reasons.yaml."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import yaml

import schemas


@dataclass(frozen=True)
class Reason:
    """One reason as an officer reads it."""

    code: str
    article: str
    ko: str
    en: str


@functools.cache
def reasons() -> dict[str, Reason]:
    """Every reason by its code."""
    text = (Path(schemas.__file__).parent / "reasons.yaml").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = yaml.safe_load(text)["reasons"]
    return {code: Reason(code, row["article"], row["ko"], row["en"]) for code, row in found.items()}
