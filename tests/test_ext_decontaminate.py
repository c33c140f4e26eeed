"""ext.eojeols and ext.decontaminate: the kernel equals its twin, and shares are those that a naive reading counts."""

from __future__ import annotations

import pickle
import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ext import decontaminate, eojeols, eojeols_py
from ext.errors import OptionError
from ext.textviews import simd_levels

TEXT = st.text(st.sampled_from("가나aAＡ1!,. \n\u3000😀é"), max_size=50)
WORDS = [a + b for a in "가나다라마바사아" for b in "가나다라마바사아"]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.none() | TEXT, max_size=5), st.integers(0, 2**64 - 1))
def test_hashes_equal_the_twin(texts: list[str | None], seed: int) -> None:
    expected = [x.tolist() for x in eojeols_py.hashes(texts, seed)]
    for level in simd_levels():
        for form in (texts, pa.array(texts, pa.string())):
            assert [x.tolist() for x in eojeols.hashes(form, seed, simd=level)] == expected


@settings(max_examples=100, deadline=None)
@given(st.lists(st.none() | TEXT, max_size=5), st.lists(TEXT, max_size=4), st.integers(1, 4))
def test_find_equals_the_twin(texts: list[str | None], items: list[str], length: int) -> None:
    words = [eojeols.hashes([item], 3)[0] for item in items]
    runs = [eojeols.runs(w, length, 3) for w in words]
    assert [r.tolist() for r in runs] == [eojeols_py.runs(w.tolist(), length, 3).tolist() for w in words]
    grams = np.unique(np.concatenate([np.empty(0, np.uint64), *runs]))
    arguments = (texts, 3, (length,), grams, eojeols_py.bitmap_of(grams))
    assert [x.tolist() for x in eojeols.find(*arguments)] == [x.tolist() for x in eojeols_py.find(*arguments)]


def test_folding_sees_through_punctuation_case_width_and_blanks() -> None:
    assert eojeols_py.eojeols("「담장」은, ＡＢＣ  및\u3000C++을\n(2024년) — 본다!") == [
        "담장은",
        "abc",
        "및",
        "c을",
        "2024년",
        "본다",
    ]


def naive(items: list[str], texts: list[str], ngram: int, least: int) -> list[tuple[int, int, int]]:
    found = []
    for doc, text in enumerate(texts):
        words = eojeols_py.eojeols(text)
        for number, item in enumerate(items):
            own = eojeols_py.eojeols(item)
            if len(own) < least:
                continue
            n = min(ngram, len(own))
            runs = {tuple(own[i : i + n]) for i in range(len(own) - n + 1)}
            here = {tuple(words[i : i + n]) for i in range(len(words) - n + 1)}
            if runs & here:
                found.append((doc, number, len(runs & here) * 1_000_000 // len(runs)))
    return found


@pytest.mark.parametrize("seed", range(6))
def test_shares_are_those_of_a_naive_reading(seed: int) -> None:
    rng = random.Random(seed)
    items = [" ".join(rng.choices(WORDS[: rng.choice([3, 64])], k=rng.randrange(1, 30))) for _ in range(20)]
    items += [items[0] + " " + items[1], items[2]]
    texts = []
    for _ in range(40):
        around = [" ".join(rng.choices(WORDS, k=rng.randrange(30))) for _ in range(2)]
        words = rng.choice(items).split()
        low = rng.randrange(len(words))
        texts.append(f"{around[0]} {', '.join(words[low : low + rng.randrange(1, 40)])}. {around[1]}")
    index = decontaminate.build_index(items, ngram=7, least=3)
    found = decontaminate.overlaps(index, texts)
    assert list(zip(*(x.tolist() for x in found), strict=True)) == naive(items, texts, 7, 3)
    share, item = decontaminate.worst(len(texts), found)
    for doc in range(len(texts)):
        mine = [(s, -i) for d, i, s in naive(items, texts, 7, 3) if d == doc]
        assert (share[doc], item[doc]) == ((max(mine)[0], -max(mine)[1]) if mine else (0, -1))


def test_a_document_that_holds_an_item_scores_a_million() -> None:
    question = "다음 글을 읽고 물음에 답하시오: 담장의 높이는 몇 자이며 누가 언제 쌓았는가, 그 까닭은 무엇인가?"
    texts = [f"문제집 3쪽\n{question}\n① 두 자", "담장의 높이는 몇 자이며", question.replace("담장의", "성벽의"), ""]
    index = pickle.loads(pickle.dumps(decontaminate.build_index([question, "몇 자?", ""])))
    share, item = decontaminate.worst(4, decontaminate.overlaps(index, texts))
    assert share[0] == 1_000_000
    assert item.tolist() == [0, -1, -1, -1]
    assert index.brief == 2
    assert decontaminate.overlaps(decontaminate.build_index([]), texts)[0].tolist() == []


def test_bad_options_are_named() -> None:
    for options in ({"ngram": 65}, {"least": 0}, {"ngram": 3, "least": 5}):
        with pytest.raises(OptionError):
            decontaminate.build_index(["a"], **options)
    with pytest.raises(OptionError):
        eojeols.runs(np.zeros(3, np.uint64), 0, 1)
