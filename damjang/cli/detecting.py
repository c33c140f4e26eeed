"""detect, evaluate, anonymize: doors for one file, without a project."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from damjang.cli.models import Gated, Labels, Model, named_models
from damjang.cli.options import FILES, Json
from damjang.cli.show import emit_json, reading, say

MinScore = Annotated[float, typer.Option(min=0.0, max=1.0, help="Leave out what scores below this.")]
Text = Annotated[str, typer.Option(help="The field with the text.")]


def add_to(app: typer.Typer) -> None:
    """Register this file's commands."""
    app.command("detect", rich_help_panel=FILES)(detect)
    app.command("evaluate", rich_help_panel=FILES)(evaluate)
    app.command("anonymize", rich_help_panel=FILES)(anonymize)


def detect(
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help='Lines {"id", "text"}; also .gz, .zst.')],
    out: Annotated[Path, typer.Option(help='Lines {"id", "spans"}; a span is start, end, type, score.')],
    text: Text = "text",
    ident: Annotated[
        str | None,
        typer.Option("--id", help="The field with the id (by default id, which texts may lack); @line: FILE:LINE."),
    ] = None,
    min_score: MinScore = 0.5,
    kiwi: Annotated[
        bool, typer.Option(help="Let Kiwi settle doubtful names: its model takes three seconds to load.")
    ] = True,
    model: Model = None,
    labels: Labels = None,
    gated: Gated = False,
    json: Json = False,
) -> None:
    """Find Korean personal information; offsets are code points of the text as given, end exclusive.

    One line out for each text in, in order; ids come out as they went in. A line that holds no text costs itself.

    Example: damjang detect texts.jsonl --out spans.jsonl
    """
    from damjang.cli.detect_cmd import Notes
    from damjang.cli.detect_cmd import detect as find

    tell, quiet = _beside(out, json)
    notes, least = Notes(), round(min_score * 1_000_000)
    models = named_models(model, labels, gated, least)
    with reading(quiet) as progress:
        counts = find(
            file, out, text=text, ident=ident, min_score_ppm=least, kiwi=kiwi, recognizers=models, notes=notes,
            progress=progress,
        )  # fmt: skip
    if json:
        emit_json(counts | notes.json())
        return
    texts = counts.pop("texts")
    tell(f"{texts:,} texts, {sum(counts.values()):,} spans: wrote {out}")
    for kind, number in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        tell(f"  {kind:<18} {number:>9,}")
    for line in notes.told():
        tell(line)


def evaluate(
    gold: Annotated[
        Path, typer.Argument(metavar="GOLD.jsonl", help='Lines {"text", "spans"}; a span is start, end, label.')
    ],
    labels: Annotated[
        Path | None, typer.Option("--map", help="YAML from the gold's labels to ours, such as name: PERSON.")
    ] = None,
    text: Text = "text",
    min_score: MinScore = 0.5,
    model: Model = None,
    model_labels: Labels = None,
    gated: Gated = False,
    json: Json = False,
) -> None:
    """Precision, recall and F1 a type, strictly and by overlap, with 95 % intervals.

    Example: damjang evaluate gold.jsonl --map labels.yaml
    """
    from anonymizers.entities import entities
    from damjang.cli.detect_cmd import GoldNotes, short
    from damjang.cli.detect_cmd import evaluate as score

    notes, least = GoldNotes(), round(min_score * 1_000_000)
    models = named_models(model, model_labels, gated, least)
    with reading(json) as progress:
        report = score(
            gold, labels=labels, text=text, min_score_ppm=least, recognizers=models, notes=notes, progress=progress
        )
    rows: list[dict[str, Any]] = report.rows()
    if json:
        for line in notes.told():
            typer.echo(line, err=True)
        emit_json(rows)
        return
    _plain(f"{notes.texts:,} texts were scored")
    for how in ("strict", "overlap"):
        _plain(f"{how}: {'a span is right to the character' if how == 'strict' else 'a span touches the right one'}")
        _plain(f"  {'label':<18}{'gold':>8}{'found':>8}  {'precision':<19}{'recall':<19}F1")
        for row in rows:
            if row["match"] == how:
                counts = f"{row['gold']:>8,}{row['predicted']:>8,}"
                f1 = "–" if row["f1"] is None else f"{row['f1']:.3f}"
                _plain(f"  {short(row['label']):<18}{counts}  {_rate(row, 'precision')}{_rate(row, 'recall')}{f1}")
    strange = sorted({str(row["label"]) for row in rows} - {"*", *entities()})
    if strange and labels is None:
        some = ", ".join(map(short, strange[:20]))
        _plain(f"not our labels: {some}; say with --map which of ours they mean (lines like name: PERSON)")
    for line in notes.told():
        _plain(line)


def _rate(row: dict[str, Any], name: str) -> str:
    if row[name] is None:  # 0 of 0
        return f"{'–':<19}"
    low, high = row[f"{name}_interval"]
    return f"{row[name]:.3f} ({low:.2f}–{high:.2f})".ljust(19)


def anonymize(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="JSON lines with a text field, or any UTF-8 text; also .gz, .zst.")
    ],
    out: Annotated[Path, typer.Option(help="The rewritten file.")],
    policy: Annotated[str, typer.Option(help="A shipped policy's name, or a .yaml file.")] = "pretraining-public",
    text: Text = "text",
    also: Annotated[list[str] | None, typer.Option(help="Another field to rewrite; repeat.")] = None,
    decisions: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write what became of each line, and why, here.")
    ] = None,
    model: Model = None,
    labels: Labels = None,
    gated: Gated = False,
    json: Json = False,
) -> None:
    """Rewrite the personal information in one file, as the policy says. Needs no project.

    Lists and models that a policy file names lie beside it. Other fields go through as they are; what seems personal in
    them is told.

    Example: damjang anonymize texts.jsonl --out clean.jsonl --policy pretraining-public
    """
    from damjang.cli.anonymize_cmd import anonymize_file

    tell, quiet = _beside(out, json)
    models = named_models(model, labels, gated, 300_000)  # what to do with a doubtful one is the policy's to say
    with reading(quiet) as progress:
        done = anonymize_file(
            file, out, policy, text=text, also=also or (), recognizers=models, decisions=decisions, progress=progress
        )
    if json:
        emit_json(asdict(done))
        return
    tell(f"{done.texts:,} texts: {done.kept:,} kept, {done.changed:,} changed, {done.dropped:,} dropped, "
         f"{done.quarantined:,} quarantined; wrote {out}")  # fmt: skip
    for kind, number in done.found.items():
        tell(f"  {kind:<18} {number:>9,}")
    if done.review:
        tell(f"  {done.review:,} spans lie between two thresholds and were masked; an officer would look at them")
    for line in done.notes:
        tell(line)


def _plain(line: str) -> None:
    """As it is: a label or a field's name may look like markup."""
    from rich.markup import escape

    say(escape(line))


def _beside(out: Path, json: bool) -> tuple[Callable[[str], None], bool]:
    """(how to tell, whether progress stays quiet): what goes to standard output goes there alone."""
    from damjang.cli.outfile import is_stdout

    if not is_stdout(out):
        return _plain, json
    if json:
        raise typer.BadParameter("--json and --out would both go to standard output")
    return lambda line: typer.echo(line, err=True), True
