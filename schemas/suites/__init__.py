"""Expectation suites (Great Expectations) and their digest.

`shard` holds of any stretch of a shard's rows, `row_ids` of a shard's row ids together, `run` of a run's counts.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
NAMES = ("shard", "row_ids", "run")


def suite(name: str) -> dict[str, Any]:
    """The suite as JSON: name, version, expectations [{type, kwargs}]."""
    loaded: dict[str, Any] = json.loads((_HERE / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def suites_digest() -> str:
    """SHA-256 over the suites, in order of name."""
    digest = hashlib.sha256()
    for name in sorted(NAMES):
        digest.update(json.dumps(suite(name), sort_keys=True, separators=(",", ":")).encode())
    return digest.hexdigest()
