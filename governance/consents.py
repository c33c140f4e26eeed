"""Consent, from files to the answer: import, events that came to us, and the snapshot that every run rests on.

How a subject's state is found, for one purpose, at the end of the as-of day in Korea:

1. A withdrawal or objection ends every consent given up to that moment, whatever file or ground it came with.
2. Of the consents given later, those on the ground `consent` that are in force count; the latest given one decides,
   and of several given at the same moment only what all of them allow (contradictions are read the strict way).
3. Records on another ground never make a withdrawn subject allowed again.
4. When that latest consent is a child's (under 14) without a verified guardian, the state is `child_without_guardian`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from sqlalchemy import func, insert, select

from governance.consent_rules import COVERS
from governance.consent_snapshot import ConsentProof, ConsentSnapshot, verify_proof
from governance.consent_state import NAMES, ConsentState, Flag, StateName
from governance.ledger.models.consents import ConsentEvent, ConsentImport, ConsentNotice, ConsentRecord
from governance.times import KST, stamp

if TYPE_CHECKING:
    from pathlib import Path

    from governance.consent_import import BadRow, ImportResult
    from governance.ledger import Ledger
    from governance.vault import Vault

__all__ = [
    "ConsentProof", "ConsentSnapshot", "ConsentState", "Notice", "import_consents", "imports", "notices_missing",
    "record_event", "record_notice", "recorded", "records_of", "snapshot", "verify_proof", "withdrawn_subjects",
]  # fmt: skip

ANY_PURPOSE = "*"
EVENTS = ("withdrawn", "objected")


def import_consents(
    ledger: Ledger, vault: Vault, path: Path, now: dt.datetime, sources: frozenset[str] | None = None
) -> ImportResult:
    """Imports a consent file (`.csv`, `.jsonl`, `.parquet`); see governance.consent_import. Bad rows are listed."""
    from governance import consent_import  # polars: a worker that only looks up must not pay for it

    return consent_import.import_consents(ledger, vault, path, now, sources)


@dataclass(frozen=True)
class Notice:
    """A notice that people were shown: version, language, what it said of purposes, items and retention."""

    sha256: str
    version: str
    language: str
    purposes: str
    items: str
    retention: str


def record_notice(ledger: Ledger, notice: Notice, now: dt.datetime) -> None:
    """Keeps a notice under the digest of its exact text (PIPA 15②, 22①)."""
    with ledger.write() as connection:
        if (
            connection.execute(select(ConsentNotice.sha256).where(ConsentNotice.sha256 == notice.sha256)).first()
            is None
        ):
            connection.execute(insert(ConsentNotice).values(**vars(notice), recorded_at=stamp(now)))


def notices_missing(ledger: Ledger) -> dict[str, int]:
    """{SHA-256: records} of the notices that records name and of which no exact text is on file."""
    with ledger.read() as connection:
        chosen = select(ConsentRecord.notice_sha256, func.count()).group_by(ConsentRecord.notice_sha256)
        kept = set(connection.execute(select(ConsentNotice.sha256)).scalars())
        return {digest: number for digest, number in connection.execute(chosen).tuples() if digest not in kept}


def record_event(
    ledger: Ledger,
    subject_id: bytes,
    source_id: str,
    event: Literal["withdrawn", "objected"],
    at: dt.datetime,
    now: dt.datetime,
    *,
    purpose: str = ANY_PURPOSE,
    channel: str = "request",
    request_id: str | None = None,
) -> bool:
    """Records a withdrawal (37①) or objection that came to us; the same one is kept once."""
    chosen = (
        (ConsentEvent.subject_id == subject_id) & (ConsentEvent.source_id == source_id) & (ConsentEvent.event == event)
        & (ConsentEvent.purpose == purpose) & (ConsentEvent.at == stamp(at))
    )  # fmt: skip
    with ledger.write() as connection:
        if connection.execute(select(ConsentEvent.id).where(chosen)).first() is not None:
            return False
        connection.execute(
            insert(ConsentEvent).values(
                subject_id=subject_id, source_id=source_id, purpose=purpose, event=event, channel=channel,
                request_id=request_id, at=stamp(at), recorded_at=stamp(now),
            )
        )  # fmt: skip
    return True


def records_of(ledger: Ledger, subject_id: bytes) -> list[dict[str, Any]]:
    """What was consented to, and when it ended (영41①5: 동의한 사실 및 내용), oldest first. No provider id in it."""
    columns = (
        "source_id", "purpose", "ground", "notice_sha256", "method", "given_at", "valid_until", "withdrawn_at", "flags",
        "law_version",
    )  # fmt: skip
    with ledger.read() as connection:
        chosen = select(ConsentRecord).where(ConsentRecord.subject_id == subject_id).order_by(ConsentRecord.given_at)
        rows = [{name: getattr(row, name) for name in columns} for row in connection.execute(chosen)]
        events = select(ConsentEvent).where(ConsentEvent.subject_id == subject_id).order_by(ConsentEvent.at)
        rows += [
            {"source_id": e.source_id, "purpose": e.purpose, "event": e.event, "at": e.at, "channel": e.channel}
            for e in connection.execute(events)
        ]
    for row in rows:
        if "flags" in row:
            row["flags"] = [flag.name.lower() for flag in Flag(row["flags"]) if flag.name]
    return rows


def imports(ledger: Ledger) -> list[dict[str, Any]]:
    """Imported files, oldest first: name, rows, taken, repeated, bad, when."""
    columns = ("name", "rows", "taken", "repeated", "bad", "imported_at")
    with ledger.read() as connection:
        found = connection.execute(select(ConsentImport).order_by(ConsentImport.imported_at, ConsentImport.digest))
        return [{name: getattr(row, name) for name in columns} for row in found]


def recorded(ledger: Ledger) -> list[dict[str, Any]]:
    """How many records there are by source, purpose and ground, with the first and the last given."""
    keys = (ConsentRecord.source_id, ConsentRecord.purpose, ConsentRecord.ground)
    sums = (func.count(), func.min(ConsentRecord.given_at), func.max(ConsentRecord.given_at))
    with ledger.read() as connection:
        rows = connection.execute(select(*keys, *sums).group_by(*keys).order_by(*keys)).all()
    names = ("source_id", "purpose", "ground", "records", "first_given_at", "last_given_at")
    return [dict(zip(names, row, strict=True)) for row in rows]


def withdrawn_subjects(ledger: Ledger) -> set[bytes]:
    """Ids of everybody whose withdrawal or objection came to us."""
    with ledger.read() as connection:
        return {bytes(one) for one in connection.execute(select(ConsentEvent.subject_id).distinct()).scalars()}


def snapshot(ledger: Ledger, vault: Vault, *, as_of: dt.date, purpose: str) -> ConsentSnapshot:
    """What the ledger says of every subject for a project's purpose at the end of `as_of` (Korean time)."""
    tokens, codes = _states(ledger, vault, as_of, purpose)
    return ConsentSnapshot.build(as_of, purpose, tokens, codes, vault.derive("consent-salt"))


def _states(ledger: Ledger, vault: Vault, as_of: dt.date, purpose: str) -> tuple[Any, Any]:
    """(tokens (n, 16) uint8, codes (n,) uint16), unsorted."""
    import polars as pl

    moment = stamp(dt.datetime.combine(as_of + dt.timedelta(days=1), dt.time(), KST))
    frame, ended = _rows(ledger, COVERS[purpose], moment, purpose)
    if frame.is_empty() and ended.is_empty():
        return np.zeros((0, 16), np.uint8), np.zeros(0, np.uint16)
    ids = {subject_id: token for token, subject_id in vault.subjects.all()}
    frame = frame.join(ended, on="subject_id", how="full", coalesce=True)
    given_after = pl.col("given_at") > pl.col("ended").fill_null("")
    alive = ((pl.col("ground") == "consent") & given_after).fill_null(False)
    begun = alive & (pl.col("given_at") < moment)
    over = pl.col("valid_until").is_not_null() & (pl.col("valid_until") < moment)
    child = (pl.col("flags") & int(Flag.CHILD) > 0) & (pl.col("flags") & int(Flag.GUARDIAN) == 0)
    # Of a subject's records those with the lowest rank speak, and among them the latest given.
    rank = (
        pl.when(begun & ~over).then(0)
        .when(begun).then(1)
        .when(pl.col("ended").is_not_null() & ~alive).then(2)
        .when(alive).then(3)
        .otherwise(4)
    )  # fmt: skip
    names: tuple[StateName, ...] = ("allowed", "expired", "withdrawn", "not_yet", "none")
    best = (
        frame.with_columns(rank.alias("rank"), child.fill_null(False).alias("child"))
        .filter(pl.col("rank") == pl.col("rank").min().over("subject_id"))
        .filter((pl.col("given_at") == pl.col("given_at").max().over("subject_id")).fill_null(True))
        .group_by("subject_id")
        .agg(pl.col("rank").first(), pl.col("flags").fill_null(0).bitwise_and(), pl.col("child").any())
        .filter(pl.col("rank") < names.index("none"))
    )
    kept = [(ids[s], *rest) for s, *rest in best.select("subject_id", "rank", "flags", "child").rows() if s in ids]
    tokens = np.frombuffer(b"".join(row[0] for row in kept), np.uint8).reshape(-1, 16)
    codes = [_code(names[rank], flags, child) for _, rank, flags, child in kept]
    return tokens, np.array(codes, np.uint16)


def _code(name: StateName, flags: int, child: bool) -> int:
    if name != "allowed":
        return NAMES.index(name)
    return ConsentState("child_without_guardian" if child else "allowed", Flag(flags)).code


def _rows(ledger: Ledger, purposes: tuple[str, ...], moment: str, purpose: str) -> tuple[Any, Any]:
    """(records that concern the purpose, the last withdrawal before `moment` of each subject)."""
    import polars as pl

    columns = (
        ConsentRecord.subject_id, ConsentRecord.ground, ConsentRecord.given_at, ConsentRecord.valid_until,
        ConsentRecord.withdrawn_at, ConsentRecord.flags,
    )  # fmt: skip
    kinds = {
        "subject_id": pl.Binary, "ground": pl.String, "given_at": pl.String, "valid_until": pl.String,
        "withdrawn_at": pl.String, "flags": pl.Int64,
    }  # fmt: skip
    with ledger.read() as connection:
        found = connection.execute(select(*columns).where(ConsentRecord.purpose.in_(purposes)))
        frame = pl.DataFrame([tuple(row) for row in found], schema=kinds, orient="row")
        chosen = ConsentEvent.purpose.in_((*purposes, purpose, ANY_PURPOSE)) & ConsentEvent.event.in_(EVENTS)
        found = connection.execute(select(ConsentEvent.subject_id, ConsentEvent.at).where(chosen))
        events = pl.DataFrame(
            [tuple(row) for row in found], schema={"subject_id": pl.Binary, "ended": pl.String}, orient="row"
        )
    told = frame.select("subject_id", pl.col("withdrawn_at").alias("ended")).drop_nulls()
    ended = pl.concat([told, events]).filter(pl.col("ended") < moment).group_by("subject_id").agg(pl.col("ended").max())
    return frame.drop("withdrawn_at"), ended


if TYPE_CHECKING:
    __all__ += ["BadRow", "ImportResult"]
