"""ext.minhash: the kernel equals its twin on every storage and SIMD level, and estimates as theory and datasketch do."""

from __future__ import annotations

import itertools
import math
import random
from typing import Any

import datasketch
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ext import minhash, minhash_py
from ext.errors import ExtError, InputError, OptionError
from ext.textviews import simd_levels

LEVELS = simd_levels()
HANGUL = [chr(c) for c in range(0xAC00, 0xAC00 + 3000)]
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)  # lone surrogates, astral and NUL included
VALID_TEXT = st.text(max_size=60)


def corpus(seed: int = 1) -> list[str | None]:
    rng = random.Random(seed)
    alphabets = ["ab ", "aé ü", "가나다라 마바사.", "가나 😀漢𠀀", "\ud800가나\udfff"]
    texts: list[str | None] = [None, "", "a", "é", "가", "😀", "\ud800", "가" * 3000, "a" * 5000]
    for length in [*range(1, 70), 2047, 2048, 2052, 2053, 4200]:
        texts.append("".join(rng.choice(alphabets[length % 5]) for _ in range(length)))
    return texts


@pytest.mark.parametrize("level", LEVELS)
def test_kernel_equals_twin_for_every_storage_kind_and_length(level: str) -> None:
    texts = corpus()
    assert (minhash.signatures(texts, simd=level) == minhash_py.signatures(texts)).all()


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(("k", "n", "seed"), [(1, 1, 0), (64, 3, 7), (100, 5, 2**64 - 1), (256, 16, 9)])
def test_kernel_equals_twin_for_other_shapes(level: str, k: int, n: int, seed: int) -> None:
    texts = corpus()[:50]
    ours = minhash.signatures(texts, num_perm=k, ngram=n, seed=seed, simd=level)
    assert (ours == minhash_py.signatures(texts, num_perm=k, ngram=n, seed=seed)).all()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.none() | ANY_TEXT, max_size=8), st.integers(0, 2**64 - 1))
def test_kernel_equals_twin_on_anything(texts: list[str | None], seed: int) -> None:
    expected = minhash_py.signatures(texts, seed=seed)
    for level in LEVELS:
        assert (minhash.signatures(texts, seed=seed, simd=level) == expected).all()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.none() | VALID_TEXT, max_size=12), st.data())
def test_arrow_gives_what_str_gives_sliced_and_chunked(texts: list[str | None], data: st.DataObject) -> None:
    low = data.draw(st.integers(0, len(texts)))
    high = data.draw(st.integers(low, len(texts)))
    expected = minhash.signatures(texts[low:high])
    for kind, level in itertools.product((pa.string(), pa.large_string(), pa.string_view()), LEVELS):
        array = pa.array(texts, kind)[low:high]
        assert (minhash.signatures(array, simd=level) == expected).all()
        assert (minhash.signatures(pa.chunked_array([array, array]), simd=level)[len(array) :] == expected).all()


@pytest.mark.parametrize("level", LEVELS)
def test_long_arrow_texts_decode_alike(level: str) -> None:
    texts = [t for t in corpus(3) if t is None or not any(0xD800 <= ord(c) < 0xE000 for c in t)]
    assert (minhash.signatures(pa.array(texts), simd=level) == minhash.signatures(texts)).all()
    assert (minhash.signatures(pa.array(texts).dictionary_encode(), simd=level) == minhash.signatures(texts)).all()


def raw_array(blobs: list[bytes]) -> pa.Array:
    """An Arrow string array over bytes that nobody validated."""
    return pa.array(blobs, pa.binary()).view(pa.string())


def test_lone_surrogates_from_a_careless_writer_equal_those_of_a_str() -> None:
    texts = ["가나\ud800다라마바사아", "\udfff", "abc\udc00" * 30]
    blobs = [t.encode("utf-8", "surrogatepass") for t in texts]
    for level in LEVELS:
        assert (minhash.signatures(raw_array(blobs), simd=level) == minhash.signatures(texts)).all()


@settings(max_examples=80, deadline=None)
@given(st.lists(st.binary(max_size=200), min_size=1, max_size=5))
def test_broken_utf8_has_one_defined_signature_per_text(blobs: list[bytes]) -> None:
    first = minhash.signatures(raw_array(blobs), simd="portable")
    for level in LEVELS:
        assert (minhash.signatures(raw_array(blobs), simd=level) == first).all()
        # Nothing behind a text is read: its neighbours do not change it.
        assert (minhash.signatures(raw_array([blobs[0], b"\x80\xbf" * 99]), simd=level)[0] == first[0]).all()


def test_empty_and_null_never_match() -> None:
    rows = minhash.signatures(["", None, "", "a"])
    assert (rows[:3] == minhash.EMPTY).all()
    assert not (rows[3] == minhash.EMPTY).all()
    assert minhash.estimate(rows[0], rows[2]) == 0.0


def test_a_short_text_is_one_window() -> None:
    rows = minhash.signatures(["가나", "가나", "가나\0", "나가", "a", "aaaaa", "aaaaaaaaaaaaaaa"])
    assert minhash.estimate(rows[0], rows[1]) == 1.0
    assert minhash.estimate(rows[0], rows[2]) < 0.1
    assert minhash.estimate(rows[0], rows[3]) < 0.1
    assert minhash.estimate(rows[5], rows[6]) == 1.0  # one and the same window, however often
    assert minhash.estimate(rows[4], rows[5]) < 0.1


def test_fifty_megabytes_in_one_document() -> None:
    text = "".join(random.Random(5).choices(HANGUL, k=4096)) * 4100
    assert len(text.encode()) > 50_000_000
    row = minhash.signatures([text, text[:8192], "가" * 17_000_000])
    assert minhash.estimate(row[0], row[1]) == 1.0  # the same set of windows, save for the seam that both have
    assert (minhash.signatures(["가" * 5])[0] == row[2]).all()


@pytest.mark.parametrize(
    ("texts", "options", "error"),
    [
        ([1], {}, InputError),
        ([b"x"], {}, InputError),
        ("text", {}, InputError),
        (pa.array([1, 2]), {}, InputError),
        (["x"], {"num_perm": 0}, OptionError),
        (["x"], {"ngram": 17}, OptionError),
        (["x"], {"seed": -1}, OptionError),
        (["x"], {"simd": "mmx"}, OptionError),
    ],
)
def test_bad_arguments_are_named(texts: Any, options: dict[str, Any], error: type[ExtError]) -> None:
    with pytest.raises(error):
        minhash.signatures(texts, **options)


def test_arrow_offsets_outside_their_data_are_refused() -> None:
    offsets = pa.py_buffer(np.array([0, 5, 500, 11], dtype=np.int32).tobytes())
    hostile = pa.Array.from_buffers(pa.string(), 3, [None, offsets, pa.py_buffer(b"hello world")])
    with pytest.raises(InputError, match="row 1"):
        minhash.signatures(hostile)


def pairs_with_overlap(rng: random.Random, shingles: int, jaccard: float, count: int) -> list[tuple[str, str]]:
    """Texts whose windows are all distinct and that share one half, so that about `jaccard` of them are common."""
    shared = round(2 * jaccard * shingles / (1 + jaccard))
    return [
        ("".join(common := rng.choices(HANGUL, k=shared + 4)) + "".join(rng.choices(HANGUL, k=shingles - shared)),
         "".join(common) + "".join(rng.choices(HANGUL, k=shingles - shared)))
        for _ in range(count)
    ]  # fmt: skip


def exact(a: str, b: str) -> float:
    x, y = ({t[i : i + 5] for i in range(max(1, len(t) - 4))} for t in (a, b))
    return len(x & y) / len(x | y)


@pytest.mark.parametrize("k", [64, 128, 256])
@pytest.mark.parametrize("share", [0.1, 0.25, 0.5, 1.0, 2.0, 6.0, 20.0])
def test_rmse_is_that_of_theory(k: int, share: float) -> None:
    """Issue 3: within 10 % of sqrt(J(1-J)/k) from k/2 shingles up, 1.3 times below; and no bias."""
    shingles = round(share * k)
    for jaccard in (0.5, 0.8):
        pairs = pairs_with_overlap(random.Random(k + shingles), shingles, jaccard, 1500 if share < 6 else 600)
        truth = np.array([exact(a, b) for a, b in pairs])
        left, right = (minhash.signatures([p[i] for p in pairs], num_perm=k, seed=77) for i in (0, 1))
        error = minhash.estimate(left, right) - truth
        theory = math.sqrt(np.mean(truth * (1 - truth)) / k)
        assert math.sqrt(np.mean(error**2)) < theory * (1.1 if share >= 0.5 else 1.3)
        assert abs(np.mean(error)) < 4 * theory / math.sqrt(len(pairs))


def test_estimates_agree_with_datasketch() -> None:
    pairs = pairs_with_overlap(random.Random(11), 300, 0.7, 150)
    truth = np.array([exact(a, b) for a, b in pairs])
    rows = [minhash.signatures([p[i] for p in pairs], num_perm=128) for i in (0, 1)]
    ours = minhash.estimate(rows[0], rows[1])
    theirs = []
    for pair in pairs:
        sketches = []
        for text in pair:
            sketch = datasketch.MinHash(num_perm=128)
            sketch.update_batch([text[i : i + 5].encode() for i in range(len(text) - 4)])
            sketches.append(sketch)
        theirs.append(sketches[0].jaccard(sketches[1]))
    our_error, their_error = np.sqrt(np.mean((ours - truth) ** 2)), np.sqrt(np.mean((np.array(theirs) - truth) ** 2))
    assert our_error < 1.25 * their_error
    assert abs(np.mean(ours) - np.mean(theirs)) < 0.02


def test_the_scheme_is_pinned() -> None:
    """A change of these numbers is a change of scheme: raise VERSION, and say so in the changelog."""
    row = minhash.signatures(["담장은 한국어 말뭉치의 울타리다."], num_perm=4)[0].tolist()
    assert (minhash.SCHEME, minhash.VERSION) == ("damjang-oph-window", 1)
    assert row == PINNED


PINNED = [438733158, 1318905452, 2829778969, 3446820787]
