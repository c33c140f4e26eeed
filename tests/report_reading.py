"""Reads a report as its reader does, with a plain HTML parser: tables by id, texts, every attribute."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = ("meta", "br", "link", "img", "input", "hr", "base", "source", "embed")


@dataclass
class Page(HTMLParser):
    """`tables`: {id: rows of cell texts, header first}; `tags`: every (tag, attributes); `svg`: texts of the drawing."""

    tables: dict[str, list[list[str]]] = field(default_factory=dict)
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    svg: list[tuple[str, str]] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    depth: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._table = ""
        self._drawn: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        if tag not in VOID:
            self.depth.append(tag)
        if tag == "table":
            self._table = found.get("id") or ""
            self.tables[self._table] = []
        elif tag == "tr" and self._table:
            self.tables[self._table].append([])
        elif tag in ("td", "th") and self._table:
            self.tables[self._table][-1].append("")
        elif tag == "text":
            self._drawn = found.get("class") or ""
            self.svg.append((self._drawn, ""))

    def handle_endtag(self, tag: str) -> None:
        assert self.depth.pop() == tag, f"</{tag}> closes another element"
        if tag == "table":
            self._table = ""
        elif tag == "text":
            self._drawn = None

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if self._table and self.tables[self._table] and self.tables[self._table][-1]:
            self.tables[self._table][-1][-1] += data
        if self._drawn is not None and "title" not in self.depth:
            kind, before = self.svg[-1]
            self.svg[-1] = kind, before + data

    def body(self, table: str) -> list[list[str]]:
        """A table's rows but the header, cells stripped."""
        return [[" ".join(cell.split()) for cell in row] for row in self.tables[table][1:]]


def read(html: str) -> Page:
    page = Page()
    page.feed(html)
    page.close()
    assert page.depth == [], "elements are left open"
    return page


def number(text: str) -> int:
    """The last number of a text, thousands separated by commas."""
    return int(re.findall(r"\d[\d,]*", text)[-1].replace(",", ""))
