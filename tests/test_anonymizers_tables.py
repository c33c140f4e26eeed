"""Values that only a header far above them names: the columns of CSV and Markdown tables. All values are made up."""

from __future__ import annotations

import pytest

from anonymizers.detection import detect

Spans = set[tuple[str, str]]


def found(text: str, *, gated: bool = True) -> Spans:
    return {(f.type, text[f.start : f.end]) for f in detect([text], gated=gated) if f.type != "PERSON"}


TABLES = [
    ("학번,이름\n2018110234,○○○\n2019110877,△△△\n", {("STUDENT_NO", "2018110234"), ("STUDENT_NO", "2019110877")}),
    (
        "| 사번 | 부서 | 내선 |\n|---|---|---|\n| 20150312 | 총무 | 1203 |\n| A-20180911 | 회계 | 1204 |\n",
        {("EMPLOYEE_NO", "20150312"), ("EMPLOYEE_NO", "A-20180911")},
    ),
    (
        "name;birth_date;zipcode\nkim;1985-02-11;06236\nlee;19790431;34126\n",  # there is no 31st of April
        {("BIRTH_DATE", "1985-02-11"), ("POSTCODE", "06236"), ("POSTCODE", "34126")},
    ),
    (
        '"이름","생년월일","전화번호"\n"○○○","790215","0212345678"\n',
        {("BIRTH_DATE", "790215"), ("PHONE", "0212345678")},
    ),
    ("품목,수량,연도\n20181102,20191108,2018\n", set()),
    ("학번,이름\n별첨,없음\n\n2018110234 건\n", set()),
]


@pytest.mark.parametrize("gated", [True, False])
@pytest.mark.parametrize(("text", "values"), TABLES)
def test_a_header_names_the_cells_below_it(text: str, values: Spans, gated: bool) -> None:
    assert found(text, gated=gated) == values


def test_rows_far_below_their_header() -> None:
    rows = [f"{20180001 + i},가나다라마바사아자차카타파하 행사 참가 명단에 올린 사람" for i in range(60)]
    text = "학번,비고\n" + "\n".join(rows)
    assert len(found(text)) == 60


def test_offsets_in_full_width_and_behind_zero_width_characters() -> None:
    text = "\u200b학번,이름\n２０１８１１０２３４,○○○"
    assert found(text) == {("STUDENT_NO", "２０１８１１０２３４")}
