"""The superseding release of each release that a withdrawal cuts: rewritten, proposed, recorded, in a demo signed.

Several release names may hold the same documents (another policy, or one that builds on another): each gets its own
superseding version. Its certificate has the old one's facts with what the withdrawal changes: rows, counts, the consent
snapshot of the release's own purpose, and the gate `withdrawal`. Every step finds what an earlier try did.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from damjang.certificates.facts import Facts, Gate, SourceCounts
from governance.consents import snapshot
from governance.issuing import Office, read_statement
from governance.ledger import ReleaseInfo
from governance.lineage import Lineage, release_folders
from governance.reach import ReleaseCut
from governance.withdrawal import Plan
from pipelines.dataset import Manifest
from pipelines.errors import NotConserved
from pipelines.files import digest_of, read_json, write_json
from pipelines.gates import carried
from pipelines.rewrite import carry_validation, rewrite_release
from pipelines.stage import Run
from pipelines.stages.certify import propose_release, record_release, release_manifest, sign_demo


@dataclass(frozen=True)
class Successor:
    """What stands in a cut release's place. `label`: "" when no row is left to release."""

    cut: ReleaseCut
    label: str
    assembled: Manifest
    validated: Manifest | None


def supersede(run: Run, office: Office, plan: Plan, cut: ReleaseCut) -> Successor:
    """Rewrites, proposes and records; in a demo root also signs."""
    info = run.ledger.release(cut.label)
    assembled = rewrite_release(run, plan, cut, info)
    if not assembled.facts["shards"]:
        return Successor(cut, "", assembled, None)
    validated = carry_validation(run, plan, info, assembled)
    run.manifests |= {"assemble": assembled} | ({"validate": validated} if validated else {})
    consent_root = _consent_root(run, plan, info.purpose)
    content = digest_of([assembled.digest, validated.digest if validated else "", consent_root])
    label = _label(run, info, assembled)
    manifest = release_manifest(label, assembled)
    if not office.published(label).exists():
        before = read_statement(office, cut.label).facts
        facts = _facts(run, plan, cut, info, before, assembled, consent_root)
        propose_release(run, office, label, manifest, facts, earlier=cut.label)
    version = int(label.rpartition("@")[2])
    record_release(run, office, label, version, cut.label, manifest, content, purpose=info.purpose)
    sign_demo(run, office, label)
    return Successor(cut, label, assembled, validated)


def _label(run: Run, info: ReleaseInfo, assembled: Manifest) -> str:
    """The version that an earlier try recorded, or the next one of this name (a proposal may hold one between)."""
    known = [one for one in run.ledger.releases() if one.name == info.name]
    for one in known:
        if one.folder == assembled.folder:  # named by the plan: nothing else is made there
            return one.label
    return f"{info.name}@{max(one.version for one in known) + 1}"


def _consent_root(run: Run, plan: Plan, purpose: str) -> str:
    """Root of the consent snapshot after the withdrawal, the same on a retry: it names what is proposed."""
    path = run.out / "withdrawals" / plan.request_id / "request.json"
    told = read_json(path)
    roots: dict[str, str] = told.setdefault("consent_roots", {})
    if purpose not in roots:
        consents = snapshot(run.ledger, run.vault, as_of=run.project.as_of, purpose=purpose)
        run.ledger.record_consent_root(consents.root, run.project.as_of, purpose, len(consents), run.now)
        roots[purpose] = consents.root
        write_json(path, told)
    return roots[purpose]


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
