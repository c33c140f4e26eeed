"""Sentence bounds: the kernel equals its twin, and both read what a reader would."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ext.errors import OptionError
from ext.sentences import sentence
from ext.sentences_py import sentence as twin

LETTERS = st.sampled_from("가나다요음 .!?…。\n\"')」x😀")


@given(st.text(LETTERS, max_size=40), st.integers(0, 40), st.integers(0, 40), st.sampled_from([0, 1, 3, 10, 1000]))
def test_the_kernel_equals_its_twin(text: str, start: int, end: int, most: int) -> None:
    start, end = sorted((min(start, len(text)), min(end, len(text))))
    assert sentence(text, start, end, most) == twin(text, start, end, most)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("하나. 둘 셋! 넷", "둘 셋!"), ("하나\n둘 셋\n\n넷", "둘 셋"), ("좋다.둘 셋이다.넷", "둘 셋이다."), ("v1.2 둘 셋", "v1.2 둘 셋"),
        ("“하나.” “둘 셋.” 넷", "“둘 셋.”"), ("하나?! 둘 셋… 넷", "둘 셋…"),
    ],
)  # fmt: skip
def test_where_a_sentence_stops(text: str, expected: str) -> None:
    at = text.index("둘")
    start, end = sentence(text, at, at + 1, 1000)
    assert text[start:end] == expected


@pytest.mark.parametrize(("start", "end"), [(-1, 1), (2, 1), (0, 9)])
def test_a_span_outside_the_text_is_refused(start: int, end: int) -> None:
    with pytest.raises(OptionError):
        sentence("가나", start, end, 10)


@pytest.mark.timeout(20)
def test_runs_of_stops_are_linear() -> None:
    for bait in ("!" * 1000 + "x", "다!" * 500, '."' * 500 + "x", "\n" * 1000):
        text = bait * 300
        for at in range(0, len(text), 1000):
            sentence(text, at, at + 1, 1000)
