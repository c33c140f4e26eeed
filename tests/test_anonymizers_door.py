"""anonymizers.analyze: the door for programs."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest

import anonymizers
from anonymizers.errors import NotTexts
from anonymizers.findings import Finding

TEXTS = ["김민수 과장의 전화는 010-1234-5678이다", "", "오늘은 날씨가 좋다", "메일 a.b@example.com, 이영희 씨"]
WANTED = [["김민수", "010-1234-5678"], [], [], ["a.b@example.com", "이영희"]]


def cut(found: list[list[Finding]]) -> list[list[str]]:
    return [[text[f.start : f.end] for f in one] for text, one in zip(TEXTS, found, strict=True)]


@pytest.mark.parametrize(
    "batch",
    [
        TEXTS,
        tuple(TEXTS),
        pa.array(TEXTS),
        pa.array(["앞", *TEXTS], pa.large_string())[1:],
        pa.chunked_array([TEXTS[:1], TEXTS[1:]]),
        pa.table({"text": TEXTS}),
        pa.record_batch({"text": TEXTS}),
        pa.array(TEXTS).dictionary_encode(),
        np.array(TEXTS),
        iter(TEXTS),
    ],
    ids=["list", "tuple", "array", "sliced", "chunked", "table", "batch", "dictionary", "numpy", "generator"],
)
def test_one_list_of_findings_a_text(batch: object) -> None:
    found = anonymizers.analyze(batch)
    assert cut(found) == WANTED
    assert [{f.doc for f in one} for one in found] == [{0}, set(), set(), {3}]


def test_another_column_nulls_and_a_lone_string() -> None:
    assert anonymizers.analyze(pa.table({"본문": [None, TEXTS[0]]}), column="본문")[0] == []
    assert cut([*anonymizers.analyze(TEXTS[0]), [], [], []])[0] == WANTED[0]


def test_the_slow_road_and_the_floor() -> None:
    assert cut(anonymizers.analyze(TEXTS, gated=False)) == WANTED
    everything = anonymizers.analyze(TEXTS, min_score_ppm=0)
    assert sum(map(len, anonymizers.analyze(TEXTS, min_score_ppm=985_000))) < sum(map(len, everything))


class Frame:
    """As a data frame: its iterator gives names of columns."""

    columns = ("text",)

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)


@pytest.mark.parametrize(
    ("batch", "says"),
    [
        (b"010-1234-5678", "bytes are no text"),
        ([b"010-1234-5678"], "text number 0 is bytes"),
        (["a", 5], "text number 1 is int"),
        ({"010-1234-5678": 1}, "dict is no sequence of texts"),
        ({"010-1234-5678"}, "set is no sequence of texts"),
        (5, "int is no sequence of texts"),
        (None, "NoneType is no sequence of texts"),
        (Frame(), "Frame is no sequence of texts"),
        (pa.array([1]), "the array holds int64, not text"),
        (pa.array([b"010-1234-5678"]), "the array holds binary, not text"),
        (pa.table({"body": TEXTS}), "has no column 'text'\nname one with column=; its columns: body"),
        (pa.table({"text": [1]}), "the array holds int64, not text"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_text_is_named_by_type_and_place(batch: object, says: str) -> None:
    with pytest.raises(NotTexts, match=says) as caught:
        anonymizers.analyze(batch)
    assert isinstance(caught.value, TypeError)
    assert "1234" not in str(caught.value)


def test_nothing_is_nothing() -> None:
    assert anonymizers.analyze([]) == []
    assert anonymizers.analyze(pa.array([None, None])) == [[], []]
    assert anonymizers.analyze([None]) == [[]]
