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
from governance.errors import ListRefused, NotASigner, SignaturesMissing

PENDING = "revocations.pending.json"
"""Beside the list: the next one, while officers' signatures are missing."""
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
    return _signed(root, _following(root, current, entries, now, valid), signers)


def _following(
    root: Root, current: bytes, entries: Sequence[Revocation], now: dt.datetime, valid: dt.timedelta
) -> RevocationList:
    old = read_list(root, current)
    if old.issued > now:
        raise ListRefused("the current revocation list was issued later than now", "check this machine's clock")
    merged = {item.certificate: item for item in entries} | {item.certificate: item for item in old.revoked}
    revoked = tuple(sorted(merged.values(), key=lambda item: item.certificate))
    return RevocationList(root.id, old.version + 1, now, now + valid, revoked)


def issue_list(
    root: Root,
    place: Path,
    copies: Sequence[Path],
    entries: Sequence[Revocation],
    signers: Sequence[Signer],
    now: dt.datetime,
) -> RevocationList:
    """The next list, stored at `place` and in `copies` once as many officers have signed as the root asks for.

    With fewer it waits beside `place` for the others, who call this with their keys (SignaturesMissing says how many).
    One that waits and no longer follows the current list, or lacks one of `entries`, is made anew.
    """
    waiting = place.with_name(PENDING)
    current = place.read_bytes()
    envelope = _waiting(root, waiting, read_list(root, current).version + 1, entries, now)
    if envelope is None:
        envelope = Envelope(_following(root, current, entries, now, VALID).to_bytes(), REVOCATIONS_TYPE)
    for signer in signers:
        envelope = envelope.signed(signer)
    signed = _officers(root, envelope)
    if len(signed) < root.revocation_threshold:
        write_atomic(waiting, envelope.to_bytes())
        raise SignaturesMissing(
            f"the revocation list has {len(signed)} of {root.revocation_threshold} signatures, and waits",
            "another officer runs the same command with her own --key",
        )
    store_list(envelope.to_bytes(), place, *copies)
    waiting.unlink(missing_ok=True)
    return read_list(root, envelope.to_bytes())


def _waiting(root: Root, path: Path, version: int, entries: Sequence[Revocation], now: dt.datetime) -> Envelope | None:
    """The list that waits for signatures, if it is this one; every signature on it was checked again."""
    if not path.exists():
        return None
    try:
        envelope = Envelope.from_bytes(path.read_bytes(), REVOCATIONS_TYPE, "waiting revocation list")
        envelope.verify(root.keys("officer"))
        found = RevocationList.from_bytes(envelope.payload)
    except TrustError:
        return None
    fits = found.root_id == root.id and found.version == version and found.issued <= now < found.expires
    return envelope if fits and all(found.entry(one.certificate) for one in entries) else None


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
    if len(_officers(root, envelope)) < root.revocation_threshold:
        raise NotASigner(
            f"the revocation list needs {root.revocation_threshold} officers", "give --key once for each officer"
        )
    return envelope.to_bytes()


def _officers(root: Root, envelope: Envelope) -> frozenset[str]:
    """The officers who signed, by person."""
    officers = root.keys("officer")
    if any(keyid not in officers for keyid in envelope.keyids):
        raise NotASigner("only officers of the root of trust sign the revocation list", "use an officer's key")
    return root.persons_of(envelope.keyids, "officer")
