"""detect, evaluate, anonymize, dedup: one file in, one file out, no project."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from cli_kit import call

TEXTS = {
    "a": "김서윤 과장의 전화는 010-0000-1234이고 메일은 a.b@example.com입니다.",
    "b": "날씨가 좋아서 강가를 걸었다.",
    "c": "주민등록번호 900101-1234568 을 적어 주세요.",
}
SECRETS = ("김서윤", "010-0000-1234", "a.b@example.com", "900101-1234568")


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    path = tmp_path / "texts.jsonl"
    lines = [{"id": name, "text": text, "board": "자유"} for name, text in TEXTS.items()]
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path


def rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_detect_gives_spans_of_the_text_as_given(
    texts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "spans.jsonl"
    said = call(capsys, "detect", texts, "--out", out)
    assert said.code == 0, said.err
    found = {row["id"]: row["spans"] for row in rows(out)}
    assert set(found) == set(TEXTS)
    assert found["b"] == []
    cut = {TEXTS[str(name)][s:e]: kind for name, spans in found.items() for s, e, kind, _ in spans}  # type: ignore[attr-defined]
    assert cut == dict(zip(SECRETS, ("PERSON", "MOBILE", "EMAIL", "RRN"), strict=True))
    assert not any(secret in said.out for secret in SECRETS)
    strict = call(capsys, "detect", texts, "--out", out, "--min-score", "1.0", "--json")
    assert json.loads(strict.out) == {"texts": 3}


def test_evaluate_maps_foreign_labels(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = TEXTS["a"]
    at = text.index("010-")
    gold = [{"text": text, "spans": [[0, 3, "NAME"], [at, at + 13, "TEL"], [0, 1, "ODD"]]}]
    (tmp_path / "gold.jsonl").write_text(json.dumps(gold[0], ensure_ascii=False) + "\n", encoding="utf-8")
    (tmp_path / "map.yaml").write_text("NAME: PERSON\nTEL: [MOBILE, PHONE]\nODD: null\n")
    said = call(capsys, "evaluate", tmp_path / "gold.jsonl", "--map", tmp_path / "map.yaml", "--json")
    assert said.code == 0, said.err
    scored = {(row["match"], row["label"]): row for row in json.loads(said.out)}
    for label in ("NAME", "TEL"):
        assert scored["strict", label]["recall"] == 1.0
        low, high = scored["strict", label]["recall_interval"]
        assert 0 < low < high == 1.0
    assert "precision" in call(capsys, "evaluate", tmp_path / "gold.jsonl", "--map", tmp_path / "map.yaml").out
    assert "not our labels: NAME, ODD, TEL" in call(capsys, "evaluate", tmp_path / "gold.jsonl").out
    (tmp_path / "map.yaml").write_text("NAME: HUMAN\n")
    said = call(capsys, "evaluate", tmp_path / "gold.jsonl", "--map", tmp_path / "map.yaml")
    assert said.code == 4
    assert "no such label as HUMAN" in said.one_error()


def test_anonymize_keeps_every_other_field_and_no_value(
    texts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "clean.jsonl"
    said = call(capsys, "anonymize", texts, "--out", out, "--policy", "pretraining-public", "--json")
    assert said.code == 0, said.err
    counts = json.loads(said.out)
    assert (counts["texts"], counts["kept"], counts["changed"]) == (3, 1, 2)
    assert counts["found"] == {"EMAIL": 1, "MOBILE": 1, "PERSON": 1, "RRN": 1}
    clean = rows(out)
    assert [row["id"] for row in clean] == list(TEXTS)
    assert all(row["board"] == "자유" for row in clean)
    assert clean[1]["text"] == TEXTS["b"]
    written = out.read_text(encoding="utf-8")
    assert not any(secret in written for secret in SECRETS)
    again = tmp_path / "again.jsonl"
    assert call(capsys, "anonymize", out, "--out", again).code == 0
    assert again.read_bytes() == out.read_bytes(), "masks are not masked again"


def test_anonymize_never_writes_over_its_own_input(texts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = texts.read_bytes()
    assert "the file itself" in call(capsys, "anonymize", texts, "--out", texts).one_error()
    assert texts.read_bytes() == before


def test_anonymize_takes_a_plain_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = tmp_path / "note.txt", tmp_path / "clean.txt"
    source.write_text(TEXTS["a"] + "\n", encoding="utf-8")
    assert call(capsys, "anonymize", source, "--out", out).code == 0
    written = out.read_text(encoding="utf-8")
    assert written.endswith("입니다.\n")
    assert not any(secret in written for secret in SECRETS)


def test_dedup_says_what_it_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    long = "가을 바람이 불어오는 저녁 강가를 오래 걸으며 지난 여름을 생각했다. " * 5
    lines = [{"id": "1", "text": long}, {"id": "2", "text": long + "끝"}, {"id": "3", "text": "다른 글"}]
    source = tmp_path / "a.jsonl"
    source.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    out = tmp_path / "clusters.parquet"
    args = ("dedup", source, "--text", "text", "--id", "id", "--threshold", "0.8", "--out", out)
    said = call(capsys, *args)
    assert said.code == 0, said.err
    assert "3 documents: 2 kept, 0 exact and 1 near" in said.out
    table = pq.read_table(out)
    assert table.column_names == ["id", "survivor_id", "jaccard", "kind"]
    assert dict(zip(table["id"].to_pylist(), table["survivor_id"].to_pylist(), strict=True)) == {
        "1": "2", "2": "2", "3": "3"
    }  # fmt: skip
    assert call(capsys, *args, "--prefer", "first").code == 0
    assert pq.read_table(out)["survivor_id"].to_pylist() == ["1", "1", "3"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"{bad\n", "1 no JSON object in UTF-8 (line 1)"),
        (b'{"text": 5}\n[1]\n', "1 no JSON object in UTF-8 (line 2); 1 with a text that is none (line 1)"),
        (b'{"id": 1}\n', "no column 'text'"),
        (b'{"text": "\xff"}\n', "1 no JSON object in UTF-8 (line 1)"),
        (b'[{"text": "x"},\n{"text": "y"}]\n', "is a JSON array"),
        ('{"text": "x"}'.encode("utf-16"), "not UTF-8"),
    ],
)
@pytest.mark.parametrize("command", ["detect", "anonymize"])
def test_a_file_without_any_text_is_refused_and_nothing_is_left(
    command: str, content: bytes, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "bad.jsonl"
    source.write_bytes(content)
    said = call(capsys, command, source, "--out", tmp_path / "out.jsonl")
    assert said.code == 4
    assert says in said.one_error()
    assert [path.name for path in tmp_path.iterdir()] == ["bad.jsonl"]


def test_files_that_cannot_be_read(tmp_path: Path, texts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for source in (tmp_path, tmp_path / "absent.jsonl"):
        for args in (("detect", source, "--out", tmp_path / "o"), ("evaluate", source),
                     ("anonymize", source, "--out", tmp_path / "o"), ("dedup", source, "--out", tmp_path / "o")):  # fmt: skip
            said = call(capsys, *args)
            assert said.code == 4, (args, said.err)
            said.one_error()
    (tmp_path / "cp949.txt").write_bytes("한글".encode("cp949"))
    said = call(capsys, "anonymize", tmp_path / "cp949.txt", "--out", tmp_path / "o")
    assert said.code == 4
    assert "is not UTF-8" in said.one_error()
    said = call(capsys, "anonymize", texts, "--out", tmp_path / "o", "--policy", "none-such")
    assert said.code == 3
    assert "pretraining-public" in said.one_error()


def test_demo_corpus_is_summarised(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = call(capsys, "demo-corpus", "--out", tmp_path / "c", "--docs", 200, "--seed", 3)
    assert said.code == 0, said.err
    assert "wrote 200 documents" in said.out
    assert (tmp_path / "c" / "gold" / "pii.jsonl").exists()
    said = call(capsys, "demo-corpus", "--out", tmp_path / "c", "--docs", 200)
    said.one_error()
