"""detect, evaluate, anonymize: doors for one file, without a project."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from damjang.cli.options import FILES, Json
from damjang.cli.show import emit_json, say

MinScore = Annotated[float, typer.Option(min=0.0, max=1.0, help="Leave out what scores below this.")]


def add_to(app: typer.Typer) -> None:
    """Register this file's commands."""
    app.command("detect", rich_help_panel=FILES)(detect)
    app.command("evaluate", rich_help_panel=FILES)(evaluate)
    app.command("anonymize", rich_help_panel=FILES)(anonymize)


def detect(
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help='Lines {"id", "text"}.')],
    out: Annotated[Path, typer.Option(help='Lines {"id", "spans"}; a span is start, end, type, score.')],
    min_score: MinScore = 0.5,
    kiwi: Annotated[
        bool, typer.Option(help="Let Kiwi settle doubtful names: its model takes three seconds to load.")
    ] = True,
    json: Json = False,
) -> None:
    """Find Korean personal information; offsets are code points of the text as given, end exclusive.

    Example: damjang detect texts.jsonl --out spans.jsonl
    """
    from damjang.cli.detect_cmd import detect as find

    counts = find(file, out, min_score_ppm=round(min_score * 1_000_000), kiwi=kiwi)
    if json:
        emit_json(counts)
        return
    texts = counts.pop("texts")
    say(f"{texts:,} texts, {sum(counts.values()):,} spans: wrote {out}")
    for kind, number in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        say(f"  {kind:<18} {number:>9,}")


def evaluate(
    gold: Annotated[
        Path, typer.Argument(metavar="GOLD.jsonl", help='Lines {"text", "spans"}; a span is start, end, label.')
    ],
    labels: Annotated[
        Path | None, typer.Option("--map", help="YAML from the gold's labels to ours, such as name: PERSON.")
    ] = None,
    min_score: MinScore = 0.5,
    json: Json = False,
) -> None:
    """Precision, recall and F1 a type, strictly and by overlap, with 95 % intervals.

    Example: damjang evaluate gold.jsonl --map labels.yaml
    """
    from anonymizers.entities import entities
    from damjang.cli.detect_cmd import evaluate as score

    report = score(gold, labels=labels, min_score_ppm=round(min_score * 1_000_000))
    rows: list[dict[str, Any]] = report.rows()
    if json:
        emit_json(rows)
        return
    for how in ("strict", "overlap"):
        say(f"{how}: {'a span is right to the character' if how == 'strict' else 'a span touches the right one'}")
        say(f"  {'label':<18}{'gold':>8}{'found':>8}  {'precision':<19}{'recall':<19}F1")
        for row in rows:
            if row["match"] == how:
                counts = f"{row['gold']:>8,}{row['predicted']:>8,}"
                rates = f"{_rate(row, 'precision')}  {_rate(row, 'recall')}  {row['f1']:.3f}"
                say(f"  {row['label']!s:<18}{counts}  {rates}")
    strange = sorted({str(row["label"]) for row in rows} - {"*", *entities()})
    if strange and labels is None:
        say(f"not our labels: {', '.join(strange)}; say with --map which of ours they mean (lines like name: PERSON)")


def _rate(row: dict[str, Any], name: str) -> str:
    low, high = row[f"{name}_interval"]
    return f"{row[name]:.3f} ({low:.2f}–{high:.2f})"


def anonymize(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JSONL with a text field, or any UTF-8 text file.")],
    out: Annotated[Path, typer.Option(help="The rewritten file.")],
    policy: Annotated[str, typer.Option(help="A shipped policy's name, or a .yaml file.")] = "pretraining-public",
    json: Json = False,
) -> None:
    """Rewrite the personal information in one file, as the policy says. Needs no project.

    Example: damjang anonymize texts.jsonl --out clean.jsonl --policy pretraining-public
    """
    from damjang.cli.anonymize_cmd import anonymize_file

    done = anonymize_file(file, out, policy)
    if json:
        emit_json(asdict(done))
        return
    say(f"{done.texts:,} texts: {done.kept:,} kept, {done.changed:,} changed, {done.dropped:,} dropped, "
        f"{done.quarantined:,} quarantined; wrote {out}")  # fmt: skip
    for kind, number in done.found.items():
        say(f"  {kind:<18} {number:>9,}")
    if done.review:
        say(f"  {done.review:,} spans lie between two thresholds and were masked; an officer would look at them")
