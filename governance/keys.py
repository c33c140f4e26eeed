"""Signing keys and the root of trust, as an organisation makes them: `damjang keys new`, `damjang init`.

A private key is Ed25519 in PKCS#8 PEM with mode 0600, locked with $DAMJANG_KEY_PASSPHRASE if that is set. Its public
half lies beside it as `.pub` (JSON: person, role, key), from which a root of trust is put together. A person is a
code such as officer-1; whose name it stands for is the vault's business. Signers by key URI:
damjang.certificates.signers.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from damjang.certificates.canonical import canonical, format_time, parse_loose
from damjang.certificates.errors import Malformed
from damjang.certificates.fields import NAME, Fields
from damjang.certificates.files import sync_folder, write_atomic
from damjang.certificates.keys import KEY_ID, PublicKey, parse_public
from damjang.certificates.signers import PASSPHRASE, signer_from_uri
from damjang.certificates.trust import ROLES, Person, Root
from governance.errors import KeyExists, KeyRoleUnknown

__all__ = ["KEY_ROLES", "KeyFile", "make_root", "new_key", "read_public", "signer_from_uri"]

FORMAT: Final = "damjang-key/v1"
KEY_ROLES: Final = (*ROLES, "log", "cluster")


@dataclass(frozen=True)
class KeyFile:
    """The public half of a key, and whose it is."""

    person: str
    role: str
    public: PublicKey
    created: dt.datetime


def new_key(path: Path, person: str, role: str, now: dt.datetime, environ: Mapping[str, str] = os.environ) -> KeyFile:
    """Makes `path` (private, 0600) and `path` with suffix .pub. Never overwrites: raises KeyExists.

    `role` is one of KEY_ROLES, `log` and `cluster` being machines' keys. Raises KeyRoleUnknown, Malformed (person).
    """
    if role not in KEY_ROLES:
        raise KeyRoleUnknown(f"{role!r} is no role", f"valid: {', '.join(KEY_ROLES)}")
    if not NAME.fullmatch(person):
        raise Malformed(f"{person!r} is not a person's code", "use a code such as officer-1, not a name")
    key = Ed25519PrivateKey.generate()
    passphrase = environ.get(PASSPHRASE)
    lock: KeySerializationEncryption = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise KeyExists(f"{path.name} exists", "choose another path; keys are never overwritten") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock))
        file.flush()
        os.fsync(file.fileno())
    made = KeyFile(person, role, PublicKey(key.public_key().public_bytes_raw()), now)
    record = {
        "format": FORMAT,
        "person": person,
        "role": role,
        "key": made.public.raw.hex(),
        "created": format_time(now),
    }
    write_atomic(path.with_suffix(".pub"), canonical(record) + b"\n")
    sync_folder(path.parent)
    return made


def read_public(path: Path) -> KeyFile:
    """Reads a .pub file; raises Malformed."""
    fields = Fields(parse_loose(path.read_bytes(), path.name), path.name)
    if fields.text("format") != FORMAT:
        raise Malformed(f"{path.name}: not a {FORMAT}")
    found = KeyFile(
        fields.text("person", NAME),
        fields.choice("role", KEY_ROLES),
        parse_public(fields.text("key", KEY_ID), path.name),
        fields.time("created"),
    )
    fields.end()
    return found


def make_root(
    keys: Sequence[KeyFile],
    *,
    root_id: str,
    organisation: str,
    threshold: int,
    demo: bool,
    expires: dt.datetime,
    revocation_threshold: int = 1,
) -> Root:
    """The first root of trust of these keys: persons by code, with all roles of their keys; exactly one key is the
    log's.

    `root_id`: 32 random hex digits (`secrets.token_hex(16)`). Raises Malformed if they cannot reach the threshold.
    """
    logs = [key for key in keys if key.role == "log"]
    if len(logs) != 1:
        raise Malformed("a root of trust names exactly one log key", "make one with `damjang keys new --role log`")
    held: dict[str, list[KeyFile]] = {}
    for key in keys:
        if key.role in ROLES:
            held.setdefault(key.person, []).append(key)
    persons = tuple(
        Person(
            person,
            tuple(sorted({key.role for key in own})),
            tuple(dict.fromkeys(key.public for key in own)),
        )
        for person, own in sorted(held.items())
    )
    return Root(
        id=root_id,
        version=1,
        organisation=organisation,
        demo=demo,
        expires=expires,
        threshold=threshold,
        revocation_threshold=revocation_threshold,
        persons=persons,
        log_origin=f"damjang/{logs[0].person}",
        log_key=logs[0].public,
    )
