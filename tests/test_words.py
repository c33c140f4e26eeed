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
