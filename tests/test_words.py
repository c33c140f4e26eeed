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

LETTERS = st.sampled_from("가나다ab1 😀\U0002d210")  # the last looks like Hangul in its lower sixteen bits
WORDS = st.lists(st.text(st.sampled_from("가나다ab1 "), min_size=2, max_size=5), max_size=12, unique=True)


@given(WORDS, st.text(LETTERS, max_size=60))
def test_kernel_twin_and_oracle_agree(words: list[str], text: str) -> None:
    oracle = [(i, n) for i in range(len(text)) for n, word in enumerate(words) if text[i : i + len(word)] == word]
    assert WordScanner(words).scan(text) == oracle
    assert Twin(words).scan(text) == oracle
    assert (
        WordScanner(words).scan_all([text, ""]) == Twin(words).scan_all([text, ""]) == ([(0, oracle)] if oracle else [])
    )


@given(WORDS, st.text(LETTERS, max_size=60), st.randoms())
def test_bounds_leave_what_stands_within(words: list[str], text: str, dice: Random) -> None:
    bounds = [dice.randrange(16) for _ in words]
    found = WordScanner(words, bounds).scan(text)
    assert found == Twin(words, bounds).scan(text)
    assert set(found) <= set(WordScanner(words).scan(text))


@pytest.mark.parametrize(
    ("bounds", "text", "stands"),
    [
        (1, "나가다", False), (1, "x가다", False), (1, "1가다", False), (2, "1 가다", False), (1, "나 가다", True), (2, "나 가다", False), (2, "나. 가다", True), (2, " 가다", True),
        (0, "나가다", True), (4, "1가다", False), (4, "x가다", False), (4, "é가다", True), (8, "가다x", False), (8, "가다1", True),
        (1, "\U0002d210가다", True),
    ],
)  # fmt: skip
def test_what_each_bound_means(bounds: int, text: str, stands: bool) -> None:
    assert bool(WordScanner(["가다"], [bounds]).scan(text)) == bool(Twin(["가다"], [bounds]).scan(text)) == stands


@given(WORDS, st.text(LETTERS, max_size=60), st.integers(0, 60), st.integers(0, 70), st.randoms())
def test_the_union_of_a_stretch(words: list[str], text: str, start: int, end: int, dice: Random) -> None:
    values = [1 << dice.randrange(64) for _ in words]
    got = WordScanner(words).union(text, start, end, values)
    assert got == Twin(words).union(text, start, end, values)
    inside = [n for at, n in WordScanner(words).scan(text) if start <= at and at + len(words[n]) <= end]
    assert got == sum({values[n] for n in inside})


@given(WORDS, WORDS, st.lists(st.text(LETTERS, max_size=60), max_size=3), st.randoms())
def test_topics_near_a_bond_of_theirs(words: list[str], ties: list[str], texts: list[str], dice: Random) -> None:
    topics = [dice.choice((0, 1, 2, 3, EVERY)) for _ in words]
    given, close = ([dice.choice((0, 0, 1, 2)) for _ in ties] for _ in "ab")
    far = dice.randint(0, 6)
    near = dice.randint(0, far)
    found = WordScanner(words).near_all(texts, topics, WordScanner(ties), given, close, far, near)
    assert found == Twin(words).near_all(texts, topics, Twin(ties), given, close, far, near)
    every = dict(WordScanner(words).scan_all(texts))
    for number, kept in found:
        assert {hit[:2] for hit in kept} <= set(every[number])
        assert all(bits & ~topics[word] == 0 and (bits or topics[word] == EVERY) for _, word, bits in kept)


def test_a_topic_is_as_near_as_its_bond() -> None:
    topic, bond = WordScanner(["암이"]), WordScanner(["진단"])
    for gap, is_near in ((3, True), (4, False)):
        for text, start in (("암이" + " " * gap + "진단", 0), ("진단" + " " * gap + "암이", 2 + gap)):
            assert topic.near_all([text], [1], bond, [1], [0], 3, 0) == ([(0, [(start, 0, 1)])] if is_near else [])
    assert topic.near_all(["암이 진단"], [2], bond, [0], [2], 3, 1) == [(0, [(0, 0, 2)])]
    assert topic.near_all(["암이  진단", "진단 암이"], [2], bond, [0], [2], 3, 1) == []
    assert WordScanner(["암진단"]).near_all(["암진단"], [1], bond, [1], [1], 3, 3) == []
    for bits, near in (([1, 1], 0), ([1], 4)):
        with pytest.raises(OptionError):
            topic.near_all([""], bits, bond, [0], [0], 3, near)


@pytest.mark.parametrize("words", [["가"], ["가" * 17], ["가나", "가나"], ["😀😀"], [""]])
def test_bad_words_are_refused(words: list[str]) -> None:
    with pytest.raises(OptionError):
        WordScanner(words)


@pytest.mark.parametrize("bounds", [[], [16], [-1]])
def test_bad_bounds_are_refused(bounds: list[int]) -> None:
    with pytest.raises(OptionError):
        WordScanner(["가나"], bounds)


def test_bait_is_linear() -> None:
    assert len(WordScanner(["가가", "가가가나"]).scan("가" * 100_000)) == 99_999


@given(st.text(alphabet="가나다라 \U0001f388", max_size=6), st.integers(1018, 1030))
def test_the_kernel_equals_its_twin_where_its_blocks_meet(text: str, before: int) -> None:
    words = ["가나", "나다라", "다가", "라 가"]
    whole = "나" * before + text + "다" * 1024 + text
    assert WordScanner(words).scan(whole) == Twin(words).scan(whole)
