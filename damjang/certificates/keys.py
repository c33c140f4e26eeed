"""Ed25519 public keys and their ids (RFC 8032), and what a signer has to be able to do."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from damjang.certificates.errors import BadSignature, Malformed

KEY_ID: Final = re.compile(r"[0-9a-f]{64}")
_SPKI_PREFIX: Final = bytes.fromhex(
    "302a300506032b6570032100"
)  # RFC 8410: SubjectPublicKeyInfo of Ed25519, then the key


@dataclass(frozen=True)
class PublicKey:
    """The 32 raw bytes of an Ed25519 public key."""

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != 32:
            raise Malformed("an Ed25519 public key has 32 bytes")

    @property
    def keyid(self) -> str:
        """SHA-256 of the DER SubjectPublicKeyInfo, hex: what `openssl pkey -pubin -outform DER | sha256sum` prints."""
        return hashlib.sha256(_SPKI_PREFIX + self.raw).hexdigest()

    def verify(self, signature: bytes, message: bytes) -> None:
        """Raises BadSignature unless `signature` (64 bytes) is this key's over `message`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except (InvalidSignature, ValueError):
            raise BadSignature(f"a signature by key {self.keyid[:16]} does not fit the signed bytes") from None


def parse_public(text: str, what: str = "public key") -> PublicKey:
    """From 64 lower-case hex digits; raises Malformed."""
    if not KEY_ID.fullmatch(text):
        raise Malformed(f"{what}: not an Ed25519 public key in 64 lower-case hex digits")
    return PublicKey(bytes.fromhex(text))


class Signer(Protocol):
    """Holds a private key, or talks to what holds it (file, HSM, KMS)."""

    @property
    def public(self) -> PublicKey:
        """The key that verifies."""

    def sign(self, message: bytes) -> bytes:
        """The 64-byte Ed25519 signature over `message`."""
