"""The key behind a release's pseudonyms: random, in the vault apart from the data, destroyable (PIPA 28-4①, 영29-5).

It lies in the vault as the one file key of a dataset `pseudonym-NAME-0001`, so that destroying it, recording that and
replaying it into an old backup are what they are for every other key. After a destruction nobody can tell any more
whose pseudonym is whose; a later run makes the next key, and other pseudonyms.
"""

from __future__ import annotations

import datetime as dt
import secrets
from itertools import count
from typing import TYPE_CHECKING, Final

from governance.times import stamp
from governance.vault.destruction import Destruction
from pipelines.errors import NoPseudonymKey
from schemas.policy import Policy

if TYPE_CHECKING:
    from governance.ledger import Ledger
    from governance.vault import Vault

_KEYED: Final = frozenset({"pseudonym", "surrogate"})
_FILE: Final = "key"


def needs_key(policy: Policy) -> bool:
    """Whether any rule replaces by a keyed value."""
    return any(rule.operator in _KEYED for rule in policy.anonymize.entities.values())


def key_name(vault: Vault, release: str) -> str:
    """The dataset that holds the release's key, or will: the first that was not destroyed."""
    names = (f"pseudonym-{release}-{number:04d}" for number in count(1))
    return next(name for name in names if vault.dataset_state(name) != "destroyed")


def pseudonym_key(vault: Vault, release: str, now: dt.datetime) -> bytes:
    """32 random bytes, made once."""
    name = key_name(vault, release)
    if vault.dataset_state(name) == "absent":
        vault.seal_dataset(name, {_FILE: secrets.token_bytes(32)}, now)
    return vault.file_keys(name)[_FILE]


def destroy_key(vault: Vault, ledger: Ledger, release: str, reason: str, now: dt.datetime, *, approver: str) -> str:
    """Destroys the key, recorded in the ledger first; returns its name. Raises NoPseudonymKey."""
    name = key_name(vault, release)
    if vault.dataset_state(name) == "absent":
        raise NoPseudonymKey(
            f"{release} has no pseudonym key", "none was made (the policy asks for none), or it is destroyed already"
        )
    ledger.record_destructions([Destruction("dataset", name, reason, stamp(now))], now, approver=approver)
    vault.destroy_dataset(name, reason, now)
    return name
