"""The ledger's tables, by subject."""

from governance.ledger.models import consents, records, releases, rights, runs, sources
from governance.ledger.models.base import Base

__all__ = ["Base", "consents", "records", "releases", "rights", "runs", "sources"]
