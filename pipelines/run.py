"""The whole road for one project: register, then each stage in order. What `damjang run` and Airflow call.

Stages are imported here, Beam only in the host process: a rerun of finished work answers from manifests.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from governance.errors import GroundsRefused
from governance.ledger import Ledger
from governance.vault import Vault
from pipelines.diskfull import named_disk_full
from pipelines.driver import Driver, Progress, load_manifest, output_lock
from pipelines.errors import NothingToDo
from pipelines.files import write_json
from pipelines.stage import Run, Stage
from schemas.errors import ConfigError
from schemas.policy import load_policy
from schemas.project import Project

ORDER = ("register", "ingest", "refine", "dedup", "anonymize", "assemble", "validate", "certify")
RUNNERS = ("direct", "flink")


@dataclass(frozen=True)
class Options:
    """How to run: none of it changes a byte of the output."""

    workers: int = 1
    runner: str = "direct"
    only: str | None = None
    flink_jar: Path | None = None


def stages() -> dict[str, Stage]:
    """The Beam stages by name, in order."""
    from pipelines.stages.anonymize import AnonymizeStage
    from pipelines.stages.assemble import Assemble
    from pipelines.stages.dedup import DedupStage
    from pipelines.stages.ingest import Ingest
    from pipelines.stages.refine import Refine
    from pipelines.stages.validate import Validate

    made: Sequence[Stage] = (Ingest(), Refine(), DedupStage(), AnonymizeStage(), Assemble(), Validate())
    return {stage.name: stage for stage in made}


def open_run(project: Project, now: dt.datetime, options: Options) -> Run:
    """Policy, vault and ledger of a project. Raises ConfigError, VaultMissing, LedgerMissing …"""
    if options.runner not in RUNNERS:
        raise ConfigError(f"runner {options.runner!r} is unknown", f"valid values: {', '.join(RUNNERS)}")
    if options.only is not None and options.only not in ORDER:
        raise ConfigError(f"step {options.only!r} is unknown", f"valid values: {', '.join(ORDER)}")
    policy = load_policy(project.policy, project.root)
    if policy.purpose != project.purpose:
        raise ConfigError(
            f"project purpose is {project.purpose}, policy {policy.name} is for {policy.purpose}",
            "name a policy for this purpose",
        )
    with named_disk_full(project.root):
        vault = Vault.open(project.root / project.vault, resolve_key(project, project.vault_key))
        ledger = Ledger.open(project.ledger, project.root)
    return Run(project, policy, now, vault, ledger, options.workers, options.runner)


def resolve_key(project: Project, uri: str) -> str:
    """A `file:` key URI made absolute; relative ones are relative to the project."""
    if uri.startswith("file:") and not uri.startswith("file:/"):
        return f"file:{(project.root / uri.removeprefix('file:')).resolve()}"
    return uri


def run_project(
    run: Run, options: Options, report: Callable[[Progress], None], announce: Callable[[str], None]
) -> dict[str, object]:
    """Run every stage (or `only` one); returns a summary. Holds the output folder's lock throughout."""
    with named_disk_full(run.project.root), output_lock(run.out), _driver(run, options, report) as driver:
        from pipelines.lineage_out import emit_events, index_run
        from pipelines.released import bases
        from pipelines.stages.register import register

        bases(run)  # before any work: an unusable one is named now
        register(run)
        _refuse_unlawful(run)
        announce("register")
        found = stages()
        for name in ORDER[1:-1]:
            if options.only is not None and options.only != name:
                if ORDER.index(name) < ORDER.index(options.only):
                    _find(run, driver, found[name])
                continue
            try:
                driver.execute(found[name])
            except Exception as error:
                emit_events(run, found, failed=(name, type(error).__name__))
                raise
            announce(name)
        try:
            if options.only in (None, "certify"):
                from pipelines.stages.certify import certify

                certify(run)
                announce("certify")
        finally:  # also when a gate fails: `damjang status` and `damjang trace` then say why
            emit_events(run, found)
            summary = _summary(run)
            write_json(run.out / "runs" / "latest.json", summary)
        index_run(run)
        return summary


def _refused(run: Run) -> dict[str, dict[str, str]]:
    """Sources that may not be used, with the article and the reason; the others go on."""
    return {
        source: {"reason": told.reason_code, "article": told.article, "ko": told.reason_ko, "en": told.reason_en}
        for source, told in run.facts.get("decisions", {}).items()
        if not told.allowed
    }


def _refuse_unlawful(run: Run) -> None:
    """Where no source may be used there is nothing to run for. Raises GroundsRefused."""
    refused = _refused(run)
    if refused and len(refused) == len(run.project.sources):
        told = "; ".join(f"{source}: {why['ko']} ({why['article']})" for source, why in refused.items())
        raise GroundsRefused(f"no source may be used: {told}", next(iter(refused.values()))["en"])


def _find(run: Run, driver: Driver, stage: Stage) -> None:
    """An earlier stage that `--only` relies on."""
    name, _ = driver.folder_of(stage)
    folder = run.out / "stages" / name
    if not (folder / "manifest.json").exists():
        raise NothingToDo(f"{stage.name} has not run for these inputs", f"run `--only {stage.name}` first")
    run.manifests[stage.name] = load_manifest(folder)


@contextmanager
def _driver(run: Run, options: Options, report: Callable[[Progress], None]) -> Iterator[Driver]:
    runner_options = None
    if options.runner == "flink":
        from pipelines.flink import runner_options as flink

        jar = options.flink_jar or Path(".cache/flink-job-server.jar")
        runner_options = flink(jar, options.workers, run.out / "runs" / "flink")
    driver = Driver(run, runner_options, report)
    try:
        yield driver
    finally:
        driver.close()


def _summary(run: Run) -> dict[str, object]:
    """What `damjang status`, the report and the demo read: folders by stage, counts, the release, how long it took."""
    dedup, anonymize = (run.manifests[name].facts if name in run.manifests else {} for name in ("dedup", "anonymize"))
    released = anonymize.get("released", {})
    return {
        "project": run.project.name,
        "release": run.facts.get("release", ""),
        "gates": [[g.id, g.article, g.verdict, g.detail, g.evidence_sha256] for g in run.facts.get("gates", ())],
        "refused": _refused(run),
        "folders": {name: manifest.folder for name, manifest in run.manifests.items()},
        "counts": {name: manifest.by_source() for name, manifest in run.manifests.items() if manifest.parts},
        "alarms": dedup.get("alarms", []),
        "recall": {"dedup": dedup.get("recall", {}), "released": released.get("recall", {})},
        "seconds": {name: round(value, 3) for name, value in run.facts.get("seconds", {}).items()},
        "input_bytes": run.manifests["ingest"].facts["input_bytes"] if "ingest" in run.manifests else 0,
        "at": run.now.isoformat(),
    } | ({"lineage_not_sent": run.facts["lineage_not_sent"]} if "lineage_not_sent" in run.facts else {})
