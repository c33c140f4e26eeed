"""The drawing of where documents went, in a PDF: the elements that governance.report.sankey writes, no other SVG."""

from __future__ import annotations

import re

from fpdf import FPDF

from governance.report.pagetree import Node
from governance.report.pdftext import INK, MM, SOFT, Run, Style, width, write
from governance.report.sankey import shorten

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
LABEL = 40  # characters: the page cuts what reaches over its edge
SIZES = {"h": 15.0, "e": 11.5, "n": 13.0, "s": 13.5, "g": 13.0}  # report.css, .sankey
BAR, HAIR = (43, 48, 56), (154, 162, 172)


def sankey(pdf: FPDF, node: Node, x: float, y: float, wide: float) -> None:
    """Draws it `wide` millimetres wide with its corner at (x, y)."""
    _Canvas(pdf, x, y, scale_of(node, wide)).draw(node)


def scale_of(node: Node, wide: float) -> float:
    """Millimetres a unit of the drawing."""
    return wide / _box(node)[0]


def height_of(node: Node, wide: float) -> float:
    """How high the drawing will be."""
    return _box(node)[1] * scale_of(node, wide)


def _box(node: Node) -> tuple[float, float]:
    box = node.attributes.get("viewbox") or node.attributes["viewBox"]
    _, _, wide, high = box.split()
    return float(wide), float(high)


class _Canvas:
    def __init__(self, pdf: FPDF, x: float, y: float, scale: float) -> None:
        self.pdf, self.x0, self.y0, self.k = pdf, x, y, scale

    def at(self, x: float, y: float) -> tuple[float, float]:
        return self.x0 + x * self.k, self.y0 + y * self.k

    def draw(self, node: Node) -> None:
        for child in node.elements():
            if child.tag == "rect":
                self._rect(child)
            elif child.tag == "path":
                self._path(child)
            elif child.tag == "text":
                self._text(child)

    def _rect(self, node: Node) -> None:
        x, y = self.at(node.number("x"), node.number("y"))
        self.pdf.set_fill_color(*(BAR if "bar" in node.classes else _colour(node.attributes["fill"])))
        self.pdf.rect(x, y, node.number("width") * self.k, node.number("height") * self.k, style="F")

    def _path(self, node: Node) -> None:
        found = [float(number) for number in NUMBER.findall(node.attributes["d"])]
        if "hair" in node.classes:
            self.pdf.set_draw_color(*HAIR)
            self.pdf.set_line_width(0.8 * self.k)
            self.pdf.line(*self.at(found[0], found[1]), *self.at(found[2], found[3]))
        elif "r" in node.classes:  # M x0 y H x1 v thick H x0: a ribbon between two bars
            x0, y, x1, thick = found[:4]
            with self.pdf.local_context(fill_opacity=0.5):
                self.pdf.set_fill_color(*_colour(node.attributes["fill"]))
                self.pdf.rect(*self.at(x0, y), (x1 - x0) * self.k, thick * self.k, style="F")
        else:  # M start C two handles, end: a way off the road
            points = [self.at(found[n], found[n + 1]) for n in range(0, 8, 2)]
            with self.pdf.local_context(stroke_opacity=0.62):
                self.pdf.set_draw_color(*_colour(node.attributes["stroke"]))
                self.pdf.set_line_width(node.number("stroke-width") * self.k)
                self.pdf.bezier(points, style="D")

    def _text(self, node: Node) -> None:
        x, y = self.at(node.number("x"), node.number("y"))
        kind = node.classes[0]
        style = Style(SIZES[kind] * self.k / MM, SOFT if kind == "e" else INK, kind in "hsg")
        plain = "".join(child for child in node.children if isinstance(child, str))
        beside = [
            Run("".join(c for c in part.children if isinstance(c, str)), Style(SIZES["e"] * self.k / MM, SOFT))
            for part in node.elements("tspan")
        ]
        pieces = [Run(shorten(plain, LABEL), style), *beside]
        if "end" in node.classes:
            x -= sum(width(self.pdf, piece) for piece in pieces)
        for piece in pieces:
            write(self.pdf, piece, x, y)
            x += width(self.pdf, piece) + 6 * self.k


def _colour(text: str) -> tuple[int, int, int]:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)
