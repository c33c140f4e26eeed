"""Atomic small files: temporary name, sync, rename. And the canonical JSON that digests are taken over."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from damjang.certificates.canonical import canonical
from pipelines.errors import RunFileDamaged


def write_atomic(path: Path, data: bytes) -> None:
    """Write `data` so that `path` holds all of it or does not change; survives a crash of the machine."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def write_json(path: Path, value: Any) -> None:
    """Canonical JSON (RFC 8785), written atomically."""
    write_atomic(path, canonical(value))


def read_json(path: Path) -> Any:
    """What `write_json` wrote. Raises RunFileDamaged."""
    try:
        return json.loads(path.read_bytes())
    except ValueError:
        raise damaged(path) from None


def damaged(path: Path) -> RunFileDamaged:
    """The error for a file that is not what a run wrote."""
    return RunFileDamaged(
        f"{path.parent.name}/{path.name} is damaged",
        "remove this file and run again: a run writes it anew",
    )


def digest_of(value: Any) -> str:
    """SHA-256 hex over the canonical JSON of `value`."""
    return hashlib.sha256(canonical(value)).hexdigest()
