"""What a stage is to the driver: what it reads, its steps, and how receipts become a manifest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pipelines.dataset import Manifest, Receipt
from schemas.policy import Policy
from schemas.project import Project

if TYPE_CHECKING:  # workers import this module and never the ledger or the vault
    from governance.ledger import Ledger
    from governance.vault import Vault

Receipts = Mapping[str, Sequence[Receipt]]  # step name -> its receipts, in unit order


@dataclass
class Run:
    """Everything a run was given, and the manifests it has so far. Time and keys come from outside."""

    project: Project
    policy: Policy
    now: dt.datetime
    vault: Vault
    ledger: Ledger
    workers: int = 1
    runner: str = "direct"
    manifests: dict[str, Manifest] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)  # what register settled: source decisions, snapshot root …

    @property
    def out(self) -> Path:
        return self.project.root / self.project.output

    def folder(self, stage: str) -> Path:
        """Where a finished stage of this run lies."""
        return self.out / "stages" / self.manifests[stage].folder


@dataclass(frozen=True)
class Planned:
    """One step, planned: the units are fixed before it runs and do not depend on runner or workers."""

    name: str
    process: str  # "module:function"
    units: Sequence[Mapping[str, Any]]  # each has "index": 0..n-1
    config: Mapping[str, Any]


class Stage(Protocol):
    """A stage of the road. `version` changes when its output would, for equal input."""

    @property
    def name(self) -> str:
        """As in a stage folder's name."""

    @property
    def version(self) -> str:
        """The stage's declared version."""

    @property
    def inputs(self) -> Sequence[str]:
        """Names of the stages it reads."""

    def reads(self, run: Run) -> Mapping[str, Any]:
        """Beyond input manifests, all that its output depends on; names the output folder."""

    def secrets(self, run: Run) -> Mapping[str, bytes]:
        """Keys that only this stage needs (Keyring.extra)."""

    def others(self, run: Run) -> Mapping[str, str]:
        """{name: folder} of stages of earlier runs whose files its workers may open."""

    def steps(self) -> Sequence[str]:
        """Names of its steps in order."""

    def plan(self, step: str, run: Run, receipts: Receipts) -> Planned:
        """The units of a step, from the input manifests and the receipts of earlier steps."""

    def finish(self, run: Run, receipts: Receipts) -> tuple[Sequence[Any], Mapping[str, Any], Mapping[str, Any]]:
        """(parts, side files, facts) of the manifest."""


class StageBase:
    """Defaults for a stage with nothing special to say."""

    inputs: Sequence[str] = ()

    def reads(self, run: Run) -> Mapping[str, Any]:
        return {}

    def secrets(self, run: Run) -> Mapping[str, bytes]:
        return {}

    def others(self, run: Run) -> Mapping[str, str]:
        return {}
