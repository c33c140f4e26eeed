"""The release manifest: every shard with what identifies it, and the Merkle root that the certificate signs.

    {"format": "damjang-manifest/v1", "release": "korean-public@1", "shards": [
        {"path": "shards/forum-00000.arrow", "rows": 256, "rows_root": "<hex>",
         "schema": "<sha256 of the Arrow schema's IPC bytes>", "sha256": "<hex>", "size": 1048576}, …]}

The root is RFC 9162's over the shards' canonical JSON, in order of path. `rows_root` is the root over the shard's
salted rows: what a withdrawal removed can be proved row by row without showing a row. The salts stay in the vault.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Final

from damjang.certificates.canonical import canonical, parse
from damjang.certificates.errors import Malformed
from damjang.certificates.fields import RELEASE, Fields
from damjang.certificates.merkle import leaf_hash, root_of

FORMAT: Final = "damjang-manifest/v1"
SHARD_PATH: Final = re.compile(r"shards/[a-z0-9][a-z0-9._-]{0,120}\.arrow")


@dataclass(frozen=True)
class Shard:
    """One Arrow IPC file of a release. `path` is relative to the release folder; digests are hex SHA-256."""

    path: str
    size: int
    sha256: str
    rows: int
    schema: str
    rows_root: str

    def to_json(self) -> dict[str, object]:
        """As in the manifest."""
        return {
            "path": self.path,
            "size": self.size,
            "sha256": self.sha256,
            "rows": self.rows,
            "schema": self.schema,
            "rows_root": self.rows_root,
        }

    @classmethod
    def from_fields(cls, fields: Fields) -> Shard:
        """Reads one; raises Malformed."""
        shard = cls(
            fields.text("path", SHARD_PATH),
            fields.integer("size"),
            fields.digest("sha256"),
            fields.integer("rows"),
            fields.digest("schema"),
            fields.digest("rows_root"),
        )
        fields.end()
        return shard


@dataclass(frozen=True)
class Manifest:
    """A release's shards, sorted by path."""

    release: str
    shards: tuple[Shard, ...]

    @property
    def rows(self) -> int:
        """Rows of all shards."""
        return sum(shard.rows for shard in self.shards)

    @property
    def size(self) -> int:
        """Bytes of all shards."""
        return sum(shard.size for shard in self.shards)

    def leaves(self) -> list[bytes]:
        """The leaf hash of each shard."""
        return [leaf_hash(canonical(shard.to_json())) for shard in self.shards]

    def root(self) -> str:
        """The Merkle root that the certificate's subject names, hex."""
        return root_of(self.leaves()).hex()

    def to_bytes(self) -> bytes:
        """The file manifest.json: canonical JSON."""
        return canonical(
            {"format": FORMAT, "release": self.release, "shards": [shard.to_json() for shard in self.shards]}
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Manifest:
        """Raises Malformed."""
        fields = Fields(parse(data, "manifest.json"), "manifest.json")
        if fields.text("format") != FORMAT:
            raise Malformed(f"manifest.json: not a {FORMAT}")
        release = fields.text("release", RELEASE)
        shards = tuple(Shard.from_fields(item) for item in fields.objects("shards"))
        fields.end()
        paths = [shard.path for shard in shards]
        if paths != sorted(set(paths)):
            raise Malformed("manifest.json: shards are not sorted by path, or one stands twice")
        return cls(release, shards)


def row_leaf(salt: bytes, row_id: bytes, source_id: str, text: str) -> bytes:
    """The salted leaf hash of one row, of which `rows_root` is the root. `salt`: the release's, 32 bytes, from the
    vault.

    Each row gets a salt of its own, HMAC(salt, row_id): disclosing one row's salt opens no other. Lengths are framed.
    """
    own = hmac.digest(salt, row_id, "sha256")
    source, body = source_id.encode(), text.encode()
    framed = b"%d %b %d %b" % (len(source), source, len(body), body)
    return leaf_hash(hashlib.sha256(own + row_id + framed).digest())
