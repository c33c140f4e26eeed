"""The revocation list: which certificates are no longer good. Signed, versioned, expiring.

    {"format": "damjang-revocations/v1", "root_id": "<32 hex>", "version": 4,
     "issued": "2026-11-22T01:02:03Z", "expires": "2026-12-22T01:02:03Z",
     "revoked": [{"certificate": "<sha256 of the statement>", "release": "korean-public@1", "reason": "withdrawal",
                  "at": "2026-11-22T01:02:03Z", "superseded_by": "korean-public@2"}]}

A list without entries is signed too: its absence is never good news. Versions rise and entries are never taken back.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from damjang.certificates.canonical import canonical, format_time, parse
from damjang.certificates.errors import Malformed
from damjang.certificates.fields import RELEASE, Fields

FORMAT: Final = "damjang-revocations/v1"
REVOCATIONS_TYPE: Final = "application/vnd.damjang.revocations+json"
REASONS: Final = (
    "withdrawal", "licence_revoked", "consent_expired", "personal_data_found", "key_compromised", "error", "superseded",
)  # fmt: skip
_WHAT: Final = "revocation list"


@dataclass(frozen=True)
class Revocation:
    """One certificate that is no longer good. `certificate`: hex SHA-256 of its statement."""

    certificate: str
    release: str
    reason: str
    at: dt.datetime
    superseded_by: str | None = None

    def to_json(self) -> dict[str, object]:
        """As in the list."""
        return {
            "certificate": self.certificate,
            "release": self.release,
            "reason": self.reason,
            "at": format_time(self.at),
            "superseded_by": self.superseded_by,
        }


@dataclass(frozen=True)
class RevocationList:
    """The list's content; entries are sorted by certificate."""

    root_id: str
    version: int
    issued: dt.datetime
    expires: dt.datetime
    revoked: tuple[Revocation, ...]

    def entry(self, certificate: str) -> Revocation | None:
        """The entry of a certificate, if it was revoked."""
        return next((item for item in self.revoked if item.certificate == certificate), None)

    def to_bytes(self) -> bytes:
        """The DSSE payload."""
        return canonical(
            {
                "format": FORMAT,
                "root_id": self.root_id,
                "version": self.version,
                "issued": format_time(self.issued),
                "expires": format_time(self.expires),
                "revoked": [item.to_json() for item in self.revoked],
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> RevocationList:
        """Raises Malformed."""
        fields = Fields(parse(data, _WHAT), _WHAT)
        if fields.text("format") != FORMAT:
            raise Malformed(f"{_WHAT}: not a {FORMAT}")
        revoked = []
        for item in fields.objects("revoked"):
            revoked.append(
                Revocation(
                    item.digest("certificate"),
                    item.text("release", RELEASE),
                    item.choice("reason", REASONS),
                    item.time("at"),
                    item.optional_text("superseded_by", RELEASE),
                )
            )
            item.end()
        names = [item.certificate for item in revoked]
        if names != sorted(set(names)):
            raise Malformed(f"{_WHAT}: entries are not sorted, or one stands twice")
        found = cls(
            root_id=fields.text("root_id"),
            version=fields.integer("version", 1),
            issued=fields.time("issued"),
            expires=fields.time("expires"),
            revoked=tuple(revoked),
        )
        fields.end()
        return found
