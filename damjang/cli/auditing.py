"""audit verify, export, cosign: the append-only log against what was kept outside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from damjang.cli.officers import open_office
from damjang.cli.options import OFFICER, PROJECT, Json, ProjectFile, now
from damjang.cli.show import emit_json, say

if TYPE_CHECKING:
    from damjang.certificates.keys import PublicKey

audit_app = typer.Typer(help="The append-only log: prove it, export it, cosign it.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Register this file's commands."""
    audit_app.command("verify")(audit_verify)
    audit_app.command("export")(audit_export)
    audit_app.command("cosign")(audit_cosign)
    app.add_typer(audit_app, name="audit", rich_help_panel=OFFICER)


def audit_verify(
    checkpoint: Annotated[
        Path, typer.Option(help="A checkpoint kept outside the ledger, or the folder that exports go to.")
    ],
    leaves: Annotated[
        Path | None, typer.Option(help="The exported leaves; those beside the checkpoint by default.")
    ] = None,
    witness: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=PATH.pub", help="Who must have cosigned the newest checkpoint; repeat for more."),
    ] = None,
    trust: Annotated[Path | None, typer.Option(help="root.json with the log's key; the project's by default.")] = None,
    project: ProjectFile = PROJECT,
    json: Json = False,
) -> None:
    """Recompute the whole log and compare it with outside checkpoints: names the first entry that is not as logged.

    Example: damjang audit verify --checkpoint /media/audit --project project.yaml
    """
    from damjang.certificates.reader import load_root
    from governance.audit import LEAVES
    from governance.audit_verify import read_checkpoints, require_witnesses, verify_log
    from governance.errors import AuditError

    loaded, _, office = open_office(project, log_key=False)
    if not checkpoint.exists():
        raise AuditError(f"no checkpoint at {checkpoint}", "name the file, or the folder, that exports go to")
    notes = read_checkpoints(checkpoint) if checkpoint.is_dir() else [checkpoint.read_bytes()]
    beside = (checkpoint if checkpoint.is_dir() else checkpoint.parent) / LEAVES
    if leaves is None and beside.exists():
        leaves = beside  # with them, a rewritten entry is named, and not only the range it is in
    root = load_root(trust or office.trust)
    seen_by = _witnesses(witness or [])
    require_witnesses(notes, seen_by)
    report = verify_log(office.log, root.log_key, notes, leaves)
    inside = checkpoint.resolve().is_relative_to(loaded.root)
    if json:
        emit_json({"valid": True, "entries": report.size, "proven": report.proven, "checkpoints": report.checkpoints,
                   "leaves_compared": report.leaves_compared, "checkpoint_is_outside": not inside,
                   "cosigned_by": sorted(seen_by)})  # fmt: skip
        return
    say(f"[green]일치함 (agrees)[/]: {report.proven:,} of {report.size:,} entries")
    say(f"  {report.checkpoints} checkpoints, {report.leaves_compared:,} leaves compared one by one")
    if report.size > report.proven:
        say(
            f"  {report.size - report.proven:,} entries are newer than any checkpoint: `damjang audit export` signs one"
        )
    if seen_by:
        say(f"  cosigned by {', '.join(sorted(seen_by))}")
    elif inside:
        say("  주의 (note): this checkpoint lies beside its ledger, and so proves little: keep a copy elsewhere")


def _witnesses(given: list[str]) -> dict[str, PublicKey]:
    """{name: key} of NAME=PATH.pub; the key is the verifier's own copy, never the ledger's."""
    from governance.errors import AuditError
    from governance.keys import read_public

    found = {}
    for text in given:
        name, _, path = text.partition("=")
        if not name or not Path(path).is_file():
            raise AuditError(
                f"--witness {text}: no such key file", "write NAME=PATH.pub, as `damjang keys new` makes it"
            )
        found[name] = read_public(Path(path)).public
    return found


def audit_export(
    to: Annotated[Path, typer.Option(help="A folder on another machine's disk.")],
    project: ProjectFile = PROJECT,
    json: Json = False,
) -> None:
    """Write what to keep outside: a signed checkpoint, and 32 bytes an entry.

    Example: damjang audit export --to /media/audit --project project.yaml
    """
    _, _, office = open_office(project)
    path = office.log.export(to)
    if json:
        emit_json({"checkpoint": str(path), "entries": office.log.size()})
        return
    say(f"wrote {path}")


def audit_cosign(
    exports: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that exports go to.")],
    name: Annotated[str, typer.Option(help="The witness's name, such as witness.example.org/1.")],
    key: Annotated[str, typer.Option(help="The witness's key: file:PATH or env:NAME.")],
    memory: Annotated[Path, typer.Option(help="The witness's own file; the log's operator can't write it.")],
    trust: Annotated[Path, typer.Option(help="The issuer's root.json, as the witness pinned it.")],
    json: Json = False,
) -> None:
    """As a witness: cosign the newest checkpoint, if it extends what was cosigned before.

    Example: damjang audit cosign /media/audit --name witness-1 --key file:witness.key --memory last --trust root.json
    """
    from damjang.certificates.reader import load_root
    from damjang.certificates.signers import signer_from_uri
    from governance.errors import AuditError
    from governance.witness import witness

    if not exports.is_dir():
        raise AuditError(f"no folder {exports}", "name the folder that `damjang audit export` writes")
    root = load_root(trust)
    point = witness(exports, memory, root.log_origin, root.log_key, name, signer_from_uri(key), now())
    if json:
        emit_json({"origin": point.origin, "entries": point.size, "root": point.root.hex(), "witness": name})
        return
    say(f"cosigned {point.origin} at {point.size:,} entries as {name}")
