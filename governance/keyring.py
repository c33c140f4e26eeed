"""The sealed keyring a driver hands to its workers: file keys on disk only under a session key that never is.

Workers never open the vault. The driver seals the keys that one run needs into a file and passes the session key in
the environment of the processes it starts; the file goes when the run ends, and without the session key it is noise.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from schemas.errors import DamjangError

SESSION_ENV = "DAMJANG_SESSION_KEY"


class KeyringError(DamjangError):
    """A worker has no session key, or one that does not open the keyring."""

    exit_code = 5


@dataclass(frozen=True, repr=False)
class Keyring:
    """`project`: the project key. `wrap`: seals new files' keys in receipts. `files`: input file id -> key.

    `extra`: what one stage alone needs, by name (the salt of a release, the pseudonym key).
    """

    project: bytes
    wrap: bytes
    files: Mapping[str, bytes]
    extra: Mapping[str, bytes] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Keyring({len(self.files)} files)"

    def seal(self, path: Path, session_key: bytes) -> None:
        """Write the keyring under a temporary name, then rename (0600)."""
        plain = json.dumps(
            {
                "project": self.project.hex(),
                "wrap": self.wrap.hex(),
                "files": {name: key.hex() for name, key in self.files.items()},
                "extra": {name: key.hex() for name, key in self.extra.items()},
            }
        ).encode()
        nonce = os.urandom(12)
        temporary = path.with_suffix(".tmp")
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:  # noqa: PTH123
            file.write(nonce + AESGCM(session_key).encrypt(nonce, plain, b"damjang keyring"))
        temporary.replace(path)


def session_key(environment: Mapping[str, str] = os.environ) -> bytes | None:
    """The session key an operator set for worker pools that the driver does not start; None: a run makes its own."""
    encoded = environment.get(SESSION_ENV)
    if not encoded:
        return None
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise KeyringError(f"{SESSION_ENV} is not 32 bytes in base64", "make one: openssl rand -base64 32")
    return key


@lru_cache(maxsize=4)
def open_keyring(path: str) -> Keyring:
    """The keyring at `path`, opened with the session key in the environment. Read once a process and path."""
    encoded = os.environ.get(SESSION_ENV)
    if not encoded:
        raise KeyringError(
            "this worker was started without a session key",
            f"start workers through `damjang run`, or set {SESSION_ENV}",
        )
    sealed = Path(path).read_bytes()
    try:
        plain = AESGCM(base64.b64decode(encoded)).decrypt(sealed[:12], sealed[12:], b"damjang keyring")
    except (InvalidTag, ValueError) as error:
        raise KeyringError("the session key does not open the keyring", "run again; a run makes its own") from error
    value = json.loads(plain)
    return Keyring(
        bytes.fromhex(value["project"]),
        bytes.fromhex(value["wrap"]),
        {name: bytes.fromhex(key) for name, key in value["files"].items()},
        {name: bytes.fromhex(key) for name, key in value["extra"].items()},
    )


def wrap_file_key(wrap: bytes, file_id: bytes, key: bytes) -> str:
    """A new file's key, sealed for its receipt (AES-256-GCM under the dataset's wrap key; aad is the file id)."""
    nonce = os.urandom(12)
    return base64.b64encode(nonce + AESGCM(wrap).encrypt(nonce, key, file_id)).decode()


def unwrap_file_key(wrap: bytes, file_id: bytes, sealed: str) -> bytes:
    """The inverse; raises KeyringError when the receipt was altered."""
    try:
        raw = base64.b64decode(sealed)
        return AESGCM(wrap).decrypt(raw[:12], raw[12:], file_id)
    except (InvalidTag, ValueError) as error:  # ValueError: not base64, or too short for a nonce
        raise KeyringError(
            "a receipt's file key does not open", "the receipt was altered: remove its stage folder and run again"
        ) from error
