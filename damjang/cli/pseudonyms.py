"""keys destroy-pseudonym: what made a release's pseudonyms linkable is destroyed, on record, by an officer."""

from __future__ import annotations

from typing import Annotated

import typer

from damjang.cli.officers import keys_app, open_office
from damjang.cli.options import PROJECT, Json, ProjectFile, now
from damjang.cli.show import emit_json, say


def add_to(app: typer.Typer) -> None:
    """Register this file's command, among those of `keys`."""
    keys_app.command("destroy-pseudonym")(destroy_pseudonym)


def destroy_pseudonym(
    release: Annotated[str, typer.Argument(metavar="NAME", help="The release's name, without a version.")],
    key: Annotated[str, typer.Option(help="An officer's key: file:PATH or env:NAME.")],
    reason: Annotated[str, typer.Option(help="withdrawal | retention | superseded | request")] = "retention",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    project: ProjectFile = PROJECT,
    json: Json = False,
) -> None:
    """Destroy the key of a release's pseudonyms, backups included: nobody can link them to a value any more.

    Recorded in the destruction register of vault and ledger; a restore replays it. Texts stay as they are; the next run
    makes another key, and other pseudonyms.
    Example: damjang keys destroy-pseudonym korean-consented --key file:officer-1.key --project project.yaml
    """
    from damjang.certificates.reader import load_root
    from damjang.certificates.signers import signer_from_uri
    from damjang.cli.stores import log_access, open_vault
    from pipelines.driver import output_lock
    from pipelines.office import person_with
    from pipelines.pseudonyms import destroy_key, key_name

    if reason not in ("withdrawal", "retention", "superseded", "request"):
        raise typer.BadParameter("--reason is withdrawal, retention, superseded or request")
    loaded, ledger, office = open_office(project, log_key=False)
    who = person_with(load_root(office.trust), signer_from_uri(key).public.keyid, ("officer",))
    vault = open_vault(loaded)
    if not yes:
        typer.confirm(f"{key_name(vault, release)}: 되돌릴 수 없습니다 (this can't be undone). 파기할까요?", abort=True)
    with output_lock(loaded.root / loaded.output):
        log_access(vault, who, "*", "pseudonym-key-destroy")
        name = destroy_key(vault, ledger, release, reason, now(), approver=who)
    if json:
        emit_json({"destroyed": name, "reason": reason, "by": who})
        return
    say(f"파기함 (destroyed) {name}: {reason}, {who}")
