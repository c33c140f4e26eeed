"""recalls: what clusters were told to delete after a withdrawal, which signed that it is deleted, and what is late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from damjang.cli.options import OFFICER, PROJECT, Json, ProjectFile, now
from damjang.cli.show import emit_json, say

if TYPE_CHECKING:
    from governance.recalls import Recall


def add_to(app: typer.Typer) -> None:
    """Register this file's commands."""
    app.command("recalls", rich_help_panel=OFFICER)(recalls)


def recalls(
    check: Annotated[bool, typer.Option("--check", help="Exit code 1 when an answer is late: for a timer.")] = False,
    project: ProjectFile = PROJECT,
    json: Json = False,
) -> None:
    """Recall notices to clusters, unanswered first: signed deletion receipts in out/receipts answer them.

    A notice's text for sending is in out/withdrawals/REQUEST/notices.json.
    Example: damjang recalls --project project.yaml
    """
    from damjang.cli.receipts_in import import_receipts
    from governance.recalls import recalls as queued
    from pipelines.driver import output_lock
    from pipelines.run import Options, open_run
    from schemas.projectfile import load_project

    run = open_run(load_project(project), now(), Options())
    with output_lock(run.out):
        import_receipts(run.project, run.ledger, run.now)
    rows = [_row(one) for one in queued(run.ledger, run.out / "withdrawals", run.now)]
    late = sum(1 for row in rows if row["late"])
    if json:
        emit_json({"recalls": rows, "late": late})
    else:
        say(f"회수 통지 (recall notices) {len(rows)}건, 기한 경과 (late) {late}건")
        for row in rows:
            _say_row(row)
    if check and late:
        raise typer.Exit(1)


def _row(one: Recall) -> dict[str, Any]:
    from governance.times import KST

    return {"cluster": one.cluster, "request": one.request_id, "delete": list(one.releases),
            "use_instead": list(one.use_instead), "missing": list(one.missing), "answered": one.answered,
            "due": one.due_at.astimezone(KST).isoformat(), "late": one.late}  # fmt: skip


def _say_row(row: dict[str, Any]) -> None:
    told = "[green]삭제 확인 (deletion signed)[/]" if row["answered"] else "답 없음 (no receipt yet)"
    mark = "[red]기한 경과 (late)[/]" if row["late"] else told
    say(f"  {row['cluster']}: {mark}; 삭제할 배포판 (delete) {', '.join(row['delete']) or '-'}")
    instead = ", ".join(row["use_instead"]) or "-"
    say(f"    철회 (withdrawal) {row['request'][:12]}, 대신 쓸 것 (use instead) {instead}, 기한 (due) {row['due']}")
