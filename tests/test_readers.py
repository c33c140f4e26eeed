"""Bad input through the public door: each costs its record or its file, with a reason, and nothing of its bytes."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest
import zstandard
from readers_kit import Row, read_all, read_bytes, reasons, source

GOOD = '{"id": "a", "text": "첫째 글"}\n'.encode()
LAST = '{"id": "z", "text": "끝 글"}\n'.encode()
KEYED = {"record_key": "id"}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"text": ', "malformed_json"),
        (b"just words", "malformed_json"),
        (b'{"text": "a"} {"text": "b"}', "malformed_json"),
        (b'{"text": "a", "n": 1e}', "malformed_json"),
        (b'{"text": ' + b"[" * 3000 + b"]" * 3000 + b"}", "malformed_json"),
        (b'["a", "b"]', "not_an_object"),
        (b'"text"', "not_an_object"),
        (b"12", "not_an_object"),
        (b'{"id": "k"}', "missing_text"),
        (b'{"text": null}', "missing_text"),
        (b'{"text": 12}', "text_not_string"),
        (b'{"text": ["a"]}', "text_not_string"),
        ('{"text": "사람"}'.encode("cp949"), "bad_encoding"),
        (b'{"text": "\xed\xa0\x80"}', "bad_encoding"),
        (b'{"text": "a\x00b"}', "nul_bytes"),
        (b"\x00" * 64, "nul_bytes"),
        (b'{"text": "\\ud800"}', "lone_surrogate"),
        (b'{"text": "a", "id": "\\udfff"}', "lone_surrogate"),
        (b'{"text": "a", "id": 1.5}', "key_not_string"),
        (b'{"text": "a", "id": true}', "key_not_string"),
        (b'{"text": "a", "id": ["x"]}', "key_not_string"),
        (b'{"text": "a", "u": {"x": 1}}', "subject_not_string"),
        (b'{"text": "a", "u": ["x", 1.5]}', "subject_not_string"),
        (b'{"text": "' + b"x" * 5000 + b'"}', "record_too_long"),
        (b"x" * 5000, "record_too_long"),
    ],
)
def test_a_bad_line_costs_itself(tmp_path: Path, line: bytes, reason: str) -> None:
    fields = {"record_key": "id", "subjects": ("u",)}
    limit = 4000 if reason == "record_too_long" else 1 << 20
    rows, broken = read_bytes(GOOD + line + b"\n" + LAST, "jsonl", tmp_path, fields=fields, max_record_bytes=limit)
    assert [row.key for row in rows] == ["a", "z"]
    assert [(b.path, b.offset, b.length, b.reason) for b in broken] == [("in", len(GOOD), len(line), reason)]


def test_what_is_not_broken(tmp_path: Path) -> None:
    lines = [
        b'{"text": "no key"}',
        b'{"text": "empty key", "id": ""}',
        b'{"text": "null key", "id": null}',
        b'{"text": "whole", "id": 12}',
        b'{"text": "large", "id": 123456789012345678901234567890}',
        b'{"text": "nan", "id": "n", "score": NaN}',
        b'{"text": "unread surrogate", "id": "s", "other": "\\ud800"}',
        b'{"text": "a\\u0000b", "id": "nul"}',
        b'{"text": "", "id": "empty"}',
        b'{"text": "first", "text": "last wins", "id": "twice"}',
        b'\xef\xbb\xbf{"text": "a mark inside", "id": "bom"}',
        b' \t{"text": "blanks round it", "id": "blank"} \r',
    ]
    rows, broken = read_bytes(b"\n".join(lines), "jsonl", tmp_path, fields=KEYED)
    assert broken == []
    assert [(row.key, row.text) for row in rows] == [
        (None, "no key"),
        (None, "empty key"),
        (None, "null key"),
        ("12", "whole"),
        ("123456789012345678901234567890", "large"),
        ("n", "nan"),
        ("s", "unread surrogate"),
        ("nul", "a\0b"),
        ("empty", ""),
        ("twice", "last wins"),
        ("bom", "a mark inside"),
        ("blank", "blanks round it"),
    ]


def test_subjects_are_gathered_from_every_form(tmp_path: Path) -> None:
    data = (
        b'{"text": "1", "u": "x", "v": 7}\n{"text": "2", "u": ["x", 8, null, "x"]}\n{"text": "3", "u": null, "v": ""}\n'
    )
    rows, broken = read_bytes(data, "jsonl", tmp_path, fields={"subjects": ("u", "v")})
    assert broken == []
    assert [row.subjects for row in rows] == [("x", "7"), ("x", "8"), ()]


@pytest.mark.parametrize(
    "data",
    [
        b'[{"text": "a"}, {"text": "b"}]',
        b'[\n{"text": "a"},\n{"text": "b"}\n]\n',
        b'\xef\xbb\xbf  [\n  {\n    "text": "a"\n  }\n]',
        b"[]",
        b"[\n" + b",\n".join([b'{"text": "a"}'] * 20_000) + b"\n]",
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_json_array_is_named_once_and_not_read(tmp_path: Path, data: bytes, pack: object) -> None:
    packed = pack(data)  # type: ignore[operator]
    rows, broken = read_bytes(packed, "jsonl", tmp_path, unit_bytes=100)
    assert rows == []
    assert [(b.offset, b.length, b.reason) for b in broken] == [(0, len(packed), "json_array_not_lines")]


@pytest.mark.parametrize("first", [b'[1, "a"]', b"[broken"])
def test_a_first_line_that_is_a_list_is_only_a_bad_line(tmp_path: Path, first: bytes) -> None:
    rows, broken = read_bytes(first + b"\n" + GOOD + LAST, "jsonl", tmp_path, fields=KEYED)
    assert [row.key for row in rows] == ["a", "z"]
    assert len(broken) == 1


@pytest.mark.parametrize("format_", ["jsonl", "csv", "text", "parquet"])
def test_empty_absent_directory_and_special_files(tmp_path: Path, format_: str) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    paths = ("empty", "folder", "pipe", "dangling", "absent")
    rows, broken = read_all(source(format_, *paths), tmp_path)
    assert rows == []
    assert {b.path: b.reason for b in broken} == {
        "empty": "empty_file",
        "folder": "is_a_directory",
        "pipe": "unreadable_file",
        "dangling": "unreadable_file",
        "absent": "unreadable_file",
    }
    assert len(broken) == len(paths)


def test_a_bad_file_costs_no_other(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").mkdir()
    (tmp_path / "b.jsonl").write_bytes(GOOD)
    (tmp_path / "c.jsonl").write_bytes(b"")
    (tmp_path / "d.jsonl").write_bytes(LAST)
    rows, broken = read_all(source("jsonl", "*.jsonl", record_key="id"), tmp_path)
    assert [row.key for row in rows] == ["a", "z"]
    assert [(b.path, b.reason) for b in broken] == [("a.jsonl", "is_a_directory"), ("c.jsonl", "empty_file")]


def test_cp949_where_it_is_declared(tmp_path: Path) -> None:
    fields = {"record_key": "id", "encoding": "cp949"}
    data = '{"id": "가", "text": "뷁스러운 글"}\n'.encode("cp949") * 2
    rows, broken = read_bytes(data, "jsonl", tmp_path, fields=fields)
    assert broken == []
    assert rows[1] == Row(len(data) // 2, len(data) // 2 - 1, "가", "뷁스러운 글", ())
    bad = b'{"text": "\xff\xff"}\n'
    rows, broken = read_bytes(data + bad + data, "jsonl", tmp_path, fields=fields)
    assert len(rows) == 4
    assert reasons(broken) == [(len(data), "bad_encoding")]


def test_text_files_are_documents(tmp_path: Path) -> None:
    (tmp_path / "가.txt").write_text("첫 글\n둘째 줄", encoding="utf-8-sig")
    (tmp_path / "b.txt").write_bytes("다른 글".encode("cp949"))
    (tmp_path / "c.txt").write_bytes(b"x" * 101)
    (tmp_path / "d.txt").write_bytes("글".encode("utf-16"))
    (tmp_path / "e.txt.gz").write_bytes(gzip.compress("눌린 글".encode()))
    (tmp_path / "f.txt.gz").write_bytes(gzip.compress("끊긴 글".encode())[:-4])
    rows, broken = read_all(source("text", "*.txt*", record_key="path"), tmp_path, max_record_bytes=100)
    assert {row.key: row.text for row in rows} == {"가.txt": "첫 글\n둘째 줄", "e.txt.gz": "눌린 글"}
    assert {b.path: b.reason for b in broken} == {
        "b.txt": "bad_encoding",
        "c.txt": "record_too_long",
        "d.txt": "nul_bytes" if b"\0" in "글".encode("utf-16") else "bad_encoding",
        "f.txt.gz": "truncated_stream",
    }


def test_names_that_are_not_utf8(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/" + "판결.jsonl".encode("cp949")
    Path(os.fsdecode(raw)).write_bytes(GOOD + b"?\n")
    rows, broken = read_all(source("jsonl", "*.jsonl", record_key="id"), tmp_path)
    assert [row.key for row in rows] == ["a"]
    assert broken[0].path == "bytes:%C6%C7%B0%E1.jsonl"


def test_nothing_of_a_record_is_shown(tmp_path: Path) -> None:
    secret = "한빛나라"
    lines = [
        f'{{"text": "{secret}", "id": {{}}}}',
        f'{{"text": "{secret}\\ud800"}}',
        f"{secret}",
        f'{{"text": "{secret}", "id": "{secret}"}}',
    ]
    src = source("jsonl", "in", record_key="id")
    (tmp_path / "in").write_text("\n".join(lines), encoding="utf-8")
    from pipelines.readers import read_unit
    from pipelines.units import plan_source_units

    (unit,) = plan_source_units(src, tmp_path, unit_bytes=1 << 20, key=b"k")
    shown = repr([unit, *read_unit(unit, src, tmp_path, max_record_bytes=1 << 20)])
    assert "Broken" in shown
    assert "RawBatch" in shown
    assert secret not in shown


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.ZstdCompressor().compress])
def test_compressed_streams(tmp_path: Path, pack: object) -> None:
    compress = pack  # members and frames of their own, one after the other
    data = compress(GOOD) + compress(b"") + compress(LAST)  # type: ignore[operator]
    rows, broken = read_bytes(data, "jsonl", tmp_path, fields=KEYED)
    assert broken == []
    assert [(row.offset, row.key) for row in rows] == [(0, "a"), (len(GOOD), "z")]


def test_gzip_padding_and_garbage(tmp_path: Path) -> None:
    packed = gzip.compress(GOOD)
    assert read_bytes(packed + b"\0" * 512, "jsonl", tmp_path, fields=KEYED)[1] == []
    rows, broken = read_bytes(packed + b"garbage", "jsonl", tmp_path, fields=KEYED)
    assert len(rows) == 1
    assert reasons(broken) == [(len(GOOD), "trailing_garbage")]


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.ZstdCompressor(write_checksum=True).compress])
def test_a_truncated_stream_gives_what_it_has(tmp_path: Path, pack: object) -> None:
    line = b'{"id": "%d", "text": "%s"}\n'
    data = b"".join(line % (n, os.urandom(40).hex().encode()) for n in range(20_000))
    whole = pack(data)  # type: ignore[operator]
    rows, broken = read_bytes(whole[: len(whole) // 2], "jsonl", tmp_path, fields=KEYED)
    assert 1000 < len(rows) < 20_000
    assert [row.key for row in rows] == [str(n) for n in range(len(rows))]
    assert [b.reason for b in broken] == ["truncated_stream"]
    assert broken[0].offset == rows[-1].offset + rows[-1].length + 1


def test_a_damaged_stream_gives_what_came_before(tmp_path: Path) -> None:
    line = b'{"id": "%d", "text": "%s"}\n'
    data = b"".join(line % (n, os.urandom(40).hex().encode()) for n in range(20_000))
    for packed in (
        bytearray(gzip.compress(data)),
        bytearray(zstandard.ZstdCompressor(write_checksum=True).compress(data)),
    ):
        packed[len(packed) // 2 : len(packed) // 2 + 64] = bytes(64)
        rows, broken = read_bytes(bytes(packed), "jsonl", tmp_path, fields=KEYED, max_record_bytes=1 << 16)
        assert len(rows) > 1000
        assert broken[-1].reason in ("corrupt_stream", "truncated_stream")


def test_what_only_calls_itself_compressed(tmp_path: Path) -> None:
    (tmp_path / "x.gz").write_bytes(GOOD)
    (tmp_path / "x.zst").write_bytes(GOOD)
    rows, broken = read_all(source("jsonl", "x.*"), tmp_path)
    assert rows == []
    assert [b.reason for b in broken] == ["unreadable_file", "unreadable_file"]


def test_a_file_that_shrank_since_it_was_planned(tmp_path: Path) -> None:
    from pipelines.readers import Broken, read_unit
    from pipelines.units import plan_source_units

    src = source("jsonl", "in", record_key="id")
    (tmp_path / "in").write_bytes(GOOD + LAST)
    (unit,) = plan_source_units(src, tmp_path, unit_bytes=1 << 20, key=b"k")
    (tmp_path / "in").write_bytes(GOOD + LAST[:9])
    items = list(read_unit(unit, src, tmp_path, max_record_bytes=1 << 20))
    assert len(items[0]) == 1  # type: ignore[arg-type]
    assert items[1:] == [Broken("in", len(GOOD), len(LAST), "truncated_stream")]
