"""withdraw: a person's withdrawal or a licensor's, from the dry run to the proof.

Output names counts, labels and request ids. The provider's id of a person is read and printed nowhere again.
"""

from __future__ import annotations

import csv
import datetime as dt
import getpass
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from damjang.cli.options import OFFICER, PROJECT, Json, ProjectFile, now, past_time
from damjang.cli.show import emit_json, say
from damjang.cli.stores import log_access

if TYPE_CHECKING:
    from governance.withdrawal import Plan, Reason
    from pipelines.stage import Run
    from pipelines.withdrawing import Outcome

NOBODY = "0" * 32  # a dry run's request: it is recorded nowhere
REASONS: dict[str, Reason] = {"withdraw": "withdrawal", "delete": "delete", "licence_revoked": "licence_revoked"}


def add_to(app: typer.Typer) -> None:
    """Register this file's commands."""
    app.command("withdraw", rich_help_panel=OFFICER)(withdraw)


@dataclass(frozen=True)
class Asked:
    """One request as it came: `subject` is the provider's id of a person, None for a whole source."""

    kind: str
    source: str
    subject: str | None
    received_at: dt.datetime
    verified_by: str
    actor: str


def withdraw(
    subject: Annotated[str | None, typer.Option(help="The id the source knows the person by.")] = None,
    source: Annotated[str | None, typer.Option(help="Which source; needed where several list subjects.")] = None,
    file: Annotated[
        Path | None, typer.Option(help="CSV: subject, source, kind, verified_by, actor, received_at.")
    ] = None,
    licence_revoked: Annotated[str | None, typer.Option(metavar="SOURCE", help="Everything of a source goes.")] = None,
    go_on: Annotated[str | None, typer.Option("--continue", metavar="REQUEST_ID", help="Finish a withdrawal.")] = None,
    kind: Annotated[
        str, typer.Option(help="withdraw (37①) | delete (36): delete also forgets the person.")
    ] = "withdraw",
    execute: Annotated[bool, typer.Option("--execute/--dry-run", help="Without --execute nothing changes.")] = False,
    verified_by: Annotated[str, typer.Option(help="How identity or agency was verified (영46).")] = "",
    actor: Annotated[str, typer.Option(help="A staff ref, never a name: who verified and approves.")] = "",
    received: Annotated[str | None, typer.Option(help="When it came (ISO 8601 with zone); now by default.")] = None,
    key: Annotated[list[str] | None, typer.Option(help="An officer's key URI, for the revocation list.")] = None,
    project: ProjectFile = PROJECT,
    json: Json = False,
) -> None:
    """Withdraw a person's documents, or a source's: the dry run says what it touches, --execute does and proves it.

    Interrupted, the same command goes on. Outside a demo root it stops for the officers' signatures.

    Example: damjang withdraw --subject ID --source forum --execute --verified-by id_card --actor staff-7
    """
    from damjang.certificates.signers import signer_from_uri
    from damjang.cli.receipts_in import import_receipts
    from pipelines.driver import output_lock
    from pipelines.run import Options, open_run
    from pipelines.withdrawing import resume, unfinished
    from schemas.projectfile import load_project

    run = open_run(load_project(project), now(), Options())
    officers = [signer_from_uri(uri, run.project.root) for uri in key or ()]
    with output_lock(run.out):
        import_receipts(run.project, run.ledger, run.now)
        if go_on is not None:
            _report([resume(run, _whole_id(run, go_on), officers)], [], json)
            return
        when = _when(received, run.now)
        asked = _asked(run, file, subject, source, licence_revoked, kind, verified_by, actor, when)
        _log(run, asked)
        if not execute:
            _dry_run(run, asked, json)
            return
        begun = unfinished(run)
        left = [one for one in asked if not _answered(run, one, begun)]
        for one in left:  # on record, with their clocks, even if what is under way waits for signatures
            _verified(run, _received(run, one), one)
        finished = [resume(run, request, officers) for request in begun]
        done, refused = _execute(run, left, officers)
        _report(finished + done, refused, json)
    if refused:
        raise typer.Exit(1)


def _log(run: Run, asked: Sequence[Asked]) -> None:
    """Looking up what holds somebody's text is an access (기준 8), also when nothing is executed."""
    for one in asked:
        if one.subject is not None:
            person = _person(run, one)
            known = person.hex() if person else "unknown"
            log_access(run.vault, one.actor or f"os:{getpass.getuser()}", known, f"withdraw:{one.source}")


# --- what was asked ------------------------------------------------------------------------------------------


def _asked(
    run: Run, file: Path | None, subject: str | None, source: str | None, licence_revoked: str | None, kind: str,
    verified_by: str, actor: str, when: dt.datetime,
) -> list[Asked]:  # fmt: skip
    from schemas.errors import ConfigError

    if subject is not None and not subject.strip():
        raise ConfigError("--subject is empty", "give the id that the source knows the person by")
    if sum(one is not None for one in (file, subject, licence_revoked)) != 1:
        raise ConfigError(
            "name one of --subject, --file and --licence-revoked", "`damjang withdraw --help` shows examples"
        )
    if kind not in ("withdraw", "delete"):
        raise ConfigError("--kind is withdraw or delete", "withdraw ends consent (37①), delete also forgets (36)")
    if licence_revoked is not None:
        found = [Asked("licence_revoked", _source(run, licence_revoked), None, when, verified_by, actor)]
    elif subject is not None:
        found = [Asked(kind, _source(run, source), subject, when, verified_by, actor)]
    else:
        assert file is not None
        found = _rows(run, file, kind, verified_by, actor, when)
    return found


def _rows(run: Run, file: Path, kind: str, verified_by: str, actor: str, when: dt.datetime) -> list[Asked]:
    """Rows of requests.csv; a cell left empty takes the command's option."""
    from schemas.errors import ConfigError

    with file.open(encoding="utf-8-sig", newline="") as text:
        reader = csv.DictReader(text)
        if "subject" not in (reader.fieldnames or ()):
            raise ConfigError(f"{file.name} has no column `subject`", "columns: subject, source, kind, verified_by, …")
        found = []
        for number, row in enumerate(reader, start=2):
            cell = {name: (value or "").strip() for name, value in row.items() if isinstance(value, str | None)}
            asked = cell.get("kind") or kind
            if not cell["subject"] or asked not in ("withdraw", "delete"):
                raise ConfigError(
                    f"{file.name}, line {number}: no subject, or a kind that is not withdraw or delete",
                    "mend the line; nothing was done",
                )
            found.append(
                Asked(
                    asked,
                    _source(run, cell.get("source") or None),
                    cell["subject"],
                    _when(cell.get("received_at") or None, when),
                    cell.get("verified_by") or verified_by,
                    cell.get("actor") or actor,
                )
            )
    return found


def _source(run: Run, name: str | None) -> str:
    from schemas.errors import ConfigError

    listing = [one.id for one in run.project.sources if one.subjects]
    if name is None and len(listing) == 1:
        return listing[0]
    if name not in {one.id for one in run.project.sources}:
        raise ConfigError(
            "name the source with --source" if name is None else "no such source in the project",
            f"sources that list subjects: {', '.join(listing) or 'none'}",
        )
    return name


def _when(text: str | None, default: dt.datetime) -> dt.datetime:
    from schemas.errors import ConfigError

    found = past_time(text, default)
    if found is None:
        raise ConfigError("a time of receipt is no time with a zone, or lies ahead", "as in 2026-11-22T09:00:00+09:00")
    return found


# --- the dry run ---------------------------------------------------------------------------------------------


def _plan(run: Run, request_id: str, kind: str, source: str, subjects: Sequence[str]) -> Plan:
    from governance.withdrawal import plan

    return plan(
        run.ledger, run.vault, run.out, run.project.name,
        request_id=request_id, reason=REASONS[kind], source_id=source, subjects=subjects,
    )  # fmt: skip


def _groups(asked: Sequence[Asked]) -> list[list[Asked]]:
    """Requests of one kind about one source are carried out together: one superseding version answers them all."""
    groups: dict[tuple[str, str], list[Asked]] = {}
    for one in asked:
        groups.setdefault((one.kind, one.source), []).append(one)
    return [groups[name] for name in sorted(groups)]


def _dry_run(run: Run, asked: Sequence[Asked], json: bool) -> None:
    told: list[dict[str, Any]] = []
    for group in _groups(asked):
        kind, source = group[0].kind, group[0].source
        made = _plan(run, NOBODY, kind, source, sorted({one.subject for one in group if one.subject is not None}))
        shards = [f"{release.label}/{cut.path}" for release in made.releases for cut in release.shards]
        told.append(
            {"kind": kind, "source": source, "requests": len(group), **made.cost(),
             "staged_bytes": _staged_bytes(run, made), "shard_paths": shards,
             "release_labels": [release.label for release in made.releases], "cluster_ids": list(made.clusters),
             "exempt": sorted({release.exempt for release in made.releases if release.exempt}),
             "promotable": made.promotable, "not_covered": made.not_covered}
        )  # fmt: skip
    if json:
        emit_json({"dry_run": True, "plans": told})
        return
    say("시험 실행 (dry run): 아무것도 바뀌지 않음 (nothing changes)")
    for one in told:
        say(f"{one['kind']}, 출처 (source) {one['source']}: 요청 (requests) {one['requests']}건")
        say(f"  문서 (documents) {one['documents']:,}, 행 (rows) {one['rows']:,}")
        say(f"  샤드 (shards) {one['shards']:,}, {one['shard_bytes']:,} bytes: {', '.join(one['shard_paths']) or '-'}")
        say(f"  중간 파일 (staged files) {one['staged_files']:,}, {one['staged_bytes']:,} bytes")
        say(f"  배포판 (releases) {', '.join(one['release_labels']) or '-'}")
        say(f"  받아 간 클러스터 (clusters) {', '.join(one['cluster_ids']) or '-'}")
        say(f"  거의 같은 문서, 담당자 판단 대기 (held) {one['held']:,}; {one['not_covered']}")
        for exempt in one["exempt"]:
            say(f"  {exempt}")


def _staged_bytes(run: Run, made: Plan) -> int:
    paths = (run.out / "stages" / cut.folder / cut.path for cut in made.staged)
    return sum(path.stat().st_size for path in paths if path.exists())


# --- carrying out --------------------------------------------------------------------------------------------


def _execute(run: Run, asked: Sequence[Asked], officers: Sequence[Any]) -> tuple[list[Outcome], list[str]]:
    """(what was done, ids of requests that are recorded and refused for want of a verification)."""
    from pipelines.withdrawing import approve, resume

    done, refused = [], []
    for group in _groups(asked):
        received = [(_received(run, one), one) for one in group]
        ready = [(request, one) for request, one in received if _verified(run, request, one)]
        refused += [request for request, one in received if (request, one) not in ready]
        if not ready:
            continue
        members = list(dict.fromkeys(request for request, _ in ready))
        people = sorted({one.subject for _, one in ready if one.subject is not None})
        made = _plan(run, members[0], group[0].kind, group[0].source, people)
        approve(run, made, members, ready[0][1].actor)
        done.append(resume(run, members[0], officers))
    return done, refused


def _received(run: Run, one: Asked) -> str:
    """The request's id: of an earlier try that is not done yet, or a new one."""
    from governance.requests import receive
    from governance.requests import requests as recorded

    person = _person(run, one)
    for known in recorded(run.ledger, run.now):
        if (known.kind, known.source_id, known.subject_id) == (one.kind, one.source, person) and known.state in (
            "received", "verified", "planned",
        ):  # fmt: skip
            return known.request_id
    return receive(
        run.ledger, run.vault, one.kind, run.now,  # type: ignore[arg-type]
        received_at=one.received_at, channel="command", source_id=one.source, provider_id=one.subject,
    )  # fmt: skip


def _person(run: Run, one: Asked) -> bytes | None:
    if one.subject is None:
        return None
    token = run.vault.subject_token(one.source, one.subject)
    return run.vault.subject_ids([token]).get(token)


def _verified(run: Run, request: str, one: Asked) -> bool:
    from governance.requests import request as recorded
    from governance.requests import verify
    from schemas.errors import ConfigError

    if recorded(run.ledger, request, run.now).state != "received":
        return True
    if not one.verified_by:
        return False
    if not one.actor:
        raise ConfigError("--verified-by needs --actor", "the staff ref of who verified, never a name")
    verify(run.ledger, request, one.verified_by, one.actor, run.now)
    return True


def _answered(run: Run, one: Asked, begun: Sequence[str]) -> bool:
    """Whether a withdrawal that is under way is this very request's."""
    from governance.requests import request as recorded
    from pipelines.withdrawing import members_of

    person = _person(run, one)
    for request in begun:
        for member in members_of(run, request):
            found = recorded(run.ledger, member, run.now)
            if (found.kind, found.source_id, found.subject_id) == (one.kind, one.source, person):
                return True
    return False


def _whole_id(run: Run, prefix: str) -> str:
    from governance.errors import RequestUnknown
    from pipelines.withdrawing import unfinished

    found = [request for request in unfinished(run) if request.startswith(prefix) and prefix]
    if len(found) != 1:
        raise RequestUnknown("no such withdrawal is under way", "`damjang requests` lists what is open")
    return found[0]


def _report(done: Sequence[Outcome], refused: Sequence[str], json: bool) -> None:
    if json:
        emit_json(
            {"done": [{"request": one.request_id, "release": one.release, "proof": str(one.proof or ""),
                       "proofs": {label: str(path) for label, path in one.proofs.items()},
                       "ended": list(one.ended), "clusters": list(one.clusters), "held": one.held} for one in done],
             "unverified": list(refused)}
        )  # fmt: skip
        return
    for one in done:
        say(f"[green]처리됨 (executed)[/] {one.request_id}")
        if one.release:
            say(f"  새 배포판 (superseding) {', '.join(one.proofs)}")
            say(f"  폐지·파기 (revoked and destroyed) {', '.join(one.ended)}")
        elif one.ended:
            say(f"  폐지·파기 (revoked and destroyed) {', '.join(one.ended)}; 남은 행 없음 (no row is left)")
        else:
            say("  배포된 행 없음 (no released row was touched); 삭제표지는 남김 (a tombstone keeps them out)")
        for path in one.proofs.values():
            say(f"  차이 증명 (proof of difference) {path}")
        if one.clusters:
            say(f"  회수 통지 대기 (recall notices queued) {', '.join(one.clusters)}: `damjang recalls`")
        if one.held:
            say(f"  거의 같은 문서 {one.held}건은 담당자가 판단할 때까지 제외 (held for an officer)")
    for request in refused:
        say(f"[red]본인확인 기록 없음 (not verified)[/] {request}: 접수만 됨 (received, nothing done)")
        say("  --verified-by METHOD --actor REF (영46)")
