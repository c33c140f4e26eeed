"""Invented persons: names are put together from surnames and given-name syllables; nobody is meant."""

# ruff: noqa: E501  (a line is a handful of phrases)

from __future__ import annotations

from damjang.demo.dice import Dice

SURNAMES = tuple(  # roughly as frequent as in Korea: a name list of rare surnames would be too easy to find
    "김김김김김김김김김김이이이이이이이박박박박최최정정강강조조윤윤장장임임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진지엄채원천방공현함변염여추도석선설마길연위표명기반왕금옥육인맹제"
)
LONG_SURNAMES = ("남궁", "황보", "제갈", "선우", "독고", "사공", "서문", "동방")

_FIRST = tuple("민서지예하도수현준유은정재성태경승영상종동진미혜선나다라가시세소아연우윤이주채해효희규기명문병보")
_SECOND = tuple("준서연우윤현아진호영민수은희정경빈원율혁석훈철용환식숙자순미란나라리린비솔슬별온결겸찬창태택필하한후")
NATIVE = (
    "가을",
    "이슬",
    "보람",
    "슬기",
    "한별",
    "다운",
    "새봄",
    "아름",
    "하늘",
    "초롱",
    "나래",
    "샛별",
    "푸름",
    "미르",
    "바다",
)
SHORT = tuple("솔준현린훈진건결윤별빈율훤철숙찬담단봄빛")

RANKS = ("과장", "팀장", "국장", "주무관", "담당관", "센터장", "소장", "사무관", "본부장", "단장")
ROLES = (
    "교수",
    "연구위원",
    "선임연구원",
    "책임연구원",
    "박사",
    "소장",
    "대표",
    "이사",
    "회장",
    "사무국장",
    "위원장",
    "지부장",
)
JOBS = (
    "상인", "농민", "버스기사", "학부모", "자영업자", "직장인", "대학생", "어민", "택배기사", "요양보호사", "간호사", "돌봄교사",
    "취업준비생", "귀농인", "환경미화원", "사회복지사", "도서관 사서", "마을 이장", "아파트 관리소장", "편의점 점주",
)  # fmt: skip

# The romanised parts of invented mail addresses and handles.
ROMAN = (
    "haneul", "dambi", "sorae", "byeolbit", "norang", "gureum", "jandi", "ssarak", "moraet", "pureun", "yeoul", "maru",
    "barami", "namu", "dalbit", "gaon", "noeul", "danpung", "boramae", "sosol", "jogak", "kkachi", "hodu", "bami",
)  # fmt: skip


def person(dice: Dice) -> str:
    """A full name: three syllables mostly; one in ten has two or four, or a native Korean given name.

    >>> person(Dice(1))  # doctest: +SKIP
    '박서연'
    """
    shape = dice.below(100)
    if shape < 3:
        return dice.pick(LONG_SURNAMES) + dice.pick(_FIRST) + dice.pick(_SECOND)
    if shape < 4:
        return dice.pick(LONG_SURNAMES) + dice.pick(SHORT)
    if shape < 7:
        return dice.pick(SURNAMES) + dice.pick(SHORT)
    if shape < 10:
        return dice.pick(SURNAMES) + dice.pick(NATIVE)
    first, second = dice.pick(_FIRST), dice.pick(_SECOND)
    while first == second:
        second = dice.pick(_SECOND)
    return dice.pick(SURNAMES) + first + second
