"""Broken records: what a reader must survive, with the reason that ingest should give (pipelines.readers.REASONS)."""

from __future__ import annotations

from collections.abc import Callable

from damjang.demo.dice import Dice
from damjang.demo.formats import Broken, csv_line, json_line

Known = tuple[str, str]
"""(record key, author) of a record that stands early in the same file."""
Make = Callable[[int, Known], bytes]
"""(number, a record to repeat) to the bytes of one line."""


def _text(number: int) -> str:
    return f"이 글은 {number}번째 깨진 기록으로, 읽히면 안 되는 자리에 일부러 넣었습니다."


_JSON: dict[str, Make] = {
    "malformed_json": lambda n, known: json_line({"id": f"bad-{n}", "text": _text(n)})[:-2],
    "bad_encoding": lambda n, known: f'{{"id":"bad-{n}","text":"{_text(n)}"}}'.encode("cp949"),
    "missing_text": lambda n, known: json_line({"id": f"bad-{n}", "title": "본문 없는 글", "author": "hb-1"}),
    "nul_bytes": lambda n, known: json_line({"id": f"bad-{n}", "text": _text(n)}).replace("깨진".encode(), b"\0\0\0"),
    "text_not_string": lambda n, known: json_line({"id": f"bad-{n}", "text": 20260000 + n}),
    "not_an_object": lambda n, known: json_line({"id": n}).replace(b'{"id":', b"[").replace(b"}", b"]"),
    "lone_surrogate": lambda n, known: json_line({"id": f"bad-{n}", "text": "@@"}).replace(
        b"@@", _text(n).encode() + b"\\ud83d"
    ),
    "duplicate_key": lambda n, known: json_line({"id": known[0], "author": known[1], "text": _text(n)}),
}
_CSV: dict[str, Make] = {
    "csv_malformed": lambda n, known: csv_line([f"bad-{n}", "열이 모자란 조례"]),
    "bad_encoding": lambda n, known: f"bad-{n},조례,2025-01-01,{_text(n)}".encode("cp949"),
    "duplicate_key": lambda n, known: csv_line([known[0], "되풀이된 조례", "2025-01-01", _text(n)]),
}


def json_lines(dice: Dice, known: list[Known], each: int, reasons: tuple[str, ...] = tuple(_JSON)) -> list[Broken]:
    """`each` broken JSON lines of every reason. `known`: records that stand early in the file."""
    return [Broken(reason, _JSON[reason](number, dice.pick(known))) for reason in reasons for number in range(each)]


def csv_records(dice: Dice, known: list[Known], each: int) -> list[Broken]:
    """`each` broken CSV records of every reason."""
    return [Broken(reason, make(number, dice.pick(known))) for reason, make in _CSV.items() for number in range(each)]
