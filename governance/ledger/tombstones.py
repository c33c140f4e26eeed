"""Tombstones in the ledger: every one that was set or lifted, as the vault's keyed mark, for a restored vault."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import insert, select

from governance.ledger.core import LedgerBase
from governance.ledger.models.rights import TombstoneEvent
from governance.times import stamp
from governance.vault.tombstones import HELD, Mark


class TombstoneRows(LedgerBase):
    """Written *before* the vault's own, so that a crash between the two is replayed."""

    def record_tombstone_marks(self, marks: Iterable[Mark], now: dt.datetime, *, actor: str = "") -> int:
        """Adds marks whose latest event is not the same already; returns how many were new."""
        with self.write() as connection:
            rows = connection.execute(select(TombstoneEvent).order_by(TombstoneEvent.id)).all()
            latest = {(row.kind, row.mark): (row.action, row.reason) for row in rows}
            new = []
            for one in marks:
                key, value = (one.kind, one.mark.hex()), (one.action, one.reason)
                if latest.get(key) != value:
                    latest[key] = value
                    new.append(
                        {"kind": one.kind, "mark": one.mark.hex(), "action": one.action, "reason": one.reason,
                         "actor": actor, "at": one.at, "recorded_at": stamp(now)}
                    )  # fmt: skip
            if new:
                connection.execute(insert(TombstoneEvent), new)
        return len(new)

    def held_marks(self) -> list[Mark]:
        """Documents that wait for an officer, as keyed marks (the vault's ids are not needed to count them)."""
        latest = {one.mark: one for one in self.tombstone_marks() if one.kind == "document"}
        return [one for one in latest.values() if (one.action, one.reason) == ("set", HELD)]

    def tombstone_marks(self) -> list[Mark]:
        """Every event, oldest first."""
        with self.read() as connection:
            rows = connection.execute(select(TombstoneEvent).order_by(TombstoneEvent.id)).all()
        return [Mark(row.kind, bytes.fromhex(row.mark), row.action, row.reason, row.at) for row in rows]
