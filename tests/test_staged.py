"""Staged files: what was written comes back, and nothing else ever does; keys stay out of sight."""

from __future__ import annotations

import base64
import itertools
import os
import struct
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.keyring import SESSION_ENV, Keyring, KeyringError, open_keyring, unwrap_file_key, wrap_file_key
from governance.staged import StagedFile, StagedFileError, StagedWriter, Written, bounded_batches
from schemas.arrow import TEXT

KEY, DIGEST_KEY, FILE_ID = bytes(range(32)), b"d" * 32, bytes(range(16))
texts = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), max_size=30)


def table_of(values: list[str]) -> pa.Table:
    ids = [number.to_bytes(16, "big") for number in range(len(values))]
    return pa.table([ids, range(len(values)), [0] * len(values), values], schema=TEXT)


def write(path: Path, batches: list[pa.RecordBatch], *, file_id: bytes = FILE_ID, key: bytes = KEY) -> Written:
    writer = StagedWriter(path, TEXT, file_id=file_id, file_key=key, digest_key=DIGEST_KEY)
    for batch in batches:
        writer.write(batch)
    return writer.close()


def read(path: Path, key: bytes = KEY) -> pa.Table:
    with StagedFile(path, file_key=key) as file:
        assert file.num_rows == sum(file.batch_rows)
        return file.table()


def single(*values: str) -> list[pa.RecordBatch]:
    """A batch a value, each made by itself, so that equal lengths give frames of equal size."""
    return [table_of([value]).to_batches()[0] for value in values]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A staged file of three frames of equal size."""
    path = tmp_path_factory.mktemp("staged") / "a.djf"
    write(path, single("가나다", "라마바", "사아자"))
    return path.read_bytes()


@settings(max_examples=60, deadline=None)
@given(values=texts, rows=st.integers(1, 9), size=st.integers(1, 200))
def test_what_was_written_comes_back(
    tmp_path_factory: pytest.TempPathFactory, values: list[str], rows: int, size: int
) -> None:
    path = tmp_path_factory.mktemp("trip") / "x.djf"
    table = table_of(values)
    written = write(path, list(bounded_batches(table, max_rows=rows, max_bytes=size)))
    assert written.rows == len(values)
    assert read(path).equals(table)
    with StagedFile(path, file_key=KEY) as file:  # any batch by itself, in any order
        starts = [sum(file.batch_rows[:index]) for index in range(file.num_batches)]
        for index in reversed(range(file.num_batches)):
            expected = table.slice(starts[index], file.batch_rows[index])
            assert pa.Table.from_batches([file.batch(index)]).equals(expected)


@settings(max_examples=80, deadline=None)
@given(values=texts, cuts=st.lists(st.integers(0, 30), max_size=5), rows=st.integers(1, 9), size=st.integers(1, 200))
def test_the_cut_is_bounded_and_does_not_depend_on_how_rows_arrived(
    values: list[str], cuts: list[int], rows: int, size: int
) -> None:
    table = table_of(values)
    edges = [0, *sorted(min(cut, len(values)) for cut in cuts), len(values)]
    chunked = pa.concat_tables([table.slice(a, b - a) for a, b in itertools.pairwise(edges)])
    whole = list(bounded_batches(table, max_rows=rows, max_bytes=size))
    pieces = list(bounded_batches(chunked, max_rows=rows, max_bytes=size))
    assert [batch.to_pylist() for batch in whole] == [batch.to_pylist() for batch in pieces]
    assert pa.Table.from_batches(whole, TEXT).equals(table)
    for batch in whole:
        assert 0 < batch.num_rows <= rows
        held = sum(len(value.encode()) for value in batch["text"].to_pylist())
        assert held <= size or batch.num_rows == 1  # one row may be larger than the bound


def test_the_digest_is_of_the_content_and_the_sealed_bytes_are_not(tmp_path: Path) -> None:
    batches = list(bounded_batches(table_of(["하나", "둘"])))
    first = write(tmp_path / "1.djf", batches)
    second = write(tmp_path / "2.djf", batches, file_id=os.urandom(16), key=os.urandom(32))
    other = write(tmp_path / "3.djf", list(bounded_batches(table_of(["하나", "셋"]))))
    assert first.digest == second.digest != other.digest
    assert (tmp_path / "1.djf").read_bytes() != (tmp_path / "2.djf").read_bytes()
    assert "하나".encode() not in (tmp_path / "1.djf").read_bytes()


def test_any_flipped_byte_is_refused(small: bytes, tmp_path: Path) -> None:
    path = tmp_path / "b.djf"
    for at in range(len(small)):
        path.write_bytes(small[:at] + bytes([small[at] ^ 0x41]) + small[at + 1 :])
        with pytest.raises(StagedFileError):
            read(path)


def test_any_cut_and_any_longer_file_is_refused(small: bytes, tmp_path: Path) -> None:
    path = tmp_path / "c.djf"
    for end in range(len(small)):
        path.write_bytes(small[:end])
        with pytest.raises(StagedFileError):
            read(path)
    for longer in (small + b"\0", small + small[-12:], b"\0" + small):
        path.write_bytes(longer)
        with pytest.raises(StagedFileError):
            read(path)


def frames(data: bytes) -> list[bytes]:
    """Head, schema frame, batch frames, footer frame, tail."""
    (footer,) = struct.unpack_from("<Q", data, len(data) - 12)
    at, found = 20, [data[:20]]
    while at < len(data) - 12:
        (length,) = struct.unpack_from("<I", data, at)
        found.append(data[at : at + 4 + length])
        at += 4 + length
    assert sum(map(len, found[:-1])) == footer
    return [*found, data[-12:]]


def test_swapped_repeated_and_foreign_frames_are_refused(small: bytes, tmp_path: Path) -> None:
    head, schema, one, two, three, footer, tail = frames(small)
    assert len(one) == len(two) == len(three)
    assert b"".join((head, schema, one, two, three, footer, tail)) == small
    write(tmp_path / "other.djf", single("타파하", "거너더", "러머버"), file_id=b"o" * 16)
    foreign = frames((tmp_path / "other.djf").read_bytes())[2]
    path = tmp_path / "d.djf"
    for batches in ((two, one, three), (one, one, three), (foreign, two, three)):
        path.write_bytes(b"".join((head, schema, *batches, footer, tail)))
        with pytest.raises(StagedFileError):
            read(path)


def test_another_key_and_no_file_are_named_errors(small: bytes, tmp_path: Path) -> None:
    path = tmp_path / "e.djf"
    path.write_bytes(small)
    with pytest.raises(StagedFileError, match="does not open"):
        read(path, key=b"x" * 32)
    with pytest.raises(StagedFileError, match="missing"):
        read(tmp_path / "nothing.djf")


def test_nothing_stands_under_the_name_before_close(tmp_path: Path) -> None:
    path = tmp_path / "f.djf"
    writer = StagedWriter(path, TEXT, file_id=FILE_ID, file_key=KEY, digest_key=DIGEST_KEY)
    for batch in bounded_batches(table_of(["가", "나"])):
        writer.write(batch)
    assert not path.exists()
    writer.close()
    assert [entry.name for entry in tmp_path.iterdir()] == ["f.djf"]
    dropped = StagedWriter(tmp_path / "g.djf", TEXT, file_id=FILE_ID, file_key=KEY, digest_key=DIGEST_KEY)
    dropped.abort()
    assert [entry.name for entry in tmp_path.iterdir()] == ["f.djf"]


RING = Keyring(b"P" * 32, b"W" * 32, {"ab": b"F" * 32}, {"salt": b"S" * 32})


def test_a_keyring_opens_with_the_session_key_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session, path = os.urandom(32), tmp_path / "ring"
    RING.seal(path, session)
    assert path.stat().st_mode & 0o777 == 0o600
    sealed = path.read_bytes()
    for key in (RING.project, RING.wrap, RING.files["ab"], RING.extra["salt"]):
        assert key not in sealed
        assert key.hex().encode() not in sealed
    open_keyring.cache_clear()
    monkeypatch.setenv(SESSION_ENV, base64.b64encode(session).decode())
    assert open_keyring(str(path)) == RING
    open_keyring.cache_clear()
    monkeypatch.setenv(SESSION_ENV, base64.b64encode(b"n" * 32).decode())
    with pytest.raises(KeyringError):
        open_keyring(str(path))
    monkeypatch.delenv(SESSION_ENV)
    with pytest.raises(KeyringError):
        open_keyring(str(path))


def test_no_repr_shows_a_key() -> None:
    for key in (RING.project, RING.wrap, RING.files["ab"], RING.extra["salt"]):
        for shown in (repr(RING), str(RING), f"{[RING]}"):
            assert key.hex() not in shown
            assert repr(key)[2:-1] not in shown


@settings(max_examples=30, deadline=None)
@given(at=st.integers(0, 59), bit=st.integers(0, 7))
def test_a_wrapped_file_key_belongs_to_its_file_and_wrap(at: int, bit: int) -> None:
    sealed = wrap_file_key(b"W" * 32, FILE_ID, KEY)
    assert unwrap_file_key(b"W" * 32, FILE_ID, sealed) == KEY
    raw = bytearray(base64.b64decode(sealed))
    assert len(raw) == 60
    raw[at] ^= 1 << bit
    with pytest.raises(KeyringError):
        unwrap_file_key(b"W" * 32, FILE_ID, base64.b64encode(raw).decode())
    with pytest.raises(KeyringError):
        unwrap_file_key(b"W" * 32, b"o" * 16, sealed)
    with pytest.raises(KeyringError):
        unwrap_file_key(b"V" * 32, FILE_ID, sealed)


@pytest.mark.parametrize("sealed", ["", "!", "AAAA", "가"])
def test_a_damaged_wrapped_key_is_a_named_error(sealed: str) -> None:
    with pytest.raises(KeyringError):
        unwrap_file_key(b"W" * 32, FILE_ID, sealed)
