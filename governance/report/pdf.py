"""The report as a PDF: the very page that `render_html` wrote, laid out on A4 with an embedded Korean font.

One template says what a report says; this file only puts its elements on paper, so the two can't tell different
stories. No browser, no system library, no network. The same page and time give the same bytes.
"""

from __future__ import annotations

import datetime as dt
import itertools
import logging
from collections.abc import Iterable
from pathlib import Path

import pylopdf_fonts_ko as fonts
from fpdf import FPDF

from governance.report.pagetree import Node, parse
from governance.report.pdfsankey import height_of, sankey
from governance.report.pdftable import table
from governance.report.pdftext import (
    BAD,
    COLOURS,
    FONT,
    INK,
    SOFT,
    WAIT,
    WARN,
    Line,
    Run,
    Style,
    draw,
    runs,
    tall,
    width,
    wrap,
    write,
)

MARGIN, FOOT = 12.0, 14.0
LINE, FAINT = (213, 217, 222), (245, 246, 248)
SIDE = 41.0  # of the verdict beside its facts


def render_pdf(html: str, made: dt.datetime) -> bytes:
    """The page as a PDF. Its own foot stands at the foot of every sheet; `made` is the document's date."""
    logging.getLogger("fontTools").setLevel(logging.ERROR)  # subsetting is told step by step otherwise
    logging.getLogger("fpdf").setLevel(logging.ERROR)  # a sign that the font has not got is a box, and no news
    page = parse(html)
    [main] = page.every("main")
    title = next(page.every("title"))  # the head's; a drawing has titles too
    [foot] = main.elements("footer")
    paper = _Paper("".join(text for text in title.children if isinstance(text, str)), foot, made)
    nodes = list(main.elements())
    for node, after in itertools.zip_longest(nodes, nodes[1:]):
        if node.tag == "h2" and after is not None and after.tag == "svg":
            paper.room(30 + height_of(after, paper.pdf.epw))  # a heading stays with its drawing
        paper.put(node)
    return bytes(paper.pdf.output())


class _Sheet(FPDF):
    foot: tuple[Line, ...] = ()

    def footer(self) -> None:
        draw(self, self.foot, self.l_margin, self.h - 4 - tall(self.foot))
        number = Run(f"{self.page_no()}", Style(6.4, SOFT))
        write(self, number, self.w - self.r_margin - width(self, number), self.h - 8)


class _Paper:
    def __init__(self, title: str, foot: Node, made: dt.datetime) -> None:
        self.pdf = _Sheet(format="A4")
        self.pdf.set_title(title)
        self.pdf.set_lang("ko")
        self.pdf.set_creation_date(made)
        self.pdf.set_margins(MARGIN, MARGIN, MARGIN)
        self.pdf.set_auto_page_break(False)
        self.pdf.add_font(FONT, fname=Path(fonts.sans_path()))
        self.pdf.set_font(FONT, size=8)
        self.pdf.foot = tuple(wrap(self.pdf, runs(foot, Style(6.4, SOFT), stacked=False), self.pdf.epw - 12))
        self.turn()

    @property
    def bottom(self) -> float:
        return float(self.pdf.h) - FOOT

    def turn(self) -> None:
        self.pdf.add_page()
        self.pdf.y = MARGIN

    def room(self, high: float) -> None:
        """Turns the page where less than `high` is left of it."""
        if self.pdf.y + high > self.bottom and self.pdf.y > MARGIN:
            self.turn()

    def put(self, node: Node) -> None:
        """One element of the page."""
        if node.tag == "header":
            self._head(node)
        elif node.tag == "h2":
            self._heading(node)
        elif node.tag == "table":
            table(self.pdf, node, self.turn, self.bottom)
        elif node.tag == "svg":
            self._drawing(node)
        elif node.tag == "section":
            self._verdict(node) if "verdict" in node.classes else self._box(node)
        elif node.tag == "pre":
            self._pre(node)
        elif node.tag == "dl":
            self._digests(node)
        elif node.tag == "p" and "stripe" in node.classes:
            self._stripe(node)
        elif node.tag == "p":  # the page's own footer stands at the foot of every sheet
            soft = "note" in node.classes
            self._paragraph(runs(node, Style(7 if soft else 8, SOFT if soft else INK), stacked=False))

    def _paragraph(self, pieces: Iterable[Run], gap: float = 1.2) -> None:
        for line in wrap(self.pdf, pieces, self.pdf.epw):
            self.room(tall([line]))
            self.pdf.y = draw(self.pdf, [line], MARGIN, self.pdf.y)
        self.pdf.y += gap

    def _head(self, node: Node) -> None:
        [title] = node.elements("h1")
        [beside] = node.elements("div")
        left = wrap(self.pdf, runs(title, Style(16, bold=True), stacked=True), 125)
        right = wrap(self.pdf, _release(beside), 60)
        y = self.pdf.y
        ends = draw(self.pdf, left, MARGIN, y), draw(self.pdf, right, 0, y, right=self.pdf.w - MARGIN)
        self.pdf.y = max(ends) + 2.5

    def _heading(self, node: Node) -> None:
        self.room(30)
        self.pdf.y += 4
        self.pdf.set_draw_color(*INK)
        self.pdf.set_line_width(0.45)
        self.pdf.line(MARGIN, self.pdf.y, self.pdf.w - MARGIN, self.pdf.y)
        lines = wrap(self.pdf, _spaced(node, Style(11.5, bold=True)), self.pdf.epw)
        self.pdf.y = draw(self.pdf, lines, MARGIN, self.pdf.y + 1.8) + 1

    def _stripe(self, node: Node) -> None:
        colour = BAD if "bad" in node.classes else WAIT if "wait" in node.classes else WARN
        lines = wrap(self.pdf, runs(node, Style(8.4, colour, bold=True), stacked=False), self.pdf.epw - 8)
        high = tall(lines) + 3.6
        self._frame(MARGIN, self.pdf.y, self.pdf.epw, high, colour)
        draw(self.pdf, lines, MARGIN + 4, self.pdf.y + 1.8)
        self.pdf.y += high + 2.4

    def _verdict(self, node: Node) -> None:
        side, facts = next(node.elements("div")), next(node.elements("dl"))
        colour = next((COLOURS[name] for name in side.classes if name in COLOURS), INK)
        pieces = [
            *(
                Run(r.text, Style(19, colour, bold=True))
                for b in side.elements("b")
                for r in runs(b, Style(19), stacked=False)
            ),
            Run("\n", Style(8)),
            *(r for en in side.elements("span") for r in runs(en, Style(9, SOFT), stacked=False)),
            *(r for p in side.elements("p") for r in (Run("\n", Style(8)), *runs(p, Style(7.4), stacked=True))),
        ]
        told = wrap(self.pdf, pieces, SIDE - 9)
        left, each = MARGIN + SIDE, (self.pdf.epw - SIDE) / 3
        rows: list[list[list[Line]]] = []
        full = True  # whether the last row takes no more facts
        for cell in facts.elements("div"):
            wide = "wide" in cell.classes
            if wide or full:
                rows.append([])
            rows[-1].append(self._fact(cell, self.pdf.epw - SIDE if wide else each))
            full = wide or len(rows[-1]) == 3
        highs = [max(tall(lines) for lines in row) + 3 for row in rows]
        high = max(sum(highs), tall(told) + 8)
        self.room(high)
        y = top = self.pdf.y
        for row, row_high in zip(rows, highs, strict=True):
            for n, lines in enumerate(row):
                draw(self.pdf, lines, left + n * each + 2.5, y + 1.5)
                if n:
                    self._line(left + n * each, y, left + n * each, y + row_high)
            if y > top:
                self._line(left, y, self.pdf.w - MARGIN, y)
            y += row_high
        self.pdf.set_fill_color(*FAINT)
        self.pdf.rect(MARGIN, top, SIDE, high, style="F")
        self.pdf.set_fill_color(*colour)
        self.pdf.rect(MARGIN, top, 2.2, high, style="F")
        draw(self.pdf, told, MARGIN + 5.5, top + 4)
        self._frame(MARGIN, top, self.pdf.epw, high, LINE)
        self.pdf.y = top + high + 2.6

    def _fact(self, cell: Node, wide: float) -> list[Line]:
        lines: list[Line] = []
        for part in cell.elements("dt", "dd"):
            style = Style(6.9, SOFT) if part.tag == "dt" else Style(10, bold=True)
            lines += wrap(self.pdf, _plain_small(part, style), wide - 5)
        return lines

    def _box(self, node: Node) -> None:
        """A box with a heading and a list; two columns where the page has them."""
        head = [
            line
            for h3 in node.elements("h3")
            for line in wrap(self.pdf, runs(h3, Style(9.4, bold=True), stacked=False), 170)
        ]
        items = [item for ul in node.elements("ul") for item in ul.elements("li")]
        texts = [runs(item, Style(7.6), stacked=True) for item in items]
        texts += [runs(p, Style(7.6), stacked=False) for p in node.elements("p")]
        columns = 2 if "cols" in node.classes and len(items) > 3 else 1
        wide = (self.pdf.epw - 8 - 6 * (columns - 1)) / columns
        laid = [wrap(self.pdf, text, wide - 3) for text in texts]
        parts = _halves(laid) if columns == 2 else [laid]
        high = max(sum(tall(lines) + 1 for lines in part) for part in parts) + tall(head) + 4.5
        self.room(min(high, self.bottom - MARGIN))
        top = self.pdf.y
        y = draw(self.pdf, head, MARGIN + 4, top + 1.8) + 0.8
        for n, part in enumerate(parts):
            at, x = y, MARGIN + 4 + n * (wide + 6)
            for lines in part:
                if items:
                    draw(self.pdf, [(Run("•", Style(7.6)),)], x, at)
                at = draw(self.pdf, lines, x + (3 if items else 0), at) + 1
        self._frame(MARGIN, top, self.pdf.epw, high, BAD if "act" in node.classes else LINE)
        self.pdf.y = top + high + 2.6

    def _drawing(self, node: Node) -> None:
        wide = float(self.pdf.epw)
        most = self.bottom - MARGIN
        wide *= min(1.0, most / height_of(node, wide))
        high = height_of(node, wide)
        self.room(high)
        sankey(self.pdf, node, MARGIN + (self.pdf.epw - wide) / 2, self.pdf.y, wide)
        self.pdf.y += high + 2

    def _pre(self, node: Node) -> None:
        text = "".join(child for child in node.children if isinstance(child, str))
        style = Style(7)
        lines = [line for row in text.splitlines() for line in wrap(self.pdf, [Run(row, style)], self.pdf.epw - 5)]
        high = tall(lines) + 2.6
        self.room(high)
        self.pdf.set_fill_color(*FAINT)
        self.pdf.rect(MARGIN, self.pdf.y, self.pdf.epw, high, style="F")
        draw(self.pdf, lines, MARGIN + 2.5, self.pdf.y + 1.3)
        self.pdf.y += high + 1.6

    def _digests(self, node: Node) -> None:
        for name, value in zip(node.elements("dt"), node.elements("dd"), strict=True):
            left = wrap(self.pdf, runs(name, Style(7.8), stacked=False), 52)
            right = wrap(self.pdf, runs(value, Style(7.8), stacked=False), self.pdf.epw - 54)
            high = max(tall(left), tall(right)) + 0.5
            self.room(high)
            draw(self.pdf, left, MARGIN, self.pdf.y)
            draw(self.pdf, right, MARGIN + 54, self.pdf.y)
            self.pdf.y += high
        self.pdf.y += 1

    def _frame(self, x: float, y: float, wide: float, high: float, colour: tuple[int, int, int]) -> None:
        self.pdf.set_draw_color(*colour)
        self.pdf.set_line_width(0.25)
        self.pdf.rect(x, y, wide, high)

    def _line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        self.pdf.set_draw_color(*LINE)
        self.pdf.set_line_width(0.2)
        self.pdf.line(x0, y0, x1, y1)


def _release(node: Node) -> list[Run]:
    """The release's name, larger than who made it and when."""
    return [Run(r.text, Style(12, bold=True) if r.style.bold else r.style) for r in runs(node, Style(8), stacked=False)]


def _spaced(node: Node, style: Style) -> list[Run]:
    """A heading whose English stands beside the Korean."""
    pieces: list[Run] = []
    for run in runs(node, style, stacked=False):
        if run.style != style and pieces:
            pieces.append(Run(" ", style))
        pieces.append(Run(run.text, Style(8.4, SOFT)) if run.style != style else run)
    return pieces


def _plain_small(node: Node, style: Style) -> list[Run]:
    """A fact: the value in bold, what is said about it small."""
    pieces = []
    for run in runs(node, style, stacked=False):
        small = run.style.size != style.size
        pieces.append(Run(run.text, Style(7, run.style.colour if run.style.colour == SOFT else INK)) if small else run)
    return pieces


def _halves(laid: list[list[Line]]) -> list[list[list[Line]]]:
    """The items cut where both columns come out nearly as high."""
    heights = [tall(lines) + 1 for lines in laid]
    cut = min(range(1, len(laid)), key=lambda n: max(sum(heights[:n]), sum(heights[n:])))
    return [laid[:cut], laid[cut:]]
