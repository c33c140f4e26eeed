"""DSSE envelopes (Dead Simple Signing Envelope v1.0.2): a payload, its type, and who signed both.

    {"payload": "<base64>", "payloadType": "application/vnd.in-toto+json",
     "signatures": [{"keyid": "<64 hex>", "sig": "<base64 of 64 bytes>"}, …]}

What is signed is the pre-authentication encoding, never the JSON. Stricter than the specification, on purpose: the
envelope itself is canonical JSON, signatures are sorted by key id with none twice, so that no byte of a signed file can
change unnoticed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Final

from damjang.certificates.canonical import canonical, parse
from damjang.certificates.encoding import decode64, encode64
from damjang.certificates.errors import Malformed, UnknownKey
from damjang.certificates.fields import Fields
from damjang.certificates.keys import KEY_ID, PublicKey, Signer

IN_TOTO: Final = "application/vnd.in-toto+json"


def pae(payload_type: str, payload: bytes) -> bytes:
    """Pre-authentication encoding: the bytes that are signed."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


@dataclass(frozen=True)
class Envelope:
    """A payload and its signatures ((key id, 64 bytes), sorted by key id)."""

    payload: bytes
    payload_type: str
    signatures: tuple[tuple[str, bytes], ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of the payload, hex: how certificates are named. More signatures do not change it."""
        return hashlib.sha256(self.payload).hexdigest()

    @property
    def keyids(self) -> tuple[str, ...]:
        """The ids of the keys that claim to have signed."""
        return tuple(keyid for keyid, _ in self.signatures)

    def signed(self, signer: Signer) -> Envelope:
        """This envelope with `signer`'s signature added (or made anew)."""
        keyid, signature = signer.public.keyid, signer.sign(pae(self.payload_type, self.payload))
        others = [item for item in self.signatures if item[0] != keyid]
        return replace(self, signatures=tuple(sorted([*others, (keyid, signature)])))

    def verify(self, keys: dict[str, PublicKey]) -> frozenset[str]:
        """The ids of the keys that signed, each checked.

        Raises UnknownKey for a signature by a key that is not in `keys`, BadSignature for one that does not fit.
        (DSSE lets a verifier pass over unknown keys; we refuse, because nobody but the persons named in the root
        should have signed.)
        """
        message = pae(self.payload_type, self.payload)
        for keyid, signature in self.signatures:
            if keyid not in keys:
                raise UnknownKey(f"signed with key {keyid[:16]}, which the root of trust does not name for this")
            keys[keyid].verify(signature, message)
        return frozenset(self.keyids)

    def to_bytes(self) -> bytes:
        """The file: canonical JSON."""
        return canonical(
            {
                "payload": encode64(self.payload),
                "payloadType": self.payload_type,
                "signatures": [{"keyid": keyid, "sig": encode64(sig)} for keyid, sig in self.signatures],
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes, payload_type: str, what: str) -> Envelope:
        """Reads an envelope that holds `payload_type`; raises Malformed, naming `what`."""
        fields = Fields(parse(data, what), what)
        payload = decode64(fields.text("payload"), f"{what}: payload")
        if fields.text("payloadType") != payload_type:
            raise Malformed(f"{what}: holds another type than {payload_type}")
        signatures = []
        for item in fields.objects("signatures"):
            signatures.append((item.text("keyid", KEY_ID), decode64(item.text("sig"), f"{what}: sig")))
            item.end()
        fields.end()
        keyids = [keyid for keyid, _ in signatures]
        if keyids != sorted(set(keyids)):
            raise Malformed(f"{what}: signatures are not sorted by key id, or a key signed twice")
        return cls(payload, payload_type, tuple(signatures))
