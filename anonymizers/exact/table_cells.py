# ruff: noqa: E501 - patterns read better on long lines
"""Cells of a table whose header tells what they are: CSV, semicolons, tabs, Markdown pipes; and rows of an SQL INSERT.

Criteria
1. A header: a line of two cells or more, none longer than 16 characters, none with a digit, one of them a label by itself
   (학번, 사번, 생년월일, 나이, 우편번호, 군번, 보험증번호, 계좌번호, 비밀번호, 아이디, 전화번호 and their English names).
2. The lines right below with as many cells (a Markdown rule between is skipped); the cell under a label is a value if the
   whole of it has the form of its type.
3. The columns of an SQL INSERT likewise: (login_id, birth, …) VALUES (…), (…).
4. Types that need no label (resident numbers, mobile numbers, e-mail …) are left to their own recognizers.

Score .88. Evidence: context:column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from anonymizers.exact.hit import Hit, Recognizer
from anonymizers.exact.numbers import is_date, luhn
from anonymizers.exact.resident import corporate_checksum
from anonymizers.gate import K_TABLE
from anonymizers.normalize import View
from anonymizers.tables import rows

_HEADS: Final = (
    ("CARD", r"카드\s?번호|card[ _]?(?:no|number)", r"[0-9](?:[\- ]?[0-9]){12,18}"),
    ("BUSINESS_REG", r"사업자\s?(?:등록)?\s?번호|biz[ _]?(?:reg[ _]?)?no|brn", r"[0-9]{3}-?[0-9]{2}-?[0-9]{5}"),
    ("VEHICLE_PLATE", r"차량\s?번호|차\s?번호|번호판|차량", r"[0-9]{2,3}[ ]?[가-힣][ ]?[0-9]{4}"),
    ("CORPORATE_REG", r"법인\s?(?:등록)?\s?번호|corp(?:orate)?[ _]?(?:reg[ _]?)?no", r"[0-9]{6}-?[0-9]{7}"),
    ("STUDENT_NO", r"학번|학생\s?번호|student[ _]?(?:id|no)", r"[A-Za-z]{0,2}[0-9](?:-?[0-9]){4,9}"),
    ("EMPLOYEE_NO", r"사번|(?:사원|직원|임직원)\s?번호|행번|교번|emp(?:loyee)?[ _]?(?:id|no)", r"(?:[A-Za-z]{1,5}[\-_]?)?[0-9](?:-?[0-9]){2,9}"),
    ("BIRTH_DATE", r"생년\s?월일|생일|출생일자?|birth[ _]?(?:date|day)?|dob", r"(?:19|20)?[0-9]{2}(?P<sep>[\-./]?)(?P<m>[0-9]{2})(?P=sep)(?P<d>[0-9]{2})|(?:19|20)?[0-9]{2}(?P<dot>[\-./])(?P<m1>[0-9]{1,2})(?P=dot)(?P<d1>[0-9]{1,2})"),
    ("AGE", r"나이|연령|age", r"(?:[1-9][0-9]?|1[01][0-9])(?:세|살)?"),
    ("POSTCODE", r"우편\s?번호|zip(?:[ _]?code)?|post(?:al)?[ _]?code", r"[0-9]{5}|[0-9]{3}-[0-9]{3}"),
    ("MILITARY_NO", r"군번", r"[0-9]{2}-?[0-9]{5,8}"),
    ("HEALTH_INSURANCE", r"(?:건강보험)?증?\s?보험증\s?번호|건강보험(?:증)?\s?번호", r"[0-9](?:-?[0-9]){9,11}"),
    ("BANK_ACCOUNT", r"(?:입금|환불|급여)?\s?계좌(?:\s?번호)?|account[ _]?(?:no|number)|account", r"[0-9](?:[\- ]?[0-9]){8,13}"),
    ("PHONE", r"(?:집|자택|사무실)?\s?전화(?:\s?번호)?|연락처|유선|tel", r"0(?:2|[3-6][1-5]|70)[0-9]{7,8}"),
    ("ACCOUNT_HANDLE", r"아이디|카톡\s?아이디|카카오톡\s?id|(?:user|login)[ _]?id", r"@?[A-Za-z][A-Za-z0-9._\-]{2,30}"),
    ("CREDENTIAL", r"비밀\s?번호|비번|패스워드|password|passwd|pw", r"[!-+\--~]{4,64}"),
)  # fmt: skip
_HEAD: Final = re.compile("|".join(f"(?P<t{i}>{words})" for i, (_, words, _) in enumerate(_HEADS)))
_VALUES: Final = tuple(re.compile(value) for _, _, value in _HEADS)
_HINT: Final = re.compile(
    rf"(?:^|[,;|\"\n]|/[ ])[ ]?(?:{'|'.join(words for _, words, _ in _HEADS)})[ \"]{{0,2}}(?:[,;|]|[ ]/|\n)"
)
_INSERT: Final = re.compile(
    r"(?:insert|replace)\s+into\s+[\w.`\"\[\]]{1,60}\s*\((?P<columns>[\w ,`\"'\[\]가-힣\n]{3,400})\)\s*values\s*"
)
_TUPLE: Final = re.compile(r"\s*,?\s*\((?P<t>(?:[^()']|'[^']*'){1,2000})\)")
_SQL_CELL: Final = re.compile(r"\s*(?:'(?P<q>[^']*)'|(?P<n>[^',\s][^',]*))\s*(?:,|$)")


def _with_tabs(view: View) -> str:
    """The view in lower case, tabs where the text has them."""
    if not view.tabs:
        return view.lower
    chars = list(view.lower)
    for at in view.tabs:
        chars[at] = "\t"
    return "".join(chars)


def has_header(text: str) -> bool:
    """Whether a label stands in a cell by itself (`text` in lower case)."""
    return "\n" in text and _HINT.search(text) is not None


def find(view: View) -> Iterator[Hit]:
    """Hits of the types above in a view."""
    for insert in _INSERT.finditer(view.lower) if "values" in view.lower else ():
        yield from _inserted(view, insert)
    lower = _with_tabs(view)
    if not view.tabs and not has_header(lower):
        return
    for cells, columns in rows(lower, _head):
        yield from _row(view, cells, columns)


def _inserted(view: View, insert: re.Match[str]) -> Iterator[Hit]:
    """The values of an INSERT under the names of its columns."""
    columns = [_column(name.strip(" `\"'[]")) for name in insert["columns"].split(",")]
    if max(columns) < 0:
        return
    at = insert.end()
    while m := _TUPLE.match(view.text, at):
        cells = [
            cell.span("q") if cell["q"] is not None else cell.span("n")
            for cell in _SQL_CELL.finditer(view.text, *m.span("t"))
        ]
        if len(cells) == len(columns):
            yield from _row(view, cells, columns)
        at = m.end()


def _head(name: str) -> int:
    """The number of the head that a column is named by, or -1."""
    m = _HEAD.fullmatch(name)
    return int(m.lastgroup[1:]) if m and m.lastgroup else -1


def _column(name: str) -> int:
    """The same for a column of a database, which may say whose it is first: owner_birth."""
    owner, _, rest = name.partition("_")
    return max(_head(name), _head(rest) if owner.isalpha() else -1)


def _row(view: View, cells: Sequence[tuple[int, int]], columns: Sequence[int]) -> Iterator[Hit]:
    for (start, end), column in zip(cells, columns, strict=True):
        m = _VALUES[column].fullmatch(view.text, start, end) if column >= 0 else None
        if m is None:
            continue
        kind = _HEADS[column][0]
        if kind == "BIRTH_DATE" and not is_date(2000, int(m["m"] or m["m1"]), int(m["d"] or m["d1"])):
            continue
        if kind == "CREDENTIAL" and set(m[0]) <= set("*xX.-_"):
            continue
        if kind == "CARD" and not luhn("".join(c for c in m[0] if c.isdigit())):
            continue
        score = 970_000 if kind == "CORPORATE_REG" and corporate_checksum(m[0].replace("-", "")) else 880_000
        yield Hit(start, end, kind, score, ("context:column",))


TABLE_CELLS = Recognizer(
    "table_cells",
    tuple(kind for kind, _, _ in _HEADS),
    K_TABLE,
    find,
    whole=True,
)
