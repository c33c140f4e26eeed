"""PIPA records: complete or refused, with their retention clock, exportable."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from governance import records
from governance.errors import RecordInvalid
from governance.grounds import Resolution
from governance.ledger import Ledger
from governance.source_grounds import resolutions_in, verdicts_in

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
DAY = NOW.date()
D = "a" * 64

GOOD: dict[str, records.Record] = {
    "Pseudonymisation": records.Pseudonymisation(
        "c@1", "연구", "이름, 전화번호", "학습", destroyed_at=dt.date(2024, 2, 29)
    ),
    "AdequacyReview": records.AdequacyReview("c@1", "adequacy", 1, ("r1", "r2", "r3"), 1, "적정", "", D, DAY),
    "ReidentificationTest": records.ReidentificationTest("c@1", "linkage", 10, 100, D, DAY),
    "PrivilegeChange": records.PrivilegeChange("s1", "granted", "engineer", "project demo", "s2", NOW),
    "Processor": records.Processor("라벨링 주식회사", "주석", "KR", D, DAY),
    "Transfer": records.Transfer(False, DAY, DAY, "s1"),
    "Incident": records.Incident("i-1", "known", "breach", NOW, subjects=1000),
    "ClassDecision": records.ClassDecision("c@1", "PERSONAL", "consent", "기본값", "의무 아님", "s1", DAY),
    "PipcResolution": records.PipcResolution("2027-1", "조건", dt.date(2027, 4, 1), dt.date(2028, 4, 1), D),
    "BalancingTest": records.BalancingTest("forum", "legitimate_interest", "passed", D, DAY),
}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Ledger:
    if request.param == "sqlite":
        return Ledger.open(tmp_path / "ledger.db")
    return Ledger.open(str(request.getfixturevalue("postgres_url")))


def test_every_kind_is_kept_and_exported(ledger: Ledger) -> None:
    assert set(GOOD) == set(records.KINDS)
    for kind, record in GOOD.items():
        records.keep(ledger, record, NOW)
        (row,) = records.export(ledger, kind)
        assert row["recorded_at"] == "2026-11-22T00:00:00.000000Z"
        assert next(csv.DictReader(io.StringIO(records.to_csv([row])))).keys() == row.keys()
    with pytest.raises(RecordInvalid):
        records.export(ledger, "passwords")


def test_retention_clocks(ledger: Ledger) -> None:
    for kind in ("Pseudonymisation", "PrivilegeChange", "Incident", "ReidentificationTest"):
        records.keep(ledger, GOOD[kind], NOW)
    assert records.export(ledger, "Pseudonymisation")[0]["keep_until"] == "2027-03-01"
    assert records.export(ledger, "PrivilegeChange")[0]["keep_until"] == "2029-11-22"
    assert records.export(ledger, "Incident")[0]["due_at"] == "2026-11-25T00:00:00.000000Z"
    assert records.export(ledger, "ReidentificationTest")[0]["verdict"] == "passed"
    records.keep(ledger, replace(GOOD["Pseudonymisation"], destroyed_at=None), NOW)
    assert records.export(ledger, "Pseudonymisation")[1]["keep_until"] is None
    assert records.access_log_years(subjects=49_999, sensitive_or_unique=False) == 1
    assert records.access_log_years(subjects=50_000, sensitive_or_unique=False) == 2
    assert records.access_log_years(subjects=1, sensitive_or_unique=True) == 2


BAD: list[Callable[[], object]] = [
    lambda: replace(GOOD["Pseudonymisation"], items=" "),
    lambda: replace(GOOD["Pseudonymisation"], purpose=""),
    lambda: replace(GOOD["AdequacyReview"], outside_reviewers=0),
    lambda: replace(GOOD["AdequacyReview"], outside_reviewers=4),
    lambda: replace(GOOD["AdequacyReview"], reviewers=()),
    lambda: replace(GOOD["AdequacyReview"], verdict="부적정"),
    lambda: replace(GOOD["AdequacyReview"], evidence_sha256="A" * 64),
    lambda: replace(GOOD["ReidentificationTest"], figure_ppm=-1),
    lambda: replace(GOOD["PrivilegeChange"], by_ref="s1"),
    lambda: replace(GOOD["Processor"], country="Korea"),
    lambda: replace(GOOD["Processor"], valid_until=DAY - dt.timedelta(days=1)),
    lambda: replace(GOOD["Transfer"], transferred=True),
    lambda: replace(GOOD["Transfer"], country="US"),
    lambda: replace(GOOD["Transfer"], period_until=DAY - dt.timedelta(days=1)),
    lambda: replace(GOOD["ClassDecision"], why=""),
    lambda: replace(GOOD["PipcResolution"], resolved_on=dt.date(2027, 3, 8)),
    lambda: replace(GOOD["PipcResolution"], expires_on=dt.date(2027, 4, 1)),
    lambda: replace(GOOD["BalancingTest"], document_sha256=""),
    lambda: replace(GOOD["Incident"], subjects=-1),
]


@pytest.mark.parametrize("bad", BAD)
def test_an_incomplete_record_is_refused(bad: Callable[[], object]) -> None:
    with pytest.raises(RecordInvalid):
        bad()


def test_a_transfer_needs_everything() -> None:
    whole = replace(
        GOOD["Transfer"], transferred=True, country="US", recipient="x", ground="certified", contract_sha256=D
    )
    for hole in ("country", "recipient", "ground", "contract_sha256"):
        with pytest.raises(RecordInvalid):
            replace(whole, **{hole: None})


def test_the_adequacy_verdict_is_the_newest_of_every_stage(ledger: Ledger) -> None:
    review = GOOD["AdequacyReview"]
    assert not records.adequacy_passed(ledger, "c@1")
    records.keep(ledger, review, NOW)
    assert records.adequacy_passed(ledger, "c@1")
    assert not records.adequacy_passed(ledger, "c@2")
    records.keep(ledger, replace(review, stage="risk", verdict="부적정", redo="다시"), NOW)
    assert not records.adequacy_passed(ledger, "c@1")
    records.keep(ledger, replace(review, stage="risk", round=2), NOW)
    assert records.adequacy_passed(ledger, "c@1")


def test_the_decision_function_reads_them(ledger: Ledger) -> None:
    records.keep(ledger, GOOD["BalancingTest"], NOW)
    records.keep(ledger, replace(GOOD["BalancingTest"], verdict="failed"), NOW)
    records.keep(ledger, GOOD["PipcResolution"], NOW)
    assert verdicts_in(ledger) == {"forum": "failed"}
    assert resolutions_in(ledger) == {
        "2027-1": Resolution("2027-1", dt.date(2027, 4, 1), dt.date(2028, 4, 1), None, conditions_met=True)
    }


def test_a_breach_goes_to_the_regulator_from_a_thousand_subjects_on() -> None:
    breach = GOOD["Incident"]
    assert breach.regulator
    assert not replace(breach, subjects=999).regulator
    assert replace(breach, subjects=1, sensitive=True).regulator


def test_a_spreadsheet_runs_nothing() -> None:
    text = records.to_csv([{"a": "=1+1", "b": "@x", "c": "보통", "d": 3}])
    assert list(csv.reader(io.StringIO(text)))[1] == ["'=1+1", "'@x", "보통", "3"]
