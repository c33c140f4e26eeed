"""Every rule of trust in a release, in one state machine that does no I/O.

Metadata goes in as bytes, in this order, and each step stands on the ones before it:

    trusted = TrustedRelease(root, now, seen)        # the root is given: pinned by whoever verifies
    trusted.update_revocations(data)
    trusted.update_certificate(data)
    trusted.update_log(checkpoint, proof)
    trusted.update_manifest(data)
    trusted.update_files(sizes)
    trusted.update_shard(path, sha256)               # for each shard
    verified = trusted.finish(use)

Rules, each with its named error:

 * The reference time is taken once, and never lies before a time that was already seen (TUF §5.1; ClockWentBack).
 * The root has not expired and is not older than one already seen (TUF §5.3.5, §5.3.10; RootExpired, RootRolledBack).
 * The revocation list is signed by enough officers, current, never older than or smaller than one already seen, and as
   new as the certificate demands (TUF §5.4.3 rollback, §5.4.4 freeze; RevocationListRolledBack, RevocationListStale).
 * The certificate is signed by its proposer and by the threshold of *persons* who are officers, the proposer not
   counted outside a demo (DSSE §protocol; ThresholdNotReached, ProposerNotSigned), by nobody else (UnknownKey), is not
   revoked (Revoked), within its time (Expired, NotYetValid), and records no gate that failed (GateFailed).
 * The certificate stands in the issuer's audit log (RFC 9162 §2.1.3.2, C2SP tlog-checkpoint; LogProofInvalid), and no
   two checkpoints of one size differ (LogForked).
 * The manifest has the certified Merkle root (RFC 9162 §2.1.1; RootMismatch), the files are exactly those of the
   manifest, none missing, none more (MissingFile, ExtraFile, DigestMismatch).
 * The use is certified: purpose, country, recipient (WrongPurpose, WrongJurisdiction, WrongRecipient).

Anything else raises Malformed or OutOfOrder. There is no way to a `Verified` around a rule: it fails closed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from damjang.certificates import errors
from damjang.certificates.dsse import IN_TOTO, Envelope
from damjang.certificates.facts import ANY_RECIPIENT
from damjang.certificates.logproof import LogProof
from damjang.certificates.manifest import Manifest, Shard
from damjang.certificates.note import verify_checkpoint
from damjang.certificates.receipt import Cluster
from damjang.certificates.revocation import REVOCATIONS_TYPE, RevocationList
from damjang.certificates.statement import Statement
from damjang.certificates.trust import Root

SKEW: Final = dt.timedelta(minutes=10)  # clocks of two machines may differ by this much
NEVER: Final = dt.datetime.min.replace(tzinfo=dt.UTC)
MANIFEST: Final = "manifest.json"
CERTIFICATE: Final = "certificate.dsse.json"
REVOCATIONS: Final = "revocations.dsse.json"
RECEIPT: Final = "receipt.json"
CHECKPOINT: Final = "log/checkpoint"
INCLUSION: Final = "log/inclusion.json"
REQUIRED_FILES: Final = (MANIFEST, CERTIFICATE, CHECKPOINT, INCLUSION)
OPTIONAL_FILES: Final = (REVOCATIONS, RECEIPT)


@dataclass(frozen=True)
class Seen:
    """What a verifier remembers between runs, under one root id: without it neither rollback nor freeze can be found.

    `checkpoints` are (size, root hex) of the audit log, `revoked` the certificates known to be revoked.
    """

    root_version: int = 0
    time: dt.datetime = NEVER
    revocation_version: int = 0
    revoked: frozenset[str] = frozenset()
    checkpoints: frozenset[tuple[int, str]] = frozenset()


@dataclass(frozen=True)
class Use:
    """What somebody wants to do: train for `purpose` on `cluster` (None: no particular one)."""

    purpose: str
    cluster: Cluster | None = None


@dataclass(frozen=True)
class Verified:
    """A release that passed. `certificate`: its digest. `separated`: whether proposing and approving were separate
    persons' acts (직무분리); in a demo they need not be. `unread`: shards whose bytes were not compared
    (`finish(partly=True)`).
    """

    root: Root
    certificate: str
    statement: Statement
    manifest: Manifest
    revocations: RevocationList
    proposer: str
    approvers: tuple[str, ...]
    separated: bool
    unread: frozenset[str]
    seen: Seen


@dataclass(frozen=True)
class SignedStatement:
    """A certificate that enough persons signed; whether it still stands is another question. `digest` names it."""

    statement: Statement
    digest: str
    approvers: tuple[str, ...]


def read_certificate(root: Root, data: bytes) -> SignedStatement:
    """Who signed, by the rules of separation of duties: an engineer proposes (and signs that), officers approve.

    A threshold counts persons. Raises SignatureError, ForeignRoot, DemoMismatch, Malformed.
    """
    envelope = Envelope.from_bytes(data, IN_TOTO, CERTIFICATE)
    signers = envelope.verify(root.keys("engineer") | root.keys("officer"))
    found = Statement.from_bytes(envelope.payload)
    if found.root_id != root.id:
        raise errors.ForeignRoot("the certificate belongs to another root of trust")
    if found.demo != root.demo:
        raise errors.DemoMismatch("a demo certificate" if found.demo else "a real certificate under a demo root")
    if found.proposed_by not in root.persons_of(signers, "engineer"):
        raise errors.ProposerNotSigned(f"{found.proposed_by} did not sign as the proposing engineer")
    approvers = root.approvers(signers, found.proposed_by)
    if len(approvers) < root.threshold:
        raise errors.ThresholdNotReached(f"certificate: {len(approvers)} of {root.threshold} officers approved it")
    return SignedStatement(found, envelope.digest, tuple(sorted(approvers)))


class TrustedRelease:
    """The state machine. `now` is the reference time for every rule. Not for use by two threads at once."""

    def __init__(self, root: Root, now: dt.datetime, seen: Seen | None = None) -> None:
        """Raises RootExpired, RootRolledBack, ClockWentBack."""
        if now.tzinfo is None:
            raise errors.Malformed("the reference time has no time zone")
        self._root, self._now, self._seen = root, now, seen or Seen()
        if now + SKEW < self._seen.time:
            raise errors.ClockWentBack(
                f"the clock shows {now:%Y-%m-%d %H:%M}, but {self._seen.time:%Y-%m-%d %H:%M} was seen"
            )
        if root.version < self._seen.root_version:
            raise errors.RootRolledBack(
                f"root.json has version {root.version}, version {self._seen.root_version} was seen"
            )
        if now >= root.expires:
            raise errors.RootExpired(f"root.json expired on {root.expires:%Y-%m-%d}")
        self._revocations: RevocationList | None = None
        self._signed: SignedStatement | None = None
        self._checkpoint: tuple[int, str] | None = None
        self._manifest: Manifest | None = None
        self._unread: dict[str, Shard] | None = None

    def update_revocations(self, data: bytes) -> RevocationList:
        """Raises SignatureError, ForeignRoot, RevocationListStale, RevocationListRolledBack, NotYetValid."""
        envelope = Envelope.from_bytes(data, REVOCATIONS_TYPE, REVOCATIONS)
        officers = self._root.persons_of(envelope.verify(self._root.keys("officer")), "officer")
        if len(officers) < self._root.revocation_threshold:
            raise errors.ThresholdNotReached(
                f"revocation list: {len(officers)} of {self._root.revocation_threshold} officers signed",
            )
        found = RevocationList.from_bytes(envelope.payload)
        if found.root_id != self._root.id:
            raise errors.ForeignRoot("the revocation list belongs to another root of trust")
        # TUF §5.4.3: not older than what was seen; and an entry, once made, stays.
        if found.version < self._seen.revocation_version:
            raise errors.RevocationListRolledBack(
                f"revocation list version {found.version}, version {self._seen.revocation_version} was seen"
            )
        if not self._seen.revoked <= {item.certificate for item in found.revoked}:
            raise errors.RevocationListRolledBack("the revocation list takes back an entry that was seen")
        # TUF §5.4.4: a list that has expired hides what came after it.
        if self._now >= found.expires:
            raise errors.RevocationListStale(f"the revocation list expired on {found.expires:%Y-%m-%d %H:%M} UTC")
        if found.issued > self._now + SKEW:
            raise errors.NotYetValid("the revocation list was issued later than now")
        self._revocations = found
        return found

    def update_certificate(self, data: bytes) -> Statement:
        """Raises SignatureError, ForeignRoot, DemoMismatch, TimeError, Revoked, RevocationListStale, GateFailed."""
        if self._revocations is None:
            raise errors.OutOfOrder("the certificate needs the revocation list first")
        signed = read_certificate(self._root, data)
        found = signed.statement
        # TUF §5.6.6: expiry against the one reference time.
        if found.issued > self._now + SKEW:
            raise errors.NotYetValid(f"the certificate was issued on {found.issued:%Y-%m-%d %H:%M} UTC, later than now")
        if self._now >= found.facts.expires:
            raise errors.Expired(
                f"the certificate of {found.release} expired on {found.facts.expires:%Y-%m-%d %H:%M} UTC"
            )
        if self._revocations.version < found.min_revocation_version:
            raise errors.RevocationListStale(
                f"revocation list version {self._revocations.version},"
                f" the certificate asks for {found.min_revocation_version} or newer"
            )
        entry = self._revocations.entry(signed.digest)
        if entry is not None:
            newer = f"; {entry.superseded_by} supersedes it" if entry.superseded_by else ""
            raise errors.Revoked(f"{found.release} was revoked on {entry.at:%Y-%m-%d} ({entry.reason}){newer}")
        failed = next((gate for gate in found.facts.gates if gate.verdict == "fail"), None)
        if failed is not None or not found.facts.gates:
            what = f"{failed.id} ({failed.article})" if failed else "no gate was run"
            raise errors.GateFailed(f"the certificate of {found.release} records a failed gate: {what}")
        self._signed = signed
        return found

    def update_log(self, checkpoint: bytes, proof: bytes) -> None:
        """Raises UnknownKey, BadSignature, LogProofInvalid, LogForked."""
        signed = self._certified("the log proof")
        statement = signed.statement
        if statement.log_origin != self._root.log_origin:
            raise errors.LogProofInvalid(
                f"the certificate is logged in {statement.log_origin}, not {self._root.log_origin}"
            )
        seen = verify_checkpoint(checkpoint, self._root.log_origin, self._root.log_key)
        LogProof.from_bytes(proof).verify(signed.digest, seen)
        if any(size == seen.size and root != seen.root.hex() for size, root in self._seen.checkpoints):
            raise errors.LogForked(f"two signed checkpoints of size {seen.size} have different roots")
        self._checkpoint = (seen.size, seen.root.hex())

    def update_manifest(self, data: bytes) -> Manifest:
        """Raises Malformed, WrongRelease, RootMismatch."""
        statement = self._certified("the manifest").statement
        found = Manifest.from_bytes(data)
        if found.release != statement.release:
            raise errors.WrongRelease(f"manifest of {found.release}, certificate of {statement.release}")
        if found.root() != statement.root:
            raise errors.RootMismatch(f"the manifest's Merkle root is not the one certified for {statement.release}")
        if (len(found.shards), found.rows, found.size) != (statement.shards, statement.rows, statement.size):
            raise errors.RootMismatch("the certificate counts other shards, rows or bytes than its manifest")
        self._manifest = found
        return found

    def update_files(self, sizes: Mapping[str, int]) -> None:
        """The whole folder: relative path -> size in bytes. Raises MissingFile, ExtraFile, DigestMismatch."""
        if self._manifest is None:
            raise errors.OutOfOrder("the files need the manifest first")
        shards = {shard.path: shard for shard in self._manifest.shards}
        missing = sorted({*shards, *REQUIRED_FILES} - set(sizes))
        if missing:
            raise errors.MissingFile(f"{missing[0]} is missing ({len(missing)} file(s) in all)")
        extra = sorted(set(sizes) - {*shards, *REQUIRED_FILES, *OPTIONAL_FILES})
        if extra:
            raise errors.ExtraFile(f"{extra[0]!r} was not certified ({len(extra)} file(s) in all)")
        for path, shard in shards.items():
            if sizes[path] != shard.size:
                raise errors.DigestMismatch(f"{path} has {sizes[path]} bytes, {shard.size} were certified")
        self._unread = shards

    def update_shard(self, path: str, sha256: str) -> None:
        """One shard's bytes, by their digest in hex. Raises DigestMismatch, ExtraFile."""
        if self._manifest is None or self._unread is None:
            raise errors.OutOfOrder("a shard needs the list of files first")
        shard = next((item for item in self._manifest.shards if item.path == path), None)
        if shard is None:
            raise errors.ExtraFile(f"{path!r} was not certified")
        if sha256 != shard.sha256:
            raise errors.DigestMismatch(f"{path}: its bytes are not the certified ones")
        self._unread.pop(path, None)

    def finish(self, use: Use | None = None, *, partly: bool = False) -> Verified:
        """The verdict, for `use`. Raises OutOfOrder unless every step was taken, UseError if the use is not certified.

        `partly`: shards may be left unread; `Verified.unread` names them, and each must be compared before its use.
        """
        signed = self._certified("the verdict")
        statement = signed.statement
        if self._revocations is None or self._checkpoint is None or self._manifest is None or self._unread is None:
            raise errors.OutOfOrder("a step was left out: revocations, certificate, log, manifest and files come first")
        if self._unread and not partly:
            raise errors.OutOfOrder(f"{len(self._unread)} shards were not compared")
        if use is not None:
            check_use(statement, use)
        return Verified(
            root=self._root,
            certificate=signed.digest,
            statement=statement,
            manifest=self._manifest,
            revocations=self._revocations,
            proposer=statement.proposed_by,
            approvers=signed.approvers,
            separated=not self._root.demo,  # outside a demo, `approvers` never counts the proposer
            unread=frozenset(self._unread),
            seen=self._remember(self._revocations, self._checkpoint),
        )

    def _certified(self, what: str) -> SignedStatement:
        if self._signed is None:
            raise errors.OutOfOrder(f"{what} needs the certificate first")
        return self._signed

    def _remember(self, revocations: RevocationList, checkpoint: tuple[int, str]) -> Seen:
        return replace(
            remember_revocations(self._seen, revocations),
            root_version=self._root.version,
            time=max(self._seen.time, self._now, revocations.issued),
            checkpoints=self._seen.checkpoints | {checkpoint},
        )


def remember_revocations(seen: Seen, revocations: RevocationList) -> Seen:
    """`seen`, and this list: its version, its issue time and its entries."""
    return replace(
        seen,
        time=max(seen.time, revocations.issued),
        revocation_version=max(seen.revocation_version, revocations.version),
        revoked=seen.revoked | {item.certificate for item in revocations.revoked},
    )


def check_use(statement: Statement, use: Use) -> None:
    """Raises WrongPurpose (PIPA 3①, 18), WrongJurisdiction (28-8) or WrongRecipient (17)."""
    facts = statement.facts
    if use.purpose not in facts.purposes:
        raise errors.WrongPurpose(
            f"{statement.release} is certified for {', '.join(facts.purposes)}, not {use.purpose!r}"
        )
    if use.cluster is None:
        return
    if use.cluster.country not in facts.jurisdictions:
        allowed = ", ".join(facts.jurisdictions) or "no country"
        raise errors.WrongJurisdiction(
            f"{statement.release} is certified for {allowed}, the cluster is in {use.cluster.country}"
        )
    if facts.recipients != ANY_RECIPIENT and use.cluster.id not in facts.recipients:
        raise errors.WrongRecipient(f"{use.cluster.id} is not a recipient of {statement.release}")
