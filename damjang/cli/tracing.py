"""trace: one document's whole story, for the compliance officer."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from damjang.cli.options import OFFICER, PROJECT, Json, ProjectFile, coded, now
from damjang.cli.show import emit_json, say

if TYPE_CHECKING:
    from governance.lineage import Lineage, Story
    from governance.vault import Vault

FATES = {"shipped": "출하", "dropped": "제외", "quarantined": "격리", "destroyed": "파기", "unfinished": "진행 중"}
ACTIONS = {"kept": "유지", "changed": "변경", "dropped": "제외", "quarantined": "격리"}


def add_to(app: typer.Typer) -> None:
    """Register this file's commands."""
    app.command("trace", rich_help_panel=OFFICER)(trace)


def lineage_of(project: Path) -> Lineage:
    """The lineage of a project's latest run."""
    return open_lineage(project)[0]


def lineage_and_key(project: Path) -> tuple[Lineage, bytes]:
    """The lineage of a project's latest run, and the project key that its ids are made with."""
    lineage, vault = open_lineage(project)
    return lineage, vault.project_key


def open_lineage(project: Path, release: str | None = None) -> tuple[Lineage, Vault]:
    """The lineage of a project's latest run, or of the run that made a release, and the vault that its keys are in."""
    from governance.lineage import Lineage, release_folders
    from governance.vault import Vault, resolve_key_uri
    from schemas.projectfile import load_project

    loaded = load_project(project)
    vault = Vault.open(loaded.root / loaded.vault, resolve_key_uri(loaded.vault_key, loaded.root))
    out, folders = loaded.root / loaded.output, None
    if release is not None:
        from governance.ledger import Ledger

        ledger = Ledger.open(loaded.ledger, loaded.root, create=False)
        folders = release_folders(out, ledger, ledger.release(release))
    return Lineage(out, vault, folders), vault


def any_document(project: Path) -> str:
    """Some shipped document's id."""
    return lineage_of(project).any_shipped()


def trace(
    document_id: Annotated[
        str | None, typer.Argument(metavar="[DOCUMENT_ID]", help="32 hexadecimal digits; or one of the options.")
    ] = None,
    record: Annotated[str | None, typer.Option(help="A source's record by its key; with --source.")] = None,
    subject: Annotated[
        str | None, typer.Option(help="A person, by the id the source knows; with --source and --by. Logged.")
    ] = None,
    source: Annotated[str | None, typer.Option(help="Which source's record or person.")] = None,
    row_id: Annotated[str | None, typer.Option(help="A row id, as shards carry it.")] = None,
    row: Annotated[str | None, typer.Option(help="SHARD:ROW, such as shards/press-00000.arrow:12.")] = None,
    by: Annotated[
        str | None, typer.Option(callback=coded, help="Who asks about a person: a code such as officer-1.")
    ] = None,
    release: Annotated[str | None, typer.Option(help="The run that made NAME@V; the latest run by default.")] = None,
    project: ProjectFile = PROJECT,
    json: Json = False,
) -> None:
    """A document's whole story: source, what each stage did and why, and the row it ships in. No text of it, ever.

    Example: damjang trace 0123456789abcdef0123456789abcdef --project project.yaml
    """
    from damjang.cli.stores import checked_source
    from schemas.projectfile import load_project

    given = [value for value in (document_id, record, subject, row_id, row) if value is not None]
    if len(given) != 1:
        raise typer.BadParameter("give one of DOCUMENT_ID, --record, --subject, --row-id, --row")
    if (record is not None or subject is not None) and source is None:
        raise typer.BadParameter("--record and --subject go with --source")
    if source is not None:
        checked_source(load_project(project), source)
    lineage, vault = open_lineage(project, release)
    if subject is not None and source is not None:
        if by is None:
            raise typer.BadParameter("--subject goes with --by: whoever asks about a person is logged")
        documents = _of_subject(lineage, vault, source, subject, by)
    elif record is not None and source is not None:
        documents = [lineage.document_of_record(source, record)]
    elif row_id is not None:
        documents = [lineage.document_of_row(row_id)]
    elif row is not None:
        shard, _, number = row.rpartition(":")
        documents = [lineage.document_at(shard, int(number) if number.isdecimal() else -1)]
    else:
        documents = given
    stories = [lineage.story(document) for document in documents]
    if json:
        made = [asdict(story) | {"fate": story.fate} for story in stories]
        emit_json(made if subject is not None else made[0])
        return
    if not stories:
        say("해당 출처에 이 사람의 문서가 없음 (this source has no document of this person)")
    for story in stories:
        _tell(story)


def _of_subject(lineage: Lineage, vault: Vault, source: str, subject: str, by: str) -> list[str]:
    """A person's documents; asking is an access to personal data and is logged first (안전성 확보조치 기준 8)."""
    import socket

    known = vault.subject_ids([vault.subject_token(source, subject)])
    person = next(iter(known.values())).hex() if known else "unknown"
    vault.access_log.add(by, now(), socket.gethostname(), person, f"trace:{source}")
    return lineage.documents_of_subject(source, subject)


def _tell(story: Story) -> None:
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
    if story.destroyed:
        say(f"  파기 (destroyed) {story.destroyed}")
