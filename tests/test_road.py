"""The whole road on a small demo corpus: it adds up, every document can be named, and bytes do not depend on how it ran."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest
import road_kit
import zstandard

from damjang.cli.tracing import lineage_and_key
from governance.lineage import STAGES, Lineage
from pipelines.identity import document_id, located_id

ACTIONS = ("kept", "changed", "dropped", "quarantined")
GONE = ("dropped", "quarantined")
Named = dict[bytes, tuple[str, str, str]]  # document id -> (last stage, action, reason)


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One founded project and copies of it, made before any of them runs: the same vault, so the same ids."""
    base = tmp_path_factory.mktemp("road")
    road_kit.demo_project(base / "one")
    for name in ("two", "steps"):
        shutil.copytree(base / "one", base / name)
    return {name: base / name / "project.yaml" for name in ("one", "two", "steps")}


@pytest.fixture(scope="module")
def project(copies: dict[str, Path]) -> Path:
    """The project after its first run, with one worker."""
    summary = road_kit.run(copies["one"], "--workers", "1")
    assert summary["release"] == "demo-ko@1"
    return copies["one"]


@pytest.fixture(scope="module")
def lineage(project: Path) -> Lineage:
    return lineage_and_key(project)[0]


@pytest.fixture(scope="module")
def named(lineage: Lineage) -> Named:
    """What became of every document, joined from the decision files without the code under test."""
    last: Named = {}
    for stage in STAGES:
        for row in rows(lineage, stage, "decisions"):
            last[row["document_id"]] = (stage, row["action"], row["reason"])
    return last


def rows(lineage: Lineage, stage: str, kind: str) -> Iterator[dict[str, Any]]:
    for part in lineage.manifest(stage)["parts"]:
        if kind in part["files"]:
            with lineage.open(stage, part["files"][kind]) as file:
                yield from file.table().to_pylist()


def corpus(project: Path) -> Iterator[tuple[str, str]]:
    """(source, record key) of every readable record, read plainly; a text file's key is its path."""
    folder = project.parent / "corpus"
    for path in sorted(folder.glob("press/*.zst")):
        yield from (
            ("press", key) for key in keys(zstandard.ZstdDecompressor().stream_reader(path.read_bytes()).read())
        )
    for path in sorted(folder.glob("forum/*.jsonl")):
        yield from (("forum", key) for key in keys(path.read_bytes()))
    for path in sorted(folder.glob("forum/*.gz")):
        yield from (("forum", key) for key in keys(zlib.decompressobj(31).decompress(path.read_bytes())))
    for path in sorted(folder.glob("news/*.parquet")):
        table = pa.parquet.read_table(path)
        if pa.types.is_string(table.schema.field("body").type):
            wanted = zip(table["article_id"].to_pylist(), table["body"].to_pylist(), strict=True)
            yield from (("news", key) for key, body in wanted if body is not None)
    for path in sorted(folder.glob("statutes/*.csv")):
        text = path.read_bytes().decode("utf-8", "replace")
        for row in csv.DictReader(io.StringIO(text)):
            if row.get("law_id") and row.get("text") and not row["law_id"].startswith("bad-"):
                yield "statutes", row["law_id"]
    for path in sorted(folder.glob("kogl4/*.txt")):
        yield "kogl4", f"kogl4/{path.name}"


def keys(data: bytes) -> Iterator[str]:
    for line in data.split(b"\n"):
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if not isinstance(record, dict) or not isinstance(record.get("text"), str):
            continue
        if isinstance(record.get("id"), str) and not record["id"].startswith("bad-"):  # the gold lists those by place
            yield record["id"]


def test_every_stage_and_source_adds_up(project: Path, lineage: Lineage) -> None:
    before: dict[str, int] = {}
    for stage in STAGES:
        counted: dict[str, Counter[str]] = {}
        for part in lineage.manifest(stage)["parts"]:
            with lineage.open(stage, part["files"]["decisions"]) as file:
                table = file.table()
            actions = counted.setdefault(part["source_id"], Counter())
            actions.update(table["action"].to_pylist())
            assert part["counts"] == {"in": table.num_rows} | {a: table["action"].to_pylist().count(a) for a in ACTIONS}
        for source, actions in counted.items():
            assert before.get(source, actions.total()) == actions.total(), (stage, source)
        before = {source: actions["kept"] + actions["changed"] for source, actions in counted.items()}
    shipped = Counter(values["source_id"] for _, _, values in road_kit.released_rows(project, "demo-ko@1"))
    assert shipped == Counter({source: left for source, left in before.items() if left})
    assert sum(shipped.values()) > 150


def test_no_document_is_decided_on_twice_by_a_stage(lineage: Lineage) -> None:
    for stage in STAGES:
        ids = [row["document_id"] for row in rows(lineage, stage, "decisions")]
        assert len(ids) == len(set(ids))
        assert all(row["stage"] == stage for row in rows(lineage, stage, "decisions"))


def test_every_record_of_the_corpus_can_be_named(project: Path, lineage: Lineage, named: Named) -> None:
    _, key = lineage_and_key(project)
    plan = json.loads((road_kit.folders(project)["ingest"] / "plan.json").read_bytes())
    digests = {f["path"]: f["file_digest"] for unit in plan["units"] for f in unit["files"]}
    shipped = {values["row_id"] for _, _, values in road_kit.released_rows(project, "demo-ko@1")}
    fates: Counter[str] = Counter()
    seen = list(corpus(project))
    assert len(seen) >= 300
    for number, (source, record) in enumerate(seen):
        made = (
            located_id(key, digests[f"corpus/{record}"], 0) if source == "kogl4" else document_id(key, source, record)
        )
        stage, action, reason = named[made]
        assert action not in GONE or reason
        assert action in GONE or stage == "anonymize"
        if number % 6 == 0:  # the officer's door tells the same
            story = lineage.story(made.hex())
            assert story.source_id == source
            assert story.fate == (action if action in GONE else "shipped")
            assert (story.events[-1].stage, story.events[-1].reason) == (stage, reason)
            assert (bytes.fromhex(story.row_id) in shipped) == (action not in GONE)
            fates[story.fate] += 1
    assert set(fates) >= {"shipped", "dropped"}


def test_a_shipped_document_stands_in_the_row_that_trace_names(project: Path, lineage: Lineage) -> None:
    rows_of = {(path, row): values for path, row, values in road_kit.released_rows(project, "demo-ko@1")}
    made = road_kit.command("trace", lineage.any_shipped(), "--project", str(project), "--json")
    story = json.loads(made.stdout)
    assert story["fate"] == "shipped"
    assert rows_of[story["shard"], story["row"]]["row_id"].hex() == story["row_id"]
    unknown = road_kit.command("trace", "0" * 32, "--project", str(project))
    assert unknown.returncode != 0
    assert unknown.stderr.startswith("error: document")
    assert len(unknown.stderr.splitlines()) <= 2


def test_broken_records_are_quarantined_where_the_gold_says(project: Path, lineage: Lineage) -> None:
    planted = {(f"corpus/{r['path']}", r["reason"]) for r in road_kit.gold(project, "broken")}
    found = {(row["path"], row["reason"]) for row in rows(lineage, "ingest", "quarantine")}
    repeats = {pair for pair in planted if pair[1] == "duplicate_key"}
    assert planted - repeats <= found
    reasons = lineage.manifest("ingest")["parts"]
    assert sum(part["reasons"].get("quarantined:duplicate_key", 0) for part in reasons) >= len(repeats)


def test_recorded_similarities_recompute_exactly(lineage: Lineage) -> None:
    texts = {row["document_id"]: row["text"] for row in rows(lineage, "refine", "data")}
    survivors = {row["document_id"] for row in rows(lineage, "dedup", "data")}
    kinds: Counter[str] = Counter()
    for edge in rows(lineage, "dedup", "edges"):
        one, other = texts[edge["document_id"]], texts[edge["survivor_id"]]
        kinds[edge["kind"]] += 1
        assert edge["document_id"] not in survivors
        assert edge["survivor_id"] in survivors
        if edge["kind"] == "exact":
            assert one == other
            assert edge["jaccard_ppm"] == 1_000_000
        else:
            left, right = windows(one), windows(other)
            assert edge["jaccard_ppm"] == len(left & right) * 1_000_000 // len(left | right) >= 800_000
    assert kinds["exact"] > 2
    assert kinds["near"] > 2


def windows(text: str) -> set[str]:
    return {text[at : at + 5] for at in range(max(len(text) - 4, 1))}


def test_planted_duplicates_fall_as_the_gold_says(project: Path, named: Named) -> None:
    _, key = lineage_and_key(project)
    for pair in road_kit.gold(project, "duplicates"):
        ends = [named[document_id(key, *pair[side])] for side in ("a", "b")]
        if all(stage in ("dedup", "anonymize") for stage, _, _ in ends) and pair["expected"]:
            assert any(reason in ("exact_duplicate", "near_duplicate") for _, _, reason in ends), pair["kind"]


def test_consents_decide_who_enters(project: Path, named: Named) -> None:
    _, key = lineage_and_key(project)
    reasons: dict[str, Counter[str]] = {}
    for row in road_kit.gold(project, "consents"):
        stage, action, reason = named[document_id(key, row["source_id"], row["record_key"])]
        refused = stage == "ingest" and action == "dropped" and reason.startswith("consent_")
        child = action == "quarantined" and reason.startswith("child_")
        assert refused == (row["expected"] == "dropped"), row["state"]
        assert child == (row["expected"] == "quarantined"), row["state"]
        reasons.setdefault(row["state"], Counter())[reason] += 1
    assert set(reasons["withdrawn"]) == {"consent_withdrawn"}
    assert set(reasons["expired"]) == {"consent_expired"}
    assert {"missing", "given", "child_with_guardian", "child_without_guardian"} <= set(reasons)


def test_a_refused_source_ships_nothing_and_says_why(project: Path, lineage: Lineage) -> None:
    mine = [part for part in lineage.manifest("ingest")["parts"] if part["source_id"] == "kogl4"]
    assert mine
    for part in mine:
        assert part["files"]["data"]["rows"] == 0
        assert part["reasons"] == {"dropped:ground_licence_no_modification": part["counts"]["in"]}
    assert all(values["source_id"] != "kogl4" for _, _, values in road_kit.released_rows(project, "demo-ko@1"))


def test_a_rerun_touches_nothing_and_imports_no_beam(project: Path) -> None:
    out = project.parent / "out"
    before = road_kit.tree(out)
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from damjang.cli.projects import run_to_summary\n"
        "run_to_summary(Path(sys.argv[1]), quiet=True)\n"
        "heavy = {'apache_beam', 'great_expectations', 'presidio_analyzer', 'kiwipiepy', 'grpc'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)\n"
    )
    made = road_kit.python(script, str(project))
    assert made.returncode == 0, made.stderr
    after = road_kit.tree(out)
    touched = {path for path in before | after if before.get(path) != after.get(path)}
    assert touched <= {"runs/latest.json", ".lock"}  # when the last run was, and the lock it held
    assert not (out / "runs" / "host.json").exists()


def test_two_workers_write_the_same_shards(project: Path, copies: dict[str, Path]) -> None:
    road_kit.run(copies["two"], "--workers", "2")
    assert road_kit.shards(copies["two"]) == road_kit.shards(project)
    for stage in STAGES:
        one, two = road_kit.manifest(project, stage), road_kit.manifest(copies["two"], stage)
        assert one["digest"] == two["digest"]
        assert one["folder"] == two["folder"]


def test_step_by_step_is_the_same_as_at_once(project: Path, copies: dict[str, Path]) -> None:
    from damjang.cli.projects import run_to_summary
    from pipelines.errors import NothingToDo
    from pipelines.run import ORDER

    with pytest.raises(NothingToDo, match="ingest"):
        run_to_summary(copies["steps"], only="dedup", quiet=True)
    for step in ORDER[: ORDER.index("validate")]:
        run_to_summary(copies["steps"], only=step, quiet=True)
    sealed = road_kit.manifest(copies["steps"], "assemble")["facts"]["shards"]
    assert {Path(shard["path"]).name: shard["sha256"] for shard in sealed} == road_kit.shards(project)


def test_a_later_day_ends_a_licence(copies: dict[str, Path]) -> None:
    """`--as-of` a day after the news contract: its documents are refused, and nothing of them is written."""
    from damjang.cli.projects import run_to_summary

    counts = {}
    for day in ("2026-11-22", "2027-07-01"):
        run_to_summary(copies["steps"], only="register", as_of=day, quiet=True)
        run_to_summary(copies["steps"], only="ingest", as_of=day, quiet=True)
        parts = road_kit.manifest(copies["steps"], "ingest")["parts"]
        news = [part for part in parts if part["source_id"] == "news"]
        counts[day] = Counter({reason: 0 for reason in ("dropped:ground_licence_expired",)})
        for part in news:
            counts[day].update(part["reasons"])
            counts[day]["rows"] += part["files"]["data"]["rows"]
    assert counts["2026-11-22"]["dropped:ground_licence_expired"] == 0 < counts["2026-11-22"]["rows"]
    assert counts["2027-07-01"]["dropped:ground_licence_expired"] > 0 == counts["2027-07-01"]["rows"]


def test_a_threshold_runs_again_only_what_reads_it(copies: dict[str, Path]) -> None:
    """Another gate touches no stage before validate, another dedup threshold none before dedup."""
    from damjang.cli.projects import run_to_summary
    from schemas.policy import load_policy

    project = copies["steps"]

    def made(*steps: str) -> dict[str, str]:
        for step in ("register", *steps):
            summary = run_to_summary(project, only=step, quiet=True)
        folders = dict(summary["folders"])
        return {step: folders[step] for step in steps}

    def begun() -> set[str]:
        return {path.name for path in (project.parent / "out" / "stages").iterdir()}

    steps = ("ingest", "refine", "dedup", "anonymize", "assemble")
    before = made(*steps)
    known = begun()
    road_kit.write_policy(project.parent, gates={"residual_sample_rows": 50})
    assert made(*steps) == before
    road_kit.write_policy(project.parent, dedup={"threshold_ppm": 950_000})
    after = made(*steps[:3])
    assert {step for step in after if after[step] != before[step]} == {"dedup"}
    assert begun() - known == {after["dedup"]}
    policy = load_policy("policy.yaml", project.parent)
    lineage = lineage_and_key(project)[0]
    for stage in ("refine", "dedup"):  # a decision names the part of the policy that it was made by
        assert {row["policy_digest"] for row in rows(lineage, stage, "decisions")} == {policy.part_digest(stage)}
    reasons = Counter(row["reason"] for row in rows(lineage, "dedup", "decisions"))
    assert all(row["jaccard_ppm"] >= 950_000 for row in rows(lineage, "dedup", "edges"))
    assert reasons["exact_duplicate"] > 2
