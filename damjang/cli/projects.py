"""init, run, status, demo: the data engineer's commands."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any

import typer

from damjang.cli.show import console, counts_table, emit_json, live, say

Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


def now() -> dt.datetime:
    """The command's time, read once and passed on."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def add_to(app: typer.Typer) -> None:
    """Register this file's commands."""
    app.command("init")(init)
    app.command("run")(run)
    app.command("status")(status)
    app.command("demo")(demo)


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new project folder.")],
    name: Annotated[str | None, typer.Option(help="Project name; the folder's by default.")] = None,
    demo_root: Annotated[bool, typer.Option("--demo", help="One person holds every key; reports say so.")] = False,
) -> None:
    """Make a project: a commented project.yaml, vault, ledger and keys.

    Example: damjang init korean-public
    """
    from damjang.cli.template import TEMPLATE
    from governance.founding import found_demo, found_keys, found_project
    from schemas.errors import ConfigError

    path = folder / "project.yaml"
    if path.exists():
        raise ConfigError(f"{path} is there already", "choose another folder; a project is never overwritten")
    folder.mkdir(parents=True, exist_ok=True)
    at = now()
    label = _project_name(name or folder.resolve().name)
    path.write_text(TEMPLATE.format(name=label, as_of=at.date().isoformat()), encoding="utf-8")
    (folder / "clusters.yaml").write_text("# clusters that may pull: id, operator, country, public key\nclusters: []\n")
    found_project(folder, at, ledger="sqlite:///ledger.db", vault="vault/vault.db", vault_key="file:vault/vault.key")
    if demo_root:
        found_demo(folder, at)
    else:
        found_keys(folder, at, [("engineer-1", "engineer"), ("log-1", "log")])
    say(f"made {path}: name your sources there, then: damjang run {path}")
    if not demo_root:
        say(
            "before the first certificate, officers make keys (`damjang keys new`) and you name them (`damjang trust new`)"
        )


def _project_name(text: str) -> str:
    cleaned = "".join(c if c.isascii() and c.isalnum() else "-" for c in text.lower()).strip("-")
    return (cleaned if cleaned[:1].isalpha() else f"p-{cleaned}")[:40].rstrip("-")


def run(
    project: Annotated[Path, typer.Argument(metavar="PROJECT.yaml")],
    workers: Annotated[int | None, typer.Option(min=1, help="Worker processes; the project file's by default.")] = None,
    runner: Annotated[str, typer.Option(help="direct | flink")] = "direct",
    only: Annotated[str | None, typer.Option(help="One step: register, ingest, refine, …, certify.")] = None,
    as_of: Annotated[str | None, typer.Option(help="Judge grounds and consents as of this day (YYYY-MM-DD).")] = None,
    flink_jar: Annotated[Path | None, typer.Option(help="Beam's Flink job server.")] = None,
    json: Json = False,
) -> None:
    """Run a project: register, ingest, refine, dedup, anonymize, assemble, validate, certify.

    Finished stages are found, not redone; after a crash the same command goes on. Example: damjang run project.yaml
    """
    summary = run_to_summary(project, workers, runner, only, as_of, flink_jar, quiet=json)
    if json:
        emit_json(summary)
    else:
        _tell(summary)


def run_to_summary(
    project: Path,
    workers: int | None = None,
    runner: str = "direct",
    only: str | None = None,
    as_of: str | None = None,
    flink_jar: Path | None = None,
    *,
    quiet: bool = False,
) -> dict[str, Any]:
    """What `run` does, for other commands."""
    from pipelines.run import Options, open_run, run_project
    from schemas.errors import ConfigError
    from schemas.projectfile import load_project

    try:
        day = dt.date.fromisoformat(as_of) if as_of else None
    except ValueError:
        raise ConfigError("--as-of is not a date", "write YYYY-MM-DD") from None
    loaded = load_project(project, as_of=day)
    options = Options(workers or loaded.workers, runner, only, flink_jar)
    opened = open_run(loaded, now(), options)
    with live(quiet) as bars:
        return run_project(opened, options, bars.report, bars.announce)


def _tell(summary: dict[str, Any]) -> None:
    console.print(counts_table(summary["counts"]))
    for stage, seconds in summary["seconds"].items():
        size = summary["input_bytes"] / 1e6
        say(f"{stage:<10} {seconds:7.1f} s  {size / max(seconds, 0.001):8.1f} MB/s of input")
    if summary["release"]:
        say(f"release {summary['release']}: see `damjang status`")


def status(
    project: Annotated[Path, typer.Option("--project", help="The project file.")] = Path("project.yaml"),
    json: Json = False,
) -> None:
    """What has run, what waits, what is published.

    Example: damjang status --project demo/project.yaml
    """
    from governance.ledger import Ledger
    from schemas.projectfile import load_project

    loaded = load_project(project)
    ledger = Ledger.open(loaded.ledger, loaded.root, create=False)
    releases = [
        {"release": r.label, "state": r.state, "documents": r.documents, "bytes": r.bytes, "data_class": r.data_class}
        for r in ledger.releases(loaded.name)
    ]
    stages = [
        {"stage": s.stage, "folder": s.folder, "counts": s.counts, "recorded_at": s.recorded_at}
        for s in ledger.stages()
    ]
    if json:
        emit_json({"project": loaded.name, "stages": stages, "releases": releases})
        return
    if not stages:
        say("nothing has run yet: damjang run " + str(project))
        return
    latest = {s["stage"]: s["counts"] for s in stages if s["counts"]}
    console.print(counts_table(latest))  # type: ignore[arg-type]
    for row in releases:
        say(f"{row['release']}: {row['state']}, {row['documents']:,} rows, {row['bytes']:,} bytes, {row['data_class']}")


def demo(
    folder: Annotated[Path, typer.Option("--dir", help="Where to make the demo.")] = Path("demo"),
    docs: Annotated[int, typer.Option(min=200, help="How many documents.")] = 20_000,
    seed: Annotated[int, typer.Option(help="Another seed, another corpus.")] = 1,
    workers: Annotated[int, typer.Option(min=1)] = 1,
) -> None:
    """The whole road on a generated corpus: make, run, verify, pull, load, report.

    Example: damjang demo --dir demo
    """
    from damjang.cli.demonstration import demonstrate

    demonstrate(folder, docs, seed, workers, now())
