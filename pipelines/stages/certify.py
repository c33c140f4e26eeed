"""certify: the facts of a finished run into a proposal; in a demo root also the signature that publishes it.

Outside a demo root this stops at *proposed*: persons sign with `damjang sign` (threshold of persons, design.md).
"""

from __future__ import annotations

import shutil
from pathlib import Path

from damjang.certificates import facts as certified
from damjang.certificates.manifest import Manifest as ReleaseManifest
from damjang.certificates.manifest import Shard
from damjang.certificates.reader import load_root
from governance.issuing import Office, propose, read_statement, sign
from governance.ledger.releases import ReleaseInfo, ShardInfo
from governance.staged import StagedFile
from pipelines.claims import facts_of
from pipelines.dataset import FileRef, Manifest
from pipelines.errors import GateFailed
from pipelines.files import digest_of
from pipelines.gates import gates
from pipelines.office import office_of, signer_of
from pipelines.stage import Run
from schemas.suites import suites_digest


def certify(run: Run) -> str:
    """Propose the release (and publish it in a demo root); returns `name@version`. Raises GateFailed."""
    checked = gates(run)
    failed = [gate for gate in checked if gate.verdict == "fail"]
    run.facts["gates"] = checked
    if failed:
        listed = "; ".join(f"{gate.id} ({gate.article}): {gate.detail}" for gate in failed)
        raise GateFailed(
            f"{len(failed)} of {len(checked)} gates do not hold: {listed}",
            "mend what the gate names and run again; a failed gate cannot be signed away",
        )
    assembled = run.manifests["assemble"]
    content = digest_of([assembled.digest, run.manifests["validate"].digest, run.facts["consent_root"]])
    office = office_of(run.project, run.ledger)
    same = _unchanged(run, office)
    if same is not None:
        run.facts["release"] = same
        return same
    version, supersedes = _version(run, content)
    label = f"{run.project.release.name}@{version}"
    run.facts["release"] = label
    manifest = release_manifest(label, assembled)
    if not office.published(label).exists():
        facts = facts_of(run, checked, supersedes)
        propose_release(run, office, label, manifest, facts)
    record_release(run, label, version, supersedes, manifest, content)
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


def propose_release(run: Run, office: Office, label: str, manifest: ReleaseManifest, facts: certified.Facts) -> None:
    """Open the sealed shards into the proposal folder (0700) and hand them to issuing."""
    opened = run.out / "runs" / f"opened-{label}"
    shutil.rmtree(opened, ignore_errors=True)
    (opened / "shards").mkdir(parents=True, mode=0o700)
    opened.chmod(0o700)
    assembled = run.manifests["assemble"]
    keys = run.vault.file_keys(assembled.folder)
    try:
        for shard, ref in zip(assembled.facts["shards"], assembled.side["shards"], strict=True):
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
    run: Run, label: str, version: int, supersedes: str | None, manifest: ReleaseManifest, content: str
) -> None:
    """The release and its shards into the ledger."""
    old = int(supersedes.rpartition("@")[2]) if supersedes else None
    info = ReleaseInfo(
        name=label.partition("@")[0],
        version=version,
        folder=run.manifests["assemble"].folder,
        manifest_digest=content,
        merkle_root=manifest.root(),
        data_class="PERSONAL",
        purpose=run.project.purpose,
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
