"""Recalls: what clusters were told to delete after a withdrawal, and whether they signed that it is deleted.

A withdrawal queues one notice a cluster (its text in out/withdrawals/REQUEST/notices.json, its digest in the ledger); a
signed deletion receipt for each release that the notice names answers it. Trained weights are not covered.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from governance.ledger import Ledger
from governance.ledger.models.releases import Notice
from governance.times import parse_stamp


@dataclass(frozen=True)
class Recall:
    """One notice. `missing`: releases that the cluster has not signed to have deleted. `late`: some are, past `due_at`.

    `releases` is empty where the notice's text is gone or is not the one in the ledger.
    """

    request_id: str
    cluster: str
    releases: tuple[str, ...]
    use_instead: tuple[str, ...]
    missing: tuple[str, ...]
    queued_at: dt.datetime
    due_at: dt.datetime
    late: bool

    @property
    def answered(self) -> bool:
        """Whether every release is signed to be deleted."""
        return bool(self.releases) and not self.missing


def holders(ledger: Ledger, label: str) -> set[str]:
    """Clusters that pulled a release and have not signed since that they deleted it."""
    last = {cluster: at for cluster, _, _, at in ledger.pulls(label)}
    gone = {cluster: at for cluster, _, _, at in ledger.pulls(label, "deletion")}
    return {cluster for cluster, at in last.items() if gone.get(cluster, "") < at}


def recalls(ledger: Ledger, withdrawals: Path, now: dt.datetime) -> list[Recall]:
    """Every recall notice, unanswered ones first, by due date. `withdrawals`: the project's out/withdrawals."""
    with ledger.read() as connection:
        rows = connection.execute(select(Notice).where(Notice.kind == "recall").order_by(Notice.id)).all()
    found = []
    for row in rows:
        body = _body(withdrawals / row.subject_matter / "notices.json", row.recipient, row.body_sha256)
        releases = tuple(body.get("delete", ()))
        missing = tuple(label for label in releases if row.recipient in holders(ledger, label))
        due = parse_stamp(row.due_at)
        late = now >= due and (bool(missing) or not releases)
        found.append(
            Recall(row.subject_matter, row.recipient, releases, tuple(body.get("use_instead", ())), missing,
                   parse_stamp(row.at), due, late)
        )  # fmt: skip
    return sorted(found, key=lambda one: (one.answered, one.due_at, one.cluster, one.request_id))


def _body(path: Path, cluster: str, digest: str) -> dict[str, Any]:
    from governance.withdrawal import digest_of_notice

    try:
        body: dict[str, Any] = json.loads(path.read_bytes())[cluster]
    except (FileNotFoundError, ValueError, KeyError):
        return {}
    return body if digest_of_notice(body) == digest else {}
