"""Writes the demo corpus and its gold: seeded, generated, the same bytes for the same seed and number of documents.

OUT/press/*.jsonl.zst  forum/*.jsonl, *.jsonl.gz  news/*.parquet  statutes/*.csv  kogl4/*.txt
OUT/consents.csv  OUT/terms/*.txt  OUT/gold/*.jsonl
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from damjang.demo import consents as consent_file
from damjang.demo import duplicates, foreign, forum, gold, layout, news, personal, press, statutes
from damjang.demo.dice import Dice
from damjang.demo.duplicates import Family
from damjang.demo.project import TERMS
from damjang.demo.text import Document

_SHARES = {"press": 0.22, "news": 0.23, "statutes": 0.13}
_MAKERS: Mapping[str, Callable[[int, int], Document]] = {
    "press": press.press_release,
    "news": news.article,
    "statutes": statutes.ordinance,
    "kogl4": press.report,
}
MIN_DOCS = 200


@dataclass(frozen=True, slots=True)
class SourceSummary:
    """Documents that can be read, and the UTF-8 bytes of their texts."""

    documents: int
    text_bytes: int


@dataclass(frozen=True, slots=True)
class CorpusSummary:
    """What was written. `planted` counts by kind: pairs, spans, states, broken records."""

    path: Path
    documents: int
    text_bytes: int
    file_bytes: int
    sources: Mapping[str, SourceSummary]
    planted: Mapping[str, int]


def write_corpus(out: Path, docs: int = 20000, seed: int = 1) -> CorpusSummary:
    """Write `docs` readable documents (broken records come on top) and the gold into `out`, an empty or absent folder.

    Raises ValueError for fewer than MIN_DOCS documents (not every kind would be planted) or a folder that has files.
    """
    if docs < MIN_DOCS:
        raise ValueError(f"the demo corpus needs at least {MIN_DOCS} documents")
    if out.exists() and any(out.iterdir()):
        raise ValueError(f"{out} is not empty: the demo corpus is written into a new folder")
    late, cut = layout.write_truncated(out, _late_posts(seed, docs))
    sources, families = _documents(seed, docs, late)
    consents = consent_file.assign(seed, sources["forum"])
    _number(seed, sources)
    broken = [cut, *layout.write_sources(out, seed, sources, consents, late)]
    _write_terms(out, consents)
    pairs = duplicates.pairs(families)
    planted = gold.write(out / "gold", sources, pairs, consents, broken)
    summaries = {
        source: SourceSummary(len(documents), sum(len(d.text().encode()) for d in documents))
        for source, documents in sources.items()
    }
    return CorpusSummary(
        out,
        sum(summary.documents for summary in summaries.values()),
        sum(summary.text_bytes for summary in summaries.values()),
        sum(file.stat().st_size for file in sorted(out.rglob("*")) if file.is_file()),
        summaries,
        planted,
    )


def _quotas(docs: int) -> dict[str, int]:
    quotas = {source: round(docs * share) for source, share in _SHARES.items()}
    quotas["kogl4"] = min(100, max(3, docs // 200))
    quotas["forum"] = docs - sum(quotas.values())
    return quotas


def _late_posts(seed: int, docs: int) -> list[Document]:
    """Posts for the gzip file that will be cut."""
    posts = [forum.post(seed, 10_000_000 + number) for number in range(min(120, max(12, docs // 150)))]
    for post in posts:
        post.tags.add("late")
    return posts


def _documents(seed: int, docs: int, late: list[Document]) -> tuple[dict[str, list[Document]], list[Family]]:
    """All documents by source in file order, and the duplicate families among them."""
    quotas = _quotas(docs)
    budgets = {source: max(12, quotas[source] * 6 // 100) for source in ("press", "news", "forum", "statutes")}
    bases: dict[str, list[Document]] = {}
    for source in ("press", "news", "statutes", "kogl4"):
        count = quotas[source] - budgets.get(source, 0)
        bases[source] = [_MAKERS[source](seed, number) for number in range(count)]
    bases["forum"] = _posts(seed, quotas["forum"] - budgets["forum"] - len(late))
    made, families = duplicates.plant(seed, bases, budgets)
    sources = {}
    for source in ("press", "kogl4", "forum", "news", "statutes"):
        documents = bases[source] + made.get(source, [])
        Dice(seed, "order", source).shuffle(documents)
        sources[source] = documents
    sources["forum"] += late
    return sources, families


def _posts(seed: int, count: int) -> list[Document]:
    """Forum posts with everything that is planted in single posts; every kind at least once."""
    dice = Dice(seed, "posts")
    step = max(2, min(7, count // (len(personal.TURNS) + 6)))  # every step-th post holds personal information
    posts = []
    turn = 0
    for number in range(count):
        kind = number % 160
        if kind == 3 or kind == 83:
            post = forum.post(seed, number, soft=True, child=True)
            personal.plant_child(post, dice, author=True)
        elif kind == 53:
            post = forum.post(seed, number, soft=True)
            personal.plant_child(post, dice, author=False)
        elif number % 320 == 121:
            post = foreign.foreign(seed, number)
        elif number % 320 == 122:
            post = foreign.short(seed, number)
        elif number % step == 1:
            post = forum.post(seed, number, soft=True)
            personal.plant(post, turn, dice)
            turn += 1
        else:
            post = forum.post(seed, number)
        posts.append(post)
    return posts


# never S, M, R, O, D or G: S01-000004 reads as an old passport number, and such a key is no key
_PREFIX = {"press": "P", "forum": "F", "news": "N", "statutes": "L"}


def _number(seed: int, sources: Mapping[str, list[Document]]) -> None:
    """Record keys, in file order; a text file's key is its path."""
    for source, documents in sources.items():
        for number, document in enumerate(documents):
            if source == "kogl4":
                document.record_key = f"kogl4/report-{number:04d}.txt"
            elif not document.record_key:
                document.record_key = f"{_PREFIX[source]}{seed % 100:02d}-{number:06d}"


def _write_terms(out: Path, consents: consent_file.Consents) -> None:
    folder = out / "terms"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {**TERMS, "consent-notice.txt": consent_file.NOTICE}.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    (out / "consents.csv").write_bytes(consent_file.to_csv(consents))
