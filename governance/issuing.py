"""Issuing certificates: an engineer proposes a release, officers sign it, and with the last signature it is published.

    out/releases/.proposed/NAME@V/proposal.json     what was proposed, with the salt of its log entry
    out/releases/.proposed/NAME@V/release/…         the folder that will be published, as it is
    out/releases/NAME@V/…                           published: readable from here on, and never changed

Publishing is one rename, after the certificate has been logged and the finished folder has passed the same verification
that every trainer runs. Each step can be repeated after a crash. Who proposed does not approve, except in a demo.

A superseding release costs what changed in it: a shard that is the predecessor's very file (a hard link), under the
digest certified there, is not hashed again. It was when that was published, nothing writes to a published file, and
every pull and every `damjang verify` hashes all: one that rotted since is refused there, as it is in the predecessor.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from damjang.certificates import verify
from damjang.certificates.canonical import canonical, parse
from damjang.certificates.dsse import IN_TOTO, Envelope
from damjang.certificates.errors import Malformed, TrustError
from damjang.certificates.facts import Facts
from damjang.certificates.fields import RELEASE, Fields, split_release
from damjang.certificates.files import locked, sync_folder, write_atomic
from damjang.certificates.keys import Signer
from damjang.certificates.logproof import KIND_CERTIFICATE, LogProof, commitment
from damjang.certificates.manifest import Manifest
from damjang.certificates.reader import hash_file, load_root, verify_directory
from damjang.certificates.statement import Statement
from damjang.certificates.trust import Root
from governance.audit import AuditLog, Entry
from governance.errors import IssuingError, NotASigner, NotCertifiable, ProposalDiffers, ProposalMissing
from governance.revocations import read_list, store_list

PROPOSAL_FORMAT: Final = "damjang-proposal/v1"
AI_PROVISIONS_FROM: Final = dt.datetime(2027, 3, 8, 15, tzinfo=dt.UTC)  # PIPA Act 21910, in force 2027-03-09 KST


@dataclass(frozen=True)
class Office:
    """The places that issuing works with. `Office.of(project folder, log)` gives the usual ones."""

    releases: Path
    trust: Path
    revocations: Path
    checkpoints: Path
    log: AuditLog

    @classmethod
    def of(cls, project: Path, log: AuditLog, *, output: str = "out", trust: str = "trust/root.json") -> Office:
        """As `damjang init` lays a project out. The revocation list lies beside root.json."""
        root = project / trust
        return cls(
            releases=project / output / "releases",
            trust=root,
            revocations=root.parent / verify.REVOCATIONS,
            checkpoints=project / output / "audit",
            log=log,
        )

    def published(self, release: str) -> Path:
        """Where the release is readable once it is certified."""
        return self.releases / release

    def proposed(self, release: str) -> Path:
        """Where it waits for signatures."""
        return self.releases / ".proposed" / release


@dataclass(frozen=True)
class Proposal:
    """A release that waits for signatures. `approved_by` and `threshold` count officers."""

    release: str
    certificate: str
    statement: Statement
    folder: Path
    approved_by: tuple[str, ...]
    threshold: int


@dataclass(frozen=True)
class SignResult:
    """`published` is the release folder once the threshold is reached, else None. `separated`: 직무분리 충족 여부."""

    release: str
    certificate: str
    approved_by: tuple[str, ...]
    threshold: int
    published: Path | None
    separated: bool


def propose(
    office: Office,
    release: str,
    manifest: Manifest,
    facts: Facts,
    source: Path,
    signer: Signer,
    now: dt.datetime,
    salt: bytes,
) -> Proposal:
    """An engineer's proposal: the shards of `source` (hard-linked or copied), the manifest, the engineer's signature.

    `salt`: 32 random bytes for the log entry. Proposing the same again answers with the first proposal. Raises
    NotASigner, NotCertifiable, ProposalDiffers, ContentError (the shards are not the manifest's).
    """
    root = _root(office, now)
    split_release(release)
    person = root.person_of(signer.public.keyid)
    if person is None or "engineer" not in person.roles:
        raise NotASigner("only an engineer named in root.json proposes a release", "use an engineer's key")
    statement = Statement(
        release=release,
        root=manifest.root(),
        shards=len(manifest.shards),
        rows=manifest.rows,
        size=manifest.size,
        facts=replace(facts, expires=facts.expires.replace(microsecond=0)),
        issued=now.replace(microsecond=0),
        proposed_by=person.id,
        demo=root.demo,
        root_id=root.id,
        min_revocation_version=read_list(root, _list(office)).version,
        log_origin=root.log_origin,
    )
    _certifiable(statement, manifest)
    inherited = _inherited(office, root, statement, manifest, source)
    folder = office.proposed(release)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with locked(folder.with_name(f".{release}.lock")):
        if office.published(release).exists():
            return _same(_read_published(office, root, release), statement)
        if folder.exists():
            return _same(_read(office, root, release), statement)
        for stale in folder.parent.glob(f".{release}.*.tmp"):
            shutil.rmtree(stale)
        building = folder.with_name(f".{release}.{os.getpid()}.tmp")
        payload = statement.to_bytes()
        Statement.from_bytes(payload)  # what cannot be read back is not proposed
        _build(building, manifest, source, Envelope(payload, IN_TOTO).signed(signer), release, salt, inherited)
        building.rename(folder)
        sync_folder(folder.parent)
        return _read(office, root, release)


def sign(office: Office, release: str, signer: Signer, now: dt.datetime) -> SignResult:
    """Adds one officer's signature; with the threshold reached, logs and publishes the release.

    Signing again is harmless, and finishes a publication that a crash cut short. Raises ProposalMissing, NotASigner, or
    any TrustError that the finished folder would raise at a trainer's.
    """
    root = _root(office, now)
    folder = office.proposed(release)
    if not folder.parent.exists():
        raise ProposalMissing(f"{release} is not proposed", "run the project up to certify first")
    with locked(folder.with_name(f".{release}.lock")):
        if office.published(release).exists():
            done = _read_published(office, root, release)
            shutil.rmtree(folder, ignore_errors=True)  # a crash between the rename and this line
            return _result(root, done, office.published(release))
        proposal = _read(office, root, release)
        person = root.person_of(signer.public.keyid)
        if person is None or "officer" not in person.roles:
            raise NotASigner("only an officer named in root.json approves a release", "use an officer's key")
        if not root.approvers([signer.public.keyid], proposal.statement.proposed_by):
            raise NotASigner(
                f"{person.id} proposed {release} and so cannot approve it (직무분리)", "another officer signs"
            )
        path = folder / "release" / verify.CERTIFICATE
        envelope = _envelope(path)
        write_atomic(path, envelope.signed(signer).to_bytes())
        proposal = _read(office, root, release)
        if len(proposal.approved_by) < root.threshold:
            return _result(root, proposal, None)
        _publish(office, root, proposal, now)
        return _result(root, proposal, office.published(release))


def proposals(office: Office, now: dt.datetime) -> list[Proposal]:
    """What waits for signatures, by name."""
    root, waiting = _root(office, now), office.releases / ".proposed"
    names = [entry.name for entry in waiting.iterdir()] if waiting.exists() else []
    return [_read(office, root, name) for name in sorted(names) if not name.startswith(".")]


def read_statement(office: Office, release: str) -> Statement:
    """What a published release's certificate says. Raises TrustError; its standing is not judged here."""
    return Statement.from_bytes(_envelope(office.published(release) / verify.CERTIFICATE).payload)


def certificate_id(office: Office, release: str) -> str:
    """The id (hex SHA-256 of the statement) under which a published release's certificate is revoked."""
    return _envelope(office.published(release) / verify.CERTIFICATE).digest


def discard(office: Office, release: str) -> None:
    """Takes a proposal back, so that another can be made. Raises ProposalMissing. A published release stays."""
    folder = office.proposed(release)
    if not folder.exists():
        raise ProposalMissing(f"{release} is not proposed")
    with locked(folder.with_name(f".{release}.lock")):
        shutil.rmtree(folder)


def _root(office: Office, now: dt.datetime) -> Root:
    if now.tzinfo is None:
        raise Malformed("a time without a time zone")
    root = load_root(office.trust)
    verify.TrustedRelease(root, now)  # not expired
    return root


def _list(office: Office) -> bytes:
    if not office.revocations.exists():
        raise IssuingError("there is no revocation list", "make one with `damjang revocations renew`")
    return office.revocations.read_bytes()


def _certifiable(statement: Statement, manifest: Manifest) -> None:
    """Every gate holds (promise 4), and the facts fit the law's dates and each other."""
    facts = statement.facts
    failed = [f"{gate.id} ({gate.article})" for gate in facts.gates if gate.verdict not in ("pass", "not_applicable")]
    if failed or not facts.gates:
        raise NotCertifiable(
            f"{statement.release}: {'gates do not hold: ' + ', '.join(failed) if failed else 'no gate was run'}",
            "mend what the gate names and run again; a failed gate cannot be signed away",
        )
    if facts.data_class.id == "AI_28-12" and statement.issued < AI_PROVISIONS_FROM:
        raise NotCertifiable("개인정보 보호법 제28조의12 (PIPA Art. 28-12) is not in force before 2027-03-09")
    if not manifest.shards:
        raise NotCertifiable(f"{statement.release} has no shards", "see `damjang status`: every document was dropped")
    if manifest.release != statement.release:
        raise NotCertifiable(f"the manifest is of {manifest.release}, not {statement.release}")


def _inherited(office: Office, root: Root, statement: Statement, manifest: Manifest, folder: Path) -> frozenset[str]:
    """Paths of shards in `folder` that are the predecessor's published files, with the digests certified for them."""
    if statement.facts.supersedes is None:
        return frozenset()
    old = office.published(statement.facts.supersedes)
    try:
        signed = verify.read_certificate(root, (old / verify.CERTIFICATE).read_bytes()).statement
        certified = Manifest.from_bytes((old / verify.MANIFEST).read_bytes())
    except (OSError, TrustError):
        return frozenset()
    if certified.root() != signed.root:
        return frozenset()
    before = {shard.path: (shard.sha256, shard.size) for shard in certified.shards}
    return frozenset(
        shard.path
        for shard in manifest.shards
        if before.get(shard.path) == (shard.sha256, shard.size) and _same_file(old / shard.path, folder / shard.path)
    )


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _build(
    folder: Path, manifest: Manifest, source: Path, envelope: Envelope, release: str, salt: bytes,
    inherited: frozenset[str],
) -> None:  # fmt: skip
    target = folder / "release"
    (target / "shards").mkdir(parents=True)
    (target / "log").mkdir()
    for shard in manifest.shards:
        _link(source / shard.path, target / shard.path)
        if shard.path not in inherited and hash_file(target / shard.path) != shard.sha256:
            raise NotCertifiable(f"{shard.path} is not the file that the manifest describes", "run assemble again")
    sync_folder(target / "shards")
    write_atomic(target / verify.MANIFEST, manifest.to_bytes())
    write_atomic(target / verify.CERTIFICATE, envelope.to_bytes())
    record = {"format": PROPOSAL_FORMAT, "release": release, "certificate": envelope.digest, "salt": salt.hex()}
    write_atomic(folder / "proposal.json", canonical(record))


def _link(source: Path, target: Path) -> None:
    """A hard link, or a copy where there can be none; on the disk either way before it is signed for."""
    try:
        target.hardlink_to(source)
    except OSError:  # another file system, or one without links
        shutil.copyfile(source, target)
    with target.open("rb") as file:
        os.fsync(file.fileno())


def _envelope(path: Path) -> Envelope:
    return Envelope.from_bytes(path.read_bytes(), IN_TOTO, verify.CERTIFICATE)


def _read(office: Office, root: Root, release: str) -> Proposal:
    folder = office.proposed(release)
    if not folder.exists():
        raise ProposalMissing(f"{release} is not proposed", "`damjang status` lists what is")
    return _proposal(root, folder, _envelope(folder / "release" / verify.CERTIFICATE))


def _read_published(office: Office, root: Root, release: str) -> Proposal:
    return _proposal(root, office.published(release), _envelope(office.published(release) / verify.CERTIFICATE))


def _proposal(root: Root, folder: Path, envelope: Envelope) -> Proposal:
    signers = envelope.verify(root.keys("engineer") | root.keys("officer"))
    statement = Statement.from_bytes(envelope.payload)
    approved = tuple(sorted(root.approvers(signers, statement.proposed_by)))
    return Proposal(statement.release, envelope.digest, statement, folder, approved, root.threshold)


def _same(found: Proposal, wanted: Statement) -> Proposal:
    """`found`, if it says what `wanted` does but for the times of proposing."""
    old = found.statement
    timeless = replace(
        wanted,
        issued=old.issued,
        facts=replace(wanted.facts, expires=old.facts.expires),
        min_revocation_version=old.min_revocation_version,
    )
    if timeless != old:
        raise ProposalDiffers(
            f"another content is already proposed or published as {wanted.release}",
            "take the proposal back with `damjang discard`, or use the next version",
        )
    return found


def _publish(office: Office, root: Root, proposal: Proposal, now: dt.datetime) -> None:
    """Log, prove, verify as a trainer would, rename. The log entry has the certificate's time: a retry finds it."""
    folder = proposal.folder / "release"
    salt = _salt(proposal.folder)
    issued = proposal.statement.issued
    committed = commitment(salt, bytes.fromhex(proposal.certificate))
    [index] = office.log.append([Entry(KIND_CERTIFICATE, issued, committed)])
    note = office.log.checkpoint()
    size = int(note.split(b"\n", 2)[1])
    proof = LogProof(index, KIND_CERTIFICATE, issued, salt, tuple(office.log.inclusion(index, size)))
    write_atomic(folder / verify.CHECKPOINT, note)
    write_atomic(folder / verify.INCLUSION, proof.to_bytes())
    office.log.export(office.checkpoints)
    revocations = _list(office)
    manifest = Manifest.from_bytes((folder / verify.MANIFEST).read_bytes())
    inherited = _inherited(office, root, proposal.statement, manifest, folder)
    verify_directory(folder, root, now=now, revocations=[revocations], unread=inherited)
    store_list(revocations, office.releases / verify.REVOCATIONS)
    folder.rename(office.published(proposal.release))
    sync_folder(office.releases)
    shutil.rmtree(proposal.folder, ignore_errors=True)


def _salt(folder: Path) -> bytes:
    fields = Fields(parse((folder / "proposal.json").read_bytes(), "proposal.json"), "proposal.json")
    if fields.text("format") != PROPOSAL_FORMAT:
        raise Malformed(f"proposal.json: not a {PROPOSAL_FORMAT}")
    fields.text("release", RELEASE)
    fields.digest("certificate")
    salt = bytes.fromhex(fields.digest("salt"))
    fields.end()
    return salt


def _result(root: Root, proposal: Proposal, published: Path | None) -> SignResult:
    return SignResult(
        release=proposal.release,
        certificate=proposal.certificate,
        approved_by=proposal.approved_by,
        threshold=root.threshold,
        published=published,
        separated=not root.demo,
    )
