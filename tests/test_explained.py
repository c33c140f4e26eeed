"""What a recorded replacement explains of a finding in rewritten text, and what it does not."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymizers.explained import explained


def place(text: str, part: str) -> tuple[int, int]:
    return text.index(part), text.index(part) + len(part)


@pytest.mark.parametrize(
    ("text", "finding", "replaced", "holds"),
    [
        ("주소: 경기도 용인시 수지구", "경기도 용인시 수지구", ["경기도 용인시 수지구"], True),
        ("주소: 경기도 용인시 수지구", "용인시 수지구", ["경기도 용인시 수지구"], True),
        ("경기도 용인시 수지구 새터마을 204동 1501호", "경기도 용인시 수지구 새터마을 204동 1501호", ["경기도 용인시 수지구"], False),
        ("204동 1501호 경기도 용인시", "204동 1501호 경기도 용인시", ["경기도 용인시"], False),
        ("1990년생입니다", "1990년생", ["1990년"], True), ("1982년 생입니다", "1982년 생", ["1982년"], True),
        ("30대세", "30대세", ["30대"], True), ("[전화번호] 12345678", "12345678", ["[전화번호]"], False),
        ("[이름], [이름]", "[이름], [이름]", ["[이름]"], False), ("010-****-5678-90", "010-****-5678-90", ["010-****-5678"], False),
        ("010-****-5678", "010-****-5678", ["010-****-5678"], True), ("010-2345-6789", "010-2345-6789", [], False),
    ],
)  # fmt: skip
def test_examples(text: str, finding: str, replaced: list[str], holds: bool) -> None:
    assert explained(text, *place(text, finding), [place(text, one) for one in replaced]) is holds


def test_several_replacements_side_by_side_explain_together() -> None:
    text = "[주소] [주소]"
    assert explained(text, 0, len(text), [(0, 4), (5, 9)])
    assert not explained("[주소]동[주소]", 0, 9, [(0, 4), (5, 9)])


def test_what_a_deletion_leaves_explains_nothing() -> None:
    text = "010  2345 6789"
    assert not explained(text, 0, len(text), [(4, 4)])
    assert not explained(text, 4, 9, [(4, 4)])


def test_a_unit_is_read_in_nfd_too() -> None:
    text = "1992년" + unicodedata.normalize("NFD", "생")
    assert explained(text, 0, len(text), [(0, 5)])


@given(st.text("가나12 .[]", min_size=1, max_size=12), st.data())
def test_a_finding_is_explained_only_if_every_letter_and_digit_but_a_unit_is_covered(
    text: str, data: st.DataObject
) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    covered = {i for left, right in spans for i in range(left, right)}
    uncovered = [char for i, char in enumerate(text[start:end], start) if i not in covered]
    expected = bool(covered & set(range(start, end))) and not any(char.isalnum() for char in uncovered)
    assert explained(text, start, end, spans) is expected
