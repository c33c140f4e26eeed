"""A model's folder as the common export writes it: its files read, its labels, the digest that pins it.

Whatever is missing or unreadable is a ModelFolderError that names the file and what to do; nothing is fetched.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from anonymizers.entities import entities
from anonymizers.errors import ModelFolderError

BEGINNINGS: Final = ("B-", "S-", "U-")
PREFIXES: Final = (*BEGINNINGS, "I-", "E-", "L-")
COMMON: Final = {"PS": "PERSON", "PER": "PERSON"}
"""What the common Korean tag sets call ours; their places and organisations are nobody's data by themselves."""
_CHUNK: Final = 1 << 20


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file; {} when there is no such file."""
    if not path.exists():
        return {}
    try:
        loaded = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        raise ModelFolderError(f"{path.name} is not JSON", f"export the model again: {path.parent}") from None
    if not isinstance(loaded, dict):
        raise ModelFolderError(f"{path.name} is not a JSON object", f"export the model again: {path.parent}")
    return loaded


def model_labels(folder: Path) -> list[str]:
    """The model's own labels by number, from config.json."""
    found = read_json(folder / "config.json").get("id2label")
    if isinstance(found, dict):
        found = [found.get(str(number)) for number in range(len(found))]
    if not isinstance(found, list) or not found or not all(isinstance(label, str) for label in found):
        raise ModelFolderError(
            f"{folder} does not say what its labels mean",
            "config.json holds id2label, such as 0: O, 1: B-PER, 2: I-PER",
        )
    return found


def meanings(names: Sequence[str], labels: Mapping[str, str] | None) -> list[str]:
    """Which of ours each of the model's labels means, "" for none. `labels` may name them with or without B-, I- …;
    None: those that are called as ours are, or as in COMMON."""
    known = entities()
    for ours in (labels or {}).values():
        if ours not in known:
            raise ModelFolderError(f"no such label as {ours}", f"ours: {', '.join(known)}")
    map_ = {name: name for name in known} | COMMON if labels is None else labels
    found = [map_.get(name) or (map_.get(name[2:], "") if name[:2] in PREFIXES else "") for name in names]
    if not any(found):
        raise ModelFolderError(
            f"no label of the model is one of {', '.join(list(map_)[:8]) or 'none'}",
            f"say what its labels mean, such as PER: PERSON; it has {', '.join(list(names)[:20])}",
        )
    return found


def folder_digest(folder: Path) -> str:
    """sha256 over the names and digests of all files of a folder, hidden ones aside: what a policy pins."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    whole = hashlib.sha256()
    for name in sorted(files):
        if not any(part.startswith(".") for part in name.split("/")):
            whole.update(f"{_sha256(files[name])}  {name}\n".encode())
    return whole.hexdigest()


def _sha256(path: Path) -> str:
    made = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            made.update(chunk)
    return made.hexdigest()
