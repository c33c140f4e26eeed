"""Records as a person enters them: a kind and FIELD=VALUE, to a checked record (governance.records), with its reasons.

The statement that nothing was transferred abroad (28-8) is signed: a DSSE envelope by an officer of the root of trust,
kept with the record, so that whoever reads the export can check who said it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, replace
from pathlib import Path
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from damjang.certificates.canonical import canonical, parse
from damjang.certificates.dsse import Envelope
from damjang.certificates.errors import TrustError
from damjang.certificates.keys import Signer
from damjang.certificates.trust import Root
from governance import records
from governance.errors import RecordInvalid
from governance.records import Record, Transfer

STATEMENT_TYPE: Final = "application/vnd.damjang.no-transfer+json"
NAMES: Final = {
    "pseudonymisation": records.Pseudonymisation,
    "adequacy-review": records.AdequacyReview,
    "reidentification-test": records.ReidentificationTest,
    "privilege-change": records.PrivilegeChange,
    "processor": records.Processor,
    "transfer": records.Transfer,
    "incident": records.Incident,
    "class-decision": records.ClassDecision,
    "pipc-resolution": records.PipcResolution,
    "balancing-test": records.BalancingTest,
}
"""What a person types, and the kind of record."""

_REFS: Final = ("staff_ref", "by_ref", "stated_by", "decided_by", "checked_by_cpo")
_YES, _NO = ("yes", "true", "예"), ("no", "false", "아니요")


def form(name: str) -> list[tuple[str, str, bool]]:
    """(field, what it takes, whether it must be given) of a kind. Raises RecordInvalid."""
    kind = _kind(name)
    hints = get_type_hints(kind)
    return [
        (field.name, _takes(field.name, hints[field.name]), field.default is MISSING)
        for field in fields(kind)
        if field.name != "statement"
    ]


def record_from(name: str, given: Mapping[str, str], root: Path) -> Record:
    """A record from what was typed. `…_sha256` takes 64 hex digits, or file:PATH (below `root`), which is digested.

    Raises RecordInvalid naming the field and what it takes.
    """
    kind = _kind(name)
    known = {field: (takes, needed) for field, takes, needed in form(name)}
    for field in given:
        if field not in known:
            raise RecordInvalid(f"{name} has no field {field[:40]}", f"fields: {', '.join(known)}")
    missing = [field for field, (_, needed) in known.items() if needed and field not in given]
    if missing:
        raise RecordInvalid(f"{name} needs {missing[0]}", f"{missing[0]} takes {known[missing[0]][0]}")
    hints = get_type_hints(kind)
    made: Record = kind(**{field: _value(field, text, hints[field], root) for field, text in given.items()})
    return made


def sign_no_transfer(record: Transfer, organisation: str, root: Root, signer: Signer) -> Transfer:
    """The record with its statement signed. Raises RecordInvalid unless an officer signs as `stated_by`."""
    person = root.person_of(signer.public.keyid)
    if person is None or "officer" not in person.roles or person.id != record.stated_by:
        raise RecordInvalid(
            "the statement is signed by the officer who makes it", "stated_by is an officer of root.json; --key is hers"
        )
    return replace(
        record, statement=Envelope(_statement(record, organisation), STATEMENT_TYPE).signed(signer).to_bytes().decode()
    )


def check_statement(row: Mapping[str, Any], organisation: str, root: Root) -> str:
    """Who signed an exported transfer row's statement; "" when it has none or it does not hold."""
    if not row["statement"]:
        return ""
    try:
        envelope = Envelope.from_bytes(row["statement"].encode(), STATEMENT_TYPE, "statement")
        signed = root.persons_of(envelope.verify(root.keys("officer")), "officer")
        payload = parse(envelope.payload, "statement")
    except TrustError:
        return ""
    told = {
        "format": "damjang-no-transfer/v1", "organisation": organisation, "period_from": row["period_from"],
        "period_until": row["period_until"], "stated_by": row["stated_by"], "transferred": False,
    }  # fmt: skip
    return row["stated_by"] if payload == told and row["stated_by"] in signed else ""


def _statement(record: Transfer, organisation: str) -> bytes:
    return canonical(
        {"format": "damjang-no-transfer/v1", "organisation": organisation, "transferred": False,
         "period_from": record.period_from.isoformat(), "period_until": record.period_until.isoformat(),
         "stated_by": record.stated_by}
    )  # fmt: skip


def _kind(name: str) -> type[Any]:
    if name not in NAMES:
        raise RecordInvalid(f"{name[:40]} is no kind of record", f"one of: {', '.join(NAMES)}")
    return NAMES[name]


def _bare(hint: Any) -> Any:
    """The type without `| None`."""
    if get_origin(hint) in (Union, types.UnionType):
        return next(one for one in get_args(hint) if one is not type(None))
    return hint


def _takes(field: str, hint: Any) -> str:
    kind = _bare(hint)
    if get_origin(kind) is Literal:
        return " | ".join(get_args(kind))
    if field.endswith("_sha256"):
        return "file:PATH or 64 hex digits"
    if field in _REFS or field == "reviewers":
        return "a code or a ref of the vault, never a name" + ("; several by commas" if field == "reviewers" else "")
    named = {dt.date: "a date, 2026-11-22", dt.datetime: "a time with its zone, 2026-11-22T09:00:00+09:00",
             int: "a number", bool: "yes | no"}  # fmt: skip
    return named.get(kind, "text")


def _value(field: str, text: str, hint: Any, root: Path) -> Any:
    kind = _bare(hint)
    try:
        if get_origin(kind) is Literal:
            if text in get_args(kind):
                return text
        elif field.endswith("_sha256") and text.startswith("file:"):
            return hashlib.sha256((root / text.removeprefix("file:")).read_bytes()).hexdigest()
        elif kind is bool:
            if text.lower() in (*_YES, *_NO):
                return text.lower() in _YES
        elif kind is dt.datetime:
            found = dt.datetime.fromisoformat(text)
            if found.tzinfo is not None:
                return found
        elif kind is dt.date:
            return dt.date.fromisoformat(text)
        elif kind is int:
            return int(text)
        elif get_origin(kind) is tuple:
            return tuple(one.strip() for one in text.split(",") if one.strip())
        elif field not in _REFS or len(text) <= 32:
            return text
    except (ValueError, OSError):
        pass
    raise RecordInvalid(f"{field} is not as it must be", f"{field} takes {_takes(field, hint)}")
