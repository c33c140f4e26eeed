"""anonymizers.analyze: the door for programs."""

import pyarrow as pa
import pytest

import anonymizers
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
    ],
    ids=["list", "tuple", "array", "sliced", "chunked", "table", "batch"],
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
