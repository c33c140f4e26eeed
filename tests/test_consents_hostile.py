"""Consent files that would slip something past: bundled purposes, resident numbers elsewhere, a clock that was slow."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from officer_kit import write_csv
from sqlalchemy import select

from governance.consent_import import BadRow
from governance.consents import import_consents
from governance.ledger import Ledger
from governance.ledger.models.consents import ConsentRecord
from governance.vault import Vault

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
World = tuple[Ledger, Vault, Path]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    postgres = request.param == "postgresql"
    ledger = Ledger.open(request.getfixturevalue("postgres_url") if postgres else tmp_path / "ledger.db")
    return ledger, Vault.create(tmp_path / "vault.db", f"file:{tmp_path / 'vault.key'}", NOW), tmp_path


REFUSED = [
    ("purpose", "서비스 개선 및 인공지능 학습", "bundled_purpose"),
    ("purpose", "신규 서비스 개발을 위한 AI 학습", "bundled_purpose"),
    ("purpose", "맞춤형 광고와 언어모델 훈련", "bundled_purpose"),
    ("purpose", "서비스 개선", "vague_purpose"),
    ("purpose", "인공지능 사전학습과 평가", "vague_purpose"),
    ("subject", "900101－1234567", "holds_art24_identifier"),
    ("subject", "９００１０１-１２３４５６７", "holds_art24_identifier"),
    ("guardian_ref", "보호자 900101-2234567", "holds_art24_identifier"),
    ("guardian_ref", "g" * 1025, "too_long"),
]


@pytest.mark.parametrize(("column", "value", "reason"), REFUSED)
def test_a_row_is_refused_by_number_and_reason(column: str, value: str, reason: str, world: World) -> None:
    ledger, vault, folder = world
    found = import_consents(ledger, vault, write_csv(folder / "c.csv", [{}, {column: value}]), NOW)
    assert (found.taken, found.bad) == (1, (BadRow(2, column, reason),))


@pytest.mark.parametrize("purpose", ["인공지능 학습", "AI 모델 학습", "인공지능 서비스 학습", "LLM fine-tuning"])
def test_a_purpose_that_names_training_alone_is_taken(purpose: str, world: World) -> None:
    ledger, vault, folder = world
    assert import_consents(ledger, vault, write_csv(folder / "c.csv", [{"purpose": purpose}]), NOW).bad == ()


def test_a_clock_that_was_slow_costs_no_consent(world: World) -> None:
    ledger, vault, folder = world
    file = write_csv(folder / "c.csv", [{}, {"subject": "user-2", "given_at": "2026-11-21"}])
    slow = import_consents(ledger, vault, file, NOW - dt.timedelta(days=30))
    assert (slow.taken, slow.bad) == (1, (BadRow(2, "given_at", "in_the_future"),))
    again = import_consents(ledger, vault, file, NOW)
    assert (again.taken, again.repeated, again.bad) == (1, 1, ())
    assert import_consents(ledger, vault, file, NOW) == again  # once


def test_the_law_is_that_of_the_korean_day(world: World) -> None:
    """2026-09-11 00:30 in Korea is still the tenth in UTC; Act 21445 holds."""
    ledger, vault, folder = world
    times = ["2026-09-11T00:30:00+09:00", "2026-09-10T23:30:00+09:00"]
    rows = [{"subject": f"user-{n}", "given_at": at} for n, at in enumerate(times)]
    assert import_consents(ledger, vault, write_csv(folder / "c.csv", rows), NOW).taken == 2
    with ledger.read() as connection:
        found = dict(connection.execute(select(ConsentRecord.given_at, ConsentRecord.law_version)).tuples().all())
    assert found["2026-09-10T15:30:00.000000Z"] == "2026-09-11"
    assert found["2026-09-10T14:30:00.000000Z"] < "2026-09-11"
