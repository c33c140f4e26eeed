"""ext.paragraphs: spans equal the twin's, repetition is counted in documents, removal leaves the rest as it was."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ext import paragraphs, paragraphs_py
from ext.errors import OptionError
from ext.textviews import simd_levels

KEY = bytes(range(16))
TEXT = st.text(st.sampled_from("ab가나😀 \u3000\t\n\r\u2028\ufeff\x85\u200b"), max_size=60)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.none() | TEXT, max_size=5), st.integers(1, 6))
def test_kernel_equals_twin(texts: list[str | None], min_points: int) -> None:
    expected = [x.tolist() for x in paragraphs_py.spans(texts, KEY, min_points=min_points)]
    for level in simd_levels():
        for form in (texts, pa.array(texts, pa.string())):
            assert [x.tolist() for x in paragraphs.spans(form, KEY, min_points=min_points, simd=level)] == expected


def test_a_paragraph_is_one_whatever_stands_beside_it() -> None:
    texts = ["위 사항을 알려 드립니다.", "  위 사항을 알려 드립니다.\r\n😀", "a\n\u3000위 사항을 알려 드립니다.\t"]
    doc, start, end, digest = paragraphs.spans(texts, KEY, min_points=5)
    assert doc.tolist() == [0, 1, 2]
    assert [texts[d][a:b] for d, a, b in zip(doc, start, end, strict=True)] == [texts[0]] * 3
    assert len({row.tobytes() for row in digest}) == 1


def naive(digests: list[bytes], docs: list[int], least: int) -> list[bytes]:
    owners: dict[bytes, set[int]] = {}
    for digest, doc in zip(digests, docs, strict=True):
        owners.setdefault(digest, set()).add(doc)
    return sorted(d for d, o in owners.items() if len(o) >= least)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([0, 1, 2, 255]), st.integers(0, 3)), max_size=30), st.integers(2, 4))
def test_boilerplate_counts_documents_not_occurrences(rows: list[tuple[int, int]], least: int) -> None:
    digests = [bytes([a]) * 8 + bytes([255 - a]) * 8 for a, _ in rows]
    docs = [d for _, d in rows]
    array = np.frombuffer(b"".join(digests), np.uint8).reshape(-1, 16)
    listed = paragraphs.boilerplate(array, docs, least)
    assert [row.tobytes() for row in listed] == naive(digests, docs, least)
    assert paragraphs.is_among(array, listed).tolist() == [d in naive(digests, docs, least) for d in digests]


@settings(max_examples=150, deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=6))
def test_removal_takes_the_listed_paragraphs_and_nothing_else(texts: list[str]) -> None:
    doc, start, end, digest = paragraphs.spans(texts, KEY, min_points=2)
    gone = paragraphs.is_among(digest, paragraphs.boilerplate(digest, doc, 2))
    for number, text in enumerate(texts):
        mine = gone & (doc == number)
        left = paragraphs.removed(text, start[mine].tolist(), end[mine].tolist())
        again = paragraphs.spans([left], KEY, min_points=2)
        stays = ~gone & (doc == number)
        assert again[3].tolist() == digest[stays].tolist()
        if not mine.any():
            assert left == text


def test_removal_by_example() -> None:
    text = "머리말\r\n  공지: 무단 전재를 금합니다.  \r\n본문이다.\n공지: 무단 전재를 금합니다."
    _, start, end, _ = paragraphs.spans([text], KEY, min_points=10)
    assert [text[a:b] for a, b in zip(start, end, strict=True)] == ["공지: 무단 전재를 금합니다."] * 2
    assert paragraphs.removed(text, start.tolist(), end.tolist()) == "머리말\r\n본문이다.\n"


def test_bad_options_are_named() -> None:
    for call in (
        lambda: paragraphs.spans(["a"], b"short"),
        lambda: paragraphs.spans(["a"], KEY, min_points=0),
        lambda: paragraphs.boilerplate(np.empty((0, 16), np.uint8), [], 1),
    ):
        with pytest.raises(OptionError):
            call()
