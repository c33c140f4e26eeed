"""The destruction register (PIPA 21, 37③): what was destroyed, why, when. A restore replays it before anything else.

Targets are ids that are random or keyed, never a person's own identifier. Entries are copied into the ledger, so that
either store can replay them into an old backup of the other.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

from sqlalchemy import Connection, insert, select

from governance.vault.store import DESTRUCTION

Kind = Literal["dataset", "file", "subject", "personal"]


@dataclass(frozen=True, order=True)
class Destruction:
    """`target`: a dataset id, `dataset id/file id`, a subject's mark (hex) or a personal record's ref."""

    kind: Kind
    target: str
    reason: str  # a code: withdrawal, retention, licence_revoked, superseded, request, test
    at: str  # UTC, ISO 8601


def register(connection: Connection) -> list[Destruction]:
    """All entries, oldest first."""
    order = (DESTRUCTION.c.at, DESTRUCTION.c.kind, DESTRUCTION.c.target)
    return [
        Destruction(r.kind, r.target, r.reason, r.at) for r in connection.execute(select(DESTRUCTION).order_by(*order))
    ]


def is_recorded(connection: Connection, kind: str, target: str) -> bool:
    """Whether this was destroyed before."""
    key = (DESTRUCTION.c.kind == kind) & (DESTRUCTION.c.target == target)
    return connection.execute(select(DESTRUCTION.c.at).where(key).limit(1)).first() is not None


def record(connection: Connection, entry: Destruction) -> None:
    """Adds an entry; the very same entry is added once."""
    key = (DESTRUCTION.c.kind == entry.kind) & (DESTRUCTION.c.target == entry.target) & (DESTRUCTION.c.at == entry.at)
    if connection.execute(select(DESTRUCTION.c.at).where(key)).first() is None:
        connection.execute(insert(DESTRUCTION).values(**asdict(entry)))
