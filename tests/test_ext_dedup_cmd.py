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
    elif name.endswith(".arrow"):
        with pa.ipc.new_file(path, (table := pa.Table.from_pylist(records)).schema) as writer:
            writer.write_table(table, max_chunksize=2)
    elif name.endswith(".feather"):
        with pa.ipc.new_stream(path, (table := pa.Table.from_pylist(records)).schema) as writer:
            writer.write_table(table)
    elif ".csv" in name or name.endswith(".tsv"):
        sink = pa.BufferOutputStream()
        options = pa.csv.WriteOptions(delimiter="\t" if name.endswith(".tsv") else ",")
        pa.csv.write_csv(pa.Table.from_pylist(records), sink, options)
        data = sink.getvalue().to_pybytes()
        path.write_bytes(zstandard.compress(data) if name.endswith(".zst") else data)
    elif name.endswith(".gz"):
        path.write_bytes(gzip.compress(lines(records)))
    elif name.endswith(".zst"):
        path.write_bytes(zstandard.compress(lines(records)))
    elif name.endswith(".parquet"):
        pq.write_table(pa.Table.from_pylist(records), path)
    return path


def result(out: Path) -> dict[Any, tuple[Any, str]]:
    return {row["id"]: (row["survivor_id"], row["kind"]) for row in pq.read_table(out).to_pylist()}


@pytest.mark.parametrize(
    "name", ["x.jsonl", "x.jsonl.gz", "x.jsonl.zst", "x.parquet", "x.csv", "x.tsv", "x.csv.zst", "x.arrow", "x.feather"]
)
def test_every_kind_of_file(tmp_path: Path, name: str) -> None:
    out = tmp_path / "new" / "clusters.parquet"
    found = dedup_files([write(tmp_path / name, RECORDS)], "text", "id", 0.8, out, prefer="first")
    assert result(out) == {**FIRST, "f": ("f", "kept")}
    assert (found.documents, found.kept, found.exact, found.near, found.left_out) == (6, 4, 1, 1, {})
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


def test_the_longest_survives_unless_the_first_is_asked_for(tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    dedup_files([write(tmp_path / "x.jsonl", RECORDS)], "text", "id", 0.8, out)
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
    found = dedup_files([path], "text", "id", 0.8, tmp_path / "out.parquet", prefer="first")
    assert found.left_out == {
        "no JSON object in UTF-8": 3,
        "with an id that is neither text nor a whole number": 1,
        "without a text": 1,
        "without an id": 1,
    }
    assert found.places == [f"{path}:{n}" for n in range(9, 14)]
    assert "6 records were left out (3 no JSON object in UTF-8, 1 with" in str(found)
    assert result(tmp_path / "out.parquet") == {**FIRST, "f": ("f", "kept"), "s": ("s", "kept"), "t": ("s", "exact")}


def test_a_line_longer_than_a_block(tmp_path: Path) -> None:
    long = BASE * 20_000  # 24 MB of UTF-8 in one record
    path = write(tmp_path / "x.jsonl", [{"id": 1, "text": long}, {"id": 2, "text": long + "!"}])
    dedup_files([path], "text", "id", 0.8, tmp_path / "out.parquet")
    assert result(tmp_path / "out.parquet") == {1: (2, "near"), 2: (2, "kept")}


def test_rows_without_an_id_are_left_out_of_tables_too(tmp_path: Path) -> None:
    files = [
        write(tmp_path / "x.parquet", [{"id": None, "text": "x"}, {"id": "1", "text": "x"}]),
        tmp_path / "y.csv",
    ]
    files[1].write_bytes(b"id,text\n2,x\n,y\n3,z,more\n")
    found = dedup_files(files, "text", "id", 0.8, tmp_path / "out")
    assert result(tmp_path / "out") == {"1": ("1", "kept"), "2": ("1", "exact")}
    assert found.left_out == {"without an id": 2, "with another number of fields than the header": 1}
    assert found.places == [f"{files[0]}:1", f"{files[1]}:2", f"{files[1]}:4"]


def test_files_without_ids_are_numbered_by_line(tmp_path: Path) -> None:
    texts = [{"text": "같은 글입니다"}, {"text": "같은 글입니다"}]
    path = tmp_path / "x.jsonl"
    path.write_bytes(lines(texts[:1]) + b"\n" + lines(texts[1:]))
    table = write(tmp_path / "y.parquet", texts)
    dedup_files([path, table], "text", "@line", 0.8, tmp_path / "out")
    assert result(tmp_path / "out") == {
        f"{path}:1": (f"{path}:1", "kept"),
        f"{path}:3": (f"{path}:1", "exact"),
        f"{table}:1": (f"{path}:1", "exact"),
        f"{table}:2": (f"{path}:1", "exact"),
    }
    with pytest.raises(FileInputError, match="--id @line"):
        dedup_files([path], "text", "id", 0.8, tmp_path / "out")


def test_bytes_that_are_no_utf8_cost_their_line(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(lines(RECORDS[:1]) + b'{"id": "x", "text": "\xff"}\n')
    found = dedup_files([path], "text", "id", 0.8, tmp_path / "out")
    assert (found.documents, found.places) == (1, [f"{path}:2"])


@pytest.mark.parametrize("kind", [pa.int32(), pa.uint64(), pa.string(), pa.large_string(), pa.binary(), pa.binary(1)])
def test_ids_come_back_as_they_were(tmp_path: Path, kind: pa.DataType) -> None:
    values = [3, 1, 2] if pa.types.is_integer(kind) else [b"c", b"a", b"b"]
    ids = pa.array(values, kind) if kind != pa.large_string() else pa.array(["c", "a", "b"], kind)
    texts = pa.array(["같은 글", "같은 글", None]).dictionary_encode()
    pq.write_table(pa.table({"id": ids, "text": texts}), tmp_path / "x.parquet")
    dedup_files([tmp_path / "x.parquet"], "text", "id", 0.8, tmp_path / "out")
    made = pq.read_table(tmp_path / "out")
    assert made["id"].to_pylist() == ids.to_pylist()
    assert made["survivor_id"].to_pylist() == [ids[1].as_py(), ids[1].as_py(), ids[2].as_py()]
    assert made.schema.field("id").type in (kind, pa.string())


def test_repeated_ids_are_told_by_place(tmp_path: Path) -> None:
    for ids in (["a", "b", "a"], [7, 8, 7]):
        records = [{"id": i, "text": f"글 {n}"} for n, i in enumerate(ids)]
        files = [write(tmp_path / "x.jsonl", records[:2]), write(tmp_path / "y.parquet", records[2:])]
        with pytest.raises(FileInputError, match="document 1 and document 3, as read"):
            dedup_files(files, "text", "id", 0.8, tmp_path / "out")


def test_the_result_never_takes_the_place_of_what_is_read(tmp_path: Path) -> None:
    source = write(tmp_path / "x.parquet", RECORDS)
    before = source.read_bytes()
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    for out, says in (
        (source, "one of the files"),
        (tmp_path / "folder", "is a folder"),
        (tmp_path / "file" / "x", "can't be written"),
    ):
        with pytest.raises(FileInputError, match=says):
            dedup_files([source], "text", "id", 0.8, out)
    assert source.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("x.txt", b"", "no known kind"),
        ("x.parquet", b"PAR1 no", "can't be read"),
        ("x.jsonl.gz", gzip.compress(lines(RECORDS))[:-20], "can't be read"),
        ("x.jsonl.zst", b"not zstd", "can't be read"),
        ("x.jsonl", b"no json\n", "no record of"),
        ("x.json", b'[{"id": 1, "text": "x"},\n{"id": 2, "text": "y"}]\n', "JSON array"),
        ("x.csv", b"", "x.csv is empty"),
        ("x.csv", "id,text\n1,가나\n".encode("cp949"), "not UTF-8"),
        ("x.arrow", b"ARROW1 no", "can't be read"),
        ("x.jsonl", b'{"id": 1, "body": "x"}\n', "no column 'text'"),
        ("x.csv", b"a,b\n1,2\n", "no column 'text' and 'id'"),
        ("x.csv", b"id,text\n,x\n,y\n", "no record of"),
        ("x.jsonl", lines([RECORDS[0], RECORDS[0]]), "more than once"),
        ("x.jsonl", b'{"id": "a", "text": 5}\n', "no record of"),
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
    write(tmp_path / "y.parquet", [{"id": 1.5, "text": "x"}])
    write(tmp_path / "z.parquet", [{"id": 1, "body": "x"}])
    for name, says in (("x", "not text"), ("y", "no id"), ("z", "no column 'text'\nits columns: body, id")):
        with pytest.raises(FileInputError, match=says):
            dedup_files([tmp_path / f"{name}.parquet"], "text", "id", 0.8, tmp_path / "out")


def test_bad_options_are_named(tmp_path: Path) -> None:
    source = write(tmp_path / "x.jsonl", RECORDS)
    for threshold in (0.0, 1.1, -1.0, float("nan"), float("inf")):
        with pytest.raises(OptionError):
            dedup_files([source], "text", "id", threshold, tmp_path / "out")
    with pytest.raises(FileInputError):
        dedup_files([source], "text", "id", 0.8, tmp_path / "out", prefer="last")
    with pytest.raises(FileInputError):
        dedup_files([], "text", "id", 0.8, tmp_path / "out")
    with pytest.raises(FileInputError):
        dedup_files([tmp_path / "absent.jsonl"], "text", "id", 0.8, tmp_path / "out")
