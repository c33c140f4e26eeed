"""A signer picked by the scheme of its key URI: `file:PATH` or `env:NAME`, others refused loudly.

The private key is PKCS#8 PEM, optionally under the passphrase in $DAMJANG_KEY_PASSPHRASE. A key file that others can
read is refused, as ssh does. Keys in hardware or a cloud's KMS come in by a new scheme here and nowhere else.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from damjang.certificates.errors import KeyRefused
from damjang.certificates.keys import PublicKey

PASSPHRASE: Final = "DAMJANG_KEY_PASSPHRASE"  # noqa: S105 (a variable's name)
SCHEMES: Final = ("file", "env")


@dataclass(frozen=True, repr=False)
class SoftwareSigner:
    """A private key in this process's memory."""

    key: Ed25519PrivateKey

    @property
    def public(self) -> PublicKey:
        """The key that verifies."""
        return PublicKey(self.key.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """The 64-byte Ed25519 signature over `message`."""
        return self.key.sign(message)

    def __repr__(self) -> str:
        return f"SoftwareSigner({self.public.keyid[:16]})"


def signer_from_uri(uri: str, base: Path = Path(), environ: Mapping[str, str] = os.environ) -> SoftwareSigner:
    """The signer behind `file:PATH` (relative to `base`) or `env:NAME` (the PEM itself). Raises KeyRefused."""
    scheme, colon, rest = uri.partition(":")
    if not colon or scheme not in SCHEMES:
        raise KeyRefused(
            f"key {scheme if colon else uri!r}: no such kind of key",
            f"valid: {', '.join(f'{name}:…' for name in SCHEMES)}",
        )
    if scheme == "file":
        pem = _read_private(base / rest)
    else:
        pem = environ.get(rest, "").encode()
        if not pem:
            raise KeyRefused(f"key env:{rest}: the variable is not set", "set it to the PEM of the private key")
    passphrase = environ.get(PASSPHRASE)
    try:
        key = load_pem_private_key(pem, passphrase.encode() if passphrase else None)
    except TypeError:
        # cryptography: a passphrase was given for a plain key, or none for a locked one
        if passphrase is None:
            raise KeyRefused(f"key {uri}: locked", f"set {PASSPHRASE} to its passphrase") from None
        return _software(uri, pem)
    except (ValueError, UnsupportedAlgorithm):
        raise KeyRefused(f"key {uri}: not a PKCS#8 PEM, or the passphrase is wrong") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyRefused(f"key {uri}: not Ed25519", "make one with `damjang keys new`")
    return SoftwareSigner(key)


def _software(uri: str, pem: bytes) -> SoftwareSigner:
    key = load_pem_private_key(pem, None)
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyRefused(f"key {uri}: not Ed25519", "make one with `damjang keys new`")
    return SoftwareSigner(key)


def _read_private(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            mode, data = os.fstat(file.fileno()).st_mode, file.read()
    except OSError as error:
        raise KeyRefused(
            f"key file {path.name}: {os.strerror(error.errno or 0)}", "check the path after file:"
        ) from None
    if stat.S_IMODE(mode) & 0o077:
        raise KeyRefused(f"key file {path.name}: others can read it", f"chmod 600 {path.name}")
    return data
