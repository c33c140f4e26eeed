"""trace: one document's whole story, for the compliance officer."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from damjang.cli.options import OFFICER, PROJECT, Json, ProjectFile
from damjang.cli.show import emit_json, say

if TYPE_CHECKING:
    from governance.lineage import Lineage

FATES = {"shipped": "출하", "dropped": "제외", "quarantined": "격리", "unfinished": "진행 중"}
ACTIONS = {"kept": "유지", "changed": "변경", "dropped": "제외", "quarantined": "격리"}


def add_to(app: typer.Typer) -> None:
    """Register this file's commands."""
    app.command("trace", rich_help_panel=OFFICER)(trace)


def lineage_of(project: Path) -> Lineage:
    """The lineage of a project's latest run."""
    return lineage_and_key(project)[0]


def lineage_and_key(project: Path) -> tuple[Lineage, bytes]:
    """The lineage of a project's latest run, and the project key that its ids are made with."""
    from governance.lineage import Lineage
    from governance.vault import Vault
    from pipelines.run import resolve_key
    from schemas.projectfile import load_project

    loaded = load_project(project)
    vault = Vault.open(loaded.root / loaded.vault, resolve_key(loaded, loaded.vault_key))
    return Lineage(loaded.root / loaded.output, vault), vault.project_key


def any_document(project: Path) -> str:
    """Some shipped document's id."""
    return lineage_of(project).any_shipped()


def trace(
    document_id: Annotated[str, typer.Argument(metavar="DOCUMENT_ID", help="32 hexadecimal digits.")],
    project: ProjectFile = PROJECT,
    json: Json = False,
) -> None:
    """One document's whole story: source, what each stage did and why, and the row it ships in.

    Example: damjang trace 0123456789abcdef0123456789abcdef --project project.yaml
    """
    story = lineage_of(project).story(document_id)
    if json:
        emit_json(asdict(story) | {"fate": story.fate})
        return
    say(f"문서 (document) {story.document_id}: {FATES[story.fate]} ({story.fate}), 출처 (source) {story.source_id}")
    for event in story.events:
        score = f", {event.score_ppm} / {event.threshold_ppm} ppm" if event.score_ppm >= 0 else ""
        reason = f": {event.reason}" if event.reason else ""
        say(f"  {event.stage:<10} {ACTIONS[event.action]} ({event.action}){reason}{score}")
    if story.survivor_id:
        say(f"  남은 문서 (survivor) {story.survivor_id}, Jaccard {story.jaccard_ppm / 1e6:.4f}")
    if story.removed:
        say("  처리한 개인정보 (rewritten) " + ", ".join(f"{kind} {n}" for kind, n in story.removed.items()))
    if story.where:
        say(f"  위치 (locator) {story.where}")
    if story.shard:
        say(f"  샤드 (shard) {story.shard}, 행 (row) {story.row}, row id {story.row_id}")
