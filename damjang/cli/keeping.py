"""vault and ledger: backup, restore, rotate, verify. The two are kept apart, and so are their backups.

A restore never overwrites: move what is damaged away first. It replays the destruction register and the tombstones
before the store stands under its name, so that nothing destroyed and nobody withdrawn comes back with an old backup.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from damjang.cli.options import OFFICER, PROJECT, Json, ProjectFile, coded, now
from damjang.cli.show import emit_json, say
from damjang.cli.stores import log_access, open_ledger, open_vault

if TYPE_CHECKING:
    from governance.audit_verify import AuditReport
    from schemas.project import Project

vault_app = typer.Typer(help="The vault: backup, restore, new keys.", no_args_is_help=True)
ledger_app = typer.Typer(help="The ledger: backup, restore, verify.", no_args_is_help=True)

By = Annotated[str, typer.Option(callback=coded, help="Who does it: a code such as officer-1, never a name. Logged.")]
Target = Annotated[Path, typer.Argument(metavar="FILE", help="Where the copy goes (0600); never over a file.")]
Backup = Annotated[Path, typer.Argument(metavar="BACKUP", help="A file that `backup` made.")]
OutsideCheckpoint = Annotated[
    Path, typer.Option(help="A checkpoint kept outside the ledger and its backups, or the folder that exports go to.")
]


def add_to(app: typer.Typer) -> None:
    """Register this file's commands."""
    vault_app.command("backup")(vault_backup)
    vault_app.command("restore")(vault_restore)
    vault_app.command("rotate")(vault_rotate)
    ledger_app.command("backup")(ledger_backup)
    ledger_app.command("restore")(ledger_restore)
    ledger_app.command("verify")(ledger_verify)
    app.add_typer(vault_app, name="vault", rich_help_panel=OFFICER)
    app.add_typer(ledger_app, name="ledger", rich_help_panel=OFFICER)


# --- vault ---------------------------------------------------------------------------------------------------


def vault_backup(file: Target, by: By, project: ProjectFile = PROJECT, json: Json = False) -> None:
    """Copy the vault while it may be in use. Its key is not in the copy: keep the two apart.

    Example: damjang vault backup /media/vault-backup/2026-11-22.db --by officer-1 --project project.yaml
    """
    from governance.vault.backup import back_up
    from schemas.projectfile import load_project

    loaded = load_project(project)
    log_access(open_vault(loaded), by, "*", "vault-backup")
    back_up(loaded.root / loaded.vault, file)
    _backed_up(loaded, file, json)


def vault_restore(backup: Backup, by: By, project: ProjectFile = PROJECT, json: Json = False) -> None:
    """Put a backup in the vault's place, after replaying what the ledger knows was destroyed or withdrawn since.

    Exit code 1 when withdrawals in the ledger belong to people whom this backup does not know.

    Example: damjang vault restore /media/vault-backup/2026-11-22.db --by officer-1 --project project.yaml
    """
    from governance.consents import withdrawn_subjects
    from governance.vault.backup import restore
    from pipelines.driver import output_lock
    from pipelines.run import resolve_key

    loaded, ledger = open_ledger(project)
    with output_lock(loaded.root / loaded.output):
        key = resolve_key(loaded, loaded.vault_key)
        marks, orders = ledger.tombstone_marks(), ledger.destructions()
        vault, replayed = restore(backup, loaded.root / loaded.vault, key, orders, marks)
    log_access(vault, by, "*", "vault-restore")
    known = {subject_id for _, subject_id in vault.subjects.all()}
    forgotten = len({order.target for order in orders if order.kind == "subject"})
    unknown = max(0, len(withdrawn_subjects(ledger) - known) - forgotten)
    if json:
        emit_json({"restored": loaded.vault, "destructions_replayed": replayed, "tombstones": len(
            vault.tombstones.snapshot()), "unknown_withdrawn": unknown})  # fmt: skip
    else:
        say(f"복원함 (restored) {loaded.vault}: 파기 {replayed}건을 다시 집행 (destructions replayed), "
            f"삭제표지 {len(vault.tombstones.snapshot())}건 (tombstones)")  # fmt: skip
        if unknown:
            say(f"[red]주의 (note)[/]: 철회한 {unknown}명이 이 백업 뒤에 등록됨 (withdrew, and came after this backup)")
            say("  실행 전에 철회를 다시 접수하십시오 (before the next run, enter their withdrawals again)")
    if unknown:
        raise typer.Exit(1)


def vault_rotate(
    new_key: Annotated[str, typer.Option(help="The new key: file:PATH (made if absent) or env:NAME.")],
    by: By,
    project: ProjectFile = PROJECT,
    json: Json = False,
) -> None:
    """Seal everything in the vault anew under a new key. Destroying the old key then ends every earlier backup.

    Example: damjang vault rotate --new-key file:vault/vault-2.key --by officer-1 --project project.yaml
    """
    from governance.vault.backup import rotate
    from pipelines.driver import output_lock
    from pipelines.run import resolve_key
    from schemas.projectfile import load_project

    loaded = load_project(project)
    log_access(open_vault(loaded), by, "*", "vault-rotate")
    with output_lock(loaded.root / loaded.output):
        rotate(loaded.root / loaded.vault, resolve_key(loaded, loaded.vault_key), resolve_key(loaded, new_key))
    if json:
        emit_json({"vault": loaded.vault, "old_key": loaded.vault_key, "new_key": new_key})
        return
    say(f"열쇠를 바꿈 (rotated): now set `vault_key: {new_key}` in {project.name}")
    say(f"  {loaded.vault_key}를 파기하면 옛 백업은 열리지 않음 (destroy it and no earlier backup opens)")


# --- ledger --------------------------------------------------------------------------------------------------


def ledger_backup(file: Target, project: ProjectFile = PROJECT, json: Json = False) -> None:
    """Copy the ledger while it may be in use. The copy is a SQLite ledger, also of one in PostgreSQL.

    Example: damjang ledger backup /media/ledger-backup/2026-11-22.db --project project.yaml
    """
    from governance.database import sqlite_file
    from governance.ledger.backup import back_up, back_up_server

    loaded, ledger = open_ledger(project)
    path = sqlite_file(ledger.engine)
    if path is not None:
        back_up(path, file)
    else:
        back_up_server(ledger, file)
    _backed_up(loaded, file, json)


def ledger_restore(
    backup: Backup, checkpoint: OutsideCheckpoint, project: ProjectFile = PROJECT, json: Json = False
) -> None:
    """Put a backup in the ledger's place, add what the vault's registers hold, and compare its log with the outside.

    Exit code 1 when the outside checkpoint knows entries that the backup lacks: they are lost, and the first is named.

    Example: damjang ledger restore /media/ledger-backup/2026-11-22.db --checkpoint /media/audit --project project.yaml
    """
    from governance.database import database_url
    from governance.errors import AuditEntryBad, AuditError, VaultMissing
    from governance.ledger.backup import restore, restore_server
    from pipelines.driver import output_lock
    from schemas.projectfile import load_project

    loaded = load_project(project)
    place = database_url(loaded.ledger, loaded.root)
    if not checkpoint.exists():
        raise AuditError(f"no checkpoint at {checkpoint}", "name the file, or the folder, that exports go to")
    with output_lock(loaded.root / loaded.output):
        try:
            vault = open_vault(loaded)
            orders, marks = vault.destructions(), vault.tombstones.every()
        except VaultMissing:
            orders, marks = [], []
        if place.get_backend_name() == "sqlite":
            ledger = restore(backup, Path(str(place.database)), orders, marks, now())
        else:
            scratch = loaded.root / loaded.output / ".ledger.restoring"
            ledger = restore_server(backup, loaded.ledger, scratch, orders, marks, now())
    shown = loaded.ledger if place.get_backend_name() == "sqlite" else place.render_as_string(hide_password=True)
    if not json:
        say(f"복원함 (restored) {shown}: 파기대장 {len(ledger.destructions())}건 (destructions on record)")
    try:
        report = _compared(project, checkpoint)
    except AuditEntryBad as found:
        raise AuditEntryBad(
            f"the ledger is restored, and is not the whole one: {found.message}",
            "use a newer backup, or record the loss (`damjang records add incident`) before the next run",
            found.index,
        ) from None
    if json:
        emit_json({"restored": shown, "destructions": len(ledger.destructions()), "entries": report.size,
                   "proven": report.proven})  # fmt: skip
        return
    say(f"[green]일치함 (agrees)[/]: {report.proven:,} of {report.size:,} entries, by the checkpoint kept outside")


def ledger_verify(checkpoint: OutsideCheckpoint, project: ProjectFile = PROJECT, json: Json = False) -> None:
    """Check the ledger's file and revision, that its tables still refuse changes, and its log against the outside.

    Example: damjang ledger verify --checkpoint /media/audit --project project.yaml
    """
    from governance.ledger.check import check_ledger

    _, ledger = open_ledger(project)
    tables = check_ledger(ledger)
    report = _compared(project, checkpoint)
    if json:
        emit_json({"valid": True, "append_only_tables": tables, "entries": report.size, "proven": report.proven,
                   "checkpoints": report.checkpoints})  # fmt: skip
        return
    say(f"[green]원장 정상 (sound)[/]: {tables} tables refuse changes; log {report.proven:,} of {report.size:,} proven")


def _compared(project: Path, checkpoint: Path) -> AuditReport:
    """The log against checkpoints from outside. Raises AuditTruncated, AuditEntryBad, AuditForked."""
    from damjang.certificates.reader import load_root
    from damjang.cli.officers import open_office
    from governance.audit import LEAVES
    from governance.audit_verify import read_checkpoints, verify_log
    from governance.errors import AuditError

    if not checkpoint.exists():
        raise AuditError(f"no checkpoint at {checkpoint}", "name the file, or the folder, that exports go to")
    _, _, office = open_office(project, log_key=False)
    notes = read_checkpoints(checkpoint) if checkpoint.is_dir() else [checkpoint.read_bytes()]
    leaves = checkpoint / LEAVES if checkpoint.is_dir() and (checkpoint / LEAVES).exists() else None
    return verify_log(office.log, load_root(office.trust).log_key, notes, leaves)


def _backed_up(loaded: Project, file: Path, json: bool) -> None:
    inside = file.resolve().is_relative_to(loaded.root.resolve())
    if json:
        emit_json({"backup": str(file), "bytes": file.stat().st_size, "outside_project": not inside})
        return
    say(f"백업함 (backed up) {file}, {file.stat().st_size:,} bytes")
    if inside:
        say("  주의 (note): 원본과 같은 폴더에 있음 (it lies in the project's own folder: keep it elsewhere)")
