"""ext.jaccard: exact on every storage kind, whatever the texts repeat, and the floor only ever hides what is below it."""

from __future__ import annotations

import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ext import jaccard, jaccard_py
from ext.errors import InputError, OptionError
from ext.minhash import signatures
from ext.minhash_py import SEED, window_hashes
from ext.textviews import simd_levels

# Few letters, so that windows repeat inside a text and between texts; one of each storage width and a lone surrogate.
LETTERS = st.text(st.sampled_from("ab가나😀\ud800"), max_size=40)


def all_pairs(count: int) -> tuple[list[int], list[int]]:
    return [i for i in range(count) for _ in range(count)], [j for _ in range(count) for j in range(count)]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.none() | LETTERS, min_size=1, max_size=6), st.integers(1, 8), st.integers(0, 1_000_000))
def test_kernel_equals_twin_on_anything(texts: list[str | None], ngram: int, floor: int) -> None:
    left, right = all_pairs(len(texts))
    expected = jaccard_py.pairs(texts, left, right, ngram=ngram, floor_ppm=floor)
    for level in simd_levels():
        ours = jaccard.pairs(texts, left, right, ngram=ngram, floor_ppm=floor, simd=level)
        assert ours[0].tolist() == expected[0].tolist()
        assert ours[1].tolist() == expected[1].tolist()


def edited(rng: random.Random, text: str, edits: int, alphabet: str) -> str:
    points = list(text)
    for _ in range(edits):
        at = rng.randrange(len(points))
        points[at : at + rng.randrange(12)] = rng.choices(alphabet, k=rng.randrange(12))
    return "".join(points)


@pytest.mark.parametrize("alphabet", ["abcd", "abcdefghijklmnop ", "가나다라 마바사아자차카", "가나😀漢𠀀나다"])
def test_near_duplicates_of_real_length(alphabet: str) -> None:
    rng = random.Random(len(alphabet))
    texts = []
    for _ in range(12):
        base = "".join(rng.choices(alphabet, k=rng.randrange(50, 4000)))
        texts += [base, edited(rng, base, 1, alphabet), edited(rng, base, 20, alphabet), base[len(base) // 3 :] + base]
    texts += ["가" * 999, "a" * 999, "😀" * 999]
    left, right = all_pairs(len(texts))
    expected = jaccard_py.pairs(texts, left, right)
    ours = jaccard.pairs(texts, left, right)
    arrow = jaccard.pairs(pa.array(texts), left, right)
    assert [x.tolist() for x in ours] == [x.tolist() for x in expected] == [x.tolist() for x in arrow]
    similar = jaccard.ppm(*expected)
    assert (similar >= 800_000).sum() > len(texts)  # the test has true pairs,
    assert ((similar > 100_000) & (similar < 800_000)).any()  # and ones that part late
    for floor in (1, 500_000, 800_000, 1_000_000):
        inter, union = jaccard.pairs(texts, left, right, floor_ppm=floor)
        kept = similar >= floor
        assert (inter[kept] == expected[0][kept]).all()
        assert (union[kept] == expected[1][kept]).all()
        assert (inter[~kept] == -1).all()
        assert (jaccard.ppm(inter, union)[~kept] == 0).all()


def test_windows_are_compared_not_hashes() -> None:
    """Two windows that the window hash cannot tell apart stay two windows."""
    rng = random.Random(3)
    windows = sorted({"".join(chr(0xAC00 + rng.randrange(2000)) for _ in range(5)) for _ in range(300_000)})
    hashes = signatures(windows, num_perm=1)[
        :, 0
    ]  # one bin: the one window's hash; the birthday bound gives ten clashes
    order = np.argsort(hashes, kind="stable")
    twins = np.flatnonzero(hashes[order][1:] == hashes[order][:-1])
    assert len(twins) > 0
    clash = [windows[order[twins[0]]], windows[order[twins[0] + 1]]]
    assert window_hashes(clash[0], 5, SEED) == window_hashes(clash[1], 5, SEED)
    assert [x.tolist() for x in jaccard.pairs(clash, [0, 0], [1, 0])] == [[0, 1], [2, 1]]


def test_empty_texts_match_nothing() -> None:
    inter, union = jaccard.pairs(["", None, "가"], [0, 0, 1, 2], [0, 1, 2, 2])
    assert inter.tolist() == [0, 0, 0, 1]
    assert jaccard.ppm(inter, union).tolist() == [0, 0, 0, 1_000_000]


def test_threshold_cuts_in_integers() -> None:
    assert jaccard.ppm(np.array([2, 4]), np.array([3, 5])).tolist() == [666_666, 800_000]


@pytest.mark.parametrize(
    ("left", "right", "error"), [([0], [0, 1], InputError), ([0], [2], InputError), ([-1], [0], InputError)]
)
def test_bad_pairs_are_named(left: list[int], right: list[int], error: type[Exception]) -> None:
    with pytest.raises(error):
        jaccard.pairs(["a", "b"], left, right)


def test_bad_options_are_named() -> None:
    for options in ({"ngram": 0}, {"floor_ppm": 1_000_001}, {"floor_ppm": -1}, {"seed": -1}):
        with pytest.raises(OptionError):
            jaccard.pairs(["a"], [0], [0], **options)


def test_many_members_of_one_pivot_and_back() -> None:
    """A pivot within the BMP is rebuilt when a member lies beyond it, and brief texts in between disturb nothing."""
    texts = ["가나다라마바사아자차", "가나다라마바사아자차😀", "가", "abcdefghijk", "", "가나다라마바사아자차카"]
    left, right = [0] * 12, [1, 5, 2, 1, 3, 4, 2, 0, 5, 3, 1, 0]
    expected = jaccard_py.pairs(texts, left, right)
    assert [x.tolist() for x in jaccard.pairs(texts, left, right)] == [x.tolist() for x in expected]
