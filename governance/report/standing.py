"""Whether a release stands, verified here and now by the rules that every trainer's machine applies, and who signed.

A release that does not verify still gets a report, marked for what it is: an officer has to see revoked ones too.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from damjang.certificates.dsse import IN_TOTO, Envelope
from damjang.certificates.errors import Expired, TrustError
from damjang.certificates.logproof import LogProof
from damjang.certificates.note import verify_checkpoint
from damjang.certificates.reader import load_root, verify_directory
from damjang.certificates.revocation import Revocation
from damjang.certificates.statement import Statement
from damjang.certificates.trust import Root
from damjang.certificates.verify import CERTIFICATE, CHECKPOINT, INCLUSION, REVOCATIONS, Seen
from governance.errors import ListRefused, NothingToReport
from governance.ledger import Ledger
from governance.report.facts import Signer, Standing, Verdict
from governance.revocations import read_list


@dataclass(frozen=True)
class Places:
    """Where a project keeps what a report reads."""

    releases: Path
    stages: Path
    receipts: Path
    trust: Path

    @property
    def revocations(self) -> Path:
        """The issuer's own list, beside root.json."""
        return self.trust.parent / REVOCATIONS


@dataclass(frozen=True)
class Reading:
    """A certificate as it was found: its statement is only as good as `standing` says."""

    standing: Standing
    statement: Statement
    certificate: str
    root: Root
    trust_sha256: str
    signers: tuple[Signer, ...]
    log_index: int | None
    log_size: int | None


def read_release(places: Places, ledger: Ledger, release: str, now: dt.datetime, seen: Seen | None) -> Reading:
    """Verifies and reads one release, published or proposed. Raises NothingToReport, MissingFile, Malformed."""
    root = load_root(places.trust)
    published = places.releases / release
    proposal = places.releases / ".proposed" / release / "release"
    waiting = not published.exists() and proposal.exists()
    envelope = _envelope(proposal if waiting else published, ledger, release)
    statement = Statement.from_bytes(envelope.payload)
    standing = (
        _proposed(root, envelope, now)
        if waiting
        else _published(places, published, root, envelope.digest, now, seen, statement.shards)
    )
    index, size = (None, None) if waiting else _log(published, root)
    return Reading(
        standing=standing,
        statement=statement,
        certificate=envelope.digest,
        root=root,
        trust_sha256=hashlib.sha256(places.trust.read_bytes()).hexdigest(),
        signers=_signers(root, envelope, statement),
        log_index=index,
        log_size=size,
    )


def _envelope(folder: Path, ledger: Ledger, release: str) -> Envelope:
    path = folder / CERTIFICATE
    if path.exists():
        return Envelope.from_bytes(path.read_bytes(), IN_TOTO, CERTIFICATE)
    kept = ledger.certificates(release)
    if not kept:
        raise NothingToReport(
            f"the certificate of {release} is not here: neither published, nor proposed, nor in the ledger",
            "`damjang status` lists the releases; restore out/releases from a backup if it was published",
        )
    return Envelope.from_bytes(kept[-1][1].encode(), IN_TOTO, CERTIFICATE)


def _proposed(root: Root, envelope: Envelope, now: dt.datetime) -> Standing:
    try:
        envelope.verify(root.keys("engineer") | root.keys("officer"))
    except TrustError as error:
        return _stopped("failed", error, now)
    return Standing("proposed", now)


def _published(
    places: Places, folder: Path, root: Root, certificate: str, now: dt.datetime, seen: Seen | None, shards: int
) -> Standing:
    lists = [path.read_bytes() for path in _lists(places, folder)]
    own = [places.revocations.read_bytes()] if places.revocations.exists() else []
    try:
        verified = verify_directory(folder, root, now=now, seen=seen, revocations=own)
    except TrustError as error:
        entry = _entry(root, lists, certificate)
        if entry is None:
            return _stopped("expired" if isinstance(error, Expired) else "failed", error, now)
        return Standing(
            "revoked", now, type(error).__name__, error.message, error.remedy,
            revoked_at=entry.at, revoked_reason=entry.reason, superseded_by=entry.superseded_by or "",
        )  # fmt: skip
    return Standing("valid", now, shards_read=shards, revocation_version=verified.revocations.version)


def _stopped(verdict: Verdict, error: TrustError, now: dt.datetime) -> Standing:
    return Standing(verdict, now, type(error).__name__, error.message, error.remedy)


def _lists(places: Places, folder: Path) -> Iterable[Path]:
    return [path for path in (places.revocations, folder / REVOCATIONS) if path.exists()]


def _entry(root: Root, lists: Iterable[bytes], certificate: str) -> Revocation | None:
    """The certificate's entry in any list that was signed under the root, an expired one included."""
    for data in lists:
        try:
            entry = read_list(root, data).entry(certificate)
        except ListRefused:
            continue
        if entry is not None:
            return entry
    return None


def _signers(root: Root, envelope: Envelope, statement: Statement) -> tuple[Signer, ...]:
    """Everybody whose signature fits; none at all where one does not."""
    try:
        keyids = envelope.verify(root.keys("engineer") | root.keys("officer"))
    except TrustError:
        return ()
    approvers = root.approvers(keyids, statement.proposed_by)
    by_person: dict[str, list[str]] = {}
    for keyid in sorted(keyids):
        person = root.person_of(keyid)
        if person is not None:
            by_person.setdefault(person.id, []).append(keyid)
    return tuple(
        Signer(
            person=person.id,
            roles=person.roles,
            keyids=tuple(by_person[person.id]),
            proposed=person.id == statement.proposed_by,
            approved=person.id in approvers,
        )
        for person in root.persons
        if person.id in by_person
    )


def _log(folder: Path, root: Root) -> tuple[int | None, int | None]:
    """(index of the certificate's entry, entries the checkpoint covers); (None, None) where either can't be read."""
    try:
        checkpoint = verify_checkpoint((folder / CHECKPOINT).read_bytes(), root.log_origin, root.log_key)
        return LogProof.from_bytes((folder / INCLUSION).read_bytes()).index, checkpoint.size
    except (OSError, TrustError):
        return None, None
