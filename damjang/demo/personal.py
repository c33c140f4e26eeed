"""Plants personal information into forum posts: each type in turn, Art. 24 identifiers last in the document.

Ingest deletes Art. 24 identifiers in memory, before anything is written. As they come last, the offsets of all other
gold spans hold in the raw text and in every later stage's text alike.
"""

from __future__ import annotations

from damjang.demo import fillers, identifiers
from damjang.demo.dice import Dice
from damjang.demo.frames import Piece, Value, render
from damjang.demo.lexicon import people
from damjang.demo.lexicon import personal_frames as lines
from damjang.demo.text import Document

_HANGUL_DIGITS = "공일이삼사오육칠팔구"

SCOPE: dict[str, Value] = {
    **fillers.BASE,
    "bank": lines.BANKS,
    "grade": lambda d: str(d.between(1, 6)),
    "item": ("이 게임", "강아지", "그림 그리기", "축구", "과학 실험", "만화"),
    **{f"@{name}": draw for name, draw in identifiers.GENERATORS.items()},
    "@PERSON2": people.person,
    "@ACCOUNT_HANDLE2": identifiers.at_handle,
    "@HEALTH": lines.DISEASES,
    "@CREED": lines.CREEDS,
    "@UNION": lines.UNIONS,
    "@CRIMINAL_RECORD": lines.CRIMES,
    "@BIOMETRIC": lines.BIOMETRICS,
    "@ETHNICITY": lines.ETHNICITIES,
}

_FREQUENT = ("MOBILE", "PERSON", "EMAIL", "ADDRESS", "BANK_ACCOUNT", "RRN", "AGE", "BIRTH_DATE")
TURNS = (*lines.FRAMES, *_FREQUENT, *_FREQUENT)
"""The order in which kinds take their turn; frequent ones have three."""


def hard_mobile(dice: Dice) -> str:
    """A mobile number written to be missed: Hangul digits, full-width digits, spaces, odd dashes."""
    number = "010" + dice.pick("01") + dice.digits(3) + dice.digits(4)
    form = dice.below(4)
    if form == 0:
        return " ".join("".join(_HANGUL_DIGITS[int(d)] for d in part) for part in (number[:3], number[3:7], number[7:]))
    if form == 1:
        return "".join(chr(ord(d) + 0xFEE0) for d in number)
    if form == 2:
        return f"{number[:3]} - {number[3:7]} - {number[7:]}"
    return f"{number[:3]}–{number[3:7]}–{number[7:]}"


def hard_rrn(dice: Dice) -> str:
    """A resident registration number with spaces, full-width digits or no hyphen."""
    value = identifiers.rrn(dice)
    form = dice.below(3)
    if form == 0:
        return value.replace("-", "")
    if form == 1:
        return value.replace("-", " - ")
    return "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in value)


def _sentence(kind: str, dice: Dice) -> Piece:
    scope = SCOPE
    if kind == "MOBILE_HARD":
        scope = {**SCOPE, "@MOBILE": hard_mobile}
    elif kind == "RRN_HARD":
        scope = {**SCOPE, "@RRN": hard_rrn}
    return render(dice.pick(lines.FRAMES[kind]), dice, scope)


def has_unique_id(piece: Piece) -> bool:
    """Whether a piece holds an Art. 24 identifier."""
    return any(name in identifiers.UNIQUE_IDS for _, _, name in piece.spans)


def plant(document: Document, turn: int, dice: Dice) -> None:
    """Put one or two sentences of personal information into a post; the first kind is the one whose turn it is."""
    kinds = [TURNS[turn % len(TURNS)]]
    if dice.chance(0.35):
        kinds.append(dice.pick(_FREQUENT))
    document.tags.add("pii")
    if any(kind.endswith("_HARD") for kind in kinds):
        document.tags.add("hard")
    pieces = [_sentence(kind, dice) for kind in dict.fromkeys(kinds)]
    for piece in sorted(pieces, key=has_unique_id):
        if has_unique_id(piece):
            document.paragraphs[-1].append(piece)
            document.tags.add("unique_id")
        else:
            row = dice.pick(document.paragraphs)
            row.insert(dice.between(1, len(row)), piece)


def plant_child(document: Document, dice: Dice, *, author: bool) -> None:
    """Open a post with a sentence by (or about) a child under 14."""
    frame = dice.pick(lines.CHILD_AUTHOR if author else lines.CHILD_MENTION)
    scope = {**SCOPE, "@AGE": lambda d: f"{d.between(7, 13)}살"}
    piece = render(frame, dice, scope)
    if author:
        document.paragraphs[0].insert(0, piece)
    else:
        document.paragraphs[0].append(piece)
    document.tags.add("child_author" if author else "child_mention")
