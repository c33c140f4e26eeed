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
    unquoted, so that one bad record does not turn the rest of the file inside out (Python's csv does the same). And one
    that has run for QUOTED_LIMIT bytes ends at the next newline: a stray quote costs that much, not the file.
    """

    QUOTED_LIMIT = 16 << 20

    def __init__(self) -> None:
        self.state = "S"
        self.quoted = 0  # in Q and E: bytes since the field's opening quote

    def ends(self, chunk: bytes) -> Int64Array:
        step = max(1, self.QUOTED_LIMIT // 2)  # no field opens and reaches the limit within one piece
        if len(chunk) <= step:
            return self._piece(chunk)
        pieces = (self._piece(chunk[at : at + step]) + at for at in range(0, len(chunk), step))
        return np.concatenate(list(pieces))

    def _piece(self, piece: bytes) -> Int64Array:
        if self.state in "QE" and self.quoted + len(piece) > self.QUOTED_LIMIT:
            return self._by_events(piece)
        fast = self._by_parity(piece)
        return self._by_events(piece) if fast is None else fast

    def _by_parity(self, piece: bytes) -> Int64Array | None:
        """Whole arrays at once, where every quote opens at a field's start, closes at a field's end, or is doubled."""
        if self.state == "E":
            return None  # rare: a quote was the last byte of the piece before
        data = np.frombuffer(piece, np.uint8)
        quotes = np.flatnonzero(data == _QUOTE)
        newlines = np.flatnonzero(data == _NEWLINE)
        inside = self.state == "Q"
        openers, closers = (quotes[1::2], quotes[0::2]) if inside else (quotes[0::2], quotes[1::2])
        before = data[openers - 1]  # a quote before an opener is always a closer: the two are one doubled quote
        legal = (before == _COMMA) | (before == _NEWLINE) | (before == _QUOTE)
        if len(openers) and openers[0] == 0:
            legal[0] = self.state == "S"  # `before` wrapped round
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
            self.state = "S" if piece[-1] in (_COMMA, _NEWLINE) else "U"
        opened = openers[(before != _QUOTE) | (openers == 0)]
        self.quoted = len(piece) - int(opened[-1]) if len(opened) else self.quoted + len(piece)
        return outside

    def _by_events(self, piece: bytes) -> Int64Array:
        """The same automaton, one event at a time."""
        found: list[int] = []
        opened = -self.quoted
        at, end, state = 0, len(piece), self.state
        while at < end:
            byte = piece[at]
            if state == "Q":
                quote = piece.find(b'"', at)
                forced = piece.find(b"\n", max(at, opened + self.QUOTED_LIMIT))
                if forced >= 0 and (quote < 0 or forced < quote):
                    found.append(forced)
                    state, at = "S", forced + 1
                elif quote < 0:
                    break
                else:
                    state, at = "E", quote + 1
            elif state == "E":
                state = {_QUOTE: "Q", _COMMA: "S", _NEWLINE: "S"}.get(byte, "U")
                if byte == _NEWLINE:
                    found.append(at)
                at += 1
            elif state == "S" and byte == _QUOTE:
                opened, state, at = at, "Q", at + 1
            else:
                event = _FIELD_OR_END.search(piece, at)
                if event is None:
                    state = "S" if piece[-1] == _COMMA else "U"
                    break
                at = event.end()
                if piece[event.start()] == _NEWLINE:
                    found.append(event.start())
                    state = "S"
                else:
                    opened, state = at - 1, "Q"
        self.state, self.quoted = state, end - opened
        return np.array(found, np.int64)


def is_strict_csv(record: bytes) -> bool:
    """Do all quotes in a record's line stand where RFC 4180 has them?"""
    splitter = CsvSplitter()
    return splitter._by_parity(record + b"\n") is not None and splitter.state == "S"


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

    def part(self, first: int, stop: int) -> Block:
        """The records `first` to `stop` (at least one), with their bytes only."""
        low, high = int(self.starts[first]), int(self.ends[stop - 1]) + 1
        starts, ends = self.starts[first:stop] - low, self.ends[first:stop] - low
        return Block(self.data[low:high], self.offset + low, starts, ends, self.partial and stop == len(self.ends))


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
    """The block, or its parts between the records that are too long, in order."""
    long = np.flatnonzero(block.ends - block.starts > max_record_bytes).tolist()
    if not long:
        yield block
        return
    at = 0
    for index in [*long, len(block.ends)]:
        if at < index:
            yield block.part(at, index)
        if index < len(block.ends):
            start, end = int(block.starts[index]), int(block.ends[index])
            yield TooLong(block.offset + start, end - start)
        at = index + 1
