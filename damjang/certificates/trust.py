"""The root of trust: which persons may sign what, with which keys, and how many of them must.

    {"format": "damjang-root/v1", "id": "<32 hex, random, kept for life>", "version": 1, "organisation": "…",
     "demo": false, "expires": "2028-11-22T00:00:00Z", "threshold": 2, "revocation_threshold": 1,
     "persons": [{"id": "officer-1", "roles": ["officer"], "keys": ["<64 hex public key>"]}, …],
     "log": {"origin": "damjang/korean-public", "key": "<64 hex public key>"}}

`id` of a person is a code such as officer-1: names stay in the vault. The first root.json reaches a verifier by a
channel that it trusts and is pinned; a later one must be signed by the old and by the new officers (TUF §5.3.4), see
`succeed`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from damjang.certificates.canonical import canonical, format_time, parse_loose
from damjang.certificates.dsse import Envelope
from damjang.certificates.errors import Malformed, RootRolledBack, ThresholdNotReached
from damjang.certificates.fields import NAME, Fields
from damjang.certificates.keys import KEY_ID, PublicKey, parse_public
from damjang.certificates.note import ORIGIN

FORMAT: Final = "damjang-root/v1"
ROOT_TYPE: Final = "application/vnd.damjang.root+json"
ROLES: Final = ("engineer", "officer", "reviewer", "auditor")
_ID: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Person:
    """Somebody who may sign. `id` is a code, never a name."""

    id: str
    roles: tuple[str, ...]
    keys: tuple[PublicKey, ...]


@dataclass(frozen=True)
class Root:
    """A root of trust, checked on construction (raises Malformed).

    Outside a demo, the officers must be able to reach the threshold with at least one person to spare as proposer,
    and no key may belong to two persons: a threshold counts persons, not keys.
    """

    id: str
    version: int
    organisation: str
    demo: bool
    expires: dt.datetime
    threshold: int
    revocation_threshold: int
    persons: tuple[Person, ...]
    log_origin: str
    log_key: PublicKey

    def __post_init__(self) -> None:
        owners = [key.keyid for person in self.persons for key in person.keys]
        if len(set(owners)) != len(owners):
            raise Malformed("root.json: one key for two persons")
        if self.log_key.keyid in owners:
            raise Malformed("root.json: the log's key is a person's key")
        ids = [person.id for person in self.persons]
        if len(set(ids)) != len(ids):
            raise Malformed("root.json: a person stands twice")
        officers = len(self._with_role("officer"))
        if not (0 < self.threshold <= officers and 0 < self.revocation_threshold <= officers):
            raise Malformed(f"root.json: thresholds must be 1 to {officers}, the number of officers")

    def _with_role(self, role: str) -> list[Person]:
        return [person for person in self.persons if role in person.roles]

    def keys(self, role: str | None = None) -> dict[str, PublicKey]:
        """Key id -> key, of the persons with `role` (of all persons)."""
        return {
            key.keyid: key for person in self.persons if role is None or role in person.roles for key in person.keys
        }

    def person_of(self, keyid: str) -> Person | None:
        """Who holds the key."""
        return next((person for person in self.persons if any(key.keyid == keyid for key in person.keys)), None)

    def persons_of(self, keyids: Iterable[str], role: str | None = None) -> frozenset[str]:
        """The ids of the distinct persons (with `role`) behind `keyids`: what a threshold counts."""
        found = (self.person_of(keyid) for keyid in keyids)
        return frozenset(person.id for person in found if person and (role is None or role in person.roles))

    def approvers(self, keyids: Iterable[str], proposer: str) -> frozenset[str]:
        """The officers among the signers whose signature counts towards the threshold.

        Who proposed a release does not approve it (separation of duties, 직무분리), except in a demo, where one
        person may hold every key.
        """
        officers = self.persons_of(keyids, "officer")
        return officers if self.demo else officers - {proposer}

    def to_bytes(self) -> bytes:
        """The file root.json."""
        return canonical(
            {
                "format": FORMAT,
                "id": self.id,
                "version": self.version,
                "organisation": self.organisation,
                "demo": self.demo,
                "expires": format_time(self.expires),
                "threshold": self.threshold,
                "revocation_threshold": self.revocation_threshold,
                "persons": [
                    {"id": person.id, "roles": list(person.roles), "keys": [key.raw.hex() for key in person.keys]}
                    for person in self.persons
                ],
                "log": {"origin": self.log_origin, "key": self.log_key.raw.hex()},
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Root:
        """Reads root.json, in any layout, for people edit it; raises Malformed."""
        fields = Fields(parse_loose(data, "root.json"), "root.json")
        if fields.text("format") != FORMAT:
            raise Malformed(f"root.json: not a {FORMAT}")
        persons = []
        for item in fields.objects("persons"):
            roles = item.texts("roles")
            if not set(roles) <= set(ROLES) or not roles:
                raise Malformed(f"{item.where}: roles are some of {', '.join(ROLES)}")
            keys = tuple(parse_public(key, f"{item.where}: keys") for key in item.texts("keys", KEY_ID))
            persons.append(Person(item.text("id", NAME), roles, keys))
            item.end()
        log = fields.object("log")
        origin, key = log.text("origin", ORIGIN), parse_public(log.text("key", KEY_ID), "root.json: log key")
        log.end()
        root = cls(
            id=fields.text("id", _ID),
            version=fields.integer("version", 1),
            organisation=fields.text("organisation"),
            demo=fields.boolean("demo"),
            expires=fields.time("expires"),
            threshold=fields.integer("threshold", 1),
            revocation_threshold=fields.integer("revocation_threshold", 1),
            persons=tuple(persons),
            log_origin=origin,
            log_key=key,
        )
        fields.end()
        return root


def succeed(old: Root, envelope: bytes) -> Root:
    """The root that follows `old`, from an envelope over its bytes.

    TUF §5.3.4–5.3.5: signed by the threshold of the old officers and by the threshold of the new, next version, same
    id. Raises SignatureError or RootRolledBack.
    """
    sealed = Envelope.from_bytes(envelope, ROOT_TYPE, "new root")
    new = Root.from_bytes(sealed.payload)
    signers = sealed.verify(old.keys("officer") | new.keys("officer"))
    for root, which in ((old, "old"), (new, "new")):
        if len(root.persons_of(signers, "officer")) < root.threshold:
            raise ThresholdNotReached(f"new root: fewer than {root.threshold} officers of the {which} root signed it")
    if new.id != old.id or new.version != old.version + 1 or new.demo != old.demo:
        raise RootRolledBack(f"new root: version {new.version} does not follow version {old.version}")
    return new
