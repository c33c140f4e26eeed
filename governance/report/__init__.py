"""Reports about releases: facts gathered once, rendered as one HTML page or as JSON."""

from governance.report.facts import ReportFacts
from governance.report.gather import gather
from governance.report.render import render_html, to_json

__all__ = ["ReportFacts", "gather", "render_html", "to_json"]
