"""Where every document went, as an inline SVG: sources, stages, and out: shipped, dropped or quarantined by reason.

Layout and drawing are ours: a page that an officer files away may not depend on a script. Widths are proportional to
documents (a hair's width at least), and each number stands beside its ribbon, so that colour and width say nothing that
the text does not. Pure: rows in, one <svg> out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from governance.report.facts import StageRow
from governance.report.words import Text, reason_label, word

MARGINS: Final = 328  # of the columns of sources and of what was shipped, with their labels
FLOW: Final = 230  # height of all documents together
TOP: Final = 74
BAR: Final = 11
SOURCE_X: Final = 150
STAGE_X: Final = 218
STEP: Final = 188
LABEL: Final = 35  # least distance between labels of sources
ROW: Final = 19  # least height of a reason's row
HUES: Final = ("#3f6fa3", "#5b9279", "#a8763e", "#7d6a9e", "#b0566a", "#4f8c98", "#8a8a3d", "#6b7280")
OUT: Final = {"dropped": "#8b929c", "quarantined": "#c2872b"}
SHIPPED: Final = Text("출하", "shipped")
FOLD: Final = 14  # more reasons of one stage and action than this are folded into one row


@dataclass(frozen=True)
class Exit:
    """Documents that left the road at a stage, for a reason."""

    stage: str
    action: str
    reason: str
    documents: int


def exits(rows: Sequence[StageRow]) -> list[Exit]:
    """Every way off the road, most frequent first within a stage and action."""
    found: dict[tuple[str, str, str], int] = {}
    for row in rows:
        told = {"dropped": 0, "quarantined": 0}
        for key, number in row.reasons.items():
            action, _, reason = key.partition(":")
            if action in told:
                told[action] += number
                found[row.stage, action, reason] = found.get((row.stage, action, reason), 0) + number
        for action, total in (("dropped", row.dropped), ("quarantined", row.quarantined)):
            if total > told[action]:  # a decision without a reason still left the road
                found[row.stage, action, ""] = found.get((row.stage, action, ""), 0) + total - told[action]
    order = list(dict.fromkeys(row.stage for row in rows))
    ways = [Exit(*key, number) for key, number in found.items()]
    return sorted(ways, key=lambda way: (order.index(way.stage), way.action, -way.documents, way.reason))


def svg(rows: Sequence[StageRow], end: Text = SHIPPED) -> str:
    """The diagram; "" where there is nothing to draw. `end`: what the last column is called."""
    stages = list(dict.fromkeys(row.stage for row in rows))
    total = sum(row.entered for row in rows if row.stage == stages[0]) if stages else 0
    if not total:
        return ""
    drawing = _Drawing(rows, stages, total, end)
    body = "".join(drawing.draw())
    title = "문서의 경로: 출처에서 출하까지 (where every document went)"
    return (
        f'<svg class="sankey" viewBox="0 0 {MARGINS + STEP * len(stages)} {drawing.height:.0f}"'
        f' role="img" aria-label="{title}">'
        f"<title>{title}</title>{body}</svg>"
    )


class _Drawing:
    def __init__(self, rows: Sequence[StageRow], stages: Sequence[str], total: int, end: Text) -> None:
        self.rows, self.stages, self.end = rows, stages, end
        self.sources = [row.source_id for row in rows if row.stage == stages[0]]
        self.cell = {(row.stage, row.source_id): row for row in rows}
        self.k = FLOW / total
        self.exits = exits(rows)
        self.height: float = TOP + FLOW

    def x(self, stage: int) -> int:
        return STAGE_X + STEP * stage

    def hue(self, source: str) -> str:
        return HUES[self.sources.index(source) % len(HUES)]

    def draw(self) -> Iterator[str]:
        entered = {source: self.cell[self.stages[0], source].entered for source in self.sources}
        last = self.stages[-1]
        shipped = {s: self.cell[last, s].left for s in self.sources if (last, s) in self.cell}
        end = self.x(len(self.stages))
        yield from self._links(SOURCE_X + BAR, entered, STAGE_X)
        for number, stage in enumerate(self.stages):
            left = {s: self.cell[stage, s].left for s in self.sources if (stage, s) in self.cell}
            yield from self._links(self.x(number) + BAR, left, self.x(number + 1))
            yield from self._exits(number, stage, sum(left.values()))
        for number, stage in enumerate(self.stages):
            yield from self._stage(number, stage)
        yield from self._column(SOURCE_X, entered, "출처", "sources", right=False)
        yield from self._column(end, shipped, self.end.ko, self.end.en, right=True)

    def _links(self, x0: int, documents: dict[str, int], x1: int) -> Iterator[str]:
        """Ribbons by source, stacked alike on both sides."""
        y = float(TOP)
        for source, number in documents.items():
            if number:
                thick = number * self.k
                label = escape(f"{source}: {number:,}")
                yield (
                    f'<path class="r" fill="{self.hue(source)}" d="M{x0} {y:.2f}H{x1}v{max(thick, 0.6):.2f}H{x0}z">'
                    f"<title>{label}</title></path>"
                )
                y += thick

    def _stage(self, number: int, stage: str) -> Iterator[str]:
        rows = [row for row in self.rows if row.stage == stage]
        entered, left = sum(r.entered for r in rows), sum(r.left for r in rows)
        x, name = self.x(number), word("stages", stage)
        yield f'<rect class="bar" x="{x}" y="{TOP}" width="{BAR}" height="{max(entered * self.k, 1):.2f}"/>'
        yield _text(x, TOP - 44, name.ko, "h") + _text(x, TOP - 28, name.en, "e")
        yield _text(x, TOP - 10, f"{entered:,} → {left:,}", "n")

    def _column(self, x: int, documents: dict[str, int], ko: str, en: str, *, right: bool) -> Iterator[str]:
        """A bar cut by source, and labels far enough apart to be read, joined to their piece by a hair."""
        total = sum(documents.values())
        side = "" if right else " end"
        at = x if right else x + BAR
        yield _text(at, TOP - 44, ko, "h" + side) + _text(at, TOP - 28, en, "e" + side)
        yield _text(at, TOP - 10, f"{total:,}", "n" + side)
        middles, y = [], float(TOP)
        for source, number in documents.items():
            thick = number * self.k
            if number:
                yield (
                    f'<rect fill="{self.hue(source)}" x="{x}" y="{y:.2f}" width="{BAR}"'
                    f' height="{max(thick, 0.8):.2f}"/>'
                )
            middles.append(y + thick / 2)
            y += thick
        for (source, number), middle, label in zip(documents.items(), middles, spread(middles, LABEL), strict=True):
            edge, tip = (x + BAR, x + BAR + 14) if right else (x, x - 14)
            yield f'<path class="hair" d="M{edge} {middle:.1f}L{tip} {label:.1f}"/>'
            text_x = tip + 4 if right else tip - 4
            yield _text(text_x, label - 2, shorten(source, 13 if right else 16), "s" + side, full=source)
            yield _text(text_x, label + 13, f"{number:,}", "n" + side)
            self.height = max(self.height, label + 24)

    def _exits(self, number: int, stage: str, left: int) -> Iterator[str]:
        """Ribbons that leave the bar's lower end for their rows below the flow."""
        x = self.x(number) + BAR
        source_y, y = TOP + left * self.k, float(TOP + FLOW + 44)
        tip = x + 40
        for action in ("dropped", "quarantined"):
            mine = fold([e for e in self.exits if e.stage == stage and e.action == action])
            if not mine:
                continue
            total, name = sum(e.documents for e in mine), word("actions", action)
            yield (
                f'<text class="g" x="{tip + 12}" y="{y - 8:.1f}">{name.ko} {total:,}'
                f'<tspan class="e" dx="6">{name.en}</tspan></text>'
            )
            for found in mine:
                thick = found.documents * self.k
                row = max(ROW, thick + 5)
                a, b = source_y + thick / 2, y + row / 2
                label = reason_label(found.reason)
                yield (
                    f'<path class="o" stroke="{OUT[action]}" stroke-width="{max(thick, 0.9):.2f}"'
                    f' d="M{x} {a:.2f}C{x + 30} {a:.2f} {x + 6} {b:.2f} {tip} {b:.2f}"/>'
                    f'<rect fill="{OUT[action]}" x="{tip}" y="{b - max(thick, 4) / 2:.2f}" width="5"'
                    f' height="{max(thick, 4):.2f}"/>'
                )
                yield _text(tip + 12, b + 5, f"{label} {found.documents:,}", "n", full=found.reason)
                source_y, y = source_y + thick, y + row
            y += 30
        self.height = max(self.height, y - 12)


def fold(found: Sequence[Exit]) -> list[Exit]:
    """At most FOLD rows: the rest become one, so that a page of rare reasons hides nothing and breaks nothing."""
    if len(found) <= FOLD:
        return list(found)
    rest = found[FOLD - 1 :]
    more = Exit(rest[0].stage, rest[0].action, f"+{len(rest)}", sum(e.documents for e in rest))
    return [*found[: FOLD - 1], more]


def spread(wanted: Sequence[float], least: float) -> list[float]:
    """Positions at least `least` apart, in order, each as near to the wanted one as pushing down allows."""
    placed: list[float] = []
    for position in wanted:
        placed.append(max(position, placed[-1] + least if placed else TOP + 14))
    return placed


def shorten(text: str, most: int) -> str:
    """Cut in the middle of a long id: the head and the tail tell sources apart."""
    return text if len(text) <= most else f"{text[: most - 5]}…{text[-4:]}"


def _text(x: float, y: float, text: str, kind: str, full: str = "") -> str:
    title = f"<title>{escape(full)}</title>" if full and full != text else ""
    return f'<text class="{kind}" x="{x:.0f}" y="{y:.1f}">{escape(text)}{title}</text>'
