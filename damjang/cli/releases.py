"""sign, verify, pull, keys, trust, revocations: the commands about certificates. Light: verify and pull need no Beam."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from damjang.cli.projects import Json, now
from damjang.cli.show import console, emit_json, say

if TYPE_CHECKING:
    from damjang.certificates.verify import Verified
    from schemas.project import Project

ProjectFile = Annotated[Path, typer.Option("--project", help="The project file.")]
Trust = Annotated[
    Path | None, typer.Option("--trust", help="The issuer's root.json; found beside the release if omitted.")
]
DEFAULT = Path("project.yaml")
keys_app = typer.Typer(help="Keys of persons, logs and clusters.", no_args_is_help=True)
trust_app = typer.Typer(help="The root of trust: who may sign, and how many must.", no_args_is_help=True)
revocations_app = typer.Typer(help="The signed list of certificates no longer good.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Register this file's commands."""
    app.command("sign")(sign)
    app.command("verify")(verify)
    app.command("pull")(pull)
    app.add_typer(keys_app, name="keys")
    app.add_typer(trust_app, name="trust")
    app.add_typer(revocations_app, name="revocations")


def sign(
    release: Annotated[str, typer.Argument(metavar="RELEASE", help="name@version")],
    key: Annotated[str, typer.Option(help="An officer's key: file:PATH or env:NAME.")],
    project: ProjectFile = DEFAULT,
    json: Json = False,
) -> None:
    """Add one officer's signature; with the threshold reached the release is published.

    Example: damjang sign korean-public@1 --key file:officer.key --project project.yaml
    """
    from damjang.certificates.signers import signer_from_uri
    from governance.issuing import sign as add_signature
    from governance.ledger import Ledger
    from pipelines.office import office_of
    from schemas.projectfile import load_project

    loaded = load_project(project)
    ledger = Ledger.open(loaded.ledger, loaded.root, create=False)
    office = office_of(loaded, ledger)
    at = now()
    result = add_signature(office, release, signer_from_uri(key), at)
    if result.published is not None:
        ledger.record_release_event(release, "published", at, evidence=result.certificate)
    if json:
        emit_json({"release": release, "approved_by": result.approved_by, "threshold": result.threshold,
                   "published": str(result.published or ""), "separated": result.separated})  # fmt: skip
        return
    say(f"{release}: {len(result.approved_by)} of {result.threshold} officers have signed")
    if result.published is not None:
        say(f"published: {result.published}")
    if not result.separated:
        say("직무분리 미충족 (duties are not separated): this is a demo root")


def find_trust(folder: Path, trust: Path | None) -> Path:
    """The root of trust: named, or `trust/root.json` of the project the folder lies in."""
    from damjang.client.errors import NotPinned

    if trust is not None:
        return trust
    for parent in folder.resolve().parents:
        found = parent / "trust" / "root.json"
        if found.exists():
            return found
    raise NotPinned("no root of trust to verify against", "give --trust root.json, obtained from the issuer")


def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A release, published or pulled.")],
    purpose: Annotated[str | None, typer.Option(help="Also check that this purpose is allowed.")] = None,
    cluster: Annotated[str | None, typer.Option(help="Also check that this enrolled cluster may use it.")] = None,
    clusters: Annotated[Path, typer.Option(help="The enrolment file.")] = Path("clusters.yaml"),
    trust: Trust = None,
    json: Json = False,
) -> None:
    """Verify a release offline; anything wrong is a named error and exit code 1.

    Example: damjang verify out/releases/korean-public@1 --trust root.json
    """
    from damjang.certificates.reader import verify_directory
    from damjang.certificates.verify import Use
    from damjang.client.clusters import enrolled
    from damjang.client.state import State, default_folder

    state = State(default_folder())
    root = state.trust(find_trust(folder, trust))
    if cluster is not None and purpose is None:
        raise typer.BadParameter("--cluster goes with --purpose")
    use = Use(purpose, enrolled(clusters, cluster) if cluster else None) if purpose else None
    checked = verify_directory(folder, root, now=now(), seen=state.seen(root.id), use=use)
    if json:
        emit_json(_facts(checked))
        return
    _tell(checked)


def _facts(checked: Verified) -> dict[str, Any]:
    statement = checked.statement
    return {
        "release": statement.release,
        "certificate": checked.certificate,
        "root": statement.root,
        "rows": statement.rows,
        "shards": statement.shards,
        "demo": statement.demo,
        "facts": statement.facts.to_json(),
    }


def _tell(checked: Verified) -> None:
    statement = checked.statement
    console.print(
        f"[green]유효함 (valid)[/]: {statement.release}, {statement.rows:,} rows in {statement.shards} shards"
    )
    say(f"  처리 확인서 (certificate) {checked.certificate}")
    say(
        f"  용도 (purpose) {', '.join(statement.facts.purposes)}; 국가 (country) {', '.join(statement.facts.jurisdictions)}"
    )
    say(f"  구분 (class) {statement.facts.data_class.id}: {statement.facts.data_class.ground}")
    say(f"  유효기한 (expires) {statement.facts.expires:%Y-%m-%d %H:%M} UTC")
    if statement.demo:
        say("  직무분리 미충족 (duties are not separated): demo root")


def pull(
    release: Annotated[str, typer.Argument(metavar="RELEASE", help="name@version")],
    to: Annotated[Path, typer.Option(help="An empty folder.")],
    purpose: Annotated[str, typer.Option(help="What you will train for.")],
    cluster: Annotated[str, typer.Option(help="Your cluster's id in clusters.yaml.")],
    key: Annotated[str, typer.Option(help="The cluster's key: file:PATH or env:NAME.")],
    releases: Annotated[
        Path | None, typer.Option("--from", help="The folder of releases; the project's by default.")
    ] = None,
    clusters: Annotated[Path | None, typer.Option(help="The enrolment file.")] = None,
    trust: Trust = None,
    project: ProjectFile = DEFAULT,
    json: Json = False,
) -> None:
    """Copy a release that you may use, verify it, and sign a receipt.

    Example: damjang pull demo@1 --to pulled --purpose pretraining --cluster gpu-1 --key file:keys/cluster.key
    """
    from damjang.certificates.signers import signer_from_uri
    from damjang.client.clusters import enrolled
    from damjang.client.pull import pull as fetch
    from damjang.client.state import State, default_folder

    if releases is None:
        base = project if project.is_dir() else project.parent
        releases = base / "out" / "releases"
        clusters = clusters or base / "clusters.yaml"
    done = fetch(
        releases,
        release,
        to,
        purpose=purpose,
        cluster=enrolled(clusters or Path("clusters.yaml"), cluster),
        signer=signer_from_uri(key),
        trust=find_trust(releases / release, trust),
        state=State(default_folder()),
        now=now(),
        receipts=releases.parent / "receipts",
    )
    if json:
        emit_json(
            {"folder": str(done.folder), "copied": done.copied, "kept": done.kept, "rows": done.verified.statement.rows}
        )
        return
    say(f"pulled {release} into {done.folder}: {done.copied} shards copied, {done.kept} there already")
    say(f"receipt: {done.folder / 'receipt.json'}")
    for obligation in done.verified.statement.facts.obligations:
        say(f"  의무 (obligation) {obligation.id}: {', '.join(obligation.sources)}")


@keys_app.command("new")
def keys_new(
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="Where the private key goes (0600); PATH.pub beside it.")
    ],
    person: Annotated[str, typer.Option(help="A code such as officer-1, never a name.")],
    role: Annotated[str, typer.Option(help="engineer | officer | reviewer | auditor | log | cluster")],
) -> None:
    """Make an Ed25519 key. Set DAMJANG_KEY_PASSPHRASE to lock it.

    Example: damjang keys new officer-1.key --person officer-1 --role officer
    """
    from governance.keys import new_key

    made = new_key(path, person, role, now())
    say(f"made {path} (private) and {path.with_suffix('.pub')}: {made.public.keyid[:16]}")


@trust_app.command("new")
def trust_new(
    key: Annotated[list[Path], typer.Option(help="A .pub file; repeat for every person and the log.")],
    officer: Annotated[list[str], typer.Option(help="An officer's key URI, to sign the first revocation list.")],
    organisation: Annotated[str, typer.Option(help="Who issues.")],
    threshold: Annotated[int, typer.Option(min=1, help="How many officers must sign a release.")] = 2,
    project: ProjectFile = DEFAULT,
) -> None:
    """Found the root of trust of a project: who may sign, and how many must.

    Example: damjang trust new --key keys/engineer.pub --key keys/log.pub --key o1.pub --key o2.pub
    --officer file:o1.key --organisation 예시기관
    """
    from damjang.certificates.signers import signer_from_uri
    from governance.founding import found_trust
    from governance.keys import read_public
    from schemas.projectfile import load_project

    loaded = load_project(project)
    root = found_trust(
        loaded.root / loaded.signing.trust,
        [read_public(path) for path in key],
        [signer_from_uri(uri) for uri in officer],
        now(),
        organisation=organisation,
        threshold=threshold,
        demo=False,
    )
    say(f"made {loaded.signing.trust}: {len(root.persons)} persons, {root.threshold} officers sign a release")
    say("give root.json to everyone who verifies, by a way of its own")


@revocations_app.command("renew")
def revocations_renew(
    key: Annotated[list[str], typer.Option(help="An officer's key URI; repeat for the threshold.")],
    project: ProjectFile = DEFAULT,
) -> None:
    """Issue the list again with a new expiry: verifiers refuse a stale one.

    Example: damjang revocations renew --key file:officer-1.key
    """
    from schemas.projectfile import load_project

    loaded = load_project(project)
    version = renew(loaded, key)
    say(f"revocation list version {version}")


def renew(loaded: Project, key: list[str]) -> int:
    """Sign and store the next list; returns its version."""
    from damjang.certificates.reader import load_root
    from damjang.certificates.signers import signer_from_uri
    from governance.ledger import Ledger
    from governance.revocations import next_list, read_list, store_list
    from pipelines.office import office_of

    office = office_of(loaded, Ledger.open(loaded.ledger, loaded.root, create=False), log_key=False)
    root = load_root(office.trust)
    made = next_list(root, office.revocations.read_bytes(), [], [signer_from_uri(uri) for uri in key], now())
    store_list(made, office.revocations, office.releases / "revocations.dsse.json")
    return read_list(root, made).version
