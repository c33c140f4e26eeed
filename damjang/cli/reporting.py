"""report: what an officer files about a release, as one page, or as JSON for a script."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from damjang.cli.options import OFFICER, Json, now
from damjang.cli.show import emit_json, say

if TYPE_CHECKING:
    from governance.report import ReportFacts


def add_to(app: typer.Typer) -> None:
    """Register this file's commands."""
    app.command("report", rich_help_panel=OFFICER)(report)


def report(
    release: Annotated[str, typer.Argument(metavar="RELEASE", help="name@version, published or proposed.")],
    project: Annotated[Path, typer.Option("--project", help="The project file.")] = Path("project.yaml"),
    out: Annotated[
        Path | None, typer.Option("--out", help="Where the page goes; out/reports/RELEASE.html by default.")
    ] = None,
    json: Json = False,
) -> None:
    """Write the report of a release: one HTML page, Korean first, that prints well and needs no network.

    The release is verified while the report is made; the exit code is 1 unless it is valid, or still proposed.
    Example: damjang report korean-public@1 --project project.yaml
    """
    at = now()
    facts = facts_of(project, release, at)
    if json:
        from governance.report import to_json

        emit_json(to_json(facts))
    if out is not None or not json:
        path = _write(project, facts, out)
        if not json:
            say(f"{release}: {_verdict(facts)}")
            for caution in facts.cautions:
                say(f"  조치 필요 (needs action): {caution.ko}")
            say(f"report: {path}")
    if facts.standing.verdict not in ("valid", "proposed"):
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


def _write(project_file: Path, facts: ReportFacts, out: Path | None) -> Path:
    from damjang.certificates.files import write_atomic
    from governance.report import render_html
    from schemas.projectfile import load_project

    if out is None:
        project = load_project(project_file)
        out = project.root / project.output / "reports" / f"{facts.release}.html"
    out.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(out, render_html(facts).encode())
    return out


def _verdict(facts: ReportFacts) -> str:
    from governance.report.words import word

    verdict = word("verdicts", facts.standing.verdict)
    error = f", {facts.standing.error}: {facts.standing.message}" if facts.standing.error else ""
    return f"{verdict.ko} ({verdict.en}){error}"
