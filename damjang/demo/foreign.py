"""Posts that the language and length decisions of refine should drop: in English, or too short to say anything."""

# ruff: noqa: E501  (a line is a handful of phrases)

from __future__ import annotations

from damjang.demo import fillers
from damjang.demo.dice import Dice
from damjang.demo.frames import render
from damjang.demo.text import Document

_ENGLISH = (
    "Has anyone here tried the new cafe near exit {lo9}? We waited {lo} minutes and the coffee was worth it.", "I moved in {lo9} months ago and the heating bill went up by {lo} percent.",
    "Selling a desk lamp, used for {lo} weeks, works fine, pick up only.", "Does the library open before nine on Saturdays? The sign says {lo9} but the door was locked.",
    "We walked about {lo9} kilometres along the river and met {lo} dogs.", "My phone dies after {lo9} hours, is it time to replace the battery?", "The bus was {lo} minutes late again this morning, third time this week.",
)  # fmt: skip
_SHORT = ("{lo}점", "삽니다 {lo9}개", "{lo}층 어때요?", "{lo3} ㅋㅋ", "굿 {lo9}", "{price} ㄷㄷ", "{lo}번 ㅇㅇ")


def foreign(seed: int, number: int) -> Document:
    """An English post."""
    dice = Dice(seed, "foreign", number)
    pieces = [render(frame, dice, fillers.BASE) for frame in dice.some(_ENGLISH, dice.between(3, 5))]
    return Document("forum", [pieces], {"board": "동네", "posted_at": fillers.day(dice).isoformat()}, tags={"foreign"})


def short(seed: int, number: int) -> Document:
    """A post of less than 20 characters."""
    dice = Dice(seed, "short", number)
    return Document(
        "forum",
        [[render(dice.pick(_SHORT), dice, fillers.BASE)]],
        {"board": "동네", "posted_at": fillers.day(dice).isoformat()},
        tags={"short"},
    )
