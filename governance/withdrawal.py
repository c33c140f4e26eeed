"""Withdrawal: what it touches (a dry run), what governance does before and after the rewrite, and when it is done.

`plan` reads indexes and row maps, never text, and changes nothing. `begin` makes the withdrawal binding: the consent
event and the tombstones, which every later run obeys, come first, so that a crash leaves the document unable to come
back. `pipelines.rewrite` then deletes the rows and rewrites the staged files that `plan` names. `complete` destroys the
old keys (the order is in the ledger before the vault carries it out), queues the recall notices and closes the step.
Each of the three may be run again after a crash and finds what is done.

A release of class PSEUDO_28-2 is not searched for a person (28-5, 28-7): raw and staged files are handled, and the
exemption cited. The proof of what changed is damjang.certificates.difference. Trained weights are not covered, and the plan says so.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import insert, select

from governance import requests as rights
from governance.consents import record_event
from governance.errors import KeyDestroyed, RequestRefused, WithdrawalStale
from governance.ledger import Ledger, ReleaseInfo
from governance.ledger.models.releases import Notice
from governance.lineage import Lineage, release_folders
from governance.times import KST, stamp
from governance.vault import Destruction, Vault

Reason = Literal["withdrawal", "delete", "licence_revoked"]
EXEMPT: Final = "개인정보 보호법 28-5, 28-7: 가명정보에서 특정 개인을 찾지 않음"
NOT_COVERED: Final = "이미 학습된 모델의 가중치는 포함되지 않음 (trained weights are not covered)"
STAGES: Final = ("ingest", "refine", "dedup", "anonymize")
TEXT_KINDS: Final = ("data", "subjects", "spans", "scores")
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
    """One release that the documents are in. `supersede`: the newest, which is rewritten; older ones only end."""

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


@dataclass(frozen=True)
class Plan:
    """What a withdrawal touches. Ids are lower hex. `held`: near-identical documents that an officer decides on."""

    request_id: str
    reason: Reason
    source_id: str
    tokens: tuple[str, ...]
    documents: tuple[str, ...]
    releases: tuple[ReleaseCut, ...]
    staged: tuple[StagedCut, ...]
    held: tuple[str, ...]
    promotable: int
    base: str
    not_covered: str = NOT_COVERED

    def to_json(self) -> dict[str, Any]:
        """Keep it where decision files are kept: ids of documents are personal data."""
        return asdict(self)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over canonical JSON: what an officer approves."""
        return _digest(self.to_json())

    @property
    def clusters(self) -> tuple[str, ...]:
        """Every cluster that pulled a release with one of the documents in it."""
        return tuple(sorted({cluster for release in self.releases for cluster in release.clusters}))

    def cost(self) -> dict[str, int]:
        """What the dry run shows: documents, rows, shards and bytes to rewrite, of how many, staged files, clusters."""
        cuts = [cut for release in self.releases if release.supersede for cut in release.shards]
        return {
            "documents": len(self.documents),
            "rows": sum(len(cut.removed) for cut in cuts),
            "shards": len(cuts),
            "shard_bytes": sum(cut.bytes for cut in cuts),
            "releases": len(self.releases),
            "staged_files": len(self.staged),
            "clusters": len(self.clusters),
            "held": len(self.held),
        }


def plan(
    ledger: Ledger, vault: Vault, out: Path, project: str, *, request_id: str, reason: Reason, source_id: str,
    subjects: Iterable[str] = (), documents: Iterable[bytes] = (),
) -> Plan:  # fmt: skip
    """A dry run. `subjects`: provider ids of one source; `documents`: 16-byte ids; neither, with reason
    `licence_revoked`: the whole source. Somebody unknown gives an empty plan, which may be executed all the same (the
    tombstone then keeps them out)."""
    tokens = sorted({vault.subject_token(source_id, person) for person in subjects})
    known = ledger.releases(project)
    runs = _runs(out, vault, ledger, known)
    whole = reason == "licence_revoked" and not tokens
    wanted = set(documents)
    for lineage in runs.values():
        wanted |= _documents_of(lineage, tokens)
    newest = {info.name: info.version for info in known}
    releases, staged, held, promotable = [], {}, set(), 0
    for info in known:
        if info.state == "destroyed" or info.folder not in runs:
            continue
        cut = _release(ledger, runs[info.folder], info, wanted, source_id if whole else None, newest[info.name])
        if cut is not None:
            releases.append(cut)
    for lineage in runs.values():
        for file in _staged(lineage, wanted, source_id if whole else None):
            staged[(file.folder, file.path)] = file
        near, waiting = _cluster(lineage, wanted, source_id if whole else None)
        held |= near - wanted
        promotable = max(promotable, waiting)
    return Plan(
        request_id, reason, source_id, tuple(t.hex() for t in tokens), tuple(sorted(d.hex() for d in wanted)),
        tuple(releases), tuple(staged[key] for key in sorted(staged)), tuple(sorted(d.hex() for d in held)), promotable,
        base_of(ledger, vault, project),
    )  # fmt: skip


def base_of(ledger: Ledger, vault: Vault, project: str) -> str:
    """What a plan stands on: releases, their states, tombstones (hex digest). Another value means: plan again."""
    releases = [[r.label, r.merkle_root, r.state] for r in ledger.releases(project)]
    return _digest({"releases": releases, "tombstones": vault.tombstones.snapshot().version})


def begin(ledger: Ledger, vault: Vault, made: Plan, project: str, now: dt.datetime) -> None:
    """Makes an approved plan binding. Raises WithdrawalStale when the project moved on since the plan, RequestRefused
    when the request is not verified and approved."""
    info = rights.request(ledger, made.request_id, now)
    if info.state == "executed":
        return
    steps = rights.history(ledger, made.request_id)
    approved = info.state == "approved" and steps[-1]["evidence"] == made.digest
    if not approved:
        raise RequestRefused(
            f"the request is {info.state}, and this plan is not the approved one", "Approve this plan's digest first."
        )
    begun = _is_begun(vault, made)
    if not begun and base_of(ledger, vault, project) != made.base:
        raise WithdrawalStale("the project changed since the plan was made", "Plan again and have it approved.")
    tokens = [bytes.fromhex(token) for token in made.tokens]
    for subject_id in vault.ensure_subjects(tokens).values() if tokens else ():
        record_event(ledger, subject_id, made.source_id, "withdrawn", info.received_at, now, request_id=made.request_id)
    vault.tombstones.add("document", map(bytes.fromhex, made.documents), made.reason, now)
    if made.reason == "delete" or not made.documents:
        vault.tombstones.add("subject", tokens, made.reason, now)
    if made.reason == "licence_revoked" and not tokens:
        vault.tombstones.add("source", [made.source_id.encode()], made.reason, now)


def complete(ledger: Ledger, vault: Vault, made: Plan, now: dt.datetime, *, approver: str, evidence: str) -> int:
    """Destroys what the plan replaced, queues the recall notices, and records the request as executed.

    To be called when the new release is certified and the old revoked. `evidence`: digest of the proof (the
    difference), or "" when no release was touched. Returns how many destructions are on record for it. Idempotent.
    """
    at = stamp(now)
    orders = [Destruction("file", f"{file.folder}/{file.file_id}", made.reason, at) for file in made.staged]
    if made.reason == "delete":
        orders += [
            Destruction("subject", vault.tombstones.mark("subject", bytes.fromhex(token)).hex(), made.reason, at)
            for token in made.tokens
        ]
    known = {(entry.kind, entry.target) for entry in ledger.destructions()}
    fresh = [entry for entry in orders if (entry.kind, entry.target) not in known]
    ledger.record_destructions(fresh, now, request_id=made.request_id, approver=approver)
    by_folder: dict[str, list[str]] = {}
    for file in made.staged:
        by_folder.setdefault(file.folder, []).append(file.file_id)
    for folder, files in sorted(by_folder.items()):
        vault.destroy_file_keys(folder, files, made.reason, now)
    if made.reason == "delete":
        for token in made.tokens:
            vault.forget_subject(bytes.fromhex(token), made.reason, now)
    _queue_notices(ledger, made, now)
    if rights.request(ledger, made.request_id, now).state == "approved":
        rights.advance(ledger, made.request_id, "executed", now, actor=approver, reason=made.reason, evidence=evidence)
    return len(orders)


def _queue_notices(ledger: Ledger, made: Plan, now: dt.datetime) -> None:
    """One recall notice a cluster; its signed deletion receipt answers it (Ledger.record_pull, kind deletion)."""
    due = stamp(dt.datetime.combine(now.astimezone(KST).date() + dt.timedelta(days=11), dt.time(), KST))
    body = _digest({"request": made.request_id, "releases": [release.label for release in made.releases]})
    with ledger.write() as connection:
        chosen = (Notice.kind == "recall") & (Notice.subject_matter == made.request_id)
        sent = set(connection.execute(select(Notice.recipient).where(chosen)).scalars())
        for cluster in made.clusters:
            if cluster not in sent:
                connection.execute(
                    insert(Notice).values(
                        kind="recall", recipient=cluster, requester=None, subject_matter=made.request_id,
                        body_sha256=body, state="queued", due_at=due, at=stamp(now),
                    )
                )  # fmt: skip


def _is_begun(vault: Vault, made: Plan) -> bool:
    held = vault.tombstones.snapshot()
    if made.reason == "licence_revoked" and not made.tokens:
        return held.has_source(made.source_id)
    if made.documents:
        return all(held.has_document(bytes.fromhex(document)) for document in made.documents)
    return bool(made.tokens) and all(held.has_subject(bytes.fromhex(token)) for token in made.tokens)


# --- reading stage folders -----------------------------------------------------------------------------------


def _runs(out: Path, vault: Vault, ledger: Ledger, known: list[ReleaseInfo]) -> dict[str, Lineage]:
    """{assemble folder: its lineage} of every release that is not destroyed, and of the latest run."""
    runs: dict[str, Lineage] = {}
    for info in known:
        folders = release_folders(out, ledger, info)
        if folders and info.state != "destroyed":
            runs[info.folder] = Lineage(out, vault, folders)
    if (out / "runs" / "latest.json").exists():
        latest = Lineage(out, vault)
        runs.setdefault(latest.latest["folders"].get("assemble", ""), latest)
    return runs


_NOTHING: Final = {name: pa.array([], pa.binary(16)) for name in ("document_id", "survivor_id", "subject_token")}


def _table(lineage: Lineage, stage: str, ref: Mapping[str, Any]) -> pa.Table:
    """A side file; empty when its key was destroyed: nobody is in it any more."""
    try:
        with lineage.open(stage, ref) as file:
            return file.table()
    except KeyDestroyed:
        return pa.table(_NOTHING)


def _documents_of(lineage: Lineage, tokens: list[bytes]) -> set[bytes]:
    if not tokens:
        return set()
    wanted = pa.array(tokens, pa.binary(16))
    found: set[bytes] = set()
    for part in lineage.manifest("ingest").get("parts", ()):
        if "subjects" not in part["files"]:
            continue
        table = _table(lineage, "ingest", part["files"]["subjects"])
        mine = table.filter(pc.is_in(table["subject_token"], wanted))
        found |= set(mine["document_id"].to_pylist())
    return found


def _release(
    ledger: Ledger, lineage: Lineage, info: ReleaseInfo, wanted: set[bytes], source: str | None, newest: int
) -> ReleaseCut | None:
    exempt = EXEMPT if info.data_class == "PSEUDO_28-2" and source is None else ""
    cuts = () if exempt else tuple(_cuts(lineage, wanted, source))
    if not cuts and not exempt:
        return None
    clusters = tuple(sorted({cluster for cluster, *_ in ledger.pulls(info.label)}))
    return ReleaseCut(info.label, info.state, info.version == newest, exempt, cuts, () if exempt else clusters)


def _cuts(lineage: Lineage, wanted: set[bytes], source: str | None) -> Iterable[ShardCut]:
    made = lineage.manifest("assemble")
    ids = pa.array(sorted(wanted), pa.binary(16))
    for shard, ref in zip(made["facts"]["shards"], made["side"]["rows"], strict=True):
        if source is not None:
            gone = tuple(range(shard["rows"])) if shard["source_id"] == source else ()
        else:
            column = _table(lineage, "assemble", ref)["document_id"]
            gone = tuple(pc.indices_nonzero(pc.is_in(column, ids)).to_pylist())
        if gone:
            yield ShardCut(shard["path"], shard["source_id"], shard["sha256"], shard["rows"], shard["size"], gone)


def _staged(lineage: Lineage, wanted: set[bytes], source: str | None) -> Iterable[StagedCut]:
    """Text files of the parts that the documents are in, at every stage; parts keep their names through the stages."""
    ids = pa.array(sorted(wanted), pa.binary(16))
    touched: set[str] = set()
    for part in lineage.manifest("ingest").get("parts", ()):
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
                        yield StagedCut(stage, folders[stage], part["name"], kind, ref["path"], ref["file_id"])


def _cluster(lineage: Lineage, wanted: set[bytes], source: str | None) -> tuple[set[bytes], int]:
    """(other members of the documents' duplicate clusters, documents dropped for a survivor of the revoked source)."""
    edges = []
    for part in lineage.manifest("dedup").get("parts", ()):
        if "edges" in part["files"]:
            edges.append(_table(lineage, "dedup", part["files"]["edges"]).select(["document_id", "survivor_id"]))
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


def _shipped_of(lineage: Lineage, source: str) -> set[bytes]:
    made = lineage.manifest("assemble")
    found: set[bytes] = set()
    for shard, ref in zip(made["facts"]["shards"], made["side"]["rows"], strict=True):
        if shard["source_id"] == source:
            found |= set(_table(lineage, "assemble", ref)["document_id"].to_pylist())
    return found


def _digest(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
