"""Registering sources: what the project file declares, with digests of the licence's and the ground's evidence."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, insert, select

from governance.errors import EvidenceMissing
from governance.ledger.core import LedgerBase
from governance.ledger.models.sources import GroundDecision, LicenceSnapshot, SourceRow
from governance.times import stamp
from schemas.project import Project, Source

if TYPE_CHECKING:  # governance.grounds knows the law's rows, and those know the ledger
    from governance.grounds import Act, Decision


@dataclass(frozen=True)
class SourceInfo:
    """A registered source: its latest version, and the digest of its licence terms ("" when none were snapshot)."""

    source_id: str
    version: int
    digest: str
    provider: str
    licence: str
    licence_expires: str | None
    terms_sha256: str
    ground: str
    ground_evidence_sha256: str | None
    jurisdiction: str
    custody: str
    destroy_by: str | None
    registered_at: str


class SourceRows(LedgerBase):
    """Sources of projects; a changed declaration is another version."""

    def register_sources(self, project: Project, now: dt.datetime) -> list[SourceInfo]:
        """Registers every source of a project, in one transaction; unchanged ones stay as they are.

        Raises EvidenceMissing when a terms or evidence file (`evidence: file:PATH`) that is named can't be read.
        """
        facts = [(source, _facts(source, project.root)) for source in project.sources]
        with self.write() as connection:
            for source, values in facts:
                self._register(connection, project, source, values, now)
        return self.sources(project.name)

    def sources(self, project: str) -> list[SourceInfo]:
        """The latest version of every source of a project, by source id."""
        with self.read() as connection:
            rows = connection.execute(
                select(SourceRow).where(SourceRow.project == project).order_by(SourceRow.version)
            ).all()
            terms = {
                r.source: r.sha256 for r in connection.execute(select(LicenceSnapshot).order_by(LicenceSnapshot.id))
            }
        latest = {row.source_id: row for row in rows}
        return [
            SourceInfo(
                r.source_id, r.version, r.digest, r.provider, r.licence, r.licence_expires, terms.get(r.id, ""),
                r.ground, r.ground_evidence_sha256, r.jurisdiction, r.custody, r.destroy_by, r.registered_at,
            )
            for _, r in sorted(latest.items())
        ]  # fmt: skip

    def record_ground_decisions(
        self, project: Project, act: Act, decisions: Mapping[str, Decision], now: dt.datetime
    ) -> int:
        """What `decide` said of each registered source, refusals with their article; how many rows are new.

        The same answer to the same question (law version and source version included) is kept once.
        """
        with self.write() as connection:
            versions = _versions(connection, project.name)
            latest: dict[str, tuple[object, ...]] = {}
            chosen = (GroundDecision.project == project.name, GroundDecision.act == act)
            for row in connection.execute(select(GroundDecision).where(*chosen).order_by(GroundDecision.id)):
                latest[row.source_id] = tuple(getattr(row, name) for name in _ANSWER)
            rows = [
                {
                    "project": project.name, "source_id": source.id, "source_version": versions[source.id],
                    "act": act, "purpose": project.purpose, "ground": source.ground.id, "licence": source.licence.id,
                    "allowed": told.allowed, "reason": told.reason_code, "article": told.article,
                    "as_of": project.as_of.isoformat(), "law_version": told.law_version, "recorded_at": stamp(now),
                }
                for source in project.sources
                if (told := decisions.get(source.id)) is not None
            ]  # fmt: skip
            fresh = [row for row in rows if latest.get(str(row["source_id"])) != tuple(row[n] for n in _ANSWER)]
            if fresh:
                connection.execute(insert(GroundDecision), fresh)
        return len(fresh)

    def _register(
        self, connection: Connection, project: Project, source: Source, facts: dict[str, object], now: dt.datetime
    ) -> None:
        digest = hashlib.sha256(json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
        chosen = (SourceRow.project == project.name, SourceRow.source_id == source.id)
        last = connection.execute(
            select(SourceRow.version, SourceRow.digest).where(*chosen).order_by(SourceRow.version.desc()).limit(1)
        ).first()
        if last is not None and last.digest == digest:
            return
        terms = {name: facts.pop(name) for name in ("terms_sha256", "terms_size", "terms_path", "licence_url")}
        made = connection.execute(
            insert(SourceRow).values(
                project=project.name, source_id=source.id, version=last.version + 1 if last else 1, digest=digest,
                registered_at=stamp(now), **facts,
            )
        )  # fmt: skip
        if terms["terms_sha256"]:
            connection.execute(
                insert(LicenceSnapshot).values(
                    source=made.inserted_primary_key[0] if made.inserted_primary_key else None,
                    licence=source.licence.id, path=terms["terms_path"], url=terms["licence_url"],
                    sha256=terms["terms_sha256"], size=terms["terms_size"], taken_at=stamp(now),
                )
            )  # fmt: skip


_ANSWER = ("source_version", "purpose", "ground", "licence", "allowed", "reason", "as_of", "law_version")


def _versions(connection: Connection, project: str) -> dict[str, int]:
    """{source id: its latest registered version}."""
    rows = connection.execute(
        select(SourceRow.source_id, SourceRow.version).where(SourceRow.project == project).order_by(SourceRow.version)
    )
    return {row.source_id: row.version for row in rows}


def _facts(source: Source, root: Path) -> dict[str, object]:
    """What is declared, with digests of the files that prove it; the order and content fix the version's digest."""
    terms = _evidence(root, source.licence.terms, f"{source.id}: licence.terms")
    evidence = source.ground.evidence or ""
    named = evidence.removeprefix("file:") if evidence.startswith("file:") else None
    proof = _evidence(root, named, f"{source.id}: ground.evidence")
    if named is None and evidence and (root / evidence).is_file():
        proof = _evidence(root, evidence, f"{source.id}: ground.evidence")
    return {
        "provider": source.provider,
        "licence": source.licence.id,
        "licence_expires": _iso(source.licence.expires),
        "licence_url": source.licence.url,
        "terms_path": source.licence.terms,
        "terms_sha256": terms[0],
        "terms_size": terms[1],
        "ground": source.ground.id,
        "ground_evidence": source.ground.evidence,
        "ground_evidence_sha256": proof[0] or None,
        "pipc_resolution": source.ground.pipc_resolution,
        "jurisdiction": source.jurisdiction,
        "custody": source.custody,
        "retention_until": _iso(source.retention_until),
        "destroy_by": _iso(source.destroy_by),
        "child_directed": source.child_directed,
        "accessibility": source.accessibility,
        "mydata": source.mydata,
        "cross_controller": source.cross_controller,
    }


def _evidence(root: Path, name: str | None, field: str) -> tuple[str, int]:
    """(SHA-256 in hex, size in bytes) of a file of terms, which is no personal data; ("", 0) when none is named."""
    if name is None:
        return "", 0
    try:
        data = (root / name).read_bytes()
    except OSError as error:
        raise EvidenceMissing(
            f"{field}: the file can't be read ({error.strerror})", "Put the file there, or remove the field."
        ) from None
    return hashlib.sha256(data).hexdigest(), len(data)


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
