"""certify: the facts of a finished run into a proposal; in a demo root also the signature that publishes it.

Outside a demo root this stops at *proposed*: persons sign with `damjang sign` (threshold of persons, design.md).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from damjang.certificates import facts as certified
from damjang.certificates.manifest import Manifest as ReleaseManifest
from damjang.certificates.manifest import Shard
from damjang.certificates.reader import load_root
from damjang.certificates.statement import Statement
from governance.errors import ProposalMissing
from governance.issuing import Office, proposals, propose, read_statement, sign
from governance.ledger.releases import ReleaseInfo, ShardInfo
from governance.own_records import record_class, record_privileges, record_pseudonymised
from governance.records import Pseudonymisation, adequacy_passed
from governance.staged import StagedFile
from governance.times import KST
from pipelines.claims import facts_of
from pipelines.dataset import FileRef, Manifest
from pipelines.errors import GateFailed
from pipelines.files import digest_of
from pipelines.gates import gates
from pipelines.office import office_of, signer_of
from pipelines.stage import Run
from schemas.suites import suites_digest

if TYPE_CHECKING:
    from governance.ledger import Ledger


def certify(run: Run) -> str:
    """Propose the release (and publish it in a demo root); returns `name@version`. Raises GateFailed."""
    assembled = run.manifests["assemble"]
    content = digest_of([assembled.digest, run.manifests["validate"].digest, run.facts["consent_root"]])
    version, supersedes = _version(run, content)
    label = f"{run.project.release.name}@{version}"
    reviewed = _reviewed(run, label)
    checked = gates(run, reviewed)
    failed = [gate for gate in checked if gate.verdict == "fail"]
    run.facts["gates"] = checked
    if failed:
        listed = "; ".join(f"{gate.id} ({gate.article}): {gate.detail}" for gate in failed)
        raise GateFailed(
            f"{len(failed)} of {len(checked)} gates do not hold: {listed}",
            "mend what the gate names and run again; a failed gate cannot be signed away",
        )
    office = office_of(run.project, run.ledger)
    same = _unchanged(run, office)
    if same is not None:
        run.facts["release"] = same
        return same
    run.facts["release"] = label
    manifest = release_manifest(label, assembled)
    if not office.published(label).exists():
        propose_release(run, office, label, manifest, facts_of(run, checked, supersedes, reviewed))
    record_release(run, office, label, version, supersedes, manifest, content)
    sign_demo(run, office, label)
    return label


def release_manifest(label: str, assembled: Manifest) -> ReleaseManifest:
    """The manifest to certify, from what assemble (or a rewrite of it) made."""
    schema = assembled.facts["schema_digest"]
    shards = [
        Shard(s["path"], s["size"], s["sha256"], s["rows"], schema, s["rows_root"]) for s in assembled.facts["shards"]
    ]
    return ReleaseManifest(label, tuple(sorted(shards, key=lambda shard: shard.path)))


def sign_demo(run: Run, office: Office, label: str) -> None:
    """In a demo root one person holds every key: sign, and thereby publish."""
    if load_root(office.trust).demo:
        officer = signer_of(run.project, run.project.signing.officer)
        result = sign(office, label, officer, run.now)
        if result.published is not None:
            run.ledger.record_release_event(label, "published", run.now, actor="demo", evidence=result.certificate)
        record_approval(run.ledger, office, label, result.approved_by, run.now)


def record_approval(ledger: Ledger, office: Office, label: str, approved_by: Iterable[str], now: dt.datetime) -> None:
    """Officers who sign a release stand for its class too: each has a class decision on record."""
    told = statement_of(office, label, now).facts.data_class
    for person in approved_by:
        record_class(ledger, label, told.id, told.ground, told.why, person, now)


def statement_of(office: Office, label: str, now: dt.datetime) -> Statement:
    """What is certified of a release, published or still proposed. Raises ProposalMissing."""
    if office.published(label).exists():
        return read_statement(office, label)
    for proposal in proposals(office, now):
        if proposal.release == label:
            return proposal.statement
    raise ProposalMissing(f"{label} is not proposed", "`damjang status` lists what is")


def _reviewed(run: Run, label: str) -> bool:
    """Whether persons have passed the adequacy review of this release (28-2). One that a withdrawal made of a reviewed
    release stands for it as long as its shards are the same."""
    if adequacy_passed(run.ledger, label):
        return True
    known = [info for info in run.ledger.releases(run.project.name) if info.name == run.project.release.name]
    newest = max(known, key=lambda info: info.version, default=None)
    if newest is None or newest.data_class != "PSEUDO_28-2":
        return False
    return release_manifest(newest.label, run.manifests["assemble"]).root() == newest.merkle_root


def _unchanged(run: Run, office: Office) -> str | None:
    """The newest release, if it is published and a withdrawal already made it what this run would: the same shards
    under the same consents, policy, suite and law."""
    known = [info for info in run.ledger.releases(run.project.name) if info.name == run.project.release.name]
    newest = max(known, key=lambda info: info.version, default=None)
    if newest is None or newest.state != "published" or not office.published(newest.label).exists():
        return None
    if release_manifest(newest.label, run.manifests["assemble"]).root() != newest.merkle_root:
        return None
    facts = read_statement(office, newest.label).facts
    certified = (facts.consent_root, facts.policy_digest, facts.suite_digest, facts.law_version)
    mine = (run.facts["consent_root"], run.policy.digest, suites_digest(), run.facts["law_version"])
    return newest.label if certified == mine and facts.supersedes is not None else None


def _version(run: Run, content: str) -> tuple[int, str | None]:
    """The version with this very content, or the next one and what it supersedes."""
    known = [info for info in run.ledger.releases(run.project.name) if info.name == run.project.release.name]
    for info in known:
        if info.manifest_digest == content:
            return info.version, f"{info.name}@{info.supersedes}" if info.supersedes else None
    last = max((info.version for info in known), default=0)
    return last + 1, f"{run.project.release.name}@{last}" if last else None


def propose_release(
    run: Run, office: Office, label: str, manifest: ReleaseManifest, facts: certified.Facts, earlier: str | None = None
) -> None:
    """Open the sealed shards into the proposal folder (0700) and hand them to issuing. `earlier`: the published release
    whose files serve for shards that did not change (issuing checks them against its certificate)."""
    opened = run.out / "runs" / f"opened-{label}"
    shutil.rmtree(opened, ignore_errors=True)
    (opened / "shards").mkdir(parents=True, mode=0o700)
    opened.chmod(0o700)
    assembled = run.manifests["assemble"]
    keys = run.vault.file_keys(assembled.folder)
    before = {shard.path: shard.sha256 for shard in run.ledger.release_shards(earlier)} if earlier else {}
    try:
        for shard, ref in zip(assembled.facts["shards"], assembled.side["shards"], strict=True):
            if earlier and before.get(shard["path"]) == shard["sha256"]:
                with contextlib.suppress(OSError):  # gone, or a file system without links: opened again
                    (opened / shard["path"]).hardlink_to(office.published(earlier) / shard["path"])
                    continue
            open_shard(run.folder("assemble"), ref, keys, opened / shard["path"])
        engineer = signer_of(run.project, run.project.signing.engineer)
        salt = run.vault.release_salt(f"log/{label}")
        propose(office, label, manifest, facts, opened, engineer, run.now, salt)
    finally:
        shutil.rmtree(opened, ignore_errors=True)


def open_shard(folder: Path, ref: FileRef, keys: dict[str, bytes], to: Path) -> None:
    """One sealed shard's exact bytes."""
    with StagedFile(folder / ref.path, file_key=keys[ref.file_id]) as sealed, to.open("wb") as out:
        for batch in sealed:
            for value in batch["bytes"]:
                out.write(value.as_buffer())


def record_release(
    run: Run, office: Office, label: str, version: int, supersedes: str | None, manifest: ReleaseManifest,
    content: str, *, purpose: str | None = None,
) -> None:  # fmt: skip
    """The release, its shards and the records that the law wants of it into the ledger. `purpose`: the project's where
    none is given."""
    statement = statement_of(office, label, run.now)
    facts = statement.facts
    old = int(supersedes.rpartition("@")[2]) if supersedes else None
    info = ReleaseInfo(
        name=label.partition("@")[0],
        version=version,
        folder=run.manifests["assemble"].folder,
        manifest_digest=content,
        merkle_root=manifest.root(),
        data_class=facts.data_class.id,
        purpose=purpose or run.project.purpose,
        documents=manifest.rows,
        bytes=manifest.size,
        supersedes=old,
        state="proposed",
        recorded_at="",
        project=run.project.name,
    )
    source_of = {s["path"]: s["source_id"] for s in run.manifests["assemble"].facts["shards"]}
    shards = [ShardInfo(s.path, source_of[s.path], s.sha256, s.rows, s.size) for s in manifest.shards]
    run.ledger.record_release(info, shards, run.now)
    record_privileges(run.ledger, load_root(office.trust), run.now)
    told = facts.data_class
    record_class(run.ledger, label, told.id, told.ground, told.why, statement.proposed_by, run.now)
    if told.id == "PSEUDO_28-2":
        record_pseudonymised(run.ledger, pseudonymisation(run, label, statement), run.now)


def pseudonymisation(run: Run, label: str, statement: Statement) -> Pseudonymisation:
    """The six items of 28-4③ (영29-5②), as the run did it."""
    rules = run.policy.anonymize.entities
    items = ", ".join(f"{name}: {rule.operator}" for name, rule in sorted(rules.items()) if rule.operator != "keep")
    facts = statement.facts
    to = "등록된 모든 클러스터" if facts.recipients == ("*",) else ", ".join(facts.recipients)
    return Pseudonymisation(
        release=label,
        purpose=", ".join(facts.purposes),
        items=items,
        usage=f"학습데이터 배포판 {label} 생성과 제공 ({statement.rows}행); 내려받은 사실은 수령 확인서에 있음",
        recipient=to,
        period_until=facts.expires.astimezone(KST).date(),
        other=f"정책 {run.policy.name} {run.policy.digest[:16]}, 법령 기준 {facts.law_version}",
    )
