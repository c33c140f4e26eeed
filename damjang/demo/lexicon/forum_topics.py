"""What people post about, and the lines that fit any board.

A board's clauses stop at the past stem (`국물이 끝까지 안 식었`): the tone of the post adds the ending. `asks` are whole
questions in 해요체; blunt posts ask from BLUNT_ASKS.
"""

# ruff: noqa: E501  (a line is a handful of phrases)

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Board:
    """One board. `kind` says which asides fit: about a thing that is bought, a place that is gone to, or daily life."""

    name: str
    kind: str  # thing | place | life
    items: tuple[str, ...]  # {item}
    others: tuple[str, ...]  # {item2}
    wheres: tuple[str, ...]  # {where}
    good: tuple[str, ...]
    bad: tuple[str, ...]
    plain: tuple[str, ...]  # what the writer did
    asks: tuple[str, ...]


def all_boards() -> tuple[Board, ...]:
    """Every board, in a fixed order."""
    from damjang.demo.lexicon import forum_home, forum_out

    return forum_home.BOARDS + forum_out.BOARDS


WHENS = (
    "어제", "그저께", "지난 주말에", "퇴근길에", "아침에", "점심때", "얼마 전에", "지난달에", "{date}에", "{lo9}일 전에", "{lo9}주쯤 전에", "{month} 초에",
    "작년 {month}에", "비 오던 날", "월급날", "연휴 첫날", "친구 따라", "동생이랑", "혼자", "회사 끝나고", "{clock}쯤", "이사하고 나서", "후기 보고",
    "추천받아서", "급하게", "몇 달을 벼르다가", "지난 {mday}일에", "휴가 {lo9}일째에", "별생각 없이", "아는 분이 알려 줘서",
)  # fmt: skip

THENS = (
    "그다음 날", "그러고 나서", "그날 저녁에", "나중에", "며칠 뒤에", "결국", "{lo9}일 뒤에", "마침", "내친김에", "그사이에", "{lo9}주 지나서", "돌아오는 길에",
    "혹시 몰라서", "하는 김에", "다음 주말에", "그 뒤로", "이번에는", "처음에는", "알고 보니",
)  # fmt: skip

ASIDES = {  # past stems too
    "thing": (
        "가격은 {price:이}었", "처음 {lo9}일은 적응이 안 됐", "{item2}도 같이 알아봤는데 {price} 더 비쌌", "배송은 {lo9}일 걸렸", "후기를 {lo3}개나 찾아 읽었", "할인 쿠폰을 써서 {price:을} 아꼈",
        "{lo}명 중에 {lo9}명은 {item2:을} 권했", "무게를 재 보니 {lo9}.{lo9}kg이었", "인터넷에서는 {price:이}라고 했", "포장을 {lo9}겹이나 해서 보내 줬", "보증 기간이 {lo}개월이었", "품절이라 {lo9}주를 기다렸",
        "{lo9}년 전에 산 것보다 훨씬 가벼웠",
    ),
    "place": (
        "{where}까지 걸어서 {lo}분 걸렸", "{clock}쯤 가니까 한산했", "예약은 {lo9}일 전에 했", "주차는 {lo9}시간까지 무료였", "왕복 {lo}km를 달려서 갔다 왔", "{price:을} 냈", "{town}에서 {lo}분이면 닿았", "대기표가 {lo}번이었",
        "문 닫기 {lo}분 전에 들어갔", "{lo9}명이서 갔", "현금 영수증까지 {lo9}번 물어봐 줬", "{month}부터는 {price:으로} 오른다고 했", "옆자리 사람은 {lo}분 만에 나갔",
    ),
    "life": (
        "동생은 {lo9}달 만에 포기했", "친구 {lo9}명한테 물어봤", "{price:이} 통장에서 나갔", "{lo9}번째 시도 만에 해냈", "메모를 {lo}장이나 해 뒀", "{clock}에 알람을 맞췄", "주변에서는 {lo9}명이나 말렸", "총 {lo}시간이 걸렸",
        "작년 {month}에도 똑같은 일이 있었", "달력에 {lo9}번 표시해 뒀", "{town} 사는 언니도 같은 말을 했", "영상을 {lo}개는 찾아봤", "{lo9}년 만에 처음이었",
    ),
}  # fmt: skip

OPENERS = (
    "눈팅만 하다가 처음 글 써요.", "{lo9}년차 회원인데 글은 오랜만이네요.", "도움 많이 받아서 저도 후기 남겨요.", "혹시나 해서 적어 봅니다.", "검색해도 안 나와서 직접 해 봤어요.", "{lo9}개월 만에 접속했더니 글이 많네요.",
    "길지만 읽어 주시면 감사하겠습니다.", "{item} 고민하시는 분들 참고하세요.", "{item} 때문에 {lo9}주를 고민했어요.", "요즘 {item} 얘기가 많길래 저도 한번 써 봅니다.", "사진은 나중에 올릴게요.", "{town} 사는 {lo9}년차 주민입니다.",
    "{town} 사시는 분들 계신가요?", "어디 물어볼 데가 없어서 여기 씁니다.", "폰으로 쓰는 거라 오타 양해 부탁드려요.", "반쯤은 하소연입니다.", "지난번 글에 이어서 씁니다.", "{item} 글 올렸던 사람인데 {lo9}주 지난 후기예요.",
    "댓글로 물어보신 분이 {lo9}분이나 계셔서 따로 정리해요.", "{lo}개월 해 본 사람 의견이니 가볍게 봐 주세요.",
)  # fmt: skip
BLUNT_OPENERS = (
    "{item} 후기 씀", "{lo9}년 눈팅하다 첫 글", "{item} 고민하는 사람 보라고 씀", "길면 {lo9}줄 요약 있음", "어디 말할 데가 없어서 씀", "{item} {lo9}개월 차임", "지난번 글에 이어서 쓴다", "반쯤 하소연임", "{town} 사는 사람이면 알 듯", "사진은 나중에 올림",
)  # fmt: skip

CLOSERS = (
    "도움이 됐으면 좋겠네요.", "다음에 {item2}도 해 보고 후기 올릴게요.", "더 좋은 방법 있으면 댓글 부탁드려요.", "긴 글 읽어 주셔서 감사합니다.", "궁금한 건 댓글로 물어보세요, 아는 만큼 답할게요.", "전 {lo9}점 주고 싶어요, 10점 만점에.",
    "결국 각자 취향 아니겠어요?", "이상 {lo9}년차의 잡담이었습니다.", "{price} 값은 한다고 봐요.", "내년 {month}쯤 다시 적을게요.", "{town} 쪽은 어떤지도 알려 주세요.", "다 쓰고 보니 별 내용이 없네요.", "{item2:은} 아직 고민 중이에요.",
    "혹시 틀린 내용 있으면 고쳐 주세요.", "{lo9}줄로 줄이려다 실패했네요.", "다들 {month} 마무리 잘하세요.",
)  # fmt: skip
BLUNT_CLOSERS = (
    "내 점수는 {lo9}점", "{price} 값은 함", "{item2:은} 아직 고민 중", "질문은 댓글로", "이상 {lo9}년차 잡담", "틀린 거 있으면 알려 줘", "다음엔 {item2} 후기로 옴", "{lo9}줄 요약 실패", "{month}에 다시 씀", "아무튼 그렇다고",
)  # fmt: skip
BLUNT_ASKS = (
    "{item} 해 본 사람 있음?", "{where} 어떤지 아는 사람?", "{price:이}면 비싼 건가?", "{item:이랑} {item2} 중에 뭐가 나음?", "{town} 쪽에 괜찮은 데 없나?", "{lo9}개월이면 긴 거임?", "{item2:은} 안 해도 되나?", "나만 {item} 이럼?",
    "{where} {clock}에 가도 되나?", "{item} 추천 좀", "{lo}번이면 많은 편임?", "이거 {lo9}일 안에 되는 거 맞음?",
)  # fmt: skip

TAILS = {
    "good": (" ㅎㅎ", "!!", " ^^", "~", " ㅋㅋ", " ㅋㅋㅋ"),
    "bad": (" ㅠㅠ", " ㅠ", "…", " ㅜㅜ", " ㅡㅡ", " ㅠㅠㅠ"),
}
