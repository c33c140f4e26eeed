"""Runs stages: names their folders, plans, supervises, checks receipts, and only then writes manifest and ledger.

Only the driver writes the ledger, one idempotent transaction a stage, after its manifest (design.md, data flow 4).
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from governance.keyring import Keyring, session_key, unwrap_file_key
from governance.lineage import key_datasets
from pipelines.dataset import Manifest, Receipt
from pipelines.environment import lock_digest
from pipelines.errors import OutputLocked, StageIncomplete
from pipelines.files import digest_of, write_json
from pipelines.options import direct_options
from pipelines.stage import Planned, Receipts, Run, Stage
from pipelines.supervise import Host
from pipelines.work import StepContext, receipt_path

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Progress:
    """Told to the reporter while a step runs: units done of units planned, in step `number` of `of`."""

    stage: str
    step: str
    done: int
    total: int
    number: int = 1
    of: int = 1


Report = Callable[[Progress], None]


class Driver:
    """Strings stages for one run. `report` hears of progress; `options` are another runner's (None: FnApiRunner)."""

    def __init__(self, run: Run, options: Sequence[str] | None, report: Report) -> None:
        self.run = run
        self._options = options
        self._report = report
        self._session = session_key() or os.urandom(32)
        self._host: Host | None = None

    @property
    def runs(self) -> Path:
        return self.run.out / "runs"

    def warm(self) -> None:
        """Start importing Beam in the background: called as soon as a stage is known to have work."""
        if self._host is None:
            self._host = Host(self.runs, self._session)
        self._host.start()

    def close(self) -> None:
        if self._host is not None:
            self._host.close()
        for stale in self.runs.glob("keyring-*"):
            stale.unlink()

    def folder_of(self, stage: Stage) -> tuple[str, dict[str, Any]]:
        """(folder name, what it digests): inputs, configuration, policy, project key id, version, lock."""
        reads = {
            "stage": stage.name,
            "version": stage.version,
            "inputs": {name: self.run.manifests[name].digest for name in stage.inputs},
            "reads": stage.reads(self.run),
            "project_key_id": self.run.vault.project_key_id,
            "lock": lock_digest(),
        }
        return f"{stage.name}-{digest_of(reads)[:16]}", reads

    def execute(self, stage: Stage) -> Manifest:
        """The stage's manifest, made now or found. Raises what pipelines.errors names."""
        name, reads = self.folder_of(stage)
        folder = self.run.out / "stages" / name
        if not (folder / MANIFEST).exists():
            self.warm()
            started = time.monotonic()
            self._make(stage, folder, reads)
            self.run.facts.setdefault("seconds", {})[stage.name] = time.monotonic() - started
        manifest = Manifest.load(folder / MANIFEST)
        self._seal(folder, manifest)
        self.run.manifests[stage.name] = manifest
        self.run.ledger.record_stage(
            stage=stage.name,
            folder=name,
            manifest_digest=manifest.digest,
            counts=manifest.by_source(),
            policy_digest=self.run.policy.digest,
            recorded_at=self.run.now,
            project=self.run.project.name,
            reasons=manifest.reasons(),
        )
        return manifest

    def _make(self, stage: Stage, folder: Path, reads: dict[str, Any]) -> None:
        if self.run.vault.dataset_state(folder.name) == "sealed":  # somebody removed the folder or its manifest
            shutil.rmtree(folder, ignore_errors=True)
            self.run.vault.reopen_dataset(folder.name, self.run.now)
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / "reads.json", reads)
        receipts: dict[str, list[Receipt]] = {}
        for step in stage.steps():
            planned = stage.plan(step, self.run, receipts)
            write_json(folder / ("plan.json" if not receipts else f"plan-{step}.json"), {"units": list(planned.units)})
            receipts[step] = self._step(stage, folder, planned, receipts)
        parts, side, facts = stage.finish(self.run, receipts)
        inputs = dict(reads["inputs"])
        Manifest(stage.name, stage.version, folder.name, inputs, tuple(parts), dict(side), dict(facts)).save(
            folder / MANIFEST
        )

    def _step(self, stage: Stage, folder: Path, planned: Planned, receipts: Receipts) -> list[Receipt]:
        paths = [receipt_path(folder, planned.name, unit["index"]) for unit in planned.units]
        done = folder / "receipts" / planned.name
        done.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(folder / "failures" / planned.name, ignore_errors=True)
        pending = [unit for unit, path in zip(planned.units, paths, strict=True) if not path.exists()]

        def tick() -> None:
            finished = sum(1 for entry in os.scandir(done) if entry.name.endswith(".json"))
            place = len(receipts) + 1, len(stage.steps())
            self._report(Progress(stage.name, planned.name, min(finished, len(paths)), len(paths), *place))

        if pending:
            self._work(stage, folder, planned, pending, receipts, tick)
        missing = [path.stem for path in paths if not path.exists()]
        if missing:
            raise StageIncomplete(
                f"{stage.name}/{planned.name}: {len(missing)} of {len(paths)} units left no receipt",
                "run the same command again; if it repeats, see out/runs/host.log",
            )
        loaded = [Receipt.load(path) for path in paths]
        for receipt, path in zip(loaded, paths, strict=True):
            if any(not (folder / ref.path).is_file() for ref in receipt.files()):
                path.unlink()  # the next run makes this unit again
                raise StageIncomplete(
                    f"{stage.name}/{planned.name}: a file of unit {receipt.unit} is gone", "run the same command again"
                )
        return loaded

    def _work(
        self,
        stage: Stage,
        folder: Path,
        planned: Planned,
        pending: Sequence[Any],
        receipts: Receipts,
        tick: Callable[[], None],
    ) -> None:
        keyring_path = self.runs / f"keyring-{folder.name}-{planned.name}-{os.urandom(4).hex()}"
        self.runs.mkdir(parents=True, exist_ok=True)
        self._keyring(stage, folder, receipts).seal(keyring_path, self._session)
        context = StepContext(
            stage=stage.name,
            step=planned.name,
            folder=str(folder),
            keyring=str(keyring_path),
            root=str(self.run.project.root),
            inputs={name: str(self.run.out / "stages" / name_of) for name, name_of in self._folders(stage).items()},
            config=dict(planned.config),
        )
        self.warm()
        assert self._host is not None
        try:
            tick()
            options = self._options if self._options is not None else direct_options(self._processes(len(pending)))
            self._host.run(planned.process, pending, context, options, tick)
        finally:
            keyring_path.unlink(missing_ok=True)

    def _processes(self, units: int) -> int:
        """Starting worker processes costs 5 s a step, so a step with few units runs in the host itself."""
        return self.run.workers if units >= 4 * self.run.workers else 1

    def _folders(self, stage: Stage) -> dict[str, str]:
        """{name: folder} of what the stage's workers may open, beside its own."""
        return {name: manifest.folder for name, manifest in self.run.manifests.items()} | dict(stage.others(self.run))

    def _keyring(self, stage: Stage, folder: Path, receipts: Receipts) -> Keyring:
        vault = self.run.vault
        wrap = vault.dataset_wrap_key(folder.name, self.run.now)
        files: dict[str, bytes] = {}
        for name in self._folders(stage).values():
            for dataset in (name, *key_datasets(self.run.out / "stages" / name)):
                files.update(vault.file_keys(dataset))
        for made in receipts.values():
            files.update(_unwrapped(wrap, made))
        return Keyring(vault.project_key, wrap, files, stage.secrets(self.run))

    def _seal(self, folder: Path, manifest: Manifest) -> None:
        """Move the new files' keys into the vault, once, and drop files no manifest names (late orphans')."""
        vault = self.run.vault
        if vault.dataset_state(folder.name) == "sealed":
            return
        wrap = vault.dataset_wrap_key(folder.name, self.run.now)
        named = {ref.file_id for part in manifest.parts for ref in part.files.values()}
        named |= {ref.file_id for refs in manifest.side.values() for ref in refs}
        keys: dict[str, bytes] = {}
        for path in sorted((folder / "receipts").glob("*/*.json")):
            keys.update({name: key for name, key in _unwrapped(wrap, [Receipt.load(path)]).items() if name in named})
        if named - set(keys):
            (folder / MANIFEST).unlink()
            raise StageIncomplete(f"{manifest.stage}: a receipt and the manifest differ", "run the same command again")
        vault.seal_dataset(folder.name, keys, self.run.now)
        kept = {ref.path for part in manifest.parts for ref in part.files.values()}
        kept |= {ref.path for refs in manifest.side.values() for ref in refs}
        for file in folder.glob("*/*.djf*"):
            if str(file.relative_to(folder)) not in kept:
                file.unlink()
        for file in folder.rglob("*.tmp"):  # what a killed worker was writing
            file.unlink(missing_ok=True)


def _unwrapped(wrap: bytes, receipts: Sequence[Receipt]) -> dict[str, bytes]:
    return {
        file_id: unwrap_file_key(wrap, bytes.fromhex(file_id), sealed)
        for receipt in receipts
        for file_id, sealed in receipt.keys.items()
    }


@contextmanager
def output_lock(out: Path) -> Iterator[None]:
    """Hold the output folder: two runs on it at once would tread on one another. Freed when the process ends."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / ".lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OutputLocked(
                f"another run is working in {out.name}/", "wait for it (`damjang status` shows it), then run again"
            ) from None
        yield


def load_manifest(folder: Path) -> Manifest:
    return Manifest.load(folder / MANIFEST)
