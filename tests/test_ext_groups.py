"""Bands, buckets, survivors, components and content hashes: each kernel against its twin and a naive oracle."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ext import (
    bands,
    bands_py,
    cluster,
    contenthash,
    contenthash_py,
    minhash,
    survivors,
    survivors_py,
    unionfind,
    unionfind_py,
)
from ext.errors import InputError, OptionError
from ext.textviews import simd_levels

FEW = st.integers(0, 12)
EDGES = st.lists(st.tuples(FEW, FEW).filter(lambda e: e[0] != e[1]), max_size=40)


def buckets(found: tuple[np.ndarray, np.ndarray]) -> set[tuple[int, ...]]:
    members, starts = found
    return {tuple(members[a:b].tolist()) for a, b in itertools.pairwise(starts)}


def test_band_hashes_equal_the_twin_and_tell_bands_and_empties_apart() -> None:
    sig = minhash.signatures(["", "가나다라마바", "가나다라마바", None, "가나다라마사"])
    for shape in ((32, 4), (16, 8), (1, 128), (128, 1), (5, 3)):
        ours = bands.band_hashes(sig, *shape)
        table = np.zeros((shape[0], 9), dtype=np.uint64)
        bands.band_hashes(sig, *shape, table[:, 2:7].T)
        assert (ours == table[:, 2:7].T).all()
        assert not table[:, [0, 1, 7, 8]].any()
        assert (ours == bands_py.band_hashes(sig, *shape)).all()
        assert (ours[[0, 3]] == bands.NO_HASH).all()
        assert (ours[[1, 2, 4]] != bands.NO_HASH).all()
        assert (ours[1] == ours[2]).all()
    same = np.zeros((1, 128), dtype=np.uint32)
    assert len(set(bands.band_hashes(same, 32, 4)[0].tolist())) == 32


def test_one_full_bin_is_no_empty_text() -> None:
    sig = np.full((1, 8), 0xFFFFFFFF, dtype=np.uint32)
    sig[0, 7] = 5
    assert (bands.band_hashes(sig, 2, 4) == bands_py.band_hashes(sig, 2, 4)).all()
    assert (bands.band_hashes(sig, 2, 4) != bands.NO_HASH).all()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([0, 1, 2, 3, 1 << 63, (1 << 64) - 2, bands.NO_HASH]), max_size=60))
def test_groups_equal_the_twin(values: list[int]) -> None:
    column = np.array(values, dtype=np.uint64)
    assert buckets(bands.groups(column)) == buckets(bands_py.groups(column))


@pytest.mark.parametrize("distinct", [1, 2, 100, 50_000, 10**9])
def test_large_buckets_and_many_parts(distinct: int) -> None:
    rng = np.random.default_rng(distinct)
    values = rng.integers(0, distinct, 200_000).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    table = np.stack([values, values], axis=1)  # a strided column
    ours, twin = bands.groups(table[:, 1]), bands_py.groups(values)
    assert buckets(ours) == buckets(twin)
    both = bands.groups(table.T)  # a table: its bands one after the other
    assert both[0].tolist() == [*ours[0].tolist(), *ours[0].tolist()]
    assert np.diff(both[1]).tolist() == [*np.diff(ours[1]).tolist(), *np.diff(ours[1]).tolist()]
    assert bands.groups(np.sort(values))[0].dtype == np.uint32


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5) | st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1)), max_size=50))
def test_sort_entries_equals_the_twin(entries: list[tuple[int, int]]) -> None:
    h, d = (np.array([e[i] for e in entries], dtype=np.uint64) for i in (0, 1))
    ours, twin = bands.sort_entries(h, d), bands_py.sort_entries(h, d)
    assert [x.tolist() for x in ours] == [x.tolist() for x in twin]
    first = bands.pivots(ours[0])
    assert all(ours[0][p] == v and (p == 0 or ours[0][p - 1] != v) for p, v in zip(first, ours[0], strict=True))


def test_sort_entries_leaves_its_input_alone() -> None:
    h, d = np.array([3, 1, 2], dtype=np.uint64), np.array([0, 1, 2], dtype=np.uint64)
    bands.sort_entries(h, d)
    assert h.tolist() == [3, 1, 2]


def test_bad_arrays_are_named() -> None:
    with pytest.raises(InputError):
        bands.band_hashes(np.zeros((2, 4)), 1, 4)
    with pytest.raises(OptionError):
        bands.band_hashes(np.zeros((2, 4), dtype=np.uint32), 2, 4)
    with pytest.raises(InputError):
        bands.band_hashes(np.zeros((2, 4), dtype=np.uint32), 1, 4, np.zeros((1, 1), np.uint64))
    for wrong in (np.zeros(3), np.zeros((1, 1, 3), np.uint64)):
        with pytest.raises(InputError):
            bands.groups(wrong)
    with pytest.raises(InputError):
        bands.sort_entries(np.zeros(3, np.uint64), np.zeros(2, np.uint64))


@settings(max_examples=300, deadline=None)
@given(EDGES)
def test_greedy_equals_the_twin(edges: list[tuple[int, int]]) -> None:
    left, right = [e[0] for e in edges], [e[1] for e in edges]
    ours, twin = survivors.greedy(13, left, right), survivors_py.greedy(13, left, right)
    assert [x.tolist() for x in ours] == [x.tolist() for x in twin]


@settings(max_examples=100, deadline=None)
@given(EDGES, st.randoms())
def test_greedy_does_not_depend_on_the_order_or_the_direction_of_edges(
    edges: list[tuple[int, int]], rng: random.Random
) -> None:
    first = survivors.greedy(13, [e[0] for e in edges], [e[1] for e in edges])[0]
    turned = [e if rng.random() < 0.5 else (e[1], e[0]) for e in edges]
    rng.shuffle(turned)
    again = survivors.greedy(13, [e[0] for e in turned], [e[1] for e in turned])[0]
    assert first.tolist() == again.tolist()
    # No two survivors share an edge, and every dropped document has one with its survivor.
    assert all(first[a] != a or first[b] != b for a, b in edges)
    assert all(first[d] == d or (d, first[d]) in {*edges, *((b, a) for a, b in edges)} for d in range(13))


def test_a_chain_drops_every_second_one() -> None:
    survivor, edge = survivors.greedy(5, [0, 1, 2, 3], [1, 2, 3, 4])
    assert survivor.tolist() == [0, 0, 2, 2, 4]
    assert edge.tolist() == [-1, 0, -1, 2, -1]


def test_bad_edges_are_named() -> None:
    for left, right in (([0], [5]), ([-1], [0]), ([1], [1]), ([0], [0, 1])):
        with pytest.raises(InputError):
            survivors.greedy(3, left, right)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(FEW | st.integers(0, 2**64 - 1), FEW), max_size=30))
def test_components_equal_the_twin(edges: list[tuple[int, int]]) -> None:
    left, right = [e[0] for e in edges], [e[1] for e in edges]
    ours = unionfind.components(np.array(left, np.uint64), np.array(right, np.uint64))
    assert [x.tolist() for x in ours] == [x.tolist() for x in unionfind_py.components(left, right)]


# --- content hash


def test_siphash_is_the_published_one() -> None:
    """vectors.h of the SipHash reference code, 128-bit output, key 00..0f, message 00..(n-1)."""
    key = bytes(range(16))
    expected = {0: "a3817f04ba25a8e66df67214c7550293", 1: "da87c1d86b99af44347659119b22fc45"}
    for length, digest in expected.items():
        assert contenthash_py.siphash128(key, bytes(range(length))).hex() == digest


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.none() | st.text(st.characters(exclude_categories=()), max_size=40), max_size=6),
    st.binary(min_size=16, max_size=16),
)
def test_content_hash_equals_the_twin(texts: list[str | None], key: bytes) -> None:
    for level in simd_levels():
        assert contenthash.keyed(texts, key, simd=level).tobytes() == contenthash_py.keyed(texts, key).tobytes()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.none() | st.text(max_size=80), max_size=6))
def test_content_hash_is_one_for_str_and_arrow(texts: list[str | None]) -> None:
    expected = contenthash.keyed(texts, bytes(16)).tobytes()
    for kind in (pa.string(), pa.large_string()):
        assert contenthash.keyed(pa.array(texts, kind), bytes(16)).tobytes() == expected


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=80), min_size=1, max_size=6), st.integers(0, 2**64 - 1))
def test_quick_hash_and_comparison_find_equal_texts_in_any_storage(texts: list[str], seed: int) -> None:
    both = contenthash.quick(texts, seed=seed).tolist(), contenthash.quick(pa.array(texts), seed=seed).tolist()
    assert both[0] == both[1]
    rows = range(len(texts))
    left, right = [i for i in rows for _ in rows], [j for _ in rows for j in rows]
    expected = [texts[i] == texts[j] for i, j in zip(left, right, strict=True)]
    assert [both[0][i] == both[0][j] for i, j in zip(left, right, strict=True)] == expected
    for level in simd_levels():
        assert contenthash.equal(pa.array(texts), left, right, simd=level).tolist() == expected
        assert contenthash.equal(texts, left, right, simd=level).tolist() == expected


ODD_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)
LONG_TEXT = st.builds(lambda text, times: text * times, ODD_TEXT, st.integers(1, 60))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.none() | ODD_TEXT | LONG_TEXT, max_size=6), st.integers(0, 2**64 - 1))
def test_quick_outline_and_equal_are_those_of_the_twin(texts: list[str | None], seed: int) -> None:
    """Every level gives the twin's numbers; and, the oracle, rows with equal numbers are rows with equal texts."""
    rows = range(len(texts))
    left, right = [i for i in rows for _ in rows], [j for _ in rows for j in rows]
    same = [(texts[i] or "") == (texts[j] or "") for i, j in zip(left, right, strict=True)]
    quick, outline = contenthash_py.quick(texts, seed=seed), contenthash_py.outline(texts, seed=seed)
    assert (quick[left] == quick[right]).tolist() == same
    assert all(outline[i] == outline[j] for i, j, alike in zip(left, right, same, strict=True) if alike)
    assert contenthash_py.equal(texts, left, right).tolist() == same
    for level in simd_levels():
        assert contenthash.quick(texts, seed=seed, simd=level).tolist() == quick.tolist()
        assert contenthash.outline(texts, seed=seed, simd=level).tolist() == outline.tolist()
        assert contenthash.equal(texts, left, right, simd=level).tolist() == same


@pytest.mark.parametrize("length", [511, 512, 513, 514, 4000])
def test_an_outline_is_the_twins_about_the_length_where_pieces_begin(length: int) -> None:
    rng = random.Random(length)
    for letters in ("ab ", "가나다 ", "가나😀𠀀", "\ud800가\udfff"):
        text = "".join(rng.choices(letters, k=length))
        twin = contenthash_py.outline([text], seed=9)
        assert contenthash.outline([text], seed=9) == twin
        assert (twin == contenthash_py.quick([text], seed=9)) == (length <= 512)
        if not any(0xD800 <= ord(c) < 0xE000 for c in text):
            assert contenthash.outline(pa.array([text]), seed=9) == contenthash_py.quick([text], seed=9)


def test_outlines_of_equal_texts_are_equal_and_tell_lengths_and_ends_apart() -> None:
    for base in ("가나다 " * 1000, "abcd" * 1000, "가😀나다" * 1000, "짧은 글"):
        texts = [base, "".join(list(base)), "가" + base, base + "가", base[:-1] + "힣"]
        outlines = contenthash.outline(texts, seed=3).tolist()
        assert outlines[0] == outlines[1]
        assert len(set(outlines)) == 4
    apart = ["가" * 9000, "가" * 6000 + "나" + "가" * 2999]  # told apart by `quick`, which they are worth
    assert contenthash.outline(apart)[0] == contenthash.outline(apart)[1]
    assert cluster.cluster(apart).kind.tolist() == [cluster.KEPT, cluster.KEPT]


def test_quick_hash_reads_every_unit() -> None:
    """One changed code point anywhere, at every length about the kernel's strides, changes the hash."""
    for length in (1, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64, 100):
        base = "가" * length
        texts = [
            base,
            *(base[:i] + "나" + base[i + 1 :] for i in range(length)),
            base + "가",
            base[1:],
            base[:-1] + "\0",
        ]
        assert len(set(contenthash.quick(texts).tolist())) == len(set(texts))


def test_content_hash_tells_texts_and_keys_apart() -> None:
    texts = ["", "\0", "\0\0", "가", "가\0", "😀", "\ud83d\ude00", "a", "b"]
    digests = {row.tobytes() for row in contenthash.keyed(texts, contenthash.KEY)}
    assert len(digests) == len(texts)
    assert not digests & {row.tobytes() for row in contenthash.keyed(texts, bytes(16))}
    with pytest.raises(OptionError):
        contenthash.keyed(["a"], b"short")
