"""requests: what persons and licensors asked, what is late, and each step of an answer (PIPA 35–37, 영41–46).

Withdrawal and deletion are carried out by `damjang withdraw`; what every request needs besides is here: to be received,
verified, refused with reason and appeal, answered in time, closed. An id may be given by its first digits.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from damjang.cli.options import OFFICER, PROJECT, Json, ProjectFile, code, now, past_time
from damjang.cli.show import emit_json, say
from damjang.cli.stores import checked_source, log_access, open_ledger, open_vault

if TYPE_CHECKING:
    from governance.ledger import Ledger
    from governance.requests import RequestInfo, RequestKind

requests_app = typer.Typer(help="Requests of persons and licensors: what is late, and each step of an answer.")

Id = Annotated[str, typer.Argument(metavar="REQUEST_ID", help="The id, or its first digits.")]
Actor = Annotated[str, typer.Option(help="Who does it: a code or a ref of the vault, never a name.")]


def add_to(app: typer.Typer) -> None:
    """Register this file's commands."""
    requests_app.callback(invoke_without_command=True)(requests)
    requests_app.command("show")(requests_show)
    requests_app.command("receive")(requests_receive)
    requests_app.command("verify")(requests_verify)
    requests_app.command("refuse")(requests_refuse)
    requests_app.command("done")(requests_done)
    requests_app.command("notify")(requests_notify)
    requests_app.command("close")(requests_close)
    app.add_typer(requests_app, name="requests", rich_help_panel=OFFICER)


def requests(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Closed and answered ones too.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Exit code 1 when something is late: for a timer.")] = False,
    project: ProjectFile = PROJECT,
    json: Json = False,
) -> None:
    """Requests of persons and licensors, the most urgent first, with their due dates and what is late.

    Example: damjang requests --project project.yaml
    """
    if context.invoked_subcommand is not None:
        return
    from governance.requests import requests as recorded

    _, ledger = open_ledger(project)
    found = [one for one in recorded(ledger, now()) if every or one.late or one.state not in ("closed", "notified")]
    rows = [_row(one) for one in found]
    late = sum(1 for row in rows if row["late"])
    if json:
        emit_json({"requests": rows, "late": late})
    else:
        say(f"요청 (requests) {len(rows)}건, 기한 경과 (late) {late}건")
        for row in rows:
            _say_row(row)
    if check and late:
        raise typer.Exit(1)


def requests_show(request_id: Id, project: ProjectFile = PROJECT, json: Json = False) -> None:
    """One request with every step: who, when, why; a refusal with its article and the way to appeal.

    Example: damjang requests show 0a1b2c --project project.yaml
    """
    from governance.requests import history

    _, ledger = open_ledger(project)
    info = _found(ledger, request_id)
    steps = history(ledger, info.request_id)
    if json:
        emit_json(_row(info) | {"steps": steps})
        return
    _say_row(_row(info))
    for step in steps:
        why = f": {step['reason']}" if step["reason"] else ""
        say(f"    {_kst_text(step['at'])} {step['state']}{why}" + (f", {step['actor']}" if step["actor"] else ""))
        if step["appeal"]:
            say(f"      근거 (article) {step['article']}; 이의제기 (appeal) {step['appeal']}")


def requests_receive(
    kind: Annotated[str, typer.Argument(help="access | correct | delete | suspend | withdraw | source_notice")],
    source: Annotated[str, typer.Option(help="Which source it is about.")],
    subject: Annotated[str | None, typer.Option(help="The id the source knows the person by.")] = None,
    name: Annotated[str | None, typer.Option(help="The requester's name: it goes to the vault only.")] = None,
    contact: Annotated[str | None, typer.Option(help="Where the answer goes: to the vault only.")] = None,
    channel: Annotated[str, typer.Option(help="How it came: a code such as e-mail, letter, phone.")] = "command",
    received: Annotated[str | None, typer.Option(help="When it came (ISO 8601 with zone); now by default.")] = None,
    project: ProjectFile = PROJECT,
    json: Json = False,
) -> None:
    """Record a request; its clock runs from the day it came. `damjang withdraw` records withdrawals by itself.

    Example: damjang requests receive access --source forum --subject u-104 --channel e-mail --project project.yaml
    """
    from governance.requests import ANSWER_DAYS, receive

    if kind not in ANSWER_DAYS or kind == "licence_revoked":
        raise typer.BadParameter(f"one of {', '.join(name for name in ANSWER_DAYS if name != 'licence_revoked')}")
    if kind != "source_notice" and subject is None:
        raise typer.BadParameter(f"{kind} is about a person: give --subject")
    loaded, ledger = open_ledger(project)
    at = now()
    known: RequestKind = kind  # type: ignore[assignment]
    person = {key: value for key, value in (("name", name), ("contact", contact)) if value}
    made = receive(
        ledger, open_vault(loaded), known, at, received_at=_when(received, at), channel=code(channel, "--channel"),
        source_id=checked_source(loaded, source), provider_id=subject, requester=person or None,
    )  # fmt: skip
    _answer(ledger, made, json)


def requests_verify(
    request_id: Id,
    method: Annotated[str, typer.Option(help="How identity or agency was verified: id_card, phone, login, …")],
    actor: Actor,
    project: ProjectFile = PROJECT,
    json: Json = False,
) -> None:
    """Record that identity or agency was verified (영46): nothing is done before.

    Example: damjang requests verify 0a1b2c --method id_card --actor staff-7 --project project.yaml
    """
    from governance.requests import verify

    _, ledger = open_ledger(project)
    found = _found(ledger, request_id).request_id
    verify(ledger, found, method, actor, now())
    _answer(ledger, found, json)


def requests_refuse(
    request_id: Id,
    reason: Annotated[str, typer.Option(help="A code such as not_verified or statute_requires; no free text.")],
    article: Annotated[str, typer.Option(help="The article that allows the refusal.")],
    appeal: Annotated[str, typer.Option(help="How the person can object: told to the person (영41⑤).")],
    actor: Actor,
    project: ProjectFile = PROJECT,
    json: Json = False,
) -> None:
    """Refuse a request. Reason, article and the way to appeal are owed to the person, within the same ten days.

    Example: damjang requests refuse 0a1b2c --reason not_verified --article "영 46"
    --appeal "14일 안에 privacy@example.kr" --actor staff-7
    """
    from governance.requests import refuse

    _, ledger = open_ledger(project)
    found = _found(ledger, request_id).request_id
    refuse(ledger, found, now(), actor=actor, reason=code(reason, "--reason"), article=article, appeal=appeal)
    _answer(ledger, found, json)


def requests_done(
    request_id: Id,
    actor: Actor,
    evidence: Annotated[Path | None, typer.Option(help="What was done or handed over: kept as its digest.")] = None,
    project: ProjectFile = PROJECT,
    json: Json = False,
) -> None:
    """Record that access was given, a correction made or processing suspended. Withdrawals: `damjang withdraw`.

    Example: damjang requests done 0a1b2c --actor staff-7 --evidence answer.pdf --project project.yaml
    """
    from governance.errors import RequestRefused
    from governance.requests import advance

    _, ledger = open_ledger(project)
    info = _found(ledger, request_id)
    if info.kind in ("withdraw", "delete", "licence_revoked"):
        raise RequestRefused(f"{info.kind} is carried out, not ticked off", "`damjang withdraw --execute` does it")
    advance(ledger, info.request_id, "executed", now(), actor=actor, evidence=_digest(evidence))
    _answer(ledger, info.request_id, json)


def requests_notify(
    request_id: Id,
    actor: Actor,
    letter: Annotated[Path | None, typer.Option(help="The notice that was sent: kept as its digest.")] = None,
    project: ProjectFile = PROJECT,
    json: Json = False,
) -> None:
    """Record that the person was told the result or the refusal: owed within 10 days (영41④, 43③, 44②).

    Example: damjang requests notify 0a1b2c --actor staff-7 --letter notice.pdf --project project.yaml
    """
    from governance.requests import advance

    loaded, ledger = open_ledger(project)
    info = _found(ledger, request_id)
    person = info.subject_id.hex() if info.subject_id else "*"
    log_access(open_vault(loaded), actor, person, f"notice:{info.kind}")
    advance(ledger, info.request_id, "notified", now(), actor=actor, evidence=_digest(letter))
    _answer(ledger, info.request_id, json)


def requests_close(request_id: Id, actor: Actor, project: ProjectFile = PROJECT, json: Json = False) -> None:
    """Close a request that was answered.

    Example: damjang requests close 0a1b2c --actor staff-7 --project project.yaml
    """
    from governance.requests import advance

    _, ledger = open_ledger(project)
    found = _found(ledger, request_id).request_id
    advance(ledger, found, "closed", now(), actor=actor)
    _answer(ledger, found, json)


# --- helpers -------------------------------------------------------------------------------------------------


def _found(ledger: Ledger, prefix: str) -> RequestInfo:
    from governance.errors import RequestUnknown
    from governance.requests import requests as recorded

    found = [one for one in recorded(ledger, now()) if prefix and one.request_id.startswith(prefix)]
    if len(found) != 1:
        many = "several requests begin like this" if found else "no such request is recorded"
        raise RequestUnknown(many, "`damjang requests --all` lists them")
    return found[0]


def _answer(ledger: Ledger, request_id: str, json: bool) -> None:
    row = _row(_found(ledger, request_id))
    emit_json(row) if json else _say_row(row)


def _row(one: RequestInfo) -> dict[str, Any]:
    return {"request": one.request_id, "kind": one.kind, "state": one.state, "source": one.source_id or "",
            "received": _kst(one.received_at), "act_by": _kst(one.act_by), "answer_by": _kst(one.due_at),
            "late": one.late, "article": one.article}  # fmt: skip


def _say_row(row: dict[str, Any]) -> None:
    mark = f"[red]기한 경과 (late: {row['late']})[/]" if row["late"] else "기한 내 (in time)"
    say(f"  {row['request']} {row['kind']}, {row['state']}: {mark}")
    say(f"    처리 기한 (act by) {row['act_by'] or '-'}, 답변 기한 (answer by) {row['answer_by']}; {row['article']}")


def _kst(at: dt.datetime | None) -> str:
    """Deadlines end with a day in Korea."""
    from governance.times import KST

    return at.astimezone(KST).isoformat() if at else ""


def _kst_text(stamp: str) -> str:
    from governance.times import parse_stamp

    return _kst(parse_stamp(stamp))


def _digest(path: Path | None) -> str:
    return "" if path is None else hashlib.sha256(path.read_bytes()).hexdigest()


def _when(text: str | None, default: dt.datetime) -> dt.datetime:
    found = past_time(text, default)
    if found is None:
        raise typer.BadParameter("--received is a past time with its zone, as in 2026-11-22T09:00:00+09:00")
    return found
