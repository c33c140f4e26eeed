"""Records that the system keeps itself: 28-2 needs its review, and then class, six items and roles are on record."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import road_kit
import small_project
import yaml
from cli_kit import run

from damjang.certificates.trust import Person, Root
from governance import own_records, records
from governance.ledger import Ledger
from governance.records import Pseudonymisation

NOW = dt.datetime(2026, 11, 22, 3, tzinfo=dt.UTC)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Ledger:
    if request.param == "sqlite":
        return Ledger.open(tmp_path / "ledger.db")
    return Ledger.open(str(request.getfixturevalue("postgres_url")))


@pytest.fixture
def root(tmp_path: Path) -> Root:
    from damjang.certificates.reader import load_root

    road_kit.found(tmp_path / "trusted")
    return load_root(tmp_path / "trusted" / "trust" / "root.json")


def test_roles_are_recorded_when_the_root_changes(ledger: Ledger, root: Root) -> None:
    [demo] = root.persons
    assert own_records.record_privileges(ledger, root, NOW, "demo") == 2
    assert own_records.record_privileges(ledger, root, NOW) == 0
    added = Person("officer-with-a-code-longer-than-thirty-two", ("officer", "reviewer"), demo.keys[1:])
    later = replace(root, version=2, persons=(replace(demo, roles=("engineer",), keys=demo.keys[:1]), added))
    assert own_records.record_privileges(ledger, later, NOW + dt.timedelta(days=1)) == 3
    rows = records.export(ledger, "PrivilegeChange")
    told = [(row["change"], row["role"], row["by_ref"], row["keep_until"]) for row in rows]
    assert told == [
        ("granted", "engineer", "root-v1", "2029-11-22"),
        ("granted", "officer", "root-v1", "2029-11-22"),
        ("granted", "officer", "root-v2", "2029-11-23"),
        ("granted", "reviewer", "root-v2", "2029-11-23"),
        ("revoked", "officer", "root-v2", "2029-11-23"),
    ]
    assert all(len(row["staff_ref"]) <= 32 for row in rows)


def test_the_clock_of_a_pseudonymisation_record_starts_with_destruction(ledger: Ledger) -> None:
    record = Pseudonymisation("c@1", "research", "PERSON: mask", "배포판", period_until=dt.date(2027, 5, 1))
    assert not own_records.record_pseudonymised_destroyed(ledger, "c@1", NOW)
    assert own_records.record_pseudonymised(ledger, record, NOW)
    assert not own_records.record_pseudonymised(ledger, record, NOW)
    # 15:00 UTC is the next day in Korea
    assert own_records.record_pseudonymised_destroyed(ledger, "c@1", dt.datetime(2026, 11, 22, 15, tzinfo=dt.UTC))
    assert not own_records.record_pseudonymised_destroyed(ledger, "c@1", NOW)
    first, last = records.export(ledger, "Pseudonymisation")
    assert (first["keep_until"], last["destroyed_at"], last["keep_until"]) == (None, "2026-11-23", "2029-11-23")
    assert [last[n] for n in ("purpose", "items", "usage", "recipient", "period_until", "other")] == [
        first[n] for n in ("purpose", "items", "usage", "recipient", "period_until", "other")
    ]


def test_the_class_keeps_what_a_person_said_of_the_assessment(ledger: Ledger) -> None:
    def decide(release: str, who: str) -> bool:
        return own_records.record_class(ledger, release, "PERSONAL", "consent", "기본값", who, NOW)

    assert decide("c@1", "engineer-1")
    assert not decide("c@1", "engineer-1")
    assert decide("c@1", "officer-1")
    stated = records.ClassDecision("c@1", "PERSONAL", "consent", "기본값", "PIA-2026-3", "officer-2", NOW.date())
    records.keep(ledger, stated, NOW)
    assert decide("c@2", "engineer-1")
    assert decide("d@1", "engineer-1")
    found = [(row["release"], row["pia"]) for row in records.export(ledger, "ClassDecision")]
    assert found[-3:] == [("c@1", "PIA-2026-3"), ("c@2", "PIA-2026-3"), ("d@1", own_records.PIA_UNSTATED)]


def research(folder: Path) -> Path:
    """A demo project for research whose only source rests on 28-2."""
    road_kit.found(folder)
    small_project.write_corpus(folder / "data", 60)
    text = small_project.PROJECT.format(name="notices")
    text = text.replace("purpose: pretraining", "purpose: research").replace("pretraining-public", "research.yaml")
    text = text.replace(
        "{id: statute, evidence: 공공데이터법 제17조}", "{id: pseudonymised_28-2, evidence: 연구계획서}"
    )
    policy = (folder / "policy.yaml").read_text("utf-8").replace("purpose: pretraining", "purpose: research")
    (folder / "research.yaml").write_text(policy, encoding="utf-8")
    (folder / "project.yaml").write_text(text, encoding="utf-8")
    return folder / "project.yaml"


def exported(project: Path, kind: str) -> list[dict[str, Any]]:
    said = run("records", "export", kind, "--by", "auditor-1", "--project", project, "--json")
    assert said.code == 0, said.err
    rows: list[dict[str, Any]] = json.loads(said.out)
    return rows


def test_a_pseudonymised_release_needs_its_review_and_leaves_its_records(tmp_path: Path) -> None:
    project = research(tmp_path / "p")
    refused = run("run", project)
    assert refused.code == 1
    assert "28-2" in refused.one_error()
    assert "적정성 검토를 통과하지 않았습니다" in refused.one_error()
    assert exported(project, "class-decision") == exported(project, "pseudonymisation") == []
    told = ("stage=adequacy", "round=1", "reviewers=r1,r2,r3", "outside_reviewers=1", "verdict=적정", "redo=")
    (tmp_path / "p" / "review.txt").write_text("적정성 검토 결과\n", encoding="utf-8")
    said = run(
        "records", "add", "adequacy-review", "release=notices@1", *told, "evidence_sha256=file:review.txt",
        "reviewed_on=2026-11-22", "--project", project,
    )  # fmt: skip
    assert said.code == 0, said.err
    published = run("run", project, "--json")
    assert published.code == 0, published.err
    ledger = Ledger.open("sqlite:///ledger.db", tmp_path / "p")
    assert ledger.release("notices@1").data_class == "PSEUDO_28-2"
    [record] = exported(project, "pseudonymisation")
    assert record["purpose"] == "research"
    assert "PERSON: mask" in record["items"]
    assert record["period_until"]
    assert not record["destroyed_at"]
    assert not record["keep_until"]
    decided = exported(project, "class-decision")
    assert [(row["release"], row["data_class"], row["decided_by"]) for row in decided] == [
        ("notices@1", "PSEUDO_28-2", "demo")
    ]
    assert {row["role"] for row in exported(project, "privilege-change")} == {"engineer", "officer"}


def test_what_operators_leave_can_not_be_called_pseudonymised(tmp_path: Path) -> None:
    project = research(tmp_path / "p")
    policy = tmp_path / "p" / "research.yaml"
    text = policy.read_text(encoding="utf-8")
    loose = yaml.safe_load(text)
    loose["anonymize"]["entities"]["PERSON"]["operator"] = "partial_mask"
    policy.write_text(yaml.safe_dump(loose, allow_unicode=True), encoding="utf-8")
    told = ("stage=adequacy", "round=1", "reviewers=r1,r2,r3", "outside_reviewers=1", "verdict=적정", "redo=")
    (tmp_path / "p" / "review.txt").write_text("적정성 검토 결과\n", encoding="utf-8")
    said = run(
        "records", "add", "adequacy-review", "release=notices@1", *told, "evidence_sha256=file:review.txt",
        "reviewed_on=2026-11-22", "--project", project,
    )  # fmt: skip
    assert said.code == 0, said.err
    refused = run("run", project)
    assert refused.code == 1
    assert "28-2②" in refused.one_error()
    assert "개인을 알아볼 수 있는 정보가 있습니다" in refused.one_error()
