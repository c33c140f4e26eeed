"""Collects one decision a document while a unit runs, and the counts that go into its part."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pyarrow as pa

from schemas.arrow import DECISIONS


@dataclass
class Decisions:
    """Decisions of one part. No document leaves a stage without one (design.md, Words)."""

    stage: str
    policy_digest: str
    _ids: list[bytes] = field(default_factory=list)
    _actions: list[str] = field(default_factory=list)
    _reasons: list[str] = field(default_factory=list)
    _scores: list[int] = field(default_factory=list)
    _thresholds: list[int] = field(default_factory=list)

    def add(
        self, document_id: bytes, action: str, reason: str = "", score_ppm: int = -1, threshold_ppm: int = -1
    ) -> None:
        self._ids.append(document_id)
        self._actions.append(action)
        self._reasons.append(reason)
        self._scores.append(score_ppm)
        self._thresholds.append(threshold_ppm)

    def __len__(self) -> int:
        return len(self._ids)

    def table(self) -> pa.Table:
        rows = len(self)
        return pa.table(
            [
                pa.array(self._ids, DECISIONS.field("document_id").type),
                pa.array([self.stage] * rows, pa.string()),
                pa.array(self._actions, pa.string()),
                pa.array(self._reasons, pa.string()),
                pa.array(self._scores, pa.int32()),
                pa.array(self._thresholds, pa.int32()),
                pa.array([self.policy_digest] * rows, pa.string()),
            ],
            schema=DECISIONS,
        )

    def counts(self) -> dict[str, int]:
        """{in, kept, changed, dropped, quarantined}: the terms of the conservation sum."""
        found = Counter(self._actions)
        return {"in": len(self)} | {name: found[name] for name in ("kept", "changed", "dropped", "quarantined")}

    def reasons(self) -> dict[str, int]:
        """{"action:reason": documents}, for everything but a plain keep."""
        pairs = zip(self._actions, self._reasons, strict=True)
        found = Counter(f"{action}:{reason}" for action, reason in pairs if reason)
        return dict(sorted(found.items()))
