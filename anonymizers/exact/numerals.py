# ruff: noqa: E501 - patterns read better on long lines
"""Numbers of an address as people say them and transcripts write them (목동서로 이백이십칠, 백일동 천이백삼 호).

A numeral becomes figures of the same length, so that the patterns for figures find it and positions stay; which figures
they are does not matter to them. Only what stands where an address has a number is read so.
"""

from __future__ import annotations

import copy
import re
from typing import Final

from anonymizers.normalize import View

_ONE: Final = "[일이삼사오육칠팔구]"
_SINO: Final = rf"(?:{_ONE}?[천백십]){{1,3}}{_ONE}?"
_HINT: Final = re.compile(
    rf"[천백십]{_ONE}?[ ]?(?:번지|번길|길|동|호|층|다시)|[로길동리][ ][일이삼사오육칠팔구]?[천백십]"
)
_WHOLE: Final = rf"(?!{_ONE}|[천백십])"  # all of the numeral
_NUMBERED: Final = r"번지|번길|길[ ]?[0-9천백십]|동[ ,]{0,2}[천백십공영일이삼사오육칠팔구]{2,7}[ ]?호|호(?!선|텔|주|기|흡|응|감)|층(?!층|계|위|운)|다시[ ]?[천백십일이삼사오육칠팔구]"
_COUNTED: Final = r"명|원|개|년|월|만|억|여|번째|배|%|미터|킬로|시간|일간|가지"
_PLACES: Final = re.compile(
    rf"(?<=[로길동리가산])(?P<gap>[ ]{{0,2}})(?P<a>{_SINO}){_WHOLE}(?:(?=[ ]?(?:{_NUMBERED}))|(?![ ]?(?:{_COUNTED})|[가-힣]{{3}}))"
    rf"|(?<![가-힣])(?P<b>{_SINO}|{_ONE}|[공영일이삼사오육칠팔구]{{3,4}}){_WHOLE}(?=[ ]?(?:{_NUMBERED}))"
    rf"|(?<=다시[ ])(?P<c>{_SINO}|{_ONE}){_WHOLE}(?![가-힣]{{2}})"
)
_DASH: Final = re.compile(r"(?<=1)(?P<gap> ?)다시(?= ?1)")


def spoken_in_figures(view: View) -> View:
    """The view itself, or one whose `text` has figures for the numerals of addresses."""
    if _HINT.search(view.text) is None:
        return view
    text = _DASH.sub(lambda m: m["gap"] + "- ", _PLACES.sub(_figures, view.text))
    if text == view.text:
        return view
    other = copy.copy(view)
    other.text = text
    return other


def _figures(m: re.Match[str]) -> str:
    return (m["gap"] or "") + "1" * (len(m[0]) - len(m["gap"] or ""))
