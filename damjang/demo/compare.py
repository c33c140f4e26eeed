"""Holds what a run found against the gold beside the corpus, and makes the small table that the demo prints.

Everything is by record key and position: no text and no value of a text is read, kept or printed.

What counts as found, for documents that reached the stage that should find it:

1. personal information: a found span of the same type overlaps the gold span, or found spans of other types cover it
   whole (it is removed either way); Art. 24 identifiers, deleted at ingest without a trace, are compared by count;
2. a duplicate pair of Jaccard .8 or more: at least one of the two was dropped as a duplicate;
3. a pair below .8: the two were not matched with one another;
4. a consent state or a child's signal: the post was kept, dropped or quarantined as it should be, for such a reason;
5. a broken record: something was quarantined at its place (a broken file: in that file).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from damjang.demo.frames import Span
from damjang.demo.identifiers import UNIQUE_IDS
from damjang.demo.layout import read_json_lines

Key: TypeAlias = tuple[str, str]
"""(source_id, record_key); of a text file, the key is its path in the corpus."""

_BEFORE_ANONYMIZE = ("register", "ingest", "refine", "dedup")


@dataclass(frozen=True, slots=True)
class Fate:
    """The decision that settled a document: the stage that dropped or quarantined it, or the last one that kept it."""

    action: str  # kept | changed | dropped | quarantined
    stage: str = ""
    reason: str = ""

    @property
    def gone(self) -> bool:
        """Whether it left the road."""
        return self.action in ("dropped", "quarantined")


@dataclass(frozen=True, slots=True)
class Match:
    """A document dropped as a duplicate of another."""

    document: Key
    survivor: Key
    jaccard_ppm: int


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A record that could not be read, by its place; `path` may have folders in front of the corpus's own path."""

    path: str
    offset: int
    reason: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a run found. `spans`: in code points of anonymize's input text, which are those of the raw text.

    `deleted`: how many Art. 24 identifiers ingest deleted, by type.
    """

    fates: Mapping[Key, Fate]
    spans: Mapping[Key, Sequence[Span]] = field(default_factory=dict)
    deleted: Mapping[str, int] = field(default_factory=dict)
    matches: Sequence[Match] = ()
    quarantined: Sequence[Quarantined] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `missed` and `extra` are what is wrong; `note` says more in a few words."""

    kind: str
    planted: int
    found: int
    missed: int
    extra: int
    note: str = ""


def compare(found: Found, gold: Path) -> tuple[Row, ...]:
    """The whole table. Raises FileNotFoundError when the gold folder lacks a file."""
    return (
        *_personal(found, _read(gold, "pii")),
        *_duplicates(found, _read(gold, "duplicates")),
        *_states(found, _read(gold, "consents"), "state", "consent"),
        *_mentions(found, _read(gold, "children")),
        *_quality(found, _read(gold, "quality")),
        *_broken(found, _read(gold, "broken")),
    )


def to_text(rows: Iterable[Row]) -> str:
    """The table as aligned lines."""
    lines = [f"{'kind':<32}{'planted':>9}{'found':>9}{'missed':>9}{'extra':>9}  note"]
    lines += [f"{r.kind:<32}{r.planted:>9,}{r.found:>9,}{r.missed:>9,}{r.extra:>9,}  {r.note}".rstrip() for r in rows]
    return "\n".join(lines)


def _read(gold: Path, name: str) -> list[dict[str, Any]]:
    return read_json_lines(gold / f"{name}.jsonl")


def _key(row: Mapping[str, Any]) -> Key:
    return row["source_id"], row["record_key"]


def _personal(found: Found, gold: Iterable[Mapping[str, Any]]) -> list[Row]:
    planted: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    exact: Counter[str] = Counter()
    extra: Counter[str] = Counter()
    by_key = {_key(row): [(start, end, name) for start, end, name in row["spans"]] for row in gold}
    for key, spans in by_key.items():
        fate = found.fates.get(key)
        if fate is None or not (fate.gone and fate.stage in ("register", "ingest")):  # a refused text is never written
            planted.update(name for _, _, name in spans if name in UNIQUE_IDS)
        if not _reached(fate):
            continue
        mine = found.spans.get(key, ())
        for start, end, name in spans:
            if name in UNIQUE_IDS:
                continue
            planted[name] += 1
            hit[name] += _removed((start, end, name), mine)
            exact[name] += (start, end, name) in mine
    for key, mine in found.spans.items():
        wanted = by_key.get(key, [])
        extra.update(name for start, end, name in mine if not any(s < end and start < e for s, e, _ in wanted))
    for name in UNIQUE_IDS:
        hit[name] = min(planted[name], found.deleted.get(name, 0))
        extra[name] += max(0, found.deleted.get(name, 0) - planted[name])
    rows = []
    for name in sorted(planted | extra):
        note = "deleted at ingest, by count" if name in UNIQUE_IDS else f"{exact[name]:,} to the character"
        rows.append(Row(f"pii:{name}", planted[name], hit[name], planted[name] - hit[name], extra[name], note))
    return rows


def _reached(fate: Fate | None) -> bool:
    return fate is not None and not (fate.gone and fate.stage in _BEFORE_ANONYMIZE)


def _removed(span: Span, found: Sequence[Span]) -> bool:
    start, end, name = span
    overlapping = [(s, e, t) for s, e, t in found if s < end and start < e]
    if any(t == name for _, _, t in overlapping):
        return True
    return set(range(start, end)) <= {at for s, e, _ in overlapping for at in range(s, e)}


def _duplicates(found: Found, gold: Sequence[Mapping[str, Any]]) -> list[Row]:
    same = _Groups()
    pairs: dict[frozenset[Key], Mapping[str, Any]] = {}
    for row in gold:
        a, b = (row["a"][0], row["a"][1]), (row["b"][0], row["b"][1])
        pairs[frozenset((a, b))] = row
        if row["kind"] in ("exact", "normalized"):
            same.join(a, b)
    matched = {frozenset((match.document, match.survivor)): match for match in found.matches}
    gone = {match.document for match in found.matches}
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for both, row in pairs.items():
        fates = [found.fates.get(key) for key in both]
        if any(f is None or (f.gone and f.stage in ("register", "ingest", "refine")) for f in fates):
            continue
        if row["expected"]:
            count = counts[f"duplicate:{row['kind']}"]
            count["found"] += bool(both & gone)
        else:
            count = counts["duplicate:unlike (below .8)"]
            count["found"] += both not in matched
            count["extra"] += both in matched
        count["planted"] += 1
        match = matched.get(both)
        if match is not None and row["kind"] != "normalized":
            count["score"] += match.jaccard_ppm == row["shared"] * 1_000_000 // row["union"]
            count["scored"] += 1
    strangers = [both for both in matched if both not in pairs and not same.joined(*both)]
    rows = []
    for kind, count in sorted(counts.items()):
        note = f"{count['score']:,} of {count['scored']:,} scores equal" if count["scored"] else ""
        missed = count["planted"] - count["found"] - count["extra"]
        rows.append(Row(kind, count["planted"], count["found"], missed, count["extra"], note))
    return [*rows, Row("duplicate:unplanted", 0, 0, 0, len(strangers))]


class _Groups:
    """Which keys hold the same text (union-find)."""

    def __init__(self) -> None:
        self._parent: dict[Key, Key] = {}

    def _root(self, key: Key) -> Key:
        while (parent := self._parent.get(key, key)) != key:
            key = parent
        return key

    def join(self, a: Key, b: Key) -> None:
        """Put two keys into one group."""
        self._parent[self._root(a)] = self._root(b)

    def joined(self, a: Key, b: Key) -> bool:
        """Whether two keys are in one group."""
        return self._root(a) == self._root(b)


def _outcome(fate: Fate | None) -> str:
    """kept | dropped | quarantined, counting only what was decided about consent and children."""
    if fate is None:
        return "unknown"
    if fate.action == "dropped" and fate.reason.startswith("consent"):
        return "dropped"
    if fate.action == "quarantined" and fate.reason.startswith("child"):
        return "quarantined"
    return "kept"


def _states(found: Found, gold: Iterable[Mapping[str, Any]], column: str, prefix: str) -> list[Row]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in gold:
        count = counts[f"{prefix}:{row[column]}"]
        count["planted"] += 1
        outcome = _outcome(found.fates.get(_key(row)))
        count["found"] += outcome == row["expected"]
        # what should have stayed and went is too much; what should have gone and stayed is missed
        count["extra"] += row["expected"] == "kept" and outcome not in ("kept", "unknown")
    return [
        Row(kind, c["planted"], c["found"], c["planted"] - c["found"] - c["extra"], c["extra"])
        for kind, c in sorted(counts.items())
    ]


def _mentions(found: Found, gold: Iterable[Mapping[str, Any]]) -> list[Row]:
    return _states(found, (row for row in gold if row["signal"] == "mention"), "signal", "child")


def _quality(found: Found, gold: Iterable[Mapping[str, Any]]) -> list[Row]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in gold:
        count = counts[f"quality:{row['expected']}"]
        count["planted"] += 1
        fate = found.fates.get(_key(row))
        count["found"] += fate is not None and fate.gone and fate.stage == "refine"
    return [Row(k, c["planted"], c["found"], c["planted"] - c["found"], 0) for k, c in sorted(counts.items())]


def _broken(found: Found, gold: Sequence[Mapping[str, Any]]) -> list[Row]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    used: set[int] = set()
    for row in gold:
        count = counts[f"broken:{row['reason']}"]
        count["planted"] += 1
        hits = [at for at, q in enumerate(found.quarantined) if _at(q, row)]
        used.update(hits)
        count["found"] += bool(hits)
        count["named"] += any(found.quarantined[at].reason == row["reason"] for at in hits)
    rows = [
        Row(k, c["planted"], c["found"], c["planted"] - c["found"], 0, f"{c['named']:,} by this name")
        for k, c in sorted(counts.items())
    ]
    return [*rows, Row("broken:unplanted", 0, 0, 0, len(found.quarantined) - len(used))]


def _at(quarantined: Quarantined, row: Mapping[str, Any]) -> bool:
    path = row["path"]
    if quarantined.path != path and not quarantined.path.endswith("/" + path):
        return False
    return bool(row["scope"] == "file" or quarantined.offset == row["offset"])
