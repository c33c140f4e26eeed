"""What can go wrong in the governance room, named by cause. No message ever holds a personal value or a key."""

from __future__ import annotations

from schemas.errors import ConfigError, DamjangError


class GovernanceError(DamjangError):
    """Root of this room's errors."""


# --- vault ---------------------------------------------------------------------------------------------------


class VaultError(GovernanceError):
    """Root of the vault's errors."""


class VaultMissing(VaultError, ConfigError):
    """There is no vault at this place."""

    exit_code = 3


class VaultExists(VaultError, ConfigError):
    """A vault is already at this place; making another would lose every key in it."""

    exit_code = 3


class VaultKeyError(VaultError, ConfigError):
    """The key-encryption key is absent, malformed, readable by others, or not this vault's."""

    exit_code = 3


class VaultTampered(VaultError):
    """A sealed value does not authenticate: the row was edited, moved or damaged."""

    exit_code = 1


class DatasetSealed(VaultError):
    """The dataset is finished: its wrap key is gone, only the keys of its files remain."""


class DatasetDestroyed(VaultError):
    """The dataset's keys were destroyed; the same dataset never comes back under the same id."""

    exit_code = 1


class KeyDestroyed(VaultError):
    """A file's key was destroyed (withdrawal, retention), so its bytes are unreadable for ever."""

    exit_code = 1


class RestoreError(VaultError):
    """A backup is damaged, belongs to another vault, or came without its destruction register."""

    exit_code = 4


# --- databases -----------------------------------------------------------------------------------------------


class DatabaseError(GovernanceError):
    """The database can't be reached or written."""


class DatabaseRefused(DatabaseError, ConfigError):
    """The database, its kind or a rule inside it (a constraint, a trigger) refuses this."""

    exit_code = 3


class NetworkFileSystem(DatabaseError, ConfigError):
    """SQLite on a network file system loses writes (sqlite.org/wal.html), so it is refused."""

    exit_code = 3


class DatabaseBusy(DatabaseError):
    """Another process held the database's lock for too long."""

    exit_code = 6
