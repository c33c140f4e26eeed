# ruff: noqa: E501 - patterns read better on long lines
"""MAC_ADDRESS, hardware address of a network device (IEEE 802: 48 bits).

Criteria
1. Six pairs of hexadecimal digits with one kind of mark (colon or hyphen) between all.
2. Three groups of four, two of six, pairs with dots or spaces, or twelve digits: only beside the word MAC, ARP and the like.
3. Twelve of digits and letters also behind the name of a device.
4. Not one: all digits the same.

Score .9 to .97. Evidence: shape, context:mac.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from anonymizers.exact.hit import Hit, Recognizer
from anonymizers.gate import K_NET, K_NUM
from anonymizers.normalize import View

_H: Final = "[0-9A-Fa-f]"
_PAIRS: Final = re.compile(
    rf"(?<![0-9A-Za-z_:\-]){_H}{{2}}([:\-]){_H}{{2}}(?:\1{_H}{{2}}){{4}}(?![0-9A-Za-z_]|[:\-]{_H})"
)
_OTHER: Final = re.compile(
    rf"(?<![0-9A-Za-z_.])(?:{_H}{{4}}([.\-:]){_H}{{4}}\1{_H}{{4}}|{_H}{{2}}([.·]){_H}{{2}}(?:\2{_H}{{2}}){{4}}|{_H}{{12}}|{_H}{{6}}[:\-]{_H}{{6}}|{_H}{{2}}(?: {_H}{{2}}){{5}})(?![0-9A-Za-z_])"
)
_DEVICE: Final = re.compile(r"공유기|단말|장비|기기|랜카드|노트북|스마트\s?tv|블루투스|와이파이|wi-?fi|\bap\b|nic")
_LABEL: Final = re.compile(
    r"(?<![a-z])mac(?![a-z])|맥\s?(?:주소|어드레스)|(?<![가-힣])맥(?=[은는이가]?\s?[:]?\s?[0-9a-f]{2})|물리적?\s?주소|블루투스\s?주소|(?:허가|등록)\S{0,6}\s단말|단말\s?[(:]|하드웨어\s?주소|(?<![a-z])arp(?![a-z])|bssid|hwaddr|(?<![a-z])ether(?![a-z])|(?<![a-z])dev=|스위치에서"
)


def find(view: View) -> Iterator[Hit]:
    """Hits of type MAC_ADDRESS in a view."""
    seen = False
    for m in _PAIRS.finditer(view.text):
        if len(set(m[0].replace(m[1], ""))) > 1:
            seen = True
            labelled = _LABEL.search(view.lower, max(m.start() - 30, 0), m.start()) is not None
            yield Hit(m.start(), m.end(), "MAC_ADDRESS", 970_000 if labelled else 930_000, ("shape",))
    for m in _OTHER.finditer(view.text):
        near = _LABEL.search(view.lower, max(m.start() - 45, 0), m.start())
        mixed = len(m[0]) == 12 and any(c.isalpha() for c in m[0]) and any(c.isdigit() for c in m[0])
        named = near is not None or (mixed and (seen or _DEVICE.search(view.lower, max(m.start() - 12, 0), m.start())))
        if named or (
            any(mark in m[0] for mark in ".·")
            and _LABEL.search(view.lower, m.end(), min(m.end() + 30, len(view.lower)))
        ):
            yield Hit(m.start(), m.end(), "MAC_ADDRESS", 900_000, ("shape", "context:mac"))


MAC_ADDRESS = Recognizer("mac_address", ("MAC_ADDRESS",), K_NET | K_NUM, find)
