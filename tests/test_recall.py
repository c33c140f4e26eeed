"""The sample that recall is measured on: alike documents are drawn together, in any parts, and compared exactly."""

from __future__ import annotations

import random

import numpy as np
import pyarrow as pa
import pytest
import small_project
from hypothesis import given
from hypothesis import strategies as st

from ext import jaccard_py
from pipelines.recall import SAMPLE, SAMPLE_POINTS, cut_alike, like, lowest, merged, sampled

SEED, NGRAM = 7, 5


@pytest.fixture(scope="module")
def corpus() -> list[str]:
    """6,000 texts, of lengths far apart; text 2n + 1 is like text 2n (Jaccard about .9) for n < 500."""
    dice = random.Random(1)
    texts: list[str] = []
    for number in range(6000):
        if number < 1000 and number % 2:
            texts.append(texts[-1].rsplit(" ", 1)[0] + " 달라진다.")
        else:
            texts.append(" ".join(small_project.sentence(dice, number) for _ in range(2 + number % 9)))
    return texts


def test_alike_documents_are_drawn_together(corpus: list[str]) -> None:
    """Chance alone would draw both of a pair in 1/36 of all cases; here it is near one in six, as for one document."""
    _, docs = sampled(pa.array(corpus), np.arange(6000, dtype=np.uint64), SEED, NGRAM)
    assert len(docs) == len(set(docs.tolist())) == SAMPLE
    drawn = set(docs.tolist())
    both = sum(2 * n in drawn and 2 * n + 1 in drawn for n in range(500))
    one = sum((2 * n in drawn) != (2 * n + 1 in drawn) for n in range(500))
    assert 50 < both < 120
    assert one < both


def test_long_texts_are_not_drawn_more_often(corpus: list[str]) -> None:
    _, docs = sampled(pa.array(corpus), np.arange(6000, dtype=np.uint64), SEED, NGRAM)
    alone = [int(doc) for doc in docs if doc >= 1000]
    share = np.bincount([doc % 9 for doc in alone], minlength=9) / len(alone)
    assert share.min() > 0.07  # a ninth each
    assert share.max() < 0.16


@given(st.lists(st.integers(0, 50), max_size=40), st.integers(1, 5))
def test_parts_make_no_difference(numbers: list[int], parts: int) -> None:
    hashes = np.array([number * 10**17 for number in numbers], np.uint64)
    docs = np.arange(len(numbers), dtype=np.uint64)
    pieces = [(hashes[part::parts], docs[part::parts]) for part in range(parts)]
    for one, other in zip(merged(pieces), lowest(hashes, docs), strict=True):
        assert one.tolist() == other.tolist()


def test_both_sides_are_cut_at_the_same_hash() -> None:
    full = np.arange(0, 2 * SAMPLE, 2, dtype=np.uint64), np.arange(SAMPLE, dtype=np.uint64)
    few = np.array([3, 1998, 1999, 5000], np.uint64), np.array([10, 11, 12, 13], np.uint64)
    mine, theirs = cut_alike(full, few)
    assert len(mine) == SAMPLE
    assert theirs.tolist() == [10, 11]  # beyond the last hash of a full sample nothing is known of the other side
    assert cut_alike(few, few)[0].tolist() == [10, 11, 12, 13]


def test_the_comparison_is_exact(corpus: list[str]) -> None:
    texts = [*corpus[:60], "", ""]
    left, right = np.triu_indices(len(texts), 1)
    found = like(pa.array(texts), left, right, NGRAM, 800_000)
    shared, union = jaccard_py.pairs(texts, left.tolist(), right.tolist(), ngram=NGRAM)
    expected = [u > 0 and s * 10 >= u * 8 for s, u in zip(shared, union, strict=True)]
    assert found.tolist() == expected
    assert found.sum() >= 30


def test_what_is_empty_or_huge_is_not_sampled() -> None:
    texts = pa.array(["", "가" * (SAMPLE_POINTS + 1), "가나다라마바"])
    assert sampled(texts, np.arange(3, dtype=np.uint64), SEED, NGRAM)[1].tolist() == [2]
