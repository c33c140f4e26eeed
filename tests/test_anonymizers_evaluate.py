"""detect and evaluate: file formats, matching, intervals, foreign labels, and no content in errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from anonymizers.evaluate import Rate, evaluate
from damjang.cli import detect_cmd

TEXT = "문의는 010-1234-5678 또는 hong@example.com으로"


def write(path: Path, rows: list[object]) -> Path:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


def test_detect_writes_spans_by_id(tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", [{"id": "a", "text": TEXT}, {"id": 7, "text": "없음"}])
    counts = detect_cmd.detect(source, tmp_path / "out.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [row["id"] for row in rows] == ["a", 7]
    assert [(TEXT[s:e], kind) for s, e, kind, _ in rows[0]["spans"]] == [
        ("010-1234-5678", "MOBILE"), ("hong@example.com", "EMAIL"),
    ]  # fmt: skip
    assert all(0 < score <= 1 for *_, score in rows[0]["spans"])
    assert counts["texts"] == 2
    assert "010" not in json.dumps(counts)


def test_evaluate_with_foreign_labels(tmp_path: Path) -> None:
    gold = write(tmp_path / "gold.jsonl", [{"text": TEXT, "spans": [[4, 17, "tel"], [21, 37, "mail"], [0, 2, "misc"]]}])
    labels = tmp_path / "map.yaml"
    labels.write_text("tel: [MOBILE, PHONE]\nmail: EMAIL\nmisc: null\n")
    report = detect_cmd.evaluate(gold, labels=labels)
    assert report.strict["*"].recall == Rate(2, 2)
    assert report.strict["*"].precision == Rate(2, 2)
    assert set(report.strict) == {"*", "tel", "mail"}


def test_errors_name_the_line_and_not_its_content(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"id": 1, "text": "가"}\n{"id": 2, "text": "900101-1234567"\n')
    with pytest.raises(detect_cmd.LineError, match=r"in\.jsonl:2") as caught:
        detect_cmd.detect(source, tmp_path / "out.jsonl")
    assert "900101" not in str(caught.value)
    source.write_text('{"id": 1}\n')
    with pytest.raises(detect_cmd.LineError, match="no text"):
        detect_cmd.detect(source, tmp_path / "out.jsonl")
    labels = write(tmp_path / "map.json", [])
    labels.write_text('{"a": "NOSUCH"}')
    with pytest.raises(detect_cmd.LineError, match="NOSUCH"):
        detect_cmd.evaluate(write(tmp_path / "g.jsonl", [{"text": "가", "spans": []}]), labels=labels)


def test_strict_and_overlap_count_apart() -> None:
    gold = [[(0, 5, "EMAIL"), (10, 20, "PHONE")], [(3, 9, "AGE")]]
    predicted = [[(0, 5, "EMAIL"), (12, 22, "PHONE"), (30, 31, "CARD")], [(3, 9, "BIRTH_DATE")]]
    report = evaluate(gold, predicted)
    assert (report.strict["*"].matched, report.strict["*"].predicted, report.strict["*"].gold) == (1, 4, 3)
    assert report.overlap["*"].matched == 2
    assert report.strict["PHONE"].recall == Rate(0, 1)
    assert report.overlap["PHONE"].recall == Rate(1, 1)
    rows = report.rows()
    assert rows[0]["label"] == "*"
    json.dumps(rows)


def test_one_prediction_answers_for_one_gold_span() -> None:
    report = evaluate([[(0, 3, "AGE"), (4, 7, "AGE")]], [[(0, 7, "AGE")]])
    assert (report.overlap["AGE"].matched, report.overlap["AGE"].predicted) == (1, 1)


def test_two_foreign_labels_may_mean_one_of_ours() -> None:
    gold = [[(0, 3, "name"), (5, 8, "nickname")]]
    report = evaluate(gold, [[(0, 3, "PERSON"), (5, 8, "PERSON")]], {"name": ["PERSON"], "nickname": ["PERSON"]})
    assert {label: score.matched for label, score in report.strict.items()} == {"name": 1, "nickname": 1, "*": 2}


def test_sentence_tags_are_scored_only_if_the_gold_has_them() -> None:
    assert "HEALTH" not in evaluate([[]], [[(0, 9, "HEALTH")]]).strict
    assert evaluate([[(0, 9, "HEALTH")]], [[(0, 9, "HEALTH")]]).strict["HEALTH"].matched == 1


def test_wilson_interval() -> None:
    low, high = Rate(97, 100).interval
    assert (round(low, 3), round(high, 3)) == (0.915, 0.990)
    assert Rate(0, 0).share == 1.0
    assert Rate(0, 0).interval == (0.0, 1.0)
