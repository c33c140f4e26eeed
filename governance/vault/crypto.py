"""Sealing of vault values: AES-256-GCM under the vault's data key, which a key-encryption key (KEK) wraps.

KEK (file or environment, never in the database) → data key (one sealed row) → every value. Two levels, so that changing
the KEK re-seals one row, and so that destroying the KEK kills every copy of the database at once, backups included.
Each value's place (table and row key) is its associated data: a row moved to another place does not authenticate.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from governance.errors import VaultKeyError, VaultTampered

KEY_BYTES = 32
NONCE_BYTES = 12


class Sealer:
    """Seals and opens values under one 32-byte key. `place` says where a value lives: authenticated, not stored."""

    __slots__ = ("_aead",)

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)

    def seal(self, place: str, value: bytes) -> bytes:
        """nonce (12 bytes, random) + ciphertext + tag (16 bytes)."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, value, place.encode())

    def open(self, place: str, sealed: bytes) -> bytes:
        """The value, or VaultTampered when it was sealed elsewhere, under another key, or edited."""
        try:
            return self._aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError):
            raise VaultTampered(
                f"a vault value ({place.partition(':')[0]}) does not authenticate",
                "Restore the vault from its last backup (damjang vault restore).",
            ) from None

    def __repr__(self) -> str:
        return "Sealer()"

    def __reduce__(self) -> str:
        raise TypeError("a Sealer holds a key and is never pickled")


def derive(key: bytes, label: str, length: int = KEY_BYTES) -> bytes:
    """HKDF-SHA256 (RFC 5869) of `key` for one named use."""
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=f"damjang\0{label}".encode()).derive(key)


def resolve_key_uri(uri: str, root: Path) -> str:
    """`file:vault/vault.key` relative to the project folder, as an absolute `file:` URI; others unchanged."""
    if uri.startswith("file:"):
        return f"file:{root / uri.removeprefix('file:')}"
    return uri


def load_kek(uri: str) -> bytes:
    """The 32-byte KEK that `file:PATH` or `env:NAME` names. A key file must be readable by its owner only."""
    scheme, _, name = uri.partition(":")
    if scheme == "file" and name:
        return _read_key_file(Path(name))
    if scheme == "env" and name:
        text = os.environ.get(name, "")
        try:
            key = bytes.fromhex(text)
        except ValueError:
            key = b""
        if len(key) != KEY_BYTES:
            raise VaultKeyError(
                f"the environment variable {name} does not hold a vault key", "Set it to 64 hexadecimal digits."
            )
        return key
    raise VaultKeyError("a vault key is named by file:PATH or env:NAME", "Correct vault_key in the project file.")


def make_kek(uri: str) -> bytes:
    """Like `load_kek`, but a `file:` that does not exist yet is made: 0600, 32 random bytes."""
    scheme, _, name = uri.partition(":")
    if scheme == "file" and name and not Path(name).exists():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
    return load_kek(uri)


def _read_key_file(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        key = path.read_bytes()
    except OSError as error:
        raise VaultKeyError(
            f"the vault key {path.name} can't be read ({error.strerror})", "Point vault_key at the key file."
        ) from None
    if mode & 0o077:
        raise VaultKeyError(
            f"the vault key {path.name} is open to other users", f"Run: chmod 600 {path.name} (and rotate it)."
        )
    if len(key) != KEY_BYTES:
        raise VaultKeyError(f"{path.name} is not a vault key (32 bytes)", "Point vault_key at the key file.")
    return key
