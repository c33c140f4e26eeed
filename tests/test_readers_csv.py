"""CSV: the splitter against a naive automaton, and any split into units against the whole file."""

from __future__ import annotations

import csv
import io
import itertools
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from readers_kit import read_all, read_bytes, reasons, rows_of, source

from pipelines.readers import RawBatch
from pipelines.readers.csvfile import CsvParser
from pipelines.readers.frames import Block, CsvSplitter, TooLong, blocks


def _naive(data: bytes, limit: int) -> list[int]:
    """One byte at a time, by the rules in CsvSplitter's docstring."""
    state, ends, opened = "S", [], 0
    for position, byte in enumerate(data):
        char = chr(byte)
        if state == "Q" and char == "\n" and position - opened >= limit:
            state = "S"
            ends.append(position)
        elif state == "Q":
            state = "E" if char == '"' else "Q"
        elif char == '"' and state in "SE":
            opened = position if state == "S" else opened
            state = "Q"
        elif char == ",":
            state = "S"
        elif char == "\n":
            state = "S"
            ends.append(position)
        else:
            state = "U"
    return ends


_WILD = st.lists(st.sampled_from([b'"', b",", b"\n", b"\r", b"a", b'""', b'","', b'"\n"']), max_size=30).map(b"".join)
_FIELD = st.lists(st.sampled_from(["a", "가", '"', "\n", ",", "\r\n"]), max_size=5).map("".join)


def _csv(rows: list[list[str]], quoting: int = csv.QUOTE_MINIMAL, end: str = "\r\n") -> bytes:
    out = io.StringIO()
    csv.writer(out, quoting=quoting, lineterminator=end).writerows(rows)  # type: ignore[arg-type]
    return out.getvalue().encode()


@settings(max_examples=500, deadline=None)
@given(_WILD, st.lists(st.integers(0, 40), max_size=4), st.sampled_from([1, 2, 3, 5, 8, 16 << 20]))
def test_the_splitter_equals_the_naive_automaton(data: bytes, cuts: list[int], limit: int) -> None:
    splitter = CsvSplitter()
    splitter.QUOTED_LIMIT = limit
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    found = []
    for start, end in itertools.pairwise(edges):
        if start < end:
            found += (splitter.ends(data[start:end]) + start).tolist()
    assert found == _naive(data, limit)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.text(st.sampled_from("ab1"), max_size=2), _FIELD), max_size=8),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(1, 40),
)
def test_what_a_writer_wrote_comes_back(
    tmp_path: Path, rows: list[tuple[str, str]], quoting: int, end: str, unit_bytes: int
) -> None:
    data = _csv([["id", "text"], *map(list, rows)], quoting, end)
    found, broken = read_bytes(data, "csv", tmp_path, unit_bytes=unit_bytes, fields={"record_key": "id"})
    assert broken == []
    assert [(row.key, row.text) for row in found] == [(key or None, text) for key, text in rows]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_WILD, st.integers(1, 30), st.integers(5, 30))
def test_any_split_gives_the_same_records(tmp_path: Path, data: bytes, unit_bytes: int, limit: int) -> None:
    fields = {"record_key": "id"}
    whole = read_bytes(b"id,text\n" + data, "csv", tmp_path, fields=fields, max_record_bytes=limit + 5)
    cut = read_all(source("csv", "in", **fields), tmp_path, unit_bytes=unit_bytes, max_record_bytes=limit + 5)
    assert cut == whole


def test_offsets_marks_and_subjects(tmp_path: Path) -> None:
    data = '\ufeff"id",text,u\r\n1,"첫 ""글""\n둘째 줄",x\r\n\r\n,글,\r\n'.encode()
    rows, broken = read_bytes(data, "csv", tmp_path, fields={"record_key": "id", "subjects": ("u",)}, unit_bytes=4)
    assert broken == []
    assert [(r.key, r.text, r.subjects) for r in rows] == [("1", '첫 "글"\n둘째 줄', ("x",)), (None, "글", ())]
    assert data[rows[0].offset :].startswith(b"1,")
    assert data[rows[1].offset : rows[1].offset + rows[1].length].decode() == ",글,"


def test_broken_records_cost_themselves(tmp_path: Path) -> None:
    good = "1,좋은 글\n".encode()
    bad = {
        b'2,"said "hi" twice"\n': "csv_malformed",
        b"3,too,many\n": "csv_malformed",
        b"4\n": "csv_malformed",
        "5,사람\n".encode("cp949"): "bad_encoding",
        b"6,a\x00b\n": "nul_bytes",
        b"7," + b"x" * 200 + b"\n": "record_too_long",
        b'8,"two ""lines\nnot a record",x\n': "csv_malformed",
        b'9,"never closed\n': "csv_malformed",
    }
    data, expected = b"id,text\n", []
    for raw, reason in bad.items():
        data += good
        expected.append((len(data), reason))
        data += raw
    data += good + b'1,"3"\n'
    rows, broken = read_bytes(data, "csv", tmp_path, fields={"record_key": "id"}, max_record_bytes=100)
    assert reasons(broken) == expected
    assert len(rows) == len(bad) + 2


def test_without_the_text_column_every_record_is_missing_its_text(tmp_path: Path) -> None:
    rows, broken = read_bytes(b"id,body\n1,a\n2,b\n", "csv", tmp_path, unit_bytes=1)
    assert rows == []
    assert reasons(broken) == [(8, "missing_text"), (12, "missing_text")]


def test_a_header_that_is_too_long_is_no_header(tmp_path: Path) -> None:
    data = b'"' + b"x" * 50 + b'",text\n1,a\n2,b\n'
    for unit_bytes in (1, 1000):
        rows, broken = read_bytes(data, "csv", tmp_path, unit_bytes=unit_bytes, max_record_bytes=20)
        assert rows == []
        assert [b.reason for b in broken] == ["record_too_long", "missing_text", "missing_text"]


def test_cp949(tmp_path: Path) -> None:
    data = 'id,글\n가,"뷁, 똠방각하"\n'.encode("cp949")
    rows, broken = read_bytes(
        data, "csv", tmp_path, fields={"record_key": "id", "text": "글", "encoding": "cp949"}, unit_bytes=3
    )
    assert broken == []
    assert [(r.key, r.text) for r in rows] == [("가", "뷁, 똠방각하")]


_LINES = st.lists(
    st.one_of(
        st.lists(_FIELD, min_size=3, max_size=3).map(lambda row: _csv([row])),
        st.sampled_from(
            [b"\r\n", b"  \n", b"a,b\n", b"a\rb,c,d\n", b'a"b,c,d\n', b'"a"b,c,d\n', b'"a",b"c,"d"\n', b"\x00,b,c\n"]
        ),
        st.sampled_from(
            [b"\xff,b,c\n", b"\xef\xbb\xbfa,b,c\n", b",,\n", b'"","",""\n', b"NULL,NA,nan\n", b'"a,b\nc,d,e\n']
        ),
        _WILD,
    ),
    max_size=8,
).map(b"".join)


@settings(max_examples=400, deadline=None)
@given(_LINES, st.sampled_from([None, "id", "text"]), st.sampled_from([(), ("u",), ("u", "id", "absent")]))
def test_block_by_block_equals_record_by_record(data: bytes, key: str | None, subjects: tuple[str, ...]) -> None:
    src = source("csv", record_key=key, subjects=subjects)
    found = []
    for fast in (True, False):
        parser = CsvParser("in", src, ["id", "text", "u"], fast=fast)
        items = [
            item
            for block in blocks(iter([data] if data else []), CsvSplitter(), 0, 99)
            for item in _parsed(parser, block)
        ]
        good = [row for item in items if isinstance(item, RawBatch) for row in rows_of(item)]
        found.append((good, [item for item in items if not isinstance(item, RawBatch)]))
    assert found[0] == found[1]


def _parsed(parser: CsvParser, block: Block | TooLong) -> list[object]:
    return [block] if isinstance(block, TooLong) else list(parser.parse(block))


def test_the_fast_road_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CsvParser, "_each", lambda *_: pytest.fail("record by record"))
    data = 'id,text,u\r\n1,"가 ""나""\r\n다",x\r\n\r\n2,,\r\n'.encode()
    (block,) = blocks(iter([data]), CsvSplitter(), 0, 99)
    (batch,) = _parsed(CsvParser("in", source("csv", record_key="id", subjects=("u",))), block)
    assert isinstance(batch, RawBatch)
    assert [row[2:] for row in rows_of(batch)] == [("1", '가 "나"\r\n다', ("x",)), ("2", "", ())]
