"""Sentence frames: a small template language, compiled once, rendered with spans.

    {org:은} {city}에서 [{n}차|제{n}차] {event:을} 열었{.}

`{slot}` draws from the scope, `{slot:은}` adds the particle that agrees, `{:을}` agrees with what stands before it,
`[a|b]` draws one alternative, `{.}`, `{이.}`, `{되.}` are endings of the speech level. A slot that starts with `@` is
personal information: its value becomes a gold span of that type (`{@PERSON2}` is a PERSON). A drawn value may be a
template itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from damjang.demo.dice import Dice
from damjang.demo.grammar import PARTICLES, Level, ending, particle

Value: TypeAlias = str | tuple[str, ...] | Callable[[Dice], str]
Scope: TypeAlias = Mapping[str, Value]
Span: TypeAlias = tuple[int, int, str]
"""(start, end, entity type): code points, end exclusive."""

_TOKEN = re.compile(r"\{([^{}]*)\}|([\[\]|])")


@dataclass(frozen=True, slots=True)
class Slot:
    """`{name:particle}`; either part may be empty."""

    name: str
    particle: str


@dataclass(frozen=True, slots=True)
class Choice:
    """`[a|b|c]`."""

    options: tuple[Frame, ...]


Frame: TypeAlias = "tuple[str | Slot | Choice, ...]"


@dataclass(frozen=True, slots=True)
class Piece:
    """A rendered sentence (or line) with its gold spans, relative to its own start."""

    text: str
    spans: tuple[Span, ...] = ()


@lru_cache(maxsize=1 << 13)
def compile_frame(source: str, level: Level = "plain") -> Frame:
    """Parse a template. Raises ValueError on an unknown particle or an unclosed bracket: a slip of the author."""
    return _parse(source, level)


def _parse(source: str, level: Level) -> Frame:
    stack: list[list[list[str | Slot | Choice]]] = [[[]]]
    for kind, word in _tokens(source):
        here = stack[-1][-1]
        if kind == "text":
            here.append(word)
        elif kind == "slot":
            here.append(_slot(word, level))
        elif word == "[":
            stack.append([[]])
        elif word == "|" and len(stack) > 1:
            stack[-1].append([])
        elif word == "]" and len(stack) > 1:
            options = tuple(tuple(option) for option in stack.pop())
            stack[-1][-1].append(Choice(options))
        elif word == "|":
            here.append(word)
        else:
            raise ValueError(f"stray {word} in frame: {source}")
    if len(stack) != 1:
        raise ValueError(f"unclosed [ in frame: {source}")
    return tuple(stack[0][0])


def _tokens(source: str) -> Iterator[tuple[str, str]]:
    at = 0
    for match in _TOKEN.finditer(source):
        if match.start() > at:
            yield "text", source[at : match.start()]
        yield ("slot", match[1]) if match[1] is not None else ("mark", match[2])
        at = match.end()
    if at < len(source):
        yield "text", source[at:]


def _slot(body: str, level: Level) -> str | Slot:
    if body.endswith("."):
        return ending(body[:-1], level)
    name, _, kind = body.partition(":")
    if kind and kind not in PARTICLES:
        raise ValueError(f"unknown particle {kind}")
    return Slot(name, kind)


def render(source: str, dice: Dice, scope: Scope, level: Level = "plain") -> Piece:
    """Fill a frame from `scope`. Raises KeyError for a slot the scope does not have."""
    parts: list[str] = []
    marks: list[tuple[int, str]] = []
    _fill(compile_frame(source, level), dice, scope, level, parts, marks)
    text = "".join(parts)
    if not marks:
        return Piece(text)
    spans = []
    for index, name in marks:
        start = sum(len(part) for part in parts[:index])
        spans.append((start, start + len(parts[index]), name))
    return Piece(text, tuple(spans))


def _fill(frame: Frame, dice: Dice, scope: Scope, level: Level, parts: list[str], marks: list[tuple[int, str]]) -> None:
    for part in frame:
        if type(part) is str:
            parts.append(part)
        elif type(part) is Slot:
            name = part.name
            if name:
                value = scope[name]
                if type(value) is tuple:
                    value = dice.pick(value)
                if not isinstance(value, str):
                    value = value(dice)  # type: ignore[operator]
                if name[0] == "@":
                    marks.append((len(parts), name[1:].rstrip("0123456789")))
                    parts.append(value)
                elif "{" in value or "[" in value:
                    _fill(compile_frame(value, level), dice, scope, level, parts, marks)
                else:
                    parts.append(value)
            if part.particle:
                parts.append(particle(_tail(parts), part.particle))
        else:
            assert type(part) is Choice
            _fill(dice.pick(part.options), dice, scope, level, parts, marks)


def _tail(parts: list[str]) -> str:
    """The last written characters: enough to find the final sound, parentheses included."""
    tail = parts[-1]
    index = len(parts) - 2
    while index >= 0 and (len(tail) < 4 or (")" in tail and "(" not in tail)):
        tail = parts[index] + tail
        index -= 1
    return tail
