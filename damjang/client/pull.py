"""Pulling a release: verify at the source, copy, verify again, sign a receipt. What may not be used is not copied.

A pull that was cut short is resumed by the same call: finished shards are kept, and `receipt.json` comes last, so
that a folder without a receipt is not a pulled release. Nothing but our own temporary files is ever removed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from damjang.certificates import verify
from damjang.certificates.dsse import IN_TOTO, Envelope
from damjang.certificates.errors import DigestMismatch, ExtraFile, UnknownKey, WrongRelease
from damjang.certificates.fields import split_release
from damjang.certificates.files import sync_folder, write_atomic
from damjang.certificates.keys import Signer
from damjang.certificates.manifest import Shard
from damjang.certificates.reader import hash_file, list_files, newest, read_metadata, verify_directory
from damjang.certificates.receipt import Cluster, Receipt
from damjang.certificates.verify import TrustedRelease, Use, Verified
from damjang.client.errors import CopyFailed, ReleaseAbsent
from damjang.client.state import State

_CHUNK: Final = 1 << 20
_TEMPORARY: Final = ".damjang-pull-"
_METADATA: Final = (verify.CERTIFICATE, verify.MANIFEST, verify.CHECKPOINT, verify.INCLUSION)
Progress = Callable[[int, int], None]
"""Called with (bytes done, bytes in all)."""


@dataclass(frozen=True)
class Pulled:
    """A finished pull: the folder, what was verified, the receipt, and how many shards were copied or already there."""

    folder: Path
    verified: Verified
    receipt: Receipt
    copied: int
    kept: int


def pull(
    releases: Path,
    release: str,
    to: Path,
    *,
    purpose: str,
    cluster: Cluster,
    signer: Signer,
    trust: Path,
    state: State,
    now: dt.datetime,
    receipts: Path | None = None,
    progress: Progress = lambda done, total: None,
) -> Pulled:
    """Pulls `release` from the folder `releases` into the folder `to`, which must be empty or hold the same pull begun.

    `trust`: the issuer's root.json. `receipts`: a folder in which to leave a copy of the receipt for the issuer. Raises
    a TrustError by cause, before anything is copied if the release may not be used; CopyFailed; ReleaseAbsent.
    """
    split_release(release)
    if signer.public != cluster.key:
        raise UnknownKey(
            f"this key is not the one that cluster {cluster.id} is enrolled with",
            "use the cluster's key, or enrol its public key in clusters.yaml",
        )
    source = releases / release
    if not source.is_dir():
        raise ReleaseAbsent(
            f"no release {release} in {releases}", "check the name; releases appear when they are signed"
        )
    root = state.trust(trust)
    seen, use = state.seen(root.id), Use(purpose, cluster)
    revocations = newest([*_offered(releases), *state.revocations(root.id)], source)
    first = verify_directory(source, root, now=now, seen=seen, use=use, revocations=[revocations], partly=True)
    if first.statement.release != release:
        raise WrongRelease(f"{release} holds a certificate of {first.statement.release}")
    state.remember(root.id, first.seen, revocations)

    try:
        _prepare(to, first)
        for name in _METADATA:
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            write_atomic(to / name, read_metadata(source, name))
        copied = _copy_shards(source, to, first, progress)
        write_atomic(to / verify.REVOCATIONS, revocations)
    except OSError as error:
        raise CopyFailed(
            f"the copy stopped: {os.strerror(error.errno or 0)}", "mend that and pull again: finished shards are kept"
        ) from None
    verified = verify_directory(to, root, now=now, seen=first.seen, use=use, revocations=[revocations])
    receipt = _receipt(verified, cluster, purpose, now)
    signed = receipt.sign(signer)
    write_atomic(to / verify.RECEIPT, signed)
    if receipts is not None:
        receipts.mkdir(parents=True, exist_ok=True)
        write_atomic(receipts / f"{release}-{hashlib.sha256(signed).hexdigest()[:16]}.json", signed)
    state.remember(root.id, verified.seen, revocations)
    return Pulled(to, verified, receipt, copied, len(verified.manifest.shards) - copied)


def refresh(place: Path, trust: Path, state: State, now: dt.datetime) -> int:
    """Takes a newer revocation list from `place` (the file) into the state; returns its version. Raises
    RevocationError.
    """
    root = state.trust(trust)
    data = read_metadata(place.parent, place.name)
    seen = state.seen(root.id)
    found = TrustedRelease(root, now, seen).update_revocations(data)
    state.remember(root.id, verify.remember_revocations(seen, found), data)
    return found.version


def _offered(releases: Path) -> list[bytes]:
    return [read_metadata(releases, verify.REVOCATIONS)] if (releases / verify.REVOCATIONS).exists() else []


def _prepare(to: Path, source: Verified) -> None:
    """Refuses a folder that holds anything else; removes our temporary files of a pull that was cut short."""
    to.mkdir(parents=True, exist_ok=True)
    for path in to.rglob(f"{_TEMPORARY}*"):
        path.unlink()
    for name in (*_METADATA, verify.REVOCATIONS, verify.RECEIPT):
        for path in (to / name).parent.glob(f".{Path(name).name}.*.tmp"):  # write_atomic's
            path.unlink()
    with suppress(OSError):  # a folder that was made and not filled
        (to / "log").rmdir()
    with suppress(OSError):
        (to / "shards").rmdir()
    there = list_files(to)
    shards = {shard.path for shard in source.manifest.shards}
    strangers = sorted(set(there) - shards - {*verify.REQUIRED_FILES, *verify.OPTIONAL_FILES})
    if strangers:
        raise ExtraFile(
            f"{to} holds {strangers[0]!r}, which is not of {source.statement.release}", "pull into an empty folder"
        )
    if verify.CERTIFICATE in there:
        held = Envelope.from_bytes(read_metadata(to, verify.CERTIFICATE), IN_TOTO, verify.CERTIFICATE)
        if held.digest != source.certificate:
            raise WrongRelease(
                f"{to} holds another certificate than that of {source.statement.release}", "pull into an empty folder"
            )
    elif there:
        raise ExtraFile(f"{to} is not empty, and not a pull that was begun", "pull into an empty folder")
    (to / verify.RECEIPT).unlink(missing_ok=True)  # a new receipt will be written for this pull


def _copy_shards(source: Path, to: Path, verified: Verified, progress: Progress) -> int:
    done = copied = 0
    (to / "shards").mkdir(exist_ok=True)
    for shard in verified.manifest.shards:
        target = to / shard.path
        if not (target.is_file() and target.stat().st_size == shard.size and hash_file(target) == shard.sha256):
            _copy(source / shard.path, target, shard)
            copied += 1
        done += shard.size
        progress(done, verified.manifest.size)
    sync_folder(to / "shards")
    return copied


def _copy(source: Path, target: Path, shard: Shard) -> None:
    """Hashes what it copies; the bytes get their name only if they are the certified ones."""
    temporary = target.with_name(_TEMPORARY + target.name)
    digest, buffer = hashlib.sha256(), memoryview(bytearray(_CHUNK))
    try:
        with source.open("rb", buffering=0) as read, temporary.open("wb", buffering=0) as written:
            while count := read.readinto(buffer):
                digest.update(buffer[:count])
                rest = buffer[:count]
                while rest:
                    rest = rest[written.write(rest) :]
            os.fsync(written.fileno())
        if digest.hexdigest() != shard.sha256:
            raise DigestMismatch(f"{shard.path}: its bytes at the source are not the certified ones")
        temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def _receipt(verified: Verified, cluster: Cluster, purpose: str, now: dt.datetime) -> Receipt:
    statement = verified.statement
    return Receipt(
        action="pulled",
        release=statement.release,
        certificate=verified.certificate,
        root=statement.root,
        root_id=statement.root_id,
        cluster=cluster,
        purpose=purpose,
        obligations=tuple(sorted({item.id for item in statement.facts.obligations})),
        at=now.replace(microsecond=0),
        revocation_version=verified.revocations.version,
        rows=statement.rows,
        size=statement.size,
    )
