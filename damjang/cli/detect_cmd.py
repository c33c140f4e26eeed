"""`damjang detect` and `damjang evaluate` as plain functions: files in, files and rows out.

Formats: texts `{"id", "text"}` a line; spans `{"id", "spans": [[start, end, type, score], …]}`; gold `{"text", "spans":
[[start, end, label], …]}`. Offsets are code points, end exclusive. No error shows a line's content.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from schemas.errors import DamjangError

if TYPE_CHECKING:
    from anonymizers.evaluate import Report

_BATCH: Final = 2_000_000  # characters looked at in one go
_KIWI_LEAST: Final = 20_000  # of a file's start, that Kiwi may read to settle names: a third of a second
_KIWI_PPM: Final = 300  # and of everything behind it
MIN_SCORE_PPM: Final = 500_000


class LineError(DamjangError):
    """A line of an input file is not what it should be."""

    exit_code = 4


def detect(source: Path, out: Path, *, min_score_ppm: int = MIN_SCORE_PPM, kiwi: bool = True) -> dict[str, int]:
    """Writes the spans of every text in `source` to `out`; returns counts by type, "texts" among them. `kiwi`: whether
    Kiwi settles doubtful names; its model loads (three seconds) when the first one is met."""
    import orjson

    from anonymizers import analyze

    counts: dict[str, int] = {"texts": 0}
    part = out.with_name(out.name + ".part")
    try:
        with part.open("wb") as file:
            for ids, texts in _batches(source):
                least = _KIWI_LEAST if kiwi and not counts["texts"] else 0
                every = analyze(
                    texts, min_score_ppm=min_score_ppm, kiwi_least=least, kiwi_budget_ppm=_KIWI_PPM if kiwi else 0
                )
                for key, found in zip(ids, every, strict=True):
                    spans = [[f.start, f.end, f.type, f.score_ppm / 1_000_000] for f in found]
                    file.write(orjson.dumps({"id": key, "spans": spans}) + b"\n")
                    for f in found:
                        counts[f.type] = counts.get(f.type, 0) + 1
                counts["texts"] += len(texts)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return counts


def evaluate(gold: Path, *, labels: Path | None = None, min_score_ppm: int = MIN_SCORE_PPM) -> Report:
    """Scores our findings on the texts of `gold` against its spans.

    `labels` is a YAML or JSON file that maps the gold's labels to ours: `{"phone": ["MOBILE", "PHONE"], "misc": null}`.
    """
    from anonymizers import analyze
    from anonymizers.evaluate import evaluate as score

    texts: list[str] = []
    wanted: list[list[tuple[int, int, str]]] = []
    for number, row in read_rows(gold):
        texts.append(read_text(gold, number, row))
        try:
            wanted.append([(int(s), int(e), str(label)) for s, e, label, *_ in row.get("spans", ())])
        except (TypeError, ValueError):
            raise LineError(
                f"{gold}:{number}: spans are not [start, end, label]", "Give offsets in code points."
            ) from None
    found = analyze(texts, min_score_ppm=min_score_ppm, kiwi_least=_KIWI_LEAST, kiwi_budget_ppm=_KIWI_PPM)
    predicted = [[(f.start, f.end, f.type) for f in one] for one in found]
    return score(wanted, predicted, _label_map(labels) if labels else None)


def _label_map(path: Path) -> dict[str, list[str]]:
    import yaml

    from anonymizers.entities import entities

    loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(loaded, dict):
        raise LineError(f"{path} is not a map of labels", "Write one line a label: phone: [MOBILE, PHONE]")
    out: dict[str, list[str]] = {}
    for theirs, ours in loaded.items():
        means = [] if ours is None else [ours] if isinstance(ours, str) else list(ours)
        unknown = [label for label in means if label not in entities()]
        if unknown:
            raise LineError(f"{path}: no such label as {unknown[0]}", f"Labels: {', '.join(entities())}")
        out[str(theirs)] = means
    return out


def _batches(path: Path) -> Iterator[tuple[list[object], list[str]]]:
    ids: list[object] = []
    texts: list[str] = []
    size = 0
    for number, row in read_rows(path):
        text = read_text(path, number, row)
        ids.append(row.get("id", number))
        texts.append(text)
        size += len(text)
        if size >= _BATCH:
            yield ids, texts
            ids, texts, size = [], [], 0
    if texts:
        yield ids, texts


def read_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    import orjson

    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                row = orjson.loads(line)
            except orjson.JSONDecodeError:
                raise LineError(f"{path}:{number} is not JSON", "One object a line, in UTF-8.") from None
            if not isinstance(row, dict):
                raise LineError(f"{path}:{number} is not an object", 'Lines look like {"id": …, "text": …}.')
            yield number, row


def read_text(path: Path, number: int, row: dict[str, Any]) -> str:
    text = row.get("text")
    if not isinstance(text, str):
        raise LineError(f"{path}:{number} has no text", 'Lines look like {"id": …, "text": …}.')
    return text
