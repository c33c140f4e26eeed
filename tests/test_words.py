"""Word occurrences: the kernel, its twin and a naive oracle agree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ext.errors import OptionError
from ext.words import WordScanner
from ext.words_py import WordScanner as Twin

LETTERS = st.sampled_from("가나다ab1 😀")
WORDS = st.lists(st.text(st.sampled_from("가나다ab1 "), min_size=2, max_size=5), max_size=12, unique=True)


@given(WORDS, st.text(LETTERS, max_size=60))
def test_kernel_twin_and_oracle_agree(words: list[str], text: str) -> None:
    oracle = [(i, n) for i in range(len(text)) for n, word in enumerate(words) if text[i : i + len(word)] == word]
    assert WordScanner(words).scan(text) == oracle
    assert Twin(words).scan(text) == oracle
    assert (
        WordScanner(words).scan_all([text, ""]) == Twin(words).scan_all([text, ""]) == ([(0, oracle)] if oracle else [])
    )


@pytest.mark.parametrize("words", [["가"], ["가" * 17], ["가나", "가나"], ["😀😀"], [""]])
def test_bad_words_are_refused(words: list[str]) -> None:
    with pytest.raises(OptionError):
        WordScanner(words)


def test_bait_is_linear() -> None:
    assert len(WordScanner(["가가", "가가가나"]).scan("가" * 100_000)) == 99_999


@given(st.text(alphabet="가나다라 \U0001f388", max_size=6), st.integers(1018, 1030))
def test_the_kernel_equals_its_twin_where_its_blocks_meet(text: str, before: int) -> None:
    words = ["가나", "나다라", "다가", "라 가"]
    whole = "나" * before + text + "다" * 1024 + text
    assert WordScanner(words).scan(whole) == Twin(words).scan(whole)
