"""Art. 24 identifiers are deleted in memory in every notation, and nothing else is."""

from __future__ import annotations

import unicodedata

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymizers.art24 import contains, redact

FOUND = [
    ("주민번호 900101-1234567입니다", "주민번호 [주민등록번호]입니다"),
    ("9001011234567이 제 번호", "[주민등록번호]가 제 번호"),
    ("８００１０１－２３４５６７８", "[주민등록번호]"),
    ("팔공공일공일 일이삼사오육칠이에요", "[주민등록번호]예요"),
    ("80\u200b0101-1\u200b234567", "[주민등록번호]"),
    ("800101 2 345678", "[주민등록번호]"),
    ("800101.1234567", "[주민등록번호]"),
    ("RRN: 050315\u20133123456", "RRN: [주민등록번호]"),
    ("8 0 0 1 0 1 - 1 2 3 4 5 6 7", "[주민등록번호]"),
    ("19900101-1234567", "[주민등록번호]"),
    ("900101\u31611234567", "[주민등록번호]"),
    ("900101\u30fb1234567", "[주민등록번호]"),
    ("900101/1234567", "[주민등록번호]"),
    ("주민등록번호\n900101-\n1234567", "주민등록번호\n[주민등록번호]"),
    ("(900101-1234567)", "([주민등록번호])"),
    ("900101-1234567/010-1234-5678", "[주민등록번호]/010-1234-5678"),
    ("⑨⓪⓪①⓪①-①②③④⑤⑥⑦", "[주민등록번호]"),
    ("9\ufe0f\u20e300101-1234567", "[주민등록번호]"),
    ("외국인등록번호 900101-5234567", "외국인등록번호 [외국인등록번호]"),
    ("여권 M12345678 입니다", "여권 [여권번호] 입니다"),
    ("M123A4567을", "[여권번호]를"),
    ("여권번호는 JR1234567", "여권번호는 [여권번호]"),
    ("여권 엠 12345678", "여권 [여권번호]"),
    ("Ｍ１２３Ａ４５６７", "[여권번호]"),
    ("제 여권은 m12345678요", "제 여권은 [여권번호]요"),
    ("운전면허 11-22-333333-44", "운전면허 [운전면허번호]"),
    ("면허번호 112233333344", "면허번호 [운전면허번호]"),
    ("서울 93-123456-78", "[운전면허번호]"),
    ("21.05.123456.77", "[운전면허번호]"),
]

NOT_ART24 = [
    "주문번호 20230415-1234567",
    "ISBN 9788912345678",
    "ISBN 979-11-5839-123-4",
    "1700000000000",
    "법인등록번호 110111-1234567",
    "110111-0123453",
    "2019가단5123456",
    "2019. 5. 12. 선고 2018다123456 판결",
    "901332-1234567",
    "12,345,678,901,234원",
    "국민은행 110-12-123456-12",
    "운송장번호 6012-3456-7890",
    "모델명 S12345678",
    "2012. 3. 4. 2013. 5. 6. 이 사건 123456",
    "010-1234-5678 02-123-4567",
    "2024-05-12 13:45:59.123",
    "v1.2.3-20240512",
    "192.168.100.100:8080",
]


@pytest.mark.parametrize(("text", "want"), FOUND)
def test_every_notation_is_replaced_by_the_typed_mask(text: str, want: str) -> None:
    assert redact([text]).texts == [want]


@pytest.mark.parametrize("text", NOT_ART24)
def test_other_numbers_stay(text: str) -> None:
    assert redact([text]).texts == [text]
    assert not contains(text)


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
@pytest.mark.parametrize(("text", "want"), FOUND)
def test_normal_forms(form: str, text: str, want: str) -> None:
    """Hangul around the value may be decomposed: the mask still lands exactly."""
    given_text = unicodedata.normalize(form, text)
    got = redact([given_text]).texts[0]
    assert unicodedata.normalize("NFKC", got) == unicodedata.normalize("NFKC", want)


digit6 = st.text("0123456789", min_size=6, max_size=6)


@st.composite
def rrns(draw: st.DrawFn) -> str:
    """Valid dates, checksums left to chance (law since 2020-10)."""
    year, month, day = draw(st.integers(1930, 2024)), draw(st.integers(1, 12)), draw(st.integers(1, 28))
    century = draw(st.sampled_from("12" if year < 2000 else "34"))
    separator = draw(
        st.sampled_from(["-", "\u2010", "\u2013", "\u2212", "\uff0d", " ", ".", " - ", "\u00b7", "\u200b-", "/"])
    )
    return f"{year % 100:02}{month:02}{day:02}{separator}{century}{draw(digit6)}"


@given(
    rrns(),
    st.sampled_from(["", "그래서 ", "번호:", "가\u200b", "😀 "]),
    st.sampled_from(["", "입니다", "고", "를 ", "(남)", ".", "\n끝"]),
)
@settings(max_examples=300, deadline=None)
def test_no_checksum_clears_a_resident_number(value: str, before: str, after: str) -> None:
    assert redact([before + value + after]).texts == [before + "[주민등록번호]" + after]


def test_arrow_in_arrow_out() -> None:
    texts = pa.array(["없음", None, "", "번호 900101-1234567", "여권 M12345678"]).slice(1)
    got = redact(texts)
    assert isinstance(got.texts, pa.Array)
    assert got.texts.to_pylist() == [None, "", "번호 [주민등록번호]", "여권 [여권번호]"]
    assert got.changed == [2, 3]
    assert got.counts == {"RRN": 1, "PASSPORT": 1}
    clean = pa.array(["가", "나"])
    assert redact(clean).texts is clean


def test_repr_holds_no_text() -> None:
    assert "900101" not in repr(redact(["900101-1234567 그리고"]))


def test_lone_surrogates_and_astral_text_keep_offsets() -> None:
    assert redact(["\ud800\udfff😀900101-1234567"]).texts == ["\ud800\udfff😀[주민등록번호]"]
    assert redact(["😀" * 5000]).changed == []


@pytest.mark.parametrize(
    "before",
    ["연락처 ", "전화 ", "회원번호 ", "고객번호: ", "접수 ", "id=", "file_", "#", "/", "카드번호 ", "사업자 ", "계좌 "],
)
@pytest.mark.parametrize("behind", ["", ", 확인", ".jpg", "@naver.com"])
def test_only_the_label_of_a_thing_clears_a_resident_number(before: str, behind: str) -> None:
    """A phone, a business number or a customs code has other lengths; a failing checksum says nothing since 2020-10."""
    value = "850203-1234567"  # its checksum fails
    assert value not in redact([before + value + behind]).texts[0]


@pytest.mark.parametrize("before", ["주문번호 ", "운송장번호 ", "시리얼 ", "상품코드 "])
def test_the_label_of_a_thing_clears_a_number_without_a_checksum(before: str) -> None:
    assert redact([before + "850203-1234567"]).texts == [before + "850203-1234567"]
