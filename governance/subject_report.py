"""What we hold about one person and what was done with it, for that person's request (PIPA 35, 영41; 20①).

For the person's own eyes and the officer's: made on demand, logged as an access, never stored. It names documents by id
and says what became of each; text is handed over by the officer, since a document may be about others too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from governance import requests as rights
from governance.consents import records_of, snapshot
from governance.ledger import Ledger, ReleaseInfo
from governance.lineage import Lineage, Story
from governance.reach import documents_of, release_cut, runs_of
from governance.vault import Vault
from schemas.project import Project

EXEMPT = "가명정보(28-2)로 처리된 릴리스에서는 개인을 찾지 않습니다 (28-5, 28-7)."


@dataclass(frozen=True)
class SourceAnswer:
    """One source: where the data came from (20①), on which ground, and the person's consent there."""

    source_id: str
    provider: str
    ground: str
    licence: str
    known: bool
    consent_state: str
    consents: list[dict[str, Any]]
    documents: list[dict[str, Any]]


@dataclass(frozen=True)
class SubjectReport:
    """The whole answer. `recipients`: clusters that pulled a release with a document of the person in it."""

    made_at: str
    purpose: str
    sources: list[SourceAnswer]
    recipients: list[dict[str, str]]
    requests: list[dict[str, str]]
    notes: list[str]
    how_to_object: str = "동의 철회·처리정지·삭제는 언제든지 요구할 수 있습니다 (37①, 36①). 동의보다 어렵지 않게 (38④)."

    def to_json(self) -> dict[str, Any]:
        """For `--json`."""
        return asdict(self)


def subject_report(
    ledger: Ledger, vault: Vault, lineage: Lineage, project: Project, *, provider_id: str, now: dt.datetime, who: str,
    where: str, sources: Iterable[str] | None = None,
) -> SubjectReport:  # fmt: skip
    """Everything about a person, by the id that sources know them by. Writes one access-log row a source first.

    `who`: ref of the member of staff; `where`: the place of connection. Asking about somebody unknown is an answer too.
    """
    wanted = set(sources) if sources is not None else {source.id for source in project.sources}
    registered = {info.source_id: info for info in ledger.sources(project.name)}
    states = snapshot(ledger, vault, as_of=project.as_of, purpose=project.purpose)
    releases = ledger.releases(project.name)
    runs = runs_of(project.root / project.output, vault, ledger, releases)
    exempt = any(release.data_class == "PSEUDO_28-2" for release in releases)
    answers: list[SourceAnswer] = []
    documents: set[bytes] = set()
    subject_ids: set[bytes] = set()
    for source in (s for s in project.sources if s.id in wanted):
        tokens = vault.subject_tokens(source.id, provider_id)
        known = vault.subject_ids(tokens)
        token = next((one for one in tokens if one in known), tokens[0])
        subject_id = known.get(token)
        vault.access_log.add(who, now, where, subject_id.hex() if subject_id else "unknown", f"report:{source.id}")
        stories = _stories([lineage, *runs.values()], tokens)
        documents |= {bytes.fromhex(story.document_id) for story in stories}
        if subject_id is not None:
            subject_ids.add(subject_id)
        info = registered.get(source.id)
        answers.append(
            SourceAnswer(
                source.id,
                info.provider if info else source.provider,
                source.ground.id,
                source.licence.id,
                subject_id is not None or bool(stories),
                states.lookup([token])[0].name,
                records_of(ledger, subject_id) if subject_id else [],
                [_fate(story, exempt) for story in stories],
            )
        )
    asked = [
        {
            "request": r.request_id,
            "kind": r.kind,
            "state": r.state,
            "received_at": r.received_at.isoformat(),
            "due_at": r.due_at.isoformat(),
        }
        for r in rights.requests(ledger, now)
        if r.subject_id in subject_ids
    ]
    recipients = [
        {"release": release.label, "cluster": cluster, "purpose": purpose, "at": at}
        for release in releases
        if release.folder in runs and _holds(ledger, runs[release.folder], release, documents)
        for cluster, purpose, _, at in ledger.pulls(release.label)
    ]
    return SubjectReport(now.isoformat(), project.purpose, answers, recipients, asked, [EXEMPT] if exempt else [])


def _stories(runs: Iterable[Lineage], tokens: list[bytes]) -> list[Story]:
    """Every document of the person, of the latest run first, then of runs behind other releases that still stand."""
    found: dict[str, Story] = {}
    for run in runs:
        for document in sorted(documents_of(run, tokens)):
            if document.hex() not in found:
                found[document.hex()] = run.story(document.hex())
    return [found[document] for document in sorted(found)]


def _holds(ledger: Ledger, run: Lineage, release: ReleaseInfo, documents: set[bytes]) -> bool:
    """Whether a release has one of the documents in it; a pseudonymised one is not looked into."""
    cut = release_cut(ledger, run, release, documents, None, release.version) if documents else None
    return cut is not None and not cut.exempt


def to_text(report: SubjectReport) -> str:
    """The answer in Korean, English beside the headings; no names in it but the providers'."""
    lines = [
        f"개인정보 열람 결과 (answer to an access request), {report.made_at}",
        f"처리 목적 (purpose): {report.purpose}",
    ]
    for source in report.sources:
        lines.append(f"\n출처 (source) {source.source_id}: {source.provider}")
        lines.append(f"  처리 근거 (ground): {source.ground}, 이용허락 (licence): {source.licence}")
        if not source.known:
            lines.append("  보유한 개인정보가 없습니다 (nothing is held)")
            continue
        lines.append(f"  동의 상태 (consent): {source.consent_state}, 기록 {len(source.consents)}건")
        for record in source.consents:
            lines.append("  - " + ", ".join(f"{name}={value}" for name, value in record.items() if value))
        lines.append(f"  문서 (documents): {len(source.documents)}건")
        lines += [f"  - {d['document_id']}: {d['fate']}{', ' + d['why'] if d['why'] else ''}" for d in source.documents]
    lines.append(f"\n제공받은 자 (recipients): {len(report.recipients)}건")
    lines += [f"  - {r['cluster']}: {r['release']}, {r['purpose']}, {r['at']}" for r in report.recipients]
    lines += ["", *report.notes, report.how_to_object]
    return "\n".join(lines) + "\n"


def _fate(story: Story, exempt: bool) -> dict[str, Any]:
    last = story.events[-1]
    return {
        "document_id": story.document_id,
        "fate": story.fate,
        "why": last.reason if story.fate != "shipped" else "",
        "removed": dict(story.removed or {}),
        "shard": "" if exempt else story.shard,
    }
