"""Immutable datasets: file references, parts, receipts and the manifest that makes a stage's output exist.

A part (`00042-000`: work unit 42, piece 0) is born at ingest and keeps its name and its place through every stage, so
that shard boundaries never move. A receipt is one finished unit's account of its files; the manifest is written by the
driver alone, after every planned receipt was checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pipelines.files import damaged, digest_of, read_json, write_json


@dataclass(frozen=True, slots=True)
class FileRef:
    """A staged file: `path` is relative to its stage folder, `digest` keyed over the plaintext."""

    path: str
    file_id: str
    rows: int
    bytes: int
    digest: str


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of one source. `files` by kind: data, decisions, edges, spans, scores, subjects, quarantine."""

    name: str
    source_id: str
    raw_bytes: int
    files: Mapping[str, FileRef]
    counts: Mapping[str, int]  # in, kept, changed, dropped, quarantined
    reasons: Mapping[str, int] = field(default_factory=dict)
    facts: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Part:
        files = {kind: FileRef(**ref) for kind, ref in value["files"].items()}
        return cls(**{**value, "files": files})


@dataclass(frozen=True, slots=True)
class Receipt:
    """One unit's account. `keys`: new files' keys, sealed; `side`: files that belong to no part."""

    step: str
    unit: int
    parts: tuple[Part, ...]
    side: Mapping[str, tuple[FileRef, ...]]
    keys: Mapping[str, str]
    facts: Mapping[str, Any]

    def save(self, path: Path) -> None:
        write_json(path, asdict(self))

    @classmethod
    def load(cls, path: Path) -> Receipt:
        value = read_json(path)
        return cls(
            step=value["step"],
            unit=value["unit"],
            parts=tuple(Part.from_json(part) for part in value["parts"]),
            side={kind: tuple(FileRef(**ref) for ref in refs) for kind, refs in value["side"].items()},
            keys=value["keys"],
            facts=value["facts"],
        )

    def files(self) -> Iterable[FileRef]:
        for part in self.parts:
            yield from part.files.values()
        for refs in self.side.values():
            yield from refs


@dataclass(frozen=True, slots=True)
class Manifest:
    """A finished stage. `digest` names its content: the plaintext digests, not the sealed bytes (keys are random)."""

    stage: str
    version: str
    folder: str
    inputs: Mapping[str, Any]
    parts: tuple[Part, ...]
    side: Mapping[str, tuple[FileRef, ...]]
    facts: Mapping[str, Any]

    @property
    def digest(self) -> str:
        def content(ref: FileRef) -> list[Any]:
            return [ref.rows, ref.digest]

        return digest_of(
            {
                "stage": self.stage,
                "version": self.version,
                "parts": [
                    [part.name, part.source_id, {k: content(ref) for k, ref in part.files.items()}]
                    for part in self.parts
                ],
                "side": {kind: [content(ref) for ref in refs] for kind, refs in self.side.items()},
                "facts": self.facts,
            }
        )

    def by_source(self) -> dict[str, dict[str, int]]:
        """{source: {in, kept, changed, dropped, quarantined}}, sources in name order."""
        return _sum((part.source_id, part.counts) for part in self.parts)

    def reasons(self) -> dict[str, dict[str, int]]:
        """{source: {reason: documents}}."""
        return _sum((part.source_id, part.reasons) for part in self.parts)

    def part_facts(self) -> dict[str, dict[str, int]]:
        """{source: {fact: sum}}."""
        return _sum((part.source_id, part.facts) for part in self.parts)

    def save(self, path: Path) -> None:
        write_json(path, {**asdict(self), "digest": self.digest})

    @classmethod
    def load(cls, path: Path) -> Manifest:
        """Raises RunFileDamaged."""
        value = read_json(path)
        try:
            value.pop("digest")
            value["parts"] = tuple(Part.from_json(part) for part in value["parts"])
            value["side"] = {kind: tuple(FileRef(**ref) for ref in refs) for kind, refs in value["side"].items()}
            return cls(**value)
        except (AttributeError, KeyError, TypeError):
            raise damaged(path) from None


def _sum(items: Iterable[tuple[str, Mapping[str, int]]]) -> dict[str, dict[str, int]]:
    total: dict[str, dict[str, int]] = {}
    for source, counts in items:
        row = total.setdefault(source, {})
        for name, number in counts.items():
            row[name] = row.get(name, 0) + number
    return {source: dict(sorted(total[source].items())) for source in sorted(total)}
