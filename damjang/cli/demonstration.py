"""`damjang demo`: a generated corpus through the whole road, then as a trainer would use it, then against its gold."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sys
import time
from pathlib import Path

from rich.table import Table

from damjang.cli.show import console, counts_table, say


def demonstrate(folder: Path, docs: int, seed: int, workers: int, at: dt.datetime) -> None:
    """Everything a newcomer should see once. Idempotent: a second call finds finished work and answers at once."""
    from damjang.cli.projects import run_to_summary
    from damjang.cli.tracing import any_document

    started = time.monotonic()
    _found(folder, docs, seed, at)
    say("[bold]1.[/] run: register → ingest → refine → dedup → anonymize → assemble → validate → certify")
    summary = run_to_summary(folder / "project.yaml", workers=workers)
    console.print(counts_table(summary["counts"]))
    _pull_and_load(folder, summary["release"], at)
    _against_gold(folder)
    report = _report(folder, summary["release"], at)
    say(f"done in {time.monotonic() - started:.0f} s")
    say(f"[bold]open[/] {report}")
    say("try next:")
    command = _command()
    say(f"  {command} status --project {folder}/project.yaml")
    say(f"  {command} verify {folder}/out/releases/{summary['release']}")
    say(f"  {command} trace {any_document(folder / 'project.yaml')} --project {folder}/project.yaml")


def _command() -> str:
    """How to type this program here: in an environment that is not active it is not on the path."""
    if shutil.which("damjang") or sys.argv[0].endswith(".py"):
        return "damjang"
    return os.path.relpath(sys.argv[0])


def _found(folder: Path, docs: int, seed: int, at: dt.datetime) -> None:
    """Corpus, project file, vault, keys, and one enrolled cluster; what is there stays."""
    from damjang.certificates.files import write_atomic
    from damjang.demo.corpus import write_corpus
    from damjang.demo.project import demo_project_yaml
    from governance.founding import found_demo, found_keys, found_project
    from governance.keys import new_key

    if (folder / "project.yaml").exists():
        say(f"{folder} is there already: going on with it")
        return
    with console.status(f"generating {docs:,} documents"):
        made = write_corpus(folder / "corpus", docs, seed)
    size = f"{made.documents:,} documents, {made.text_bytes / 1e6:.1f} MB of text"
    say(f"[bold]0.[/] wrote {size} in {len(made.sources)} sources and 4 file formats, its gold beside it")
    found_project(folder, at, ledger="sqlite:///ledger.db", vault="vault/vault.db", vault_key="file:vault/vault.key")
    found_demo(folder, at)
    cluster = new_key(folder / "keys" / "cluster.key", "demo-cluster", "cluster", at)
    line = f"{{id: demo-cluster, operator: demo, country: KR, key: {cluster.public.raw.hex()}}}"
    write_atomic(folder / "clusters.yaml", f"clusters:\n  - {line}\n".encode())
    found_keys(folder, at, [])
    write_atomic(folder / "project.yaml", demo_project_yaml("corpus").encode())


def _pull_and_load(folder: Path, release: str, at: dt.datetime) -> None:
    """As a trainer: pull into a folder of its own, then read every batch."""
    import damjang
    from damjang.certificates.signers import signer_from_uri
    from damjang.client.clusters import enrolled
    from damjang.client.pull import pull
    from damjang.client.state import State, default_folder

    releases = folder / "out" / "releases"
    to = folder / "pulled" / release
    pulled = pull(
        releases,
        release,
        to,
        purpose="pretraining",
        cluster=enrolled(folder / "clusters.yaml", "demo-cluster"),
        signer=signer_from_uri(f"file:{(folder / 'keys' / 'cluster.key').resolve()}"),
        trust=folder / "trust" / "root.json",
        state=State(default_folder()),
        now=at,
        receipts=folder / "out" / "receipts",
    )
    shards = f"{pulled.copied} shards copied, {pulled.kept} there already"
    say(f"[bold]2.[/] verified and pulled {release} as demo-cluster: {shards}, receipt signed")
    started, rows, size = time.monotonic(), 0, 0
    for batch in damjang.open(to, purpose="pretraining"):
        rows += batch.num_rows
        size += batch.nbytes
    seconds = max(time.monotonic() - started, 1e-6)
    say(f"[bold]3.[/] loaded {rows:,} rows, {size / 1e6:.1f} MB, in {seconds:.2f} s ({size / 1e6 / seconds:,.0f} MB/s)")


def _against_gold(folder: Path) -> None:
    """What was planted, what was found."""
    from damjang.cli.goldcheck import compare_with_gold

    table = Table(title="정답과 비교 (against the gold)", title_justify="left")
    for column in ("kind", "planted", "found", "missed", "extra", "note"):
        table.add_column(column, justify="left" if column in ("kind", "note") else "right")
    for row in compare_with_gold(folder):
        numbers = [f"{number:,}" for number in (row.planted, row.found, row.missed, row.extra)]
        table.add_row(row.kind, *numbers, row.note)
    console.print(table)


def _report(folder: Path, release: str, at: dt.datetime) -> Path:
    from damjang.cli.reporting import write_report

    return write_report(folder / "project.yaml", release, None, at)
