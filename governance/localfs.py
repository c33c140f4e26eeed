"""Refuses SQLite files on network file systems: their locks and shared memory don't hold (sqlite.org/wal.html)."""

from __future__ import annotations

from pathlib import Path

from governance.errors import NetworkFileSystem

NETWORK_FILE_SYSTEMS = frozenset(
    {
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "glusterfs", "lustre", "beegfs", "gpfs", "ocfs2", "gfs2",
        "fuse.sshfs", "fuse.s3fs", "fuse.gcsfuse", "fuse.glusterfs", "fuse.ceph", "fuse.juicefs", "fuse.rclone",
        "fuse.goofys", "fuse.blobfuse",
    }
)  # fmt: skip


def file_system(path: Path, mountinfo: str | None = None) -> str:
    """The type of the file system that holds `path` (`ext4`, `nfs4`, …), or `unknown` where /proc does not tell.

    `mountinfo` is the text of proc(5) `/proc/self/mountinfo`, given by tests.
    """
    if mountinfo is None:
        try:
            mountinfo = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape")
        except OSError:
            return "unknown"
    absolute = path.resolve()
    best, kind = -1, "unknown"
    for line in mountinfo.splitlines():
        left, _, right = line.partition(" - ")
        fields, tail = left.split(), right.split()
        if len(fields) < 5 or not tail:
            continue
        point = Path(fields[4].encode().decode("unicode_escape"))
        # The last mount of the deepest mount point is the one that is seen.
        if absolute.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), tail[0]
    return kind


def refuse_network(path: Path, mountinfo: str | None = None) -> None:
    """Raises NetworkFileSystem when `path` (which need not exist) lies on a network file system."""
    kind = file_system(path, mountinfo)
    if kind in NETWORK_FILE_SYSTEMS:
        raise NetworkFileSystem(
            f"{path.name} would lie on a network file system ({kind}), where SQLite loses writes",
            "Put it on a local disk, or name a PostgreSQL database by URL.",
        )
