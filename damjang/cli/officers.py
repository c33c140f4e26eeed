"""sign, discard, keys, trust, revocations: who may certify, and doing it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from damjang.cli.options import OFFICER, PROJECT, Json, ProjectFile, now
from damjang.cli.show import emit_json, say
from damjang.cli.trainer import revocations_refresh

if TYPE_CHECKING:
    from governance.issuing import Office
    from governance.ledger import Ledger
    from schemas.project import Project

keys_app = typer.Typer(help="Keys of persons, logs and clusters.", no_args_is_help=True)
trust_app = typer.Typer(help="The root of trust: who may sign, and how many must.", no_args_is_help=True)
revocations_app = typer.Typer(help="The signed list of certificates no longer good.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Register this file's commands."""
    app.command("sign", rich_help_panel=OFFICER)(sign)
    app.command("discard", rich_help_panel=OFFICER)(discard)
    keys_app.command("new")(keys_new)
    keys_app.command("show")(keys_show)
    trust_app.command("new")(trust_new)
    trust_app.command("show")(trust_show)
    revocations_app.command("renew")(revocations_renew)
    revocations_app.command("refresh")(revocations_refresh)
    app.add_typer(keys_app, name="keys", rich_help_panel=OFFICER)
    app.add_typer(trust_app, name="trust", rich_help_panel=OFFICER)
    app.add_typer(revocations_app, name="revocations", rich_help_panel=OFFICER)


def open_office(project: Path, *, log_key: bool = True) -> tuple[Project, Ledger, Office]:
    """A project's ledger and its places of issuing. Raises ConfigError, LedgerMissing, NoTrustRoot."""
    from governance.ledger import Ledger
    from pipelines.office import office_of
    from schemas.projectfile import load_project

    loaded = load_project(project)
    ledger = Ledger.open(loaded.ledger, loaded.root, create=False)
    return loaded, ledger, office_of(loaded, ledger, log_key=log_key)


def sign(
    release: Annotated[str, typer.Argument(metavar="RELEASE", help="name@version")],
    key: Annotated[str, typer.Option(help="An officer's key: file:PATH or env:NAME.")],
    project: ProjectFile = PROJECT,
    json: Json = False,
) -> None:
    """Add one officer's signature; with the threshold reached the release is published.

    Example: damjang sign korean-public@1 --key file:officer-1.key --project project.yaml
    """
    from damjang.certificates.signers import signer_from_uri
    from governance.issuing import sign as add_signature
    from pipelines.stages.certify import record_approval

    _, ledger, office = open_office(project)
    at = now()
    result = add_signature(office, release, signer_from_uri(key), at)
    record_approval(ledger, office, release, result.approved_by, at)
    if result.published is not None:
        ledger.record_release_event(release, "published", at, evidence=result.certificate)
    if json:
        emit_json({"release": release, "certificate": result.certificate, "approved_by": list(result.approved_by),
                   "threshold": result.threshold, "published": str(result.published or ""),
                   "separated": result.separated})  # fmt: skip
        return
    say(f"{release}: {len(result.approved_by)} of {result.threshold} officers have signed")
    if result.published is not None:
        say(f"published: {result.published}")
    if not result.separated:
        say("직무분리 미충족 (duties are not separated): this is a demo root")


def discard(
    release: Annotated[str, typer.Argument(metavar="RELEASE", help="name@version, proposed and not yet published")],
    project: ProjectFile = PROJECT,
    json: Json = False,
) -> None:
    """Take a proposal back, so that another can be made. A published release stays: withdraw or revoke it instead.

    Example: damjang discard korean-public@1 --project project.yaml
    """
    from governance.issuing import discard as take_back

    _, _, office = open_office(project, log_key=False)
    take_back(office, release)
    if json:
        emit_json({"release": release, "discarded": True})
        return
    say(f"took {release} back; `damjang run` proposes it again")


def keys_new(
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="Where the private key goes (0600); its .pub lies beside it.")
    ],
    person: Annotated[str, typer.Option(help="A code such as officer-1, never a name.")],
    role: Annotated[str, typer.Option(help="engineer | officer | reviewer | auditor | log | cluster")],
    json: Json = False,
) -> None:
    """Make an Ed25519 key. Set DAMJANG_KEY_PASSPHRASE to lock it.

    Example: damjang keys new officer-1.key --person officer-1 --role officer
    """
    from governance.keys import new_key

    made = new_key(path, person, role, now())
    if json:
        emit_json({"private": str(path), "public": str(path.with_suffix(".pub")), "key": made.public.raw.hex()})
        return
    say(f"made {path} (private: it never leaves its owner) and {path.with_suffix('.pub')}")
    say(f"key {made.public.raw.hex()}")


def keys_show(
    path: Annotated[Path, typer.Argument(metavar="PATH.pub", help="The public half.")],
    json: Json = False,
) -> None:
    """Whose key it is, for comparing by telephone, and the line that clusters.yaml wants for a cluster's.

    Example: damjang keys show officer-1.pub
    """
    from damjang.client.errors import ReleaseAbsent
    from governance.keys import read_public

    if not path.is_file():
        raise ReleaseAbsent(f"no file {path}", "name the .pub file that `damjang keys new` left beside the key")
    found = read_public(path)
    if json:
        emit_json({"person": found.person, "role": found.role, "key": found.public.raw.hex(),
                   "created": found.created.isoformat()})  # fmt: skip
        return
    say(f"{found.person} ({found.role}), made {found.created:%Y-%m-%d}")
    say(f"key {found.public.raw.hex()}")
    if found.role == "cluster":
        key = found.public.raw.hex()
        say(f"enrol it in clusters.yaml: - {{id: {found.person}, operator: …, country: KR, key: {key}}}")


def trust_new(
    key: Annotated[list[Path], typer.Option(help="A .pub file; repeat for every person and the log.")],
    officer: Annotated[list[str], typer.Option(help="An officer's key URI, to sign the first revocation list.")],
    organisation: Annotated[str, typer.Option(help="Who issues.")],
    threshold: Annotated[int, typer.Option(min=1, help="How many officers must sign a release.")] = 2,
    revocation_threshold: Annotated[int, typer.Option(min=1, help="How many must sign the revocation list.")] = 1,
    project: ProjectFile = PROJECT,
    json: Json = False,
) -> None:
    """Found the root of trust of a project: who may sign, and how many must.

    Example: damjang trust new --key keys/engineer.pub --key keys/log.pub --key officer-1.pub --key officer-2.pub
    --officer file:officer-1.key --organisation 예시기관
    """
    from damjang.certificates.signers import signer_from_uri
    from governance.founding import found_trust
    from governance.keys import read_public
    from governance.ledger import Ledger
    from governance.own_records import record_privileges
    from schemas.errors import ConfigError
    from schemas.projectfile import load_project

    loaded = load_project(project)
    at = now()
    for path in key:
        if not path.is_file():
            raise ConfigError(f"no file {path}", "--key names a .pub file; make one with `damjang keys new`")
    root = found_trust(
        loaded.root / loaded.signing.trust,
        [read_public(path) for path in key],
        [signer_from_uri(uri) for uri in officer],
        at,
        organisation=organisation,
        threshold=threshold,
        demo=False,
        revocation_threshold=revocation_threshold,
    )
    by = root.person_of(signer_from_uri(officer[0]).public.keyid)
    record_privileges(Ledger.open(loaded.ledger, loaded.root), root, at, by.id if by else "")
    if json:
        emit_json({"root": str(loaded.root / loaded.signing.trust), "id": root.id, "threshold": root.threshold,
                   "persons": [person.id for person in root.persons]})  # fmt: skip
        return
    say(f"made {loaded.signing.trust}: {len(root.persons)} persons, {root.threshold} officers sign a release")
    say("give root.json to everyone who verifies, by another way than the releases")


def trust_show(
    path: Annotated[Path, typer.Argument(metavar="root.json", help="A root of trust.")] = Path("trust/root.json"),
    json: Json = False,
) -> None:
    """Who may sign under a root of trust, with which keys, and how many must.

    Example: damjang trust show trust/root.json
    """
    from damjang.certificates.reader import load_root

    root = load_root(path)
    if json:
        emit_json({"id": root.id, "version": root.version, "organisation": root.organisation, "demo": root.demo,
                   "expires": root.expires.isoformat(), "threshold": root.threshold, "log": root.log_origin,
                   "persons": {p.id: {"roles": list(p.roles), "keys": [k.raw.hex() for k in p.keys]}
                               for p in root.persons}})  # fmt: skip
        return
    kind = "demo, 직무분리 미충족" if root.demo else f"{root.threshold} officers sign a release"
    say(f"{root.organisation}, root {root.id} version {root.version}: {kind}")
    say(f"  유효기한 (expires) {root.expires:%Y-%m-%d}; log {root.log_origin} {root.log_key.raw.hex()[:16]}…")
    for person in root.persons:
        keys = ", ".join(f"{key.raw.hex()[:16]}…" for key in person.keys)
        say(f"  {person.id}: {', '.join(person.roles)}; {keys}")


def revocations_renew(
    key: Annotated[list[str], typer.Option(help="An officer's key URI; repeat, or let each officer run it.")],
    project: ProjectFile = PROJECT,
    json: Json = False,
) -> None:
    """Issue the list again with a new expiry: verifiers refuse a stale one. A scheduled job does this.

    Example: damjang revocations renew --key file:officer-1.key --project project.yaml
    """
    from damjang.certificates.reader import load_root
    from damjang.certificates.signers import signer_from_uri
    from governance.errors import SignaturesMissing
    from governance.revocations import issue_list

    _, _, office = open_office(project, log_key=False)
    root = load_root(office.trust)
    signers = [signer_from_uri(uri) for uri in key]
    try:
        found = issue_list(root, office.revocations, [office.releases / "revocations.dsse.json"], [], signers, now())
    except SignaturesMissing as waits:
        emit_json({"waits": waits.message}) if json else say(f"{waits.message}; {waits.remedy}")
        return
    if json:
        emit_json({"version": found.version, "expires": found.expires.isoformat(), "revoked": len(found.revoked)})
        return
    say(f"revocation list version {found.version}, good until {found.expires:%Y-%m-%d}")
