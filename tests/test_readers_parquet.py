"""Parquet: declared columns only, row ranges, every type a column may have, and hostile files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from readers_kit import KEY, read_all, reasons, source

from pipelines.units import plan_source_units

FIELDS: dict[str, Any] = {"record_key": "id", "subjects": ("u",)}


def _write(root: Path, columns: dict[str, Any], **options: Any) -> None:
    pq.write_table(pa.table(columns), root / "in", **options)


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.dictionary(pa.int32(), pa.string())]
)
def test_text_of_any_string_type(tmp_path: Path, kind: pa.DataType) -> None:
    texts = ["가", "", None, "x" * 50, "나"]
    column = pa.array([None if t is None else t.encode() if pa.types.is_binary(kind) else t for t in texts], kind)
    _write(tmp_path, {"id": pa.array([1, 2, 3, 4, None]), "u": [["a", "b"], [], None, ["c"], ["a"]], "text": column})
    rows, broken = read_all(source("parquet", **FIELDS), tmp_path, max_record_bytes=20)
    assert [(r.offset, r.length, r.key, r.text, r.subjects) for r in rows] == [
        (0, 3, "1", "가", ("a", "b")),
        (1, 0, "2", "", ()),
        (4, 3, None, "나", ("a",)),
    ]
    assert [(b.offset, b.length, b.reason) for b in broken] == [(2, 0, "missing_text"), (3, 50, "record_too_long")]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.text(max_size=30) | st.none(), max_size=40),
    st.integers(1, 15),
    st.integers(1, 400),
    st.integers(1, 7),
    st.booleans(),
)
def test_any_split_gives_every_row(
    tmp_path: Path, texts: list[str | None], group: int, unit_bytes: int, batch_rows: int, packed: bool
) -> None:
    _write(
        tmp_path,
        {"text": pa.array(texts, pa.string())},
        row_group_size=group,
        use_dictionary=packed,
        compression="zstd" if packed else "none",
    )
    rows, broken = read_all(source("parquet"), tmp_path, unit_bytes=unit_bytes, batch_rows=batch_rows)
    assert [(r.offset, r.text) for r in rows] == [(n, t) for n, t in enumerate(texts) if t is not None]
    assert reasons(broken) == [(n, "missing_text") for n, t in enumerate(texts) if t is None]


def test_large_row_groups_are_cut_and_small_ones_joined(tmp_path: Path) -> None:
    _write(tmp_path, {"text": [f"{n:0100}" for n in range(1000)]}, row_group_size=500, use_dictionary=False)
    cut = plan_source_units(source("parquet"), tmp_path, unit_bytes=1000, key=KEY)
    assert len(cut) > 2
    assert cut[0].start == 0
    assert [u.start for u in cut[1:]] == [u.end for u in cut[:-1]]
    assert len(plan_source_units(source("parquet"), tmp_path, unit_bytes=1 << 20, key=KEY)) == 1
    assert len({u.digest for u in cut}) == len(cut)


def test_a_text_column_of_numbers(tmp_path: Path) -> None:
    _write(tmp_path, {"text": [1, 2]})
    assert reasons(read_all(source("parquet"), tmp_path)[1]) == [(0, "text_not_string"), (1, "text_not_string")]
    _write(tmp_path, {"body": ["a"]})
    assert reasons(read_all(source("parquet"), tmp_path)[1]) == [(0, "missing_text")]
    _write(tmp_path, {"text": pa.nulls(1)})
    assert reasons(read_all(source("parquet"), tmp_path)[1]) == [(0, "missing_text")]


def test_keys_and_subjects_of_other_types(tmp_path: Path) -> None:
    _write(tmp_path, {"id": [1.5, 2.5], "text": ["a", "b"]})
    assert reasons(read_all(source("parquet", **FIELDS), tmp_path)[1]) == [(0, "key_not_string"), (1, "key_not_string")]
    _write(tmp_path, {"u": [{"a": 1}, None], "text": ["a", "b"]})
    rows, broken = read_all(source("parquet", **FIELDS), tmp_path)
    assert [r.text for r in rows] == ["b"]
    assert reasons(broken) == [(0, "subject_not_string")]


def test_encodings(tmp_path: Path) -> None:
    raw = [b"\xff\xfe", "사람".encode(), "사람".encode("cp949")]
    _write(tmp_path, {"text": pa.array(raw, pa.binary())})
    rows, broken = read_all(source("parquet"), tmp_path)
    assert [r.text for r in rows] == ["사람"]
    assert reasons(broken) == [(0, "bad_encoding"), (2, "bad_encoding")]
    rows, broken = read_all(source("parquet", encoding="cp949"), tmp_path)
    assert rows[-1].text == "사람"
    # a column that says it is UTF-8, and is not
    bad = pa.StringArray.from_buffers(2, pa.array([0, 2, 5], pa.int32()).buffers()[1], pa.py_buffer(b"\xff\xfeabc"))
    _write(tmp_path, {"text": bad, "id": bad})
    rows, broken = read_all(source("parquet", **FIELDS), tmp_path)
    assert [(r.text, r.key) for r in rows] == [("abc", "abc")]
    assert reasons(broken) == [(0, "bad_encoding")]


def test_columns_that_are_not_declared_are_not_read(tmp_path: Path) -> None:
    """The other column's pages are overwritten: reading them would fail."""
    _write(tmp_path, {"text": ["a"] * 100, "other": [f"{n}" for n in range(100)]}, use_dictionary=False)
    meta = pq.read_metadata(tmp_path / "in").row_group(0).column(1)
    data = bytearray((tmp_path / "in").read_bytes())
    data[meta.data_page_offset : meta.data_page_offset + meta.total_compressed_size] = bytes(meta.total_compressed_size)
    (tmp_path / "in").write_bytes(data)
    rows, broken = read_all(source("parquet"), tmp_path)
    assert (len(rows), broken) == (100, [])


def test_a_damaged_file_gives_what_came_before(tmp_path: Path) -> None:
    _write(tmp_path, {"text": [f"{n:050}" for n in range(100)]}, row_group_size=50, use_dictionary=False)
    meta = pq.read_metadata(tmp_path / "in").row_group(1).column(0)
    data = bytearray((tmp_path / "in").read_bytes())
    data[meta.data_page_offset : meta.data_page_offset + 40] = b"\xff" * 40
    (tmp_path / "in").write_bytes(data)
    (tmp_path / "good").write_bytes(b"")
    rows, broken = read_all(source("parquet"), tmp_path)
    assert len(rows) == 50
    assert reasons(broken) == [(50, "corrupt_stream")]


@pytest.mark.parametrize(("field", "byte"), [("rows", 128), ("rows", 0), ("histogram", 0)])
def test_a_footer_that_contradicts_itself_is_a_broken_file(tmp_path: Path, field: str, byte: int) -> None:
    """Counts that no page keeps; a size histogram at which pyarrow's own accessor ends the process."""
    _write(tmp_path, {"text": ["가나다"] * 20, "id": [str(n) for n in range(20)]})
    raw = bytearray((tmp_path / "in").read_bytes())
    footer = len(raw) - 8 - int.from_bytes(raw[-8:-4], "little")
    pattern = {"rows": b"\x16\x28", "histogram": b"\x19\x26\x00\x28"}[field]  # thrift: i64 20; list of i64 [0, 20]
    places = [at for at in range(footer, len(raw)) if raw.startswith(pattern, at)]
    assert places
    for at in places:
        damaged = bytearray(raw)
        damaged[at + 1] = byte
        (tmp_path / "in").write_bytes(damaged)
        rows, broken = read_all(source("parquet", record_key="id"), tmp_path)
        assert broken or len(rows) == 20


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_hostile_file_never_raises(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "whole"
    if not path.exists():
        pq.write_table(pa.table({"text": ["가나다"] * 20, "id": [str(n) for n in range(20)]}), path)
    raw = bytearray(path.read_bytes())
    kind = data.draw(st.sampled_from(["flip", "cut", "junk"]))
    if kind == "flip":
        for position in data.draw(st.lists(st.integers(0, len(raw) - 1), min_size=1, max_size=6)):
            raw[position] = data.draw(st.integers(0, 255))
    elif kind == "cut":
        del raw[data.draw(st.integers(1, len(raw))) :]
    else:
        raw = bytearray(data.draw(st.binary(min_size=1, max_size=40)))
    (tmp_path / "in").write_bytes(raw)
    rows, broken = read_all(source("parquet", record_key="id"), tmp_path)
    assert rows or broken
