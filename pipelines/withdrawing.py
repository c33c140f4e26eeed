"""Carries a withdrawal out: begin, rewrite, superseding release, proof, revocation, destruction. Crash-safe by order.

    out/withdrawals/REQUEST/request.json   requests carried out together, the plan's digest, who approved
    out/withdrawals/REQUEST/plan.djf       the approved plan: ids of documents, so sealed like a staged file
    out/withdrawals/REQUEST/proof.json     the proof of difference, for anybody who has root.json; one for each
                                           release name, proof-NAME.json, where several hold the documents
    out/withdrawals/REQUEST/notices.json   what each cluster is to be told; the ledger has the digests

Nothing is destroyed before every new release is published and its difference proved; outside a demo root that waits for
the officers' signatures, and `resume` goes on from there. Every step finds what an earlier try did.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from damjang.certificates import verify
from damjang.certificates.difference import make_difference, verify_difference
from damjang.certificates.keys import Signer
from damjang.certificates.reader import load_root
from damjang.certificates.revocation import Revocation
from governance import requests as rights
from governance import withdrawal
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
from pipelines.errors import NotConserved, SignatureAwaited
from pipelines.files import digest_of, read_json, write_atomic, write_json
from pipelines.office import office_of, signer_of
from pipelines.rewrite import drop_old_files, rewrite_staged, row_leaves, sealed_files
from pipelines.stage import Run
from pipelines.superseding import Successor, supersede

NOTICES = "notices.json"
_PLAN = pa.schema([pa.field("json", pa.binary(), nullable=False)])


@dataclass(frozen=True)
class Outcome:
    """`proofs`: each superseding release and its proof of difference. `ended`: releases destroyed."""

    request_id: str
    proofs: Mapping[str, Path]
    ended: tuple[str, ...]
    clusters: tuple[str, ...]
    held: int

    @property
    def release(self) -> str:
        """The superseding release, the first where there are several; "" when none was needed."""
        return next(iter(self.proofs), "")

    @property
    def proof(self) -> Path | None:
        """Its proof."""
        return next(iter(self.proofs.values()), None)


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
    cuts = [one for one in plan.releases if one.supersede and one.shards and office.published(one.label).exists()]
    made = [supersede(run, office, plan, cut) for cut in cuts]
    awaited = [one.label for one in made if one.label and not office.published(one.label).exists()]
    if awaited:
        raise SignatureAwaited(
            f"{', '.join(awaited)}: proposed, and waits for the officers' signatures; nothing is destroyed before that",
            "".join(f"`damjang sign {label} --key URI`, " for label in awaited)
            + f"then `damjang withdraw --continue {request_id} --key URI`",
        )
    proofs = {one.label: _prove(run, office, plan, one, sole=len(cuts) == 1) for one in made if one.label}
    if any(release.shards for release in plan.releases) and not signers:
        raise SignatureAwaited(
            "the old certificate is not revoked yet: an officer's key signs the revocation list",
            f"`damjang withdraw --continue {request_id} --key URI`, once for each officer needed",
        )
    after = _after(run, plan, made)
    _revoke(run, office, plan, {one.label: after[one.label] for one in plan.releases if one.shards}, signers)
    rewrite_staged(run, plan)
    digests = [digest_of(read_json(path)) for path in proofs.values()]
    evidence = digest_of(digests) if len(digests) > 1 else "".join(digests)
    ended = tuple(
        _end(run, office, plan, release, told["approver"], evidence) for release in plan.releases if release.shards
    )
    for one in made:
        _follow(run, one)
    drop_old_files(run, plan)
    write_json(_folder(run, request_id) / NOTICES, withdrawal.notices(plan, after))
    withdrawal.complete(run.ledger, run.vault, plan, run.now, approver=told["approver"], evidence=evidence, after=after)
    for member in told["members"]:
        if rights.request(run.ledger, member, run.now).state == "approved":
            rights.advance(
                run.ledger, member, "executed", run.now, actor=told["approver"], reason=plan.reason, evidence=evidence
            )
    _tidy(run, plan)
    return Outcome(request_id, proofs, ended, plan.clusters, held)


# --- proof, revocation, destruction --------------------------------------------------------------------------


def _prove(run: Run, office: Office, plan: Plan, made: Successor, *, sole: bool) -> Path:
    """The proof of a superseding release, verified as an outsider would before anything is destroyed."""
    cut, label = made.cut, made.label
    name = "proof.json" if sole else f"proof-{label.partition('@')[0]}.json"
    path = _folder(run, plan.request_id) / name
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


def _revoke(run: Run, office: Office, plan: Plan, after: Mapping[str, str], signers: Sequence[Signer]) -> None:
    """The certificates of all that ends, on one revocation list and in the ledger: officers sign once, not once a
    release. One that was only proposed is taken back."""
    ending: dict[str, str] = {}
    for label in after:
        if office.published(label).exists():
            ending[certificate_id(office, label)] = label
        else:
            with contextlib.suppress(ProposalMissing):  # an earlier try took it back
                discard(office, label)
    if not ending:
        return
    root, current = load_root(office.trust), office.revocations.read_bytes()
    found, copies = read_list(root, current), [office.releases / verify.REVOCATIONS]
    reason = "licence_revoked" if plan.reason == "licence_revoked" else "withdrawal"
    at = run.now.replace(microsecond=0)
    entries = [
        Revocation(name, label, reason, at, after[label] or None)
        for name, label in ending.items()
        if found.entry(name) is None
    ]
    if entries:
        found = issue_list(root, office.revocations, copies, entries, signers, run.now)
    else:
        store_list(current, office.revocations, *copies)
    for name, label in ending.items():
        entry = found.entry(name)
        assert entry is not None
        facts = read_statement(office, label)
        envelope = (office.published(label) / verify.CERTIFICATE).read_text(encoding="utf-8")
        run.ledger.record_certificate(label, name, envelope, facts.issued, facts.facts.expires, run.now)
        run.ledger.record_revocation(name, found.version, reason, entry.at, run.now)
        run.ledger.record_release_event(label, "revoked", run.now, reason=reason, evidence=name)


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


def _after(run: Run, plan: Plan, made: Sequence[Successor]) -> dict[str, str]:
    """{release that ended: the one of its name to use instead, "" where none is left}."""
    ended = {release.label for release in plan.releases if release.shards}
    known = [info for info in run.ledger.releases(run.project.name) if info.state == "published"]
    stands = {info.name: info.label for info in known if info.label not in ended}
    stands |= {one.cut.label.partition("@")[0]: one.label for one in made}
    return {release.label: stands.get(release.label.partition("@")[0], "") for release in plan.releases}


def _follow(run: Run, made: Successor) -> None:
    """What `trace` and `status` call the latest run now ships the superseding release."""
    path = run.out / "runs" / "latest.json"
    if not made.label or not path.exists():
        return
    latest = read_json(path)
    if latest["folders"].get("assemble") == run.ledger.release(made.cut.label).folder:
        latest["folders"]["assemble"] = made.assembled.folder
        if made.validated is not None:
            latest["folders"]["validate"] = made.validated.folder
        write_json(path, latest | {"release": made.label})


def _hold(run: Run, plan: Plan, told: dict[str, Any]) -> int:
    """Copies of a withdrawn document that were dropped for it must not take its place before an officer decides."""
    if plan.reason == "licence_revoked" or not plan.held:
        return 0
    if "held" not in told:  # once: later the rows that tell who ships are destroyed
        known = [info for info in run.ledger.releases(run.project.name) if info.state != "destroyed"]
        shipped = {document for info in known for document in _shipped(run, info, plan.held)}
        waiting = sorted(set(plan.held) - shipped)
        withdrawal.bury(run.ledger, run.vault, "document", map(bytes.fromhex, waiting), HELD, run.now)
        told["held"] = len(waiting)
        write_json(_folder(run, plan.request_id) / "request.json", told)  # what a later try must find as it was
    return int(told["held"])


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
