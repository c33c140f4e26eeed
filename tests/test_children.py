"""Child authors against mentions of children (PIPA 22-2)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymizers.children import child_signals

AUTHORS = [
    "초3이에요 친구 구해요", "저는 12살 여자예요", "안녕하세요 초등학교 5학년 김민지입니다", "나는 열두 살이다", "중1인데 고민있어요", "저는 초6이고 피아노를 쳐요",
    "11살인데 같이 하실 분", "전 아홉살이야", "저 초4", "제가 중1인데 방과후에 봤어요", "올해 13살 된 남학생입니다",
    # school years without a school, in a child's days
    "저 3학년 올라가는데 구구단 못 외웠어요", "우리 4학년 2반은 내일 현장체험학습 가요", "5학년인데 담임쌤이 무서워요", "2학년은 힘들다. 받아쓰기를 또 틀렸다.",
    "행복초 5학년 3반 박○○ 올림", "저희는 6학년 1반인데 수학여행 어디로 가면 좋아요?", "초등 4학년이구요 키가 작아요",
    # spellings, profiles and signatures
    "9쨜이에여 카드 교환해여", "초오인데 폰이 없어요", "초4입니당 그림 봐주세여", "나이: 11 / 성별: 여 / 취미: 그림", "ㅎㅇ 초6 남 같이 할 사람", "12살 여 / 부산 / 펜팔 구해요", "(4학년 올림) 급식 맛있게 해주세요",
    "안뇽 난 여덟살 하린이야", "초4 슬라임 유튜버 말랑이입니다", "제 나이 12인데 여드름이 나요", "반모 하실 분 저 13이요",
    # said otherwise
    "15년생인데 가입해도 되나요", "만 13세라서 동의가 필요하대요", "저 만 14세 미만이라 가입이 안 돼요", "저 진짜 초딩인데 놀리지 마세요", "아직 초딩이라서 알바를 못해요", "저 같은 초등학생도 낼 수 있나요?",
    "올해 초등학교 들어갔어요! 앞니가 빠졌어요", "예비 중학생인데 교복 어디서 사요? 저 떨려요", "초등학교 다니는데 친구들이 제 이름으로 놀려요", "저 아직 어려서(12살) 결제가 안 돼요", "초등학교 4학년인 저는 매일 책을 읽어요",
    # others stand by
    "언니가 자꾸 때려요. 저는 9살이고 언니는 열다섯이에요", "저희 반에 괴롭히는 애가 있어요. 초등학교 5학년이에요", "엄마가 저 초4라고 폰 9시까지만 하래요", "저는 여수에 사는 초등학교 6학년 학생입니다",
]  # fmt: skip
MENTIONS = [
    "저는 12살 아들을 키워요", "우리 아이가 초3인데", "만 7세 아동은 무료", "제가 12살 때 일이다", "딸이 올해 9살이에요", "초3 담임입니다", "초1 엄마예요",
    "12세 관람가", "제 동생은 8살입니다", "저희 초5 아들이", "그는 11세에 왕이 되었다", "하나같이 초딩이야?", "이게 어떻게 12세야", "3살 차이", "지금 8살인 내 아이",
    # who looks after them, in the same sentence or before
    "아이가 학교에 가기 싫대요. 초2예요", "저희 집 애들이 10살 12살인데 어디 갈까요", "과외 하는 애가 초6인데 숙제를 안 해요", "손주가 다섯 살인데 영어를 해요", "저희 반 초3 아이들이 떠들어서 고민인 담임이에요",
    "초등 3학년 자녀 둔 직장맘입니다", "초등학교 4학년 남자아이 사용 후기입니다. 엄마가 씁니다", "올해 초등학교 들어가요 책상 추천해 주세요", "4학년 아이 학원 후기예요", "중1 남학생 학부모입니다",
    # of others, told, in a story
    "친구 동생이 13살인데 선물 뭐가 좋을까요", "조카가 저한테 나 이제 7살이야 하는데 귀여워요", '"저는 11살이에요"라고 아이가 대답했다', "소설 속 나는 일곱 살이고 섬에 산다", "12살 소년이 대회에서 우승했다",
    # long ago
    "저 초딩 때 이 노래 들었는데", "나는 열 살에 아버지를 여의었다", "3학년이던 시절 급식이 그립네요", "저 중1 때 선생님 찾고 싶어요",
]  # fmt: skip
NEITHER = [
    "저는 34살입니다", "2살 연상", "초보예요", "중간에 나왔다", "세 살 버릇", "초 3분", "30살인데요", "15세 관람가", "", "초4급",
    "강아지가 10살인데 수술해도 되나요", "제 차는 12살인데 잘 굴러가요", "우리 고양이 열두 살이에요", "13살짜리 세탁기예요", "12살 연하랑 결혼해요",
    "의대 1학년인데 학점 망했어요", "본과 4학년입니다", "4학년인데 졸업 유예할까요 인턴도 못 했어요", "고2 학생입니다", "대학교 4학년이에요", "1학년 새내기인데 전공 책 어디서 사요", "간호학과 3학년이고 실습 나가요",
    "초5 수학 문제집 추천 부탁드려요", "중1 학생용 가방 도매", "만 14세 이상만 가입할 수 있다", "10세 이용가 게임", "13년 차 개발자입니다", "1998년생인데요", "6학년 졸업앨범 견적 문의드려요", "외부 3인 중 1인이다",
]  # fmt: skip


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


def test_a_grown_up_around_leaves_a_weak_author() -> None:
    """ "저는 12살이에요" in the report of a grown-up may be the child's: it counts on a child-directed source only."""
    assert [(s.kind, s.score_ppm) for s in child_signals(["저는 9살이에요. 엄마가 대신 써 줘요"])] == [
        ("author", 450_000)
    ]


@given(st.lists(st.sampled_from([*AUTHORS, *MENTIONS, *NEITHER, "가 12", "초", " "]), max_size=4))
def test_signals_are_ordered_and_lie_in_their_text(texts: list[str]) -> None:
    found = child_signals(texts)
    assert found == sorted(found, key=lambda s: (s.doc, s.start))
    assert all(0 <= s.start < s.end <= len(texts[s.doc]) for s in found)
    assert found == [replace(s, doc=doc) for doc, text in enumerate(texts) for s in child_signals([text])]


@pytest.mark.parametrize(
    "bait",
    [
        "초3 ",
        "저는 12살 ",
        "1111111111살",
        "4학년 ",
        "저 나 제 우리 12살이에요",
        '"12살이에요" ',
        "우리 반 엄마가 5학년 ",
    ],
)
def test_bait_is_linear(bait: str) -> None:
    child_signals([bait * (300_000 // len(bait))])
