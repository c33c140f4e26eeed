"""From a byte stream to blocks of whole records: where each starts and ends, and nothing about what is inside.

`Splitter`s are resumable: they see each byte once, so a 1 GB line costs a chunk of memory. The planner cuts units
with the same splitters, so that any split of a file gives the same records.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from pipelines.readers.records import Int64Array

_NEWLINE, _QUOTE, _COMMA, _RETURN = 10, 34, 44, 13
_FIELD_OR_END = re.compile(rb'\n|,"')


class Splitter(Protocol):
    """Finds record ends in a stream that is handed over chunk by chunk, from the start of a record."""

    def ends(self, chunk: bytes) -> Int64Array:
        """Positions in `chunk` of the newlines that end a record, ascending."""
        ...


class LineSplitter:
    """Every newline ends a record (JSONL). In UTF-8 and CP949 the byte 0x0A is a newline and nothing else."""

    def ends(self, chunk: bytes) -> Int64Array:
        return np.flatnonzero(np.frombuffer(chunk, np.uint8) == _NEWLINE)


class CsvSplitter:
    """A newline outside quotes ends a record (RFC 4180).

    Four states: S at a field's start, U in an unquoted field, Q in a quoted one, E behind a quote inside a quoted one.
    A quote opens a field only at its start; a quoted field whose closing quote is followed by other text goes on
    unquoted, so that one bad record does not turn the rest of the file inside out (Python's csv does the same).
    """

    def __init__(self) -> None:
        self.state = "S"

    def ends(self, chunk: bytes) -> Int64Array:
        if self.state == "E":
            self.state = {_QUOTE: "Q", _COMMA: "S", _NEWLINE: "S"}.get(chunk[0], "U")
            head = [0] if chunk[0] == _NEWLINE else []
            rest = self._from(chunk, 1)
            return np.array([*head, *rest.tolist()], np.int64) if head else rest
        return self._from(chunk, 0)

    def _from(self, chunk: bytes, start: int) -> Int64Array:
        if start == len(chunk):
            return np.empty(0, np.int64)
        fast = self._by_parity(chunk, start)
        return self._by_events(chunk, start) if fast is None else fast

    def _by_parity(self, chunk: bytes, start: int) -> Int64Array | None:
        """Whole arrays at once, where every quote opens at a field's start, closes at a field's end, or is doubled."""
        data = np.frombuffer(chunk, np.uint8)
        quotes = np.flatnonzero(data[start:] == _QUOTE) + start
        newlines = np.flatnonzero(data[start:] == _NEWLINE) + start
        inside = self.state == "Q"
        openers, closers = (quotes[1::2], quotes[0::2]) if inside else (quotes[0::2], quotes[1::2])
        before = data[openers - 1]  # at position 0 this wraps round; that opener is judged by the state below
        legal = (before == _COMMA) | (before == _NEWLINE) | (before == _QUOTE)
        if len(openers) and openers[0] == start:
            legal[0] = self.state == "S"
        # (A quote before an opener is always a closer: the two are one doubled quote.)
        after = data[np.minimum(closers + 1, len(data) - 1)]
        ended = (after == _COMMA) | (after == _NEWLINE) | (after == _RETURN) | (after == _QUOTE)
        ended |= closers == len(data) - 1
        if not (legal.all() and ended.all()):
            return None
        outside: Int64Array = newlines[(np.searchsorted(quotes, newlines) + inside) % 2 == 0]
        if (len(quotes) + inside) % 2 == 1:
            self.state = "Q"
        elif len(quotes) and quotes[-1] == len(data) - 1:
            self.state = "E"
        else:
            self.state = "S" if chunk[-1] in (_COMMA, _NEWLINE) else "U"
        return outside

    def _by_events(self, chunk: bytes, start: int) -> Int64Array:
        """The same automaton, one event at a time."""
        found: list[int] = []
        at, end, state = start, len(chunk), self.state
        while at < end:
            if state == "Q":
                quote = chunk.find(b'"', at)
                if quote < 0:
                    break
                at = quote + 1
                if at == end:
                    state = "E"
                    break
                byte = chunk[at]
                state = {_QUOTE: "Q", _COMMA: "S", _NEWLINE: "S"}.get(byte, "U")
                if byte == _NEWLINE:
                    found.append(at)
                at += 1
            elif state == "S" and chunk[at] == _QUOTE:
                state, at = "Q", at + 1
            else:
                event = _FIELD_OR_END.search(chunk, at)
                if event is None:
                    state = "S" if chunk[-1] == _COMMA else "U"
                    break
                if chunk[event.start()] == _NEWLINE:
                    found.append(event.start())
                    state = "S"
                else:
                    state = "Q"
                at = event.end()
        self.state = state
        return np.array(found, np.int64)


@dataclass(frozen=True)
class Block:
    """Whole records: `data`, the offset of its first byte, and each record's start and end (exclusive, no newline).

    starts, ends: int64 [n], relative to `data`. `partial`: the last record has no newline behind it.
    """

    data: bytes
    offset: int
    starts: Int64Array
    ends: Int64Array
    partial: bool = False


@dataclass(frozen=True)
class TooLong:
    """A record above the limit; it was counted, not held."""

    offset: int
    length: int


def blocks(
    chunks: Iterator[bytes], splitter: Splitter, offset: int, max_record_bytes: int
) -> Iterator[Block | TooLong]:
    """Blocks in order. Holds at most one chunk and `max_record_bytes`."""
    held: list[bytes] = []  # the beginning of a record whose end has not come yet
    held_bytes = 0
    skipping = False  # that record is above the limit: only its length is kept
    for chunk in chunks:
        ends = splitter.ends(chunk)
        if not len(ends):
            held_bytes += len(chunk)
            skipping = skipping or held_bytes > max_record_bytes
            if skipping:
                held.clear()
            else:
                held.append(chunk)
            continue
        first, last = int(ends[0]), int(ends[-1])
        if skipping:
            yield TooLong(offset, held_bytes + first)
            offset += held_bytes + first + 1
            data, ends = chunk[first + 1 : last + 1], ends[1:] - (first + 1)
        else:
            data, ends = b"".join([*held, chunk[: last + 1]]), ends + held_bytes
        if len(ends):
            starts = np.concatenate((np.zeros(1, np.int64), ends[:-1] + 1))
            yield from _within(Block(data, offset, starts, ends), max_record_bytes)
            offset += len(data)
        held, held_bytes = [chunk[last + 1 :]], len(chunk) - last - 1
        skipping = held_bytes > max_record_bytes
        held = [] if skipping else held
    if skipping:
        yield TooLong(offset, held_bytes)
    elif held_bytes:
        yield Block(b"".join(held), offset, np.zeros(1, np.int64), np.array([held_bytes]), partial=True)


def _within(block: Block, max_record_bytes: int) -> Iterator[Block | TooLong]:
    fits = (block.ends - block.starts) <= max_record_bytes
    if not fits.all():
        for start, end in zip(block.starts[~fits].tolist(), block.ends[~fits].tolist(), strict=True):
            yield TooLong(block.offset + start, end - start)
    yield Block(block.data, block.offset, block.starts[fits], block.ends[fits])
