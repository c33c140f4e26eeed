"""Requests: verified before anything, answered in time, refused with reasons, every step kept."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from governance import requests as rights
from governance.errors import RequestRefused, RequestUnknown
from governance.ledger import Ledger
from governance.times import KST
from governance.vault import Vault

RECEIVED = dt.datetime(2026, 11, 20, 15, 30, tzinfo=KST)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault.create(tmp_path / "vault.db", f"file:{tmp_path}/v.key", RECEIVED)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger.open(tmp_path / "ledger" / "ledger.db")


def receive(ledger: Ledger, vault: Vault, **more: object) -> str:
    facts = {"received_at": RECEIVED, "channel": "email", "source_id": "forum", "provider_id": "canary-user-5"} | more
    return rights.receive(
        ledger, vault, "withdraw", RECEIVED, requester={"name": "카나리아", "phone": "010-5"}, **facts
    )


def test_the_whole_way_of_a_request(ledger: Ledger, vault: Vault) -> None:
    key = receive(ledger, vault)
    assert receive(ledger, vault, request_id=key) == key
    info = rights.request(ledger, key, RECEIVED)
    assert (info.state, info.late, info.article) == ("received", "", "개인정보 보호법 37①③, 영44")
    assert info.due_at == dt.datetime(2026, 12, 1, tzinfo=KST)  # ten days after the day of receipt
    assert info.act_by == dt.datetime(2026, 11, 26, tzinfo=KST)
    for early in ("planned", "approved", "executed", "notified", "closed"):
        with pytest.raises(RequestRefused, match="영45"):
            rights.advance(ledger, key, early, RECEIVED)
    with pytest.raises(RequestRefused, match="verifying"):
        rights.verify(ledger, key, "looked nice", "staff", RECEIVED)
    rights.verify(ledger, key, "phone", "staff-ref", RECEIVED)
    assert rights.advance(ledger, key, "planned", RECEIVED, evidence="a" * 64)
    assert not rights.advance(ledger, key, "planned", RECEIVED, evidence="a" * 64)
    assert rights.advance(ledger, key, "planned", RECEIVED, evidence="b" * 64)
    rights.advance(ledger, key, "approved", RECEIVED, actor="officer-ref", evidence="b" * 64)
    rights.advance(ledger, key, "executed", RECEIVED, evidence="c" * 64)
    with pytest.raises(RequestRefused):
        rights.refuse(ledger, key, RECEIVED, actor="x", reason="no", article="37②", appeal="y")
    rights.advance(ledger, key, "notified", RECEIVED)
    rights.advance(ledger, key, "closed", RECEIVED)
    steps = [step["state"] for step in rights.history(ledger, key)]
    assert steps == ["received", "verified", "planned", "planned", "approved", "executed", "notified", "closed"]


def test_what_is_late_is_listed_first(ledger: Ledger, vault: Vault) -> None:
    old = receive(ledger, vault)
    new = receive(ledger, vault, received_at=RECEIVED + dt.timedelta(days=7))
    at = {
        "5 days": RECEIVED + dt.timedelta(days=5),
        "6 days": RECEIVED + dt.timedelta(days=6),
        "11": RECEIVED + dt.timedelta(days=11),
    }
    assert [r.late for r in rights.requests(ledger, at["5 days"])] == ["", ""]
    assert [(r.request_id, r.late) for r in rights.requests(ledger, at["6 days"])] == [(old, "act"), (new, "")]
    assert rights.request(ledger, old, at["11"]).late == "act+answer"
    rights.refuse(
        ledger, new, RECEIVED, actor="s", reason="not_a_subject", article="37②", appeal="이의신청: 개인정보 보호책임자"
    )
    rights.advance(ledger, new, "notified", RECEIVED)
    assert rights.request(ledger, new, at["11"]).late == ""


def test_a_refusal_owes_reason_article_and_appeal(ledger: Ledger, vault: Vault) -> None:
    key = receive(ledger, vault)
    for hole in ("reason", "article", "appeal"):
        facts = {"reason": "r", "article": "a", "appeal": "p"} | {hole: ""}
        with pytest.raises(RequestRefused):
            rights.refuse(ledger, key, RECEIVED, actor="s", **facts)
    with pytest.raises(RequestUnknown):
        rights.refuse(ledger, "no such", RECEIVED, actor="s", reason="r", article="a", appeal="p")


def test_no_name_reaches_the_ledger(ledger: Ledger, vault: Vault, tmp_path: Path) -> None:
    key = receive(ledger, vault)
    held = b"".join(p.read_bytes() for p in (tmp_path / "ledger").iterdir())
    for canary in ("canary-user-5", "카나리아", "010-5"):
        assert canary.encode() not in held
    assert rights.request(ledger, key, RECEIVED).subject_id is not None
