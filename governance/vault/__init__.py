"""The vault: keys, salts, subject ids and statutory personal records, in a store and under a key of its own.

PIPA 28-4① and 영 29-5 ask that additional information be kept apart from pseudonymised data, with rights of its own.
"""

from governance.vault.core import DatasetState, Vault
from governance.vault.crypto import resolve_key_uri
from governance.vault.destruction import Destruction
from governance.vault.tombstones import TombstoneSet

__all__ = ["DatasetState", "Destruction", "TombstoneSet", "Vault", "resolve_key_uri"]
