"""Facts of a source that the law asks for, from the project file to the refusal with its article."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
import road_kit
from cli_kit import Said, run
from officer_kit import office, write_csv

from governance.consents import import_consents
from governance.ledger import Ledger
from governance.lineage import Lineage
from governance.vault import Vault

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
FORUM = '    ground: {id: consent, evidence: 동의 고지문}\n    paths: ["data/*.jsonl"]\n'


def with_fact(folder: Path, fact: str, ground: str = "", *, alone: bool = True) -> Path:
    """A project whose forum has one more line; `alone`: it is the only source."""
    project = office(folder)
    text = project.read_text("utf-8")
    assert FORUM in text
    line = FORUM.replace("{id: consent, evidence: 동의 고지문}", ground) if ground else FORUM
    text = text.replace(FORUM, line + f"    {fact}\n")
    if alone:
        before, _, after = text.partition("  - id: cafe")
        text = before + after[after.index("signing:") :]
    project.write_text(text, encoding="utf-8")
    return project


def registered(project: Path, *args: str) -> Said:
    return run("run", project, "--only", "register", *args)


LEGITIMATE = "{id: legitimate_interest, evidence: terms.txt}"
REFUSED = [
    ("cross_controller: true", "", "28-3①", "cross_controller"),
    ("cross_controller: true", "{id: statute, evidence: 공공데이터법 제17조}", "28-3①", "cross_controller"),
    ("mydata: true", "{id: contract, evidence: terms.txt}", "35-2", "mydata"),
    ("accessibility: restricted", LEGITIMATE, "15①6", "not_public"),
    ("accessibility: private", LEGITIMATE, "15①6", "not_public"),
]


@pytest.mark.parametrize(("fact", "ground", "article", "reason"), REFUSED)
def test_a_run_refuses_with_the_article(fact: str, ground: str, article: str, reason: str, tmp_path: Path) -> None:
    said = registered(with_fact(tmp_path / "p", fact, ground))
    assert said.code == 1
    assert f"개인정보 보호법 {article}" in said.one_error()
    # the other source goes on, and the summary says why this one does not
    summary = json.loads(registered(with_fact(tmp_path / "q", fact, ground, alone=False), "--json").out)
    assert [(source, why["reason"]) for source, why in summary["refused"].items()] == [("forum", reason)]
    assert summary["refused"]["forum"]["article"].endswith(article)


@pytest.mark.parametrize(
    ("fact", "ground"), [("accessibility: public", LEGITIMATE), ("accessibility: private", ""), ("mydata: true", "")]
)
def test_what_the_law_does_not_block_goes_on(fact: str, ground: str, tmp_path: Path) -> None:
    said = registered(with_fact(tmp_path / "p", fact, ground), "--json")
    assert said.code == 0, said.err
    assert json.loads(said.out)["refused"] == {}


@pytest.mark.parametrize("fact", ["accessibility: secret", "mydata: perhaps", "cross_controller: [1]", "mydate: true"])
def test_a_wrong_fact_is_named_with_its_line(fact: str, tmp_path: Path) -> None:
    project = with_fact(tmp_path / "p", fact)
    number = 1 + project.read_text("utf-8").splitlines().index(f"    {fact}")
    said = registered(project)
    assert said.code == 3
    assert f"project.yaml, line {number}: sources.0.{fact.partition(':')[0]}" in said.one_error()


def test_mydata_needs_each_persons_consent_to_training(tmp_path: Path) -> None:
    """For research, a consent need not name AI training; of what came by transfer request it must (35-2)."""
    project = with_fact(tmp_path / "p", "mydata: true")
    text = project.read_text("utf-8").replace("purpose: pretraining", "purpose: research")
    project.write_text(text.replace("policy: pretraining-public", "policy: research.yaml"), encoding="utf-8")
    policy = (road_kit.POLICIES / "pretraining-public.yaml").read_text("utf-8")
    (tmp_path / "p" / "research.yaml").write_text(policy.replace("purpose: pretraining", "purpose: research"), "utf-8")
    people = {"plain": "", "trained": "ai_training", "both": "ai_training;mydata"}
    rows = [{"subject": name, "purpose": "research", "flags": flags} for name, flags in people.items()]
    vault = Vault.open(tmp_path / "p" / "vault" / "vault.db", f"file:{tmp_path / 'p' / 'vault' / 'vault.key'}")
    ledger = Ledger.open("sqlite:///ledger.db", tmp_path / "p")
    assert import_consents(ledger, vault, write_csv(tmp_path / "c.csv", rows), NOW).taken == 3
    lines = [{"id": name, "author": name, "text": "도서관 앞 공원을 주민과 함께 새로 단장합니다."} for name in people]
    data = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (tmp_path / "p" / "data" / "a.jsonl").write_text(data, encoding="utf-8")
    said = run("run", project, "--only", "ingest")
    assert said.code == 0, said.err
    lineage = Lineage(tmp_path / "p" / "out", vault)
    reasons = {name: reason_of(lineage, name) for name in people}
    assert reasons == {"plain": "ground_mydata", "trained": "", "both": ""}


def reason_of(lineage: Lineage, key: str) -> str:
    [event] = lineage.story(lineage.document_of_record("forum", key)).events
    return event.reason
