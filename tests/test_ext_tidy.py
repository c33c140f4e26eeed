"""The tidy kernel and its twin against one another, and the form's own promises."""

from __future__ import annotations

import unicodedata

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ext import tidy_py
from ext.tidy import FIELDS, tidy

ALPHABET = st.sampled_from(
    list(
        "가각힣ㅋㅠabcZ019.,!?#「」·…一あéàñ🙂\t\n\r \u00a0\u3000\u200b\ufeff\u00ad\x00\x07\x7f\u0085\u2028\u1100\u1161\u11a8\u0301\u0300\u3164ﬀ"
    )
)
TEXTS = st.lists(
    st.text(ALPHABET, max_size=60) | st.text(st.characters(exclude_categories=["Cs"]), max_size=40), max_size=12
)


@settings(deadline=None)
@given(TEXTS, st.integers(0, 3))
def test_kernel_equals_its_twin(texts: list[str], cut: int) -> None:
    array = pa.array(texts, pa.string()).slice(min(cut, len(texts)))
    made, counts = tidy(array)
    wanted = [tidy_py.tidy(text) for text in texts[cut:]]
    assert made.to_pylist() == wanted
    assert [tuple(row) for row in counts.tolist()] == [tidy_py.counts(text) for text in wanted]


@settings(deadline=None)
@given(TEXTS)
def test_the_form_is_idempotent_and_composed(texts: list[str]) -> None:
    once, _ = tidy(pa.array(texts, pa.string()))
    twice, _ = tidy(once)
    assert once.equals(twice)
    for text in once.to_pylist():
        assert unicodedata.is_normalized("NFC", text)
        assert text == text.strip(" \t\n")
        assert "\n\n\n" not in text
        assert " \n" not in text


@pytest.mark.parametrize(
    ("raw", "form"),
    [
        ("전체관람가", "전체관람가"),
        (unicodedata.normalize("NFD", "전체관람가"), "전체관람가"),
        ("가 \t 나\r\n다\r라", "가 나\n다\n라"),
        ("  def f():\n    return 1  \n\n\n\n끝 ", "def f():\n    return 1\n\n끝"),
        ("\ufeff가\u200b나\x00다", "가나다"),
        ("\n \t", ""),
        ("가\n가\n가", "가\n가\n가"),
    ],
)
def test_known_forms(raw: str, form: str) -> None:
    made, counts = tidy(pa.array([raw], pa.string()))
    assert made.to_pylist() == [form]
    assert counts[0][FIELDS.index("chars")] == len(form)


def test_repeated_lines_are_counted_in_code_points() -> None:
    _, counts = tidy(pa.array(["머리말\n본문\n머리말\n본문\n끝"], pa.string()))
    assert counts[0][FIELDS.index("repeated")] == 5


def test_no_range_that_is_taken_for_composed_holds_anything_else() -> None:
    """Every code point alone, and after a letter: the kernel's quick check must never overlook one."""
    alone = [chr(code) for code in range(0x80, 0x20000) if not 0xD800 <= code <= 0xDFFF]
    texts = [f"a{char}" for char in alone]
    made, _ = tidy(pa.array(texts, pa.string()))
    for text, form in zip(texts, made.to_pylist(), strict=True):
        assert form == tidy_py.tidy(text)
