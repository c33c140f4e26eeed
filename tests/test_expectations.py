"""Suites over shards: a slice's failure is the shard's, and a row id that two slices share is found."""

from __future__ import annotations

import pyarrow as pa
import pytest

from pipelines import expectations
from schemas.arrow import SHARD


def _shard(texts: list[str], ids: list[int] | None = None, sources: list[str] | None = None) -> pa.Table:
    rows = [n.to_bytes(16, "big") for n in ids or range(len(texts))]
    return pa.table([pa.array(rows, pa.binary(16)), sources or ["s"] * len(texts), texts], schema=SHARD)


def _failed(table: pa.Table) -> set[tuple[str, str, int]]:
    results = expectations.check_shard(table)
    assert len(results) == len({(r["expectation"], r["column"]) for r in results}) + 1  # both suites name the columns
    return {(r["expectation"], r["column"], r["unexpected"]) for r in results if not r["success"]}


@pytest.mark.parametrize("slice_bytes", [1, 40, 1 << 20])
def test_slices_answer_as_the_whole(monkeypatch: pytest.MonkeyPatch, slice_bytes: int) -> None:
    monkeypatch.setattr(expectations, "SLICE_BYTES", slice_bytes)
    texts = ["가나다라마바사"] * 6
    assert not _failed(_shard(texts))
    length = "expect_column_value_lengths_to_be_between"
    assert _failed(_shard([*texts[:2], "", *texts[3:5], ""])) == {(length, "text", 2)}
    assert _failed(_shard(texts, [0, 1, 2, 3, 4, 1])) == {("expect_column_values_to_be_unique", "row_id", 2)}


def test_two_sources_in_one_shard_fail() -> None:
    failed = _failed(_shard(["가"] * 4, sources=["s", "s", "t", "t"]))
    assert {(name, column) for name, column, _ in failed} == {
        ("expect_column_unique_value_count_to_be_between", "source_id")
    }
