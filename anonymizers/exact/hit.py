"""What an exact recognizer returns: a range of the folded text, before it is mapped to the original."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from anonymizers.normalize import View


@dataclass(frozen=True, slots=True)
class Hit:
    """[start, end) in `View.text`; the rest as in Finding."""

    start: int
    end: int
    type: str
    score_ppm: int
    evidence: tuple[str, ...] = ()
    action_type: str = ""


Find = Callable[[View], Iterable[Hit]]
"""A recognizer's matching function. It may report hits outside the view's core; the caller drops them."""


@dataclass(frozen=True, slots=True)
class Recognizer:
    """An exact recognizer: `kinds` are the gate's K_ bits whose windows it wants to see. `whole`: if there is one, it
    reads all of the text (a header names what stands a thousand rows below)."""

    name: str
    types: tuple[str, ...]
    kinds: int
    find: Find
    version: str = "1"
    whole: bool = False
