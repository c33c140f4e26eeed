"""A cluster's signed receipt: who pulled which release, for what, when, and under which obligations.

    {"format": "damjang-receipt/v1", "action": "pulled", "release": "korean-public@1", "certificate": "<hex>",
     "root": "<Merkle root>", "root_id": "<32 hex>", "cluster": {"id": "seoul-1", "operator": "…", "country": "KR",
     "key": "<64 hex>"}, "purpose": "pretraining", "obligations": ["attribution"], "at": "2026-11-22T01:02:03Z",
     "revocation_version": 3, "rows": 12034, "size": 41943040}

In a DSSE envelope, by the cluster's own key. `action` `deleted` is the same thing after a withdrawal: the cluster's
word that its copy is gone. Where a cluster stands, and that it deleted, is attested by its operator, not proved.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from damjang.certificates.canonical import canonical, format_time, parse
from damjang.certificates.dsse import Envelope
from damjang.certificates.errors import Malformed, ThresholdNotReached, UnknownKey
from damjang.certificates.facts import OBLIGATIONS, PURPOSES
from damjang.certificates.fields import COUNTRY, NAME, RELEASE, Fields
from damjang.certificates.keys import KEY_ID, PublicKey, Signer, parse_public

FORMAT: Final = "damjang-receipt/v1"
RECEIPT_TYPE: Final = "application/vnd.damjang.receipt+json"
ACTIONS: Final = ("pulled", "deleted")
_WHAT: Final = "receipt"


@dataclass(frozen=True)
class Cluster:
    """An enrolled place of training: its code, who runs it, the country it stands in (attested), its public key."""

    id: str
    operator: str
    country: str
    key: PublicKey


@dataclass(frozen=True)
class Receipt:
    """What the cluster signs. `certificate` and `root` as in the certificate, hex."""

    action: str
    release: str
    certificate: str
    root: str
    root_id: str
    cluster: Cluster
    purpose: str
    obligations: tuple[str, ...]
    at: dt.datetime
    revocation_version: int
    rows: int
    size: int

    def to_bytes(self) -> bytes:
        """The DSSE payload."""
        cluster = {
            "id": self.cluster.id,
            "operator": self.cluster.operator,
            "country": self.cluster.country,
            "key": self.cluster.key.raw.hex(),
        }
        return canonical(
            dict(vars(self)) | {"format": FORMAT, "cluster": cluster, "at": format_time(self.at)},
        )

    def sign(self, signer: Signer) -> bytes:
        """The file receipt.json. Raises UnknownKey unless `signer` holds the cluster's key."""
        if signer.public != self.cluster.key:
            raise UnknownKey(
                f"this key is not the one that cluster {self.cluster.id} is enrolled with",
                "use the cluster's key, or enrol its public key in clusters.yaml",
            )
        return Envelope(self.to_bytes(), RECEIPT_TYPE).signed(signer).to_bytes()

    @classmethod
    def verify(cls, data: bytes, cluster: Cluster | None = None) -> Receipt:
        """Reads a signed receipt; with `cluster`, also that it is the enrolled cluster's.

        Without `cluster` it proves only that whoever holds the key in it signed it. Raises SignatureError, Malformed.
        """
        envelope = Envelope.from_bytes(data, RECEIPT_TYPE, _WHAT)
        receipt = cls._read(envelope.payload)
        if cluster is not None and receipt.cluster != cluster:
            raise UnknownKey(
                f"receipt of cluster {receipt.cluster.id}: not as enrolled (operator, country or key differ)"
            )
        if not envelope.verify({receipt.cluster.key.keyid: receipt.cluster.key}):
            raise ThresholdNotReached("receipt: not signed", "pull again with the cluster's key")
        return receipt

    @classmethod
    def _read(cls, data: bytes) -> Receipt:
        fields = Fields(parse(data, _WHAT), _WHAT)
        if fields.text("format") != FORMAT:
            raise Malformed(f"{_WHAT}: not a {FORMAT}")
        item = fields.object("cluster")
        cluster = Cluster(
            item.text("id", NAME),
            item.text("operator"),
            item.text("country", COUNTRY),
            parse_public(item.text("key", KEY_ID), _WHAT),
        )
        item.end()
        obligations = fields.texts("obligations")
        if not set(obligations) <= set(OBLIGATIONS):
            raise Malformed(f"{_WHAT}: obligations are some of {', '.join(OBLIGATIONS)}")
        receipt = cls(
            action=fields.choice("action", ACTIONS),
            release=fields.text("release", RELEASE),
            certificate=fields.digest("certificate"),
            root=fields.digest("root"),
            root_id=fields.text("root_id"),
            cluster=cluster,
            purpose=fields.choice("purpose", PURPOSES),
            obligations=obligations,
            at=fields.time("at"),
            revocation_version=fields.integer("revocation_version", 1),
            rows=fields.integer("rows"),
            size=fields.integer("size"),
        )
        fields.end()
        return receipt
