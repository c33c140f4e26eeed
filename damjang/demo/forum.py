"""Register: forum posts, short and long, in 해요체, 합쇼체 and 반말/음슴체, with the marks people leave (ㅋㅋ)."""

from __future__ import annotations

from functools import cache

from damjang.demo import fillers
from damjang.demo.dice import Dice
from damjang.demo.fillers import Cycle, with_slots
from damjang.demo.frames import Piece, Scope, render
from damjang.demo.lexicon import forum_topics
from damjang.demo.lexicon.forum_topics import Board
from damjang.demo.text import Document

_DID = {  # endings after what the writer did; 더라고요 is for what was seen to happen, so it is in _SAW only
    "polite": ("어요", "어요", "어요", "네요", "거든요", "답니다"),
    "formal": ("습니다", "습니다", "습니다", "어요"),
    "blunt": ("다", "음", "음", "어", "지"),
}
_SAW = {
    "polite": ("어요", "어요", "어요", "네요", "더라고요", "더라고요"),
    "formal": ("습니다", "습니다", "습니다", "네요"),
    "blunt": ("다", "음", "음", "네", "더라"),
}


@cache
def boards() -> tuple[Board, ...]:
    """The boards, once."""
    return forum_topics.all_boards()


class _Voice:
    """One writer of one post: draws clauses without repeating any, and ends them all in the same tone."""

    def __init__(self, dice: Dice, board: Board, tones: tuple[str, ...]) -> None:
        self.dice = dice
        self.tone = dice.pick(tones)
        self.scope: Scope = with_slots(
            fillers.BASE,
            item=Cycle(dice, board.items),
            item2=Cycle(dice, board.others),
            where=Cycle(dice, board.wheres),
        )
        self.glad = dice.chance(0.55)
        self.clauses = {
            "good": dice.some(board.good, 99), "bad": dice.some(board.bad, 99), "plain": dice.some(board.plain, 99),
            "aside": dice.some(forum_topics.ASIDES[board.kind], 99),
        }  # fmt: skip
        blunt = self.tone == "blunt"
        self.asks = dice.some(forum_topics.BLUNT_ASKS if blunt else board.asks, 99)
        self.openers = forum_topics.BLUNT_OPENERS if blunt else forum_topics.OPENERS
        self.closers = forum_topics.BLUNT_CLOSERS if blunt else forum_topics.CLOSERS

    @property
    def mood(self) -> str:
        """`good` or `bad`: what most of the post is."""
        return "good" if self.glad else "bad"

    @property
    def turn(self) -> str:
        """The other one."""
        return "bad" if self.glad else "good"

    def line(self, frame: str) -> Piece:
        """A ready sentence."""
        return render(frame, self.dice, self.scope)

    def ask(self) -> Piece:
        """A question."""
        return self.line(self.asks.pop())

    def close(self) -> Piece:
        """A last line."""
        return self.line(self.dice.pick(self.closers))

    def say(self, *kinds: str, front: tuple[str, ...] = (), join: tuple[str, ...] = ("는데 ", "는데 ", "고 ")) -> Piece:
        """One sentence of clauses of the given kinds (plain, aside, good, bad)."""
        dice = self.dice
        clauses = [self.clauses[kind].pop() for kind in kinds]
        body = ("고 " if "는데 " in clauses[-1] or "지만 " in clauses[-1] else dice.pick(join)).join(clauses)
        end = dice.pick((_DID if kinds[-1] in ("plain", "aside") else _SAW)[self.tone])
        mark = dice.pick(forum_topics.TAILS["good" if kinds[-1] == "good" else "bad"]) if self._marks(kinds[-1]) else ""
        stop = "" if mark or (self.tone == "blunt" and dice.chance(0.6)) else "."
        head = dice.pick(front) + " " if front else ""
        return self.line(f"{head}{body}{end}{stop}{mark}")

    def _marks(self, kind: str) -> bool:
        return kind in ("good", "bad") and self.dice.chance(0.3)


_BUT = ("근데", "다만", "그래도", "대신")
_CONTRAST = ("지만 ", "는데 ")


_TONES = ("polite", "polite", "polite", "formal", "blunt", "blunt")
_CHILD_BOARDS = ("게임", "공부", "영화", "반려동물")


def post(seed: int, number: int, *, soft: bool = False, child: bool = False) -> Document:
    """Post `number`: a third of one or two sentences, a third a paragraph, the rest up to 1,500 characters.

    `soft`: in 해요체 or 합쇼체, so that planted sentences fit. `child`: not long, on a board that children use.
    """
    dice = Dice(seed, "forum", number)
    board = dice.pick([b for b in boards() if b.name in _CHILD_BOARDS] if child else boards())
    voice = _Voice(dice, board, ("polite", "polite", "formal") if soft else _TONES)
    size = dice.below(60 if child else 100)
    if size < 34:
        paragraphs = [_short(dice, voice)]
    elif size < 70:
        paragraphs = [_middling(dice, voice)]
    else:
        paragraphs = _long(dice, voice)
    document = Document("forum", paragraphs, {"board": board.name, "posted_at": fillers.day(dice).isoformat()})
    if size >= 70 and dice.chance(0.5):
        document.gap = "\n\n"
    return document


def _short(dice: Dice, voice: _Voice) -> list[Piece]:
    first = voice.say("plain", voice.mood, front=forum_topics.WHENS if dice.chance(0.8) else ())
    form = dice.below(10)
    if form < 3:
        return [first, voice.ask()]
    if form < 6:
        return [first, voice.say(voice.mood, voice.turn, join=_CONTRAST)]
    return [first, voice.say("aside", voice.mood, join=("고 ",))]


def _middling(dice: Dice, voice: _Voice) -> list[Piece]:
    body = [voice.say("plain", voice.mood, front=forum_topics.WHENS), voice.say(voice.mood), voice.say("aside")]
    for _ in range(dice.between(1, 2)):
        body.append(voice.say("plain", voice.mood, front=forum_topics.THENS))
    if dice.chance(0.5):
        body.append(voice.say(voice.turn, front=_BUT))
    if dice.chance(0.4):
        body.append(voice.say("aside"))
    body.append(voice.ask() if dice.chance(0.4) else voice.close())
    return body


def _long(dice: Dice, voice: _Voice) -> list[list[Piece]]:
    paragraphs = [
        [
            voice.line(dice.pick(voice.openers)),
            voice.say("plain", front=forum_topics.WHENS),
            voice.say("plain", voice.mood),
        ]
    ]
    for _ in range(dice.between(1, 3)):
        block = [
            voice.say("plain", front=forum_topics.THENS),
            voice.say("aside", voice.mood, join=("고 ",)),
            voice.say("aside"),
        ]
        if dice.chance(0.6):
            block.append(voice.say("plain", voice.mood, front=forum_topics.THENS))
        if dice.chance(0.5):
            block.append(voice.say(voice.turn, front=_BUT))
        paragraphs.append(block)
    last = [voice.say(voice.mood, voice.turn, join=_CONTRAST)]
    if dice.chance(0.5):
        last.append(voice.ask())
    paragraphs.append([*last, voice.close()])
    return paragraphs
