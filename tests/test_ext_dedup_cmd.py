"""damjang dedup, through dedup_files: every kind of file, every bad one, and a table that can be checked."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
import zstandard

from damjang.cli.dedup_cmd import dedup_files
from damjang.cli.text_columns import FileInputError
from ext import jaccard_py
from ext.errors import OptionError

BASE = "".join(random.Random(1).choices("가나다라마바사 아자차카타파하", k=400))
RECORDS: list[dict[str, Any]] = [
    {"id": "a", "text": BASE, "other": 1},
    {"id": "b", "text": BASE + "\n다시", "other": 2},
    {"id": "c", "text": BASE, "other": None},
    {"id": "d", "text": "전혀 다른, 짧은 글", "other": 4},
    {"id": "e", "text": "", "other": 5},
    {"id": "f", "text": None, "other": 6},
]
FIRST = {"a": ("a", "kept"), "b": ("a", "near"), "c": ("a", "exact"), "d": ("d", "kept"), "e": ("e", "kept")}


def lines(records: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records).encode()


def write(path: Path, records: list[dict[str, Any]]) -> Path:
    name = path.name
    if name.endswith(".jsonl"):
        path.write_bytes(lines(records))
    elif name.endswith(".gz"):
        path.write_bytes(gzip.compress(lines(records)))
    elif name.endswith(".zst"):
        path.write_bytes(zstandard.compress(lines(records)))
    elif name.endswith(".parquet"):
        pq.write_table(pa.Table.from_pylist(records), path)
    elif name.endswith(".csv"):
        pa.csv.write_csv(pa.Table.from_pylist(records), path)
    return path


def result(out: Path) -> dict[Any, tuple[Any, str]]:
    return {row["id"]: (row["survivor_id"], row["kind"]) for row in pq.read_table(out).to_pylist()}


@pytest.mark.parametrize("name", ["x.jsonl", "x.jsonl.gz", "x.jsonl.zst", "x.parquet", "x.csv"])
def test_every_kind_of_file(tmp_path: Path, name: str) -> None:
    out = tmp_path / "new" / "clusters.parquet"
    found = dedup_files([write(tmp_path / name, RECORDS)], "text", "id", 0.8, out)
    assert result(out) == {**FIRST, "f": ("f", "kept")}
    assert (found.documents, found.kept, found.exact, found.near, found.skipped_lines) == (6, 4, 1, 1, 0)
    assert "6 documents: 4 kept, 1 exact and 1 near duplicates" in str(found)
    table = pq.read_table(out)
    assert table.column_names == ["id", "survivor_id", "jaccard", "kind"]
    assert table.schema.metadata[b"damjang.dedup.signatures"] == b"damjang-oph-window/1"
    texts = {r["id"]: r["text"] for r in RECORDS}
    for row in table.to_pylist():
        if row["kind"] == "kept":
            assert (row["survivor_id"], row["jaccard"]) == (row["id"], 1.0)
        else:
            ids = [texts[row["id"]], texts[row["survivor_id"]]]
            assert jaccard_py.ppm(*jaccard_py.pairs(ids, [0], [1]))[0] == round(row["jaccard"] * 1_000_000) >= 800_000


def test_files_of_several_kinds_and_id_types_are_one_set(tmp_path: Path) -> None:
    numbered = [{**r, "id": i} for i, r in enumerate(RECORDS[:3])]
    files = [write(tmp_path / "x.parquet", numbered), write(tmp_path / "y.jsonl", RECORDS)]
    found = dedup_files(files, "text", "id", 0.8, tmp_path / "out.parquet")
    assert result(tmp_path / "out.parquet")["b"] == ("1", "exact") or result(tmp_path / "out.parquet")["b"] == (
        "0",
        "near",
    )
    assert found.kept == 4


def test_the_longest_survives_if_asked(tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    dedup_files([write(tmp_path / "x.jsonl", RECORDS)], "text", "id", 0.8, out, prefer="longest")
    assert result(out) == {**FIRST, "a": ("b", "near"), "b": ("b", "kept"), "c": ("b", "near"), "f": ("f", "kept")}


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    source = write(tmp_path / "x.jsonl", RECORDS)
    for name in ("1", "2"):
        dedup_files([source], "text", "id", 0.8, tmp_path / name)
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


def test_damaged_lines_cost_themselves_only(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    surrogate = b'{"id": "s", "text": "\\ud800 ' + "홀로 선 대리 부호".encode() + b'"}\n'
    twin = surrogate.replace(b'"s"', b'"t"')
    bad = [
        b'{"id": "x", "text": "\xff"}\n',
        b"{broken\n",
        b"[1]\n",
        b'{"id": "y"}\n',
        b'{"text": "z"}\n',
        b'{"id": 1.5, "text": ""}\n',
    ]
    path.write_bytes(lines(RECORDS) + b"\n" + surrogate + b"".join(bad) + twin)
    found = dedup_files([path], "text", "id", 0.8, tmp_path / "out.parquet")
    assert found.skipped_lines == len(bad)
    assert result(tmp_path / "out.parquet") == {**FIRST, "f": ("f", "kept"), "s": ("s", "kept"), "t": ("s", "exact")}


def test_a_line_longer_than_a_block(tmp_path: Path) -> None:
    long = BASE * 20_000  # 24 MB of UTF-8 in one record
    path = write(tmp_path / "x.jsonl", [{"id": 1, "text": long}, {"id": 2, "text": long + "!"}])
    dedup_files([path], "text", "id", 0.8, tmp_path / "out.parquet")
    assert result(tmp_path / "out.parquet") == {1: (1, "kept"), 2: (1, "near")}


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("x.txt", b"", "no known kind"),
        ("x.parquet", b"PAR1 no", "can't be read"),
        ("x.jsonl.gz", gzip.compress(lines(RECORDS))[:-20], "can't be read"),
        ("x.jsonl.zst", b"not zstd", "can't be read"),
        ("x.jsonl", b"no json\n", "no column"),
        ("x.jsonl", b'{"id": 1, "body": "x"}\n', "no column 'text'"),
        ("x.csv", b"a,b\n1,2\n", "no column 'text' and 'id'"),
        ("x.csv", b"id,text\n,x\n2,y\n", "1 rows"),
        ("x.jsonl", lines([RECORDS[0], RECORDS[0]]), "more than once"),
        ("x.jsonl", b'{"id": "a", "text": 5}\n', "no line"),
    ],
)  # fmt: skip
def test_bad_files_are_named_and_nothing_is_written(tmp_path: Path, name: str, data: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(FileInputError) as caught:
        dedup_files([tmp_path / name], "text", "id", 0.8, tmp_path / "out.parquet")
    assert says in caught.value.message
    assert "가나" not in str(caught.value)
    assert not list(tmp_path.glob("out*"))


def test_parquet_columns_are_checked(tmp_path: Path) -> None:
    write(tmp_path / "x.parquet", [{"id": 1, "text": 5}])
    write(tmp_path / "y.parquet", [{"id": None, "text": "x"}, {"id": 1, "text": "x"}])
    for name, says in (("x", "not text"), ("y", "1 rows")):
        with pytest.raises(FileInputError, match=says):
            dedup_files([tmp_path / f"{name}.parquet"], "text", "id", 0.8, tmp_path / "out")


def test_bad_options_are_named(tmp_path: Path) -> None:
    source = write(tmp_path / "x.jsonl", RECORDS)
    for threshold in (0.0, 1.1, -1.0):
        with pytest.raises(OptionError):
            dedup_files([source], "text", "id", threshold, tmp_path / "out")
    with pytest.raises(FileInputError):
        dedup_files([source], "text", "id", 0.8, tmp_path / "out", prefer="last")
    with pytest.raises(FileInputError):
        dedup_files([], "text", "id", 0.8, tmp_path / "out")
    with pytest.raises(FileInputError):
        dedup_files([tmp_path / "absent.jsonl"], "text", "id", 0.8, tmp_path / "out")
