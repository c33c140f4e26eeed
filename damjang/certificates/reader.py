"""Feeds a release folder to the state machine of verify.py. Reads, decides nothing.

    verified = verify_directory(folder, load_root(path), now=now)

Every metadata file is read once; a link, a device or a folder within the release is an extra file.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import stat
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

from damjang.certificates.dsse import Envelope
from damjang.certificates.errors import DigestMismatch, ExtraFile, Malformed, MissingFile
from damjang.certificates.revocation import REVOCATIONS_TYPE, RevocationList
from damjang.certificates.trust import Root
from damjang.certificates.verify import (
    CERTIFICATE,
    CHECKPOINT,
    INCLUSION,
    MANIFEST,
    REVOCATIONS,
    Seen,
    TrustedRelease,
    Use,
    Verified,
)

_LARGEST: Final = 256 << 20  # no metadata file is larger; a hostile one must not fill memory
_CHUNK: Final = 1 << 20


def load_root(path: Path) -> Root:
    """root.json, which the caller trusts: pin it. Raises MissingFile, Malformed."""
    return Root.from_bytes(read_metadata(path.parent, path.name))


def verify_directory(
    folder: Path,
    root: Root,
    *,
    now: dt.datetime,
    seen: Seen | None = None,
    use: Use | None = None,
    revocations: Sequence[bytes] = (),
    partly: bool = False,
    unread: Collection[str] = (),
) -> Verified:
    """Verifies a release folder, wholly offline; raises a TrustError that names the cause.

    `revocations`: lists from elsewhere; the newest of these and the folder's own counts. `partly`: leave the shards'
    bytes unread (`Verified.unread`), sizes and everything signed are checked all the same. `unread`: only these.
    """
    trusted = TrustedRelease(root, now, seen)
    trusted.update_revocations(newest(revocations, folder))
    trusted.update_certificate(read_metadata(folder, CERTIFICATE))
    trusted.update_log(read_metadata(folder, CHECKPOINT), read_metadata(folder, INCLUSION))
    manifest = trusted.update_manifest(read_metadata(folder, MANIFEST))
    trusted.update_files(list_files(folder))
    if not partly:
        for shard in manifest.shards:
            if shard.path not in unread:
                trusted.update_shard(shard.path, hash_file(folder / shard.path))
    return trusted.finish(use, partly=partly or bool(unread))


def newest(revocations: Sequence[bytes], folder: Path) -> bytes:
    """The list of the highest version among `revocations` and the folder's; not yet verified. Raises MissingFile."""
    lists = list(revocations)
    if (folder / REVOCATIONS).exists():
        lists.append(read_metadata(folder, REVOCATIONS))
    if not lists:
        raise MissingFile("no revocation list", f"put the issuer's {REVOCATIONS} into the folder, or name it")
    return max(lists, key=_version)


def _version(data: bytes) -> int:
    return RevocationList.from_bytes(Envelope.from_bytes(data, REVOCATIONS_TYPE, REVOCATIONS).payload).version


def read_metadata(folder: Path, name: str) -> bytes:
    """A small file's bytes, links refused. Raises MissingFile, ExtraFile, Malformed."""
    with _open(folder / name, name) as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise Malformed(f"{name}: too large to be metadata")
    return data


def list_files(folder: Path) -> dict[str, int]:
    """Relative path -> size of all that lies in `folder`; raises ExtraFile for anything but plain files."""
    return dict(_walk(folder, ""))


def _walk(folder: Path, prefix: str) -> Iterator[tuple[str, int]]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise MissingFile(f"{folder.name}: {os.strerror(error.errno or 0)}") from None
    for entry in entries:
        path = prefix + entry.name
        if entry.is_dir(follow_symlinks=False):
            inside = list(_walk(Path(entry.path), f"{path}/"))
            if not inside:
                raise ExtraFile(f"{path!r} is an empty folder")
            yield from inside
        elif entry.is_file(follow_symlinks=False):
            yield path, entry.stat(follow_symlinks=False).st_size
        else:
            raise ExtraFile(f"{path!r} is not a plain file")


def hash_file(path: Path) -> str:
    """SHA-256 of a plain file, hex, a mebibyte of memory. Raises MissingFile, ExtraFile."""
    with _open(path, path.name) as file:
        digest, buffer = hashlib.sha256(), memoryview(bytearray(_CHUNK))
        while count := file.readinto(buffer):
            digest.update(buffer[:count])
    return digest.hexdigest()


class _File:
    """A raw file whose read errors leave as ours: an unreadable file is not a verified one."""

    def __init__(self, descriptor: int, name: str) -> None:
        self._descriptor, self._name = descriptor, name

    def __enter__(self) -> _File:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)

    def readinto(self, buffer: memoryview) -> int:
        try:
            return os.readv(self._descriptor, [buffer])
        except OSError as error:
            raise DigestMismatch(f"{self._name}: cannot be read ({os.strerror(error.errno or 0)})") from None

    def read(self, limit: int) -> bytes:
        parts, buffer = [], memoryview(bytearray(_CHUNK))
        while limit > 0 and (count := self.readinto(buffer)):
            parts.append(bytes(buffer[:count]))
            limit -= count
        return b"".join(parts)


def _open(path: Path, name: str) -> _File:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise MissingFile(f"{name} is missing") from None
    except OSError as error:
        raise ExtraFile(f"{name}: not a plain, readable file ({os.strerror(error.errno or 0)})") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ExtraFile(f"{name}: not a plain file")
    return _File(descriptor, name)
