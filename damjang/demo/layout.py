"""Which file of the corpus holds what: the sources' formats, how they are split, and where the broken records stand."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from damjang.demo import broken as bad
from damjang.demo import formats
from damjang.demo.consents import Consents
from damjang.demo.dice import Dice
from damjang.demo.formats import Broken, csv_line, json_line, raw_text
from damjang.demo.text import Document

TRUNCATED = "forum/posts-3.jsonl.gz"
LATE_AUTHOR = "hb-late{number:03d}"
_CSV_HEADER = ("law_id", "title", "in_force", "text")


def _post_line(post: Document, author: str) -> bytes:
    record = {
        "id": post.record_key,
        "board": post.fields["board"],
        "posted_at": post.fields["posted_at"],
        "author": author,
        "text": raw_text(post),
    }
    return json_line(record, escaped=len(record["text"]) % 29 == 0)  # some writers escape every non-ASCII character


def write_truncated(out: Path, posts: Sequence[Document]) -> tuple[list[Document], Broken]:
    """Write the gzip file and cut it; returns the posts that are still whole (keyed), and the cut as a Broken."""
    lines = []
    for number, post in enumerate(posts):
        post.record_key = f"FL-{number:06d}"
        post.fields["author"] = LATE_AUTHOR.format(number=number % 20)
        lines.append(_post_line(post, post.fields["author"]))
    path = out / TRUNCATED
    formats.write(path, b"\n".join(lines) + b"\n", "gzip")
    left = formats.truncate_gzip(path, 0.7)
    whole = left.count(b"\n")
    start = left.rfind(b"\n") + 1
    return list(posts[:whole]), Broken("truncated_stream", b"", TRUNCATED, start, len(left) - start)


def write_sources(
    out: Path, seed: int, sources: Mapping[str, Sequence[Document]], consents: Consents, late: Sequence[Document]
) -> list[Broken]:
    """Every source's files but the truncated one; returns the broken records in them."""
    each = max(1, sum(map(len, sources.values())) // 5000)
    posts = [post for post in sources["forum"] if "late" not in post.tags]
    found = _press(out, seed, sources["press"], each)
    found += _forum(out, seed, posts, consents, each)
    found += _news(out, sources["news"], each)
    found += _statutes(out, seed, sources["statutes"], each)
    for report in sources["kogl4"]:
        formats.write(out / report.record_key, raw_text(report).encode())
    return found


def _halves(documents: Sequence[Document]) -> tuple[Sequence[Document], Sequence[Document]]:
    return documents[: (len(documents) + 1) // 2], documents[(len(documents) + 1) // 2 :]


def _press(out: Path, seed: int, documents: Sequence[Document], each: int) -> list[Broken]:
    found = []
    for number, part in enumerate(_halves(documents), 1):
        dice = Dice(seed, "press-file", number)
        lines = [json_line({"id": d.record_key, **d.fields, "text": raw_text(d)}) for d in part]
        broken = bad.json_lines(dice, _known(part), each, ("malformed_json", "missing_text")) if number == 1 else []
        path = f"press/press-{number}.jsonl.zst"
        data, placed = formats.mixed(dice, lines, broken, path)
        formats.write(out / path, data, "zstd")
        found += placed
    return found


def _forum(out: Path, seed: int, posts: Sequence[Document], consents: Consents, each: int) -> list[Broken]:
    """A plain file of three fifths with every kind of broken line, a gzip file of the rest, and an empty file."""
    cut = len(posts) * 3 // 5
    found = []
    for number, part in ((1, posts[:cut]), (2, posts[cut:])):
        dice = Dice(seed, "forum-file", number)
        lines = [_post_line(post, consents.subject_of[id(post)]) for post in part]
        known = [
            (post.record_key, consents.subject_of[id(post)])
            for post in part[: max(1, len(part) // 4)]
            if "duplicate" in post.tags
        ]
        broken = (
            bad.json_lines(dice, known or [(part[0].record_key, consents.subject_of[id(part[0])])], each)
            if number == 1
            else []
        )
        path = "forum/posts-1.jsonl" if number == 1 else "forum/posts-2.jsonl.gz"
        data, placed = formats.mixed(dice, lines, broken, path)
        formats.write(out / path, data, "" if number == 1 else "gzip")
        found += placed
    formats.write(out / "forum/posts-0.jsonl", b"")
    return [*found, Broken("empty_file", b"", "forum/posts-0.jsonl")]


def _news(out: Path, documents: Sequence[Document], each: int) -> list[Broken]:
    """Two Parquet files, the first with nulls where the text should be, and a third whose text column is of numbers."""
    found = []
    names = ("article_id", "title", "press", "section", "published")
    types = dict.fromkeys((*names, "body"), pa.string())
    for number, part in enumerate(_halves(documents), 1):
        rows: list[tuple[str | None, ...]] = [
            (d.record_key, *(d.fields[name] for name in names[1:]), raw_text(d)) for d in part
        ]
        path = f"news/news-{number}.parquet"
        if number == 1:
            for at in range(each):
                place = (at + 1) * len(rows) // (each + 1)
                rows.insert(place, (f"bad-{at}", "본문이 빈 기사", "가온경제", "교통", "2025-01-01", None))
            found += [Broken("missing_text", b"", path, at) for at, row in enumerate(rows) if row[-1] is None]
        columns = dict(zip((*names, "body"), zip(*rows, strict=True), strict=True))
        formats.write_parquet(out / path, columns, types)
    path = "news/news-numbers.parquet"
    bodies: dict[str, list[Any]] = {"article_id": ["num-1", "num-2", "num-3"], "body": [20250101, 20250102, 20250103]}
    formats.write_parquet(out / path, bodies, {"article_id": pa.string(), "body": pa.int64()})
    return [*found, Broken("text_not_string", b"", path)]


def _statutes(out: Path, seed: int, documents: Sequence[Document], each: int) -> list[Broken]:
    found = []
    header = csv_line(_CSV_HEADER) + b"\n"
    for number, part in enumerate(_halves(documents), 1):
        dice = Dice(seed, "statutes-file", number)
        lines = [csv_line((d.record_key, d.fields["title"], d.fields["in_force"], raw_text(d))) for d in part]
        broken = bad.csv_records(dice, _known(part), each) if number == 1 else []
        path = f"statutes/ordinances-{number}.csv"
        data, placed = formats.mixed(dice, lines, broken, path, header)
        formats.write(out / path, data)
        found += placed
    return found


def _known(documents: Sequence[Document]) -> list[tuple[str, str]]:
    return [(document.record_key, "") for document in documents[: max(1, len(documents) // 4)]]


def read_json_lines(path: Path) -> list[dict[str, object]]:
    """A gold file's rows."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
