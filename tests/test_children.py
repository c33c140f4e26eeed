"""Child authors against mentions of children (PIPA 22-2)."""

from __future__ import annotations

import pytest

from anonymizers.children import child_signals

AUTHORS = [
    "초3이에요 친구 구해요", "저는 12살 여자예요", "안녕하세요 초등학교 5학년 김민지입니다", "나는 열두 살이다", "중1인데 고민있어요", "저는 초6이고 피아노를 쳐요",
    "11살인데 같이 하실 분", "전 아홉살이야", "저 초4", "제가 중1인데 방과후에 봤어요", "올해 13살 된 남학생입니다",
]  # fmt: skip
MENTIONS = [
    "저는 12살 아들을 키워요", "우리 아이가 초3인데", "만 7세 아동은 무료", "제가 12살 때 일이다", "딸이 올해 9살이에요", "초3 담임입니다", "초1 엄마예요",
    "12세 관람가", "제 동생은 8살입니다", "저희 초5 아들이", "그는 11세에 왕이 되었다", "하나같이 초딩이야?", "이게 어떻게 12세야", "3살 차이", "지금 8살인 내 아이",
]  # fmt: skip
NEITHER = [
    "저는 34살입니다",
    "2살 연상",
    "초보예요",
    "중간에 나왔다",
    "세 살 버릇",
    "초 3분",
    "30살인데요",
    "15세 관람가",
    "",
    "초4급",
]


def kinds(text: str) -> set[str]:
    return {s.kind for s in child_signals([text]) if s.kind == "mention" or s.score_ppm >= 500_000}


@pytest.mark.parametrize("text", AUTHORS)
def test_child_authors(text: str) -> None:
    assert kinds(text) == {"author"}


@pytest.mark.parametrize("text", MENTIONS)
def test_mentions_of_children(text: str) -> None:
    assert "author" not in kinds(text)


@pytest.mark.parametrize("text", NEITHER)
def test_no_child_at_all(text: str) -> None:
    assert "author" not in kinds(text)


def test_either_side_of_fourteen_is_weak() -> None:
    assert [s.score_ppm for s in child_signals(["저는 중2입니다"])] == [400_000]
