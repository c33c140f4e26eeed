"""Register: invented municipal ordinances and rules (public works: Copyright Act Art. 7), 해라체 of statutes."""

from __future__ import annotations

from damjang.demo import fillers
from damjang.demo.dice import Dice
from damjang.demo.fillers import topic_scope, with_slots
from damjang.demo.frames import Piece, render
from damjang.demo.lexicon import statute_frames
from damjang.demo.text import Document

_CIRCLED = "①②③④⑤"
_KINDS = (
    "{thing} 지원 조례",
    "{thing} 관리 및 운영 조례",
    "{thing} 활성화 조례",
    "{thing} 설치 조례",
    "{thing} 이용에 관한 규칙",
)


def ordinance(seed: int, number: int) -> Document:
    """Ordinance `number`: 8 to 16 articles, 900 to 2,600 characters."""
    dice = Dice(seed, "statutes", number)
    topic = dice.pick(fillers.topics())
    thing = dice.pick(topic.things)
    base = topic_scope(dice, topic)
    scope = with_slots(
        base,
        thing=thing,
        thing_head=thing,
        parent=statute_frames.PARENTS,
        month_law=("하절기", "동절기", "방학 기간", "명절 연휴", "수리 기간"),
    )
    title = render("{city} " + dice.pick(_KINDS), dice, scope)
    paragraphs: list[list[Piece]] = [[title]]
    revised = fillers.day(dice)
    issued = f"{scope['city']}조례 제{dice.between(102, 4980)}호"
    paragraphs.append([Piece(f"[시행 {revised.year}. {revised.month}. {revised.day}.] {issued}")])
    paragraphs.append([Piece("제1조(목적)"), render(dice.pick(statute_frames.PURPOSE), dice, scope)])
    paragraphs.append([Piece("제2조(정의) 이 조례에서 사용하는 용어의 뜻은 다음과 같다.")])
    for order, frame in enumerate(dice.some(statute_frames.DEFINITIONS, dice.between(2, 4)), 1):
        paragraphs.append([Piece(f"{order}."), render(frame, dice, scope)])
    clauses = dice.some(statute_frames.CLAUSES, 12)
    for order, (heading, frame) in enumerate(dice.some(statute_frames.ARTICLES, dice.between(8, 15)), 3):
        article = render(frame, dice, scope)
        if heading != "시행규칙" and clauses and dice.chance(0.55):
            paragraphs.append([Piece(f"제{order}조({heading}) ①"), article])
            for mark in _CIRCLED[1 : dice.between(2, 3)]:
                if clauses:
                    paragraphs.append([Piece(mark), render(clauses.pop(), dice, scope)])
        else:
            paragraphs.append([Piece(f"제{order}조({heading})"), article])
    paragraphs.append([Piece("부칙"), render(dice.pick(statute_frames.ADDENDA), dice, scope)])
    return Document("statutes", paragraphs, {"title": title.text, "in_force": revised.isoformat()})
