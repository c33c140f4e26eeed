"""The access log (안전성 확보조치 기준 8, 2(3)): who, when, where, which subject, what task; kept one or two years.

Rows are sealed, and chained by a MAC, so that a row edited or taken out of the middle shows. `where` is the place of
connection (an address or host); `subject` is a subject id or document id, never a name.
"""

from __future__ import annotations

import datetime as dt
import hmac
import json
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from governance.database import read, write
from governance.errors import VaultTampered
from governance.times import stamp
from governance.vault.crypto import Sealer
from governance.vault.store import ACCESS, META

ANCHOR = "access_anchor"  # the MAC of the last row that was destroyed at the end of its retention


@dataclass(frozen=True)
class Access:
    """One access: the five fields of 기준 2(3). `at` is UTC, ISO 8601."""

    who: str
    at: str
    where: str
    subject: str
    task: str


class AccessLog:
    """The vault's access log; rows are appended, and destroyed only when their retention ends."""

    def __init__(self, engine: Engine, sealer: Sealer, key: bytes) -> None:
        self._engine = engine
        self._sealer = sealer
        self._key = key

    def __repr__(self) -> str:
        return "AccessLog()"

    def add(self, who: str, now: dt.datetime, where: str, subject: str, task: str) -> None:
        """Appends one row."""
        at = stamp(now)
        fields = json.dumps(asdict(Access(who, at, where, subject, task)), ensure_ascii=False, sort_keys=True)
        sealed = self._sealer.seal("access", fields.encode("utf-8", "surrogatepass"))
        with write(self._engine) as connection:
            previous = connection.execute(
                select(ACCESS.c.mac).order_by(ACCESS.c.seq.desc()).limit(1)
            ).scalar_one_or_none()
            before = bytes(previous) if previous is not None else _anchor(connection)
            connection.execute(insert(ACCESS).values(at=at, sealed=sealed, mac=self._mac(before, at, sealed)))

    def entries(self, since: dt.datetime | None = None) -> list[Access]:
        """Rows from `since` on, oldest first."""
        query = select(ACCESS.c.sealed).order_by(ACCESS.c.seq)
        if since is not None:
            query = query.where(ACCESS.c.at >= stamp(since))
        with read(self._engine) as connection:
            return [
                Access(**json.loads(self._sealer.open("access", bytes(s)))) for s in connection.execute(query).scalars()
            ]

    def first_bad(self) -> int | None:
        """The number of the first row whose chain does not hold, or None. A cut tail shows only in the count."""
        with read(self._engine) as connection:
            before = _anchor(connection)
            for row in connection.execute(select(ACCESS).order_by(ACCESS.c.seq)):
                if not hmac.compare_digest(bytes(row.mac), self._mac(before, row.at, bytes(row.sealed))):
                    return int(row.seq)
                before = bytes(row.mac)
        return None

    def count(self) -> int:
        """How many rows are kept."""
        with read(self._engine) as connection:
            return connection.execute(select(func.count()).select_from(ACCESS)).scalar_one()

    def purge(self, before: dt.datetime) -> int:
        """Destroys the rows older than `before` (the end of their retention) and keeps the chain checkable."""
        limit = stamp(before)
        with write(self._engine) as connection:
            # Only a prefix goes: a clock that went backwards must not open a hole in the chain.
            keep = connection.execute(select(func.min(ACCESS.c.seq)).where(ACCESS.c.at >= limit)).scalar_one_or_none()
            chosen = ACCESS.c.seq < keep if keep is not None else ACCESS.c.seq.is_not(None)
            last = connection.execute(
                select(ACCESS.c.mac).where(chosen).order_by(ACCESS.c.seq.desc()).limit(1)
            ).scalar_one_or_none()
            if last is None:
                return 0
            gone = connection.execute(delete(ACCESS).where(chosen)).rowcount
            if connection.execute(select(META.c.name).where(META.c.name == ANCHOR)).first() is None:
                connection.execute(insert(META).values(name=ANCHOR, value=bytes(last)))
            else:
                connection.execute(update(META).where(META.c.name == ANCHOR).values(value=bytes(last)))
        return int(gone)

    def reseal(self, connection: Connection, old: Sealer, new: Sealer) -> None:
        """Seals every row under a new key and chains them anew (key rotation)."""
        if self.first_bad() is not None:
            raise VaultTampered("the access log was edited", "Find out by whom before the keys are rotated.")
        before = _anchor(connection)
        for row in connection.execute(select(ACCESS).order_by(ACCESS.c.seq)).all():
            sealed = new.seal("access", old.open("access", bytes(row.sealed)))
            before = self._mac(before, row.at, sealed)
            connection.execute(update(ACCESS).where(ACCESS.c.seq == row.seq).values(sealed=sealed, mac=before))

    def _mac(self, before: bytes, at: str, sealed: bytes) -> bytes:
        return hmac.digest(self._key, before + at.encode() + sealed, "sha256")


def _anchor(connection: Connection) -> bytes:
    value = connection.execute(select(META.c.value).where(META.c.name == ANCHOR)).scalar_one_or_none()
    return bytes(value) if value is not None else b""
