"""register: what the driver settles before any text is read, and stages for the workers.

Sources go into the ledger; grounds and licences are decided for the project's act; consents and tombstones become one
snapshot each, whose digests name everything that follows.
"""

from __future__ import annotations

import os
from typing import Any

import pyarrow as pa

from governance.consents import import_consents, snapshot
from governance.law_versions import law_on, record_law_versions
from governance.source_grounds import decide_source, resolutions_in, verdicts_in
from governance.staged import StagedWriter, bounded_batches
from pipelines.dataset import FileRef, Manifest
from pipelines.files import digest_of
from pipelines.stage import Run


def register(run: Run) -> Manifest:
    """Register, decide, snapshot; returns the manifest that ingest reads. Finished work is found, not redone."""
    project = run.project
    run.ledger.register_sources(project, run.now)
    run.ledger.record_policy(run.policy.name, run.policy.digest, run.policy.model_dump_json(), run.now)
    imported = [import_consents(run.ledger, run.vault, project.root / path, run.now) for path in project.consents]
    record_law_versions(run.ledger, run.now)
    rewrites = any(rule.operator != "keep" for rule in run.policy.anonymize.entities.values())
    verdicts, resolutions = verdicts_in(run.ledger), resolutions_in(run.ledger)
    decisions = {
        source.id: decide_source(source, project, rewrites=rewrites, verdicts=verdicts, resolutions=resolutions)
        for source in project.sources
    }
    run.ledger.record_ground_decisions(project, "use", decisions, run.now)
    consents = snapshot(run.ledger, run.vault, as_of=project.as_of, purpose=project.purpose)
    tombstones = run.vault.tombstones.snapshot()
    run.ledger.record_consent_root(consents.root, project.as_of, project.purpose, len(consents), run.now)
    run.ledger.record_tombstones(tombstones.version, len(tombstones), run.now)
    run.facts |= {
        "decisions": decisions,
        "refused": {source: f"ground_{d.reason_code}" for source, d in decisions.items() if not d.allowed},
        "needs_consent": [source.id for source in project.sources if source.ground.id == "consent"],
        "law_version": law_on(project.as_of).id,
        "consent_root": consents.root,
        "consents_imported": imported,
        "tombstone_version": tombstones.version,
    }
    for source in project.sources:
        if tombstones.has_source(source.id):
            run.facts["refused"][source.id] = "tombstone"
    reads = {"consents": consents.root, "tombstones": tombstones.version, "key": run.vault.project_key_id}
    manifest = _stage(run, reads, {"consents": consents.to_arrow(), "tombstones": tombstones.to_arrow()})
    run.manifests["register"] = manifest
    return manifest


def _stage(run: Run, reads: dict[str, Any], tables: dict[str, pa.Table]) -> Manifest:
    """The driver's own little dataset: sealed like any other, keys straight into the vault, manifest last."""
    name = f"register-{digest_of(reads)[:16]}"
    folder = run.out / "stages" / name
    path = folder / "manifest.json"
    vault = run.vault
    if path.exists() and vault.dataset_state(name) == "sealed":
        return Manifest.load(path)
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("*.djf*"):
        stale.unlink()
    keys: dict[str, bytes] = {}
    side: dict[str, tuple[FileRef, ...]] = {}
    vault.reopen_dataset(name, run.now)
    vault.dataset_wrap_key(name, run.now)
    for kind, table in tables.items():
        file_id, key = os.urandom(16), os.urandom(32)
        file = f"{kind}-{file_id.hex()[:8]}.djf"
        writer = StagedWriter(folder / file, table.schema, file_id=file_id, file_key=key, digest_key=vault.project_key)
        for batch in bounded_batches(table, max_rows=65_536):
            writer.write(batch)
        written = writer.close()
        keys[written.file_id] = key
        side[kind] = (FileRef(file, written.file_id, written.rows, written.bytes, written.digest),)
    manifest = Manifest("register", "1", name, {}, (), side, reads)
    manifest.save(path)
    vault.seal_dataset(name, keys, run.now)
    return manifest
