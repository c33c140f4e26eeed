# ruff: noqa: E501 - patterns read better on long lines
"""GEO_COORDINATE, a position (위치정보법 15): decimal degrees, or degrees, minutes and seconds.

Criteria
1. A pair latitude, longitude (either order) with at least four decimals each, inside Korea (33-39 N, 124-132 E); three, and
   anywhere on earth, beside a position label.
2. One labelled value (위도 37.5665) with at least three decimals.
3. 37°33'59"N 126°58'41"E; 북위 37도 33분 59초, 동경 126도 58분.

Score .85 to .96. Evidence: korea, context:geo, dms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from anonymizers.exact.hit import Hit, Recognizer
from anonymizers.exact.numbers import in_figures
from anonymizers.gate import K_GEO, K_NUM
from anonymizers.normalize import View

_N: Final = r"[+\-]?\d{1,3}\.\d{3,15}"
_PAIR: Final = re.compile(
    rf"(?<![0-9A-Za-z_.\-])(?:[NE][ ]?)?({_N})°?[ ]?[NE]?(?:[ ]?[,/;][ ]?|[ ])(?:[NE][ ]?)?({_N})(?:°?[ ]?[NE]|°)?(?![0-9A-Za-z_]|\.[0-9])"
)
_ONE: Final = re.compile(
    rf"(?:위도|경도|latitude|longitude|lat|lng|lon|북위|동경)[\"')\]]?\s?(?:은|는|:|=|가|이)?\s?\(?(?P<v>{_N})°?(?![0-9A-Za-z_]|\.[0-9])"
)
_SEC: Final = r"\d{1,3}\s?(?:°|도)\s?\d{1,2}\s?(?:['′`]|분)(?:\s?\d{1,2}(?:\.\d+)?\s?(?:[\"″]|''|초))?"
_DMS: Final = re.compile(  # one by one where a word names each
    rf"(?:N[ ]?)?(?<!\d){_SEC}(?:[ ]?[NE](?![A-Za-z]))?(?:(?:\s?,\s?|\s)(?:E[ ]?)?{_SEC}(?:[ ]?[NE](?![A-Za-z]))?)?"
)
_LABEL: Final = re.compile(r"위도|경도|좌표|gps|lat|lng|lon|위치|북위|동경")


_SAMPLE: Final = re.compile(r"예제|샘플|(?<![.a-z])(?:example|sample)|latlng\(|default", re.IGNORECASE)
_SPOKEN: Final = re.compile(
    r"(?:위도|경도|북위|동경)(?:[가는은이]|\s?:)?\s{0,2}(?P<v>[일이삼사오육칠팔구십백]{2,7}\s?점\s?[공영일이삼사오육칠팔구](?:\s?[공영일이삼사오육칠팔구]){2,7})(?=[\s,.이]|$)"
)
_HINT: Final = re.compile(r"[0-9]\.[0-9]{3}|[0-9]\s?[°도]")


def find(view: View) -> Iterator[Hit]:
    """Hits of type GEO_COORDINATE in a view."""
    pairs: list[tuple[int, int]] = []
    for m in _SPOKEN.finditer(view.text) if "점" in view.text else ():
        yield Hit(*m.span("v"), "GEO_COORDINATE", 800_000, ("spoken",))
    text = in_figures(view)
    if _HINT.search(text) is None:
        return
    for m in _PAIR.finditer(text):
        one, two = float(m[1]), float(m[2])
        korea = (33 <= one <= 39 and 124 <= two <= 132) or (33 <= two <= 39 and 124 <= one <= 132)
        labelled = _LABEL.search(view.lower, max(m.start() - 30, 0), m.start()) is not None
        if _SAMPLE.search(view.text, max(m.start() - 30, 0), min(m.end() + 24, len(view.text))):
            continue
        korea = korea and (labelled or min(len(v.partition(".")[2]) for v in m.groups()) > 3)
        if korea or (labelled and abs(one) <= 180 and abs(two) <= 180):
            pairs.append(m.span())
            evidence = tuple(e for e, on in (("korea", korea), ("context:geo", labelled)) if on)
            yield Hit(m.start(), m.end(), "GEO_COORDINATE", 960_000 if korea and labelled else 900_000, evidence)
    for m in _ONE.finditer(in_figures(view, lower=True)):
        start, end = m.span("v")
        if _SAMPLE.search(view.text, max(m.start() - 30, 0), start):
            continue
        if not any(a <= start < b for a, b in pairs):
            yield Hit(start, end, "GEO_COORDINATE", 920_000, ("context:geo",))
    for m in _DMS.finditer(view.text):
        whole = m[0]
        symbols = "°" in whole or '"' in whole
        if symbols or _LABEL.search(view.lower, max(m.start() - 15, 0), m.end()):
            yield Hit(m.start(), m.end() - (len(whole) - len(whole.rstrip())), "GEO_COORDINATE", 850_000, ("dms",))


GEO_COORDINATE = Recognizer("geo_coordinate", ("GEO_COORDINATE",), K_GEO | K_NUM, find)
