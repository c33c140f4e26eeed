"""The stage records behind one release, found by digest from its assemble manifest and checked against their content.

A release may be older than the latest run, so nothing here looks at out/runs/latest.json. Manifests are plain JSON
(their files are sealed); a manifest whose content does not give the digest it carries is no evidence and is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from damjang.certificates.canonical import canonical
from governance.errors import StageRecordAltered

STAGES = ("ingest", "refine", "dedup", "anonymize")
"""The stages that decide about documents, in order."""


def digest_of(value: Any) -> str:
    """SHA-256 hex over the canonical JSON (RFC 8785) of `value`, as the pipeline digests its evidence."""
    return hashlib.sha256(canonical(value)).hexdigest()


@dataclass(frozen=True)
class StageRecord:
    """A finished stage. `counts` and `reasons` by source; `decisions`: (part, keyed digest) of every decision file."""

    stage: str
    folder: str
    digest: str
    inputs: Mapping[str, str]
    facts: Mapping[str, Any]
    counts: Mapping[str, Mapping[str, int]]
    reasons: Mapping[str, Mapping[str, int]]
    decisions: tuple[tuple[str, str], ...]
    reads: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Records:
    """What is still there of a release's stages; after destruction or a rewrite some may be missing."""

    by_stage: Mapping[str, StageRecord]

    def get(self, stage: str) -> StageRecord | None:
        """The stage's record, if it is there."""
        return self.by_stage.get(stage)

    def fact(self, stage: str, name: str, default: Any = None) -> Any:
        """A fact of a stage's manifest."""
        record = self.by_stage.get(stage)
        return default if record is None else record.facts.get(name, default)

    @property
    def complete(self) -> bool:
        """Whether every deciding stage is there."""
        return all(stage in self.by_stage for stage in STAGES)


def records_of(stages: Path, assemble_folder: str, content: str, consent_root: str) -> Records:
    """The stages behind the release that was assembled in `assemble_folder`.

    `content` is the digest under which the ledger knows the release: it names the one `validate` that counts. Raises
    StageRecordAltered.
    """
    assembled = _load(stages / assemble_folder)
    if assembled is None:
        return Records({})
    found = {"assemble": assembled}
    for stage in STAGES:
        record = _by_digest(stages, stage, assembled.inputs.get(stage, ""))
        if record is not None:
            found[stage] = record
    if "ingest" in found:
        registered = _by_digest(stages, "register", found["ingest"].inputs.get("register", ""))
        if registered is not None:
            found["register"] = registered
    checked = [r for r in _every(stages, "validate") if r.inputs.get("assemble") == assembled.digest]
    exact = [r for r in checked if digest_of([assembled.digest, r.digest, consent_root]) == content]
    if exact or checked:
        found["validate"] = (exact or checked)[-1]
    return Records(found)


def _by_digest(stages: Path, stage: str, digest: str) -> StageRecord | None:
    return next((record for record in _every(stages, stage) if record.digest == digest), None)


def _every(stages: Path, stage: str) -> Iterable[StageRecord]:
    for folder in sorted(stages.glob(f"{stage}-*")):
        record = _load(folder)
        if record is not None:
            yield record


def _load(folder: Path) -> StageRecord | None:
    try:
        value = json.loads((folder / "manifest.json").read_bytes())
    except FileNotFoundError:
        return None
    except ValueError:
        raise _altered(folder) from None
    digest = value["digest"]
    if digest != content_digest(value) or value["folder"] != folder.name:
        raise _altered(folder)
    parts = value["parts"]
    return StageRecord(
        stage=value["stage"],
        folder=folder.name,
        digest=digest,
        inputs=value["inputs"],
        facts=value["facts"],
        counts=_sum((part["source_id"], part["counts"]) for part in parts),
        reasons=_sum((part["source_id"], part["reasons"]) for part in parts),
        decisions=tuple((p["name"], p["files"]["decisions"]["digest"]) for p in parts if "decisions" in p["files"]),
        reads=_reads(folder),
    )


def content_digest(manifest: Mapping[str, Any]) -> str:
    """A manifest's digest from its content (pipelines.dataset.Manifest.digest, which is not imported here)."""
    return digest_of(
        {
            "stage": manifest["stage"],
            "version": manifest["version"],
            "parts": [
                [p["name"], p["source_id"], {k: [f["rows"], f["digest"]] for k, f in p["files"].items()}]
                for p in manifest["parts"]
            ],
            "side": {kind: [[f["rows"], f["digest"]] for f in refs] for kind, refs in manifest["side"].items()},
            "facts": manifest["facts"],
        }
    )


def _reads(folder: Path) -> Mapping[str, Any]:
    """What the stage read: trusted only if it gives the folder its name."""
    try:
        reads = json.loads((folder / "reads.json").read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    if not folder.name.endswith(f"-{digest_of(reads)[:16]}"):
        return {}
    inner: Mapping[str, Any] = reads["reads"]
    return inner


def _altered(folder: Path) -> StageRecordAltered:
    return StageRecordAltered(
        f"stage record {folder.name}/manifest.json is not what the run wrote",
        "restore it from a backup; a report is never made from an altered record",
    )


def _sum(items: Iterable[tuple[str, Mapping[str, int]]]) -> dict[str, dict[str, int]]:
    total: dict[str, dict[str, int]] = {}
    for source, counts in items:
        row = total.setdefault(source, {})
        for name, number in counts.items():
            row[name] = row.get(name, 0) + number
    return {source: dict(sorted(total[source].items())) for source in sorted(total)}


def decisions_root(records: Records) -> str | None:
    """The root over every decision file, as the certificate states it; None where a stage's record is missing."""
    if not records.complete:
        return None
    rows: Sequence[Any] = [
        [stage, part, digest] for stage in STAGES for part, digest in records.by_stage[stage].decisions
    ]
    return digest_of(rows)
