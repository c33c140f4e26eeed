"""held: copies of withdrawn documents that wait for the officer, and the decision about each: release or withdraw."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from damjang.cli.options import OFFICER, PROJECT, Json, ProjectFile, coded, now
from damjang.cli.show import emit_json, say

if TYPE_CHECKING:
    from pipelines.stage import Run

held_app = typer.Typer(help="Near-identical copies of withdrawn documents: what waits, release or withdraw.")

Document = Annotated[str, typer.Argument(metavar="DOCUMENT_ID", help="The document's id, or its first digits.")]
By = Annotated[str, typer.Option(callback=coded, help="Who decides: a code such as officer-1, never a name. Logged.")]


def add_to(app: typer.Typer) -> None:
    """Register this file's commands."""
    held_app.callback(invoke_without_command=True)(held)
    held_app.command("release")(held_release)
    held_app.command("withdraw")(held_withdraw)
    app.add_typer(held_app, name="held", rich_help_panel=OFFICER)


def held(context: typer.Context, project: ProjectFile = PROJECT, json: Json = False) -> None:
    """Documents that wait for a decision; `damjang trace DOCUMENT_ID` tells the story of each.

    Example: damjang held --project project.yaml
    """
    if context.invoked_subcommand is not None:
        return
    from dataclasses import asdict

    from pipelines.holding import held as waiting

    found = waiting(_run(project))
    if json:
        emit_json({"held": [asdict(one) for one in found]})
        return
    say(f"판단 대기 (held) {len(found)}건")
    for one in found:
        say(f"  {one.document_id}, 철회 (withdrawal) {one.request_id[:12]}, {one.since[:10]}부터 (since)")


def held_release(document: Document, by: By, project: ProjectFile = PROJECT, json: Json = False) -> None:
    """Let a held document in again: the next run may take it. What was withdrawn itself is never let in.

    Example: damjang held release 0123456789abcdef0123456789abcdef --by officer-1 --project project.yaml
    """
    from pipelines.driver import output_lock
    from pipelines.holding import release

    run = _run(project)
    with output_lock(run.out):
        release(run, document, by, socket.gethostname())
    if json:
        emit_json({"document": document, "released": True})
        return
    say("해제함 (released): 다음 실행부터 다시 들어올 수 있음 (the next run may take it)")


def held_withdraw(
    document: Document,
    by: By,
    key: Annotated[list[str] | None, typer.Option(help="An officer's key URI, if a release is touched.")] = None,
    project: ProjectFile = PROJECT,
    json: Json = False,
) -> None:
    """Withdraw a held document for good: its staged text is destroyed, and it stays out.

    Example: damjang held withdraw 0123456789abcdef0123456789abcdef --by officer-1 --project project.yaml
    """
    from damjang.certificates.signers import signer_from_uri
    from pipelines.driver import output_lock
    from pipelines.holding import withdraw

    run = _run(project)
    with output_lock(run.out):
        signers = [signer_from_uri(uri, run.project.root) for uri in key or ()]
        made = withdraw(run, document, by, socket.gethostname(), signers)
    if json:
        emit_json({"document": document, "request": made.request_id, "release": made.release})
        return
    say(f"철회 처리함 (withdrawn) {made.request_id}")


def _run(project: Path) -> Run:
    from pipelines.run import Options, open_run
    from schemas.projectfile import load_project

    return open_run(load_project(project), now(), Options())
