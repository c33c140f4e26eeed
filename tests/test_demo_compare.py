"""compare: a perfect run misses nothing; each single fault shows as exactly one, in its own row."""

from __future__ import annotations

import dataclasses
from collections import Counter
from pathlib import Path

import pytest
from demo_reading import gold, records

from damjang.demo.compare import Fate, Found, Match, Quarantined, Row, compare, to_text
from damjang.demo.corpus import write_corpus

UNIQUE = ("RRN", "ALIEN_REG", "PASSPORT", "DRIVER_LICENCE")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_corpus(tmp_path_factory.mktemp("demo") / "corpus", 700, 5).path


@pytest.fixture(scope="module")
def perfect(corpus: Path) -> Found:
    """What a run without a fault would have found."""
    fates = {key: Fate("kept") for key, _, _ in records(corpus)}
    for row in gold(corpus, "quality"):
        fates["forum", row["record_key"]] = Fate("dropped", "refine", row["expected"])
    matches = []
    gone = set()
    for row in gold(corpus, "duplicates"):
        a, b = tuple(row["a"]), tuple(row["b"])
        if row["expected"] and a not in gone and b not in gone:
            gone.add(b)
            matches.append(Match(b, a, row["shared"] * 1_000_000 // row["union"]))
            fates[b] = Fate("dropped", "dedup", "near")
    for row in gold(corpus, "consents"):
        if row["expected"] == "dropped":
            fates["forum", row["record_key"]] = Fate("dropped", "ingest", "consent_none")
        elif row["expected"] == "quarantined":
            stage = "anonymize" if row["state"] == "child_undeclared" else "ingest"
            fates["forum", row["record_key"]] = Fate("quarantined", stage, "child_without_guardian")
    spans, deleted = {}, Counter()
    for row in gold(corpus, "pii"):
        key = (row["source_id"], row["record_key"])
        deleted.update(name for _, _, name in row["spans"] if name in UNIQUE)
        if key not in gone:
            spans[key] = [(s, e, n) for s, e, n in row["spans"] if n not in UNIQUE]
    broken = [Quarantined("demo/corpus/" + row["path"], row["offset"], row["reason"]) for row in gold(corpus, "broken")]
    return Found(fates, spans, deleted, matches, broken)


def _faults(rows: tuple[Row, ...]) -> dict[str, tuple[int, int]]:
    return {row.kind: (row.missed, row.extra) for row in rows if row.missed or row.extra}


def test_a_perfect_run(perfect: Found, corpus: Path) -> None:
    rows = compare(perfect, corpus / "gold")
    assert _faults(rows) == {}
    kinds = {row.kind: row for row in rows}
    assert kinds["pii:RRN"].planted == kinds["pii:RRN"].found > 0
    assert kinds["duplicate:chain"].planted == kinds["duplicate:chain"].found > 0
    assert kinds["duplicate:unlike (below .8)"].found > 0
    assert {
        "consent:withdrawn",
        "consent:expired",
        "consent:child_undeclared",
        "child:mention",
        "quality:too_short",
    } <= set(kinds)
    table = to_text(rows)
    assert len(table.splitlines()) == len(rows) + 1


def test_a_missed_and_an_invented_span(perfect: Found, corpus: Path) -> None:
    key = next(
        k
        for k, spans in perfect.spans.items()
        if spans and spans[0][2] == "PERSON" and perfect.fates[k].action == "kept"
    )
    missed = dataclasses.replace(perfect, spans={**perfect.spans, key: perfect.spans[key][1:]})
    assert _faults(compare(missed, corpus / "gold")) == {"pii:PERSON": (1, 0)}
    invented = dataclasses.replace(
        perfect, spans={**perfect.spans, key: [*perfect.spans[key], (99_990, 99_995, "CARD")]}
    )
    assert _faults(compare(invented, corpus / "gold")) == {"pii:CARD": (0, 1)}


def test_another_label_that_covers_it_counts_as_removed_but_half_of_it_does_not(perfect: Found, corpus: Path) -> None:
    key, spans = next(
        (k, s) for k, s in perfect.spans.items() if s and s[0][2] == "EMAIL" and perfect.fates[k].action == "kept"
    )
    start, end, _ = spans[0]
    for label_end, missed in ((end, {}), (end - 2, {"pii:EMAIL": (1, 0)})):
        other = dataclasses.replace(
            perfect, spans={**perfect.spans, key: [(start, label_end, "ACCOUNT_HANDLE"), *spans[1:]]}
        )
        assert _faults(compare(other, corpus / "gold")) == missed


def test_an_rrn_that_stayed(perfect: Found, corpus: Path) -> None:
    fewer = dataclasses.replace(perfect, deleted={**perfect.deleted, "RRN": perfect.deleted["RRN"] - 1})
    assert _faults(compare(fewer, corpus / "gold")) == {"pii:RRN": (1, 0)}


def test_a_duplicate_that_stayed_and_strangers_that_were_matched(perfect: Found, corpus: Path) -> None:
    lost = next(m for m in perfect.matches if sum(m.document in (x.document, x.survivor) for x in perfect.matches) == 1)
    stayed = dataclasses.replace(
        perfect,
        matches=[m for m in perfect.matches if m is not lost],
        fates={**perfect.fates, lost.document: Fate("kept")},
    )
    faults = _faults(compare(stayed, corpus / "gold"))
    assert sum(missed for kind, (missed, _) in faults.items() if kind.startswith("duplicate")) >= 1
    strangers = Match(("press", perfect_key(perfect, "press")), ("news", perfect_key(perfect, "news")), 810_000)
    matched = dataclasses.replace(perfect, matches=[*perfect.matches, strangers])
    assert _faults(compare(matched, corpus / "gold")) == {"duplicate:unplanted": (0, 1)}


def test_a_pair_below_the_threshold_that_was_matched(perfect: Found, corpus: Path) -> None:
    row = next(r for r in gold(corpus, "duplicates") if r["kind"] == "below")
    wrong = Match(tuple(row["b"]), tuple(row["a"]), 800_000)
    faults = _faults(compare(dataclasses.replace(perfect, matches=[*perfect.matches, wrong]), corpus / "gold"))
    assert faults == {"duplicate:unlike (below .8)": (0, 1)}


def perfect_key(found: Found, source: str) -> str:
    used = {key for m in found.matches for key in (m.document, m.survivor)}
    return next(key[1] for key in found.fates if key[0] == source and key not in used)


@pytest.mark.parametrize(("state", "fault"), [("withdrawn", (1, 0)), ("child_undeclared", (1, 0)), ("given", (0, 1))])
def test_a_consent_misjudged(perfect: Found, corpus: Path, state: str, fault: tuple[int, int]) -> None:
    dead = {key for m in perfect.matches for key in (m.document, m.survivor)} | {
        k for k in perfect.spans if perfect.spans[k]
    }
    key = next(
        ("forum", r["record_key"]) for r in gold(corpus, "consents") if r["state"] == state and (state != "given" or ("forum", r["record_key"]) not in dead)
    )  # fmt: skip
    fate = Fate("dropped", "ingest", "consent_withdrawn") if state == "given" else Fate("kept")
    faults = _faults(compare(dataclasses.replace(perfect, fates={**perfect.fates, key: fate}), corpus / "gold"))
    assert faults[f"consent:{state}"] == fault


def test_a_broken_record_that_passed_and_a_good_one_that_did_not(perfect: Found, corpus: Path) -> None:
    at = next(i for i, q in enumerate(perfect.quarantined) if q.reason == "malformed_json")
    fewer = [q for i, q in enumerate(perfect.quarantined) if i != at]
    assert _faults(compare(dataclasses.replace(perfect, quarantined=fewer), corpus / "gold")) == {
        "broken:malformed_json": (1, 0)
    }
    more = [*perfect.quarantined, Quarantined("corpus/press/press-2.jsonl.zst", 0, "malformed_json")]
    assert _faults(compare(dataclasses.replace(perfect, quarantined=more), corpus / "gold")) == {
        "broken:unplanted": (0, 1)
    }


def test_the_table_holds_no_text_of_a_document(perfect: Found, corpus: Path) -> None:
    table = to_text(compare(perfect, corpus / "gold"))
    assert table.isascii()
