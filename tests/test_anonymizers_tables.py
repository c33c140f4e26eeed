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
    (
        "학번\t이름\t나이\n2018110234\t○○○\t23\n2019110877\t△△△\t22\n",
        {("STUDENT_NO", "2018110234"), ("STUDENT_NO", "2019110877"), ("AGE", "23"), ("AGE", "22")},
    ),
    (
        '이름,생년월일,주소\n○○○,790215,"어느 곳, 2층"\n',
        {("BIRTH_DATE", "790215")},
    ),
    ("name,age,blood\nkim,37,A\n", {("AGE", "37")}),
    (
        "INSERT INTO members (name, emp_no, age) VALUES ('a','B-2041',37),\n('b, c','B-2042', 41);",
        {("EMPLOYEE_NO", "B-2041"), ("EMPLOYEE_NO", "B-2042"), ("AGE", "37"), ("AGE", "41")},
    ),
    ("INSERT INTO goods (name, amount) VALUES ('a',2041);", set()),
    ("\treturn a\tb\n\tif x\ty\n", set()),
    ("품목,수량,연도\n20181102,20191108,2018\n", set()),
    ("학번,이름\n별첨,없음\n\n2018110234 건\n", set()),
]


@pytest.mark.parametrize("gated", [True, False])
@pytest.mark.parametrize(("text", "values"), TABLES)
def test_a_header_names_the_cells_below_it(text: str, values: Spans, gated: bool) -> None:
    assert found(text, gated=gated) == values


@pytest.mark.parametrize("gated", [True, False])
@pytest.mark.parametrize(
    ("head", "mark"), [("학번,비고", ","), ("| 이름 | 학번 |\n|---|---|", " | "), ("이름\t학번", "\t")]
)
def test_a_table_is_read_to_its_end(head: str, mark: str, gated: bool) -> None:
    rows = [f"{20100001 + i}{mark}참가" if mark == "," else f"참가{mark}{20100001 + i}" for i in range(2000)]
    rows = [f"| {row} |" for row in rows] if "|" in mark else rows
    assert len(found(head + "\n" + "\n".join(rows), gated=gated)) == 2000


def test_rows_far_below_their_header() -> None:
    rows = [f"{20180001 + i},가나다라마바사아자차카타파하 행사 참가 명단에 올린 사람" for i in range(60)]
    text = "학번,비고\n" + "\n".join(rows)
    assert len(found(text)) == 60


def test_offsets_in_full_width_and_behind_zero_width_characters() -> None:
    text = "\u200b학번,이름\n２０１８１１０２３４,○○○"
    assert found(text) == {("STUDENT_NO", "２０１８１１０２３４")}
