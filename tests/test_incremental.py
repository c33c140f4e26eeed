"""A release that builds on an earlier one: what is released already is dropped, and named; brute force agrees."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import road_kit
import small_project

from governance.lineage import Lineage
from governance.vault import Vault
from pipelines.identity import document_id
from schemas.errors import ConfigError
from schemas.projectfile import load_project

THRESHOLD = 800_000
ALARM = {"alarm_share_ppm": 50_000}  # the ten twins are more than a twentieth of what comes later
Records = dict[str, str]  # record key -> text
PROJECT = """\
damjang: 1
name: notices
demo: true
purpose: pretraining
as_of: 2026-11-22
policy: policy.yaml
release:
  name: {name}
{base}sources:
  - id: notices
    provider: 담장시
    licence: {{id: KOGL-1}}
    ground: {{id: statute, evidence: 공공데이터법 제17조}}
    paths: ["{data}/*.jsonl"]
    format: jsonl
    record_key: id
    subjects: [author]
signing: {{threshold: 1}}
unit_bytes: 16KiB
shard_bytes: 32KiB
"""


def texts_of(dice: random.Random, count: int, first: int) -> Records:
    return {
        f"n{number}": " ".join(small_project.sentence(dice, number) for _ in range(8))
        for number in range(first, first + count)
    }


def arrivals(base: Records) -> Records:
    """What comes later: new notices, and old ones again in every way there is."""
    dice, keys = random.Random(11), sorted(base)
    new = texts_of(dice, 60, 5000)
    fresh = list(new)
    for number, key in enumerate(dice.sample(keys, 40)):
        words = base[key].split(" ")
        kind = number % 5
        if kind == 0:  # the same record again
            new[key] = base[key]
        elif kind == 1:  # the same record, rewritten
            new[key] = new[fresh[number]].replace("주민", "시민") + " " + small_project.sentence(dice, 1)
        elif kind == 2:  # its text under another key
            new[f"copy{number}"] = base[key]
        else:  # words exchanged, more and more of them: Jaccard from .97 down to .5
            for place in dice.sample(range(len(words)), 1 + number // 3):
                words[place] = "새말"
            new[f"near{number}"] = " ".join(words)
    for number in range(10):  # near copies among themselves
        new[f"twin{number}"] = new[fresh[number + 20]] + " 끝."
    return new


def write(folder: Path, records: Mapping[str, str]) -> None:
    folder.mkdir()
    for part in range(2):
        rows = ({"id": k, "author": f"author-{k}", "text": t} for k, t in list(records.items())[part::2])
        lines = (json.dumps(row, ensure_ascii=False) for row in rows)
        (folder / f"{part}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def project_file(project: Path, name: str, data: str, base: str | None = None) -> None:
    told = f"  builds_on: {base}\n" if base else ""
    project.write_text(PROJECT.format(name=name, base=told, data=data), encoding="utf-8")


@pytest.fixture(scope="module")
def base() -> Records:
    return texts_of(random.Random(3), 150, 0)


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory, base: Records) -> Path:
    """A project with `first@1` released; the file already names the second release, which is not yet run."""
    folder = road_kit.found(tmp_path_factory.mktemp("incremental") / "project")
    road_kit.write_policy(folder, dedup=ALARM)
    write(folder / "first", base)
    write(folder / "later", arrivals(base))
    project = folder / "project.yaml"
    project_file(project, "first", "first")
    assert road_kit.run(project, "--workers", "1")["release"] == "first@1"
    project_file(project, "second", "later", "first@1")
    return project


def copied(project: Path, name: str) -> Path:
    folder = project.parent.parent / name
    shutil.copytree(project.parent, folder)
    return folder / "project.yaml"


@pytest.fixture(scope="module")
def built(founded: Path) -> Path:
    project = copied(founded, "built")
    assert road_kit.run(project, "--workers", "1")["release"] == "second@1"
    return project


def vault_of(project: Path) -> Vault:
    return Vault.open(project.parent / "vault" / "vault.db", f"file:{project.parent / 'vault' / 'vault.key'}")


def told(project: Path, kind: str) -> dict[bytes, dict[str, Any]]:
    """{document id: row} of anonymize's decisions or edges."""
    lineage = Lineage(project.parent / "out", vault_of(project))
    parts = [part for part in lineage.manifest("anonymize")["parts"] if kind in part["files"]]
    rows: dict[bytes, dict[str, Any]] = {}
    for part in parts:
        with lineage.open("anonymize", part["files"][kind]) as file:
            rows |= {row["document_id"]: row for row in file.table().to_pylist()}
    return rows


def jaccard_ppm(one: str, other: str) -> int:
    a, b = ({text[i : i + 5] for i in range(max(1, len(text) - 4))} for text in (one, other))
    return len(a & b) * 1_000_000 // len(a | b)


def test_brute_force_over_the_released_text_drops_the_same(built: Path, base: Records) -> None:
    key = vault_of(built).project_key
    ids = {document_id(key, "notices", name): name for name in base | arrivals(base)}
    records, later = base, {document_id(key, "notices", name): text for name, text in arrivals(base).items()}
    released = [values["text"] for _, _, values in road_kit.released_rows(built, "first@1")]
    assert set(released) <= set(records.values()), "the oracle compares inputs: nothing was rewritten"
    shipped = {document_id(key, "notices", name): text for name, text in records.items() if text in set(released)}
    decisions, edges = told(built, "decisions"), told(built, "edges")
    assert len(decisions) < len(later), "dedup dropped the twins among the new ones before"
    reasons: dict[str, int] = {}
    for document, decision in decisions.items():
        best = max(jaccard_ppm(later[document], text) for text in shipped.values())
        gone = document in shipped or best >= THRESHOLD
        assert (decision["action"] == "dropped") == gone, ids[document]
        if not gone:
            continue
        edge = edges[document]
        reasons[decision["reason"]] = reasons.get(decision["reason"], 0) + 1
        assert edge["jaccard_ppm"] == jaccard_ppm(later[document], shipped[edge["survivor_id"]])
        assert edge["jaccard_ppm"] == decision["score_ppm"]
        if document in shipped:
            assert (decision["reason"], edge["kind"]) == ("already_released", "same")
            assert edge["survivor_id"] == document
        else:
            assert edge["jaccard_ppm"] == best
            exact = later[document] == shipped[edge["survivor_id"]]
            assert edge["kind"] == ("exact" if exact else "near")
            assert decision["reason"] == ("released_exact_duplicate" if exact else "released_near_duplicate")
            assert decision["threshold_ppm"] == (1_000_000 if exact else THRESHOLD)
    assert set(edges) == {document for document, row in decisions.items() if row["action"] == "dropped"}
    assert min(reasons[reason] for reason in ("already_released", "released_exact_duplicate")) >= 8
    assert reasons["released_near_duplicate"] >= 5
    assert sum(row["action"] == "kept" for row in decisions.values()) >= 60


def test_recall_of_both_steps_is_measured_and_told(built: Path) -> None:
    dedup = road_kit.manifest(built, "dedup")["facts"]["recall"]
    assert dedup["pairs"] == dedup["found"] >= 10  # the twins: a small corpus is its own sample
    released = road_kit.manifest(built, "anonymize")["facts"]["released"]
    edges = told(built, "edges").values()
    assert released["against"] == ["first@1"]
    for kind in ("same", "exact", "near"):
        assert released[kind] == sum(edge["kind"] == kind for edge in edges)
    assert released["recall"]["pairs"] == released["recall"]["found"] >= released["exact"] + released["near"]
    latest = json.loads((built.parent / "out" / "runs" / "latest.json").read_bytes())
    assert latest["recall"] == {"dedup": dedup, "released": released["recall"]}
    said = road_kit.command("run", str(built))
    assert f"{dedup['found']} of {dedup['pairs']} pairs" in said.stdout
    made = road_kit.command("report", "second@1", "--project", str(built), "--out", str(built.parent / "report.html"))
    assert made.returncode == 0, made.stdout + made.stderr
    page = (built.parent / "report.html").read_text(encoding="utf-8")
    for words in (
        "first@1",
        'id="recall"',
        "앞선 배포판과 유사 중복",
        'class="chip alarm"',
        "중복 제거 단계에서 빠졌습니다",
    ):
        assert words in page
    assert "경보 (alarm)" in said.stdout


def test_everything_adds_up_and_can_be_named(built: Path) -> None:
    lineage, decisions, edges = (
        Lineage(built.parent / "out", vault_of(built)),
        told(built, "decisions"),
        told(built, "edges"),
    )
    assert lineage.index is not None
    for document, edge in edges.items():
        story = lineage.story(document.hex())
        assert (story.fate, story.survivor_id) == ("dropped", edge["survivor_id"].hex())
        assert story.events[-1].reason == decisions[document]["reason"]
        assert document in lineage.index.duplicates(edge["survivor_id"])
    survivor = next(edge["survivor_id"] for edge in edges.values() if edge["kind"] == "near").hex()
    assert road_kit.command("trace", survivor, "--project", str(built)).returncode != 0, "it is not of this run"
    made = road_kit.command("trace", survivor, "--project", str(built), "--release", "first@1", "--json")
    assert json.loads(made.stdout)["fate"] == "shipped"
    [account] = road_kit.manifest(built, "assemble")["facts"]["conservation"]
    last = account["stages"][-1]
    assert last["dropped"] == len(edges)
    assert last["in"] == last["kept"] + last["changed"] + len(edges)


def test_an_interrupted_run_with_two_workers_makes_the_same(built: Path, founded: Path) -> None:
    project = copied(founded, "again")
    stages = project.parent / "out" / "stages"
    with (project.parent / "killed.log").open("wb") as log:
        killed = subprocess.Popen(
            [*road_kit.DAMJANG, "run", str(project), "--json", "--workers", "2"],
            cwd=road_kit.ROOT, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        while not list(stages.glob("anonymize-*/receipts/against/*.json")):
            assert killed.poll() is None, "the run ended before its moment came"
            time.sleep(0.02)
        os.killpg(killed.pid, signal.SIGKILL)
        killed.wait()
    assert road_kit.run(project, "--workers", "2")["release"] == "second@1"
    assert road_kit.shards(project) == road_kit.shards(built)
    for stage in ("dedup", "anonymize"):
        assert road_kit.manifest(project, stage)["digest"] == road_kit.manifest(built, stage)["digest"]
    indexes = [road_kit.manifest(one, "assemble")["side"]["signatures"] for one in (project, built)]
    assert [ref["digest"] for ref in indexes[0]] == [ref["digest"] for ref in indexes[1]]


def test_the_index_stays_inside_and_only_candidates_are_verified(built: Path) -> None:
    assert not list((built.parent / "out" / "releases").rglob("*signatures*"))
    facts = road_kit.manifest(built, "anonymize")["facts"]["released"]
    every = len(told(built, "decisions")) * sum(1 for _ in road_kit.released_rows(built, "first@1"))
    assert len(told(built, "edges")) <= facts["verified"] < every // 5  # sentences of a few words are alike


def test_a_withdrawal_takes_the_signatures_and_a_later_release_builds_on_what_is_left(built: Path) -> None:
    project = copied(built, "withdrawn")
    old = base_folder(project)
    before = {path.name for path in (old / "signatures").iterdir()}
    names = {document_id(vault_of(project).project_key, "notices", f"n{number}"): number for number in range(150)}
    near = next(edge for edge in told(project, "edges").values() if edge["kind"] == "near")
    made = road_kit.command(
        "withdraw", "--project", str(project), "--subject", f"author-n{names[near['survivor_id']]}",
        "--source", "notices", "--execute", "--verified-by", "id_card", "--actor", "staff-7", "--json",
    )  # fmt: skip
    assert made.returncode == 0, made.stdout + made.stderr
    [done] = json.loads(made.stdout)["done"]
    assert done["release"] == "first@2"
    assert done["held"] >= 1, "its near copy, dropped from second for it, must not take its place"
    left = {path.name for path in (old / "signatures").iterdir()}
    assert len(before - left) == 1, "the index of the shard that it was in goes, and no other"
    project_file(project, "third", "later", "first@1")
    refused = road_kit.command("run", str(project))
    assert (refused.returncode, "first@2" in refused.stderr + refused.stdout) == (3, True)

    write(project.parent / "last", {**texts_of(random.Random(3), 150, 0), **texts_of(random.Random(77), 40, 9000)})
    project_file(project, "third", "last", "second@1")
    assert road_kit.run(project)["release"] == "third@1"
    assert road_kit.manifest(project, "anonymize")["facts"]["released"]["against"] == ["second@1", "first@2"]
    rows = told(project, "decisions")
    assert near["survivor_id"] not in rows, "a tombstone keeps the withdrawn out"
    assert sum(row["action"] != "dropped" for row in rows.values()) == 40
    assert near["survivor_id"] not in {edge["survivor_id"] for edge in told(project, "edges").values()}


def base_folder(project: Path) -> Path:
    """The assemble folder of first@1."""
    found = (project.parent / "out" / "stages").glob("assemble-*")
    [folder] = [path for path in found if json.loads((path / "reads.json").read_bytes())["reads"]["release"] == "first"]
    return folder


@pytest.mark.parametrize(("base", "said"), [("second@1", "own name"), ("first", "a name matches")])
def test_a_base_that_cannot_be_is_refused_with_its_line(tmp_path: Path, base: str, said: str) -> None:
    project_file(tmp_path / "project.yaml", "second", "later", base)
    with pytest.raises(ConfigError, match=r"project\.yaml, line 9: release\.builds_on: .*") as caught:
        load_project(tmp_path / "project.yaml")
    assert said in f"{caught.value.message} {caught.value.remedy}"


def test_a_base_that_is_not_there_or_was_indexed_otherwise_is_named(founded: Path) -> None:
    project = copied(founded, "wrong")
    project_file(project, "second", "later", "other@1")
    made = road_kit.command("run", str(project))
    assert made.returncode == 3
    for words in ("no published release other@1", "first@1"):
        assert words in made.stdout + made.stderr
    project_file(project, "second", "later", "first@1")
    road_kit.write_policy(project.parent, dedup={"ngram": 6, **ALARM})
    made = road_kit.command("run", str(project))
    assert (made.returncode, "ngram: 5" in made.stdout + made.stderr) == (3, True)
