"""Part of the twin ext/names_py.py: names in lists. Neighbours strengthen each other; what stands among names is one.

A chain is what follows each other with nothing but separators, spaces or a joining particle between; it is settled as
soon as it ends, or when it has CHAIN members.
"""

from __future__ import annotations

from dataclasses import dataclass

from ext.names_rules_py import (
    F_CUE,
    F_LIST,
    JOINED,
    JOINTS,
    LIFTED,
    LIST_BASE,
    LIST_WEAK,
    LISTED,
    MAX_GAP,
    NEIGHBOUR,
    NONE,
    OPENS_LIST,
    SEPARATORS,
    STRONG,
)

APART, TOUCHING, JOINING, SEPARATED = range(4)  # how a member follows the one before it


@dataclass(slots=True)
class Candidate:
    """A reading of a run: the span, where its run ends, the sum and what it is made of."""

    start: int
    stop: int
    end: int
    total: int
    flags: int
    listable: int = NONE  # base and lexicon, when it may stand in a list
    is_liftable: bool = False  # no word of the lexicon, and not too unlikely a name


def touches_list(text: str, start: int, end: int) -> bool:
    """Whether a separator stands right before or behind, save for a space."""
    before = start - 2 if start > 1 and text[start - 1] == " " else start - 1
    if before >= 0 and text[before] in SEPARATORS[:-10]:
        return True
    behind = end + 1 if end < len(text) and text[end] == " " else end
    return behind < len(text) and text[behind] in SEPARATORS[:-10]


def follows(text: str, left: Candidate, right: Candidate) -> int:
    """How `right` follows `left`."""
    gap = right.start - left.end
    if gap < 1 or gap > MAX_GAP or left.listable == NONE or right.listable == NONE:
        return APART
    between = text[left.end : right.start]
    if any(char not in SEPARATORS and char not in JOINTS for char in between):
        return APART
    if left.end > left.stop:
        return JOINING if text[left.end - 1] in "와과랑고" else APART
    return SEPARATED if any(char in SEPARATORS for char in between) else TOUCHING


def settle(text: str, chain: list[Candidate], links: list[int]) -> None:
    """Adds what the members of a chain lend each other; `links[i]` is how chain[i] follows chain[i - 1]."""
    lent = [0] * len(chain)
    for row in range(1, len(chain)):
        _link(chain, lent, row, links[row])
    for row in range(len(chain) - 1, 0, -1):
        _link(chain, lent, row, links[row])
    for row, member in enumerate(chain):
        if member.is_liftable and member.total < LIFTED and _is_enclosed(text, chain, links, row):
            member.total = LIFTED
            member.flags |= F_LIST


def _link(chain: list[Candidate], lent: list[int], row: int, how: int) -> None:
    """Neighbours strengthen each other, each by the better of its two: `가나다, 라마바`, `1. 가나다 2. 라마바`."""
    left, right = chain[row - 1], chain[row]
    if left.listable < (LIST_WEAK if right.total >= STRONG else LIST_BASE) or right.listable < (
        LIST_WEAK if left.total >= STRONG else LIST_BASE
    ):
        return
    bonus = LISTED if how == SEPARATED else JOINED
    of_left, of_right = (bonus + (NEIGHBOUR if other.total >= STRONG else 0) for other in (right, left))
    for number, gain in ((row - 1, of_left), (row, of_right)):
        if gain > lent[number]:
            chain[number].total += gain - lent[number]
            chain[number].flags |= F_LIST
            lent[number] = gain


def _is_enclosed(text: str, chain: list[Candidate], links: list[int], row: int) -> bool:
    """Whether separators part a member from both neighbours, or from one and what is no name; one of them is strong."""
    before = row > 0 and links[row] == SEPARATED
    behind = row + 1 < len(chain) and links[row + 1] == SEPARATED
    if not (before and chain[row - 1].total >= STRONG) and not (behind and chain[row + 1].total >= STRONG):
        return False
    member = chain[row]
    return (before or opens_list(text, member)) and (behind or closes_list(text, member))


def opens_list(text: str, member: Candidate) -> bool:
    """Whether a list may begin with a member."""
    at = member.start - 1 if member.start > 0 and text[member.start - 1] == " " else member.start
    return at == 0 or bool(member.flags & F_CUE) or text[at - 1] in OPENS_LIST


def closes_list(text: str, member: Candidate) -> bool:
    """Whether a list may end with a member: a particle, a mark or `등` behind it."""
    at = member.end
    if at > member.stop or at >= len(text) or text[at] in SEPARATORS[:-10] or text[at] in "\n.)]\"'’”":
        return True
    return text[at] == " " and text[at + 1 : at + 2] in ("등", "외")
