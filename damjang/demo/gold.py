"""The gold files: what was planted, by record key, so that a run can be held against it.

| file | one line a … | fields |
|---|---|---|
| pii.jsonl | document with personal information | source_id, record_key, spans [[start, end, type]], hard |
| duplicates.jsonl | pair | kind, a, b ([source_id, record_key]), shared, union, jaccard, expected |
| consents.jsonl | forum post | source_id, record_key, state, expected |
| children.jsonl | post with a child's age | source_id, record_key, signal (author, mention), consent, expected |
| broken.jsonl | broken record or file | source_id, path, offset, length, reason, scope |
| quality.jsonl | post to be dropped for its language or length | source_id, record_key, expected |

Spans are code points of the raw text, end exclusive. `expected` of a pair: whether its Jaccard reaches .8. Paths are
relative to the corpus; offsets count decompressed bytes (Parquet: rows).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from damjang.demo.consents import EXPECTED, Consents
from damjang.demo.duplicates import THRESHOLD, Pair
from damjang.demo.formats import Broken
from damjang.demo.text import Document


def write(
    folder: Path,
    sources: Mapping[str, Sequence[Document]],
    pairs: Sequence[Pair],
    consents: Consents,
    broken: Sequence[Broken],
) -> dict[str, int]:
    """Writes the six files; returns how much of each kind was planted."""
    folder.mkdir(parents=True, exist_ok=True)
    planted: Counter[str] = Counter()
    everything = [document for documents in sources.values() for document in documents]
    _lines(folder / "pii.jsonl", _personal(everything, planted))
    _lines(folder / "duplicates.jsonl", _pairs(pairs, planted))
    _lines(folder / "consents.jsonl", _consents(sources["forum"], consents, planted))
    _lines(folder / "children.jsonl", _children(sources["forum"], consents, planted))
    _lines(folder / "broken.jsonl", _broken(broken, planted))
    _lines(folder / "quality.jsonl", _quality(sources["forum"], planted))
    return dict(sorted(planted.items()))


def _lines(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def _personal(documents: Iterable[Document], planted: Counter[str]) -> Iterable[Mapping[str, object]]:
    for document in documents:
        spans = document.spans()
        if spans:
            planted.update(f"pii:{name}" for _, _, name in spans)
            yield {
                "source_id": document.source_id,
                "record_key": document.record_key,
                "spans": spans,
                "hard": "hard" in document.tags,
            }


def _pairs(pairs: Iterable[Pair], planted: Counter[str]) -> Iterable[Mapping[str, object]]:
    for pair in pairs:
        planted[f"duplicate:{pair.kind}"] += 1
        yield {
            "kind": pair.kind,
            "a": [pair.a.source_id, pair.a.record_key],
            "b": [pair.b.source_id, pair.b.record_key],
            "shared": pair.shared,
            "union": pair.union,
            "jaccard": round(pair.jaccard, 6),
            "expected": pair.jaccard >= THRESHOLD,
        }


def _consents(posts: Iterable[Document], consents: Consents, planted: Counter[str]) -> Iterable[Mapping[str, object]]:
    for post in posts:
        state = consents.state_of[id(post)]
        planted[f"consent:{state}"] += 1
        yield {"source_id": "forum", "record_key": post.record_key, "state": state, "expected": EXPECTED[state]}


def _children(posts: Iterable[Document], consents: Consents, planted: Counter[str]) -> Iterable[Mapping[str, object]]:
    for post in posts:
        signal = "author" if "child_author" in post.tags else "mention" if "child_mention" in post.tags else ""
        if signal:
            state = consents.state_of[id(post)]
            planted[f"child:{state if signal == 'author' else signal}"] += 1
            yield {
                "source_id": "forum",
                "record_key": post.record_key,
                "signal": signal,
                "consent": state,
                "expected": EXPECTED[state],
            }


def _broken(broken: Iterable[Broken], planted: Counter[str]) -> Iterable[Mapping[str, object]]:
    for record in broken:
        planted[f"broken:{record.reason}"] += 1
        yield {
            "source_id": record.path.split("/")[0],
            "path": record.path,
            "offset": max(record.offset, 0),
            "length": record.length,
            "reason": record.reason,
            "scope": "file" if record.offset < 0 else "record",
        }


def _quality(posts: Iterable[Document], planted: Counter[str]) -> Iterable[Mapping[str, object]]:
    for post in posts:
        expected = "not_korean" if "foreign" in post.tags else "too_short" if "short" in post.tags else ""
        if expected:
            planted[f"quality:{expected}"] += 1
            yield {"source_id": "forum", "record_key": post.record_key, "expected": expected}
