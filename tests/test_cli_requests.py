"""`damjang requests`: due dates by Korean days, what is late first, a refusal with reason and appeal, the notice in time."""

from __future__ import annotations

import datetime as dt
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from officer_kit import asked, office, told

KST = dt.timezone(dt.timedelta(hours=9))
ACTOR = ("--actor", "staff-7")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return office(tmp_path / "p")


def received(capsys: pytest.CaptureFixture[str], project: Path, kind: str, days_ago: int = 0, *more: str) -> Any:
    at = dt.datetime.now(KST) - dt.timedelta(days=days_ago)
    who = () if kind == "source_notice" else ("--subject", "user-1")
    return asked(
        capsys, project, "requests", "receive", kind, "--source", "forum", *who, "--received", at.isoformat(), *more
    )


def test_the_whole_way_of_an_access_request(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = received(
        capsys, project, "access", 0, "--name", "홍길동", "--contact", "a@example.kr", "--channel", "e-mail"
    )
    day = dt.datetime.now(KST).date()
    # the day of receipt does not count, and the tenth day counts to its end
    assert dt.datetime.fromisoformat(made["answer_by"]).astimezone(KST).date() == day + dt.timedelta(days=11)
    assert (made["state"], made["late"], made["act_by"]) == ("received", "", "")
    short = made["request"][:8]
    early = told(capsys, project, "requests", "done", short, *ACTOR, code=1)
    assert "영45–46" in early.one_error()
    asked(capsys, project, "requests", "verify", short, "--method", "id_card", *ACTOR)
    (tmp_path / "answer.pdf").write_bytes(b"answer")
    asked(capsys, project, "requests", "done", short, "--evidence", tmp_path / "answer.pdf", *ACTOR)
    assert "can't become closed" in told(capsys, project, "requests", "close", short, *ACTOR, code=1).one_error()
    asked(capsys, project, "requests", "notify", short, "--letter", tmp_path / "answer.pdf", *ACTOR)
    asked(capsys, project, "requests", "close", short, *ACTOR)
    shown = asked(capsys, project, "requests", "show", short)
    assert [step["state"] for step in shown["steps"]] == ["received", "verified", "executed", "notified", "closed"]
    assert len(shown["steps"][3]["evidence"]) == 64
    assert asked(capsys, project, "requests")["requests"] == []
    assert len(asked(capsys, project, "requests", "--all")["requests"]) == 1
    with sqlite3.connect(project.parent / "ledger.db") as ledger:
        assert not any("홍길동" in line or "user-1" in line for line in ledger.iterdump())


@pytest.mark.parametrize(
    ("kind", "days_ago", "late"),
    [
        ("access", 10, ""), ("access", 11, "answer"), ("withdraw", 5, ""), ("withdraw", 6, "act"),
        ("withdraw", 11, "act+answer"), ("suspend", 6, "act"), ("correct", 11, "answer"), ("source_notice", 4, "answer"),
    ],
)  # fmt: skip
def test_due_dates_and_what_is_late(
    kind: str, days_ago: int, late: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    received(capsys, project, "access")
    assert received(capsys, project, kind, days_ago)["late"] == late
    listed = asked(capsys, project, "requests")
    assert (listed["requests"][0]["late"], listed["late"]) == (late, int(bool(late)))
    asked(capsys, project, "requests", "--check", code=1 if late else 0)
    said = told(capsys, project, "requests")
    assert f"기한 경과 (late) {int(bool(late))}건" in said.out


def test_a_refusal_says_why_and_how_to_appeal_and_is_notified_in_time(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = received(capsys, project, "access", 11)
    short = made["request"][:8]
    refuse = ("requests", "refuse", short, "--article", "개인정보 보호법 35④", *ACTOR)
    for missing in (("--reason", "harm_to_others"), ("--appeal", "14일 안에")):
        told(capsys, project, *refuse, *missing, code=2)
    told(capsys, project, *refuse, "--reason", "홍길동이 아님", "--appeal", "14일 안에", code=2)  # no free text
    assert (
        "way to appeal"
        in told(capsys, project, *refuse, "--reason", "harm_to_others", "--appeal", "", code=1).one_error()
    )
    asked(capsys, project, *refuse, "--reason", "harm_to_others", "--appeal", "14일 안에 서면으로")
    assert asked(capsys, project, "requests")["requests"][0]["late"] == "answer"  # refused, and not yet told
    said = told(capsys, project, "requests", "show", short)
    assert "harm_to_others, staff-7" in said.out
    assert "이의제기 (appeal) 14일 안에 서면으로" in said.out
    assert asked(capsys, project, "requests", "notify", short, *ACTOR)["late"] == ""


def test_what_is_wrong_is_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    short = received(capsys, project, "withdraw")["request"][:8]
    assert "no such request" in told(capsys, project, "requests", "show", "ffffffffffff", code=4).one_error()
    assert (
        "is no way of verifying"
        in told(capsys, project, "requests", "verify", short, "--method", "glance", *ACTOR, code=1).one_error()
    )
    asked(capsys, project, "requests", "verify", short, "--method", "login", *ACTOR)
    assert "damjang withdraw" in told(capsys, project, "requests", "done", short, *ACTOR, code=1).one_error()
    for args in (("access",), ("party", "--subject", "x"), ("access", "--subject", "x", "--received", "yesterday")):
        told(capsys, project, "requests", "receive", *args, "--source", "forum", code=2)
