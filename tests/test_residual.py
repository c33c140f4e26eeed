"""The residual bound against exact arithmetic, the sample's draw, and what a recorded replacement discounts."""

from __future__ import annotations

import hashlib
import math
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.dataset import FileRef
from pipelines.residual import Residual, residual, sampled, upper_bound_ppm
from pipelines.stages.assemble import ROWS
from schemas.arrow import FLAG_SENSITIVE_CONSENT, ID, SHARD, SPANS
from schemas.policy import load_policy


def _at_most(hits: int, marked: int, sample: int, total: int) -> Fraction:
    ways = sum(math.comb(marked, k) * math.comb(total - marked, sample - k) for k in range(min(hits, sample) + 1))
    return Fraction(ways, math.comb(total, sample))


@given(st.data())
def test_the_bound_is_the_most_rows_that_so_few_hits_leave_likely(data: st.DataObject) -> None:
    total = data.draw(st.integers(1, 60))
    sample = data.draw(st.integers(1, total))
    hits = data.draw(st.integers(0, sample))
    confidence = data.draw(st.sampled_from([900_000, 950_000, 990_000]))
    rest = Fraction(1_000_000 - confidence, 1_000_000)
    likely = [m for m in range(hits, total - sample + hits + 1) if _at_most(hits, m, sample, total) > rest]
    assert upper_bound_ppm(hits, sample, total, confidence) == math.ceil(max(likely) * 1_000_000 / total)


@pytest.mark.parametrize(
    ("hits", "sample", "total", "bound"),
    [
        (0, 3, 3, 0),  # all rows looked at: no doubt is left
        (1, 4, 4, 250_000),
        (0, 0, 10, 1_000_000),  # none looked at: nothing is shown
        (0, 2_000, 10_000_000, 1_497),  # the rule of three: about 3 / sample
    ],
)
def test_known_bounds(hits: int, sample: int, total: int, bound: int) -> None:
    assert upper_bound_ppm(hits, sample, total, 950_000) == pytest.approx(bound, abs=1)


def test_a_sample_is_near_its_size_and_the_same_for_anyone() -> None:
    rows = [hashlib.sha256(str(n).encode()).digest()[:16] for n in range(20_000)]
    drawn = [row for row in rows if sampled("seed", row, 2_000, len(rows))]
    assert abs(len(drawn) - 2_000) < 200
    assert drawn == [row for row in rows if sampled("seed", row, 2_000, len(rows))]
    assert drawn != [row for row in rows if sampled("other", row, 2_000, len(rows))]
    assert all(sampled("seed", row, 2_000, 1_500) for row in rows[:50])


class Opened:
    """A staged file that holds one table."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def table(self) -> pa.Table:
        return self._table


class Context:
    """What residual() asks of a worker's context: its configuration, and the rows and spans of the shard."""

    def __init__(self, rows: pa.Table, spans: pa.Table) -> None:
        policy = load_policy("pretraining-public", Path()).model_dump(mode="json")
        policy["anonymize"]["kiwi_budget_ppm"] = 0
        self.config = {"seed": "s", "sample_rows": 10, "total_rows": 1, "policy": policy}
        self.step = SimpleNamespace(root=".")
        self._tables = {"assemble": rows, "anonymize": spans}

    def open(self, stage: str, _: FileRef) -> Opened:
        return Opened(self._tables[stage])


REF = {"path": "p", "file_id": "f", "rows": 1, "bytes": 1, "digest": "d"}


def residual_of(text: str, spans: list[tuple[str, str, str]], flags: int = 0) -> Residual:
    """The residual of one row; `spans` are (type, operator, its words in the text)."""
    document, row = b"d" * 16, b"r" * 16
    shard = pa.table([pa.array([row], ID), ["posts"], [text]], schema=SHARD)
    mapping = pa.table([pa.array([document], ID), pa.array([row], ID), pa.array([flags], pa.int32())], ROWS)
    recorded = [(document, 0, 1, kind, op, text.index(w), text.index(w) + len(w)) for kind, op, w in spans]
    columns = list(zip(*recorded, strict=True)) or [[]] * len(SPANS)
    side = pa.table([pa.array(c, f.type) for c, f in zip(columns, SPANS, strict=True)], schema=SPANS)
    unit = {"rows": REF, "spans": [REF]}
    return residual(shard, unit, Context(mapping, side))  # type: ignore[arg-type]


def test_a_replacement_discounts_what_lies_within_it_and_no_more() -> None:
    kept = ("ADDRESS", "generalise", "경기도 용인시 수지구")
    assert residual_of("주소: 경기도 용인시 수지구", [kept]).rows == 0
    leak = residual_of("주소: 경기도 용인시 수지구 새터마을 힐스테이트 204동 1501호", [kept])
    assert (leak.rows, leak.found) == (1, {"ADDRESS": 1})
    assert residual_of("1990년생입니다", [("BIRTH_DATE", "generalise", "1990년")]).rows == 0


def test_what_a_deletion_left_discounts_nothing() -> None:
    made = residual_of("연락처 010  2345 6789", [("EMAIL", "delete", "")])
    assert made.found == {"MOBILE": 1}


def test_a_sentence_kept_by_consent_discounts_no_number_in_it() -> None:
    text = "저는 우울증을 앓고 있고 번호는 010-2345-6789입니다."
    made = residual_of(text, [("HEALTH", "keep", text)], FLAG_SENSITIVE_CONSENT)
    assert (made.found, made.sensitive_rows) == ({"MOBILE": 1}, 0)
