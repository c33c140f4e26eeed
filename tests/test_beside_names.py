"""Dates of birth and ages that a name right before them vouches for. All persons are made up."""

from __future__ import annotations

import pytest

from anonymizers.beside_names import beside
from anonymizers.names import NameRecognizer


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("표라온(86/06/28)", "BIRTH_DATE", "86/06/28"),
        ("표라온 (840322), 소유자", "BIRTH_DATE", "840322"),
        ("표라온(2018. 07. 28.)", "BIRTH_DATE", "2018. 07. 28."),
        ("표라온 님(06.08.04)", "BIRTH_DATE", "06.08.04"),
        ("표라온 720923 010", "BIRTH_DATE", "720923"),
        ("표라온 1944년 09월 27일, 모", "BIRTH_DATE", "1944년 09월 27일"),
        ("표라온, 1960. 06. 03.", "BIRTH_DATE", "1960. 06. 03."),
        ("표라온 / 1987.03.02 / 서울", "BIRTH_DATE", "1987.03.02"),
        ("표라온(61)는", "AGE", "61"),
        ("표라온(29·가명)씨", "AGE", "29"),
        ("표라온, 56세, 사번", "AGE", "56세"),
    ],
)
def test_what_a_name_vouches_for(text: str, kind: str, value: str) -> None:
    found = beside(text, 3)
    assert found is not None
    assert (found.type, text[found.start : found.end]) == (kind, value)
    whole = "담당자: " + text
    assert (kind, value) in {(f.type, whole[f.start : f.end]) for f in NameRecognizer(kiwi_budget_ppm=0).find([whole])}


@pytest.mark.parametrize(
    "text",
    [
        "표라온 2021년 3월 5일 취임", "표라온 991350 건", "표라온(2015)은", "표라온(10위)", "표라온 1. 2. 3.", "표라온 010-1234-5678",
        "표라온, 2024. 3. 5. 회의", "표라온 300000원", "표라온(12, 13쪽)", "표라온", "표라온(",
    ],
)  # fmt: skip
def test_what_it_does_not(text: str) -> None:
    assert beside(text, 3) is None
