"""Register: articles of a local daily, 해라체 with 해요체 and 합쇼체 inside quotes, by-line and copyright line."""

from __future__ import annotations

from damjang.demo import fillers, identifiers
from damjang.demo.dice import Dice
from damjang.demo.fillers import topic_scope, with_slots
from damjang.demo.frames import Piece, render
from damjang.demo.lexicon import news_frames, places
from damjang.demo.lexicon.people import person
from damjang.demo.press import sentences
from damjang.demo.text import Document


def article(seed: int, number: int) -> Document:
    """Article `number`: 500 to 1,800 characters."""
    dice = Dice(seed, "news", number)
    topic = dice.pick(fillers.topics())
    press = dice.pick(places.PRESS_NAMES)
    scope = with_slots(
        topic_scope(dice, topic), press=press, plan=("계획", "방침"),
        **{"@PERSON": person, "@EMAIL": identifiers.email, "@AGE": lambda d: f"{d.between(24, 81)}세"},
    )  # fmt: skip
    title = render(dice.pick(news_frames.TITLES), dice, scope)
    paragraphs: list[list[Piece]] = [[title]]
    byline = [render(dice.pick(news_frames.BYLINES), dice, scope)] if dice.chance(0.7) else []
    if byline and dice.chance(0.5):
        paragraphs.append(byline)
        byline = []
    blocks = [
        sentences(news_frames.STREET, dice.between(3, 5), dice, scope, "plain"),
        sentences(news_frames.FIGURES, dice.between(3, 5), dice, scope, "plain"),
        sentences(news_frames.OPINIONS, dice.between(2, 4), dice, scope, "plain"),
        sentences(news_frames.BACKGROUND, dice.between(2, 4), dice, scope, "plain"),
        sentences(news_frames.CRITIQUE, dice.between(2, 3), dice, scope, "plain"),
    ]
    middle = blocks[1:]
    dice.shuffle(middle)
    paragraphs.append(sentences(news_frames.LEADS, 1, dice, scope, "plain") + blocks[0][:1])
    for block in [blocks[0][1:], *middle[: dice.between(3, 4)]]:
        if block:
            paragraphs.append(block)
    paragraphs.append(sentences(news_frames.CLOSINGS, 1, dice, scope, "plain"))
    if byline:
        paragraphs.append(byline)
    if dice.chance(0.6):
        paragraphs.append([render(dice.pick(news_frames.COPYRIGHT), dice, scope)])
    fields = {"title": title.text, "press": press, "published": fillers.day(dice).isoformat(), "section": topic.name}
    return Document("news", paragraphs, fields)
