"""Founding a project: vault with the project key, ledger, keys, and the root of trust with its first revocation list.

A demo root has one person who holds every key, and says so (`demo: true`). Outside a demo the officers make their own
keys on their own machines, and `found_trust` names their public halves.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from pathlib import Path

from damjang.certificates.files import write_atomic
from damjang.certificates.keys import Signer
from damjang.certificates.signers import signer_from_uri
from damjang.certificates.trust import Root
from governance.errors import TrustExists
from governance.keys import KeyFile, make_root, new_key, read_public
from governance.ledger import Ledger
from governance.revocations import first_list, store_list
from governance.vault import Vault

ROOT_DAYS = 365


def found_project(folder: Path, now: dt.datetime, *, ledger: str, vault: str, vault_key: str) -> None:
    """Make the vault (and with it the project key) and the ledger. Raises VaultExists where there is one."""
    key = vault_key
    if key.startswith("file:") and not key.startswith("file:/"):
        key = f"file:{(folder / key.removeprefix('file:')).resolve()}"
        Path(key.removeprefix("file:")).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    Vault.create(folder / vault, key, now)
    Ledger.open(ledger, folder)


def found_keys(folder: Path, now: dt.datetime, roles: Sequence[tuple[str, str]]) -> list[KeyFile]:
    """`keys/ROLE.key` for each (person, role); existing ones are kept."""
    made = []
    for person, role in roles:
        path = folder / "keys" / f"{role}.key"
        made.append(read_public(path.with_suffix(".pub")) if path.exists() else new_key(path, person, role, now))
    return made


def found_trust(
    path: Path,
    keys: Sequence[KeyFile],
    officers: Sequence[Signer],
    now: dt.datetime,
    *,
    organisation: str,
    threshold: int,
    demo: bool,
    revocation_threshold: int = 1,
) -> Root:
    """Write root.json and the first (empty) revocation list, signed by `officers`. Raises TrustExists, Malformed."""
    if path.exists():
        raise TrustExists("there is a root of trust already", "it is replaced by succession, never overwritten")
    root = make_root(
        keys,
        root_id=secrets.token_hex(16),
        organisation=organisation,
        threshold=threshold,
        demo=demo,
        expires=(now + dt.timedelta(days=ROOT_DAYS)).replace(microsecond=0),
        revocation_threshold=revocation_threshold,
    )
    first = first_list(root, officers, now.replace(microsecond=0))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, root.to_bytes())
    store_list(first, path.parent / "revocations.dsse.json")
    return root


def found_demo(folder: Path, now: dt.datetime) -> Root:
    """Keys and root of a demo: one person in every role (직무분리 미충족, and every report says so)."""
    roles = [("demo", "engineer"), ("demo", "officer"), ("demo-log", "log")]
    keys = found_keys(folder, now, roles)
    officer = signer_from_uri("file:keys/officer.key", folder)
    return found_trust(
        folder / "trust" / "root.json", keys, [officer], now, organisation="demo", threshold=1, demo=True
    )
