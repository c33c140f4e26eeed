"""Requests of data subjects (PIPA 35–37) and licensors: received, verified, acted on or refused, answered in time.

A request proceeds only with recorded verification of identity or agency (영45–46). Names and contacts live in the
vault; the ledger has codes, times and refs. Every step is a row; a request's state is its latest.

| kind | answer within | act within |
|---|---|---|
| access (35), correct, delete (36), suspend (37) | 10 days (영41④, 43③, 44②) | without delay |
| withdraw (37①) | 10 days (영44②) | without delay; our own limit is 5 days |
| source_notice (20①) | at once on demand: our own limit is 3 days | – |
| licence_revoked | the licence's own terms: our limit is 10 days | 5 days |
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

from sqlalchemy import Connection, insert, select

from governance.errors import RequestRefused, RequestUnknown
from governance.law_versions import law_on
from governance.ledger import Ledger
from governance.ledger.models.rights import Request, RequestEvent
from governance.times import KST, parse_stamp, stamp
from governance.vault import Vault

RequestKind = Literal["access", "correct", "delete", "suspend", "withdraw", "source_notice", "licence_revoked"]
State = Literal["received", "verified", "planned", "approved", "executed", "notified", "closed", "refused"]

ANSWER_DAYS: Final = {
    "access": 10, "correct": 10, "delete": 10, "suspend": 10, "withdraw": 10, "source_notice": 3, "licence_revoked": 10,
}  # fmt: skip
ACT_DAYS: Final = {"withdraw": 5, "delete": 5, "suspend": 5, "licence_revoked": 5}
ARTICLES: Final = {
    "access": "개인정보 보호법 35③, 영41",
    "correct": "개인정보 보호법 36②, 영43",
    "delete": "개인정보 보호법 36②, 영43",
    "suspend": "개인정보 보호법 37①, 영44",
    "withdraw": "개인정보 보호법 37①③, 영44",
    "source_notice": "개인정보 보호법 20①",
    "licence_revoked": "저작권법 46",
}

_NEXT: Final[dict[str, tuple[State, ...]]] = {
    "received": ("verified", "refused"),
    "verified": ("planned", "executed", "refused"),
    "planned": ("planned", "approved", "refused"),
    "approved": ("planned", "executed", "refused"),
    "executed": ("notified",),
    "refused": ("notified",),
    "notified": ("closed",),
    "closed": (),
}
VERIFICATIONS: Final = ("id_card", "phone", "certificate", "login", "agent_power_of_attorney", "licensor_letter")


@dataclass(frozen=True)
class RequestInfo:
    """A request with its state. Times are aware; `late` says what is overdue: act, answer, both or ""."""

    request_id: str
    kind: RequestKind
    state: State
    source_id: str | None
    subject_id: bytes | None
    received_at: dt.datetime
    due_at: dt.datetime
    act_by: dt.datetime | None
    article: str
    late: str


def receive(
    ledger: Ledger, vault: Vault, kind: RequestKind, now: dt.datetime, *, received_at: dt.datetime, channel: str,
    source_id: str | None = None, provider_id: str | None = None, requester: Mapping[str, str] | None = None,
    agent: Mapping[str, str] | None = None, request_id: str | None = None,
) -> str:  # fmt: skip
    """Records a request; returns its id (32 hex digits). `request_id`: the one of an earlier try of the same request.

    `provider_id`: the id the source knows the person by; it is mapped in the vault and goes no further. `requester`
    and `agent` (name, contact) go to the vault with three years of retention.
    """
    known = request_id or secrets.token_hex(16)
    subject = None
    if provider_id is not None and source_id is not None:
        token = vault.subject_token(source_id, provider_id)
        subject = vault.ensure_subjects([token])[token]
    until = (received_at + dt.timedelta(days=3 * 365)).date()
    refs = [vault.personal.add("requester", person, now, until) if person else None for person in (requester, agent)]
    day = received_at.astimezone(KST).date()
    with ledger.write() as connection:
        if connection.execute(select(Request.kind).where(Request.request_id == known)).first() is None:
            connection.execute(
                insert(Request).values(
                    request_id=known, kind=kind, channel=channel, source_id=source_id, subject_id=subject,
                    requester_ref=refs[0], agent_ref=refs[1], received_at=stamp(received_at),
                    due_at=stamp(_end_of(day, ANSWER_DAYS[kind])),
                    act_by=stamp(_end_of(day, ACT_DAYS[kind])) if kind in ACT_DAYS else None,
                    law_version=law_on(day).id, recorded_at=stamp(now),
                )
            )  # fmt: skip
            _add(connection, known, "received", now, actor="", evidence="")
    return known


def verify(ledger: Ledger, request_id: str, method: str, actor: str, now: dt.datetime, evidence: str = "") -> None:
    """Records that identity or agency was verified (영45–46): how, by whom (a ref), with which evidence (a digest)."""
    if method not in VERIFICATIONS:
        raise RequestRefused(f"{method[:40]} is no way of verifying", f"One of: {', '.join(VERIFICATIONS)}.")
    _step(ledger, request_id, "verified", now, actor=actor, reason=method, evidence=evidence)


def advance(
    ledger: Ledger,
    request_id: str,
    state: State,
    now: dt.datetime,
    *,
    actor: str = "",
    reason: str = "",
    evidence: str = "",
) -> bool:
    """Moves a request on. The same step again changes nothing (False); a step out of order is RequestRefused."""
    return _step(ledger, request_id, state, now, actor=actor, reason=reason, evidence=evidence)


def refuse(
    ledger: Ledger, request_id: str, now: dt.datetime, *, actor: str, reason: str, article: str, appeal: str
) -> bool:
    """Refuses with a reason code, the article and how to appeal: both are owed to the person (영41⑤, 44②)."""
    if not reason or not article or not appeal:
        raise RequestRefused("a refusal needs a reason, an article and the way to appeal", "Give all three (영41⑤).")
    return _step(ledger, request_id, "refused", now, actor=actor, reason=reason, article=article, appeal=appeal)


def requests(ledger: Ledger, now: dt.datetime) -> list[RequestInfo]:
    """All requests, the most urgent first."""
    with ledger.read() as connection:
        events = connection.execute(select(RequestEvent.request_id, RequestEvent.state).order_by(RequestEvent.id)).all()
        rows = connection.execute(select(Request)).all()
    done: dict[str, list[str]] = {}
    for event in events:
        done.setdefault(event.request_id, []).append(event.state)
    found = [_info(row, done.get(row.request_id, ["received"]), now) for row in rows]
    return sorted(found, key=lambda r: (r.state == "closed", not r.late, r.act_by or r.due_at, r.request_id))


def request(ledger: Ledger, request_id: str, now: dt.datetime) -> RequestInfo:
    """One request; raises RequestUnknown."""
    for info in requests(ledger, now):
        if info.request_id == request_id:
            return info
    raise RequestUnknown("no such request is recorded", "`damjang requests` lists them.")


def history(ledger: Ledger, request_id: str) -> list[dict[str, str]]:
    """Every step of a request, oldest first."""
    names = ("state", "actor", "reason", "article", "appeal", "evidence", "at")
    with ledger.read() as connection:
        chosen = select(RequestEvent).where(RequestEvent.request_id == request_id).order_by(RequestEvent.id)
        return [{name: getattr(row, name) for name in names} for row in connection.execute(chosen)]


def _info(row: Any, states: list[str], now: dt.datetime) -> RequestInfo:
    due = parse_stamp(row.due_at)
    act_by = parse_stamp(row.act_by) if row.act_by else None
    acted = any(state in ("executed", "refused") for state in states)
    overdue = {
        "act": act_by is not None and not acted and now >= act_by,
        "answer": "notified" not in states and now >= due,
    }
    return RequestInfo(
        row.request_id,
        row.kind,
        cast(State, states[-1]),
        row.source_id,
        bytes(row.subject_id) if row.subject_id else None,
        parse_stamp(row.received_at),
        due,
        act_by,
        ARTICLES[row.kind],
        "+".join(name for name, late in overdue.items() if late),
    )


def _end_of(day: dt.date, days: int) -> dt.datetime:
    """The end of the last day in Korea; the day of receipt does not count (민법 157).

    A last day on a holiday would give more time (민법 161, unverified here): ours is never later than the law's.
    """
    return dt.datetime.combine(day + dt.timedelta(days=days + 1), dt.time(), KST)


def _step(
    ledger: Ledger, request_id: str, state: State, now: dt.datetime, *, actor: str, reason: str = "", article: str = "",
    appeal: str = "", evidence: str = "",
) -> bool:  # fmt: skip
    with ledger.write() as connection:
        if connection.execute(select(Request.kind).where(Request.request_id == request_id)).first() is None:
            raise RequestUnknown("no such request is recorded", "`damjang requests` lists them.")
        last = connection.execute(
            select(RequestEvent).where(RequestEvent.request_id == request_id).order_by(RequestEvent.id.desc()).limit(1)
        ).one()
        if last.state == state and last.evidence == evidence:
            return False
        if state not in _NEXT[last.state]:
            hint = (
                "Verify identity or agency first (영45–46)." if last.state == "received" else "See `damjang requests`."
            )
            raise RequestRefused(f"the request is {last.state}; it can't become {state}", hint)
        _add(
            connection,
            request_id,
            state,
            now,
            actor=actor,
            reason=reason,
            article=article,
            appeal=appeal,
            evidence=evidence,
        )
    return True


def _add(
    connection: Connection, request_id: str, state: State, now: dt.datetime, *, actor: str, reason: str = "",
    article: str = "", appeal: str = "", evidence: str = "",
) -> None:  # fmt: skip
    connection.execute(
        insert(RequestEvent).values(
            request_id=request_id, state=state, actor=actor, reason=reason, article=article, appeal=appeal,
            evidence=evidence, at=stamp(now),
        )
    )  # fmt: skip
