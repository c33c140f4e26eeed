"""Word occurrences: the kernel, its twin and a naive oracle agree."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ext.errors import OptionError
from ext.words import WordScanner
from ext.words_py import EVERY
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


@given(WORDS, st.lists(st.text(LETTERS, max_size=60), max_size=3), st.randoms())
def test_topics_near_a_bond_of_theirs(words: list[str], texts: list[str], dice: Random) -> None:
    topics = [dice.choice((0, 1, 2, 3, EVERY)) for _ in words]
    bonds = [dice.choice((0, 0, 1, 2)) for _ in words]
    reach = [dice.randint(0, 6) for _ in words]
    found = WordScanner(words).near_all(texts, topics, bonds, reach)
    assert found == Twin(words).near_all(texts, topics, bonds, reach)
    every = dict(WordScanner(words).scan_all(texts))
    for number, near in found:
        assert set(near) <= set(every[number])
        assert all(topics[word] for _, word in near)


def test_a_topic_is_as_near_as_its_bond() -> None:
    scanner = WordScanner(["암이", "진단"])
    for gap, near in ((3, [(0, [(0, 0)])]), (4, [])):
        assert scanner.near_all(["암이" + " " * gap + "진단"], [1, 0], [0, 1], [0, 3]) == near
        assert scanner.near_all(["진단" + " " * gap + "암이"], [1, 0], [0, 1], [0, 3]) == [
            (0, [(2 + gap, 0)]) for _ in near
        ]
    with pytest.raises(OptionError):
        scanner.near_all([""], [1], [0, 1], [0, 3])


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
