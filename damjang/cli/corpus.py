"""demo-corpus and dedup: doors that need no project."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from damjang.cli.options import FILES, Json
from damjang.cli.show import console, emit_json, say


def add_to(app: typer.Typer) -> None:
    """Register this file's commands."""
    app.command("demo-corpus", rich_help_panel=FILES)(demo_corpus)
    app.command("dedup", rich_help_panel=FILES)(dedup)


def demo_corpus(
    out: Annotated[Path, typer.Option(help="A new folder for the corpus and its gold.")],
    docs: Annotated[int, typer.Option(min=200, help="How many documents.")] = 20_000,
    seed: Annotated[int, typer.Option(help="The same seed and number give the same bytes.")] = 1,
    json: Json = False,
) -> None:
    """Generate a Korean corpus with planted duplicates, personal information, consents and damage; gold beside it.

    Example: damjang demo-corpus --out corpus --docs 20000 --seed 1
    """
    from dataclasses import asdict

    from damjang.demo.corpus import write_corpus

    with console.status(f"generating {docs:,} documents") if not json else nullcontext():
        made = write_corpus(out, docs, seed)
    if json:
        emit_json(asdict(made))
        return
    say(
        f"wrote {made.documents:,} documents, {made.file_bytes / 1e6:.1f} MB, to {out}; the gold lies in {out / 'gold'}"
    )


def dedup(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILES…", help="JSONL or CSV (also .gz, .zst), Parquet or Arrow.")
    ],
    text: Annotated[str, typer.Option(help="The text column.")] = "text",
    id: Annotated[str, typer.Option(help="The id column; @line for files without ids: FILE:LINE.")] = "id",
    threshold: Annotated[float, typer.Option(min=0.01, max=1.0, help="Exact Jaccard over 5-code-point windows.")] = 0.8,
    out: Annotated[Path, typer.Option(help="A Parquet file: id, survivor_id, jaccard, kind.")] = Path(
        "clusters.parquet"
    ),
    prefer: Annotated[
        str, typer.Option(help="Which of two stays: longest (of equals the least id) | first (as read).")
    ] = "longest",
    memory: Annotated[
        int | None,
        typer.Option(min=1, help="MB to hold at once (half of what is free); more goes to temporary files by --out."),
    ] = None,
    json: Json = False,
) -> None:
    """Find exact and near duplicates in files; every pair is verified. Needs no project.

    Example: damjang dedup a.jsonl b.jsonl --text text --id id --threshold 0.8 --out clusters.parquet
    """
    from dataclasses import asdict
    from time import perf_counter

    from damjang.cli.dedup_cmd import dedup_files
    from damjang.cli.measure import peak_memory, rate, spare_memory

    before, started = peak_memory(), perf_counter()
    with console.status("comparing") if not json else nullcontext():
        limit = memory * 1_000_000 if memory else spare_memory()
        found = dedup_files(files, text, id, threshold, out, prefer=prefer, memory=limit)
    seconds, peak = perf_counter() - started, peak_memory()
    each = (peak - before) // max(1, found.documents)
    if json:
        emit_json(asdict(found) | {"seconds": seconds, "peak_memory": peak, "memory_per_document": each})
        return
    say(str(found))
    held = "text in temporary files" if found.spilled else "text in memory"
    say(f"{rate(found.text_bytes, seconds)}; peak memory {peak / 1e6:,.0f} MB, {each:,} bytes a document ({held})")
    say(f"wrote {out}")
