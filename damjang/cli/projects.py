"""init, run, demo: the data engineer's commands."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any

import typer

from damjang.cli.options import ENGINEER, Json, now
from damjang.cli.show import console, counts_table, emit_json, live, say

__all__ = ["Json", "add_to", "now", "run_to_summary"]


def add_to(app: typer.Typer) -> None:
    """Register this file's commands."""
    app.command("init", rich_help_panel=ENGINEER)(init)
    app.command("run", rich_help_panel=ENGINEER)(run)
    app.command("demo", rich_help_panel=ENGINEER)(demo)


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new project folder.")],
    name: Annotated[str | None, typer.Option(help="Project name; the folder's by default.")] = None,
    demo_root: Annotated[bool, typer.Option("--demo", help="One person holds every key; reports say so.")] = False,
    json: Json = False,
) -> None:
    """Make a project: a commented project.yaml, vault, ledger and keys.

    Example: damjang init korean-public
    """
    from damjang.cli.template import GITIGNORE, TEMPLATE
    from governance.founding import found_demo, found_keys, found_project
    from schemas.errors import ConfigError

    path = folder / "project.yaml"
    if path.exists():
        raise ConfigError(f"{path} is there already", "choose another folder; a project is never overwritten")
    folder.mkdir(parents=True, exist_ok=True)
    at = now()
    found_project(folder, at, ledger="sqlite:///ledger.db", vault="vault/vault.db", vault_key="file:vault/vault.key")
    if demo_root:
        found_demo(folder, at)
    else:
        found_keys(folder, at, [("engineer-1", "engineer"), ("log-1", "log")])
    (folder / "data").mkdir(exist_ok=True)
    (folder / "clusters.yaml").write_text("# clusters that may pull: id, operator, country, public key\nclusters: []\n")
    (folder / ".gitignore").write_text(GITIGNORE, encoding="utf-8")
    label = _project_name(name or folder.resolve().name)
    path.write_text(TEMPLATE.format(name=label, as_of=at.date().isoformat()), encoding="utf-8")
    if json:
        emit_json({"project": str(path), "name": label, "demo": demo_root})
        return
    say(f"made {path}: put text into {folder / 'data'}, name its source there, then: damjang run {path}")
    if not demo_root:
        say("the first release needs a root of trust: `damjang keys new` for each officer, then `damjang trust new`")
        say(f"back up {folder / 'vault'} and {folder / 'keys'}, apart from one another: without them nothing opens")


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

    Finished stages are found, not redone; after a crash the same command goes on.

    Example: damjang run project.yaml
    """
    summary = run_to_summary(project, workers, runner, only, as_of, flink_jar, quiet=json)
    if json:
        emit_json(summary)
    else:
        _tell(summary, project)


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


def _tell(summary: dict[str, Any], project: Path) -> None:
    console.print(counts_table(summary["counts"]))
    for source, why in summary["refused"].items():
        say(f"[yellow]이용 불가 (refused)[/] {source}: {why['ko']} ({why['article']}; {why['reason']})")
    for stage, seconds in summary["seconds"].items():
        size = summary["input_bytes"] / 1e6
        say(f"{stage:<10} {seconds:7.1f} s  {size / max(seconds, 0.001):8.1f} MB/s of input")
    if not summary["seconds"]:
        say("nothing to do: every stage had finished before")
    if "lineage_not_sent" in summary:
        say(f"[yellow]계보 전송 실패 (lineage not sent)[/]: {summary['lineage_not_sent']}; the next run sends them")
    for step, found in summary["recall"].items():
        if found.get("pairs"):
            pairs = f"{found['found']} of {found['pairs']} pairs"
            say(f"재현율 (recall) {step}: {pairs} that exact search finds in a sample")
    for alarm in summary["alarms"]:
        shares = f"{alarm['share_ppm'] / 10_000:g} % of its documents (limit {alarm['limit_ppm'] / 10_000:g} %)"
        say(f"[yellow]경보 (alarm)[/] dedup took {shares} from {alarm['source_id']}")
    if summary["release"]:
        _tell_release(str(summary["release"]), project)


def _tell_release(release: str, project: Path) -> None:
    """Published in a demo root; elsewhere it waits for officers, and says for which."""
    from damjang.cli.officers import open_office
    from governance.issuing import proposals

    loaded, _, office = open_office(project, log_key=False)
    if office.published(release).exists():
        say(f"published: {office.published(release)}")
        return
    for waiting in proposals(office, now()):
        if waiting.release == release:
            missing = waiting.threshold - len(waiting.approved_by)
            say(f"제안됨 (proposed): {release} waits for {missing} more of {waiting.threshold} officers; each types:")
            say(f"  damjang sign {release} --key file:THEIR.key --project {loaded.root / project.name}")


def demo(
    folder: Annotated[Path, typer.Option("--dir", help="Where to make the demo.")] = Path("demo"),
    docs: Annotated[int, typer.Option(min=200, help="How many documents.")] = 20_000,
    seed: Annotated[int, typer.Option(help="Another seed, another corpus.")] = 1,
    workers: Annotated[int, typer.Option(min=1, help="Worker processes.")] = 1,
) -> None:
    """The whole road on a generated corpus: make, run, verify, pull, load, report.

    Example: damjang demo --dir demo
    """
    from damjang.cli.demonstration import demonstrate

    demonstrate(folder, docs, seed, workers, now())
