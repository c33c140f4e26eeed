"""IP_ADDRESS, IPv4 and IPv6.

Criteria
1. IPv4: four numbers of 0-255 between dots (also [.] and [dot]), not part of a longer dotted number.
2. Not one: loopback, unspecified and netmask addresses; a version (v1.2.3.4, 버전 …); four small numbers (all below 30)
   without a network word near.
3. IPv6: parses as one, with at least two groups and either `::` or all eight; not a clock (12:34:56).

Score .7 to .97. Evidence: shape, context:net.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Final

from anonymizers.exact.hit import Hit, Recognizer
from anonymizers.exact.numbers import in_figures
from anonymizers.gate import K_NET, K_NUM
from anonymizers.normalize import View

_DOT: Final = r"(?:\.|\[(?:\.|dot)\]|\((?:\.|dot)\)| \. )"
_V4: Final = re.compile(
    rf"(?<![0-9A-Za-z_.\-~])(?:::[Ff]{{4}}:)?(\d{{1,3}}){_DOT}(\d{{1,3}}){_DOT}(\d{{1,3}}){_DOT}(\d{{1,3}})(?![0-9A-Za-z_]|\.[0-9]|[가-힣]{{1,2}}[0-9]{{2}})"
)
_V6: Final = re.compile(r"(?<![0-9A-Za-z_:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![0-9A-Za-z_:])")
_NETWORK: Final = re.compile(
    r"(?<![a-z])ip(?![a-z])|아이피|서버|접속|주소|호스트|host|ssh|ping|vpn|네트워크|로그인|방화벽|공유기|dns|포트"
)
_VERSION: Final = re.compile(r"(?:버전|version|ver\.?|v|릴리스|release|빌드|펌웨어|firmware|fw|제|절|항목|섹션)\s?$")


def find(view: View) -> Iterator[Hit]:
    """Hits of type IP_ADDRESS in a view."""
    for m in _V4.finditer(in_figures(view)):
        octets = [int(part) for part in m.groups()]
        if max(octets) > 255 or any(len(part) > 1 and part[0] == "0" for part in m.groups()):
            continue
        if octets[0] in (0, 127, 255) or (octets[:3] == [255, 255, 255]):
            continue
        network = _NETWORK.search(view.lower, max(m.start() - 40, 0), min(m.end() + 20, len(view.lower))) is not None
        if _VERSION.search(view.lower, max(m.start() - 10, 0), m.start()) or (max(octets) < 30 and not network):
            continue
        yield Hit(
            m.start(),
            m.end(),
            "IP_ADDRESS",
            970_000 if network else 880_000,
            ("shape", "context:net") if network else ("shape",),
        )
    for m in _V6.finditer(view.text):
        text = m[0]
        if text.count(":") < 7 and "::" not in text:
            continue
        try:
            address = ipaddress.IPv6Address(text)
        except ValueError:
            continue
        if "::" not in text and text.replace(":", "").isdigit():  # a column of clocks
            continue
        if address.is_loopback or address.is_unspecified or len(text) < 6:
            continue
        yield Hit(m.start(), m.end(), "IP_ADDRESS", 930_000, ("shape", "v6"))


IP_ADDRESS = Recognizer("ip_address", ("IP_ADDRESS",), K_NET | K_NUM, find)
