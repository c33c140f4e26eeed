"""What ran: finished stages with their counts, policies, consent roots, tombstone versions, destructions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import insert, select

from governance.errors import CountsDisagree, LedgerConflict
from governance.ledger.core import LedgerBase
from governance.ledger.models.rights import DestructionRow
from governance.ledger.models.runs import ConsentRoot, StageCount, StageRun, TombstoneRoot
from governance.ledger.models.sources import Policy
from governance.times import stamp
from governance.vault.destruction import Destruction

ACTIONS = ("kept", "changed", "dropped", "quarantined")


@dataclass(frozen=True)
class StageInfo:
    """A finished stage as the ledger has it. `counts`: {source: {in, kept, changed, dropped, quarantined}}."""

    stage: str
    folder: str
    manifest_digest: str
    policy_digest: str
    recorded_at: str
    counts: Mapping[str, Mapping[str, int]]
    reasons: Mapping[str, Mapping[str, int]]


class StageRows(LedgerBase):
    """Rows that a run leaves. Everything here may be written again with the same content, and is then kept once."""

    def record_stage(
        self,
        *,
        stage: str,
        folder: str,
        manifest_digest: str,
        counts: Mapping[str, Mapping[str, int]],
        policy_digest: str,
        recorded_at: dt.datetime,
        project: str = "",
        reasons: Mapping[str, Mapping[str, int]] | None = None,
        started_at: dt.datetime | None = None,
    ) -> bool:
        """Records a finished stage in one transaction; False when it is there already.

        `counts`: {source: {in, kept, changed, dropped, quarantined}}; `reasons`: {source: {reason: documents}}.
        Raises CountsDisagree when a source does not add up, LedgerConflict when the folder had another manifest.
        """
        rows = [row for source, numbers in sorted(counts.items()) for row in _count_rows(stage, source, numbers)]
        for source, numbers in sorted((reasons or {}).items()):
            rows += [_row(source, "reason", reason, n) for reason, n in sorted(numbers.items()) if reason]
        with self.write() as connection:
            known = connection.execute(
                select(StageRun.manifest_digest).where(StageRun.folder == folder)
            ).scalar_one_or_none()
            if known is not None:
                if known != manifest_digest:
                    raise LedgerConflict(
                        f"stage {stage} was recorded before with another manifest",
                        "The folder was changed after its run: restore it, or remove it and run again.",
                    )
                return False
            made = connection.execute(
                insert(StageRun).values(
                    project=project, stage=stage, folder=folder, manifest_digest=manifest_digest,
                    policy_digest=policy_digest, recorded_at=stamp(recorded_at),
                    started_at=stamp(started_at) if started_at else None,
                )
            )  # fmt: skip
            run = made.inserted_primary_key[0] if made.inserted_primary_key else None
            if rows:
                connection.execute(insert(StageCount), [row | {"stage_run": run} for row in rows])
        return True

    def stages(self, folders: Iterable[str] | None = None) -> list[StageInfo]:
        """Finished stages, oldest first; of these folders only, if given."""
        wanted = None if folders is None else set(folders)
        with self.read() as connection:
            runs = connection.execute(select(StageRun).order_by(StageRun.id)).all()
            counts = connection.execute(select(StageCount).order_by(StageCount.id)).all()
        by_run: dict[int, tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]] = {}
        for row in counts:
            totals, reasons = by_run.setdefault(row.stage_run, ({}, {}))
            if row.action == "reason":
                reasons.setdefault(row.source_id, {})[row.reason] = row.documents
            else:
                totals.setdefault(row.source_id, {})[row.action] = row.documents
        return [
            StageInfo(r.stage, r.folder, r.manifest_digest, r.policy_digest, r.recorded_at, *by_run.get(r.id, ({}, {})))
            for r in runs
            if wanted is None or r.folder in wanted
        ]

    def record_policy(self, name: str, digest: str, body: str, now: dt.datetime) -> None:
        """Keeps a policy's text under its digest."""
        with self.write() as connection:
            if connection.execute(select(Policy.digest).where(Policy.digest == digest)).first() is None:
                connection.execute(insert(Policy).values(digest=digest, name=name, body=body, recorded_at=stamp(now)))

    def record_consent_root(self, root: str, as_of: dt.date, purpose: str, subjects: int, now: dt.datetime) -> None:
        """Keeps the root (hex) of a consent snapshot that a run used."""
        key = (ConsentRoot.root == root, ConsentRoot.as_of == as_of.isoformat(), ConsentRoot.purpose == purpose)
        with self.write() as connection:
            if connection.execute(select(ConsentRoot.id).where(*key)).first() is None:
                connection.execute(
                    insert(ConsentRoot).values(
                        root=root, as_of=as_of.isoformat(), purpose=purpose, subjects=subjects, recorded_at=stamp(now)
                    )
                )

    def record_tombstones(self, version: str, marks: int, now: dt.datetime) -> None:
        """Keeps a version of the tombstones that a run obeyed."""
        with self.write() as connection:
            if (
                connection.execute(select(TombstoneRoot.version).where(TombstoneRoot.version == version)).first()
                is None
            ):
                connection.execute(insert(TombstoneRoot).values(version=version, marks=marks, recorded_at=stamp(now)))

    def record_destructions(
        self,
        entries: Iterable[Destruction],
        now: dt.datetime,
        *,
        method: str = "key_destroyed",
        request_id: str | None = None,
        approver: str | None = None,
    ) -> int:
        """Copies entries of the destruction register here; returns how many were new.

        Written *before* the vault destroys (an order that a crash leaves standing is replayed) or after, or both.
        """
        with self.write() as connection:
            known = {
                tuple(row)
                for row in connection.execute(select(DestructionRow.kind, DestructionRow.target, DestructionRow.at))
            }
            rows = [
                {
                    "kind": e.kind, "target": e.target, "reason": e.reason, "at": e.at, "method": method,
                    "request_id": request_id, "approver": approver, "recorded_at": stamp(now),
                }
                for e in sorted(set(entries))
                if (e.kind, e.target, e.at) not in known
            ]  # fmt: skip
            if rows:
                connection.execute(insert(DestructionRow), rows)
        return len(rows)

    def destructions(self) -> list[Destruction]:
        """The destruction register as the ledger has it, oldest first: what a restored vault replays."""
        with self.read() as connection:
            order = (DestructionRow.at, DestructionRow.kind, DestructionRow.target)
            return [
                Destruction(r.kind, r.target, r.reason, r.at)
                for r in connection.execute(select(DestructionRow).order_by(*order))
            ]


def _count_rows(stage: str, source: str, numbers: Mapping[str, int]) -> list[dict[str, object]]:
    total = numbers.get("in", 0)
    parts = sum(numbers.get(action, 0) for action in ACTIONS)
    if total != parts:
        raise CountsDisagree(
            f"stage {stage}, source {source}: {total} documents went in, {parts} came out or were accounted for",
            "A stage that does not add up is never recorded: run it again, and report it if it repeats.",
        )
    return [_row(source, action, "", numbers.get(action, 0)) for action in ("in", *ACTIONS)]


def _row(source: str, action: str, reason: str, documents: int) -> dict[str, object]:
    return {"source_id": source, "action": action, "reason": reason, "documents": documents}
