"""Reports about releases and refused runs: facts gathered once, rendered as one HTML page or as JSON."""

from governance.report.facts import ReportFacts, RunFacts
from governance.report.gather import gather
from governance.report.refused import gather_run, last_run
from governance.report.render import render_html, render_run, to_json

__all__ = ["ReportFacts", "RunFacts", "gather", "gather_run", "last_run", "render_html", "render_run", "to_json"]
