"""Generalisation: what is left is true, coarser, in the form of the text, and its own generalisation."""

from __future__ import annotations

import itertools
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymizers.exact.regions import regions
from anonymizers.generalise import generalise

FORMS = st.sampled_from(["NFC", "NFD"])
PROVINCES = sorted(regions().province_names)
DISTRICTS = sorted(regions().district_names)
CITY_WARDS = [
    ("성남시", "분당구"),
    ("창원시", "성산구"),
    ("전주시", "완산구"),
    ("용인시", "수지구"),
    ("천안시", "동남구"),
]


@st.composite
def addresses(draw: st.DrawFn) -> tuple[str, str]:
    """(an address, its si-gun-gu)."""
    names = []
    if draw(st.booleans()):
        names.append(draw(st.sampled_from(PROVINCES)))
    names += draw(st.sampled_from([*((one,) for one in DISTRICTS), *CITY_WARDS]))
    gap = draw(st.sampled_from([" ", "  ", ", "]))
    street = draw(
        st.sampled_from(
            ["가상로 12", "새봄대로123번길 4-5", "역삼동 1003번지", "가상동 산 12", "중앙로 1, 101동 1203호"]
        )
    )
    return gap.join(names) + " " + street, " ".join(names)


@given(addresses(), FORMS)
def test_an_address_keeps_its_si_gun_gu_and_nothing_more(case: tuple[str, str], form: str) -> None:
    written, kept = case
    coarse = generalise(unicodedata.normalize(form, written), "ADDRESS")
    assert coarse == unicodedata.normalize(form, kept)
    assert generalise(coarse, "ADDRESS") == coarse


@given(st.sampled_from(PROVINCES), st.sampled_from([*((one,) for one in DISTRICTS), *CITY_WARDS]), FORMS)
def test_glued_names_are_told_apart(province: str, names: tuple[str, ...], form: str) -> None:
    if any(province + names[0][:n] in (*PROVINCES, *DISTRICTS) for n in range(1, len(names[0]))):
        return  # 부산 + 진구 …: the longest name is read
    coarse = generalise(unicodedata.normalize(form, province + "".join(names) + "역삼동 12"), "ADDRESS")
    assert coarse == unicodedata.normalize(form, " ".join([province, *names]))


@pytest.mark.parametrize("value", ["죽전동 1003번지", "새터마을 204동 1501호", "테헤란로 12", "서울테헤란로 12"])
def test_an_address_without_a_known_region_has_no_generalisation(value: str) -> None:
    assert generalise(value, "ADDRESS") is None


@pytest.mark.parametrize("value", ["서울 구로구 남구로 12", "서울 구로구 남구로12길 3"])
def test_a_road_is_no_district(value: str) -> None:
    assert generalise(value, "ADDRESS") == "서울 구로구"


DATES = [
    "{y}년 {m}월 {d}일",
    "{y}.{m}.{d}",
    "{y}. {m}. {d}.",
    "{y}-{m:02}-{d:02}",
    "{y}/{m}/{d}",
    "{y}{m:02}{d:02}",
    "{m}/{d}/{y}",
]


@given(
    st.integers(1920, 2019), st.integers(1, 12), st.integers(1, 28), st.sampled_from(DATES), st.sampled_from(["", "생", " 생"]), FORMS
)  # fmt: skip
def test_a_date_becomes_its_year(year: int, month: int, day: int, shape: str, born: str, form: str) -> None:
    written = unicodedata.normalize(form, shape.format(y=year, m=month, d=day) + born)
    coarse = generalise(written, "BIRTH_DATE")
    assert coarse == unicodedata.normalize("NFC" if written.isascii() else form, f"{year}년{born}")
    assert generalise(coarse, "BIRTH_DATE") == coarse


@given(
    st.integers(0, 99),
    st.integers(1, 12),
    st.integers(1, 28),
    st.sampled_from(["ymd", "mdy", "dmy"]),
    st.sampled_from("./-"),
)
def test_two_digits_are_a_year_only_where_they_can_be_nothing_else(
    year: int, month: int, day: int, order: str, mark: str
) -> None:
    numbers = {"y": f"{year:02}", "m": f"{month:02}", "d": f"{day:02}"}
    coarse = generalise(mark.join(numbers[n] for n in order), "BIRTH_DATE")
    assert coarse in (None, f"{year:02}년") or mark == "."
    if year > 31 and order == "ymd":
        assert coarse == f"{year:02}년"


@pytest.mark.parametrize(
    "value", ["12/25", "3/2", "12.25", "12-25", "12월 25일", "3월 2일", "섣달 그믐", "01/02/03", "05-03-02", "122590"]
)
def test_a_birthday_without_a_year_has_no_generalisation(value: str) -> None:
    assert generalise(value, "BIRTH_DATE") is None


@pytest.mark.parametrize(
    ("value", "coarse"),
    [
        ("90.3.2", "90년"), ("90년 3월", "90년"), ("01/02/90", "90년"), ("12/25/01", "01년"), ("'90.3.2", "90년"), ("900101-1******", "90년"),
        ("１９９０．３．２", "1990년"), ("1982년 3월 4일 생", "1982년 생"), ("1990생", "1990년생"),
    ],
)  # fmt: skip
def test_years_of_two_digits(value: str, coarse: str) -> None:
    assert generalise(value, "BIRTH_DATE") == coarse


WORDS = [
    "열네 살",
    "스물두 살",
    "서른 살",
    "마흔아홉 살",
    "쉰 살",
    "예순하나",
    "일흔 살",
    "여든 살",
    "아흔아홉 살",
    "세 살",
    "18개월",
]


@given(st.integers(0, 120), st.sampled_from(["세", "살", " 세", ""]), st.sampled_from(["", "만 "]), FORMS)
def test_an_age_becomes_its_decade(age: int, unit: str, before: str, form: str) -> None:
    written = unicodedata.normalize(form, f"{before}{age}{unit}")
    coarse = generalise(written, "AGE")
    expected = "10세 미만" if age < 10 else "90대 이상" if age >= 90 else f"{age // 10 * 10}대"
    assert coarse == unicodedata.normalize("NFC" if written.isascii() else form, expected)
    assert generalise(coarse, "AGE") == coarse


@pytest.mark.parametrize(("word", "form"), list(itertools.product(WORDS, ["NFC", "NFD"])))
def test_ages_in_words(word: str, form: str) -> None:
    coarse = generalise(unicodedata.normalize(form, word), "AGE")
    assert coarse is not None
    assert re.fullmatch(r"[1-9]0대|90대 이상|10세 미만", unicodedata.normalize("NFC", coarse))
    assert generalise(coarse, "AGE") == coarse
