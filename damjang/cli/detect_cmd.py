"""`damjang detect` and `damjang evaluate` as plain functions: files in, files and rows out.

Formats: texts `{"id", "text"}` a line; spans `{"id", "spans": [[start, end, type, score], …]}`; gold `{"text", "spans":
[[start, end, label], …]}`. Offsets are code points, end exclusive. No error shows a line's content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from damjang.cli.json_lines import Ids, Line, Names, read_lines
from damjang.cli.label_map import label_map, unknown_labels
from damjang.cli.line_files import LINE_IDS, NO_TEXT, NOT_TEXT, FileInputError, LeftOut, Opened, opened
from damjang.cli.outfile import writing

if TYPE_CHECKING:
    from anonymizers.evaluate import Report
    from anonymizers.findings import Recognized

BATCH: Final = 2_000_000  # characters looked at in one go
MODEL_BATCH: Final = 50_000  # the same where a model reads too: seconds, so that progress shows
MIN_SCORE_PPM: Final = 500_000
NO_SPANS: Final = "without spans"
BAD_SPANS: Final = "with spans that are not [start, end, label]"
OUTSIDE: Final = "with a span that is empty or does not lie in its text"
_KIWI_LEAST: Final = 20_000  # of a file's start, that Kiwi may read to settle names: a third of a second
_KIWI_PPM: Final = 300  # and of everything behind it

LineError = FileInputError
Progress = Callable[[int, int | None], None]
"""Told (bytes read, bytes of the file; None for a pipe)."""


def silent(done: int, size: int | None) -> None:
    """Tells nobody."""


@dataclass
class Notes:
    """What a person should know beside the counts: lines left out, texts without an id or with another's."""

    left: LeftOut = field(default_factory=LeftOut)
    ids: Ids | None = None

    def told(self) -> list[str]:
        """A line each; none when all is well."""
        return ([self.left.by_line()] if self.left.total else []) + (self.ids.told() if self.ids else [])

    def json(self) -> dict[str, Any]:
        """The same for scripts; {} when all is well."""
        made: dict[str, Any] = {}
        if self.left.total:
            made |= {"left_out": self.left.reasons, "left_out_lines": self.left.lines}
        if self.ids and self.ids.missing:
            made["without_id"] = self.ids.missing
        if self.ids and (repeated := self.ids.repeated()[0]):
            made["repeated_ids"] = repeated
        return made


def detect(
    source: Path,
    out: Path,
    *,
    text: str = "text",
    ident: str | None = None,
    min_score_ppm: int = MIN_SCORE_PPM,
    kiwi: bool = True,
    recognizers: Sequence[Recognized] = (),
    notes: Notes | None = None,
    progress: Progress = silent,
) -> dict[str, int]:
    """Writes the spans of every text in `source` to `out`, a line a text, in order; returns counts by type, "texts"
    among them.

    `ident` is the field with the id (None: `id`, which may be missing; LINE_IDS: FILE:LINE); ids come out as they went
    in. A line that holds no text is left out and told in `notes`. `kiwi`: whether Kiwi settles doubtful names; its
    model loads (three seconds) when the first one is met. `recognizers` are asked besides ours.
    """
    import orjson

    from anonymizers import analyze

    notes = notes or Notes()
    counts: dict[str, int] = {"texts": 0}
    ids = notes.ids = Ids(source, ident)
    with opened(source) as file, writing(out, [source]) as made:
        wanted = [text] if ident in (None, LINE_IDS) else [text, str(ident)]
        for lines, texts in batches(file, text, wanted, notes.left, MODEL_BATCH if recognizers else BATCH):
            least = _KIWI_LEAST if kiwi and not counts["texts"] else 0
            every = analyze(
                texts,
                min_score_ppm=min_score_ppm,
                recognizers=recognizers,
                kiwi_least=least,
                kiwi_budget_ppm=_KIWI_PPM if kiwi else 0,
            )
            for line, found in zip(lines, every, strict=True):
                spans = orjson.dumps([[f.start, f.end, f.type, f.score_ppm / 1_000_000] for f in found])
                made.write(b'{"id":' + ids.of(line) + b',"spans":' + spans + b"}\n")
                for f in found:
                    counts[f.type] = counts.get(f.type, 0) + 1
            counts["texts"] += len(texts)
            progress(file.done(), file.size)
    return counts


@dataclass
class GoldNotes:
    """What a person should know beside the scores; a label is its own, however many spans have it."""

    texts: int = 0
    left: LeftOut = field(default_factory=LeftOut)
    unmapped: dict[str, int] = field(default_factory=dict)  # gold labels that the map lacks: spans not scored
    unused: list[str] = field(default_factory=list)  # labels of the map that no span of the gold has

    def told(self) -> list[str]:
        """A line each; none when all is well."""
        said = [self.left.by_line()] if self.left.total else []
        if self.unmapped:
            some = ", ".join(f"{short(label)} ({count:,})" for label, count in sorted(self.unmapped.items())[:20])
            said.append(f"not in --map, so not scored: {some}; map a label to null to leave it out on purpose")
        if self.unused:
            said.append(f"in --map, but no span of the gold has it: {', '.join(map(short, self.unused[:20]))}")
        return said


def short(label: str) -> str:
    """A label for a person's eyes."""
    return label if len(label) <= 40 else label[:40] + "…"


def evaluate(
    gold: Path,
    *,
    labels: Path | None = None,
    text: str = "text",
    min_score_ppm: int = MIN_SCORE_PPM,
    recognizers: Sequence[Recognized] = (),
    notes: GoldNotes | None = None,
    progress: Progress = silent,
) -> Report:
    """Scores our findings on the texts of `gold` against its spans.

    `labels` is a YAML or JSON file that maps the gold's labels to ours: `{"phone": ["MOBILE", "PHONE"], "misc": null}`.
    A line whose spans can't be right is left out, text and all, and told in `notes`; so are labels that no map knows.
    """
    from anonymizers import analyze
    from anonymizers.evaluate import evaluate as score

    notes = notes or GoldNotes()
    means = label_map(labels) if labels else None
    wanted: list[list[tuple[int, int, str]]] = []
    predicted: list[list[tuple[int, int, str]]] = []
    with opened(gold) as file:
        size = MODEL_BATCH if recognizers else BATCH
        for lines, texts in batches(file, text, [text, "spans"], notes.left, size, gold_fault):
            found = analyze(
                texts,
                min_score_ppm=min_score_ppm,
                recognizers=recognizers,
                kiwi_least=_KIWI_LEAST if not wanted else 0,
                kiwi_budget_ppm=_KIWI_PPM,
            )
            wanted += [[(span[0], span[1], span[2]) for span in line.row["spans"]] for line in lines]
            predicted += [[(f.start, f.end, f.type) for f in one] for one in found]
            notes.texts += len(texts)
            progress(file.done(), file.size)
    if means is not None:
        notes.unmapped, notes.unused = unknown_labels(wanted, means)
    return score(wanted, predicted, means)


def gold_fault(row: dict[str, Any], text: str) -> str:
    """Why a line of gold can't be scored; '' if it can."""
    if "spans" not in row:
        return NO_SPANS
    spans = row["spans"]
    if not isinstance(spans, list):
        return BAD_SPANS
    for span in spans:
        if not isinstance(span, list) or len(span) < 3:
            return BAD_SPANS
        start, end, label = span[:3]
        if type(start) is not int or type(end) is not int or not isinstance(label, str) or not label:
            return BAD_SPANS
        if not 0 <= start < end <= len(text):
            return OUTSIDE
    return ""


def batches(
    file: Opened,
    name: str,
    wanted: list[str],
    left: LeftOut,
    size: int = BATCH,
    fault_of: Callable[[dict[str, Any], str], str] = lambda row, text: "",
) -> Iterator[tuple[list[Line], list[str]]]:
    """Lines with a text under `name`, about `size` characters at a time; a null is an empty text. What has none, or is
    at fault otherwise, is added to `left`. Raises FileInputError where no line has the fields of `wanted`."""
    lines: list[Line] = []
    texts: list[str] = []
    held = read = 0
    names = Names()
    for line in read_lines(file):
        names.add(line.row)
        text = line.row.get(name)
        fault = line.fault
        if not fault and not isinstance(text, str):
            if name not in line.row:
                fault = NO_TEXT
            elif text is None:
                text = ""
            else:
                fault = NOT_TEXT
        fault = fault or fault_of(line.row, str(text))
        if fault:
            left.add_line(fault, file.path, line.number)
            continue
        read += 1
        lines.append(line)
        texts.append(str(text))
        held += len(texts[-1])
        if held >= size:
            yield lines, texts
            lines, texts, held = [], [], 0
    names.check(file.path, wanted, read, left)
    if texts:
        yield lines, texts
