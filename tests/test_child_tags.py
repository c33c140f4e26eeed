"""Children under 14: authors are quarantined, mentions are tagged, and the two are counted apart from text to report."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
import road_kit
import yaml
from cli_kit import run
from hypothesis import given
from hypothesis import strategies as st
from small_project import sentence

from anonymizers.children import ChildSignal
from anonymizers.pipeline import anonymize_batch, child_tags, default_recognizers
from schemas.policy import Policy, load_policy

PUBLIC = load_policy("pretraining-public", Path())
AUTHOR, MENTION, NEITHER = "저는 12살이에요. 학교가 좋아요.", "저는 12살 아들을 키워요.", "날씨가 좋아요."


def tagging() -> Policy:
    children = PUBLIC.anonymize.children.model_copy(update={"authors": "tag"})
    return PUBLIC.model_copy(update={"anonymize": PUBLIC.anonymize.model_copy(update={"children": children})})


def tags(texts: list[str], policy: Policy = PUBLIC, **kwargs: Any) -> tuple[list[int], list[int], list[str]]:
    result = anonymize_batch(
        texts, policy=policy, recognizers=default_recognizers(policy), pseudonym_key=b"k" * 32,
        doc_keys=[b"d"] * len(texts), **kwargs,
    )  # fmt: skip
    return sorted(result.child_authors), sorted(result.child_mentions), result.actions


def test_an_author_is_no_mention_and_a_mention_no_author() -> None:
    assert tags([AUTHOR, MENTION, NEITHER]) == ([0], [1], ["quarantined", "changed", "kept"])


def test_an_author_with_a_guardian_or_under_a_policy_that_tags_stays_and_is_tagged() -> None:
    assert tags([AUTHOR], guardian_consent=[True])[::2] == ([0], ["changed"])
    assert tags([AUTHOR], tagging())[::2] == ([0], ["changed"])


def test_a_child_directed_source_takes_a_weaker_word_for_an_author() -> None:
    assert tags(["저는 중2입니다"]) == ([], [0], ["kept"])
    assert tags(["저는 중2입니다"], child_directed=True) == ([0], [], ["quarantined"])


SIGNALS = st.lists(
    st.builds(
        ChildSignal, st.integers(0, 4), st.just(0), st.just(1), st.sampled_from(["author", "mention"]),
        st.sampled_from([200_000, 249_999, 250_000, 450_000, 499_999, 500_000, 900_000]),
    )
)  # fmt: skip


@given(SIGNALS, st.booleans())
def test_every_signal_that_counts_tags_its_text_once(signals: list[ChildSignal], directed: bool) -> None:
    authors, mentions = child_tags(signals, PUBLIC, directed)
    sure = 250_000 if directed else 500_000
    assert set(authors) == {s.doc for s in signals if s.kind == "author" and s.score_ppm >= sure}
    rest = [s for s in signals if not (s.kind == "author" and s.score_ppm >= sure)]
    assert mentions == {s.doc for s in rest if s.score_ppm >= 250_000}


PROJECT = """\
damjang: 1
name: pupils
demo: true
purpose: pretraining
as_of: 2026-11-22
policy: policy.yaml
release: {name: pupils}
signing: {threshold: 1}
sources:
  - {id: posts, provider: 담장시, licence: {id: PUBLIC-WORK}, ground: {id: statute, evidence: 공공데이터법 제17조},
     paths: ["input/*.jsonl"], format: jsonl, record_key: id}
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A road run over posts of which two are by children and three speak of one."""
    folder = road_kit.found(tmp_path_factory.mktemp("pupils") / "p")
    (folder / "input").mkdir()
    dice = random.Random(5)
    records = [{"id": f"p{n}", "text": " ".join(sentence(dice, n) for _ in range(5))} for n in range(60)]
    for number, said in {7: AUTHOR, 23: AUTHOR, 11: MENTION, 31: MENTION, 47: MENTION}.items():
        records[number]["text"] += " " + said
    lines = [json.dumps(record, ensure_ascii=False) for record in records]
    (folder / "input" / "posts.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "project.yaml").write_text(PROJECT, encoding="utf-8")
    made = run("run", folder / "project.yaml")
    assert made.code == 0, made.err
    return folder / "project.yaml"


def told(*arguments: Any) -> Any:
    said = run(*arguments, "--json")
    assert said.code == 0, said.err
    return json.loads(said.out)


def test_status_and_report_count_authors_and_mentions_apart(project: Path) -> None:
    assert told("status", "--project", project)["children"] == {"authors": 2, "mentions": 3}
    assert (
        "14세 미만 (under 14) 2 documents by their authors, 3 that mention" in run("status", "--project", project).out
    )
    report = told("report", "pupils@1", "--project", project)
    assert report["children"] == {"authors": 2, "mentions": 3}
    [row] = [row for row in report["evidence"] if row["requirement"]["en"] == "Children under 14"]
    assert "2 documents with a child signal quarantined; 2 read as a child's own, 3 that mention" in json.dumps(row)
    [gate] = [gate for gate in report["gates"] if gate["id"] == "child-guardian"]
    assert "동의 없이 남은 0건; 14세 미만 언급 3건 표시" in json.dumps(gate, ensure_ascii=False)


def test_a_document_that_mentions_a_child_is_traced_with_its_tag(project: Path) -> None:
    fates = {
        key: told("trace", "--record", key, "--source", "posts", "--project", project) for key in ("p7", "p11", "p12")
    }
    assert (fates["p7"]["fate"], fates["p7"]["tags"]) == ("quarantined", [])
    assert (fates["p11"]["fate"], fates["p11"]["tags"]) == ("shipped", ["child_mention"])
    assert (fates["p12"]["fate"], fates["p12"]["tags"]) == ("shipped", [])


def test_a_policy_that_only_tags_authors_ships_none_of_them(project: Path) -> None:
    policy = project.parent / "policy.yaml"
    before = policy.read_text(encoding="utf-8")
    loose = yaml.safe_load(before)
    loose["anonymize"]["children"] = {"authors": "tag", "mentions": "tag"}
    policy.write_text(yaml.safe_dump(loose, allow_unicode=True), encoding="utf-8")
    try:
        refused = run("run", project)
    finally:
        policy.write_text(before, encoding="utf-8")
    assert refused.code == 1
    assert "child-guardian (PIPA 22-2" in refused.one_error()
    assert "동의 없이 남은 2건" in refused.one_error()
