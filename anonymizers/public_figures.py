"""Names that policy keeps: of the deceased (PIPA 2(1) protects the living), of the living under a 15①6 balancing test.

Fame is no exception by itself. Lists are CSV files that the user vouches for, pinned by their sha256 in the policy:

    name,context
    이순신,장군;임진왜란;거북선

A name is kept in a text only where one of its context words stands too, because a private person may bear it as well;
an empty context keeps it everywhere. Conjoining jamo and zero-width characters make no other name of it.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from anonymizers.passages import fold
from ext.names import is_odd
from schemas.errors import ConfigError
from schemas.policy import Policy

FIELDS: Final = ("name", "context")


def load_public_figures(policy: Policy, root: Path) -> dict[str, frozenset[str]]:
    """`{name: context words}` of the lists that the policy names, relative to `root` (the project folder).

    Raises ConfigError for a list that is missing, changed since the policy was written, or malformed.
    """
    rule = policy.anonymize.public_figures
    kept: dict[str, frozenset[str]] = {}
    for file, digest in ((rule.deceased_csv, rule.deceased_sha256), (rule.living_csv, rule.living_sha256)):
        if file is not None:
            for name, context in _read(root / file, digest or "").items():
                kept[name] = _widest(kept.get(name), context)
    return kept


def keeps(figures: Mapping[str, frozenset[str]], name: str, text: str) -> bool:
    """Whether `name` may stay in `text`."""
    context = figures.get(_plain(name))
    if not context:
        return context is not None
    plain = _plain(text)
    return any(word in plain for word in context)


def _plain(text: str) -> str:
    return _folded(text) if is_odd(text) else text


@lru_cache(maxsize=4)  # a text is asked about once a name
def _folded(text: str) -> str:
    return fold(text).text


def _widest(known: frozenset[str] | None, context: frozenset[str]) -> frozenset[str]:
    if known is None:
        return context
    return known | context if known and context else frozenset()


def _read(path: Path, digest: str) -> dict[str, frozenset[str]]:
    if not path.is_file():
        raise ConfigError(f"public figures: {path.name} not found", "put the list beside the project file")
    raw = path.read_bytes()
    actual = hashlib.sha256(raw).hexdigest()
    if actual != digest:
        raise ConfigError(
            f"public figures: {path.name} is not the list that the policy pins",
            f"if the change is meant, write sha256 {actual} into the policy",
        )
    try:
        rows = csv.DictReader(io.StringIO(raw.decode("utf-8-sig")))
        if tuple(rows.fieldnames or ()) != FIELDS:
            raise ConfigError(f"public figures: {path.name}: line 1 is wrong", f"use the columns {','.join(FIELDS)}")
        return {
            _plain(row["name"].strip()): frozenset(
                _plain(word.strip()) for word in (row["context"] or "").split(";") if word.strip()
            )
            for row in rows
            if (row["name"] or "").strip()
        }
    except (UnicodeDecodeError, csv.Error):
        raise ConfigError(f"public figures: {path.name} is not a UTF-8 CSV file", "save it as UTF-8") from None
