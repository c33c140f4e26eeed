"""Signed notes and log checkpoints (C2SP signed-note v1, tlog-checkpoint v1, tlog-cosignature v1).

A checkpoint says how long an append-only log is and what its Merkle root is:

    damjang/korean-public            origin: which log
    12034                            number of entries
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=      RFC 9162 root, base64

    — damjang/korean-public Az3grl…  signature: name, base64(key hash ‖ signature)

It proves something only if somebody *outside* the ledger keeps or cosigns it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from typing import Final

from damjang.certificates.encoding import decode64, encode64
from damjang.certificates.errors import BadSignature, Malformed, UnknownKey
from damjang.certificates.keys import PublicKey, Signer

_ED25519: Final = b"\x01"
_COSIGNATURE: Final = b"\x04"
ORIGIN: Final = re.compile(r"[!-*,-~]{1,100}")  # a key name: no space, no plus (signed-note)
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,17}")


def key_hash(name: str, key: PublicKey, kind: bytes = _ED25519) -> bytes:
    """First 4 bytes of SHA-256(name ‖ "\\n" ‖ signature type ‖ key)."""
    return hashlib.sha256(name.encode() + b"\n" + kind + key.raw).digest()[:4]


@dataclass(frozen=True)
class Checkpoint:
    """The state that a log's operator signs."""

    origin: str
    size: int
    root: bytes

    def body(self) -> bytes:
        """The note text: three lines, each ended."""
        return f"{self.origin}\n{self.size}\n{encode64(self.root)}\n".encode()


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> bytes:
    """The signed note, by the log's own key under the origin's name."""
    body = checkpoint.body()
    return body + b"\n" + _line(checkpoint.origin, key_hash(checkpoint.origin, signer.public), signer.sign(body))


def cosign(note: bytes, name: str, signer: Signer, now: dt.datetime) -> bytes:
    """`note` with a witness's cosignature (tlog-cosignature v1): it saw this checkpoint at `now`, and no fork."""
    body, _ = _split(note)
    stamp = int(now.timestamp())
    signature = stamp.to_bytes(8, "big") + signer.sign(_cosigned(body, stamp))
    return note + _line(name, key_hash(name, signer.public, _COSIGNATURE), signature)


def verify_checkpoint(note: bytes, origin: str, key: PublicKey) -> Checkpoint:
    """The checkpoint, if the log signed it. Other names' lines (cosignatures) are checked for form only.

    Raises Malformed, UnknownKey (no line by this log and key) or BadSignature.
    """
    body, lines = _split(note)
    checkpoint = _parse(body)
    if checkpoint.origin != origin:
        raise UnknownKey(f"checkpoint of log {checkpoint.origin!r}, the root of trust names {origin!r}")
    wanted = key_hash(origin, key)
    for name, found, signature in lines:
        if name == origin and found == wanted:
            key.verify(signature, body)
            return checkpoint
    raise UnknownKey("checkpoint: not signed by the log's key")


def verify_cosignature(note: bytes, name: str, key: PublicKey) -> dt.datetime:
    """When witness `name` saw this checkpoint; raises UnknownKey or BadSignature."""
    body, lines = _split(note)
    wanted = key_hash(name, key, _COSIGNATURE)
    for found_name, found, signature in lines:
        if found_name == name and found == wanted:
            if len(signature) != 72:
                raise BadSignature(f"cosignature of {name}: not 72 bytes")
            stamp = int.from_bytes(signature[:8], "big")
            key.verify(signature[8:], _cosigned(body, stamp))
            try:
                return dt.datetime.fromtimestamp(stamp, dt.UTC)
            except (ValueError, OverflowError, OSError):
                raise Malformed(f"cosignature of {name}: no such time") from None
    raise UnknownKey(f"checkpoint: not cosigned by {name}")


def _cosigned(body: bytes, stamp: int) -> bytes:
    return b"cosignature/v1\ntime %d\n" % stamp + body


def _line(name: str, hashed: bytes, signature: bytes) -> bytes:
    if not ORIGIN.fullmatch(name):
        raise Malformed(f"{name!r} is not a key name: no spaces, no plus sign")
    return f"— {name} {encode64(hashed + signature)}\n".encode()


def _split(note: bytes) -> tuple[bytes, list[tuple[str, bytes, bytes]]]:
    """(text with its last newline, [(name, key hash, signature)])."""
    text, gap, tail = note.rpartition(b"\n\n")
    if not gap or not tail.endswith(b"\n"):
        raise Malformed("checkpoint: not a signed note")
    lines = []
    try:
        for line in tail.decode().removesuffix("\n").split("\n"):
            dash, name, encoded = line.split(" ")
            blob = decode64(encoded, "checkpoint signature")
            if dash != "—" or not ORIGIN.fullmatch(name) or len(blob) < 5:
                raise Malformed("checkpoint: not a signature line")
            lines.append((name, blob[:4], blob[4:]))
    except ValueError:
        raise Malformed("checkpoint: not a signature line") from None
    return text + b"\n", lines


def _parse(body: bytes) -> Checkpoint:
    try:
        origin, size, root, end = body.decode().split("\n")
    except ValueError:
        raise Malformed("checkpoint: not origin, size and root") from None
    hashed = decode64(root, "checkpoint root")
    if end or not ORIGIN.fullmatch(origin) or not _SIZE.fullmatch(size) or len(hashed) != 32:
        raise Malformed("checkpoint: not origin, size and root")
    return Checkpoint(origin, int(size), hashed)
