"""report: what an officer files about a release, as one page, or as JSON; and the answer to one person's request."""

from __future__ import annotations

import datetime as dt
import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from damjang.cli.options import OFFICER, PROJECT, Json, ProjectFile, coded, now
from damjang.cli.show import emit_json, say

if TYPE_CHECKING:
    from governance.report import ReportFacts
    from governance.subject_report import SubjectReport


def add_to(app: typer.Typer) -> None:
    """Register this file's commands."""
    app.command("report", rich_help_panel=OFFICER)(report)


def report(
    release: Annotated[
        str | None,
        typer.Argument(
            metavar="[RELEASE]", help="name@version, published or proposed; what the last run made without."
        ),
    ] = None,
    project: ProjectFile = PROJECT,
    out: Annotated[
        Path | None, typer.Option("--out", help="Where the page goes; out/reports/RELEASE.html by default.")
    ] = None,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="The same page as a PDF with its fonts, out/reports/RELEASE.pdf.")
    ] = False,
    card: Annotated[bool, typer.Option("--croissant", help="A Croissant 1.1 card instead of a page.")] = False,
    subject: Annotated[
        str | None, typer.Option("--subject", help="A person, by the id that sources know them by; - reads it.")
    ] = None,
    source: Annotated[list[str] | None, typer.Option("--source", help="With --subject: only this source.")] = None,
    staff: Annotated[
        str | None, typer.Option("--staff", callback=coded, help="With --subject: who asks, a code, for the log.")
    ] = None,
    json: Json = False,
) -> None:
    """Write the report of a release: one HTML page or a PDF, Korean first, that prints well and needs no network.

    The release is verified while the report is made; the exit code is 1 unless it is valid, or still proposed. A run
    that a gate refused has its page too, with the failed gates and their articles. With --subject: everything held
    about one person (PIPA 35), logged as an access, on standard output; with --pdf or --out a page, kept nowhere else.
    Example: damjang report korean-public@1 --project project.yaml
    """
    if subject is not None:
        if release is not None:
            raise typer.BadParameter("name a RELEASE, or a person with --subject")
        _answer(project, subject, source, staff, json, out, pdf)
        return
    made = release or _last(project)
    if made is not None:
        _report(project, made, out, pdf, card, json)
    elif card:
        raise typer.BadParameter("the last run was refused; only a valid release has a card")
    else:
        _refused(project, out, pdf, json)


def _last(project_file: Path) -> str | None:
    """The release that the last run made; None where a gate refused it. Raises NothingToReport."""
    from governance.report import last_run
    from schemas.projectfile import load_project

    return last_run(load_project(project_file))["release"] or None


def _report(project: Path, release: str, out: Path | None, pdf: bool, card: bool, json: bool) -> None:
    facts = facts_of(project, release, now())
    if card:
        _card(facts, project, out)
        return
    if json:
        from governance.report import to_json

        emit_json(to_json(facts))
    if out is not None or pdf or not json:
        path = _write(project, facts, out, pdf)
        if not json:
            say(f"{release}: {_verdict(facts)}")
            for caution in facts.cautions:
                say(f"  조치 필요 (needs action): {caution.ko}")
            say(f"report: {path}")
    if facts.standing.verdict not in ("valid", "proposed"):
        raise typer.Exit(1)


def _refused(project_file: Path, out: Path | None, pdf: bool, json: bool) -> None:
    """The last run's page: why nothing was issued."""
    from governance.ledger import Ledger
    from governance.report import gather_run, last_run, render_run, to_json
    from schemas.projectfile import load_project

    project = load_project(project_file)
    at = now()
    facts = gather_run(project, last_run(project), Ledger.open(project.ledger, project.root, create=False), at)
    if json:
        emit_json(to_json(facts))
    if out is not None or pdf or not json:
        path = _put(project_file, render_run(facts), "refused-run", out, at, pdf)
        if not json:
            say(f"{project.name}: 발행 거부 (refused), {facts.ran_at.isoformat()}")
            for caution in facts.cautions:
                say(f"  조치 필요 (needs action): {caution.ko}")
            say(f"report: {path}")
    raise typer.Exit(1)


def write_report(project_file: Path, release: str, out: Path | None, now: dt.datetime) -> Path:
    """The page's path: `out`, or out/reports/RELEASE.html of the project. Verifies the release at `now`."""
    return _write(project_file, facts_of(project_file, release, now), out)


def facts_of(project_file: Path, release: str, now: dt.datetime) -> ReportFacts:
    """Gather; what this machine has seen of the root of trust counts, as it does for `damjang verify`."""
    from damjang.certificates.reader import load_root
    from damjang.client.clusters import read_clusters
    from damjang.client.errors import ClusterUnknown
    from damjang.client.state import State, default_folder
    from governance.ledger import Ledger
    from governance.report import gather
    from schemas.projectfile import load_project

    project = load_project(project_file)
    ledger = Ledger.open(project.ledger, project.root, create=False)
    try:
        clusters = read_clusters(project.root / project.clusters)
    except ClusterUnknown:  # no enrolment file: receipts are then shown as fitting none
        clusters = ()
    root = load_root(project.root / project.signing.trust)
    seen = State(default_folder()).seen(root.id)
    return gather(project, release, ledger, now, clusters=clusters, seen=seen)


def _write(project_file: Path, facts: ReportFacts, out: Path | None, pdf: bool = False) -> Path:
    from governance.report import render_html

    return _put(project_file, render_html(facts), facts.release, out, facts.generated_at, pdf)


def _put(project_file: Path, page: str, name: str, out: Path | None, made: dt.datetime, pdf: bool) -> Path:
    """The page, or a PDF of it, in `out` or among the project's reports."""
    from damjang.certificates.files import write_atomic
    from schemas.projectfile import load_project

    data = page.encode()
    if pdf:
        from governance.report.pdf import render_pdf

        data = render_pdf(page, made)
    if out is None:
        project = load_project(project_file)
        out = project.root / project.output / "reports" / f"{name}.{'pdf' if pdf else 'html'}"
    out.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(out, data)
    return out


def _verdict(facts: ReportFacts) -> str:
    from governance.report.words import word

    verdict = word("verdicts", facts.standing.verdict)
    error = f", {facts.standing.error}: {facts.standing.message}" if facts.standing.error else ""
    return f"{verdict.ko} ({verdict.en}){error}"


def _answer(
    project_file: Path, subject: str, sources: list[str] | None, staff: str | None, json: bool, out: Path | None,
    pdf: bool,
) -> None:  # fmt: skip
    from damjang.cli.receipts_in import import_receipts
    from damjang.cli.tracing import lineage_of
    from governance.ledger import Ledger
    from governance.subject_report import subject_report, to_text
    from governance.vault import Vault
    from pipelines.run import resolve_key
    from schemas.projectfile import load_project

    if staff is None:
        raise typer.BadParameter("--subject goes with --staff CODE: every look at a person is logged (기준 8)")
    project = load_project(project_file)
    unknown = sorted(set(sources or ()) - {s.id for s in project.sources})
    if unknown:
        raise typer.BadParameter(f"no source {unknown[0]} in this project")
    at, ledger = now(), Ledger.open(project.ledger, project.root, create=False)
    import_receipts(project, ledger, at)  # who pulled what is part of the answer
    made = subject_report(
        ledger,
        Vault.open(project.root / project.vault, resolve_key(project, project.vault_key)),
        lineage_of(project_file),
        project,
        provider_id=sys.stdin.readline().rstrip("\n") if subject == "-" else subject,
        now=at,
        who=staff,
        where=socket.gethostname(),
        sources=sources or None,
    )
    if json:
        emit_json(made.to_json())
    if out is not None or pdf:
        path = _hand_over(made, project.name, at, out, pdf)
        if not json:
            say(f"report: {path}")
            say("  본인에게 전한 뒤 지우십시오 (personal data: delete it once it is handed over)")
    elif not json:
        sys.stdout.write(to_text(made))


def _hand_over(made: SubjectReport, project: str, at: dt.datetime, out: Path | None, pdf: bool) -> Path:
    """The page or its PDF, readable by its owner only; in the current folder, never among the project's reports."""
    from governance.report.render import render_subject

    page = render_subject(made, project, at)
    path = out or Path("subject-report.pdf")
    path.parent.mkdir(parents=True, exist_ok=True)
    data = page.encode()
    if pdf:
        from governance.report.pdf import render_pdf

        data = render_pdf(page, at)
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123
        file.write(data)
    return path


def _card(facts: ReportFacts, project_file: Path, out: Path | None) -> None:
    """The card of a release that stands: on standard output, or into a file."""
    import json

    from damjang.certificates.files import write_atomic
    from damjang.certificates.manifest import Manifest
    from governance.report.croissant import card
    from schemas.projectfile import load_project

    if facts.standing.verdict != "valid":
        say(f"{facts.release}: {_verdict(facts)}; only a valid release has a card")
        raise typer.Exit(1)
    manifest = Manifest.from_bytes((load_project(project_file).root / facts.folder / "manifest.json").read_bytes())
    made = card(facts, manifest.shards)
    if out is None:
        emit_json(made)
    else:
        write_atomic(out, (json.dumps(made, ensure_ascii=False, indent=2) + "\n").encode())
        say(f"card: {out}")
