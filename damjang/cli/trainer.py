"""verify, pull, delete, verify-difference, revocations refresh: what a trainer runs.

Light: nothing here needs more than the base install (pyarrow, cryptography, typer, rich, pyyaml).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from damjang.cli.options import PROJECT, TRAINER, Json, ProjectFile, Trust, now
from damjang.cli.show import copying, emit_json, say

if TYPE_CHECKING:
    from damjang.certificates.verify import Verified


def add_to(app: typer.Typer) -> None:
    """Register this file's commands (`revocations refresh` goes with its group, in officers.py)."""
    app.command("verify", rich_help_panel=TRAINER)(verify)
    app.command("pull", rich_help_panel=TRAINER)(pull)
    app.command("delete", rich_help_panel=TRAINER)(delete)
    app.command("verify-difference", rich_help_panel=TRAINER)(verify_difference)


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
    from damjang.certificates.reader import newest, verify_directory
    from damjang.certificates.verify import Use
    from damjang.cli.trusting import trust_for_release
    from damjang.client.clusters import enrolled
    from damjang.client.state import State, default_folder

    if cluster is not None and purpose is None:
        raise typer.BadParameter("--cluster goes with --purpose")
    state = State(default_folder())
    root = state.trust(trust_for_release(folder, trust, state))
    use = Use(purpose, enrolled(clusters, cluster) if cluster else None) if purpose else None
    revocations = newest([*state.revocations(root.id), *_beside(folder)], folder)
    checked = verify_directory(folder, root, now=now(), seen=state.seen(root.id), use=use, revocations=[revocations])
    state.remember(root.id, checked.seen, revocations)
    if json:
        emit_json(facts(checked))
        return
    _tell(checked)


def _beside(folder: Path) -> list[bytes]:
    """The list that the issuer keeps beside its published releases; a pulled release has a copy inside."""
    from damjang.certificates.reader import read_metadata
    from damjang.certificates.verify import REVOCATIONS

    parent = folder.resolve().parent
    return [read_metadata(parent, REVOCATIONS)] if (parent / REVOCATIONS).is_file() else []


def facts(checked: Verified) -> dict[str, Any]:
    """A verified release, for scripts."""
    statement = checked.statement
    return {
        "valid": True,
        "release": statement.release,
        "certificate": checked.certificate,
        "root": statement.root,
        "rows": statement.rows,
        "shards": statement.shards,
        "demo": statement.demo,
        "proposed_by": checked.proposer,
        "approved_by": list(checked.approvers),
        "revocation_list_version": checked.revocations.version,
        "revocation_list_expires": checked.revocations.expires.isoformat(),
        "facts": statement.facts.to_json(),
    }


def _tell(checked: Verified) -> None:
    statement = checked.statement
    certified = statement.facts
    say(f"[green]유효함 (valid)[/]: {statement.release}, {statement.rows:,} rows in {statement.shards} shards")
    say(f"  처리 확인서 (certificate) {checked.certificate}")
    say(f"  용도 (purpose) {', '.join(certified.purposes)}; 국가 (country) {', '.join(certified.jurisdictions)}")
    say(f"  구분 (class) {certified.data_class.id}: {certified.data_class.ground}")
    say(f"  제안 (proposed by) {checked.proposer}; 승인 (approved by) {', '.join(checked.approvers)}")
    for obligation in certified.obligations:
        say(f"  의무 (obligation) {obligation.id}: {', '.join(obligation.sources)}")
    say(f"  유효기한 (expires) {certified.expires:%Y-%m-%d %H:%M} UTC")
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
    clusters: Annotated[Path | None, typer.Option(help="The enrolment file; the project's by default.")] = None,
    trust: Trust = None,
    project: ProjectFile = PROJECT,
    json: Json = False,
) -> None:
    """Copy a release that you may use, verify it, and sign a receipt. Repeat it to finish one that was cut short.

    Example: damjang pull demo@1 --to pulled --purpose pretraining --cluster gpu-1 --key file:keys/cluster.key
    """
    from damjang.certificates.signers import signer_from_uri
    from damjang.cli.trusting import trust_for_release
    from damjang.client.clusters import enrolled
    from damjang.client.errors import ReleaseAbsent
    from damjang.client.pull import pull as fetch
    from damjang.client.state import State, default_folder

    base = project if project.is_dir() else project.parent
    if releases is None:
        releases = base / "out" / "releases"
        clusters = clusters or base / "clusters.yaml"
    if not (releases / release).is_dir():
        raise ReleaseAbsent(
            f"no release {release} in {releases}", "check the name and --from; releases appear when they are signed"
        )
    state = State(default_folder())
    with copying(json) as progress:
        done = fetch(
            releases,
            release,
            to,
            purpose=purpose,
            cluster=enrolled(clusters or Path("clusters.yaml"), cluster),
            signer=signer_from_uri(key),
            trust=trust_for_release(releases / release, trust, state),
            state=state,
            now=now(),
            receipts=releases.parent / "receipts",
            progress=progress,
        )
    if json:
        made = {"folder": str(done.folder), "copied": done.copied, "kept": done.kept}
        emit_json(made | {"receipt": str(done.folder / "receipt.json")} | facts(done.verified))
        return
    say(f"pulled {release} into {done.folder}: {done.copied} shards copied, {done.kept} there already")
    say(f"receipt: {done.folder / 'receipt.json'}")
    for obligation in done.verified.statement.facts.obligations:
        say(f"  의무 (obligation) {obligation.id}: {', '.join(obligation.sources)}")
    say(f'load it: damjang.open("{done.folder}", purpose="{purpose}")')


def delete(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A pulled release.")],
    key: Annotated[str, typer.Option(help="The cluster's key: file:PATH or env:NAME.")],
    receipts: Annotated[Path | None, typer.Option(help="A folder in which to leave a copy for the issuer.")] = None,
    json: Json = False,
) -> None:
    """Delete a pulled release's shards after a recall, and sign that they are gone; the metadata stays as the record.

    Example: damjang delete pulled --key file:keys/cluster.key --receipts out/receipts
    """
    from damjang.certificates.signers import signer_from_uri
    from damjang.client.delete import delete as remove

    receipt = remove(folder, signer_from_uri(key), now(), receipts)
    if json:
        emit_json({"release": receipt.release, "certificate": receipt.certificate, "cluster": receipt.cluster.id,
                   "deleted_at": receipt.at.isoformat(), "receipt": str(folder / "receipt.json")})  # fmt: skip
        return
    say(f"deleted the shards of {receipt.release}; signed by {receipt.cluster.id}: {folder / 'receipt.json'}")
    say("학습된 가중치는 포함되지 않음 (trained weights are not covered); send the receipt to the issuer")


def verify_difference(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The proof that came with a superseding release.")],
    trust: Annotated[Path, typer.Option(help="The issuer's root.json.")],
    json: Json = False,
) -> None:
    """Verify offline that a release is the one before it without the withdrawn rows, and nothing else.

    Example: damjang verify-difference difference.json --trust root.json
    """
    from damjang.certificates.difference import verify_difference as check
    from damjang.certificates.reader import read_metadata
    from damjang.client.state import State, default_folder

    root = State(default_folder()).trust(trust)
    shown = check(read_metadata(file.parent, file.name), root)
    old, new = shown.old.statement.release, shown.new.statement.release
    if json:
        emit_json({"valid": True, "old": old, "new": new, "rows_removed": shown.rows,
                   "removed": {path: list(rows) for path, rows in shown.removed.items()},
                   "untouched_shards": shown.untouched})  # fmt: skip
        return
    say(f"[green]증명됨 (proved)[/]: {new} is {old} without {shown.rows:,} rows")
    for path, rows in shown.removed.items():
        say(f"  {path}: {len(rows):,} rows removed")
    say(f"  {shown.untouched:,} shards are the same to the byte")


def revocations_refresh(
    place: Annotated[Path, typer.Argument(metavar="PATH", help="revocations.dsse.json, or the folder it lies in.")],
    trust: Trust = None,
    json: Json = False,
) -> None:
    """Take the issuer's newest revocation list into this machine's memory, so that a revoked release is refused.

    Example: damjang revocations refresh out/releases --trust root.json
    """
    from damjang.certificates.verify import REVOCATIONS
    from damjang.cli.trusting import trust_for_list
    from damjang.client.pull import refresh
    from damjang.client.state import State, default_folder

    file = place / REVOCATIONS if place.is_dir() else place
    state = State(default_folder())
    version = refresh(file, trust_for_list(file, trust, state), state, now())
    if json:
        emit_json({"version": version})
        return
    say(f"revocation list version {version} is known to this machine")
