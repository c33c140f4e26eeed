"""A million consent records into a ledger: the row-by-row judgement, the vault's subjects, the ledger's rows.

python -m bench.consents [ROWS] [DATABASE_URL]      CPU seconds of one process; DATABASE_URL: SQLite by default
"""

from __future__ import annotations

import csv
import datetime as dt
import sys
import tempfile
import time
from pathlib import Path

from governance.consents import import_consents
from governance.ledger import Ledger
from governance.vault import Vault

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


def write(path: Path, rows: int) -> None:
    """A consent file of `rows` made-up people, one in fifty with a withdrawal."""
    head = "source_id,subject,purpose,ground,notice_sha256,method,given_at,valid_until,withdrawn_at,guardian_ref,flags"
    with path.open("w", newline="", encoding="utf-8") as file:
        made = csv.writer(file)
        made.writerow(head.split(","))
        for n in range(rows):
            withdrawn = "2026-10-01" if n % 50 == 0 else ""
            made.writerow(
                [
                    "forum",
                    f"user-{n}",
                    "pretraining",
                    "consent",
                    "ab" * 32,
                    "web",
                    "2026-01-02",
                    "2028-01-01",
                    withdrawn,
                    "",
                    "ai_training",
                ]
            )


def main(rows: int, url: str) -> None:
    """Prints what the import took."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder / "consents.csv", rows)
        vault = Vault.create(folder / "vault" / "vault.db", f"file:{folder / 'v.key'}", NOW)
        ledger = Ledger.open(url or f"sqlite:///{folder / 'ledger.db'}")
        cpu, wall = time.process_time(), time.perf_counter()
        done = import_consents(ledger, vault, folder / "consents.csv", NOW)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        print(f"{done.taken:,} of {done.rows:,} consents: {cpu:.1f} s of CPU, {wall:.1f} s ({done.bad_rows} bad)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, sys.argv[2] if len(sys.argv) > 2 else "")
