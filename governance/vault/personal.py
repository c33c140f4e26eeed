"""Statutory personal records (staff, guardians, requesters, reviewers): sealed here, named elsewhere by a random ref.

The ledger, the audit log and certificates hold the ref only, so that a name can end with its retention while the record
of the act stays. The same person gets the same ref by a keyed mark, not by the name.
"""

from __future__ import annotations

import datetime as dt
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping
from typing import Literal

from sqlalchemy import Engine, delete, insert, select

from governance.database import read, write
from governance.times import stamp
from governance.vault import store
from governance.vault.crypto import Sealer
from governance.vault.destruction import Destruction, record
from governance.vault.store import PERSONAL

PersonalKind = Literal["staff", "guardian", "requester", "reviewer", "processor_contact"]
CHUNK = 10_000


class PersonalRecords:
    """The vault's personal records; a ref is 32 hexadecimal digits, random."""

    def __init__(self, engine: Engine, sealer: Sealer, key: bytes) -> None:
        self._engine = engine
        self._sealer = sealer
        self._key = key

    def __repr__(self) -> str:
        return "PersonalRecords()"

    def ensure(
        self,
        kind: PersonalKind,
        records: Iterable[Mapping[str, str]],
        now: dt.datetime,
        keep_until: dt.date | None = None,
    ) -> list[str]:
        """Refs of these records, in order; equal records of a kind share one. One transaction."""
        texts = [json.dumps(dict(r), ensure_ascii=False, sort_keys=True) for r in records]
        marks = [
            hmac.digest(self._key, f"{kind}\0{text}".encode("utf-8", "surrogatepass"), "sha256")[:16] for text in texts
        ]
        at = stamp(now)
        until = keep_until.isoformat() if keep_until else None
        with write(self._engine) as connection:
            refs: dict[bytes, str] = {}
            unique = sorted(set(marks))
            for start in range(0, len(unique), CHUNK):
                chosen = PERSONAL.c.lookup.in_(unique[start : start + CHUNK])
                refs |= {
                    bytes(r.lookup): r.ref
                    for r in connection.execute(select(PERSONAL.c.ref, PERSONAL.c.lookup).where(chosen))
                }
            rows = []
            for mark, text in zip(marks, texts, strict=True):
                if mark not in refs:
                    ref = refs[mark] = secrets.token_hex(16)
                    sealed = self._sealer.seal(f"personal:{ref}", text.encode("utf-8", "surrogatepass"))
                    rows.append(
                        {
                            "ref": ref,
                            "kind": kind,
                            "lookup": mark,
                            "sealed": sealed,
                            "keep_until": until,
                            "created_at": at,
                        }
                    )
            for start in range(0, len(rows), CHUNK):
                connection.execute(insert(PERSONAL), rows[start : start + CHUNK])
        return [refs[mark] for mark in marks]

    def add(
        self, kind: PersonalKind, fields: Mapping[str, str], now: dt.datetime, keep_until: dt.date | None = None
    ) -> str:
        """The ref of one record."""
        return self.ensure(kind, [fields], now, keep_until)[0]

    def get(self, ref: str) -> dict[str, str] | None:
        """The record, or None when it was destroyed. Write an access-log row for every reading."""
        with read(self._engine) as connection:
            sealed = connection.execute(select(PERSONAL.c.sealed).where(PERSONAL.c.ref == ref)).scalar_one_or_none()
        if sealed is None:
            return None
        fields: dict[str, str] = json.loads(self._sealer.open(f"personal:{ref}", bytes(sealed)))
        return fields

    def due(self, today: dt.date) -> list[str]:
        """Refs whose retention has ended before `today`."""
        with read(self._engine) as connection:
            chosen = select(PERSONAL.c.ref).where(PERSONAL.c.keep_until < today.isoformat()).order_by(PERSONAL.c.ref)
            return list(connection.execute(chosen).scalars())

    def destroy(self, refs: Iterable[str], reason: str, now: dt.datetime) -> None:
        """Destroys records for good and enters them in the destruction register."""
        at = stamp(now)
        with write(self._engine) as connection:
            for ref in sorted(set(refs)):
                connection.execute(delete(PERSONAL).where(PERSONAL.c.ref == ref))
                record(connection, Destruction("personal", ref, reason, at))
        store.scrub(self._engine)
