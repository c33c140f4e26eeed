"""detect and evaluate: file formats, matching, intervals, foreign labels, and no content in errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_kit import call

from anonymizers.evaluate import Rate, evaluate
from damjang.cli import detect_cmd
from damjang.cli.line_files import FileInputError

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
    notes = detect_cmd.Notes()
    detect_cmd.detect(source, tmp_path / "out.jsonl", notes=notes)
    assert notes.told() == ["1 record was left out: 1 no JSON object in UTF-8 (line 2)"]
    source.write_text('{"id": 1}\n')
    with pytest.raises(FileInputError, match="no column 'text'"):
        detect_cmd.detect(source, tmp_path / "out.jsonl")


MAPS = [
    (b"a: NOSUCH", "no such label as NOSUCH"),
    (b"a: 3", "no such label as 3"),
    (b"a: [[A]]", "a label maps to one label, a list of labels or null"),
    (b"a: {b: c}", "a label maps to one label, a list of labels or null"),
    (b"a: [MOBILE", "map.yaml:1: not YAML"),
    (b"a: MOBILE\na: PHONE", "map.yaml:2: not YAML: a label stands twice"),
    (b"\xff\xfea: MOBILE", "not UTF-8"),
    (b"", "not a map of labels"),
    (b"[a]", "not a map of labels"),
]


@pytest.mark.parametrize(("content", "says"), MAPS)
def test_a_map_that_cannot_be_is_named_by_cause(tmp_path: Path, content: bytes, says: str) -> None:
    labels = tmp_path / "map.yaml"
    labels.write_bytes(content)
    with pytest.raises(FileInputError, match=says) as caught:
        detect_cmd.evaluate(write(tmp_path / "g.jsonl", [{"text": "가", "spans": []}]), labels=labels)
    assert caught.value.exit_code == 4


def test_labels_are_read_as_they_are_written(tmp_path: Path) -> None:
    labels = tmp_path / "map.json"
    labels.write_text('{\n\t"NO": ["MOBILE", "PHONE"],\n\t"1": "EMAIL", "misc": null}')
    gold = write(tmp_path / "g.jsonl", [{"text": TEXT, "spans": [[4, 17, "NO"], [21, 37, "1"]]}])
    assert set(detect_cmd.evaluate(gold, labels=labels).strict) == {"*", "NO", "1"}


def test_a_label_that_no_side_knows_is_told(tmp_path: Path) -> None:
    gold = write(tmp_path / "gold.jsonl", [{"text": TEXT, "spans": [[4, 17, "tel"], [21, 37, "mail"]]}])
    labels = tmp_path / "map.yaml"
    labels.write_text("Tel: [MOBILE, PHONE]\nmail: EMAIL\n")
    notes = detect_cmd.GoldNotes()
    detect_cmd.evaluate(gold, labels=labels, notes=notes)
    assert (notes.texts, notes.unmapped, notes.unused) == (1, {"tel": 1}, ["Tel"])
    assert [line.split(":")[0] for line in notes.told()] == [
        "not in --map, so not scored", "in --map, but no span of the gold has it"
    ]  # fmt: skip


def test_spans_that_cannot_be_cost_their_line(tmp_path: Path) -> None:
    good = [4, 17, "MOBILE"]
    outside = [[17, 4, "MOBILE"], [-1, 4, "MOBILE"], [0, 400, "MOBILE"], [4, 4, "MOBILE"]]
    malformed = [[0.0, 4, "MOBILE"], [True, 4, "MOBILE"], [0, 4, None], [0, 4], "MOBILE"]
    rows: list[object] = [{"text": TEXT, "spans": [good, span]} for span in (*outside, *malformed)]
    rows += [{"text": TEXT}, {"text": TEXT, "spans": None}, {"text": TEXT, "spans": [[*good, 0.9]]}]
    notes = detect_cmd.GoldNotes()
    report = detect_cmd.evaluate(write(tmp_path / "g.jsonl", rows), notes=notes)
    assert report.strict["MOBILE"].recall == Rate(1, 1)
    assert (notes.texts, notes.left.reasons) == (
        1, {detect_cmd.OUTSIDE: 4, detect_cmd.BAD_SPANS: 6, detect_cmd.NO_SPANS: 1}
    )  # fmt: skip
    assert notes.left.lines[detect_cmd.OUTSIDE] == [1, 2, 3, 4]


def test_nothing_of_nothing_is_no_perfect_score(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = evaluate([[(0, 2, "AGE")]], [[]]).rows()
    assert {row["precision"] for row in rows} == {None}
    assert {row["recall"] for row in rows} == {0.0}
    gold = write(tmp_path / "g.jsonl", [{"text": TEXT, "spans": [[0, 2, "AGE"]]}])
    said = call(capsys, "evaluate", gold)
    [age] = {line.split("  ", 2)[2] for line in said.out.splitlines() if line.startswith("  AGE")}
    assert age.split() == ["1", "0", "–", "0.000", "(0.00–0.79)", "0.000"]


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
