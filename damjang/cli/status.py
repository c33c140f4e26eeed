"""status: what has run, what waits for whom, what is late, stale or alarming. For a person, or --json for a monitor."""

from __future__ import annotations

import datetime as dt
import fcntl
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from damjang.cli.options import ENGINEER, PROJECT, Json, ProjectFile, now
from damjang.cli.show import console, counts_table, emit_json, say

if TYPE_CHECKING:
    from governance.ledger import Ledger, StageInfo
    from schemas.project import Project

SOON = dt.timedelta(days=7)


def add_to(app: typer.Typer) -> None:
    """Register this file's commands."""
    app.command("status", rich_help_panel=ENGINEER)(status)


def status(project: ProjectFile = PROJECT, json: Json = False) -> None:
    """What has run, what waits for whose signature, what is late or about to expire.

    Example: damjang status --project demo/project.yaml
    """
    from governance.ledger import Ledger
    from schemas.projectfile import load_project

    loaded = load_project(project)
    ledger = Ledger.open(loaded.ledger, loaded.root, create=False)
    found = standing(loaded, ledger, now())
    if json:
        emit_json(found)
        return
    _tell(found, project)


def standing(project: Project, ledger: Ledger, at: dt.datetime) -> dict[str, Any]:
    """Everything that `status` shows, as JSON-ready values."""
    stages = _latest(project, ledger)
    waiting, warnings = _trust(project, ledger, at)
    return {
        "project": project.name,
        "running": _running(project.root / project.output),
        "stages": stages,
        "quarantined": _reasons(stages, "quarantined:"),
        "dropped": _reasons(stages, "dropped:"),
        "alarms": _alarms(project, stages),
        "gates_failed": _gates_failed(project.root / project.output),
        "releases": [
            {"release": r.label, "state": r.state, "documents": r.documents, "bytes": r.bytes,
             "data_class": r.data_class, "purpose": r.purpose}
            for r in ledger.releases(project.name)
        ],
        "waiting": waiting,
        "review": _review(stages, project),
        "children": _children(stages, project),
        "held": len(ledger.held_marks()),
        "requests_open": _open(ledger, at),
        "requests_late": _late(ledger, at),
        "warnings": warnings,
    }  # fmt: skip


def _running(out: Path) -> bool:
    """Whether a run holds the output folder now."""
    try:
        with (out / ".lock").open("r") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _latest(project: Project, ledger: Ledger) -> dict[str, dict[str, Any]]:
    """The latest record of each stage, in the order of the road."""
    from pipelines.run import ORDER

    known = {s.stage: s for s in ledger.stages() if _of(s, project)}
    return {
        name: {"folder": known[name].folder, "recorded_at": known[name].recorded_at,
               "counts": {source: dict(row) for source, row in known[name].counts.items()},
               "reasons": {source: dict(row) for source, row in known[name].reasons.items()}}
        for name in ORDER if name in known
    }  # fmt: skip


def _of(stage: StageInfo, project: Project) -> bool:
    """A ledger may serve several projects; a stage folder says whose it is by lying here."""
    return (project.root / project.output / "stages" / stage.folder).is_dir()


def _reasons(stages: dict[str, dict[str, Any]], prefix: str) -> dict[str, dict[str, int]]:
    """{stage: {reason: documents}} of one action."""
    out: dict[str, dict[str, int]] = {}
    for stage, made in stages.items():
        for by_reason in made["reasons"].values():
            for reason, number in by_reason.items():
                if reason.startswith(prefix):
                    row = out.setdefault(stage, {})
                    name = reason.removeprefix(prefix)
                    row[name] = row.get(name, 0) + number
    return out


def _alarms(project: Project, stages: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Sources that dedup took more than the policy's share of, as the stage recorded."""
    from pipelines.driver import MANIFEST, load_manifest

    if "dedup" not in stages:
        return []
    folder = project.root / project.output / "stages" / stages["dedup"]["folder"]
    if not (folder / MANIFEST).exists():
        return []
    return [dict(alarm) for alarm in load_manifest(folder).facts.get("alarms", ())]


def _review(stages: dict[str, dict[str, Any]], project: Project) -> dict[str, int]:
    """Spans between two thresholds, as the latest anonymize stage had them: waiting (masked), and answered."""
    facts = _anonymized(stages, project)
    return {"waits": facts.get("review", 0), "answered": sum(facts.get("reviewed", {}).values())}


def _children(stages: dict[str, dict[str, Any]], project: Project) -> dict[str, int]:
    """Documents that read as written by a child under 14, and those that speak of one and are tagged (PIPA 22-2)."""
    facts = _anonymized(stages, project)
    return {"authors": facts.get("child_authors", 0), "mentions": facts.get("child_mentions", 0)}


def _anonymized(stages: dict[str, dict[str, Any]], project: Project) -> Mapping[str, Any]:
    """Facts of the latest anonymize stage; empty before one has run."""
    from pipelines.driver import MANIFEST, load_manifest

    folder = project.root / project.output / "stages" / stages.get("anonymize", {}).get("folder", "-")
    return load_manifest(folder).facts if (folder / MANIFEST).exists() else {}


def _gates_failed(out: Path) -> list[dict[str, str]]:
    """The gates that did not hold in the latest run."""
    from pipelines.files import read_json

    path = out / "runs" / "latest.json"
    gates = read_json(path).get("gates", []) if path.exists() else []
    names = ("gate", "article", "verdict", "detail", "evidence_sha256")
    return [dict(zip(names, gate, strict=False)) for gate in gates if gate[2] == "fail"]


def _trust(project: Project, ledger: Ledger, at: dt.datetime) -> tuple[list[dict[str, Any]], list[str]]:
    """What waits for signatures, and what is stale. A missing or expired root is a warning here, not the end."""
    from damjang.certificates.errors import TrustError
    from damjang.certificates.reader import load_root
    from governance.errors import GovernanceError
    from governance.issuing import proposals
    from governance.revocations import read_list
    from pipelines.errors import NoTrustRoot
    from pipelines.office import office_of

    warnings: list[str] = []
    waiting: list[dict[str, Any]] = []
    try:
        office = office_of(project, ledger, log_key=False)
        root = load_root(office.trust)
        if root.demo:
            warnings.append("직무분리 미충족 (duties are not separated): this is a demo root")
        warnings += _expiring("the root of trust", root.expires, at, "get a successor signed by the officers")
        listed = read_list(root, office.revocations.read_bytes())
        warnings += _expiring("the revocation list", listed.expires, at, "damjang revocations renew --key URI")
        officers = {person.id for person in root.persons if "officer" in person.roles}
        for proposal in proposals(office, at):
            can = officers - set(proposal.approved_by) - ({proposal.statement.proposed_by} if not root.demo else set())
            waiting.append(
                {"release": proposal.release, "threshold": proposal.threshold,
                 "approved_by": list(proposal.approved_by), "may_sign": sorted(can)}
            )  # fmt: skip
    except NoTrustRoot:
        warnings.append("no root of trust yet: `damjang keys new` for each officer, then `damjang trust new`")
    except FileNotFoundError:
        warnings.append("no revocation list: nothing verifies without one (`damjang revocations renew --key URI`)")
    except (TrustError, GovernanceError) as error:
        warnings.append(f"{error.message} ({error.remedy})" if error.remedy else error.message)
    return waiting, warnings


def _expiring(what: str, expires: dt.datetime, at: dt.datetime, remedy: str) -> list[str]:
    if at >= expires:
        return [f"{what} expired on {expires:%Y-%m-%d %H:%M} UTC: every verification fails ({remedy})"]
    if at + SOON >= expires:
        return [f"{what} expires on {expires:%Y-%m-%d %H:%M} UTC ({remedy})"]
    return []


def _late(ledger: Ledger, at: dt.datetime) -> list[dict[str, str]]:
    from governance.requests import requests

    return [
        {"request": found.request_id, "kind": found.kind, "state": found.state, "late": found.late,
         "due": found.due_at.isoformat(), "article": found.article}
        for found in requests(ledger, at) if found.late
    ]  # fmt: skip


def _open(ledger: Ledger, at: dt.datetime) -> int:
    from governance.requests import requests

    return sum(found.state != "closed" for found in requests(ledger, at))


def _tell(found: dict[str, Any], project: Path) -> None:
    if found["running"]:
        say("실행 중 (a run is working now)")
    if not found["stages"]:
        say(f"nothing has run yet: damjang run {project}")
    else:
        console.print(counts_table({n: s["counts"] for n, s in found["stages"].items() if s["counts"]}))
    for action, title in (("quarantined", "격리 (quarantined)"), ("dropped", "제외 (dropped)")):
        for stage, reasons in found[action].items():
            listed = ", ".join(f"{reason} {number:,}" for reason, number in sorted(reasons.items()))
            say(f"{title} {stage}: {listed}")
    for alarm in found["alarms"]:
        say("[yellow]경보 (alarm)[/] dedup: " + ", ".join(f"{name} {value}" for name, value in sorted(alarm.items())))
    for gate in found["gates_failed"]:
        say(f"[red]관문 불충족 (gate does not hold)[/] {gate['gate']} ({gate['article']}): {gate['detail']}")
    if any(found["review"].values()):
        waits, answered = found["review"]["waits"], found["review"]["answered"]
        say(f"검토 대기 (review) {waits:,} spans, masked; {answered:,} answered: damjang review --project {project}")
    if any(found["children"].values()):
        authors, mentions = found["children"]["authors"], found["children"]["mentions"]
        say(f"14세 미만 (under 14) {authors:,} documents by their authors, {mentions:,} that mention a child, tagged")
    for row in found["releases"]:
        say(f"{row['release']}: {row['state']}, {row['documents']:,} rows, {row['bytes']:,} bytes, {row['data_class']}")
    for row in found["waiting"]:
        signed = ", ".join(row["approved_by"]) or "-"
        say(f"서명 대기 (waits for signatures) {row['release']}: {len(row['approved_by'])} of {row['threshold']} "
            f"(signed: {signed}; may sign: {', '.join(row['may_sign'])})")  # fmt: skip
        say(f"  damjang sign {row['release']} --key file:THEIR.key --project {project}")
    if found["held"]:
        say(f"판단 대기 (held) {found['held']:,}건, 철회된 글의 사본 (copies of what was withdrawn): "
            f"damjang held --project {project}")  # fmt: skip
    if found["requests_open"]:
        say(f"처리 중인 요구 (open requests) {found['requests_open']:,}건, 기한 경과 (late) "
            f"{len(found['requests_late']):,}건: damjang requests --project {project}")  # fmt: skip
    for row in found["requests_late"]:
        say(f"[red]기한 경과 (late)[/] {row['request'][:8]} {row['kind']}: {row['late']}, due {row['due']}")
    for warning in found["warnings"]:
        say(f"[yellow]주의 (note)[/] {warning}")
