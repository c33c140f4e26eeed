"""Register: press releases of local governments, half 해라체 and half 합쇼체, with contact lines and a licence line.

`report` is the same subjects as a bound study (the KOGL-4 source): numbered sections, no contacts.
"""

from __future__ import annotations

from damjang.demo import fillers, identifiers
from damjang.demo.dice import Dice
from damjang.demo.fillers import topic_scope, with_slots
from damjang.demo.frames import Piece, Scope, Value, render
from damjang.demo.grammar import Level
from damjang.demo.lexicon import news_frames, press_frames
from damjang.demo.lexicon.people import person
from damjang.demo.text import Document

_PLAN = ("계획", "방침", "예정")
_LINKS = ("", "", "", "", "", "", "아울러 ", "또한 ", "더불어 ", "이와 함께 ")
_LINKED = (
    "또한",
    "특히",
    "먼저",
    "이와",
    "이 ",
    "이를",
    "우선",
    "구체적으로",
    "실제로",
    "앞서",
    "참여를",
    "대상은",
    "신청",
)


def sentences(frames: tuple[str, ...], count: int, dice: Dice, scope: Scope, level: Level) -> list[Piece]:
    """`count` different frames, rendered."""
    return [render(frame, dice, scope, level) for frame in dice.some(frames, count)]


def linked(piece: Piece, dice: Dice) -> Piece:
    """The sentence, now and then with a connective in front."""
    link = dice.pick(_LINKS)
    if not link or piece.text.startswith(_LINKED):
        return piece
    return Piece(link + piece.text, tuple((s + len(link), e + len(link), t) for s, e, t in piece.spans))


def _scope(dice: Dice) -> dict[str, Value]:
    topic = dice.pick(fillers.topics())
    return with_slots(
        topic_scope(dice, topic),
        plan=_PLAN,
        **{"@PERSON": person, "@PHONE": identifiers.phone, "@EMAIL": identifiers.email},
    )


def press_release(seed: int, number: int) -> Document:
    """Press release `number`: 600 to 1,800 characters."""
    dice = Dice(seed, "press", number)
    level: Level = dice.pick(("plain", "formal"))
    scope = _scope(dice)
    day = fillers.day(dice)
    title = render(dice.pick(press_frames.TITLES), dice, scope)
    office, weekday = f"{scope['city']} {scope['bureau']}", fillers.WEEKDAYS[day.weekday()]
    head = Piece(f"보도자료 | {office} | {day.year}. {day.month}. {day.day}.({weekday}) 배포")
    paragraphs = [[head], [title]]
    if dice.chance(0.6):
        paragraphs.append([Piece("- " + render(dice.pick(press_frames.SUBTITLES), dice, scope).text)])
    first, *details = dice.some(press_frames.DETAILS, dice.between(6, 10))
    paragraphs.append([*sentences(press_frames.LEADS, 1, dice, scope, level), render(first, dice, scope, level)])
    figures = dice.some(press_frames.FIGURES, dice.between(2, 4))
    body = [linked(render(frame, dice, scope, level), dice) for frame in details + figures]
    dice.shuffle(body)
    body[dice.below(len(body)) : 0] = sentences(press_frames.QUOTES, dice.between(1, 2), dice, scope, level)
    while body:
        size = dice.between(2, 4)
        paragraphs.append(body[:size])
        body = body[size:]
    paragraphs.append(sentences(press_frames.CLOSINGS, dice.between(1, 2), dice, scope, level))
    if dice.chance(0.8):
        paragraphs.append([render(dice.pick(press_frames.CONTACTS), dice, scope)])
    if dice.chance(0.7):
        paragraphs.append([Piece(dice.pick(press_frames.LICENCE_LINES))])
    fields = {"title": title.text, "agency": str(scope["city"]), "date": day.isoformat()}
    return Document("press", paragraphs, fields)


def report(seed: int, number: int) -> Document:
    """A bound study: sections I to IV of background, findings and proposals; 2,000 to 4,000 characters."""
    dice = Dice(seed, "kogl4", number)
    scope = _scope(dice)
    title = render("{topic} 분야 {year}년도 현황 분석과 개선 방향: {city} {program:을} 중심으로", dice, scope)
    paragraphs = [[title]]
    sections = (
        ("Ⅰ. 연구의 배경", news_frames.BACKGROUND, 5), ("Ⅱ. 현황", press_frames.FIGURES, 7),
        ("Ⅲ. 사업 내용", press_frames.DETAILS, 9), ("Ⅳ. 과제와 제언", news_frames.CRITIQUE, 6),
    )  # fmt: skip
    for heading, frames, count in sections:
        paragraphs += [[Piece(heading)], sentences(frames, count, dice, scope, "plain")]
    paragraphs.append([Piece("이 보고서는 공공누리 제4유형(출처표시, 상업적 이용금지, 변경금지)에 해당합니다.")])
    return Document("kogl4", paragraphs, {"title": title.text})
