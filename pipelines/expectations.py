"""Great Expectations over a data frame: which expectations of a suite hold. Results name columns, never values."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.suites import suite

SLICE_BYTES = 16 << 20  # of text at a time: a frame is copied several times over, and kept until the next one comes


def check_shard(table: pa.Table) -> list[dict[str, Any]]:
    """The suites `shard` and `row_ids` over a shard, in slices of about SLICE_BYTES: one result an expectation."""
    hexed = pa.array([value.hex() for value in table["row_id"].to_pylist()], pa.string())
    table = table.set_column(0, "row_id", hexed)
    merged: dict[tuple[str, str], dict[str, Any]] = {}
    for piece in _slices(table):
        for result in check("shard", piece):
            seen = merged.setdefault((result["expectation"], result["column"]), result)
            if seen is not result:
                seen["success"] = seen["success"] and result["success"]
                seen["unexpected"] += result["unexpected"]
    found = [*merged.values(), *check("row_ids", table.select(["row_id"]))]
    gc.collect()  # Great Expectations keeps frames in cycles: they must not add up from shard to shard
    return found


def _slices(table: pa.Table) -> Iterator[pa.Table]:
    ends = np.cumsum(pc.binary_length(table["text"]).fill_null(0).to_numpy(), dtype=np.int64)
    start = 0
    while start < len(ends):
        held = int(ends[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, held + SLICE_BYTES, side="right")))
        yield table.slice(start, stop - start)
        start = stop


def check(name: str, table: pa.Table) -> list[dict[str, Any]]:
    """[{expectation, column, success, unexpected}] of suite `name` over `table` (as Arrow-backed pandas).

    Importing Great Expectations takes 8 s, so it happens here; its usage statistics are off, nothing leaves.
    """
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    import pandas as pd
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    loaded = suite(name)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    frame = table.to_pandas(types_mapper=pd.ArrowDtype)
    asset = context.data_sources.add_pandas("damjang").add_dataframe_asset(name)
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch(batch_parameters={"dataframe": frame})
    expectations = gx.ExpectationSuite(name=loaded["name"])
    for one in loaded["expectations"]:
        expectations.add_expectation_configuration(ExpectationConfiguration(type=one["type"], kwargs=one["kwargs"]))
    results = batch.validate(expectations, result_format="BASIC")
    return [
        {
            "expectation": result.expectation_config.type,
            "column": str(result.expectation_config.kwargs.get("column", "")),
            "success": bool(result.success),
            "unexpected": int((result.result or {}).get("unexpected_count") or 0),
        }
        for result in results.results
    ]
