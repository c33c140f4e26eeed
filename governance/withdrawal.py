"""Withdrawal: what it touches (a dry run), what governance does before and after the rewrite, and when it is done.

`plan` reads indexes and row maps, never text, and changes nothing. `begin` makes the withdrawal binding: the consent
event and the tombstones, which every later run obeys, come first, so that a crash leaves the document unable to come
back. `pipelines.rewrite` then deletes the rows and rewrites the staged files that `plan` names. `complete` destroys the
old keys (the order is in the ledger before the vault carries it out), queues the recall notices and closes the step.
Each of the three may be run again after a crash and finds what is done.

A release of class PSEUDO_28-2 is not searched for a person (28-5, 28-7): raw and staged files are handled, and the
exemption cited. Trained weights are not covered, and the plan says so. damjang.certificates.difference proves the rest.

With a trace index (governance.trace_index) the plan costs what it touches; without one it reads every index file once.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal, Self

from sqlalchemy import insert, select

from governance import requests as rights
from governance.consents import record_event
from governance.errors import RequestRefused, WithdrawalStale
from governance.ledger import Ledger
from governance.ledger.models.releases import Notice
from governance.own_records import record_pseudonymised_destroyed
from governance.reach import (
    ReleaseCut,
    ShardCut,
    StagedCut,
    cluster_of,
    documents_of,
    recalled_cut,
    release_cut,
    runs_of,
    staged_cuts,
    standing,
)
from governance.times import KST, stamp
from governance.trace_index import index_name
from governance.vault import Destruction, Vault
from governance.vault.tombstones import TombstoneKind

Reason = Literal["withdrawal", "delete", "licence_revoked"]
NOT_COVERED: Final = "이미 학습된 모델의 가중치는 포함되지 않음 (trained weights are not covered)"


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
    indexes: tuple[str, ...]
    held: tuple[str, ...]
    promotable: int
    base: str
    not_covered: str = NOT_COVERED

    def to_json(self) -> dict[str, Any]:
        """Keep it where decision files are kept: ids of documents are personal data."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """What `to_json` wrote and a file kept; `begin` checks that it is the approved one."""
        releases = tuple(
            ReleaseCut(**r | {"shards": tuple(ShardCut(**c | {"removed": tuple(c["removed"])}) for c in r["shards"]),
                              "clusters": tuple(r["clusters"])})
            for r in value["releases"]
        )  # fmt: skip
        staged = tuple(StagedCut(**cut) for cut in value["staged"])
        lists = {name: tuple(value[name]) for name in ("tokens", "documents", "indexes", "held")}
        return cls(**value | lists | {"releases": releases, "staged": staged})

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
    tokens = sorted({token for person in subjects for token in vault.subject_tokens(source_id, person)})
    known = ledger.releases(project)
    runs = runs_of(out, vault, ledger, known)
    whole = reason == "licence_revoked" and not tokens
    wanted = set(documents)
    for lineage in runs.values():
        wanted |= documents_of(lineage, tokens)
    rewritten, source = standing(known), source_id if whole else None
    releases: list[ReleaseCut] = []
    staged: dict[tuple[str, str], StagedCut] = {}
    held, promotable = set[bytes](), 0
    for lineage in runs.values():
        for file in staged_cuts(lineage, wanted, source):
            staged[(file.folder, file.path)] = file
        near, waiting = cluster_of(lineage, wanted, source)
        held |= near - wanted
        promotable = max(promotable, waiting)
    for info in known:
        if info.state == "destroyed":
            cut = recalled_cut(ledger, out, vault, info, wanted, source, staged.values(), runs.values())
        elif info.folder in runs:
            cut = release_cut(ledger, runs[info.folder], info, wanted, source, rewritten.get(info.name))
        else:
            cut = None
        if cut is not None:
            releases.append(cut)
    return Plan(
        request_id=request_id,
        reason=reason,
        source_id=source_id,
        tokens=tuple(token.hex() for token in tokens),
        documents=tuple(sorted(document.hex() for document in wanted)),
        releases=tuple(releases),
        staged=tuple(staged[key] for key in sorted(staged)),
        indexes=tuple(sorted({index_name(lineage) for lineage in runs.values() if lineage.index})),
        held=tuple(sorted(document.hex() for document in held)),
        promotable=promotable,
        base=base_of(ledger, vault, project),
    )


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
    subjects = vault.ensure_subjects(tokens) if tokens else {}
    answered = {
        known.subject_id
        for known in rights.requests(ledger, now)
        if known.source_id == made.source_id and known.state in ("executed", "notified", "closed")
    }
    for subject_id in subjects.values():
        record_event(ledger, subject_id, made.source_id, "withdrawn", info.received_at, now, request_id=made.request_id)
    bury(ledger, vault, "document", map(bytes.fromhex, made.documents), made.reason, now)
    if made.reason == "delete":
        bury(ledger, vault, "subject", tokens, made.reason, now)
    elif not made.documents:  # unknown: kept out as a whole; whoever withdrew before may consent again one day
        strangers = [token for token, subject_id in subjects.items() if subject_id not in answered]
        bury(ledger, vault, "subject", strangers, made.reason, now)
    if made.reason == "licence_revoked" and not tokens:
        bury(ledger, vault, "source", [made.source_id.encode()], made.reason, now)


def bury(
    ledger: Ledger, vault: Vault, kind: TombstoneKind, ids: Iterable[bytes], reason: str, now: dt.datetime
) -> None:
    """Tombstones, in the ledger first: a vault restored from an old backup learns of them there."""
    values = list(ids)
    ledger.record_tombstone_marks(vault.tombstones.marks(kind, values, reason, now), now)
    vault.tombstones.add(kind, values, reason, now)


def complete(
    ledger: Ledger, vault: Vault, made: Plan, now: dt.datetime, *, approver: str, evidence: str,
    after: Mapping[str, str] | None = None,
) -> int:  # fmt: skip
    """Destroys what the plan replaced, queues the recall notices, and records the request as executed.

    To be called when the new release is certified and the old revoked. `evidence`: digest of the proof (the
    difference), or "" when no release was touched. `after`: what to use instead of each release, for the notices.
    Returns how many destructions are on record for it. Idempotent.
    """
    at = stamp(now)
    orders = [
        Destruction("file", f"{file.keys or file.folder}/{file.file_id}", made.reason, at) for file in made.staged
    ]
    if made.reason == "delete":
        orders += [
            Destruction("subject", vault.tombstones.mark("subject", bytes.fromhex(token)).hex(), made.reason, at)
            for token in made.tokens
        ]
    orders += [Destruction("dataset", index, made.reason, at) for index in made.indexes if made.documents]
    known = {(entry.kind, entry.target) for entry in ledger.destructions()}
    fresh = [entry for entry in orders if (entry.kind, entry.target) not in known]
    ledger.record_destructions(fresh, now, request_id=made.request_id, approver=approver)
    by_folder: dict[str, list[str]] = {}
    for file in made.staged:
        by_folder.setdefault(file.keys or file.folder, []).append(file.file_id)
    for folder, files in sorted(by_folder.items()):
        vault.destroy_file_keys(folder, files, made.reason, now)
    for index in made.indexes if made.documents else ():
        vault.destroy_dataset(index, made.reason, now)
    if made.reason == "delete":
        for token in made.tokens:
            vault.forget_subject(bytes.fromhex(token), made.reason, now)
    for release in made.releases:
        if release.shards:
            record_pseudonymised_destroyed(ledger, release.label, now)
    _queue_notices(ledger, made, after or {}, now)
    if rights.request(ledger, made.request_id, now).state == "approved":
        rights.advance(ledger, made.request_id, "executed", now, actor=approver, reason=made.reason, evidence=evidence)
    return len(orders)


def notices(made: Plan, after: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """{cluster: what it is to be told}: which releases it pulled and must delete, and which to use instead."""
    told: dict[str, dict[str, Any]] = {}
    for cluster in made.clusters:
        labels = sorted(release.label for release in made.releases if cluster in release.clusters)
        told[cluster] = {
            "request": made.request_id,
            "reason": made.reason,
            "delete": labels,
            "use_instead": sorted({after.get(label, "") for label in labels} - {""}),
            "answer": "a signed deletion receipt for each (`damjang delete`)",
            "not_covered": made.not_covered,
        }
    return told


def _queue_notices(ledger: Ledger, made: Plan, after: Mapping[str, str], now: dt.datetime) -> None:
    """One recall notice a cluster, by its digest; signed deletion receipts answer it (governance.recalls)."""
    due = stamp(dt.datetime.combine(now.astimezone(KST).date() + dt.timedelta(days=11), dt.time(), KST))
    bodies = notices(made, after)
    with ledger.write() as connection:
        chosen = (Notice.kind == "recall") & (Notice.subject_matter == made.request_id)
        sent = set(connection.execute(select(Notice.recipient).where(chosen)).scalars())
        for cluster, body in bodies.items():
            if cluster not in sent:
                connection.execute(
                    insert(Notice).values(
                        kind="recall", recipient=cluster, requester=None, subject_matter=made.request_id,
                        body_sha256=_digest(body), state="queued", due_at=due, at=stamp(now),
                    )
                )  # fmt: skip


def _is_begun(vault: Vault, made: Plan) -> bool:
    held = vault.tombstones.snapshot()
    if made.reason == "licence_revoked" and not made.tokens:
        return held.has_source(made.source_id)
    if made.documents:
        return all(held.has_document(bytes.fromhex(document)) for document in made.documents)
    return bool(made.tokens) and all(held.has_subject(bytes.fromhex(token)) for token in made.tokens)


def digest_of_notice(body: Mapping[str, Any]) -> str:
    """Under which the ledger knows a notice."""
    return _digest(body)


def _digest(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
