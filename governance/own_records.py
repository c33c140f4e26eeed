"""Records that Damjang keeps itself where it acts: a release's class and pseudonymisation record, who holds which role.

People add to them (`damjang records add`) and correct them by another row; nothing here needs to be typed. Each
function may be repeated: what is on record already is not recorded again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any, Final, get_args, get_type_hints

from sqlalchemy import insert, select

from damjang.certificates.trust import Root
from governance.ledger import Ledger
from governance.ledger.models import records as tables
from governance.records import ClassDecision, PrivilegeChange, Pseudonymisation, keep, row_of
from governance.times import KST, stamp

PIA_UNSTATED: Final = "기재 안 됨 (not stated)"
_ROLES: Final = frozenset(get_args(get_type_hints(PrivilegeChange)["role"]))


def record_class(
    ledger: Ledger, release: str, data_class: str, ground: str, why: str, decided_by: str, now: dt.datetime
) -> bool:
    """Who stands for the class of a release: whoever proposed it, then each officer who signed. False: known already.

    The PIA (33) is what a person last stated for a release of this name.
    """
    table = tables.ClassDecision
    with ledger.read() as connection:
        known = connection.execute(select(table).order_by(table.id)).all()
    who = code(decided_by)
    if any((r.release, r.data_class, r.ground, r.decided_by) == (release, data_class, ground, who) for r in known):
        return False
    name = release.partition("@")[0]
    stated = [r.pia for r in known if r.release.partition("@")[0] == name and r.pia != PIA_UNSTATED]
    pia = stated[-1] if stated else PIA_UNSTATED
    record = ClassDecision(release, data_class, ground, why, pia, who, now.astimezone(KST).date())  # type: ignore[arg-type]
    keep(ledger, record, now)
    return True


def record_pseudonymised(ledger: Ledger, record: Pseudonymisation, now: dt.datetime) -> bool:
    """The six items of 28-4③ when a pseudonymised release is made. False: this release has its record."""
    if _pseudonymised(ledger, record.release):
        return False
    keep(ledger, record, now)
    return True


def record_pseudonymised_destroyed(ledger: Ledger, release: str, now: dt.datetime) -> bool:
    """Starts the three years of 영29-5② when a pseudonymised release is destroyed. False: nothing to start."""
    known = _pseudonymised(ledger, release)
    if not known or known[-1].destroyed_at is not None:
        return False
    last, day = known[-1], now.astimezone(KST).date()
    until = dt.date.fromisoformat(last.period_until) if last.period_until else None
    items = (last.release, last.purpose, last.items, last.usage, last.recipient)
    keep(ledger, Pseudonymisation(*items, until, last.other, destroyed_at=day), now)
    return True


def record_privileges(ledger: Ledger, root: Root, now: dt.datetime, by: str = "") -> int:
    """What changed in the roles of the root of trust since the last time: granted, revoked (기준 5). How many rows.

    `by`: the person who changed it; the root itself, whose succession the officers signed, where that is not known.
    """
    scope, version = f"root {root.id}", f"root-v{root.version}"
    now_held = {(code(person.id), role) for person in root.persons for role in person.roles if role in _ROLES}
    table = tables.PrivilegeChange
    with ledger.write() as connection:  # read and written in one: two commands at once record a change once
        held: dict[tuple[str, str], str] = {}
        for row in connection.execute(select(table).where(table.scope == scope).order_by(table.id)):
            held[row.staff_ref, row.role] = row.change
        before = {key for key, change in held.items() if change != "revoked"}
        changes = [(key, "granted") for key in sorted(now_held - before)]
        changes += [(key, "revoked") for key in sorted(before - now_held)]
        for (staff, role), change in changes:
            who = code(by) if by and code(by) != staff else version
            record = PrivilegeChange(staff, change, role, scope, who, now)  # type: ignore[arg-type]
            connection.execute(insert(table).values(**row_of(record), recorded_at=stamp(now)))
    return len(changes)


def code(person: str) -> str:
    """A person's code as records hold it: at most 32 characters."""
    if len(person) <= 32:
        return person
    return f"{person[:23]}-{hashlib.sha256(person.encode()).hexdigest()[:8]}"


def _pseudonymised(ledger: Ledger, release: str) -> list[Any]:
    table = tables.PseudonymRecord
    with ledger.read() as connection:
        return list(connection.execute(select(table).where(table.release == release).order_by(table.id)))
