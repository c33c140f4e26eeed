"""A report as one HTML page, or as JSON. Pure: the same facts give the same bytes.

Everything that is not our own template is escaped by Jinja2 (autoescape), or in the drawing by html.escape. The page
needs no script and asks for nothing: its policy forbids both.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

from damjang.certificates.statement import TITLE, TITLE_EN
from governance.reasons import reasons
from governance.report.facts import ReportFacts, RunFacts, StageRow, Tables
from governance.report.sankey import Exit, exits, svg
from governance.report.words import Text, article, reason_text, word
from governance.times import KST

if TYPE_CHECKING:
    from governance.subject_report import SubjectReport

REFUSED = Text("발행 거부 기록(관문 미충족)", "Record of a refusal: a gate does not hold")
ANSWER = Text("개인정보 열람 결과", "Answer to an access request (PIPA 35)")
FATES = {"shipped": "출하", "dropped": "제외", "quarantined": "격리", "destroyed": "파기", "unfinished": "진행 중"}
ASSEMBLED = Text("조립", "assembled")
_HERE = Path(__file__).parent
WIDE = 6  # more sources than this are told in a line instead of columns


@functools.cache
def _template(name: str) -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"n": _number, "kst": _kst, "day": _day, "size": _size, "percent": _percent}
    environment.globals |= {"word": word, "article": article, "reason_text": reason_text, "ground": reasons().get}
    return environment.get_template(name)


def render_html(facts: ReportFacts) -> str:
    """The whole page."""
    return _template("report.html").render(
        **_shared(facts),
        title=TITLE,
        title_en=TITLE_EN,
        sankey=Markup(svg(facts.stages)),  # noqa: S704 (escapes what it is given)
        days=max((facts.issue.expires - facts.generated_at).days, 0),
    )


def render_run(facts: RunFacts) -> str:
    """The page about a run that a gate refused: the same tables under another head, and no confirmation's name."""
    return _template("run.html").render(
        **_shared(facts),
        title=REFUSED.ko,
        title_en=REFUSED.en,
        sankey=Markup(svg(facts.stages, end=ASSEMBLED)),  # noqa: S704 (escapes what it is given)
    )


def render_subject(answer: SubjectReport, project: str, made: dt.datetime) -> str:
    """The answer to one person's access request (PIPA 35) as a page, for the person and the officer alone."""
    consents = [
        (s.source_id, ", ".join(f"{k}={v}" for k, v in c.items() if v)) for s in answer.sources for c in s.consents
    ]
    return _template("subject.html").render(
        f=answer,
        project=project,
        made=made,
        title=ANSWER,
        css=Markup((_HERE / "report.css").read_text(encoding="utf-8")),  # noqa: S704 (our own file)
        consents=consents,
        documents=[(source.source_id, document) for source in answer.sources for document in source.documents],
        fates=FATES,
    )


def _shared(facts: Tables) -> dict[str, Any]:
    return {
        "f": facts,
        "css": Markup((_HERE / "report.css").read_text(encoding="utf-8")),  # noqa: S704 (our own file)
        "exits": _by_reason(facts.stages),
        "columns": _columns(facts),
        "failed": [gate for gate in facts.gates if gate.verdict == "fail"],
    }


def to_json(facts: Tables) -> dict[str, Any]:
    """The same facts for a script: times as ISO 8601, tuples as lists."""
    plain: dict[str, Any] = _plain(dataclasses.asdict(facts))
    return {"title": TITLE if isinstance(facts, ReportFacts) else REFUSED.ko, **plain}


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _by_reason(rows: Iterable[StageRow]) -> list[tuple[Exit, str]]:
    """Every way off the road, with its documents by source as one line."""
    rows = list(rows)
    found = []
    for way in exits(rows):
        counts = {}
        for row in rows:
            if row.stage == way.stage:
                named = {key.partition(":")[2]: n for key, n in row.reasons.items() if key.startswith(f"{way.action}:")}
                total = row.dropped if way.action == "dropped" else row.quarantined
                counts[row.source_id] = named.get(way.reason, 0) if way.reason else total - sum(named.values())
        found.append((way, " · ".join(f"{source} {n:,}" for source, n in counts.items() if n)))
    return found


def _columns(facts: Tables) -> list[str]:
    """Sources that get a column of their own in the table of personal information; none when there are too many."""
    found = [s.source_id for s in facts.sources if any(s.source_id in row.by_source for row in facts.pii)]
    return found if len(found) <= WIDE else []


def _number(value: int | None) -> str:
    return "–" if value is None else f"{value:,}"


def _kst(value: dt.datetime) -> str:
    return f"{value.astimezone(KST):%Y-%m-%d %H:%M} KST"


def _day(value: dt.datetime) -> str:
    return f"{value.astimezone(KST):%Y-%m-%d}"


def _size(value: int) -> str:
    size = float(value)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:,.0f} {unit}" if unit == "B" else f"{size:,.1f} {unit}"
        size /= 1000
    return f"{size:,.1f} TB"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"
