"""PASSPORT, Korean passport number (여권번호). PIPA Art. 24, Decree 19: deleted at first touch.

Criteria
1. New form since 2021-12-21: [MSROD], three digits, a letter, four digits; accepted by its shape alone.
2. Old form: [MSROD] and eight digits; by shape alone in capitals, unless another kind of number is named right
   before it.
3. Before 2008: two letters and seven digits; and foreign passports (one or two letters, six to eight digits): only with
   a passport label.
4. One space, dot or hyphen may stand between any two characters; digits may be full-width, circled or spelled;
   no letter or digit touches the value. Only a passport label admits lower case in the old form, and a letter
   read out (엠, 에스 …).

Score .55 to .98. Evidence: shape:new, shape:old, context:passport.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from anonymizers.exact.hit import Hit, Recognizer
from anonymizers.exact.labels import label_of, near
from anonymizers.exact.numbers import DIGIT, without_word
from anonymizers.gate import K_PASSPORT
from anonymizers.normalize import View

_D, _S = f"[{DIGIT}]", r"(?:[ .\-·]|[ ]?-[ ]?)?"
_NEW = re.compile(
    rf"(?<![A-Za-z0-9_])([MSRODGmsrodg]){_S}{_D}{_S}{_D}{_S}{_D}{_S}([A-Za-z]){_S}{_D}{_S}{_D}{_S}{_D}{_S}{_D}(?![A-Za-z0-9_])"
)
_OLD = re.compile(rf"(?<![A-Za-z0-9_])([MSRODGmsrodg]){_S}(?:{_D}{_S}){{7}}{_D}(?![A-Za-z0-9_]|[\-.][0-9])")
_SPREAD = re.compile(rf"(?<![A-Za-z0-9_])[MSRODGmsrodg][ ]{{1,2}}(?:{_D}[ ]{{1,2}}){{7}}{_D}(?![A-Za-z0-9_]|[ ][0-9])")
_OTHER = re.compile(rf"(?<![A-Za-z0-9_])([A-Za-z]{{1,2}}){_S}(?:{_D}{_S}){{5,7}}{_D}(?![A-Za-z0-9_]|[\-.][0-9])")
_SPOKEN = re.compile(
    rf"(?<![가-힣])(?:엠|에스|알|오|디|지){_S}(?:{_D}{_S}){{3}}(?:(?:에이|비|씨|디|이|에프|지|에이치|아이|제이|케이|엘|엠|엔|오|피|큐|알|에스|티|유|브이|더블유|엑스|와이|제트|[A-Za-z]){_S})?(?:{_D}{_S}){{3,4}}{_D}(?![0-9])"
)


def find(view: View) -> Iterator[Hit]:
    """Hits of type PASSPORT in a view."""
    taken: list[tuple[int, int]] = []
    for m in _NEW.finditer(view.text):
        label = label_of(view, m.start(), m.end())
        labelled = label == "passport" or near(view, m.start(), m.end(), "passport")
        upper = m[1].isupper() and m[2].isupper()
        if not labelled and (not upper or m[1] == "G" or label == "other"):
            continue
        taken.append(m.span())
        evidence = ("shape:new", "context:passport") if labelled else ("shape:new",)
        yield Hit(m.start(), m.end(), "PASSPORT", 980_000 if labelled else 880_000, evidence)
    for m in _OLD.finditer(view.text):
        label = label_of(view, m.start(), m.end())
        labelled = label == "passport" or near(view, m.start(), m.end(), "passport")
        if not labelled and (label or not m[1].isupper() or m[1] in "GD" or _fragment(view, m.start())):
            continue
        taken.append(m.span())
        evidence = ("shape:old", "context:passport") if labelled else ("shape:old",)
        yield Hit(m.start(), m.end(), "PASSPORT", 980_000 if labelled else 700_000, evidence)
    for m in _SPREAD.finditer(view.text) if "  " in view.text else ():
        if label_of(view, m.start(), m.end()) == "passport":
            yield Hit(m.start(), m.end(), "PASSPORT", 900_000, ("shape:spread", "context:passport"))
    for m in _SPOKEN.finditer(view.text):
        if label_of(view, m.start(), m.end()) == "passport":
            yield Hit(
                m.start(),
                without_word(view, m.start(), m.end()),
                "PASSPORT",
                900_000,
                ("shape:spoken", "context:passport"),
            )
    for m in _OTHER.finditer(view.text):
        if any(a < m.end() and m.start() < b for a, b in taken):
            continue
        if label_of(view, m.start(), m.end()) == "passport":
            end = without_word(view, m.start(), m.end())
            yield Hit(m.start(), end, "PASSPORT", 850_000, ("shape:other", "context:passport"))


def _fragment(view: View, start: int) -> bool:
    """Part of a longer code: AB-M12345678, /M12345678."""
    return start > 1 and view.text[start - 1] in "-/=#." and not view.text[start - 2].isspace()


PASSPORT = Recognizer("passport", ("PASSPORT",), K_PASSPORT, find)
