"""A cold `damjang trace` where the index knows ten million documents: by document, record, subject, row id and shard row.

    python -m bench.trace_ten_million PROJECT [DOCUMENTS]      user CPU seconds of one fresh process each

PROJECT: a project file of a finished run (`damjang demo`), in a copy that may be spoilt: its index is filled up with
random documents, under the index's own keys. A trace opens one batch of the index, and the files of one work unit.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

from damjang.cli.tracing import open_lineage
from governance.staged import StagedFile, StagedWriter
from governance.trace_index import SCHEMAS, _batches, _halves, _passes, index_name
from schemas.projectfile import load_project


def fill(project: Path, total: int) -> dict[str, str]:
    """Fills the index up; returns what can be asked for: {way: value} of the run's first shipped document."""
    lineage, vault = open_lineage(project)
    loaded = load_project(project)
    name = index_name(lineage)
    folder, keys = loaded.root / loaded.output / "index" / name, vault.file_keys(name)
    story = lineage.story(lineage.any_shipped())
    random = np.random.default_rng(1)
    for kind in ("documents", "rows", "subjects"):
        ref = json.loads((folder / "manifest.json").read_bytes())[kind]
        key = keys[ref["file_id"]]
        with StagedFile(folder / ref["path"], file_key=key) as file:
            held = file.table().combine_chunks()
        whole = pa.Table.from_batches(held.to_batches()).to_batches()[0]
        more = random.integers(0, 2**63, (total - held.num_rows, 2), dtype=np.uint64) << np.uint64(1)
        ids = np.concatenate([_halves(whole["key"]), more])
        order = np.lexsort((ids[:, 1], ids[:, 0]))
        columns = []
        for field in list(SCHEMAS[kind])[1:]:
            old = whole[field.name]
            if pa.types.is_int32(field.type):
                made = np.concatenate([old.to_numpy(), np.zeros(len(more), np.int32)])[order]
            else:
                made = np.concatenate([_halves(old), more])[order]
            columns.append(made)
        path = folder / f"{ref['path']}.new"
        writer = StagedWriter(
            path, SCHEMAS[kind], file_id=bytes.fromhex(ref["file_id"]), file_key=key, digest_key=vault.project_key
        )
        ids = ids[order]
        for first, last, bits in _passes(total):
            bucket = (ids[:, 0] >> np.uint64(48)).astype(np.int64) >> (16 - bits)
            start, end = np.searchsorted(bucket, [first, last])
            arrays = [pa.array(c[start:end], pa.int32()) if c.ndim == 1 else _binary(c[start:end]) for c in columns]
            for batch in _batches(kind, ids[start:end], arrays, first, last, bits):
                writer.write(batch)
        writer.close()
        path.replace(folder / ref["path"])
    return {"document": story.document_id, "row id": story.row_id, "shard and row": f"{story.shard}:{story.row}"}


def _binary(halves: np.ndarray) -> pa.Array:
    data = pa.py_buffer(halves.astype(">u8").tobytes())
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), len(halves), [None, data])


def ask(project: Path, *words: str) -> tuple[float, float]:
    """(CPU, wall) seconds of one `damjang trace`."""
    before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [str(Path(sys.executable).parent / "damjang"), "trace", *words, "--project", str(project)]
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.perf_counter() - wall


def main(project: Path, total: int, record: str = "", subject: str = "") -> None:
    """Prints a line for each way of asking."""
    asked = fill(project, total)
    ways = {
        "document": [asked["document"]],
        "row id": ["--row-id", asked["row id"]],
        "shard and row": ["--row", asked["shard and row"]],
    }
    if record:  # SOURCE/KEY
        ways["record"] = ["--source", record.partition("/")[0], "--record", record.partition("/")[2]]
    if subject:  # SOURCE/ID
        ways["subject"] = [
            "--source",
            subject.partition("/")[0],
            "--subject",
            subject.partition("/")[2],
            "--by",
            "bench",
        ]
    for way, words in ways.items():
        cpu, wall = min(ask(project, *words) for _ in range(3))
        print(f"{total:,} documents, by {way}: {cpu:.2f} s of CPU, {wall:.2f} s", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10_000_000, *sys.argv[3:5])
