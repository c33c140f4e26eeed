"""`make bench`: every bench that is here, one after the other, each in a process of its own (they set thread counts)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    """Run them with the arguments given; the first failure ends it."""
    for name in ("dedup_bench", "anonymize_bench", "memory"):
        if (HERE / f"{name}.py").exists():
            print(f"== {name}", flush=True)
            done = subprocess.run([sys.executable, "-m", f"bench.{name}"], cwd=HERE.parent, check=False)
            if done.returncode:
                return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
