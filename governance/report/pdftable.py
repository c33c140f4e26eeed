"""A table of the report in a PDF: columns as wide as their text asks for, rows kept whole, the head on every page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fpdf import FPDF

from governance.report.pagetree import Node
from governance.report.pdftext import MM, Line, Run, Style, draw, runs, tall, width, wrap

SIZE, HEAD = 7.2, 7.0
PAD_X, PAD_Y = 1.1, 0.85
LINE, RULE = (213, 217, 222), (154, 162, 172)
FAINT, PINK = (245, 246, 248), (252, 243, 242)


@dataclass(frozen=True)
class Cell:
    """A cell before it is laid out. `number`: aligned to the right. `whole`: its lines are not broken."""

    runs: tuple[Run, ...]
    span: int
    number: bool
    whole: bool


@dataclass(frozen=True)
class Row:
    """A row. `heavy`: a strong rule above it; `fill`: its background."""

    cells: tuple[Cell, ...]
    fill: tuple[int, int, int] | None
    heavy: bool


def rows_of(table: Node) -> tuple[list[Row], list[Row]]:
    """(the head, the body with the foot)."""
    tight = "tight" in table.classes
    head: list[Row] = []
    body: list[Row] = []
    for part in table.elements("thead", "tbody", "tfoot"):
        for row in part.elements("tr"):
            made = _row(row, part.tag, tight)
            (head if part.tag == "thead" else body).append(made)
    return head, body


def _row(row: Node, part: str, tight: bool) -> Row:
    base = Style(HEAD, bold=True) if part == "thead" else Style(SIZE, bold=part == "tfoot")
    stacked = part == "thead" or (part == "tbody" and not tight)
    cells = tuple(
        Cell(
            tuple(runs(cell, base, stacked=stacked)),
            int(cell.attributes.get("colspan", "1")),
            number="num" in cell.classes,
            whole=not {"num", "nw"}.isdisjoint(cell.classes),
        )
        for cell in row.elements("td", "th")
    )
    fill = FAINT if part == "thead" else PINK if "refused" in row.classes else None
    return Row(cells, fill, part == "tfoot" or "first" in row.classes)


def widths(pdf: FPDF, rows: list[Row], wide: float) -> list[float]:
    """Between what the longest word needs and what the longest line would like, in proportion; all add up to `wide`."""
    count = max(sum(cell.span for cell in row.cells) for row in rows)
    least, most = [0.0] * count, [0.0] * count
    for row in rows:
        at = 0
        for cell in row.cells:
            if cell.span == 1 and cell.runs:
                least[at] = max(least[at], _longest_word(pdf, cell) + 2 * PAD_X)
                most[at] = max(most[at], max(sum(width(pdf, r) for r in line) for line in _unwrapped(cell)) + 2 * PAD_X)
            at += cell.span
    if sum(most) <= wide:
        return [each + (wide - sum(most)) * each / (sum(most) or 1) for each in most]
    if sum(least) >= wide:
        return [each * wide / sum(least) for each in least]
    share = (wide - sum(least)) / (sum(most) - sum(least))
    return [low + (high - low) * share for low, high in zip(least, most, strict=True)]


def _unwrapped(cell: Cell) -> list[list[Run]]:
    lines: list[list[Run]] = [[]]
    for run in cell.runs:
        if run.text == "\n":
            lines.append([])
        else:
            lines[-1].append(run)
    return lines


def _longest_word(pdf: FPDF, cell: Cell) -> float:
    if cell.whole:
        return max(sum(width(pdf, r) for r in line) for line in _unwrapped(cell))
    return max((width(pdf, Run(word, run.style)) for run in cell.runs for word in run.text.split(" ")), default=0.0)


def table(pdf: FPDF, node: Node, turn: Callable[[], None], bottom: float) -> None:
    """Draws a table at the current height. `turn` begins a page; `bottom`: where one ends."""
    head, body = rows_of(node)
    if not head and not body:
        return
    columns = widths(pdf, head + body, pdf.epw)
    for caption in node.elements("caption"):
        lines = wrap(pdf, runs(caption, Style(8.4, bold=True), stacked=False), pdf.epw)
        if pdf.y + tall(lines) + 16 > bottom:
            turn()
        pdf.y = draw(pdf, lines, pdf.l_margin, pdf.y + 1.4) + 0.6
    heads = [_laid(pdf, row, columns) for row in head]
    started = False
    for row in body:
        laid = _laid(pdf, row, columns)
        if not started or pdf.y + laid.high > bottom:
            if pdf.y + laid.high + (0 if started else sum(h.high for h in heads)) > bottom:
                turn()
            for each in heads:
                _draw(pdf, each, columns)
            started = True
        _draw(pdf, laid, columns)
    pdf.y += 1.6


@dataclass(frozen=True)
class _Laid:
    row: Row
    lines: tuple[list[Line], ...]
    high: float


def _laid(pdf: FPDF, row: Row, columns: list[float]) -> _Laid:
    lines, at = [], 0
    for cell in row.cells:
        wide = sum(columns[at : at + cell.span])
        lines.append(wrap(pdf, cell.runs, wide - 2 * PAD_X + 0.01))
        at += cell.span
    least = Style(SIZE).size * MM
    return _Laid(row, tuple(lines), max([tall(found) for found in lines] + [least]) + 2 * PAD_Y)


def _draw(pdf: FPDF, laid: _Laid, columns: list[float]) -> None:
    x, y, row = pdf.l_margin, pdf.y, laid.row
    wide = sum(columns)
    if row.fill:
        pdf.set_fill_color(*row.fill)
        pdf.rect(x, y, wide, laid.high, style="F")
    _rule(pdf, y, wide, RULE if row.heavy else None)
    at = 0
    for cell, lines in zip(row.cells, laid.lines, strict=True):
        room = sum(columns[at : at + cell.span])
        draw(pdf, lines, x + PAD_X, y + PAD_Y, right=x + room - PAD_X if cell.number else None)
        x, at = x + room, at + cell.span
    _rule(pdf, y + laid.high, wide, RULE if row.fill == FAINT else LINE)
    pdf.y = y + laid.high


def _rule(pdf: FPDF, y: float, wide: float, colour: tuple[int, int, int] | None) -> None:
    if colour:
        pdf.set_draw_color(*colour)
        pdf.set_line_width(0.15 if colour == LINE else 0.3)
        pdf.line(pdf.l_margin, y, pdf.l_margin + wide, y)
