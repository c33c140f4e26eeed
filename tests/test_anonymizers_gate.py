"""The gate: kernel and twin mark the same windows, work is linear, and nothing that recognizers find is left unmarked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymizers.gate import ALL_KINDS, ART24_KINDS, K_EMAIL, K_ID, K_NUM, batch_of, tables, windows
from ext import pii_scan, pii_scan_py
from ext.textviews import simd_levels

PIECES = [
    "공일공", "일이삼사", "010", "1234", "5678", "19", "2019", "-", " ", ". ", ",", "에 ", "다시", "이", "일", "000", "900101",
    "1234567", "@", "naver.com", "골뱅이", "생년월일", "세", "살", "이상", "테헤란로 ", "로 ", "동 ", "12가3456", "비밀번호", "abc123", "여권", "M",
    "A", "\u200b", "１２", "③", "\n", "년", "월", "주소", "위도", "서울", ":", "00:1a:2b", "°", "😀", "id", "카톡", "가", "나", "힣", "한글", "1", "0",
    "\u110b\u1175\u11af", "(34)씨", "101동 12", "번지", "서른네 살", ' d="M', '"', "O", "l", " / ", "학번", "나이", "31 다 9 4 0 2", "군번 ",
]  # fmt: skip
texts = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=40).map("".join)


def same(batch_texts: list[str], mask: int) -> None:
    batch = batch_of(batch_texts)
    slow, _ = pii_scan_py.scan(batch.data.tobytes(), batch.offsets.tolist(), tables(mask), mask)
    for level in simd_levels():
        fast, _ = pii_scan.scan(batch.data, batch.offsets, tables(mask), mask, simd=level)
        assert fast.tolist() == slow.tolist()


@given(st.lists(texts, max_size=3), st.sampled_from([ALL_KINDS, ART24_KINDS, K_NUM, K_EMAIL]))
@settings(max_examples=600, deadline=None)
def test_kernel_and_twin_agree(batch_texts: list[str], mask: int) -> None:
    clean = ["".join(c for c in t if not "\ud800" <= c <= "\udfff") for t in batch_texts]
    same(clean, mask)


@given(
    st.lists(
        st.one_of(
            texts, st.sampled_from(["가나다라 ", "abc ", "é漢字", "\U000e0041", "\0", "ᄒ"]).map(lambda s: s * 40)
        ),
        max_size=8,
    ),
    st.integers(0, 40),
)
@settings(max_examples=150, deadline=None)
def test_kernel_and_twin_agree_across_chunks(pieces: list[str], shift: int) -> None:
    """Texts of several chunks, cut at every place of a character, beside others in one buffer."""
    text = "".join(pieces).encode("utf-8", "replace").decode()
    same(["나" * shift + text, "x" * shift + text, text[shift:]], ALL_KINDS)


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_kernel_and_twin_agree_on_any_text(text: str) -> None:
    same([text.encode("utf-8", "replace").decode()], ALL_KINDS)


def steps(text: str) -> int:
    batch = batch_of([text])
    return pii_scan.scan(batch.data, batch.offsets, tables(ALL_KINDS), ALL_KINDS)[1]


BAIT = [
    "1", "1 ", "1-", "1.", "1,", "공", "공 ", "일이", "@", "a@", "@a.", "1.1.", "1:", "a:b:", "(1)", "12가", "로 1", "id ", "비밀번호", "생", "a", "가",
    "가 ", "2019. 1. ", "1,000,", "M1", "에 1", "1에", "1다시", "\u200b", "1\u200b", "-\n1", "하이픈1", "살", "스물", "서울1", "°1", "ㅇ1", ' d="M1', "학번 1O", "1 / ",
]  # fmt: skip


@pytest.mark.parametrize("unit", BAIT)
def test_work_grows_with_the_text_and_no_faster(unit: str) -> None:
    """Steps counted by the scanner, not time: four times the text, four times the steps (and a constant)."""
    small, large = steps(unit * 2_000), steps(unit * 8_000)
    assert large <= 4.1 * small + 500
    assert large <= 400 * len(unit) * 8_000


def test_ten_megabytes_of_digits_make_no_window() -> None:
    batch = batch_of(["7" * 10_000_000])
    assert list(windows(batch)) == []


@pytest.mark.parametrize(("unit", "windows"), [("@", 0), ("a@", 1)])
def test_a_million_at_signs_make_one_window_at_most(unit: str, windows: int) -> None:
    batch = batch_of([unit * 1_000_000])
    marks, count = pii_scan.scan(batch.data, batch.offsets, tables(K_EMAIL), K_EMAIL)
    assert len(marks) == windows
    assert count <= 20_000_000


def test_drawings_are_passed_by() -> None:
    """The path of an SVG drawing, and nothing else that begins like one."""
    path = '<path d="M12 5.184-.808-.771-.004-.004C11.065 4.299 8.522 2.003 6 2.003 010 1234 5678z"/>'
    assert list(windows(batch_of([path]))) == []
    assert list(windows(batch_of(['d="M010-1234-5678 홍길동"']))) != []
    assert list(windows(batch_of([' d="M010-1234-5678 홍길동"']))) != []


def test_ordinary_prose_is_not_marked() -> None:
    prose = (
        "이 사건은 2019. 5. 12. 오후 3시 20분에 접수되어 12,345,678원이 지급되었고, 제12조 제3항에 따라 처리하였다. "
        * 20
    )
    marks, _ = pii_scan.scan(batch_of([prose]).data, batch_of([prose]).offsets, tables(ALL_KINDS), ALL_KINDS)
    assert len(marks) == 0


def test_offsets_must_be_sound() -> None:
    batch = batch_of(["가나다"])
    with pytest.raises(ValueError, match="offsets"):
        pii_scan.scan(batch.data, np.array([0, 99], dtype=np.int64), tables(ALL_KINDS), K_ID)
