"""The residual bound against exact arithmetic, and the sample's draw."""

from __future__ import annotations

import hashlib
import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.residual import sampled, upper_bound_ppm


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
