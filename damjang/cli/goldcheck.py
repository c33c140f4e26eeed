"""Feeds damjang.demo.compare from a finished demo project: what its decision files say, by the gold's record keys.

Document ids are keyed, so they can't be read back. The gold's keys are turned into ids with the vault's project key
and looked up; a document that the gold doesn't name keeps its id as its key, so that a find in it counts as extra.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from damjang.demo.compare import Fate, Found, Key, Match, Quarantined, Row, compare
from damjang.demo.frames import Span

if TYPE_CHECKING:
    import pyarrow as pa

    from governance.lineage import Lineage

STAGES = ("ingest", "refine", "dedup", "anonymize")


def compare_with_gold(folder: Path) -> Sequence[Row]:
    """The table of the demo project in `folder`, whose corpus lies in `folder`/corpus. Raises NothingRun."""
    from damjang.cli.tracing import open_lineage

    lineage, vault = open_lineage(folder / "project.yaml")
    gold = folder / "corpus" / "gold"
    return compare(_found(lineage, vault.project_key, folder, gold), gold)


def _found(lineage: Lineage, project_key: bytes, folder: Path, gold: Path) -> Found:
    digests = _file_digests(lineage, folder)
    names = _names(project_key, gold, digests)
    sources = {part["name"]: part["source_id"] for part in lineage.manifest("ingest")["parts"]}

    def key(part: str, document: bytes) -> Key:
        return names.get(document) or (sources.get(part, ""), document.hex())

    return Found(
        fates=_fates(lineage, key),
        spans=_spans(lineage, key),
        deleted=lineage.manifest("ingest")["facts"].get("art24_removed", {}),
        matches=_matches(lineage, key),
        quarantined=_quarantined(lineage, project_key, gold, digests),
    )


def _tables(lineage: Lineage, stage: str, kind: str) -> Iterator[tuple[str, pa.Table]]:
    for part in lineage.manifest(stage).get("parts", ()):
        if kind in part["files"]:
            with lineage.open(stage, part["files"][kind]) as file:
                yield part["name"], file.table()


def _file_digests(lineage: Lineage, folder: Path) -> dict[str, str]:
    """Keyed digest by path below the corpus, from the plan that ingest worked by."""
    plan = folder / "out" / "stages" / lineage.latest["folders"]["ingest"] / "plan.json"
    found: dict[str, str] = {}
    for unit in json.loads(plan.read_bytes())["units"]:
        files = unit["files"] or [{"path": unit["path"], "file_digest": unit["file_digest"]}]
        found.update({file["path"].removeprefix("corpus/"): file["file_digest"] for file in files})
    return found


def _names(project_key: bytes, gold: Path, digests: Mapping[str, str]) -> dict[bytes, Key]:
    """Document id to record key, for every key in the gold. A text file's record is known by its place."""
    from pipelines.identity import document_id, located_id

    named: dict[bytes, Key] = {}
    for source, record in _keys(gold):
        digest = digests.get(record)
        made = located_id(project_key, digest, 0) if digest else document_id(project_key, source, record)
        named[made] = (source, record)
    return named


def _keys(gold: Path) -> Iterator[Key]:
    for name in ("pii", "consents", "children", "quality"):
        for row in _rows(gold / f"{name}.jsonl"):
            yield row["source_id"], row["record_key"]
    for row in _rows(gold / "duplicates.jsonl"):
        for side in ("a", "b"):
            yield row[side][0], row[side][1]


def _rows(path: Path) -> Iterable[dict[str, Any]]:
    return (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())


def _fates(lineage: Lineage, key: Any) -> dict[Key, Fate]:
    fates: dict[Key, Fate] = {}
    for stage in STAGES:
        for part, table in _tables(lineage, stage, "decisions"):
            columns = (table[name].to_pylist() for name in ("document_id", "action", "reason"))
            for document, action, reason in zip(*columns, strict=True):
                fates[key(part, document)] = Fate(action, stage, reason)
    return fates


def _spans(lineage: Lineage, key: Any) -> dict[Key, list[Span]]:
    """Found spans in code points of the raw text: what dedup cut out as boilerplate in front of them is added again."""
    cuts: dict[bytes, list[tuple[int, int]]] = {}
    for _, table in _tables(lineage, "dedup", "paragraphs"):
        for document, start, end in zip(*(table[n].to_pylist() for n in ("document_id", "start", "end")), strict=True):
            cuts.setdefault(document, []).append((start, end + 1))  # with the line break
    spans: dict[Key, list[Span]] = {}
    for part, table in _tables(lineage, "anonymize", "spans"):
        columns = (table[name].to_pylist() for name in ("document_id", "start", "end", "type"))
        for document, start, end, kind in zip(*columns, strict=True):
            shift = 0
            for low, high in sorted(cuts.get(document, ())):
                if low <= start + shift:
                    shift += high - low
            spans.setdefault(key(part, document), []).append((start + shift, end + shift, kind))
    return spans


def _matches(lineage: Lineage, key: Any) -> list[Match]:
    return [
        Match(key(part, row["document_id"]), key(part, row["survivor_id"]), row["jaccard_ppm"])
        for part, table in _tables(lineage, "dedup", "edges")
        for row in table.to_pylist()
    ]


def _quarantined(lineage: Lineage, project_key: bytes, gold: Path, digests: Mapping[str, str]) -> list[Quarantined]:
    """Records that could not be read, and repeated keys, whose only trace is a decision under their place's id."""
    from pipelines.identity import located_id

    found = [
        Quarantined(row["path"], row["offset"], row["reason"])
        for _, table in _tables(lineage, "ingest", "quarantine")
        for row in table.to_pylist()
    ]
    places = {
        located_id(project_key, digests[row["path"]], row["offset"]): (row["path"], row["offset"])
        for row in _rows(gold / "broken.jsonl")
        if row["path"] in digests
    }
    for _, table in _tables(lineage, "ingest", "decisions"):
        for row in table.select(["document_id", "reason"]).to_pylist():
            if row["reason"] == "duplicate_key":
                path, offset = places.get(row["document_id"], ("", -1))
                found.append(Quarantined(path, offset, row["reason"]))
    return found
