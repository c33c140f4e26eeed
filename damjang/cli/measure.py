"""What a command may use and has used of this machine: memory to spare, peak memory, a rate in words."""

from __future__ import annotations

import resource
import sys
from contextlib import suppress
from pathlib import Path

_CGROUP = Path("/sys/fs/cgroup/memory.max")
_MEMINFO = Path("/proc/meminfo")
_UNKNOWN = 4 << 30


def spare_memory() -> int:
    """Bytes: half of what the machine, or this container, has to spare; 4 GiB where neither tells."""
    found = []
    with suppress(OSError, KeyError, ValueError):
        lines = dict(line.split(":", 1) for line in _MEMINFO.read_text().splitlines())
        found.append(int(lines["MemAvailable"].split()[0]) * 1024)
    with suppress(OSError, ValueError):  # no container, or `max`
        found.append(int(_CGROUP.read_text()))
    return min(found) // 2 if found else _UNKNOWN


def peak_memory() -> int:
    """Bytes that this process has had resident at most."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def rate(size: int, seconds: float) -> str:
    """`62 MB in 0.4 s (155 MB/s)`; MB is 10**6 bytes."""
    return f"{size / 1e6:,.1f} MB in {seconds:,.1f} s ({size / 1e6 / max(seconds, 1e-9):,.0f} MB/s)"
