"""Memory does not grow with a line, a field, a file or what a compressed one unpacks to. Measured in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import zstandard

_MEASURE = r"""
import json, re, sys
from pathlib import Path
import pyarrow as pa, pyarrow.parquet
from readers_kit import KEY, source
from pipelines.readers import read_unit, Broken, parquet
from pipelines.units import plan_source_units
pa.array(["a"])
root, format_ = Path(sys.argv[1]), sys.argv[2]
src = source(format_, "in")
def peak():  # of this program; getrusage would count the parent's before exec
    return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1])
before = peak()
rows, broken = 0, []
for unit in plan_source_units(src, root, unit_bytes=4 << 20, key=KEY):
    for item in read_unit(unit, src, root, max_record_bytes=16 << 20):
        if isinstance(item, Broken):
            broken.append([item.offset, item.length, item.reason])
        else:
            rows += len(item)
grown = peak() - before
print(json.dumps({"rows": rows, "broken": broken, "grown_mb": grown / 1024}))
"""
_BIG = 300 << 20
_GOOD = b'{"text": "a"}\n'


def _measure(root: Path, format_: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(root), format_],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parent.parent,
        env={"PYTHONPATH": f"{Path(__file__).parent.parent}:{Path(__file__).parent}"},
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


def _sparse(path: Path, head: bytes, size: int, tail: bytes) -> None:
    """head, then NULs, then tail: a long line that takes no room on the disk."""
    with path.open("wb") as file:
        file.write(head)
        file.seek(size - len(tail))
        file.write(tail)


def test_one_line_of_jsonl(tmp_path: Path) -> None:
    _sparse(tmp_path / "in", _GOOD + b'{"text": "', _BIG, b'"}\n' + _GOOD)
    found = _measure(tmp_path, "jsonl")
    assert found["rows"] == 2
    assert found["broken"] == [[len(_GOOD), _BIG - 2 * len(_GOOD) - 1, "record_too_long"]]
    assert found["grown_mb"] < 100  # type: ignore[operator]


def test_one_field_of_csv(tmp_path: Path) -> None:
    """A quote that never closes: after QUOTED_LIMIT bytes the next newline ends it, and the rest is read."""
    _sparse(tmp_path / "in", b'id,text\n1,a\n2,"', 40 << 20, b"\n3,b\n4,c\n")
    found = _measure(tmp_path, "csv")
    assert found["rows"] == 3
    assert [row[2] for row in found["broken"]] == ["record_too_long"]  # type: ignore[attr-defined]
    assert found["grown_mb"] < 100  # type: ignore[operator]


def test_one_text_file(tmp_path: Path) -> None:
    _sparse(tmp_path / "in", b"a", _BIG, b"b")
    found = _measure(tmp_path, "text")
    assert found["broken"] == [[0, _BIG, "record_too_long"]]
    assert found["grown_mb"] < 100  # type: ignore[operator]


def test_a_zstd_bomb(tmp_path: Path) -> None:
    compressor = zstandard.ZstdCompressor(level=1).compressobj()
    with (tmp_path / "in").open("wb") as file:
        file.write(compressor.compress(_GOOD))
        for _ in range(_BIG >> 20):
            file.write(compressor.compress(b" " * (1 << 20)))
        file.write(compressor.compress(b"\n" + _GOOD) + compressor.flush())
    found = _measure(tmp_path, "jsonl")
    assert found["rows"] == 2
    assert found["broken"] == [[len(_GOOD), _BIG, "record_too_long"]]
    assert found["grown_mb"] < 400  # type: ignore[operator]


@pytest.mark.parametrize("packed", [True, False])
def test_parquet_values(tmp_path: Path, packed: bool) -> None:
    """Rows of 8 MiB: alike, as a dictionary packs them into nothing, or each its own."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = 256 if packed else 24
    if packed:
        indices = pa.array([0] * rows, pa.int32())
        column = pa.DictionaryArray.from_arrays(indices, pa.array(["x" * (8 << 20)], pa.large_string()))
    else:
        column = pa.array([chr(97 + n) * (8 << 20) for n in range(rows)], pa.large_string())
    table = pa.table({"text": column})
    pq.write_table(table, tmp_path / "in", use_dictionary=packed, compression="zstd", store_schema=False)
    found = _measure(tmp_path, "parquet")
    assert (found["rows"], found["broken"]) == (rows, [])
    assert found["grown_mb"] < 500  # type: ignore[operator]
