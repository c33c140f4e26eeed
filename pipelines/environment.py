"""The digest of what else decides bytes: the locked packages and our own code, the same on driver and workers."""

from __future__ import annotations

import hashlib
import sys
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from pipelines.errors import EnvironmentDiffers

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("schemas", "ext", "anonymizers", "governance", "pipelines", "damjang")


@lru_cache(maxsize=1)
def lock_digest() -> str:
    """SHA-256 of the lock file this environment was made from; where there is none, of the installed versions."""
    lock = ROOT / "requirements" / f"lock-py{sys.version_info[0]}{sys.version_info[1]}.txt"
    if lock.is_file():
        return hashlib.sha256(lock.read_bytes()).hexdigest()
    names = sorted(
        {
            f"{dist.metadata['Name'].lower()}=={dist.version}"
            for dist in metadata.distributions()
            if dist.metadata["Name"]
        }
    )
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


@lru_cache(maxsize=1)
def code_digest() -> str:
    """SHA-256 over our own Python sources and kernels: workers refuse to start unless it equals the driver's."""
    digest = hashlib.sha256()
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*")):
            if path.suffix in (".py", ".pyx", ".pxd", ".h", ".yaml", ".json") and "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def environment_digest() -> str:
    """What a driver and its workers must share, as one digest: the lock and the code."""
    return hashlib.sha256(f"{lock_digest()} {code_digest()}".encode()).hexdigest()


def require_environment(digest: str) -> None:
    """Raises EnvironmentDiffers unless this process runs the code and the packages of the driver with `digest`."""
    if environment_digest() != digest:
        raise EnvironmentDiffers(
            "a worker runs other code or packages than the driver",
            "install the same commit and lock file on every worker, restart the worker pools, then run again",
        )
