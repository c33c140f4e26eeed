"""Is a ledger whole: the file's own check, the revision, and the triggers that refuse UPDATE and DELETE.

The triggers are a hindrance and no proof: whoever owns the file can drop them and put them back. The proof is the audit
log against a checkpoint kept outside (governance.audit_verify).
"""

from __future__ import annotations

from sqlalchemy import text

from governance.errors import LedgerConflict
from governance.ledger.core import LedgerBase
from governance.ledger.models import Base


def check_ledger(ledger: LedgerBase) -> int:
    """How many tables refuse changes. Raises LedgerConflict naming the first that does not, or a damaged file."""
    names = sorted(Base.metadata.tables)
    with ledger.read() as connection:
        if connection.dialect.name == "sqlite":
            if connection.execute(text("PRAGMA integrity_check")).scalar_one() != "ok":
                raise LedgerConflict("the ledger's file is damaged", "Restore a backup: `damjang ledger restore`.")
            found = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
            ends = ("no_update", "no_delete")
        else:
            found = connection.execute(text("SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'"))
            ends = ("append_only", "no_truncate")
        triggers = set(found.scalars())
    for name in names:
        if not all(f"{name}_{end}" in triggers for end in ends):
            raise LedgerConflict(
                f"the table {name} no longer refuses changes", "Find out who dropped its triggers; restore a backup."
            )
    return len(names)
