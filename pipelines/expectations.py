"""Great Expectations over a data frame: which expectations of a suite hold. Results name columns, never values."""

from __future__ import annotations

import os
from typing import Any

import pyarrow as pa

from schemas.suites import suite


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
