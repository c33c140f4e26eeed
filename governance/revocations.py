"""Issuing the revocation list: first, renewed, and with new entries. Signed by officers, versioned, expiring.

A list lives in trust/revocations.dsse.json, and a copy beside the releases, where `damjang pull` looks for it. A list
that is allowed to expire stops every verification (that is its point), so a scheduled job renews it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from damjang.certificates.dsse import Envelope
from damjang.certificates.errors import TrustError
from damjang.certificates.files import write_atomic
from damjang.certificates.keys import Signer
from damjang.certificates.revocation import REVOCATIONS_TYPE, Revocation, RevocationList
from damjang.certificates.trust import Root
from governance.errors import ListRefused, NotASigner

VALID = dt.timedelta(days=30)
"""How long a list is good if nobody says otherwise: the longest that a revocation can stay hidden from an offline
verifier.
"""


def first_list(root: Root, signers: Sequence[Signer], now: dt.datetime, valid: dt.timedelta = VALID) -> bytes:
    """Version 1, empty: `damjang init` makes it, for no certificate verifies without a list."""
    return _signed(root, RevocationList(root.id, 1, now, now + valid, ()), signers)


def next_list(
    root: Root,
    current: bytes,
    entries: Sequence[Revocation],
    signers: Sequence[Signer],
    now: dt.datetime,
    valid: dt.timedelta = VALID,
) -> bytes:
    """The list after `current`: all its entries, and `entries` (none: a renewal). An entry never changes once made.

    Raises ListRefused if `current` does not read under `root` or was issued later than `now`, NotASigner.
    """
    old = read_list(root, current)
    if old.issued > now:
        raise ListRefused("the current revocation list was issued later than now", "check this machine's clock")
    merged = {item.certificate: item for item in entries} | {item.certificate: item for item in old.revoked}
    revoked = tuple(sorted(merged.values(), key=lambda item: item.certificate))
    return _signed(root, RevocationList(root.id, old.version + 1, now, now + valid, revoked), signers)


def read_list(root: Root, data: bytes) -> RevocationList:
    """A list that was signed under `root`, expired or not (an expired one can still be renewed). Raises ListRefused."""
    try:
        envelope = Envelope.from_bytes(data, REVOCATIONS_TYPE, "revocation list")
        signed = root.persons_of(envelope.verify(root.keys("officer")), "officer")
        found = RevocationList.from_bytes(envelope.payload)
    except TrustError as error:
        raise ListRefused(
            f"the current revocation list is no base for the next: {error.message}", error.remedy
        ) from None
    if found.root_id != root.id or len(signed) < root.revocation_threshold:
        raise ListRefused("the current revocation list belongs to another root, or too few officers signed it")
    return found


def store_list(data: bytes, *places: Path) -> None:
    """Writes the list to each place, atomically. Refuses (ListRefused) to put an older version over a newer one."""
    version = _version(data)
    for place in places:
        if place.exists() and _version(place.read_bytes()) > version:
            raise ListRefused(f"{place.name} already has a newer version than {version}", "read it and start from it")
    for place in places:
        place.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(place, data)


def _version(data: bytes) -> int:
    return RevocationList.from_bytes(Envelope.from_bytes(data, REVOCATIONS_TYPE, "revocation list").payload).version


def _signed(root: Root, content: RevocationList, signers: Sequence[Signer]) -> bytes:
    envelope = Envelope(content.to_bytes(), REVOCATIONS_TYPE)
    for signer in signers:
        envelope = envelope.signed(signer)
    officers = root.keys("officer")
    if any(keyid not in officers for keyid in envelope.keyids):
        raise NotASigner("only officers of the root of trust sign the revocation list", "use an officer's key")
    if len(root.persons_of(envelope.keyids, "officer")) < root.revocation_threshold:
        raise NotASigner(
            f"the revocation list needs {root.revocation_threshold} officers", "give --key once for each officer"
        )
    return envelope.to_bytes()
