"""`damjang records`: every record of the law is entered or read off, signed where it must be, and exported with its clock."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from cli_kit import call
from officer_kit import asked, office, told, write_csv

from governance.record_exports import RULES
from governance.record_forms import NAMES, form

DIGEST = "a" * 64
ENTERED: dict[str, tuple[str, ...]] = {
    "pseudonymisation": ("release=c@1", "purpose=연구", "items=이름", "usage=학습", "destroyed_at=2024-02-29"),
    "adequacy-review": (
        "release=c@1", "stage=adequacy", "round=1", "reviewers=r1, r2", "outside_reviewers=1", "verdict=적정", "redo=",
        f"evidence_sha256={DIGEST}", "reviewed_on=2026-11-01",
    ),
    "reidentification-test": (
        "release=c@1", "method=linkage", "figure_ppm=10", "threshold_ppm=100", f"evidence_sha256={DIGEST}",
        "tested_on=2026-11-01",
    ),
    "privilege-change": (
        "staff_ref=s1", "change=granted", "role=engineer", "scope=project", "by_ref=s2",
        "changed_at=2026-11-22T09:00:00+09:00",
    ),
    "processor": (
        "organisation=라벨링 주식회사", "task==주석", "country=KR", "contract_sha256=file:terms.txt",
        "valid_from=2026-01-01", "valid_until=2026-12-31",
    ),
    "transfer": (
        "transferred=yes", "period_from=2026-01-01", "period_until=2026-06-30", "stated_by=demo", "country=JP",
        "recipient=예시", "ground=consent", f"contract_sha256={DIGEST}",
    ),
    "incident": ("incident=i-1", "event=drill", "kind=breach", "known_at=2026-11-22T09:00:00+09:00"),
    "class-decision": (
        "release=c@1", "data_class=PERSONAL", "ground=consent", "why=기본값", "pia=PIA-2026-1", "decided_by=demo",
        "decided_on=2026-11-01",
    ),
    "pipc-resolution": (
        "resolution=2027-1", "conditions=조건", "resolved_on=2027-04-01", "expires_on=2028-04-01",
        f"document_sha256={DIGEST}",
    ),
    "balancing-test": (
        "source_id=forum", "kind=legitimate_interest", "verdict=passed", f"document_sha256={DIGEST}",
        "decided_on=2026-11-01",
    ),
}  # fmt: skip
NO_TRANSFER = ("transferred=no", "period_from=2026-07-01", "period_until=2026-12-31", "stated_by=demo")
CLOCKS = {
    "pseudonymisation": "2027-03-01",  # three years after 29 February
    "adequacy-review": "2027-03-01",
    "reidentification-test": "2027-03-01",
    "privilege-change": "2029-11-22",
    "processor": "2029-12-31",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return office(tmp_path / "p")


def rows_of(capsys: pytest.CaptureFixture[str], project: Path, kind: str, *args: Any) -> list[dict[str, Any]]:
    found = json.loads(told(capsys, project, "records", "export", kind, *args, "--json").out)
    assert isinstance(found, list)
    return found


def test_every_kind_is_entered_and_exported_with_its_clock(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert set(ENTERED) == set(NAMES) <= set(RULES)
    for kind, values in ENTERED.items():
        told(capsys, project, "records", "add", kind, *values)
    for kind, values in ENTERED.items():
        (row,) = rows_of(capsys, project, kind)
        assert row["retention"] == RULES[kind]
        assert row["keep_until"] == CLOCKS.get(kind, "")
        assert {value.partition("=")[0] for value in values} <= row.keys()
    (processor,) = rows_of(capsys, project, "processor")
    terms = (project.parent / "terms.txt").read_bytes()
    assert processor["contract_sha256"] == hashlib.sha256(terms).hexdigest()
    (assessment,) = rows_of(capsys, project, "pia")
    assert (assessment["release"], assessment["pia"]) == ("c@1", "PIA-2026-1")
    said = told(capsys, project, "records", "export", "processor")
    (line,) = csv.DictReader(io.StringIO(said.out))
    assert line["task"] == "'=주석"  # a spreadsheet runs nothing
    shown = json.loads(call(capsys, "records", "kinds", "--json").out)
    assert {kind: set(told["fields"]) for kind, told in shown.items() if told["fields"]} == {
        kind: {field for field, _, _ in form(kind)} for kind in NAMES
    }


def test_that_nothing_was_transferred_is_signed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add = ("records", "add", "transfer", *NO_TRANSFER)
    assert "give --key" in told(capsys, project, *add, code=4).one_error()
    another = ("records", "add", "transfer", *NO_TRANSFER[:-1], "stated_by=officer-2")
    for args in ((*add, "--key", "file:keys/log.key"), (*another, "--key", "file:keys/officer.key")):
        assert "signed by the officer" in told(capsys, project, *args, code=4).one_error()
    told(capsys, project, *add, "--key", "file:keys/officer.key")
    (row,) = rows_of(capsys, project, "transfer")
    assert row["statement_signed_by"] == "demo"
    # one changed field, and nobody has said it
    with sqlite3.connect(project.parent / "ledger.db") as ledger:
        ledger.execute("DROP TRIGGER transfer_record_no_update")
        for column, value in (("period_until", "2027-12-31"), ("stated_by", "another"), ("statement", "{}")):
            (before,) = ledger.execute(f"SELECT {column} FROM transfer_record").fetchone()
            ledger.execute(f"UPDATE transfer_record SET {column} = ?", (value,))
            ledger.commit()
            (row,) = rows_of(capsys, project, "transfer")
            assert row["statement_signed_by"] == "", column
            ledger.execute(f"UPDATE transfer_record SET {column} = ?", (before,))
            ledger.commit()


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("passwords", "a=b"), "is no kind of record"),
        (("processor", "organisation"), "FIELD=VALUE"),
        (("processor", "organisation=a", "organisation=b"), "each field once"),
        (("processor", "organisation=a", "colour=red"), "no field colour"),
        (("processor", "organisation=a"), "needs task"),
        (("incident", "incident=i", "event=known", "kind=fire", "known_at=2026-11-22T00:00:00Z"), "kind takes breach"),
        (("incident", "incident=i", "event=known", "kind=breach", "known_at=2026-11-22T00:00:00"), "with its zone"),
        (("privilege-change", *ENTERED["privilege-change"][:-2], "by_ref=s1", ENTERED["privilege-change"][-1]), "by_ref"),
        (("processor", *ENTERED["processor"][:3], "contract_sha256=file:none", "valid_from=2026-01-01"), "file:PATH"),
    ],
)  # fmt: skip
def test_a_wrong_record_is_refused_in_two_lines(
    args: tuple[str, ...], says: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert says in told(capsys, project, "records", "add", *args, code=4).one_error()


def test_what_is_read_off_the_project(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from governance.ledger import Ledger
    from governance.vault import Destruction

    at = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    order = Destruction("file", "stage/f1", "withdrawal", "2026-11-22T00:00:00.000000Z")
    Ledger.open("sqlite:///ledger.db", project.parent).record_destructions([order], at, approver="officer-1")
    (destroyed,) = rows_of(capsys, project, "destruction-register")
    assert (destroyed["target"], destroyed["approver"], destroyed["method"]) == (
        "stage/f1",
        "officer-1",
        "key_destroyed",
    )

    ref = asked(capsys, project, "records", "staff", "--name", "홍길동", "--role", "reviewer", "--by", "officer-1")[
        "ref"
    ]
    log = rows_of(capsys, project, "access-log", "--by", "officer-2")
    assert [(row["who"], row["task"]) for row in log] == [
        ("officer-1", "staff-record"), ("officer-2", "access-log-export"),
    ]  # fmt: skip
    assert log[0]["subject"] == ref
    assert all({"who", "at", "where", "subject", "task"} <= row.keys() for row in log)
    assert {int(row["keep_until"][:4]) - int(row["at"][:4]) for row in log} == {1}
    told(capsys, project, "consents", "import", write_csv(tmp_path / "c.csv", [{"flags": "sensitive"}]))
    log = rows_of(capsys, project, "access-log", "--by", "officer-2")
    assert {int(row["keep_until"][:4]) - int(row["at"][:4]) for row in log} == {2}

    apart = {row["item"].split(" (")[0]: row["holds"] for row in rows_of(capsys, project, "separation")}
    assert apart["vault in a database of its own"]
    assert not apart["vault key kept in another folder than the vault"]  # as `init` makes it: said, not hidden
    assert apart["vault key readable by its owner only"]
    (project.parent / "vault" / "vault.key").chmod(0o644)
    apart = {row["item"].split(" (")[0]: row["holds"] for row in rows_of(capsys, project, "separation")}
    assert not apart["vault key readable by its owner only"]


def test_all_of_them_into_a_folder(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, project, "records", "add", "processor", *ENTERED["processor"])
    said = told(capsys, project, "records", "export", "all", "--to", tmp_path / "out", "--by", "officer-1")
    assert {path.stem for path in (tmp_path / "out").iterdir()} == set(RULES) - {"data-overview"}
    assert (tmp_path / "out" / "processor.csv").read_bytes().startswith("\ufefforganisation".encode())
    assert "nothing on record): transfer" in said.err
    for args in (("all",), ("access-log",), ("data-overview",)):
        told(capsys, project, "records", "export", *args, code=2)
    told(capsys, project, "records", "export", "nonsense", code=4)


def test_the_data_overview_is_of_a_release(tmp_path: Path) -> None:
    """인공지능기본법 34①2: a row a source, by what the certificate says."""
    from governance.record_exports import data_overview
    from tests.test_report import Desk

    desk = Desk(tmp_path)
    desk.published()
    facts = desk.report()
    rows = data_overview(facts)
    assert [row["source"] for row in rows] == [source.source_id for source in facts.sources]
    assert sum(row["shipped"] for row in rows) == facts.issue.rows
    for row in rows:
        assert row["known_limits"]
        assert (row["certificate"], row["retention"]) == (facts.issue.certificate, RULES["data-overview"])
