"""Rewriting: spans become what their operators say; everything else stays, save the particles right behind them.

- Offsets are code points of the text as given, end exclusive; `out_start`, `out_end` cut the replacement exactly.
- Overlapping and nested spans become one: from the least start to the greatest end, with the type and operator of the
  strictest (class in law, then operator, then length). What can't be applied to the joint value falls back to the mask.
- Adjacent spans stay two. Empty spans are ignored.
- `keep` spans are recorded and unchanged, so that a rescan can discount them.
- A particle behind a replacement agrees with its last sound, a closing quote or a short bracket in between passed over
  (`[이름](45세)은`); behind a value in brackets of its own it agrees with the replaced word before them, or stays.
  Behind a deletion it agrees with the word that now touches it, or goes, when there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from anonymizers.entities import rank
from anonymizers.errors import BadSpan
from anonymizers.operators import Keys, replacement
from anonymizers.particles import agree, aside, final_sound, particle_length

_STRICTEST_FIRST: Final = (
    "drop_sentence", "delete", "mask", "delink", "generalise", "pseudonym", "surrogate", "partial_mask", "keep",
)  # fmt: skip
_WHOLE_VALUE: Final = frozenset({"generalise", "partial_mask", "surrogate", "pseudonym"})
_TAIL: Final = 24  # code points behind a span that may hold its particle
_BRACKETS: Final = ("()", "[]", "【】", "〔〕")


@dataclass(frozen=True, slots=True)
class Edit:
    """A span [start, end) of the text and the operator for it."""

    start: int
    end: int
    type: str
    operator: str


class OutSpan(NamedTuple):
    """What was done: the span in the input, and where its replacement stands in the output."""

    start: int
    end: int
    type: str
    operator: str
    out_start: int
    out_end: int


def rewrite(
    text: str, edits: Iterable[Edit], keys: Keys | Callable[[Edit], Keys] = Keys()
) -> tuple[str, list[OutSpan]]:
    """The new text and its output spans, by start. `keys` may depend on the span (a subject's own scope).

    Raises BadSpan for a span outside the text, UnlawfulOperator for what the law does not allow.
    """
    chosen = settle(edits, len(text))
    if not chosen:
        return text, []
    pieces: list[str] = []
    spans: list[OutSpan] = []
    copied = 0  # code points of `text` already handled
    written = 0  # code points of output so far
    last = ""  # what the span before this one became
    for number, edit in enumerate(chosen):
        plain = text[copied : edit.start]
        scope = keys(edit) if callable(keys) else keys
        new = replacement(text[edit.start : edit.end], edit.type, edit.operator, scope)
        pieces += (plain, new)
        written += len(plain) + len(new)
        spans.append(OutSpan(edit.start, edit.end, edit.type, edit.operator, written - len(new), written))
        limit = chosen[number + 1].start if number + 1 < len(chosen) else len(text)
        passed, taken, particle = 0, 0, ""
        if edit.operator not in ("keep", "drop_sentence"):
            tail = text[edit.end : min(limit, edit.end + _TAIL)]
            before = (spans[-2], last) if len(spans) > 1 else None
            passed, word, kind = _agrees_with(text, edit, new, tail, before)
            if word or not passed:
                taken, particle = _particle(tail[passed:], word, pieces, kind)
        pieces += (text[edit.end : edit.end + passed], particle)
        written += passed + len(particle)
        copied = edit.end + passed + taken
        last = new
    pieces.append(text[copied:])
    return "".join(pieces), spans


def _agrees_with(
    text: str, edit: Edit, new: str, tail: str, before: tuple[OutSpan, str] | None
) -> tuple[int, str, str]:
    """(code points of `tail` to pass over, the word that the particle then agrees with, its type).

    `before`: the span before this one, and what it became. No word and something passed over: the particle stays.
    """
    if text[edit.start - 1 : edit.start] + text[edit.end : edit.end + 1] not in _BRACKETS:
        return (0 if not new or "가" <= tail[:1] <= "힣" else aside(tail)), new, edit.type
    if edit.start < 2 or text[edit.start - 2].isspace():
        return 1, new, edit.type
    if before and before[0].end == edit.start - 1 and before[0].operator != "keep":
        return 1, before[1], before[0].type  # 김민수(45세)는: the particle is the name's, not the age's
    return 1, "", ""


def _particle(tail: str, new: str, before: Sequence[str], entity_type: str) -> tuple[int, str]:
    """(code points of `tail` to replace, by what) so that the particle there suits the word before it."""
    person = entity_type == "PERSON"
    if new:
        return agree(tail, final_sound(new), person=person)
    previous = next((piece for piece in reversed(before) if piece), "")
    if previous and not previous[-1].isspace():
        return agree(tail, final_sound(previous), person=person)
    return particle_length(tail), ""


def settle(edits: Iterable[Edit], length: int) -> list[Edit]:
    """Disjoint edits by start: overlaps joined under the strictest. Raises BadSpan."""
    edits = list(edits)
    reach = 0
    for edit in edits:
        if not reach <= edit.start < edit.end <= length:
            break
        reach = edit.end
    else:
        return edits  # as findings come: sorted and apart
    out: list[Edit] = []
    cluster: list[Edit] = []
    reach = 0
    for edit in sorted(edits, key=lambda e: (e.start, -e.end, e.type, e.operator)):
        if not 0 <= edit.start <= edit.end <= length:
            raise BadSpan(edit.start, edit.end, length)
        if edit.start == edit.end:
            continue
        if cluster and edit.start >= reach:
            out.append(_join(cluster))
            cluster = []
        cluster.append(edit)
        reach = max(reach, edit.end) if len(cluster) > 1 else edit.end
    if cluster:
        out.append(_join(cluster))
    return out


def _join(cluster: Sequence[Edit]) -> Edit:
    if len(cluster) == 1:
        return cluster[0]
    start, end = cluster[0].start, max(edit.end for edit in cluster)
    strictest = min(cluster, key=_strictness)
    joint = replace(strictest, start=start, end=end)
    if joint != strictest and joint.operator in _WHOLE_VALUE:
        joint = replace(joint, operator="mask")  # half of another value would ride along
    return joint


def _strictness(edit: Edit) -> tuple[bool, int, int, int, int, str]:
    dropped = edit.operator == "drop_sentence"  # it takes everything inside with it
    order = _STRICTEST_FIRST.index(edit.operator) if edit.operator in _STRICTEST_FIRST else 0
    return (not dropped, rank(edit.type), order, edit.start - edit.end, edit.start, edit.type)
