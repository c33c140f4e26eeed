"""Carries a withdrawal out: begin, rewrite, superseding release, proof, revocation, destruction. Crash-safe by order.

    out/withdrawals/REQUEST/request.json   requests carried out together, the plan's digest, who approved
    out/withdrawals/REQUEST/plan.djf       the approved plan: ids of documents, so sealed like a staged file
    out/withdrawals/REQUEST/proof.json     the proof of difference, for anybody who has root.json

Nothing is destroyed before the new release is published and the difference proved; outside a demo root that waits for
the officers' signatures, and `resume` goes on from there. Every step finds what an earlier try did.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from damjang.certificates import verify
from damjang.certificates.difference import make_difference, verify_difference
from damjang.certificates.facts import Facts, Gate, SourceCounts
from damjang.certificates.keys import Signer
from damjang.certificates.reader import load_root
from damjang.certificates.revocation import Revocation
from governance import requests as rights
from governance import withdrawal
from governance.consents import snapshot
from governance.errors import KeyDestroyed, ProposalMissing
from governance.issuing import Office, certificate_id, discard, read_statement
from governance.ledger import ReleaseInfo
from governance.lineage import Lineage, release_folders
from governance.reach import ReleaseCut
from governance.revocations import issue_list, read_list, store_list
from governance.staged import StagedFile, StagedWriter
from governance.trace_index import build_index
from governance.vault import Destruction
from governance.vault.tombstones import HELD
from governance.withdrawal import Plan
from pipelines.dataset import Manifest
from pipelines.errors import NotConserved, SignatureAwaited
from pipelines.files import digest_of, read_json, write_atomic, write_json
from pipelines.gates import carried
from pipelines.office import office_of, signer_of
from pipelines.rewrite import (
    carry_validation,
    drop_old_files,
    rewrite_release,
    rewrite_staged,
    row_leaves,
    sealed_files,
)
from pipelines.stage import Run
from pipelines.stages.certify import propose_release, record_release, release_manifest, sign_demo

_PLAN = pa.schema([pa.field("json", pa.binary(), nullable=False)])


@dataclass(frozen=True)
class Outcome:
    """`release`: the superseding one ("" when none was needed). `proof`: its file. `ended`: releases destroyed."""

    request_id: str
    release: str
    proof: Path | None
    ended: tuple[str, ...]
    clusters: tuple[str, ...]
    held: int


def approve(run: Run, plan: Plan, members: Sequence[str], approver: str) -> None:
    """Keeps the plan and records its approval for every request it answers. `members`: their ids, the plan's first."""
    folder = _folder(run, plan.request_id)
    folder.mkdir(parents=True, exist_ok=True)
    _keep(run, plan, folder)
    write_json(folder / "request.json", {"members": list(members), "plan": plan.digest, "approver": approver})
    for member in members:
        rights.advance(run.ledger, member, "planned", run.now, actor=approver, evidence=plan.digest)
        rights.advance(run.ledger, member, "approved", run.now, actor=approver, evidence=plan.digest)


def unfinished(run: Run) -> list[str]:
    """Approved requests whose withdrawal is not done: by a crash, or because signatures are awaited."""
    found = [path.parent.name for path in sorted((run.out / "withdrawals").glob("*/request.json"))]
    states = {info.request_id: info.state for info in rights.requests(run.ledger, run.now)}
    return [name for name in found if states.get(name) == "approved"]


def members_of(run: Run, request_id: str) -> list[str]:
    """Every request that is carried out with this one."""
    return list(read_json(_folder(run, request_id) / "request.json")["members"])


def resume(run: Run, request_id: str, officers: Sequence[Signer] = ()) -> Outcome:
    """Carries an approved withdrawal out, from wherever it stands.

    `officers` sign the revocation list; a demo root's own officer where none is given. Raises SignatureAwaited.
    """
    told: dict[str, Any] = read_json(_folder(run, request_id) / "request.json")
    plan = kept_plan(run, request_id, told["plan"])
    office = office_of(run.project, run.ledger)
    demo = load_root(office.trust).demo
    signers = list(officers) or ([signer_of(run.project, run.project.signing.officer)] if demo else [])
    withdrawal.begin(run.ledger, run.vault, plan, run.project.name, run.now)
    held = _hold(run, plan, told)
    cut = next((release for release in plan.releases if release.supersede and release.shards), None)
    published = cut is not None and office.published(cut.label).exists()
    label = _supersede(run, office, plan, cut, told) if cut is not None and published else ""
    if label and not office.published(label).exists():
        raise SignatureAwaited(
            f"{label} is proposed and waits for the officers' signatures; nothing is destroyed before it is published",
            f"`damjang sign {label} --key URI`, then `damjang withdraw --continue {request_id} --key URI`",
        )
    proof = _prove(run, office, plan, cut, label) if cut is not None and label else None
    if any(release.shards for release in plan.releases) and not signers:
        raise SignatureAwaited(
            "the old certificate is not revoked yet: an officer's key signs the revocation list",
            f"`damjang withdraw --continue {request_id} --key URI`, once for each officer needed",
        )
    for release in plan.releases:
        if release.shards:
            _revoke(run, office, plan, release, label, signers)
    rewrite_staged(run, plan)
    evidence = digest_of(read_json(proof)) if proof else ""
    ended = tuple(
        _end(run, office, plan, release, told["approver"], evidence) for release in plan.releases if release.shards
    )
    _follow(run, cut, label)
    drop_old_files(run, plan)
    withdrawal.complete(run.ledger, run.vault, plan, run.now, approver=told["approver"], evidence=evidence)
    for member in told["members"]:
        if rights.request(run.ledger, member, run.now).state == "approved":
            rights.advance(
                run.ledger, member, "executed", run.now, actor=told["approver"], reason=plan.reason, evidence=evidence
            )
    _tidy(run, plan)
    return Outcome(request_id, label, proof, ended, plan.clusters, held)


# --- the superseding release ---------------------------------------------------------------------------------


def _supersede(run: Run, office: Office, plan: Plan, cut: ReleaseCut, told: dict[str, Any]) -> str:
    """Rewritten, proposed, recorded, and in a demo root signed; its label. "" when no row is left to release."""
    info = run.ledger.release(cut.label)
    assembled = rewrite_release(run, plan, cut, info)
    if not assembled.facts["shards"]:
        return ""
    validated = carry_validation(run, plan, info, assembled)
    run.manifests |= {"assemble": assembled} | ({"validate": validated} if validated else {})
    if "consent_root" not in told:
        day, purpose = run.project.as_of, run.project.purpose
        consents = snapshot(run.ledger, run.vault, as_of=day, purpose=purpose)
        run.ledger.record_consent_root(consents.root, day, purpose, len(consents), run.now)
        _tell(run, plan.request_id, told, consent_root=consents.root)
    consent_root: str = told["consent_root"]
    content = digest_of([assembled.digest, validated.digest if validated else "", consent_root])
    version = info.version + 1
    label = f"{info.name}@{version}"
    manifest = release_manifest(label, assembled)
    if not office.published(label).exists():
        before = read_statement(office, cut.label).facts
        facts = _facts(run, plan, cut, info, before, assembled, consent_root)
        propose_release(run, office, label, manifest, facts)
    record_release(run, office, label, version, cut.label, manifest, content)
    sign_demo(run, office, label)
    return label


def _facts(
    run: Run, plan: Plan, cut: ReleaseCut, info: ReleaseInfo, before: Facts, assembled: Manifest, consent_root: str
) -> Facts:
    """The old certificate's facts, with what the withdrawal changes."""
    taken = _taken(run, plan, cut, info)
    sources = tuple(_less(source, taken.get(source.source_id, {})) for source in before.sources)
    shipped = {shard["source_id"] for shard in assembled.facts["shards"]}
    ingest = release_folders(run.out, run.ledger, _as_release(assembled)).get("ingest", "")
    owed = [replace(one, sources=tuple(s for s in one.sources if s in shipped)) for one in before.obligations]
    rows = sum(len(shard.removed) for shard in cut.shards)
    detail = f"요청에 따라 샤드 {len(cut.shards)}개에서 {rows}행 제거, 나머지 행은 그대로 (차이 증명)"
    evidence = {"plan": plan.digest, "removed": assembled.facts["removed"], "supersedes": cut.label}
    gate = Gate("withdrawal", "PIPA 36, 37③", "pass", detail, digest_of(evidence))
    return replace(
        before,
        gates=(*(carried(run, g, assembled, ingest) for g in before.gates if g.id != gate.id), gate),
        consent_root=consent_root,
        sources=sources,
        obligations=tuple(one for one in owed if one.sources),
        supersedes=cut.label,
    )


def _taken(run: Run, plan: Plan, cut: ReleaseCut, info: ReleaseInfo) -> dict[str, dict[str, int]]:
    """{source: {kept, changed}} of the removed rows, from anonymize's decisions."""
    rows: dict[str, int] = {}
    for shard in cut.shards:
        rows[shard.source_id] = rows.get(shard.source_id, 0) + len(shard.removed)
    lineage = Lineage(run.out, run.vault, release_folders(run.out, run.ledger, info))
    folder = lineage.latest["folders"]["anonymize"]
    touched = {file.part for file in plan.staged if file.folder == folder}
    wanted = pa.array([bytes.fromhex(document) for document in plan.documents], pa.binary(16))
    found: dict[str, dict[str, int]] = {}
    for part in lineage.manifest("anonymize")["parts"]:
        if part["name"] not in touched:
            continue
        with lineage.open("anonymize", part["files"]["decisions"]) as file:
            table = file.table()
        if plan.documents:
            table = table.filter(pc.is_in(table["document_id"], wanted))
        mine = found.setdefault(part["source_id"], {"kept": 0, "changed": 0})
        for action in table["action"].to_pylist():
            if action in mine:
                mine[action] += 1
    if {source: sum(mine.values()) for source, mine in found.items() if sum(mine.values())} != rows:
        raise NotConserved(
            f"{cut.label}: the rows to remove and the decisions about them differ in number",
            "plan the withdrawal again",
        )
    return found


def _less(source: SourceCounts, taken: dict[str, int]) -> SourceCounts:
    kept, changed = taken.get("kept", 0), taken.get("changed", 0)
    return replace(
        source, kept=source.kept - kept, changed=source.changed - changed, dropped=source.dropped + kept + changed
    )


def _as_release(assembled: Manifest) -> Any:
    """What `release_folders` asks of a release: the folder it was assembled in."""
    return ReleaseInfo("", 0, assembled.folder, "", "", "", "", 0, 0, None, "", "")


# --- proof, revocation, destruction --------------------------------------------------------------------------


def _prove(run: Run, office: Office, plan: Plan, cut: ReleaseCut, label: str) -> Path:
    """proof.json, verified as an outsider would before anything is destroyed."""
    path = _folder(run, plan.request_id) / "proof.json"
    root = load_root(office.trust)
    if not path.exists():
        old, new = office.published(cut.label), office.published(label)
        sizes = sorted(int((folder / verify.CHECKPOINT).read_bytes().split(b"\n", 2)[1]) for folder in (old, new))
        data = make_difference(
            old,
            new,
            row_leaves(run, run.ledger.release(cut.label), cut),
            {shard.path: shard.removed for shard in cut.shards},
            office.log.consistency(*sizes),
        )
        verify_difference(data, root)
        write_atomic(path, data)
    proved = verify_difference(path.read_bytes(), root)
    if dict(proved.removed) != {shard.path: shard.removed for shard in cut.shards}:
        raise NotConserved(f"{path.name} proves another difference", "remove it and run the same command again")
    return path


def _revoke(run: Run, office: Office, plan: Plan, release: ReleaseCut, label: str, signers: Sequence[Signer]) -> None:
    """The certificate on the revocation list and in the ledger; a release that was only proposed is taken back."""
    if not office.published(release.label).exists():
        with contextlib.suppress(ProposalMissing):  # an earlier try took it back
            discard(office, release.label)
        return
    root, current = load_root(office.trust), office.revocations.read_bytes()
    name = certificate_id(office, release.label)
    found = read_list(root, current)
    reason = "licence_revoked" if plan.reason == "licence_revoked" else "withdrawal"
    if found.entry(name) is None:
        entry = Revocation(name, release.label, reason, run.now.replace(microsecond=0), label or None)
        copies = [office.releases / verify.REVOCATIONS]
        found = issue_list(root, office.revocations, copies, [entry], signers, run.now)
    else:
        store_list(current, office.revocations, office.releases / verify.REVOCATIONS)
    entry_now = found.entry(name)
    assert entry_now is not None
    facts = read_statement(office, release.label)
    envelope = (office.published(release.label) / verify.CERTIFICATE).read_text(encoding="utf-8")
    run.ledger.record_certificate(release.label, name, envelope, facts.issued, facts.facts.expires, run.now)
    run.ledger.record_revocation(name, found.version, reason, entry_now.at, run.now)
    run.ledger.record_release_event(release.label, "revoked", run.now, reason=reason, evidence=name)


def _end(run: Run, office: Office, plan: Plan, release: ReleaseCut, approver: str, evidence: str) -> str:
    """Destroys our copies of a release's cut shards, and the published ones; certificate and manifest stay."""
    info = run.ledger.release(release.label)
    refs = sealed_files(run, info, release)
    at = run.now.isoformat()
    known = {(entry.kind, entry.target) for entry in run.ledger.destructions()}
    orders = [Destruction("file", f"{info.folder}/{ref.file_id}", plan.reason, at) for ref in refs]
    fresh = [order for order in orders if (order.kind, order.target) not in known]
    run.ledger.record_destructions(fresh, run.now, request_id=plan.request_id, approver=approver)
    run.vault.destroy_file_keys(info.folder, [ref.file_id for ref in refs], plan.reason, run.now)
    for ref in refs:
        (run.out / "stages" / info.folder / ref.path).unlink(missing_ok=True)
    shutil.rmtree(office.published(release.label) / "shards", ignore_errors=True)
    run.ledger.record_release_event(
        release.label, "destroyed", run.now, actor=approver, reason=plan.reason, evidence=evidence
    )
    return release.label


def _follow(run: Run, cut: ReleaseCut | None, label: str) -> None:
    """What `trace` and `status` call the latest run now ships the superseding release."""
    path = run.out / "runs" / "latest.json"
    if cut is None or not label or not path.exists():
        return
    latest = read_json(path)
    if latest["folders"].get("assemble") == run.ledger.release(cut.label).folder:
        latest["folders"]["assemble"] = run.manifests["assemble"].folder
        if "validate" in run.manifests:
            latest["folders"]["validate"] = run.manifests["validate"].folder
        write_json(path, latest | {"release": label})


def _hold(run: Run, plan: Plan, told: dict[str, Any]) -> int:
    """Copies of a withdrawn document that were dropped for it must not take its place before an officer decides."""
    if plan.reason == "licence_revoked" or not plan.held:
        return 0
    if "held" not in told:  # once: later the rows that tell who ships are destroyed
        known = [info for info in run.ledger.releases(run.project.name) if info.state != "destroyed"]
        shipped = {document for info in known for document in _shipped(run, info, plan.held)}
        waiting = sorted(set(plan.held) - shipped)
        withdrawal.bury(run.ledger, run.vault, "document", map(bytes.fromhex, waiting), HELD, run.now)
        _tell(run, plan.request_id, told, held=len(waiting))
    return int(told["held"])


def _tell(run: Run, request_id: str, told: dict[str, Any], **facts: Any) -> None:
    """Adds to request.json what a later try must find as it was."""
    told |= facts
    write_json(_folder(run, request_id) / "request.json", told)


def _shipped(run: Run, info: ReleaseInfo, documents: Sequence[str]) -> set[str]:
    """Those of the documents that a release ships."""
    lineage = Lineage(run.out, run.vault, release_folders(run.out, run.ledger, info))
    raw = [bytes.fromhex(document) for document in documents]
    if lineage.index is not None:
        places = {document: lineage.index.document(document) for document in raw}
        return {document.hex() for document, place in places.items() if place is not None and place.shard >= 0}
    wanted, found = pa.array(raw, pa.binary(16)), set()
    for ref in lineage.manifest("assemble")["side"]["rows"]:
        with lineage.open("assemble", ref) as file:
            ids = file.table()["document_id"]
        found |= {value.hex() for value in ids.filter(pc.is_in(ids, wanted)).to_pylist()}
    return found


def _tidy(run: Run, plan: Plan) -> None:
    """Leftovers that nobody can open any more, and a trace index for the run as it now is."""
    for name in plan.indexes if plan.documents else ():
        shutil.rmtree(run.out / "index" / name, ignore_errors=True)
    if plan.indexes and (run.out / "runs" / "latest.json").exists():
        with contextlib.suppress(KeyDestroyed):  # the latest run's release is gone as a whole
            build_index(run.out, run.vault, Lineage(run.out, run.vault), run.now)


# --- the kept plan -------------------------------------------------------------------------------------------


def _folder(run: Run, request_id: str) -> Path:
    return run.out / "withdrawals" / request_id


def _keep(run: Run, plan: Plan, folder: Path) -> None:
    dataset = f"plan-{plan.request_id}-{plan.digest[:16]}"
    if run.vault.dataset_state(dataset) == "sealed":
        return
    file_id, key = os.urandom(16), os.urandom(32)
    path = folder / f"plan-{plan.digest[:16]}.djf"
    writer = StagedWriter(path, _PLAN, file_id=file_id, file_key=key, digest_key=run.vault.project_key)
    text = json.dumps(plan.to_json(), sort_keys=True)
    writer.write(pa.record_batch([pa.array([text.encode()], pa.binary())], schema=_PLAN))
    run.vault.seal_dataset(dataset, {writer.close().file_id: key}, run.now)


def kept_plan(run: Run, request_id: str, digest: str) -> Plan:
    """The approved plan of a withdrawal."""
    [key] = run.vault.file_keys(f"plan-{request_id}-{digest[:16]}").values()
    with StagedFile(_folder(run, request_id) / f"plan-{digest[:16]}.djf", file_key=key) as file:
        return Plan.from_json(json.loads(file.table()["json"][0].as_py()))
