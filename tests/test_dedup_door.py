"""damjang dedup as a user types it: exact beside brute force, whatever the files, their order, and the memory."""

from __future__ import annotations

import itertools
import json
import random
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from damjang.cli import dedup_large
from damjang.cli.dedup_cmd import dedup_files, settings_for
from damjang.cli.main import app
from ext import cluster

Row = dict[str, Any]


def windows(text: str) -> set[str]:
    """The definition: 5-code-point windows; a shorter text is one; an empty one has none."""
    return {text[i : i + 5] for i in range(max(1, len(text) - 4))} if text else set()


def similarity(one: str, other: str) -> float:
    a, b = windows(one), windows(other)
    return len(a & b) / len(a | b) if a and b else 0.0


def write(path: Path, texts: dict[str, str | None]) -> Path:
    path.write_text("".join(json.dumps({"id": i, "text": t}) + "\n" for i, t in texts.items()))  # escapes: \ud800 too
    return path


def rows(out: Path) -> list[Row]:
    found: list[Row] = pq.read_table(out).to_pylist()
    return sorted(found, key=lambda row: row["id"])


def check(texts: dict[str, str | None], found: list[Row], threshold: float) -> float:
    """Every row is true; returns the share of true pairs that are not both kept."""
    kept = {row["id"] for row in found if row["kind"] == "kept"}
    assert sorted(texts) == [row["id"] for row in found]
    for row in found:
        assert list(row) == ["id", "survivor_id", "jaccard", "kind"]
        assert row["survivor_id"] in kept
        mine, survivor = texts[row["id"]] or "", texts[row["survivor_id"]] or ""
        if row["kind"] == "kept":
            assert (row["survivor_id"], row["jaccard"]) == (row["id"], 1.0)
        else:
            assert similarity(mine, survivor) >= threshold
            assert row["jaccard"] == int(similarity(mine, survivor) * 1e6 + 1e-6) / 1e6
            assert (row["kind"] == "exact") == (mine == survivor)
            assert (-len(survivor), row["survivor_id"]) < (-len(mine), row["id"])
    pairs = [
        (a, b) for a, b in itertools.combinations(texts, 2) if similarity(texts[a] or "", texts[b] or "") >= threshold
    ]
    return sum(not {a, b} <= kept for a, b in pairs) / len(pairs) if pairs else 1.0


def drifting(rng: random.Random, chains: int, links: int) -> dict[str, str | None]:
    """A~B~C…: each link is like its neighbour, the ends are unlike."""
    texts: dict[str, str | None] = {}
    for chain in range(chains):
        text = rng.choices("가나다라마바사아자차카타파하𠀀😀 ", k=rng.randint(30, 160))
        for link in range(links):
            texts[f"{chain}-{link}"] = "".join(text)
            for _ in range(rng.randint(1, 2)):
                text[rng.randrange(len(text))] = rng.choice("갸냐댜랴먀뱌샤")
    return texts


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.7, 0.8, 0.9, 1.0])
def test_exact_beside_brute_force_on_drifting_chains(tmp_path: Path, threshold: float) -> None:
    texts = drifting(random.Random(int(threshold * 10)), 30, 8)
    dedup_files([write(tmp_path / "x.jsonl", texts)], "text", "id", threshold, tmp_path / "out")
    assert check(texts, rows(tmp_path / "out"), threshold) >= 0.99


ODD: dict[str, str | None] = {
    "empty": "", "empty too": "", "null": None, "one": "가", "one again": "가", "four": "가나다라", "four again": "가나다라",
    "five": "가나다라마", "same letter": "ㅋ" * 5, "same letter, more": "ㅋ" * 3000, "space": " ", "spaces": "  ",
    "half": "\ud800", "half again": "\ud800", "other half": "\udc00", "half inside": "글 \ud83d 글이 있다", "half inside again": "글 \ud83d 글이 있다",
    "emoji": "😀😀😀😀😀😀", "emoji, fewer": "😀😀😀😀😀", "hanja": "𠀀𠀁𠀂𠀃𠀄𠀅𠀆𠀇𠀈", "hanja again": "𠀀𠀁𠀂𠀃𠀄𠀅𠀆𠀇𠀈",
    "nul": "\0\0\0\0\0\0", "nul again": "\0\0\0\0\0\0", "nfc": "가나다라마바사", "nfd": unicodedata.normalize("NFD", "가나다라마바사"),
}  # fmt: skip


@pytest.mark.parametrize("memory", [1 << 30, 1])
def test_odd_texts_have_one_defined_result(tmp_path: Path, memory: int) -> None:
    found = dedup_files([write(tmp_path / "x.jsonl", ODD)], "text", "id", 0.8, tmp_path / "out", memory=memory)
    assert found.spilled == (memory == 1)
    assert check(ODD, rows(tmp_path / "out"), 0.8) == 1.0
    dropped = {row["id"]: row["survivor_id"] for row in rows(tmp_path / "out") if row["kind"] != "kept"}
    assert dropped == {
        "one again": "one", "four again": "four", "same letter": "same letter, more", "half again": "half",
        "half inside again": "half inside", "emoji, fewer": "emoji", "hanja again": "hanja", "nul again": "nul",
    }  # fmt: skip


def test_a_similarity_of_exactly_the_threshold_is_enough(tmp_path: Path) -> None:
    # 8 windows against 10, the eight among them: J = .8; against 11: .727272
    texts: dict[str, str | None] = {
        "a": "가나다라마바사아자차카타",
        "b": "가나다라마바사아자차카타파하",
        "c": "가나다라마바사아자차카타파하야",
    }
    for threshold, dropped in ((0.8, {"a"}), (0.800001, set()), (0.727272, {"a"}), (0.727273, set())):
        known = {"a", "b"} if threshold > 0.75 else {"a", "c"}
        files = [write(tmp_path / "x.jsonl", {i: texts[i] for i in sorted(known)})]
        dedup_files(files, "text", "id", threshold, tmp_path / "out")
        assert {row["id"] for row in rows(tmp_path / "out") if row["kind"] == "near"} == dropped


def test_shuffled_and_split_files_give_the_same_answer(tmp_path: Path) -> None:
    rng = random.Random(5)
    texts = drifting(rng, 40, 6) | ODD
    answers = []
    for trial, memory in enumerate((1 << 30, 1 << 30, 1, 30_000)):
        order = list(texts)
        rng.shuffle(order)
        cuts = sorted(rng.sample(range(len(order)), trial))
        parts = [order[a:b] for a, b in itertools.pairwise([0, *cuts, len(order)])]
        files = [write(tmp_path / f"{trial}-{n}.jsonl", {i: texts[i] for i in part}) for n, part in enumerate(parts)]
        found = dedup_files(files, "text", "id", 0.8, tmp_path / "out", memory=memory)
        answers.append((rows(tmp_path / "out"), found.candidates, found.verified, found.unresolved))
    assert all(answer == answers[0] for answer in answers)
    assert not [name for name in tmp_path.iterdir() if "damjang" in name.name or name.name.endswith(".tmp")]


@given(
    texts=st.lists(st.text(alphabet="가나a😀", max_size=14), max_size=40),
    bands=st.sampled_from([1, 3, 32]),
    rounds=st.sampled_from([1, 2, 16]),
    threshold=st.sampled_from([1, 500_000, 800_000, 1_000_000]),
    data=st.data(),
)
def test_texts_in_a_file_give_what_texts_in_memory_give(
    tmp_path_factory: pytest.TempPathFactory,
    texts: list[str],
    bands: int,
    rounds: int,
    threshold: int,
    data: st.DataObject,
) -> None:
    settings = cluster.Settings(threshold, bands=bands, rows=2, rounds=rounds)
    order = data.draw(st.none() | st.permutations(range(len(texts))))
    ranked = None if order is None else np.array(order, dtype=np.int64)
    spill = dedup_large.Spill(tmp_path_factory.getbasetemp())
    for text in texts:
        spill.write(pa.array([text], pa.large_string()))
    points = np.array([len(text) for text in texts], dtype=np.int64)
    old, dedup_large._BLOCK = dedup_large._BLOCK, 20
    try:
        found = dedup_large.cluster_large(spill.mapped(), points, ranked, settings, spill)
    finally:
        dedup_large._BLOCK = old
    wanted = cluster.cluster(pa.array(texts, pa.large_string()), ranked, settings)
    assert found.counts == wanted.counts
    for name in ("survivor", "jaccard_ppm", "kind"):
        assert np.array_equal(getattr(found, name), getattr(wanted, name)), name


def test_no_pair_at_the_threshold_is_missed_more_than_once_in_a_thousand() -> None:
    for threshold in (0.05, 0.2, 0.33, 0.5, 0.65, 0.7, 0.8, 0.95, 1.0):
        settings = settings_for(threshold)
        assert (1 - threshold**settings.rows) ** settings.bands <= 1e-3
    assert (settings_for(0.8).bands, settings_for(0.8).rows) == (32, 4)


def test_a_hundred_thousand_copies_and_near_copies(tmp_path: Path) -> None:
    base = "".join(random.Random(3).choices("가나다라마바사아자차카타파하 ", k=300))
    table = pa.table({"id": range(40_000), "text": [base if i % 2 else f"{base}{i:05}" for i in range(40_000)]})
    pq.write_table(table, tmp_path / "x.parquet")
    for memory in (1 << 30, 1):
        found = dedup_files([tmp_path / "x.parquet"], "text", "id", 0.8, tmp_path / "out", memory=memory)
        assert (found.kept, found.exact, found.near) == (1, 0, 39_999)
        assert found.candidates < 40 * 40_000


def test_the_command_says_what_it_took(tmp_path: Path) -> None:
    source = write(tmp_path / "x.jsonl", ODD)
    out = tmp_path / "new" / "folder" / "c.parquet"
    run = CliRunner().invoke(app, ["dedup", str(source), "--threshold", "1.0", "--out", str(out), "--memory", "1"])
    assert run.exit_code == 0, run.output
    assert "bytes a document" in run.output
    assert "MB/s" in run.output
    assert out.is_file()
    run = CliRunner().invoke(app, ["dedup", str(source), "--out", str(out), "--json"])
    told = json.loads(run.output)
    assert told["documents"] == len(ODD)
    assert told["text_bytes"] > 0
    assert CliRunner().invoke(app, ["dedup", str(source), "--threshold", "1.01"]).exit_code == 2
