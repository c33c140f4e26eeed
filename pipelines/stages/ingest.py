"""ingest: registered files into immutable staged parts. Art. 24 identifiers are deleted in memory, before any write.

Three steps: `read` (units to parts, decisions and key files), `repeats` (a hash range of the key files to the records
that repeat a key) and `settle` (quarantines the repeats in the parts they touch; the first by path and offset stays).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute

from anonymizers import art24
from governance.staged import bounded_batches
from pipelines.dataset import FileRef, Part
from pipelines.decisions import Decisions
from pipelines.identity import located_id
from pipelines.readers import Broken, RawBatch, read_unit
from pipelines.readers.paths import decode_path
from pipelines.stage import Planned, Receipts, Run, StageBase
from pipelines.stages.admission import Judge
from pipelines.stages.repeats import Key, write_keys
from pipelines.units import WorkUnit, plan_source_units
from pipelines.work import OpenFile, UnitContext
from schemas.arrow import (
    ID,
    QUARANTINE,
    SUBJECTS,
    TEXT,
)
from schemas.project import Source

RANGE_BYTES = 256 << 20  # input bytes a hash range stands for: bounds a range's memory whatever the corpus


class Ingest(StageBase):
    """Reads sources as work units of `unit_bytes`, ends at record boundaries."""

    name = "ingest"
    version = "2"
    inputs = ("register",)

    def reads(self, run: Run) -> Mapping[str, Any]:
        units = self._units(run)
        return {
            "units": [[u.source_id, u.path, u.start, u.end, u.digest] for u in units],
            "unit_bytes": run.project.unit_bytes,
            "max_record_bytes": run.project.max_record_bytes,
            "sources": {source.id: _reading(source) for source in run.project.sources},
            "refused": run.facts["refused"],
            "needs_consent": run.facts["needs_consent"],
            "policy": run.policy.part_digest(),
            "detector": art24.VERSION,
        }

    def _units(self, run: Run) -> Sequence[WorkUnit]:
        if "units" not in run.facts:
            units: list[WorkUnit] = []
            for source in run.project.sources:
                units += plan_source_units(
                    source,
                    run.project.root,
                    unit_bytes=run.project.unit_bytes,
                    key=run.vault.project_key,
                    first_index=len(units),
                    cache=run.out / "runs" / "inputs.json",
                )
            run.facts["units"] = units
        found: Sequence[WorkUnit] = run.facts["units"]
        return found

    def _input_bytes(self, run: Run) -> int:
        paths = {unit.path for unit in self._units(run)} | {f.path for unit in self._units(run) for f in unit.files}
        files = (run.project.root / decode_path(path) for path in paths)
        return sum(file.stat().st_size for file in files if file.is_file())

    def secrets(self, run: Run) -> Mapping[str, bytes]:
        return {"tombstone": run.vault.derive("tombstone")}

    def steps(self) -> Sequence[str]:
        return ("read", "repeats", "settle")

    def plan(self, step: str, run: Run, receipts: Receipts) -> Planned:
        units = self._units(run)
        if step == "read":
            config = {
                "sources": {s.id: s.model_dump(mode="json") for s in run.project.sources},
                "refused": run.facts["refused"],
                "needs_consent": run.facts["needs_consent"],
                "guardian_sources": [s.id for s in run.project.sources if s.child_directed],
                "unit_bytes": run.project.unit_bytes,
                "max_record_bytes": run.project.max_record_bytes,
                "policy_digest": run.policy.part_digest(),
                "ranges": hash_ranges(self._input_bytes(run)),
            }
            return Planned(step, "pipelines.stages.ingest:read", [unit.to_json() for unit in units], config)
        if step == "repeats":
            ranges = hash_ranges(self._input_bytes(run))
            keyed = [[r.unit, asdict(ref)] for r in receipts["read"] for ref in r.side.get("keys", ())]
            listed = [{"index": index} for index in range(ranges)] if keyed else []
            return Planned(step, "pipelines.stages.repeats:repeats", listed, {"files": keyed})
        refs = [ref for r in receipts["repeats"] for ref in r.side.get("repeats", ())]
        touched = sorted({unit for r in receipts["repeats"] for unit in r.facts["units"]})
        parts = {r.unit: [asdict(part) for part in r.parts] for r in receipts["read"]}
        return Planned(
            step,
            "pipelines.stages.repeats:settle",
            [{"index": n, "unit": unit, "parts": parts[unit]} for n, unit in enumerate(touched)],
            {"repeats": [asdict(ref) for ref in refs], "policy_digest": run.policy.part_digest()},
        )

    def finish(self, run: Run, receipts: Receipts) -> tuple[Sequence[Part], Mapping[str, Any], Mapping[str, Any]]:
        parts = {part.name: part for r in receipts["read"] for part in r.parts}
        parts.update({part.name: part for r in receipts["settle"] for part in r.parts})
        removed: dict[str, int] = {}
        for r in receipts["read"]:
            for kind, number in r.facts["art24"].items():
                removed[kind] = removed.get(kind, 0) + number
        facts = {
            "art24_removed": dict(sorted(removed.items())),
            "detector": art24.VERSION,
            "input_bytes": self._input_bytes(run),
        }
        return [parts[name] for name in sorted(parts)], {}, facts


def hash_ranges(total_bytes: int) -> int:
    """A power of two between 1 and 65,536: how many ranges hashed entries are divided into."""
    ranges = 1
    while ranges < 65_536 and ranges * RANGE_BYTES < total_bytes:
        ranges *= 2
    return ranges


def _reading(source: Source) -> dict[str, Any]:
    """The fields of a source that change what ingest writes (not its paths: the units' digests stand for those)."""
    dumped = source.model_dump(mode="json")
    return {name: dumped[name] for name in ("format", "encoding", "record_key", "text", "subjects", "child_directed")}


# --- step 1: read -------------------------------------------------------------------------------------------


class _PartWriter:
    """One part being written: text batch by batch, the small columns at the end."""

    def __init__(self, context: UnitContext, unit: WorkUnit, number: int) -> None:
        self.context, self.unit, self.number = context, unit, number
        self.name = f"{unit.index:06d}-{number:04d}"
        self.data: OpenFile = context.writer("data", self.name, TEXT)
        self.decisions = Decisions("ingest", context.config["policy_digest"])
        self.subjects: list[tuple[bytes, bytes]] = []
        self.broken: list[tuple[bytes, Broken]] = []
        self.keys: list[tuple[bytes, int]] = []
        self.rows = 0
        self.raw_bytes = 0

    def write(self, ids: list[bytes], offsets: list[int], flags: list[int], texts: pa.Array) -> None:
        table = pa.table(
            [pa.array(ids, ID), pa.array(offsets, pa.int64()), pa.array(flags, pa.int32()), texts], schema=TEXT
        )
        for batch in bounded_batches(table):
            self.data.write(batch)
        self.rows += len(ids)

    def close(self) -> None:
        files: dict[str, FileRef] = {"data": self.data.close()}
        write = self.context.write
        files["decisions"] = write("decisions", self.name, self.decisions.table())
        if self.subjects:
            columns = list(zip(*sorted(self.subjects), strict=True))
            table = pa.table([pa.array(columns[0], ID), pa.array(columns[1], ID)], schema=SUBJECTS)
            files["subjects"] = write("subjects", self.name, table)
        if self.broken:
            files["quarantine"] = write("quarantine", self.name, _quarantine(self.broken))
        self.context.add_part(
            Part(
                self.name,
                self.unit.source_id,
                self.raw_bytes,
                files,
                self.decisions.counts(),
                self.decisions.reasons(),
                {"text_bytes": files["data"].bytes},
            )
        )


def _quarantine(broken: Sequence[tuple[bytes, Broken]]) -> pa.Table:
    rows = [
        {"document_id": i, "path": b.path, "offset": b.offset, "length": b.length, "reason": b.reason}
        for i, b in broken
    ]
    return pa.Table.from_pylist(rows, schema=QUARANTINE)


def read(unit_json: Mapping[str, Any], context: UnitContext) -> None:
    """One work unit: its records into one part (a compressed stream: numbered parts of about `unit_bytes`)."""
    unit = WorkUnit.from_json(unit_json)
    config = context.config
    source = Source.model_validate(config["sources"][unit.source_id])
    judge = Judge(context, source)
    removed: dict[str, int] = {}
    keys: list[Key] = []
    part = _PartWriter(context, unit, 0)
    records = read_unit(unit, source, Path(context.step.root), max_record_bytes=config["max_record_bytes"])
    for item in records:
        if part.raw_bytes >= config["unit_bytes"] and unit.compression != "none":
            part.close()
            part = _PartWriter(context, unit, part.number + 1)
        if isinstance(item, Broken):
            where = located_id(context.keyring.project, item.file_digest or unit.file_digest, item.offset)
            part.broken.append((where, item))
            part.decisions.add(where, "quarantined", item.reason)
            part.raw_bytes += max(item.length, 0)
        else:
            _take(item, judge, part, removed, keys)
    part.close()
    if keys:
        write_keys(context, unit, keys, config["ranges"])
    context.done(art24=dict(sorted(removed.items())))


def _take(batch: RawBatch, judge: Judge, part: _PartWriter, removed: dict[str, int], keys: list[Key]) -> None:
    """Decide on each record of a batch, then redact and write the ones that stay."""
    ids, keyed, verdicts = judge.batch(batch, part.unit)
    files = batch.file_digests or [part.unit.file_digest] * len(batch)
    part.raw_bytes += batch.texts.nbytes
    stay = [row for row, verdict in enumerate(verdicts) if verdict.action == "kept"]
    redacted = art24.redact(batch.texts.take(pa.array(stay, pa.int64())) if len(stay) < len(ids) else batch.texts)
    for kind, number in redacted.counts.items():
        removed[kind] = removed.get(kind, 0) + number
    changed = {stay[position] for position in redacted.changed}
    for row, verdict in enumerate(verdicts):
        if keyed[row]:
            keys.append((ids[row], part.number, len(part.decisions), files[row], int(batch.offsets[row])))
        if row in changed:
            part.decisions.add(ids[row], "changed", "art24_removed")
        else:
            part.decisions.add(ids[row], verdict.action, verdict.reason)
        if verdict.action == "kept":
            part.subjects += [(ids[row], token) for token in verdict.tokens]
    if stay:
        offsets = [int(batch.offsets[row]) for row in stay]
        part.write([ids[row] for row in stay], offsets, [verdicts[row].flags for row in stay], redacted.texts)
