"""dedup's policies through the stage's door: evaluation items, repeated paragraphs, exact and near copies, on and off."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import road_kit
import small_project

from damjang.cli.projects import run_to_summary
from damjang.cli.tracing import lineage_and_key
from ext.eojeols_py import eojeols
from governance.lineage import Lineage
from pipelines.identity import document_id

FORMULA = "이 고시의 시행에 필요한 세부 사항은 담당 부서의 장이 따로 정하여 알린다."
ITEM = "다음 글을 읽고 물음에 답하시오 어느 마을의 도서관에는 책이 열두 권 있었는데 그 가운데 세 권을 옆 마을에 빌려 주었다"
BRIEF = "수도는 어디 인가"  # three eojeols: too few to be told from chance
PROJECT = """\
damjang: 1
name: screened
demo: true
purpose: pretraining
as_of: 2026-11-22
policy: policy.yaml
release: {name: screened}
sources:
"""
SOURCE = """\
  - id: %s
    provider: 담장시
    licence: {id: KOGL-1}
    ground: {id: statute, evidence: 공공데이터법 제17조}
    paths: ["%s.jsonl"]
    format: jsonl
    record_key: id
"""
REST = """\
evaluation_sets:
  - {id: bench, paths: ["bench.jsonl"], text: question}
signing: {threshold: 1}
unit_bytes: 4KiB
"""
ON: dict[str, Any] = {
    "exact": True, "near": True, "paragraphs": True, "paragraph_documents": 5, "paragraph_chars": 20,
    "decontaminate": "drop", "contamination_ppm": 500_000,
}  # fmt: skip


@dataclass(frozen=True)
class Made:
    """One run of dedup: its decisions and edges by document, the texts that stayed, the removed spans, and its facts."""

    decisions: dict[bytes, dict[str, Any]]
    edges: dict[bytes, dict[str, Any]]
    texts: dict[bytes, str]
    cuts: dict[bytes, list[tuple[int, int]]]
    facts: dict[str, Any]


@dataclass
class World:
    """A project whose refine stage is done; `under` runs dedup by another policy."""

    project: Path
    inputs: dict[bytes, str]
    ids: dict[str, bytes]

    def under(self, **policy: Any) -> Made:
        road_kit.write_policy(self.project.parent, dedup=ON | policy)
        summary = run_to_summary(self.project, only="dedup", quiet=True)
        lineage = lineage_and_key(self.project)[0]
        made = Made(
            decisions={row["document_id"]: row for row in rows(lineage, "dedup", "decisions")},
            edges={row["document_id"]: row for row in rows(lineage, "dedup", "edges")},
            texts={row["document_id"]: row["text"] for row in rows(lineage, "dedup", "data")},
            cuts={},
            facts={**lineage.manifest("dedup")["facts"], "counts": summary["counts"]["dedup"]},
        )
        for row in rows(lineage, "dedup", "paragraphs"):
            made.cuts.setdefault(row["document_id"], []).append((row["start"], row["end"]))
        assert set(made.decisions) == set(self.inputs), "no document leaves without a decision"
        for counts in made.facts["counts"].values():
            assert counts["in"] == sum(counts[action] for action in ("kept", "changed", "dropped", "quarantined"))
        return made

    def told(self, made: Made, name: str) -> tuple[str, str, int, int]:
        row = made.decisions[self.ids[name]]
        return row["action"], row["reason"], row["score_ppm"], row["threshold_ppm"]


def rows(lineage: Lineage, stage: str, kind: str) -> Iterator[dict[str, Any]]:
    for part in lineage.manifest(stage)["parts"]:
        if kind in part["files"]:
            with lineage.open(stage, part["files"][kind]) as file:
                yield from file.table().to_pylist()


def documents() -> dict[str, dict[str, str]]:
    """{source: {record key: text}}."""
    dice, words = random.Random(5), ITEM.split(" ")

    def plain(sentences: int = 6) -> str:
        return " ".join(small_project.sentence(dice, 0) for _ in range(sentences))

    notices = {f"plain{number}": plain() for number in range(12)}
    notices |= {
        "whole": f"{plain(3)} {ITEM} {plain(3)}",
        "half": f"{plain(3)} {' '.join(words[:16])} {plain(3)}",  # 16 eojeols hold 4 runs of 13
        "less": f"{plain(3)} {' '.join(words[:15])} {plain(3)}",
        "folded": f"{plain(3)} {ITEM.replace(' ', ', ').replace('열두', '「열두」')} {plain(3)}",
        "brief": f"{plain(3)} {BRIEF} {plain(3)}",
    }
    notices |= {f"formula{number}": f"{plain()}\n{FORMULA}\n{plain(2)}" for number in range(5)}
    notices |= {"twice": f"{FORMULA}\n{plain()}\n{FORMULA}", "only": f"{FORMULA}\n  {FORMULA}  "}
    notices["both"] = f"{plain(3)} {ITEM} {plain(3)}\n{FORMULA}"
    notices |= {"copy": notices["plain0"], "near": notices["plain1"] + " 끝입니다."}
    notices["copy of whole"] = notices["whole"]
    # four documents of another source share the formula among themselves only: below five, so it is theirs to keep
    return {"notices": notices, "papers": {f"paper{number}": f"{plain()}\n{FORMULA}" for number in range(4)}}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = road_kit.found(tmp_path_factory.mktemp("screening") / "project")
    made = documents()
    for source, records in made.items():
        lines = (json.dumps({"id": key, "text": text}, ensure_ascii=False) for key, text in records.items())
        (folder / f"{source}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    bench = (json.dumps({"question": item, "answer": "?"}, ensure_ascii=False) for item in (ITEM, BRIEF))
    (folder / "bench.jsonl").write_text("\n".join(bench) + "\n", encoding="utf-8")
    project = folder / "project.yaml"
    project.write_text(PROJECT + "".join(SOURCE % (name, name) for name in made) + REST, encoding="utf-8")
    for step in ("ingest", "refine"):
        run_to_summary(project, only=step, quiet=True)
    lineage, key = lineage_and_key(project)
    ids = {name: document_id(key, source, name) for source, records in made.items() for name in records}
    inputs = {row["document_id"]: row["text"] for row in rows(lineage, "refine", "data")}
    assert set(inputs) == set(ids.values())
    return World(project, inputs, ids)


@pytest.fixture(scope="module")
def dropping(world: World) -> Made:
    """Every policy on."""
    return world.under()


def runs_share(text: str, item: str) -> int:
    """Oracle: millionths of the item's runs of 13 eojeols that the text has."""
    own, words = eojeols(item), eojeols(text)
    grams = {tuple(own[at : at + 13]) for at in range(len(own) - 12)}
    return len(grams & {tuple(words[at : at + 13]) for at in range(len(words) - 12)}) * 1_000_000 // len(grams)


def test_what_holds_an_evaluation_item_is_dropped_with_its_share(world: World, dropping: Made) -> None:
    for name, identifier in world.ids.items():
        share = runs_share(world.inputs[identifier], ITEM)
        action, reason, score, threshold = world.told(dropping, name)
        assert (reason == "evaluation_item") == (share >= 500_000), name
        if reason == "evaluation_item":
            assert (action, score, threshold) == ("dropped", share, 500_000)
            assert identifier not in dropping.texts
    assert world.told(dropping, "whole")[2] == world.told(dropping, "folded")[2] == 1_000_000
    assert 500_000 <= world.told(dropping, "half")[2] < 1_000_000
    assert world.told(dropping, "less")[:2] == world.told(dropping, "brief")[:2] == ("kept", "")
    assert (dropping.facts["contaminated"], dropping.facts["brief_items"]) == (5, 1)


def test_a_contaminated_document_is_nobodys_survivor(world: World, dropping: Made) -> None:
    assert world.told(dropping, "copy of whole")[1] == "evaluation_item"
    gone = {identifier for identifier, row in dropping.decisions.items() if row["reason"] == "evaluation_item"}
    assert not gone & {edge["survivor_id"] for edge in dropping.edges.values()}


def test_boilerplate_goes_from_its_source_alone_and_leaves_the_rest_as_it_was(world: World, dropping: Made) -> None:
    for name in [*(f"formula{number}" for number in range(5)), "twice"]:
        identifier = world.ids[name]
        before, after = world.inputs[identifier], dropping.texts[identifier]
        assert world.told(dropping, name) == ("changed", "paragraphs_removed", -1, -1)
        assert [before[start:end] for start, end in dropping.cuts[identifier]] == [FORMULA] * before.count(FORMULA)
        assert FORMULA not in after
        kept = [line for line in before.split("\n") if line != FORMULA]
        assert [line for line in after.split("\n") if line.strip()] == kept
    assert world.told(dropping, "only")[:2] == ("dropped", "only_boilerplate")
    for number in range(4):
        identifier = world.ids[f"paper{number}"]
        assert dropping.texts[identifier] == world.inputs[identifier]
    assert dropping.facts["boilerplate_paragraphs"] == 1
    assert dropping.facts["paragraphs_removed"] == sum(map(len, dropping.cuts.values())) == 7


def test_copies_are_dropped_beside_them(world: World, dropping: Made) -> None:
    exact = {world.told(dropping, name)[1] for name in ("copy", "plain0")}
    near = {world.told(dropping, name)[1] for name in ("near", "plain1")}
    assert (exact, near) == ({"", "exact_duplicate"}, {"", "near_duplicate"})
    assert set(dropping.edges) == {
        identifier for identifier, row in dropping.decisions.items() if row["reason"].endswith("_duplicate")
    }


def test_flagged_documents_stay_and_say_so(world: World) -> None:
    made = world.under(decontaminate="flag", exact=False, near=False)
    assert world.told(made, "whole") == ("kept", "evaluation_item_flagged", 1_000_000, 500_000)
    assert made.texts[world.ids["whole"]] == world.inputs[world.ids["whole"]]
    assert world.told(made, "both") == ("changed", "evaluation_item_flagged", 1_000_000, 500_000)
    assert FORMULA not in made.texts[world.ids["both"]]
    assert made.edges == {}
    assert world.told(made, "copy")[:2] == world.told(made, "near")[:2] == ("kept", "")
    assert (made.facts["exact_dropped"], made.facts["near_dropped"], made.facts["recall"]) == (0, 0, {})


def test_a_policy_that_is_off_takes_nothing(world: World) -> None:
    """Each of the three kinds of duplicates is on alone, and then none is."""
    only_exact = world.under(decontaminate="off", near=False, paragraphs=False)
    assert {row["reason"] for row in only_exact.decisions.values()} == {"", "exact_duplicate"}
    assert len(only_exact.edges) == 2  # copy, and the copy of whole
    only_near = world.under(decontaminate="off", exact=False, paragraphs=False)
    assert {row["reason"] for row in only_near.decisions.values()} == {"", "near_duplicate"}
    assert len(only_near.edges) == 3  # equal texts are alike as well
    nothing = world.under(decontaminate="off", exact=False, near=False, paragraphs=False)
    assert nothing.texts == world.inputs
    assert {(row["action"], row["reason"]) for row in nothing.decisions.values()} == {("kept", "")}
    assert (nothing.facts["contaminated"], nothing.facts["boilerplate_paragraphs"], nothing.facts["edges"]) == (0, 0, 0)


def test_the_survivor_order_is_the_policys_and_recorded(world: World, dropping: Made) -> None:
    """`near` is longer than `plain1`; by length it stays, and by id alone whoever has the lesser id."""
    assert dropping.facts["survivor_order"] == ["ground", "licence", "quality", "length", "id"]
    pair = [world.ids["near"], world.ids["plain1"]]
    for order, stays in ((["length", "id"], pair[0]), (["id"], min(pair))):
        made = world.under(survivor_order=order)
        assert made.facts["survivor_order"] == order
        [gone] = set(pair) - {stays}
        assert made.edges[gone]["survivor_id"] == stays
        assert stays in made.texts


def test_a_source_that_loses_more_than_its_share_raises_an_alarm(world: World) -> None:
    made = world.under(alarm_share_ppm=100_000)
    counts = made.facts["counts"]["notices"]
    share = counts["dropped"] * 1_000_000 // counts["in"]
    assert made.facts["alarms"] == [{"source_id": "notices", "share_ppm": share, "limit_ppm": 100_000}]
    latest = json.loads((world.project.parent / "out" / "runs" / "latest.json").read_bytes())
    assert latest["alarms"] == made.facts["alarms"]
    for command in (("run", str(world.project), "--only", "dedup"), ("status", "--project", str(world.project))):
        said = road_kit.command(*command)
        assert said.returncode == 0, said.stdout + said.stderr
        assert "경보 (alarm)" in said.stdout
        assert "notices" in said.stdout
