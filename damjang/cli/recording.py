"""records kinds, add, staff, export: what the PIPA wants kept, entered by a person and exported for an authority."""

from __future__ import annotations

import json as json_text
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from damjang.cli.options import OFFICER, PROJECT, Json, ProjectFile, coded, now
from damjang.cli.show import emit_json, say
from damjang.cli.stores import log_access, open_ledger, open_vault

if TYPE_CHECKING:
    from damjang.certificates.trust import Root
    from governance.ledger import Ledger
    from schemas.project import Project

records_app = typer.Typer(help="The records that the PIPA wants kept: enter and export them.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Register this file's commands."""
    records_app.command("kinds")(records_kinds)
    records_app.command("add")(records_add)
    records_app.command("staff")(records_staff)
    records_app.command("export")(records_export)
    app.add_typer(records_app, name="records", rich_help_panel=OFFICER)


def records_kinds(json: Json = False) -> None:
    """Every kind of record with its retention rule, and the fields of those that a person enters.

    Example: damjang records kinds
    """
    from governance.record_exports import RULES
    from governance.record_forms import NAMES, form

    fields = {name: form(name) if name in NAMES else [] for name in RULES}
    if json:
        emit_json({name: {"retention": RULES[name], "fields": {field: {"takes": takes, "required": needed}
                   for field, takes, needed in fields[name]}} for name in RULES})  # fmt: skip
        return
    for name, rule in RULES.items():
        say(f"{name}: {rule}" + ("" if fields[name] else "; read off the ledger, vault or release"))
        for field, takes, needed in fields[name]:
            say(f"    {field}{'' if needed else ' (optional)'}: {takes}")


def records_add(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="As `damjang records kinds` lists them.")],
    values: Annotated[list[str], typer.Argument(metavar="FIELD=VALUE…", help="Quote values that hold spaces.")],
    key: Annotated[
        str | None, typer.Option(help="An officer's key URI: signs the statement that nothing was transferred abroad.")
    ] = None,
    project: ProjectFile = PROJECT,
    json: Json = False,
) -> None:
    """Enter a record; it is checked, and never changed: what changes is another record. People are codes or refs.

    Example: damjang records add transfer transferred=no period_from=2026-01-01 period_until=2026-06-30
    stated_by=officer-1 --key file:officer-1.key
    """
    from damjang.certificates.reader import load_root
    from damjang.certificates.signers import signer_from_uri
    from governance.errors import RecordInvalid
    from governance.record_forms import record_from, sign_no_transfer
    from governance.records import Transfer, keep

    loaded, ledger = open_ledger(project)
    given: dict[str, str] = {}
    for value in values:
        field, equals, text = value.partition("=")
        if not equals or field in given:
            raise RecordInvalid("values are FIELD=VALUE, each field once", "`damjang records kinds` lists the fields")
        given[field] = text
    record = record_from(kind, given, loaded.root)
    if isinstance(record, Transfer) and not record.transferred:
        if key is None:
            raise RecordInvalid("that nothing was transferred is a signed statement", "give --key, an officer's key")
        root = load_root(loaded.root / loaded.signing.trust)
        record = sign_no_transfer(record, root.organisation, root, signer_from_uri(key, loaded.root))
    keep(ledger, record, now())
    if json:
        emit_json({"kind": kind, "recorded": True})
        return
    say(f"기록함 (recorded) {kind}")


def records_staff(
    name: Annotated[str, typer.Option(prompt=True, help="The person's name; asked for if omitted.")],
    role: Annotated[str, typer.Option(help="What the person does here.")],
    by: Annotated[str, typer.Option(callback=coded, help="Who enters it: a code such as officer-1. Logged.")],
    project: ProjectFile = PROJECT,
    json: Json = False,
) -> None:
    """Keep a name in the vault and get the ref that stands for it in records. The same person gets the same ref.

    Example: damjang records staff --name 홍길동 --role reviewer --by officer-1 --project project.yaml
    """
    from schemas.projectfile import load_project

    vault = open_vault(load_project(project))
    ref = vault.personal.add("staff", {"name": name, "role": role}, now())
    log_access(vault, by, ref, "staff-record")
    emit_json({"ref": ref}) if json else say(f"ref {ref}")


def records_export(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="As `damjang records kinds` lists them, or all.")],
    release: Annotated[str | None, typer.Option(help="name@version; data-overview is of a release.")] = None,
    by: Annotated[str | None, typer.Option(callback=coded, help="Who exports the access log: a code. Logged.")] = None,
    to: Annotated[
        Path | None, typer.Option(help="A folder for KIND.csv (or .json); standard output if omitted.")
    ] = None,
    project: ProjectFile = PROJECT,
    json: Json = False,
) -> None:
    """Export a kind of record as CSV (or --json), each row with its retention rule and the day until which it is kept.

    Example: damjang records export privilege-change --project project.yaml
    """
    from governance.errors import RecordInvalid
    from governance.record_exports import RULES, header
    from governance.records import to_csv

    if kind not in (*RULES, "all"):
        raise RecordInvalid(f"{kind[:40]} is no kind of record", f"one of: all, {', '.join(RULES)}")
    if kind == "all" and to is None:
        raise typer.BadParameter("all goes with --to FOLDER")
    if kind in ("data-overview",) and release is None:
        raise typer.BadParameter("data-overview goes with --release name@version")
    if kind in ("all", "access-log") and by is None:
        raise typer.BadParameter("the access log goes with --by: who reads it is logged")
    loaded, ledger = open_ledger(project)
    wanted = [name for name in RULES if release or name != "data-overview"] if kind == "all" else [kind]
    for name in wanted:
        rows = _rows(loaded, ledger, project, name, release, by)
        text = json_text.dumps(rows, ensure_ascii=False, indent=2) + "\n" if json else to_csv(rows, header(name))
        if not rows:
            typer.echo(f"기록 없음 (nothing on record): {name}", err=True)
        if to is None:
            typer.echo(text, nl=False)
            continue
        to.mkdir(parents=True, exist_ok=True)
        path = to / f"{name}.{'json' if json else 'csv'}"
        # A byte order mark, so that spreadsheets read the Korean as UTF-8.
        path.write_text(text, encoding="utf-8" if json else "utf-8-sig")
        typer.echo(f"{path}: {len(rows)}", err=True)


def _rows(
    loaded: Project, ledger: Ledger, project: Path, name: str, release: str | None, by: str | None
) -> list[dict[str, Any]]:
    from governance import record_exports as exports

    if name == "access-log":
        vault = open_vault(loaded)
        log_access(vault, by or "", "*", "access-log-export")
        return exports.access_log(vault, ledger)
    if name == "data-overview":
        from damjang.cli.reporting import facts_of

        return exports.data_overview(facts_of(project, release or "", now()))
    if name == "destruction-register":
        return exports.destruction_register(ledger)
    if name == "separation":
        return exports.separation(loaded, ledger)
    if name == "pia":
        return exports.pia(ledger)
    if name == "source-register":
        return exports.source_register(ledger)
    if name == "ground-decision":
        return exports.ground_decisions(ledger)
    return exports.entered(ledger, name, _root(loaded))


def _root(loaded: Project) -> Root | None:
    from damjang.certificates.reader import load_root

    path = loaded.root / loaded.signing.trust
    return load_root(path) if path.exists() else None
