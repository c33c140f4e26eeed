"""JSONL: both roads through the parser give the same records, and any split into units does."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from readers_kit import Row, read_all, read_bytes, rows_of, source

from pipelines.readers import Broken, RawBatch
from pipelines.readers.frames import Block, LineSplitter, TooLong, blocks
from pipelines.readers.jsonl import JsonlParser
from schemas.project import Source

_TEXT = st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from(
    ["NaN", "Inf}", "Inf ]", "[{[{", "가\\나", "뷁"]
)
_SCALAR = _TEXT | st.integers(-(2**70), 2**70) | st.none() | st.booleans() | st.floats(allow_nan=True)
_VALUE = st.recursive(
    _SCALAR,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "text", "id"]), inner, max_size=3)
    ),
    max_leaves=6,
)
_RECORD = st.fixed_dictionaries(
    {}, optional={"text": _TEXT | _VALUE, "id": _TEXT | st.integers(0, 99) | _VALUE, "u": _VALUE, "extra": _VALUE}
)
_GOOD = st.fixed_dictionaries({"text": _TEXT}, optional={"id": _TEXT, "u": _TEXT | st.lists(_TEXT, max_size=2)})


def _dump(value: object, ascii_: bool) -> bytes:
    return json.dumps(value, ensure_ascii=ascii_).encode("utf-8", "surrogatepass")


_LINE = st.one_of(
    st.builds(_dump, _GOOD, st.booleans()),
    st.builds(_dump, _RECORD, st.booleans()),
    st.builds(_dump, _VALUE, st.booleans()),
    st.binary(max_size=6).map(lambda b: b.replace(b"\n", b"")),
    st.sampled_from(
        [
            b"",
            b"\r",
            b"  ",
            b"{}{}",
            b'{"text": "a"} {"text": "b"}',
            b'{"text": "a"',
            b'"extra": 1}',
            b"}",
            b"{",
            b'{"text": "a", "text": 1}',
            b'{"text": 1, "text": "a"}',
            b'{"id": 1, "id": "x", "text": "a"}',
            b'{"x": Inf, "text": "a"}',
            b'{"x": -Inf, "text": "a"}',
            b'{"x": Infinity, "text": "a"}',
            b'{"x": 1e400, "text": "a"}',
            b'{"x": 1e-400, "text": "a"}',
            b'{"id": -0, "text": "a"}',
            b'{"id": 18446744073709551616, "text": "a"}',
            b'{"id": 1.0, "text": "a"}',
            b'{"x": "\\ud800", "text": "a"}',
            b'{"x": "\\ud83d\\ude00", "text": "\\ud83d\\ude00"}',
            b'{"text": "\\u0000"}',
            b'{"x": "\x00", "text": "a"}',
            b'{"x": "\xff", "text": "a"}',
            b'{"x": "\x1f", "text": "a"}',
            b'{"te\\u0078t": "escaped name"}',
            b'\xef\xbb\xbf{"text": "a"}',
            b'{"text": "a"}\r',
            b'{"text": "a"}\r\r',
            b'{"text": "a", "x": ' + b"[" * 2000 + b"]" * 2000 + b"}",
            b'{"text": "a", "x": ' + b'{"y":' * 950 + b"1" + b"}" * 950 + b"}",
        ]
    ),
)
_LINES = st.lists(_LINE, max_size=12) | st.lists(st.builds(_dump, _GOOD, st.booleans()), max_size=12)
_SOURCE = st.builds(
    lambda key, users: source("jsonl", "in", record_key=key, subjects=users),
    st.sampled_from([None, "id", "text"]),
    st.sampled_from([(), ("u",), ("u", "id")]),
)


def _parse(data: bytes, src: Source, fast: bool) -> tuple[list[Row], list[tuple[int, int, str]]]:
    """Line by line or block by block, in one block per two lines so that learned types change on the way."""
    parser = JsonlParser("in", src, fast=fast)
    rows: list[Row] = []
    broken: list[tuple[int, int, str]] = []
    lines = data.split(b"\n")
    at = 0
    for start in range(0, len(lines), 3):
        part = b"".join(line + b"\n" for line in lines[start : start + 3])
        for block in blocks(iter([part]), LineSplitter(), at, 1 << 20):
            assert isinstance(block, Block)
            for item in parser.parse(block):
                if isinstance(item, RawBatch):
                    rows += rows_of(item)
                else:
                    broken.append((item.offset, item.length, item.reason))
        at += len(part)
    return rows, broken


@settings(max_examples=400, deadline=None)
@given(_LINES, _SOURCE)
def test_block_by_block_equals_line_by_line(lines: list[bytes], src: Source) -> None:
    data = b"\n".join(lines)
    assert _parse(data, src, fast=True) == _parse(data, src, fast=False)


def test_the_fast_road_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The property above would hold of a fast road that never is taken."""
    data = b'{"text": "a", "id": 1, "u": ["x"], "n": NaN}\n\r\n{"text": "[[{{", "u": null, "n": {"a": []}}\r\n' * 5
    src = source("jsonl", record_key="id", subjects=("u",))
    parser = JsonlParser("in", src)
    (block,) = blocks(iter([data]), LineSplitter(), 0, 1 << 20)
    assert isinstance(block, Block)
    expected = [rows_of(b) for b in JsonlParser("in", src, fast=False).parse(block) if isinstance(b, RawBatch)]
    list(parser.parse(block))  # learns that ids are numbers and users are lists
    monkeypatch.setattr(JsonlParser, "_each", lambda *_: pytest.fail("line by line"))
    assert [rows_of(b) for b in parser.parse(block) if isinstance(b, RawBatch)] == expected


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_LINES, st.booleans(), st.integers(1, 200), st.integers(1, 4), st.integers(8, 200))
def test_any_split_gives_the_same_records(
    tmp_path: Path, lines: list[bytes], final: bool, unit_bytes: int, batch_rows: int, limit: int
) -> None:
    data = b"\n".join(lines) + (b"\n" if final else b"")
    fields = {"record_key": "id", "subjects": ("u",)}
    whole = read_bytes(data, "jsonl", tmp_path, fields=fields, max_record_bytes=limit)
    cut = read_all(
        source("jsonl", "in", **fields),
        tmp_path,
        unit_bytes=unit_bytes,
        batch_rows=batch_rows,
        batch_bytes=16,
        max_record_bytes=limit,
    )
    assert cut == whole


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(max_size=9).map(lambda b: b.replace(b"x", b"\n"))), st.integers(0, 9), st.integers(0, 99))
def test_blocks_find_every_line_however_it_arrives(chunks: list[bytes], limit: int, offset: int) -> None:
    data = b"".join(chunks)
    expected = []
    at = offset
    for line in data.split(b"\n"):
        expected.append((at, line if len(line) <= limit else len(line)))
        at += len(line) + 1
    if not data or data.endswith(b"\n"):
        expected.pop()
    found: list[tuple[int, bytes | int]] = []
    for item in blocks((c for c in chunks if c), LineSplitter(), offset, limit):
        if isinstance(item, TooLong):
            found.append((item.offset, item.length))
        else:
            spans = zip(item.starts.tolist(), item.ends.tolist(), strict=True)
            found += [(item.offset + start, item.data[start:end]) for start, end in spans]
    assert sorted(found) == expected


def test_offsets_locate_the_record(tmp_path: Path) -> None:
    data = '\ufeff{"text": "가"}\r\n\n{"text": "나다"}\n{"text": "라"}'.encode()
    rows, broken = read_bytes(data, "jsonl", tmp_path, unit_bytes=1)
    assert broken == []
    assert [json.loads(data[r.offset : r.offset + r.length].decode("utf-8-sig"))["text"] for r in rows] == [
        "가",
        "나다",
        "라",
    ]


def test_blocks_hold_int64() -> None:
    (block,) = blocks(iter([b"a\nb\n"]), LineSplitter(), 0, 9)
    assert isinstance(block, Block)
    assert block.starts.dtype == block.ends.dtype == np.int64


def test_broken_names_its_reason() -> None:
    with pytest.raises(AssertionError):
        Broken("p", 0, 0, "because")
