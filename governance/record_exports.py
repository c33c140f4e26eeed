"""The PIPA's records as an authority would ask for them: flat rows, each with its retention rule and clock.

`retention` says the rule in words, `keep_until` the last day (ISO date; "" while the clock has not begun to run or is
the release's own). Some are entered (governance.records), the others are read off the ledger, the vault and the disk.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, select

from damjang.certificates.trust import Root
from governance.consent_state import Flag
from governance.database import database_url
from governance.ledger import Ledger
from governance.ledger.models.base import Base
from governance.ledger.models.consents import ConsentRecord
from governance.ledger.models.rights import DestructionRow
from governance.ledger.models.sources import GroundDecision, LicenceSnapshot, SourceRow
from governance.reasons import reasons
from governance.record_forms import NAMES, check_statement
from governance.records import access_log_years, columns, export, years_after
from governance.report.facts import ReportFacts
from governance.vault import Vault
from schemas.project import Project

Row = dict[str, Any]

RULES: Final = {
    "source-register": "출처를 쓰는 동안과 그 배포판 동안 (20, 22③; 입증책임)",
    "ground-decision": "배포판과 함께 (15, 17, 28-2, 28-3, 35-2)",
    "pseudonymisation": "가명정보 파기 후 3년 (28-4③, 영29-5②)",
    "separation": "현재 상태 (28-4①, 영29-5①)",
    "adequacy-review": "가명처리 기록과 함께 (가명정보 처리 가이드라인)",
    "reidentification-test": "가명처리 기록과 함께 (가명정보 처리 가이드라인)",
    "destruction-register": "원장과 함께 (21, 내부 기준)",
    "access-log": "1년, 5만 명 이상·민감·고유식별정보는 2년 (안전성 확보조치 기준 8)",
    "privilege-change": "3년 (안전성 확보조치 기준 5)",
    "processor": "위탁이 끝난 뒤 3년 (26, 내부 기준)",
    "transfer": "배포판과 함께 (28-8)",
    "incident": "원장과 함께 (34, 내부 기준)",
    "class-decision": "배포판과 함께 (2(1), 28-2, 58-2)",
    "pia": "배포판과 함께 (33)",
    "pipc-resolution": "배포판과 함께 (28-12)",
    "balancing-test": "근거를 쓰는 동안 (15①6, 영14-2)",
    "data-overview": "배포판과 함께 (인공지능기본법 34①2)",
}
"""Every kind of export, with its rule."""

BY_DOCUMENT: Final = "동의를 근거로 하는 출처: 정보주체의 동의는 수집할 때 문서마다 판단함."

_ACCESS = ("who", "at", "where", "subject", "task")
_PIA = ("release", "pia", "decided_by", "decided_on", "recorded_at")
_DESTROYED = ("kind", "target", "reason", "method", "request_id", "approver", "at", "recorded_at")
_OVERVIEW = (
    "release", "certificate", "language", "source", "provider", "licence", "ground", "jurisdiction", "collected_by",
    "documents", "shipped", "processing", "data_class", "purposes", "issued", "expires", "known_limits",
)  # fmt: skip


def header(name: str) -> list[str]:
    """The columns of a kind of export, also while nothing is on record."""
    fixed: dict[str, Sequence[str]] = {
        "separation": ("item", "found", "holds"),
        "destruction-register": _DESTROYED,
        "access-log": _ACCESS,
        "pia": _PIA,
        "data-overview": _OVERVIEW,
        "source-register": (*_columns(SourceRow), "licence_terms_sha256"),
        "ground-decision": (*_columns(GroundDecision), "reason_ko"),
    }
    found = fixed[name] if name in fixed else [c for c in columns(NAMES[name].__name__) if c != "keep_until"]
    return [*found, *(["statement_signed_by"] if name == "transfer" else []), "retention", "keep_until"]


def _columns(table: type[Base]) -> list[str]:
    return [column.name for column in table.__table__.columns if column.name != "id"]


def entered(ledger: Ledger, name: str, root: Root | None = None) -> list[Row]:
    """The records that people enter, with their clock; of a no-transfer statement also whose signature holds."""
    found = []
    for row in export(ledger, NAMES[name].__name__):
        clock = (_CLOCKS[name](ledger, row) if name in _CLOCKS else row.get("keep_until")) or ""
        if name == "transfer":
            row["statement_signed_by"] = check_statement(row, root.organisation, root) if root else ""
        found.append({key: value for key, value in row.items() if key != "keep_until"} | _clock(name, clock))
    return found


def source_register(ledger: Ledger) -> list[Row]:
    """Every version of every source as it was declared: provider, licence, ground, proof, and the facts that the law
    asks for (accessibility 15①6, mydata 35-2, cross_controller 28-3, child_directed 22-2)."""
    with ledger.read() as connection:
        order = (SourceRow.project, SourceRow.source_id, SourceRow.version)
        rows = connection.execute(select(SourceRow.__table__).order_by(*order)).mappings().all()
        terms = {r.source: r.sha256 for r in connection.execute(select(LicenceSnapshot).order_by(LicenceSnapshot.id))}
    return [
        {name: value for name, value in row.items() if name != "id"}
        | {"licence_terms_sha256": terms.get(row["id"], "")}
        | _clock("source-register")
        for row in rows
    ]


def ground_decisions(ledger: Ledger) -> list[Row]:
    """What `decide` said of each source: allowed or refused, with the article and the law version; and in words.

    Of a source on consent it judged the source: its subjects are judged at ingest, document by document.
    """
    with ledger.read() as connection:
        rows = connection.execute(select(GroundDecision.__table__).order_by(GroundDecision.__table__.c.id)).mappings()
        return [
            {name: value for name, value in row.items() if name != "id"}
            | {"reason_ko": BY_DOCUMENT if row["reason"] == "consent" else reasons()[row["reason"]].ko}
            | _clock("ground-decision")
            for row in rows
        ]


def pia(ledger: Ledger) -> list[Row]:
    """Privacy impact assessments (33) by release: the reference, or why none was made."""
    return [{key: row[key] for key in _PIA} | _clock("pia") for row in export(ledger, "ClassDecision")]


def destruction_register(ledger: Ledger) -> list[Row]:
    """What was destroyed, why, how, at whose order (21); targets are random or keyed ids."""
    with ledger.read() as connection:
        rows = connection.execute(select(DestructionRow).order_by(DestructionRow.id)).all()
    return [{name: getattr(row, name) for name in _DESTROYED} | _clock("destruction-register") for row in rows]


def access_log(vault: Vault, ledger: Ledger) -> list[Row]:
    """Who, when, where, which subject, what task (기준 2(3), 8). Reading it is an access: log it first."""
    special = int(Flag.SENSITIVE | Flag.UNIQUE_ID)
    with ledger.read() as connection:
        marked = select(func.count()).select_from(ConsentRecord).where(ConsentRecord.flags.op("&")(special) != 0)
        sensitive = bool(connection.execute(marked).scalar_one())
    years = access_log_years(subjects=sum(1 for _ in vault.subjects.all()), sensitive_or_unique=sensitive)
    return [
        dict(vars(row)) | _clock("access-log", years_after(dt.date.fromisoformat(row.at[:10]), years) or "")
        for row in vault.access_log.entries()
    ]


def separation(project: Project, ledger: Ledger) -> list[Row]:
    """How additional information (subject map, salts, keys) is kept apart, as found on this machine (28-4①)."""
    vault, place = project.root / project.vault, database_url(project.ledger, project.root)
    key = project.vault_key
    key_file = project.root / key.removeprefix("file:") if key.startswith("file:") else None
    held: dict[tuple[str, str], str] = {}
    for row in export(ledger, "PrivilegeChange"):
        held[row["staff_ref"], row["role"]] = row["change"]
    holders = sorted(f"{staff}: {role}" for (staff, role), change in held.items() if change != "revoked")
    other = place.get_backend_name() != "sqlite" or Path(str(place.database)).resolve() != vault.resolve()
    apart = key_file is None or key_file.parent.resolve() != vault.parent.resolve()
    findings = (
        ("vault in a database of its own (별도 저장소)", project.vault, other),
        ("vault readable by its owner only (접근 제한)", _mode(vault), _private(vault)),
        ("vault key readable by its owner only", _mode(key_file), key_file is None or _private(key_file)),
        ("vault key kept in another folder than the vault (열쇠 분리)", key, apart),
        ("rights granted and not taken away (권한 분리)", "; ".join(holders) or "none recorded", bool(holders)),
    )
    return [
        {"item": item, "found": found, "holds": holds} | _clock("separation") for item, found, holds in findings
    ]  # fmt: skip


def data_overview(facts: ReportFacts) -> list[Row]:
    """학습용데이터의 개요, a row a source: what, how much, from whom, on which ground, what was done, known limits."""
    issue = facts.issue
    done = ", ".join(dict.fromkeys(row.stage for row in facts.stages))
    limits = " ".join(said.ko for said in facts.unproven)
    return [
        {
            "release": facts.release, "certificate": issue.certificate, "language": "ko", "source": one.source_id,
            "provider": one.provider, "licence": one.licence, "ground": one.ground, "jurisdiction": one.jurisdiction,
            "collected_by": "provider" if one.custody == "provider" else "ours", "documents": one.documents,
            "shipped": one.shipped, "processing": done, "data_class": issue.data_class,
            "purposes": ", ".join(issue.purposes), "issued": issue.issued.isoformat(),
            "expires": issue.expires.isoformat(), "known_limits": limits,
        } | _clock("data-overview")
        for one in facts.sources
    ]  # fmt: skip


def _with_pseudonymisation(ledger: Ledger, row: Mapping[str, Any]) -> str | None:
    """A review is kept as long as the newest pseudonymisation record of its release."""
    kept = [one for one in export(ledger, "Pseudonymisation") if one["release"] == row["release"]]
    return kept[-1]["keep_until"] if kept else None


def _after_contract(_: Ledger, row: Mapping[str, Any]) -> str | None:
    return years_after(dt.date.fromisoformat(row["valid_until"]), 3) if row["valid_until"] else None


_CLOCKS: Final[dict[str, Callable[[Ledger, Mapping[str, Any]], str | None]]] = {
    "adequacy-review": _with_pseudonymisation,
    "reidentification-test": _with_pseudonymisation,
    "processor": _after_contract,
}


def _clock(name: str, keep_until: str = "") -> Row:
    return {"retention": RULES[name], "keep_until": keep_until}


def _mode(path: Path | None) -> str:
    return f"{path.stat().st_mode & 0o777:04o}" if path is not None and path.exists() else "not a file here"


def _private(path: Path) -> bool:
    return path.exists() and not path.stat().st_mode & 0o077
