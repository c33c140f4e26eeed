"""The plan of a source: complete, independent of how it is read, cheap to repeat, and honest about changes."""

from __future__ import annotations

import gzip
import hmac
import json
import os
import pickle
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from readers_kit import KEY, source

from pipelines import units
from pipelines.units import NoInput, WorkUnit, plan_source_units


def _mac(data: bytes) -> str:
    return hmac.digest(KEY, data, "sha256").hex()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=12).map(lambda b: b.replace(b"x", b"\n"))), st.integers(1, 40))
def test_units_cover_the_file_and_end_at_newlines(tmp_path: Path, parts: list[bytes], unit_bytes: int) -> None:
    data = b"{}\n" + b"".join(parts)
    (tmp_path / "in").write_bytes(data)
    plan = plan_source_units(source("jsonl"), tmp_path, unit_bytes=unit_bytes, key=KEY, first_index=7)
    assert b"".join(data[u.start : u.end] for u in plan) == data
    assert all(data[u.end - 1 : u.end] == b"\n" for u in plan[:-1])
    assert all(u.end - u.start >= unit_bytes for u in plan[:-1])
    for number, unit in enumerate(plan):
        assert unit.index == 7 + number
        assert unit.digest == _mac(data[unit.start : unit.end])
        assert unit.file_digest == _mac(data)


def test_long_files_are_cut_across_chunks(tmp_path: Path) -> None:
    line = b'{"text": "' + b"y" * 99_990 + b'"}\n'
    (tmp_path / "in").write_bytes(line * 60)
    plan = plan_source_units(source("jsonl"), tmp_path, unit_bytes=1 << 20, key=KEY)
    assert [(u.end - u.start) // len(line) for u in plan] == [11, 11, 11, 11, 11, 5]
    assert plan[1].digest == _mac(line * 11)


def test_round_trips(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(name)
    (unit,) = plan_source_units(source("text", "*.txt"), tmp_path, unit_bytes=1 << 20, key=KEY)
    assert [file.path for file in unit.files] == ["a.txt", "b.txt"]
    assert WorkUnit.from_json(json.loads(json.dumps(unit.to_json()))) == unit
    assert pickle.loads(pickle.dumps(unit)) == unit


def test_text_files_are_grouped_up_to_a_units_bytes(tmp_path: Path) -> None:
    for n in range(10):
        (tmp_path / f"{n}.txt").write_bytes(b"x" * 40)
    (tmp_path / "5.txt").write_bytes(gzip.compress(b"x" * 40))
    plan = plan_source_units(source("text", "*.txt"), tmp_path, unit_bytes=100, key=KEY)
    assert [len(u.files) for u in plan] == [2, 2, 1, 2, 2, 1]
    assert sorted(f.path for u in plan for f in u.files) == [f"{n}.txt" for n in range(10)]
    assert all(f.file_digest == _mac(b"x" * 40) for u in plan for f in u.files if u.compression == "none")
    assert len({u.digest for u in plan if len(u.files) == 2}) == 1


def test_patterns(tmp_path: Path) -> None:
    for name in ("b/2.jsonl", "b/1.jsonl", "a/[x].jsonl", "a/deep/3.jsonl", "ä.jsonl"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}\n")
    plan = plan_source_units(
        source("jsonl", "b/*.jsonl", "./b/1.jsonl", "a/[x].jsonl", "a/deep/**", str(tmp_path / "ä.jsonl")),
        tmp_path,
        unit_bytes=100,
        key=KEY,
    )
    assert [u.path for u in plan] == ["a/[x].jsonl", "a/deep/3.jsonl", "b/1.jsonl", "b/2.jsonl", "ä.jsonl"]
    with pytest.raises(NoInput) as error:
        plan_source_units(source("jsonl", "c/*.jsonl"), tmp_path, unit_bytes=100, key=KEY)
    assert error.value.exit_code == 4
    assert "c/*.jsonl" in error.value.message


def test_a_compressed_file_is_one_unit(tmp_path: Path) -> None:
    data = gzip.compress(os.urandom(5000).hex().encode())
    (tmp_path / "in").write_bytes(data)
    (unit,) = plan_source_units(source("csv"), tmp_path, unit_bytes=10, key=KEY)
    assert (unit.compression, unit.start, unit.end, unit.digest) == ("gzip", 0, len(data), _mac(data))


def _age(path: Path) -> None:
    """The cache believes only files older than itself."""
    future = path.stat().st_mtime_ns + 10**10
    os.utime(path, ns=(future, future))


def test_the_cache_spares_reading_and_sees_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "cache.json"
    one, two = tmp_path / "1.jsonl", tmp_path / "2.jsonl"
    one.write_text('{"n": 1}\n' * 50)
    two.write_text('{"n": 2}\n' * 50)
    read: list[str] = []
    plan_file = units.plan_file
    monkeypatch.setattr(units, "plan_file", lambda path, *rest: read.append(path.name) or plan_file(path, *rest))

    def plan(unit_bytes: int = 100, key: bytes = KEY, id_: str = "s") -> list[WorkUnit]:
        read.clear()
        found = plan_source_units(
            source("jsonl", "*.jsonl", id=id_), tmp_path, unit_bytes=unit_bytes, key=key, cache=cache
        )
        _age(cache)
        return found

    first = plan()
    assert read == ["1.jsonl", "2.jsonl"]
    assert plan() == first
    assert read == []
    plan(id_="other")  # shares the file
    assert plan() == first
    assert read == []

    two.write_text('{"n": 3}\n' * 50)  # the same size
    _age(cache)
    changed = plan()
    assert read == ["2.jsonl"]
    assert [u.digest for u in changed if u.path == "1.jsonl"] == [u.digest for u in first if u.path == "1.jsonl"]
    assert {u.file_digest for u in changed} != {u.file_digest for u in first}

    assert plan(unit_bytes=50) != changed
    assert len(read) == 2
    assert {u.digest for u in plan(key=b"other")}.isdisjoint(u.digest for u in changed)
    assert len(read) == 2

    cache.write_bytes(b'{"sources": 3}')
    assert plan() == changed
    os.utime(cache, ns=(0, 0))  # a file as young as the cache may have changed since
    assert plan() == changed
    assert len(read) == 2
