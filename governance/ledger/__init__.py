"""The ledger: the governance database (SQLite, or PostgreSQL by URL), append-only, written by the driver."""

from governance.ledger.core import LedgerBase
from governance.ledger.releases import ReleaseInfo, ReleaseRows, ShardInfo
from governance.ledger.sources import SourceInfo, SourceRows
from governance.ledger.stages import StageInfo, StageRows
from governance.ledger.tombstones import TombstoneRows

__all__ = ["Ledger", "ReleaseInfo", "ShardInfo", "SourceInfo", "StageInfo"]


class Ledger(StageRows, SourceRows, ReleaseRows, TombstoneRows, LedgerBase):
    """An open ledger. `Ledger.open(url, root)`; other modules of governance use its `read` and `write`."""
