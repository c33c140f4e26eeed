"""What documents touch: shards and their rows, staged files, duplicate clusters, in one run's stage folders.

Reads indexes, row maps and decision files, never text. With a trace index (governance.trace_index) it opens only the
files of what is touched; without one it reads each kind of file once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import pyarrow as pa
import pyarrow.compute as pc

from governance.errors import KeyDestroyed
from governance.ledger import Ledger, ReleaseInfo
from governance.lineage import EDGED, Lineage, release_folders
from governance.recalls import holders
from governance.trace_index import TraceIndex
from governance.vault import Vault

EXEMPT: Final = "개인정보 보호법 28-5, 28-7: 가명정보에서 특정 개인을 찾지 않음"
STAGES: Final = ("ingest", "refine", "dedup", "anonymize")
TEXT_KINDS: Final = ("data", "subjects", "spans", "review", "scores")
"""Staged files that hold a document's text or say whose it is; decisions stay, so that it can be shown destroyed."""


@dataclass(frozen=True)
class ShardCut:
    """A shard that loses rows: `removed` are row numbers in it; `rows` and `bytes` are of all of it."""

    path: str
    source_id: str
    sha256: str
    rows: int
    bytes: int
    removed: tuple[int, ...]


@dataclass(frozen=True)
class ReleaseCut:
    """One release that the documents are in. `supersede`: it stands for its name and is rewritten; others only end.

    `clusters`: who pulled it; of a release that is destroyed already (no shards here), who has not yet signed that its
    copy is deleted too.
    """

    label: str
    state: str
    supersede: bool
    exempt: str
    shards: tuple[ShardCut, ...]
    clusters: tuple[str, ...]


@dataclass(frozen=True)
class StagedCut:
    """A staged file to rewrite without the documents, under a new key; the old key is destroyed."""

    stage: str
    folder: str
    part: str
    kind: str
    path: str
    file_id: str
    keys: str = ""  # the vault's dataset that holds its key


def runs_of(out: Path, vault: Vault, ledger: Ledger, known: list[ReleaseInfo]) -> dict[str, Lineage]:
    """{last folder: its lineage} of every release that is not destroyed, of the latest run, and of every other run
    whose folders still lie here: one that no release stands on holds people's text all the same."""
    runs: dict[str, Lineage] = {}
    for info in known:
        folders = release_folders(out, ledger, info)
        if folders and info.state != "destroyed":
            runs[info.folder] = Lineage(out, vault, folders)
    if (out / "runs" / "latest.json").exists():
        latest = Lineage(out, vault)
        runs.setdefault(latest.latest["folders"].get("assemble", ""), latest)
    seen = {folder for lineage in runs.values() for folder in lineage.latest["folders"].values()}
    seen |= {info.folder for info in known if info.state == "destroyed"}
    for folders in _other_runs(out, ledger, seen):
        runs.setdefault(next(iter(folders.values())), Lineage(out, vault, folders))
    return runs


def _other_runs(out: Path, ledger: Ledger, seen: set[str]) -> Iterable[dict[str, str]]:
    """{stage: folder}, last stage first, of chains of recorded stage folders that have one that is not in `seen`."""
    known = ledger.stages()
    by_digest = {info.manifest_digest: info for info in known}
    order = [*STAGES, "assemble"]
    left = {info.folder: info for info in known if info.stage in order and info.folder not in seen}
    for info in sorted(left.values(), key=lambda one: (-order.index(one.stage), one.folder)):
        chain: dict[str, str] = {}
        waiting = [info] if info.folder in left else []
        while waiting:
            one = waiting.pop()
            path = out / "stages" / one.folder / "manifest.json"
            if one.stage not in order or one.stage in chain or not path.exists():
                continue
            chain[one.stage] = one.folder
            left.pop(one.folder, None)
            inputs = json.loads(path.read_bytes())["inputs"].values()
            waiting += [by_digest[digest] for digest in inputs if digest in by_digest]
        if chain:
            yield chain


_NOTHING: Final = {name: pa.array([], pa.binary(16)) for name in ("document_id", "survivor_id", "subject_token")}


def _table(lineage: Lineage, stage: str, ref: Mapping[str, Any]) -> pa.Table:
    """A side file; empty when its key was destroyed: nobody is in it any more."""
    try:
        with lineage.open(stage, ref) as file:
            return file.table()
    except KeyDestroyed:
        return pa.table(_NOTHING)


def documents_of(lineage: Lineage, tokens: list[bytes]) -> set[bytes]:
    if not tokens:
        return set()
    if lineage.index is not None:
        return {document for token in tokens for document in lineage.index.subject(token)}
    wanted = pa.array(tokens, pa.binary(16))
    found: set[bytes] = set()
    for part in lineage.manifest("ingest").get("parts", ()):
        if "subjects" not in part["files"]:
            continue
        table = _table(lineage, "ingest", part["files"]["subjects"])
        mine = table.filter(pc.is_in(table["subject_token"], wanted))
        found |= set(mine["document_id"].to_pylist())
    return found


def standing(known: Iterable[ReleaseInfo]) -> dict[str, int]:
    """{name: version} that a withdrawal supersedes: the newest published one; where none is, the newest proposed one.

    One that officers revoked is not issued again under another number.
    """
    found: dict[str, tuple[bool, int]] = {}
    for info in known:
        if info.state in ("proposed", "signed", "published"):
            mine = (info.state == "published", info.version)
            found[info.name] = max(found.get(info.name, mine), mine)
    return {name: version for name, (_, version) in found.items()}


def release_cut(
    ledger: Ledger, lineage: Lineage, info: ReleaseInfo, wanted: set[bytes], source: str | None, rewritten: int | None
) -> ReleaseCut | None:
    """What the documents touch in a release that is not destroyed; None for nothing. `rewritten`: see `standing`."""
    exempt = EXEMPT if info.data_class == "PSEUDO_28-2" and source is None else ""
    cuts = () if exempt else tuple(_cuts(lineage, wanted, source))
    if not cuts and not exempt:
        return None
    clusters = tuple(sorted({cluster for cluster, *_ in ledger.pulls(info.label)}))
    return ReleaseCut(info.label, info.state, info.version == rewritten, exempt, cuts, () if exempt else clusters)


def recalled_cut(
    ledger: Ledger, out: Path, vault: Vault, info: ReleaseInfo, wanted: set[bytes], source: str | None,
    staged: Iterable[StagedCut], runs: Iterable[Lineage],
) -> ReleaseCut | None:  # fmt: skip
    """A release that an earlier withdrawal destroyed here, if a cluster still holds it with the documents in it.

    Its row maps are gone with its shards; that a document shipped in it is in the decisions of the run that made it.
    Where these are gone too, whoever holds the release is told: it is revoked as a whole.
    """
    clusters = tuple(sorted(holders(ledger, info.label)))
    if not clusters or (info.data_class == "PSEUDO_28-2" and source is None):
        return None
    folders = release_folders(out, ledger, info)
    if source is not None:
        inside = any(shard.source_id == source for shard in ledger.release_shards(info.label))
    elif wanted and "anonymize" in folders:
        known = any(run.latest["folders"].get("anonymize") == folders["anonymize"] for run in runs)
        parts = {cut.part.rstrip("s") for cut in staged if cut.folder == folders["anonymize"]} if known else None
        inside = _decided(Lineage(out, vault, folders), wanted, parts)
    else:
        inside = bool(wanted)
    return ReleaseCut(info.label, info.state, False, "", (), clusters) if inside else None


def _decided(lineage: Lineage, wanted: set[bytes], parts: set[str] | None) -> bool:
    """Whether anonymize, the last stage that decides, let one of the documents through. `parts`: None for any."""
    ids = pa.array(sorted(wanted), pa.binary(16))
    for part in lineage.manifest("anonymize").get("parts", ()):
        if parts is None or part["name"].rstrip("s") in parts:
            with lineage.open("anonymize", part["files"]["decisions"]) as file:
                table = file.table()
            mine = table.filter(pc.is_in(table["document_id"], ids))
            if {"kept", "changed"} & set(mine["action"].to_pylist()):
                return True
    return False


def _cuts(lineage: Lineage, wanted: set[bytes], source: str | None) -> Iterable[ShardCut]:
    made = lineage.manifest("assemble")
    ids = pa.array(sorted(wanted), pa.binary(16))
    touched = _numbers(lineage, wanted, "shard") if source is None else None
    for number, (shard, ref) in enumerate(zip(made["facts"]["shards"], made["side"]["rows"], strict=True)):
        if touched is not None and number not in touched:
            continue
        if source is not None:
            gone = tuple(range(shard["rows"])) if shard["source_id"] == source else ()
        else:
            column = _table(lineage, "assemble", ref)["document_id"]
            gone = tuple(pc.indices_nonzero(pc.is_in(column, ids)).to_pylist())
        if gone:
            yield ShardCut(shard["path"], shard["source_id"], shard["sha256"], shard["rows"], shard["size"], gone)


def staged_cuts(lineage: Lineage, wanted: set[bytes], source: str | None) -> Iterable[StagedCut]:
    """Text files of the parts that the documents are in, at every stage; parts keep their names through the stages."""
    ids = pa.array(sorted(wanted), pa.binary(16))
    touched: set[str] = set()
    numbers = _numbers(lineage, wanted, "part") if source is None else None
    for number, part in enumerate(lineage.manifest("ingest").get("parts", ())):
        if numbers is not None and number not in numbers:
            continue
        if source is not None:
            inside = part["source_id"] == source
        else:
            column = _table(lineage, "ingest", part["files"]["decisions"])["document_id"]
            inside = bool(pc.any(pc.is_in(column, ids)).as_py())
        if inside:
            touched.add(part["name"].rstrip("s"))
    folders: Mapping[str, str] = lineage.latest["folders"]
    for stage in STAGES:
        for part in lineage.manifest(stage).get("parts", ()):
            if part["name"].rstrip("s") in touched:
                for kind in TEXT_KINDS:
                    if kind in part["files"]:
                        ref = part["files"][kind]
                        keys = lineage.dataset_of(stage, ref)
                        yield StagedCut(stage, folders[stage], part["name"], kind, ref["path"], ref["file_id"], keys)


def cluster_of(lineage: Lineage, wanted: set[bytes], source: str | None) -> tuple[set[bytes], int]:
    """(other members of the documents' duplicate clusters, documents dropped for a survivor of the revoked source)."""
    if source is None and lineage.index is not None:
        return _near(lineage, lineage.index, wanted), 0
    edges = []
    for stage, part in _edged(lineage):
        edges.append(_table(lineage, stage, part["files"]["edges"]).select(["document_id", "survivor_id"]))
    if not edges:
        return set(), 0
    table = pa.concat_tables(edges)
    if source is not None:
        mine = pa.array(sorted(_shipped_of(lineage, source)), pa.binary(16))
        return set(), int(pc.sum(pc.is_in(table["survivor_id"], mine)).as_py() or 0)
    ids = pa.array(sorted(wanted), pa.binary(16))
    dropped = table.filter(pc.is_in(table["document_id"], ids))
    survivors = pa.array(sorted({*dropped["survivor_id"].to_pylist(), *wanted}), pa.binary(16))
    members = table.filter(pc.is_in(table["survivor_id"], survivors))
    return {*members["document_id"].to_pylist(), *dropped["survivor_id"].to_pylist()}, 0


def _edged(lineage: Lineage) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """(stage, part) of the parts in which documents were dropped for others."""
    for stage in EDGED:
        for part in lineage.manifest(stage).get("parts", ()):
            if "edges" in part["files"]:
                yield stage, part


def _near(lineage: Lineage, index: TraceIndex, wanted: set[bytes]) -> set[bytes]:
    """Other members of the documents' duplicate clusters, by the index."""
    ids = pa.array(sorted(wanted), pa.binary(16))
    survivors = set(wanted)
    parts = _numbers(lineage, wanted, "part") or set()
    names = {part["name"].rstrip("s") for n, part in enumerate(lineage.manifest("ingest")["parts"]) if n in parts}
    for stage, part in _edged(lineage):
        if part["name"].rstrip("s") in names:
            table = _table(lineage, stage, part["files"]["edges"])
            survivors |= set(table.filter(pc.is_in(table["document_id"], ids))["survivor_id"].to_pylist())
    return {copy for survivor in survivors for copy in index.duplicates(survivor)} | (survivors - wanted)


def _numbers(lineage: Lineage, wanted: set[bytes], what: Literal["part", "shard"]) -> set[int] | None:
    """Numbers of the parts or shards that the documents are in; None without an index."""
    if lineage.index is None:
        return None
    places = [lineage.index.document(document) for document in wanted]
    return {getattr(place, what) for place in places if place is not None}


def _shipped_of(lineage: Lineage, source: str) -> set[bytes]:
    made = lineage.manifest("assemble")
    found: set[bytes] = set()
    if not made:
        return found
    for shard, ref in zip(made["facts"]["shards"], made["side"]["rows"], strict=True):
        if shard["source_id"] == source:
            found |= set(_table(lineage, "assemble", ref)["document_id"].to_pylist())
    return found
