"""That a certificate stands in the audit log: the log entry, the salt that opens it, and its inclusion proof.

    {"format": "damjang-log-proof/v1", "index": 812, "kind": "certificate", "at": "2026-11-22T01:02:03Z",
     "salt": "<64 hex>", "proof": ["<64 hex>", …]}

The log holds only a salted commitment, SHA-256(salt ‖ digest): whoever reads the log alone learns nothing, whoever has
the certificate and its salt can find it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from typing import Final

from damjang.certificates.canonical import canonical, format_time, parse
from damjang.certificates.errors import LogProofInvalid, Malformed
from damjang.certificates.fields import NAME, Fields
from damjang.certificates.merkle import leaf_hash, verify_inclusion
from damjang.certificates.note import Checkpoint

FORMAT: Final = "damjang-log-proof/v1"
KIND_CERTIFICATE: Final = "certificate"
_HEX: Final = re.compile(r"[0-9a-f]{64}")
_WHAT: Final = "log/inclusion.json"


def commitment(salt: bytes, digest: bytes) -> bytes:
    """SHA-256(salt ‖ digest): 32 bytes. `salt` has 256 bits, so that a guessable digest stays hidden."""
    if len(salt) != 32 or len(digest) != 32:
        raise Malformed("a commitment takes a salt and a digest of 32 bytes each")
    return hashlib.sha256(salt + digest).digest()


def entry_bytes(kind: str, at: str, committed: bytes) -> bytes:
    """What the log hashes: one line, `damjang-audit/v1 KIND TIME COMMITMENT`. No field can hold a space."""
    return f"damjang-audit/v1 {kind} {at} {committed.hex()}\n".encode()


@dataclass(frozen=True)
class LogProof:
    """Where in the log, and the hashes from there to the checkpoint's root."""

    index: int
    kind: str
    at: dt.datetime
    salt: bytes
    proof: tuple[bytes, ...]

    def verify(self, digest: str, checkpoint: Checkpoint) -> None:
        """Raises LogProofInvalid unless the log of `checkpoint` holds a commitment to `digest` (hex)."""
        if self.kind != KIND_CERTIFICATE:
            raise LogProofInvalid(f"log entry {self.index} is no certificate")
        committed = commitment(self.salt, bytes.fromhex(digest))
        leaf = leaf_hash(entry_bytes(self.kind, format_time(self.at), committed))
        verify_inclusion(self.index, checkpoint.size, leaf, self.proof, checkpoint.root)

    def to_bytes(self) -> bytes:
        """The file log/inclusion.json."""
        return canonical(
            {
                "format": FORMAT,
                "index": self.index,
                "kind": self.kind,
                "at": format_time(self.at),
                "salt": self.salt.hex(),
                "proof": [item.hex() for item in self.proof],
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> LogProof:
        """Raises Malformed."""
        fields = Fields(parse(data, _WHAT), _WHAT)
        if fields.text("format") != FORMAT:
            raise Malformed(f"{_WHAT}: not a {FORMAT}")
        proof = []
        for item in fields.items("proof"):
            if not isinstance(item, str) or not _HEX.fullmatch(item):
                raise Malformed(f"{_WHAT}: proof is not a list of hashes")
            proof.append(bytes.fromhex(item))
        found = cls(
            fields.integer("index"),
            fields.text("kind", NAME),
            fields.time("at"),
            bytes.fromhex(fields.digest("salt")),
            tuple(proof),
        )
        fields.end()
        return found
