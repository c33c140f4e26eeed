"""Rewriting: spans become what their operators say; everything else stays, save the particles right behind them.

- Offsets are code points of the text as given, end exclusive; `out_start`, `out_end` cut the replacement exactly.
- Overlapping and nested spans become one: from the least start to the greatest end, with the type and operator of the
  strictest (class in law, then operator, then length). What can't be applied to the joint value falls back to the mask.
- Adjacent spans stay two. Empty spans are ignored.
- `keep` spans are recorded and unchanged, so that a rescan can discount them.
- A particle behind a replacement agrees with its last sound, what nobody reads in between passed over (a closing
  quote, a short bracket, marks of markdown or HTML: `[이름](45세)은`, `**[이름]**은`); behind a value in brackets of
  its own it agrees with the replaced word before them, or stays. Where the end of a value is left, so is the particle.
- Behind a deletion a particle or copula agrees with the word that now touches it, or goes, when there is none.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from anonymizers.asides import BRACKETS, alike, aside, composed, is_jamo, leads
from anonymizers.asides import OPENERS as ASIDES
from anonymizers.entities import rank
from anonymizers.errors import BadSpan
from anonymizers.operators import WHOLE_VALUE, Replacer, mask
from anonymizers.particles import OPENERS as PARTICLES
from anonymizers.particles import agree, hanging
from anonymizers.sounds import final_sound
from anonymizers.surrogates import Keys

_STRICTEST_FIRST: Final = (
    "drop_sentence", "delete", "mask", "delink", "generalise", "pseudonym", "surrogate", "partial_mask", "keep",
)  # fmt: skip
_BRACKETS: Final = ("()", "[]", "【】", "〔〕")
_JAMO: Final = frozenset(map(chr, range(0x1100, 0x1113)))
LOOKED_AT: Final = PARTICLES | ASIDES | _JAMO | frozenset(")】〕")
"""What may stand behind a value when its particle has to be looked at; a space only before a bracket."""
_STAYS: Final = frozenset({"keep", "drop_sentence"})
_LONGEST: Final = 64  # code points of the longest run of particles, in NFD too


class Edit(NamedTuple):
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


class SpanRow(NamedTuple):
    """An OutSpan of text number `doc` of a batch: a row of spans.arrow (schemas.arrow.SPANS) but for the id."""

    doc: int
    start: int
    end: int
    type: str
    operator: str
    out_start: int
    out_end: int


Placed = OutSpan | SpanRow


def rewrite(
    text: str, edits: Sequence[Edit], keys: Keys | Callable[[Edit], Keys] = Keys()
) -> tuple[str, list[OutSpan]]:
    """The new text and its output spans, by start. `keys` may depend on the span (a subject's own scope).

    Raises BadSpan for a span outside the text, UnlawfulOperator for what the law does not allow.
    """
    size = len(text)
    chosen = settle(edits, size)
    replacer: Replacer | None = None
    pieces: list[str] = []
    spans: list[OutSpan] = []
    copied = 0  # code points of `text` already handled
    written = 0  # code points of output so far
    last = ""  # what the span before this one became
    count = len(chosen)
    for number, edit in enumerate(chosen, 1):
        start, end, kind, operator = edit
        if operator == "mask":
            new = mask(kind)
        else:
            replacer = replacer or Replacer(text)
            new = replacer.replacement(text[start:end], kind, operator, keys(edit) if callable(keys) else keys)
        pieces.append(text[copied:start])
        pieces.append(new)
        out = written + start - copied
        written = out + len(new)
        spans.append(OutSpan(start, end, kind, operator, out, written))
        copied = end
        behind = text[end : end + 1]
        if behind in LOOKED_AT or not new or (behind == " " and text[end + 1 : end + 2] in BRACKETS):
            limit = chosen[number].start if number < count else size
            if operator == "mask" and behind in PARTICLES:
                passed = 0
                taken, particle = agree(text, final_sound(new), person=kind == "PERSON", at=end, stop=limit)
            elif operator not in _STAYS and (not new or behind in PARTICLES or leads(text, end)):
                before = (spans[-2], last) if number > 1 else None
                passed, taken, particle = _behind(text, edit, new, limit, pieces, before)
            else:
                passed, taken, particle = 0, 0, ""
            if taken or particle:
                pieces += (text[end : end + passed], particle)
                written += passed + len(particle)
                copied = end + passed + taken
        last = new
    if not spans:
        return text, spans
    pieces.append(text[copied:])
    return "".join(pieces), spans


def _behind(
    text: str, edit: Edit, new: str, limit: int, pieces: Sequence[str], before: tuple[OutSpan, str] | None
) -> tuple[int, int, str]:
    """(code points to pass over behind a span, code points of the particle there, what it becomes).

    `pieces` are what was written so far, `new` the last of them; `before` is the span before this one and what it
    became.
    """
    start, end, kind, operator = edit
    if not new:
        return 0, *_behind_deletion(text, end, limit, pieces, kind == "PERSON")
    passed, word = 0, new
    if text[end] not in PARTICLES and not is_jamo(text[end]):
        bracketed = text[start - 1 : start] + text[end] in _BRACKETS and text[end : end + 2] not in ("](", "]]")
        passed = (1 + aside(text, end + 1, limit)) if bracketed else aside(text, end, limit)
        if not passed:
            return 0, 0, ""
        if bracketed and start > 1 and not text[start - 2].isspace():
            if not before or before[0].end != start - 1 or before[0].operator == "keep":
                return 0, 0, ""  # the particle is that of a word before the bracket, which stays
            word, kind = before[1], before[0].type  # 김민수(45세)는: it is the name's, not the age's
    if word is new and operator != "mask" and _ends_alike(new, text[start:end]):
        return 0, 0, ""
    return passed, *_agreed(text, end + passed, limit, word, kind == "PERSON")


def _ends_alike(new: str, value: str) -> bool:
    """Whether the last word of a value is left (a***@corp.co.kr): its particle was right before, however it is read."""
    if new[-1:] != value[-1:] or not new[-1:].isalnum():
        return False
    at = 1
    while at < len(new) and at < len(value) and new[-1 - at] == value[-1 - at]:
        if not new[-1 - at].isalnum():
            return True
        at += 1
    return at == len(value)


def _agreed(text: str, at: int, stop: int, word: str, person: bool) -> tuple[int, str]:
    """(code points to replace at `at`, by what) so that the particle there suits `word`; also in NFD."""
    if not is_jamo(text[at : at + 1]):
        return agree(text, final_sound(word), person=person, at=at, stop=stop)
    letters, places = composed(text[at : min(stop, at + _LONGEST)])
    behind = text[at + places[-1] : at + places[-1] + 1]
    taken, particle = agree(letters + behind, final_sound(word), person=person)
    return places[taken], alike(particle, text[at : at + places[-1]])


def _behind_deletion(text: str, at: int, stop: int, pieces: Sequence[str], person: bool) -> tuple[int, str]:
    previous = next((piece for piece in reversed(pieces) if piece), "")
    if previous and (final_sound(previous[-_LONGEST:]) or previous[-1].isalnum()):
        return _agreed(text, at, stop, previous[-_LONGEST:], person)
    if not is_jamo(text[at : at + 1]):
        return hanging(text, at, stop), ""
    letters, places = composed(text[at : min(stop, at + _LONGEST)])
    return places[hanging(letters)], ""


def settle(edits: Sequence[Edit], length: int) -> Sequence[Edit]:
    """Disjoint edits by start: overlaps joined under the strictest. Raises BadSpan."""
    reach = 0
    for edit in edits:
        if not reach <= edit[0] < edit[1] <= length:
            break
        reach = edit[1]
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
    joint = strictest._replace(start=start, end=end)
    if joint != strictest and joint.operator in WHOLE_VALUE:
        joint = joint._replace(operator="mask")  # half of another value would ride along
    return joint


def _strictness(edit: Edit) -> tuple[bool, int, int, int, int, str]:
    dropped = edit.operator == "drop_sentence"  # it takes everything inside with it
    order = _STRICTEST_FIRST.index(edit.operator) if edit.operator in _STRICTEST_FIRST else 0
    return (not dropped, rank(edit.type), order, edit.start - edit.end, edit.start, edit.type)


def moved(offset: int, text: str, new: str, spans: Sequence[Placed]) -> int:
    """Where an offset of `text` outside every span stands in `new`: counted back from the next span, for particles
    change right behind one only."""
    number = bisect_left(spans, offset, key=lambda s: s.start)
    if number == len(spans):
        return len(new) - (len(text) - offset)
    return spans[number].out_start - (spans[number].start - offset)


def origin(start: int, end: int, text: str, new: str, spans: Sequence[Placed]) -> tuple[int, int]:
    """The stretch of `text` that `new[start:end]` came from; a replacement that it cuts counts whole."""
    number = bisect_right(spans, start, key=lambda s: s.out_start) - 1  # the last span that begins at or before
    if number >= 0 and start < spans[number].out_end:
        first = spans[number].start
    else:
        first = _back(start, number + 1, text, new, spans)
    number = bisect_left(spans, end, key=lambda s: s.out_start) - 1  # the last span that begins before the end
    if number >= 0 and end <= spans[number].out_end:
        return first, spans[number].end
    return first, _back(end, number + 1, text, new, spans)


def _back(offset: int, following: int, text: str, new: str, spans: Sequence[Placed]) -> int:
    """An offset of `new` between two replacements; inside a changed particle it counts as its begin in `text`."""
    if following < len(spans):
        found = spans[following].start - (spans[following].out_start - offset)
    else:
        found = len(text) - (len(new) - offset)
    return max(found, spans[following - 1].end if following else 0)
