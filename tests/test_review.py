"""damjang review: the queue, answers as decisions, the next run's obedience; and no value in anything that is said.

One small project goes through two runs for all tests of this file: asked, answered, run again.
"""

from __future__ import annotations

import contextlib
import io
import json
import random
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import road_kit
import yaml
from cli_kit import Said
from small_project import sentence

from governance.audit import AuditLog
from governance.ledger import Ledger
from pipelines.reviewing import standing_answers
from pipelines.run import resolve_key
from schemas.projectfile import load_project

KEPT, MASKED, WAITING = "010-7391-6284", "010-8264-1937", "010-5120-8846"
NEIGHBOUR = "kanaria.hana7@kanaria-hana.kr"
VALUES = (KEPT, MASKED, WAITING, NEIGHBOUR)
PROJECT = """\
damjang: 1
name: review
demo: true
purpose: pretraining
as_of: 2026-11-22
policy: policy.yaml
release: {name: review}
unit_bytes: 16KiB
shard_bytes: 32KiB
signing: {threshold: 1}
sources:
  - {id: posts, provider: 담장시, licence: {id: PUBLIC-WORK}, ground: {id: statute, evidence: 공공데이터법 제17조},
     paths: ["input/*.jsonl"], format: jsonl, record_key: id}
"""


@dataclass
class World:
    """A project's folder; what every command said is kept, for the canaries."""

    folder: Path
    said: list[str]

    @property
    def project(self) -> str:
        return str(self.folder / "project.yaml")

    def command(self, *arguments: str, typed: str = "") -> Said:
        """`damjang …`: a run in a process of its own, the rest in this one (three seconds of imports saved)."""
        if arguments[0] == "run":
            done = road_kit.command(*arguments)
            made = Said(done.returncode, done.stdout, done.stderr)
        else:
            made = _in_process(arguments, typed)
        self.said.append(made.out + made.err)
        assert "Traceback" not in made.err, made.err
        return made

    def review(self, *arguments: str, typed: str = "") -> Said:
        return self.command("review", *arguments, "--project", self.project, typed=typed)

    def json(self, *arguments: str) -> dict[str, Any]:
        made = self.review(*arguments, "--json")
        assert made.code == 0, made.err
        return json.loads(made.out)

    def answers(self) -> dict[str, str]:
        from governance.vault import Vault

        project = load_project(Path(self.project))
        ledger = Ledger.open(project.ledger, project.root)
        vault = Vault.open(project.root / project.vault, resolve_key(project, project.vault_key))
        return {found.review_id: found.answer for found in standing_answers(project, ledger, vault)}

    def texts(self, release: str) -> str:
        return "\n".join(values["text"] for _, _, values in road_kit.released_rows(Path(self.project), release))


def _in_process(arguments: tuple[str, ...], typed: str) -> Said:
    from damjang.cli.main import main

    out, err = io.StringIO(), io.StringIO()
    code = 0
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        patch.object(sys, "argv", ["damjang", *arguments]),
        patch.object(sys, "stdin", io.StringIO(typed)),
    ):
        try:
            main()
        except SystemExit as leaving:
            code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    return Said(code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> World:
    """After the first run: mobile numbers are sure to lie between the two thresholds of this policy."""
    folder = road_kit.found(tmp_path_factory.mktemp("review") / "p")
    policy = yaml.safe_load((folder / "policy.yaml").read_text(encoding="utf-8"))
    policy["anonymize"]["entities"]["MOBILE"] |= {"threshold_ppm": 1_000_000, "review_ppm": 300_000}
    (folder / "policy.yaml").write_text(yaml.safe_dump(policy, allow_unicode=True), encoding="utf-8")
    (folder / "input").mkdir()
    dice = random.Random(5)
    records = [{"id": f"p{n}", "text": " ".join(sentence(dice, 0) for _ in range(5))} for n in range(150)]
    for number, value in {20: KEPT, 70: MASKED, 120: WAITING}.items():
        records[number]["text"] += f" 문의는 {NEIGHBOUR} 또는 {value}로 하십시오."
    for part in range(3):
        lines = [json.dumps(r, ensure_ascii=False) for r in records[part * 50 : part * 50 + 50]]
        (folder / "input" / f"{part}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "project.yaml").write_text(PROJECT, encoding="utf-8")
    world = World(folder, [])
    made = world.command("run", world.project)
    assert made.code == 0, made.out + made.err
    return world


@pytest.fixture
def world(asked: World, tmp_path: Path) -> World:
    """A copy of the asked project; what is said goes to the original's canary list."""
    shutil.copytree(asked.folder, tmp_path / "p")
    return World(tmp_path / "p", asked.said)


KEY = "--key=file:{}/keys/officer.key"


def key(world: World) -> str:
    return KEY.format(world.folder)


def by_text(world: World) -> dict[str, str]:
    """{value: review id}: the item's document tells which of the three planted ones it is."""
    items = world.json()["items"]
    assert len(items) == 3
    parts = road_kit.manifest(Path(world.project), "anonymize")["parts"]
    order = [part["name"] for part in parts if "review" in part["files"]]
    assert len(order) == 3  # each planted value lies in a part of its own
    from damjang.cli.tracing import lineage_of

    lineage = lineage_of(Path(world.project))
    found = {}
    for part in lineage.manifest("anonymize")["parts"]:
        if "review" in part["files"]:
            with lineage.open("anonymize", part["files"]["review"]) as file:
                [row] = file.table().to_pylist()
            found[(KEPT, MASKED, WAITING)[order.index(part["name"])]] = row["review_id"].hex()
    return found


def test_the_queue_is_counted_for_anyone_and_shown_to_somebody_who_is_named(world: World) -> None:
    counted = world.json()
    assert counted["waiting"] == {"posts": {"MOBILE": 3}}
    assert counted["answered"] == {"personal": 0, "not": 0}
    assert all("context" not in item for item in counted["items"])
    shown = world.json("--by", "officer-1")["items"]
    for item in shown:
        assert "▸[전화번호]◂" in item["context"]
        assert "[이메일]" in item["context"]
    assert len(world.json("--by", "officer-1", "--limit", "1")["items"]) == 1
    assert world.json("--type", "EMAIL")["items"] == []
    assert len(world.json("--type", "MOBILE", "--source", "posts")["items"]) == 3
    status = json.loads(world.command("status", "--project", world.project, "--json").out)
    assert status["review"] == {"waits": 3, "answered": 0}
    plain = world.review("--by", "officer-1").out
    assert "검토 대기 (waiting) 3" in plain
    assert plain.count("▸[전화번호]◂") == 3


@pytest.mark.parametrize("how", [(), ("--key",)])
def test_a_type_or_source_that_is_none_is_named(world: World, how: tuple[str, ...]) -> None:
    start = (key(world),) if how else ()
    made = world.review(*start, "--type", "NOSUCH")
    assert made.code == 2
    assert "MOBILE" in made.err
    assert "CORPORATE_REG" in made.err
    made = world.review(*start, "--source", "nosuch")
    assert made.code == 3
    assert "no such source in the project\n  sources: posts" in made.one_error()


@pytest.mark.parametrize("by", ["홍길동", "010-1234-5678", "01012345678", "Hong", "a b", "", "a@b.com"])
def test_who_looks_is_a_code(world: World, by: str) -> None:
    for command in (("review", "--by", by), ("records", "export", "access-log", "--by", by),
                    ("trace", "--subject", "x", "--source", "posts", "--by", by)):  # fmt: skip
        made = world.command(*command, "--project", world.project)
        assert made.code == 2, made.out
        assert "a code such as officer-1" in made.err
        assert not by or by not in made.err


def test_looking_is_logged(world: World) -> None:
    from damjang.cli.tracing import open_lineage

    def looks() -> int:
        entries = open_lineage(Path(world.project))[1].access_log.entries()
        return sum(entry.who == "officer-7" and entry.task == "review" for entry in entries)

    world.json()
    assert looks() == 0
    world.json("--by", "officer-7")
    assert looks() == 3


def test_until_answered_a_value_is_masked(asked: World) -> None:
    assert not [value for value in VALUES if value in asked.texts("review@1")]


def test_answers_are_obeyed_by_the_next_run_and_survive_the_one_after(world: World) -> None:
    ids = by_text(world)
    before = road_kit.shards(Path(world.project))
    made = world.review(key(world), "--answer", f"{ids[KEPT]}=not", "--reason", "대표번호", "--json")
    assert made.code == 0, made.err
    assert json.loads(made.out)["recorded"] == 1
    assert world.review(key(world), "--answer", f"{ids[MASKED]}=personal").code == 0
    assert world.json()["next_run"] == 2
    assert road_kit.run(Path(world.project))["release"] == "review@2"
    text = world.texts("review@2")
    assert KEPT in text
    assert not [value for value in (MASKED, WAITING, NEIGHBOUR) if value in text]
    after = road_kit.shards(Path(world.project))
    assert set(before) == set(after)
    assert sum(before[name] != after[name] for name in before) == 1  # the shard of the value that stays, no other
    found = world.json()
    assert (found["waits"], found["answered"], found["next_run"]) == (1, {"personal": 1, "not": 1}, 0)
    facts = road_kit.manifest(Path(world.project), "anonymize")["facts"]
    assert (facts["review"], facts["reviewed"]) == (1, {"personal": 1, "not": 1})
    report = world.command("report", "review@2", "--project", world.project, "--json")
    assert json.loads(report.out)["residual"]["review"] == 1
    stages = road_kit.folders(Path(world.project))
    assert road_kit.run(Path(world.project))["release"] == "review@2"
    assert road_kit.folders(Path(world.project)) == stages
    assert world.answers() == {ids[KEPT]: "not", ids[MASKED]: "personal"}


def test_an_answer_is_a_decision_on_record(world: World) -> None:
    ids = by_text(world)
    world.review(key(world), "--answer", f"{ids[KEPT]}=not", "--reason", "대표번호")
    project = load_project(Path(world.project))
    ledger = Ledger.open(project.ledger, project.root)
    [stage] = [found for found in ledger.stages() if found.stage == "review"]
    assert stage.counts == {"posts": {"in": 1, "kept": 1, "changed": 0, "dropped": 0, "quarantined": 0}}
    assert stage.reasons == {"posts": {"kept:reviewed_not_personal": 1}}
    log = AuditLog(ledger.engine, "any")
    entries = [entry for entry in _entries(log) if " review " in entry]
    assert len(entries) == 1
    for secret in (stage.manifest_digest, ids[KEPT], "대표번호"):
        assert secret not in entries[0]
    for path in (world.folder / "out" / "stages" / stage.folder).rglob("*"):
        if path.is_file():
            assert ids[KEPT].encode() not in path.read_bytes()
            assert "대표번호".encode() not in path.read_bytes()


def _entries(log: AuditLog) -> list[str]:
    from sqlalchemy import select

    from governance.audit import ENTRIES

    with log.engine.connect() as connection:
        return [str(row.entry) for row in connection.execute(select(ENTRIES.c.entry))]


def test_the_same_answer_again_is_no_answer_and_another_needs_change(world: World) -> None:
    ids = by_text(world)
    one = ("--answer", f"{ids[KEPT]}=not", "--reason", "대표번호")
    assert world.json(key(world), *one)["recorded"] == 1
    assert world.json(key(world), *one)["recorded"] == 0
    refused = world.review(key(world), "--answer", f"{ids[KEPT]}=personal")
    assert refused.code == 1
    assert "was answered not before" in refused.err
    assert world.answers() == {ids[KEPT]: "not"}
    assert world.json(key(world), "--answer", f"{ids[KEPT]}=personal", "--change")["recorded"] == 1
    assert world.answers() == {ids[KEPT]: "personal"}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--answer", f"{'0' * 32}=personal"), 4, "no item"),
        (("--answer", f"{KEPT}=personal"), 4, "32 hexadecimal digits"),
        (("--answer", "{id}=maybe"), 1, "neither personal nor not"),
        (("--answer", "{id}=not"), 1, "why is it not personal?"),
        (("--answer", "{id}=not", "--reason", f"{WAITING} 때문"), 1, "personal data"),
        (("--answer", "{id}=not", "--reason", "가" * 201), 1, "too long"),
        (("--answer", "{id}=not", "--answer", "{id}=personal", "--reason", "대표번호"), 1, "answered twice"),
    ],
)
def test_what_is_refused_changes_nothing(world: World, arguments: tuple[str, ...], code: int, said: str) -> None:
    wanted = by_text(world)[KEPT]
    made = world.review(key(world), *(argument.replace("{id}", wanted) for argument in arguments))
    assert made.code == code
    assert said in made.err
    assert len(made.err.strip().splitlines()) <= 2
    assert world.answers() == {}


def test_only_an_officer_or_a_reviewer_answers(world: World, tmp_path: Path) -> None:
    wanted = by_text(world)[KEPT]
    stranger = tmp_path / "stranger.key"
    world.command("keys", "new", str(stranger), "--person", "stranger", "--role", "officer")
    made = world.review(f"--key=file:{stranger}", "--answer", f"{wanted}=personal")
    assert (made.code, world.answers()) == (1, {})
    assert "no officer or reviewer" in made.err
    assert world.review("--answer", f"{wanted}=personal").code == 2


def test_a_csv_file_of_answers_counts_whole_or_not_at_all(world: World, tmp_path: Path) -> None:
    ids = by_text(world)
    file = tmp_path / "answers.csv"
    file.write_text(f"id,answer,reason\n{ids[KEPT]},not,대표번호\n{'0' * 32},not,대표번호\n", encoding="utf-8")
    assert world.review(key(world), "--answers", str(file)).code == 4
    assert world.answers() == {}
    file.write_text(f"id,answer,reason\n{ids[KEPT]},not,대표번호\n{ids[MASKED]},personal,\n", encoding="utf-8-sig")
    assert world.json(key(world), "--answers", str(file))["recorded"] == 2
    assert world.answers() == {ids[KEPT]: "not", ids[MASKED]: "personal"}
    file.write_text("a;b\n1;2\n", encoding="utf-8")
    assert world.review(key(world), "--answers", str(file)).code == 1


def test_item_by_item_at_the_terminal(world: World) -> None:
    made = world.review(key(world), typed="x\nn\n대표번호\ns\nq\n")
    assert made.code == 0, made.err
    assert list(world.answers().values()) == ["not"]


def test_answers_that_got_lost_stop_the_run(world: World) -> None:
    wanted = by_text(world)[KEPT]
    world.review(key(world), "--answer", f"{wanted}=personal")
    [folder] = (world.folder / "out" / "stages").glob("review-*")
    shutil.rmtree(folder)
    made = world.command("run", world.project)
    assert made.code == 1
    assert "not on disk as they were recorded" in made.err


def test_no_value_in_anything_that_was_written_or_said(asked: World) -> None:
    """Last: by now every command of this file has spoken. The run's own output holds no value either."""
    assert len(asked.said) > 10
    for value in VALUES:
        assert not [said for said in asked.said if value in said]
        for path in (asked.folder / "out").rglob("*"):
            if path.is_file():
                assert value.encode() not in path.read_bytes(), path.name
