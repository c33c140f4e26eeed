"""Text of several styles, wrapped and drawn in a PDF. Lengths are millimetres, font sizes points.

Korean lines break at spaces (as the page's `word-break: keep-all`); a word wider than its line breaks anywhere. The
font is Noto Sans KR (OFL), which comes in a wheel and is embedded; bold is the same font with a stroke.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from fpdf import FPDF
from fpdf.enums import TextMode

from governance.report.pagetree import Node

FONT = "noto"
MM = 25.4 / 72
LEADING = 1.42
NARROWEST = 0.2  # of an em: no sign of the font is narrower, but marks that take no room
KEPT = "\u00a0"  # a space that no line breaks at
INK, SOFT = (22, 25, 29), (90, 98, 108)
GOOD, BAD, WARN, WAIT = (29, 107, 69), (168, 35, 31), (138, 90, 0), (45, 91, 140)
COLOURS = {
    **dict.fromkeys(("holds", "pass", "match", "enforced", "valid", "v-valid"), GOOD),
    **dict.fromkeys(("fails", "fail", "differs", "refuse", "none", "v-expired", "v-revoked", "v-failed"), BAD),
    **dict.fromkeys(("partial", "attested", "alarm", "stripe"), WARN),
    **dict.fromkeys(("measured", "proposed", "v-proposed"), WAIT),
    **dict.fromkeys(("not_applicable", "not_recomputed", "not_covered"), SOFT),
}
Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Style:
    """How a piece of text looks."""

    size: float
    colour: Colour = INK
    bold: bool = False


@dataclass(frozen=True)
class Run:
    """Text in one style. A text of "\\n" ends the line."""

    text: str
    style: Style


Line = tuple[Run, ...]


def runs(node: Node, style: Style, *, stacked: bool) -> Iterator[Run]:
    """An element's text. `stacked`: English stands below the Korean, as in table cells and lists, and not beside it."""
    for child in node.children:
        if isinstance(child, str):
            text = re.sub(r"[\x00-\x1f\x7f\s]+", " ", child)
            if text:
                yield Run(text, style)
        elif child.tag == "br":
            yield Run("\n", style)
        elif child.tag == "code":
            yield from _code(child, style)
        elif child.tag == "b":
            yield from runs(child, replace(style, bold=True), stacked=stacked)
        elif "chip" in child.classes:
            colour = next((COLOURS[name] for name in child.classes if name in COLOURS), style.colour)
            for run in runs(child, replace(style, colour=colour, bold=True), stacked=False):
                yield Run(run.text.replace(" ", KEPT), run.style)
        elif child.tag == "small" or "en" in child.classes:
            below = stacked or child.tag == "small"
            colour = style.colour if style.bold and style.colour != INK else SOFT
            smaller = Style(
                style.size * (0.84 if child.tag == "span" else 0.78), colour if child.tag == "span" else INK
            )
            if below:
                yield Run("\n", style)
            yield from runs(child, smaller, stacked=False)
            if below:
                yield Run("\n", style)
        else:
            yield from runs(child, style, stacked=stacked)


def _code(node: Node, style: Style) -> Iterator[Run]:
    """A digest in a table stands on two lines of 32 digits."""
    text = "".join(child for child in node.children if isinstance(child, str))
    if "d" in node.classes:
        small = replace(style, size=style.size * 0.72, bold=False)
        yield Run(text[:32], small)
        if text[32:]:
            yield Run("\n", small)
            yield Run(text[32:], small)
    else:
        yield Run(text, replace(style, size=style.size * 0.9, bold=False))


def write(pdf: FPDF, run: Run, x: float, y: float) -> None:
    """One run on its baseline."""
    pdf.set_font(FONT, size=run.style.size)
    pdf.set_text_color(*run.style.colour)
    if not run.text.strip():
        return
    if not run.style.bold:
        pdf.text(x, y, run.text)
        return
    pdf.set_draw_color(*run.style.colour)
    with pdf.local_context(text_mode=TextMode.FILL_STROKE, line_width=run.style.size * 0.0085):
        pdf.text(x, y, run.text)


def width(pdf: FPDF, run: Run) -> float:
    """How wide a run is on one line."""
    pdf.set_font(FONT, size=run.style.size)
    return float(pdf.get_string_width(run.text))


def height(line: Sequence[Run], least: float = 0) -> float:
    """The height of a line."""
    return max([run.style.size for run in line] or [least]) * MM * LEADING


def wrap(pdf: FPDF, pieces: Iterable[Run], wide: float) -> list[Line]:
    """Lines of at most `wide`, without spaces at their ends and without empty lines."""
    lines: list[list[Run]] = [[]]
    room = wide
    for piece in pieces:
        if piece.text == "\n":
            lines.append([])
            room = wide
            continue
        for word in re.findall(r" |[^ ]+", piece.text):
            run = Run(word, piece.style)
            if word == " " and not lines[-1]:
                continue
            long = width(pdf, run)
            if long > room and word != " " and lines[-1]:
                lines.append([])
                room = wide
            while long > room and len(run.text) > 1:
                cut = _fits(pdf, run, room)
                lines[-1].append(Run(run.text[:cut], run.style))
                lines.append([])
                run, room = Run(run.text[cut:], run.style), wide
                long = width(pdf, run)
            lines[-1].append(run)
            room -= long
    return [tuple(_joined(line)) for line in lines if any(run.text.strip() for run in line)]


def _fits(pdf: FPDF, run: Run, room: float) -> int:
    """How many characters of a run fit; at least one."""
    pdf.set_font(FONT, size=run.style.size)
    most = min(len(run.text), int(room / (run.style.size * MM * NARROWEST)) + 1)
    fitting = bisect_right(range(1, most + 1), room, key=lambda end: float(pdf.get_string_width(run.text[:end])))
    return max(fitting, 1)


def _joined(line: Sequence[Run]) -> Iterator[Run]:
    """Neighbours of one style as one run: a reader that copies text finds words and not letters."""
    kept: Run | None = None
    for run in line:
        if kept is not None and kept.style == run.style:
            kept = Run(kept.text + run.text, run.style)
        else:
            if kept is not None:
                yield kept
            kept = run
    if kept is not None:
        yield Run(kept.text.rstrip(), kept.style)


def tall(lines: Iterable[Line]) -> float:
    """The height of wrapped lines together."""
    return sum(height(line) for line in lines)


def draw(pdf: FPDF, lines: Iterable[Line], x: float, y: float, *, right: float | None = None) -> float:
    """Draws lines from the top at `y`; returns where they end. `right`: the edge to align to, in place of `x`."""
    for line in lines:
        high = height(line)
        at = x if right is None else right - sum(width(pdf, run) for run in line)
        baseline = y + high * 0.74
        for run in line:
            write(pdf, run, at, baseline)
            at += width(pdf, run)
        y += high
    return y
