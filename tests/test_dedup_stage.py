"""dedup through the stage's door beside brute force: drifting chains, copies and a hot bucket, however they are filed."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
import road_kit
import small_project

from damjang.cli.projects import run_to_summary
from damjang.cli.tracing import lineage_and_key

PROJECT = """\
damjang: 1
name: chains
demo: true
purpose: pretraining
as_of: 2026-11-22
policy: policy.yaml
release: {name: chains}
sources:
  - id: notices
    provider: 담장시
    licence: {id: KOGL-1}
    ground: {id: statute, evidence: 공공데이터법 제17조}
    paths: ["data/*.jsonl"]
    format: jsonl
    record_key: id
signing: {threshold: 1}
unit_bytes: %s
"""
THRESHOLD = 800_000


def documents() -> dict[str, str]:
    """Chains whose neighbours are alike and whose ends are not, copies, and texts that share most of a form."""
    dice = random.Random(11)

    def plain(sentences: int) -> str:
        return " ".join(small_project.sentence(dice, 0) for _ in range(sentences))

    made: dict[str, str] = {}
    for chain in range(12):
        words = plain(10).split(" ")
        for link in range(7):
            made[f"chain{chain}-{link}"] = " ".join(words)
            words[dice.randrange(len(words))] = f"{dice.randrange(10**6)}번째로"
    form = plain(9)
    made |= {f"form{number}": f"{form} {plain(3)}" for number in range(40)}  # alike or nearly so, in the same buckets
    made |= {f"copy{number}": made["chain3-2"] for number in range(3)}
    return made


def similarity(one: str, other: str) -> int:
    """Millionths, rounded down, of shared 5-code-point windows."""
    a, b = ({text[i : i + 5] for i in range(len(text) - 4)} for text in (one, other))
    return len(a & b) * 1_000_000 // len(a | b)


def oracle(texts: dict[bytes, str]) -> dict[bytes, tuple[bytes, int]]:
    """{dropped: (its least surviving neighbour, similarity)} by comparing all with all; the longest survives, then by id."""
    kept: list[bytes] = []
    gone: dict[bytes, tuple[bytes, int]] = {}
    for document in sorted(texts, key=lambda d: (-len(texts[d]), d)):
        for survivor in kept:
            found = similarity(texts[document], texts[survivor])
            if found >= THRESHOLD:
                gone[document] = survivor, found
                break
        else:
            kept.append(document)
    return gone


def run(
    folder: Path, files: int, unit_bytes: str, dice: random.Random
) -> tuple[dict[bytes, str], list[dict[str, Any]]]:
    """(texts that entered dedup, edges that came out)."""
    records = list(documents().items())
    dice.shuffle(records)
    (folder / "data").mkdir()
    for number in range(files):
        lines = [json.dumps({"id": key, "text": text}, ensure_ascii=False) for key, text in records[number::files]]
        (folder / "data" / f"{number}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    project = folder / "project.yaml"
    project.write_text(PROJECT % unit_bytes, encoding="utf-8")
    for step in ("ingest", "refine", "dedup"):
        run_to_summary(project, only=step, quiet=True)
    lineage = lineage_and_key(project)[0]
    read = {
        kind: [
            row
            for part in lineage.manifest(stage)["parts"]
            for row in lineage.open(stage, part["files"][kind]).table().to_pylist()
        ]
        for stage, kind in (("refine", "data"), ("dedup", "edges"))
    }
    return {row["document_id"]: row["text"] for row in read["data"]}, read["edges"]


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = road_kit.found(tmp_path_factory.mktemp("chains") / "founded")
    road_kit.write_policy(folder, dedup={"paragraphs": False, "survivor_order": ["length", "id"]})
    return folder


@pytest.mark.parametrize(("files", "unit_bytes"), [(1, "4MiB"), (5, "8KiB")])
def test_the_stage_drops_what_brute_force_drops(founded: Path, tmp_path: Path, files: int, unit_bytes: str) -> None:
    folder = shutil.copytree(founded, tmp_path / "project")
    texts, edges = run(folder, files, unit_bytes, random.Random(files))
    assert len(texts) == len(documents())
    assert {edge["document_id"]: (edge["survivor_id"], edge["jaccard_ppm"]) for edge in edges} == oracle(texts)
    assert len(edges) > 40
    for edge in edges:
        same = texts[edge["document_id"]] == texts[edge["survivor_id"]]
        assert edge["kind"] == ("exact" if same else "near")
