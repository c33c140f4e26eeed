"""Sources, runs, releases and consents; every table is append-only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from governance.ledger.migrations.triggers import make_append_only

revision = "0001"
down_revision = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = (
    "consent_event",
    "consent_import",
    "consent_notice",
    "consent_record",
    "consent_root",
    "law_version",
    "notice",
    "policy",
    "release",
    "source",
    "stage_run",
    "tombstone_root",
    "certificate",
    "licence_snapshot",
    "pull",
    "release_event",
    "release_shard",
    "stage_count",
    "certificate_revocation",
)


def upgrade() -> None:
    """Makes the tables and the triggers that refuse UPDATE and DELETE."""
    op.create_table(
        "consent_event",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("subject_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("request_id", sa.String(length=32), nullable=True),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("recorded_at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_consent_event_subject", "consent_event", ["subject_id"], unique=False)
    op.create_table(
        "consent_import",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.Column("repeated", sa.BigInteger(), nullable=False),
        sa.Column("bad", sa.BigInteger(), nullable=False),
        sa.Column("bad_rows", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "consent_notice",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("version", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=64), nullable=False),
        sa.Column("purposes", sa.Text(), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("retention", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("sha256"),
    )
    op.create_table(
        "consent_record",
        sa.Column("record", sa.LargeBinary(length=16), nullable=False),
        sa.Column("import_digest", sa.String(length=64), nullable=False),
        sa.Column("subject_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("ground", sa.String(length=64), nullable=False),
        sa.Column("notice_sha256", sa.String(length=64), nullable=False),
        sa.Column("method", sa.String(length=64), nullable=False),
        sa.Column("given_at", sa.String(length=27), nullable=False),
        sa.Column("valid_until", sa.String(length=27), nullable=True),
        sa.Column("withdrawn_at", sa.String(length=27), nullable=True),
        sa.Column("guardian_ref", sa.String(length=32), nullable=True),
        sa.Column("flags", sa.Integer(), nullable=False),
        sa.Column("law_version", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("record"),
    )
    op.create_index("ix_consent_subject", "consent_record", ["subject_id", "purpose"], unique=False)
    op.create_table(
        "consent_root",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("as_of", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("subjects", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("root", "as_of", "purpose"),
    )
    op.create_table(
        "law_version",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("act", sa.String(length=200), nullable=False),
        sa.Column("article", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.String(length=10), nullable=False),
        sa.Column("effective_to", sa.String(length=10), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("act", "article", "effective_from"),
    )
    op.create_table(
        "notice",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("recipient", sa.String(length=64), nullable=False),
        sa.Column("requester", sa.String(length=32), nullable=True),
        sa.Column("subject_matter", sa.String(length=64), nullable=False),
        sa.Column("body_sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("due_at", sa.String(length=27), nullable=True),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "policy",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "release",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("project", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("folder", sa.String(length=200), nullable=False),
        sa.Column("manifest_digest", sa.String(length=64), nullable=False),
        sa.Column("merkle_root", sa.String(length=64), nullable=False),
        sa.Column("data_class", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("documents", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name", "version"),
    )
    op.create_table(
        "source",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("project", sa.String(length=64), nullable=False),
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("provider", sa.String(length=200), nullable=False),
        sa.Column("licence", sa.String(length=64), nullable=False),
        sa.Column("licence_expires", sa.String(length=10), nullable=True),
        sa.Column("ground", sa.String(length=64), nullable=False),
        sa.Column("ground_evidence", sa.Text(), nullable=True),
        sa.Column("ground_evidence_sha256", sa.String(length=64), nullable=True),
        sa.Column("pipc_resolution", sa.String(length=200), nullable=True),
        sa.Column("jurisdiction", sa.String(length=64), nullable=False),
        sa.Column("custody", sa.String(length=64), nullable=False),
        sa.Column("retention_until", sa.String(length=10), nullable=True),
        sa.Column("destroy_by", sa.String(length=10), nullable=True),
        sa.Column("child_directed", sa.Boolean(), nullable=False),
        sa.Column("registered_at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("project", "source_id", "version"),
    )
    op.create_table(
        "stage_run",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("project", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("folder", sa.String(length=200), nullable=False),
        sa.Column("manifest_digest", sa.String(length=64), nullable=False),
        sa.Column("policy_digest", sa.String(length=64), nullable=False),
        sa.Column("started_at", sa.String(length=27), nullable=True),
        sa.Column("recorded_at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("folder"),
    )
    op.create_table(
        "tombstone_root",
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("marks", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("version"),
    )
    op.create_table(
        "certificate",
        sa.Column("certificate_id", sa.String(), nullable=False),
        sa.Column("release", SERIAL, nullable=False),
        sa.Column("envelope", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.String(length=27), nullable=False),
        sa.Column("expires_at", sa.String(length=27), nullable=False),
        sa.Column("recorded_at", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["release"],
            ["release.id"],
        ),
        sa.PrimaryKeyConstraint("certificate_id"),
    )
    op.create_index(op.f("ix_certificate_release"), "certificate", ["release"], unique=False)
    op.create_table(
        "licence_snapshot",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("source", SERIAL, nullable=False),
        sa.Column("licence", sa.String(length=64), nullable=False),
        sa.Column("path", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["source"],
            ["source.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source", "sha256"),
    )
    op.create_table(
        "pull",
        sa.Column("receipt_digest", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("release", SERIAL, nullable=False),
        sa.Column("cluster_id", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("recorded_at", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["release"],
            ["release.id"],
        ),
        sa.PrimaryKeyConstraint("receipt_digest"),
    )
    op.create_index(op.f("ix_pull_release"), "pull", ["release"], unique=False)
    op.create_table(
        "release_event",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("release", SERIAL, nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("evidence", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["release"],
            ["release.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("release", "event", "evidence"),
    )
    op.create_index(op.f("ix_release_event_release"), "release_event", ["release"], unique=False)
    op.create_table(
        "release_shard",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("release", SERIAL, nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release"],
            ["release.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("release", "path"),
    )
    op.create_index(op.f("ix_release_shard_release"), "release_shard", ["release"], unique=False)
    op.create_table(
        "stage_count",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("stage_run", SERIAL, nullable=False),
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("documents", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["stage_run"],
            ["stage_run.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("stage_run", "source_id", "action", "reason"),
    )
    op.create_index(op.f("ix_stage_count_stage_run"), "stage_count", ["stage_run"], unique=False)
    op.create_table(
        "certificate_revocation",
        sa.Column("certificate_id", sa.String(), nullable=False),
        sa.Column("list_version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("revoked_at", sa.String(length=27), nullable=False),
        sa.Column("recorded_at", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.certificate_id"],
        ),
        sa.PrimaryKeyConstraint("certificate_id"),
    )
    make_append_only(TABLES)
