"""Triggers that refuse UPDATE, DELETE and TRUNCATE. A hindrance; the proof is a checkpoint kept outside."""

from __future__ import annotations

from collections.abc import Iterable

from alembic import op


def make_append_only(tables: Iterable[str]) -> None:
    """Puts the triggers on these tables; for use inside a migration, on SQLite and PostgreSQL."""
    if op.get_bind().dialect.name == "sqlite":
        for table in tables:
            for act in ("UPDATE", "DELETE"):
                op.execute(
                    f'CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON "{table}" '
                    f"BEGIN SELECT RAISE(ABORT, 'append-only'); END"
                )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION damjang_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'append-only' USING ERRCODE = 'restrict_violation'; END $$"
    )
    for table in tables:
        op.execute(
            f'CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON "{table}" '
            "FOR EACH ROW EXECUTE FUNCTION damjang_append_only()"
        )
        op.execute(
            f'CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON "{table}" '
            "FOR EACH STATEMENT EXECUTE FUNCTION damjang_append_only()"
        )
