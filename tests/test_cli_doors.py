"""The doors for one file under bad input: odd lines, ids, names, links, pipes; a record costs itself, a value is never told."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import subprocess
import unicodedata
from pathlib import Path
from typing import Any

import pytest
import yaml
import zstandard
from cli_kit import call, command

from schemas.policy import _HERE as SCHEMAS

PHONE = "010-2345-6789"
LINE = f'{{"id":1,"text":"{PHONE}"}}\n'
SPANS = '{"id":1,"spans":[[0,13,"MOBILE",0.95]]}\n'
DETECT = ("--no-kiwi", "--out")


def lines(*rows: Any) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


def texts(path: Path) -> list[str]:
    return [json.loads(line)["text"] for line in path.read_bytes().splitlines()]


BAD = [
    LINE.encode(),
    b"{bad\n",
    b"[1]\n",
    b'{"id":2}\n',
    b'{"id":3,"text":5}\n',
    b'{"id":4,"text":null}\n',
    b"\n",
    b'{"id":5,"text":"\xff"}\n',
    b'{"id":6,"text":"\\ud800 010-2345-6789"}\r\n',
    b'{"id":7,"text":"x","deep":' + b"[" * 900 + b"]" * 900 + b"}\n",
]
LEFT = {
    "no JSON object in UTF-8": [2, 3, 8],
    "without a text": [4],
    "with a text that is none": [5],
    "nested too deep": [10],
}


def test_a_bad_line_costs_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(b"".join(BAD))
    said = call(capsys, "detect", source, *DETECT, out, "--json")
    assert said.code == 0, said.err
    counts = json.loads(said.out)
    assert (counts["texts"], counts["MOBILE"], counts["left_out_lines"]) == (3, 2, LEFT)
    assert counts["left_out"] == {reason: len(numbers) for reason, numbers in LEFT.items()}
    found = [json.loads(line) for line in out.read_bytes().splitlines()]
    assert [(row["id"], [span[:3] for span in row["spans"]]) for row in found] == [
        (1, [[0, 13, "MOBILE"]]), (4, []), (6, [[2, 15, "MOBILE"]]),
    ]  # fmt: skip
    told = call(capsys, "detect", source, *DETECT, out).out
    assert "6 records were left out: 1 nested too deep (line 10); 3 no JSON object in UTF-8 (lines 2, 3, 8)" in told

    fates = tmp_path / "fates.jsonl"
    said = call(capsys, "anonymize", source, "--out", out, "--decisions", fates, "--json")
    assert json.loads(said.out)["left_out_lines"] == LEFT
    assert texts(out) == ["[전화번호]", None, "\ud800 [전화번호]"]
    told_lines = [json.loads(line) for line in fates.read_bytes().splitlines()]
    assert [row["line"] for row in told_lines] == [1, 2, 3, 4, 5, 6, 8, 9, 10]
    assert {row["line"]: row["action"] for row in told_lines if row["action"] != "left_out"} == {
        1: "changed", 6: "kept", 9: "changed"
    }  # fmt: skip
    assert PHONE not in fates.read_text() + said.out + told


IDS = (
    "123456789012345678901234567890", "-9223372036854775809", "18446744073709551615", "0", "0.10", "1e400", "NaN", '"7"', '"가"',
    '"\\ud800"', "true", '{"k":[1.50,null]}',
)  # fmt: skip


@pytest.mark.parametrize("door", ["detect", "anonymize"])
def test_ids_come_out_exactly_as_they_went_in(door: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("".join(f'{{"id": {value}, "text": "가"}}\n' for value in IDS), encoding="utf-8")
    assert call(capsys, door, source, *(DETECT if door == "detect" else ("--out",)), out).code == 0
    rest = ',"spans":[]}' if door == "detect" else ',"text":"가"}'
    assert out.read_text(encoding="utf-8").splitlines() == [f'{{"id":{value}{rest}' for value in IDS]


def test_texts_without_an_id_and_ids_that_repeat_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(lines(*({"id": i, "text": "가"} for i in (3, None, "3", 3)), {"text": "나"}))
    said = call(capsys, "detect", source, *DETECT, out)
    assert [json.loads(line)["id"] for line in out.read_bytes().splitlines()] == [3, None, "3", 3, None]
    assert "2 texts have no id (lines 2, 5): theirs is null" in said.out
    assert "1 texts have the id of an earlier one (line 4)" in said.out
    counts = json.loads(call(capsys, "detect", source, *DETECT, out, "--json").out)
    assert counts == {"texts": 5, "without_id": 2, "repeated_ids": 1}
    assert call(capsys, "detect", source, *DETECT, out, "--id", "@line").code == 0
    assert json.loads(out.read_bytes().splitlines()[4])["id"] == f"{source}:5"


def test_fields_of_other_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(lines({"key": "a", "body": PHONE}))
    assert call(capsys, "detect", source, "--text", "body", "--id", "key", *DETECT, out).code == 0
    assert out.read_text() == SPANS.replace("1", '"a"', 1)
    for wrong in (("--text", "bodi"), ("--text", "body", "--id", "kee")):
        said = call(capsys, "detect", source, *wrong, *DETECT, tmp_path / "none")
        assert f"no column '{wrong[-1]}'\n  its columns: body, key" in said.one_error()
    assert call(capsys, "anonymize", source, "--text", "body", "--out", out).code == 0
    assert json.loads(out.read_bytes()) == {"key": "a", "body": "[전화번호]"}
    assert not (tmp_path / "none").exists()


def test_packed_files_and_byte_order_marks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = b"\xef\xbb\xbf" + LINE.encode()
    packed = {"a.jsonl": data, "b.jsonl.gz": gzip.compress(data), "c.jsonl.zst": zstandard.compress(data)}
    packed["d.jsonl"] = packed["b.jsonl.gz"]  # told by its first bytes
    for name, content in packed.items():
        (tmp_path / name).write_bytes(content)
        assert call(capsys, "detect", tmp_path / name, *DETECT, tmp_path / "new" / "out").code == 0
        assert (tmp_path / "new" / "out").read_text() == SPANS
    assert call(capsys, "anonymize", tmp_path / "b.jsonl.gz", "--out", tmp_path / "o.jsonl.gz").code == 0
    assert json.loads(gzip.decompress((tmp_path / "o.jsonl.gz").read_bytes())) == {"id": 1, "text": "[전화번호]"}
    (tmp_path / "cut.jsonl.gz").write_bytes(gzip.compress(LINE.encode() * 1000)[:-9])
    said = call(capsys, "detect", tmp_path / "cut.jsonl.gz", *DETECT, tmp_path / "none")
    assert said.code == 4
    assert "can't be read" in said.one_error()
    assert not (tmp_path / "none").exists()


ESCAPED = json.dumps({"id": 1, "text": "김서윤 과장의 비밀번호는 abcd1234!"})


@pytest.mark.parametrize("name", ["esc.jsonl", "esc.JSONL", "esc.json", "esc.txt", "esc"])
def test_json_lines_of_any_name_are_read_as_such(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / name).write_text("\n" + ESCAPED + "\n")
    said = call(capsys, "anonymize", tmp_path / name, "--out", tmp_path / "out")
    assert said.code == 0, said.err
    assert texts(tmp_path / "out") == ["[이름] 과장의 비밀번호는 "]


def test_json_that_is_not_lines_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, content in (("a.json", f"[{ESCAPED}]"), ("a.txt", f"[\n{ESCAPED},\n{ESCAPED}\n]"),
                          ("b.txt", json.dumps(json.loads(ESCAPED), indent=1))):  # fmt: skip
        (tmp_path / name).write_text(content)
        said = call(capsys, "anonymize", tmp_path / name, "--out", tmp_path / "out")
        assert said.code == 4
        assert "jq -c" in said.one_error()
        assert not (tmp_path / "out").exists()


def test_a_text_keeps_its_line_ends_and_tells_what_was_not_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = tmp_path / "a.txt", tmp_path / "b.txt"
    source.write_bytes(f"\ufeff전화 {PHONE}\r\n둘째 줄 \\uae40\r\n".encode())
    said = call(capsys, "anonymize", source, "--out", out)
    assert out.read_bytes() == "\ufeff전화 [전화번호]\r\n둘째 줄 \\uae40\r\n".encode()
    assert "1 escapes (\\uXXXX) in the text were not read" in said.out


def test_what_is_dropped_or_quarantined_is_named_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    child, ill = "저는 12살이에요. 학교가 좋아요.", "저는 우울증을 앓고 있습니다."
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(lines({"text": "가"}, {"text": child}, {"text": ill}))
    said = call(capsys, "anonymize", source, "--out", out)
    assert "1 dropped (nothing_left): line 3\n1 quarantined (child_author): line 2\n" in said.out
    counts = json.loads(call(capsys, "anonymize", source, "--out", out, "--json").out)
    assert counts["lines"] == {"dropped:nothing_left": [3], "quarantined:child_author": [2]}
    assert texts(out) == ["가"]
    (tmp_path / "child.txt").write_text(child, encoding="utf-8")
    said = call(capsys, "anonymize", tmp_path / "child.txt", "--out", tmp_path / "none")
    assert said.code == 1
    assert "was quarantined (child_author): nothing was written" in said.one_error()
    assert not (tmp_path / "none").exists()


def test_other_fields_go_through_and_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = {"id": "900101-1234567", "text": "가", "author": "김서윤", "meta": {"tel": [PHONE]}, "at": 1712311234567,
           "김민수 씨": PHONE}  # fmt: skip
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(lines(row, {"id": "2", "text": "나", "board": "자유"}))
    said = call(capsys, "anonymize", source, "--out", out)
    assert json.loads(out.read_bytes().splitlines()[0]) == row
    assert "(a field) (MOBILE 1); author (PERSON 1); id (RRN 1); meta (MOBILE 1); --also FIELD" in said.out
    assert not any(value in said.out for value in ("김서윤", PHONE, "900101", "김민수"))
    counts = json.loads(call(capsys, "anonymize", source, "--out", out, "--also", "author", "--json").out)
    assert json.loads(out.read_bytes().splitlines()[0]) == row | {"author": "[이름]"}
    assert (counts["changed"], counts["found"], "author" in counts["other_fields"]) == (1, {"PERSON": 1}, False)
    said = call(capsys, "anonymize", source, "--out", out, "--also", "writer")
    assert "no column 'writer'" in said.one_error()


def test_the_result_never_takes_the_place_of_what_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(LINE)
    (tmp_path / "link").symlink_to("in.jsonl")
    (tmp_path / "hard").hardlink_to(source)
    (tmp_path / "loop").symlink_to("loop")
    for out, says in (("in.jsonl", "the file itself"), ("link", "the file itself"), ("hard", "the file itself"),
                      ("loop", "can't be written"), (".", "is a folder"), ("in.jsonl/x", "can't be written")):  # fmt: skip
        for args in (("detect", source, *DETECT, tmp_path / out), ("anonymize", source, "--out", tmp_path / out)):
            said = call(capsys, *args)
            assert (said.code, says in said.one_error()) == (4, True), said.err
    assert source.read_text() == LINE
    said = call(capsys, "anonymize", source, "--out", tmp_path / "o", "--decisions", tmp_path / "o")
    assert "the file itself" in said.one_error()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hard", "in.jsonl", "link", "loop"]


def test_a_link_is_followed_and_an_old_result_keeps_its_rights(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "target"
    source.write_text(LINE)
    (tmp_path / "link").symlink_to("target")
    assert call(capsys, "detect", source, *DETECT, tmp_path / "link").code == 0
    assert (tmp_path / "link").is_symlink()
    assert target.read_text() == SPANS
    target.chmod(0o600)
    assert call(capsys, "detect", source, *DETECT, tmp_path / "link").code == 0
    assert target.stat().st_mode & 0o777 == 0o600


def test_pipes_and_standard_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(LINE)
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    for out in ("-", "/dev/stdout"):
        done = subprocess.run(
            command("detect", "/dev/stdin", *DETECT, out), input=LINE.encode(), capture_output=True, env=env
        )
        assert done.stdout.decode() == SPANS
        assert b"1 texts, 1 spans" in done.stderr
    log = tmp_path / "log"
    log.write_text("before\n")
    with log.open("ab") as file:
        subprocess.run(command("detect", source, *DETECT, "/dev/stdout"), stdout=file, stderr=subprocess.PIPE, env=env)
    assert log.read_text() == "before\n" + SPANS
    assert call(capsys, "detect", source, *DETECT, "-", "--json").code == 2
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    reader = subprocess.Popen(["cat", fifo], stdout=subprocess.PIPE)
    assert call(capsys, "detect", source, *DETECT, fifo).code == 0
    assert reader.communicate(timeout=30)[0].decode() == SPANS


def policy(folder: Path, **changes: Any) -> Path:
    loaded = yaml.safe_load((SCHEMAS / "policies" / "pretraining-public.yaml").read_text(encoding="utf-8"))
    loaded["anonymize"] |= changes
    folder.mkdir(exist_ok=True)
    (folder / "p.yaml").write_text(yaml.safe_dump(loaded, allow_unicode=True), encoding="utf-8")
    return folder / "p.yaml"


def test_public_figures_of_a_policy_file_are_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = "name,context\n이순신,장군\n".encode()
    rule = {"deceased_csv": "list.csv", "deceased_sha256": hashlib.sha256(listed).hexdigest()}
    path = policy(tmp_path / "policies", public_figures=rule)
    (tmp_path / "policies" / "list.csv").write_bytes(listed)
    kept = "이순신 장군은 바다에서 싸웠다."
    every = [kept, unicodedata.normalize("NFD", kept), kept.replace("순신", "순\u200b신")]
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(lines(*({"text": text} for text in (*every, "이순신 과장은 왔다."))))
    said = call(capsys, "anonymize", source, "--out", out, "--policy", path)
    assert said.code == 0, said.err
    assert texts(out) == [*every, "[이름] 과장은 왔다."]
    (tmp_path / "policies" / "list.csv").write_bytes(listed + b"x,\n")
    said = call(capsys, "anonymize", source, "--out", out, "--policy", path)
    assert said.code == 3
    assert "list.csv is not the list that the policy pins" in said.one_error()


def test_progress_shows_on_a_terminal_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    import io
    import time

    from rich.console import Console

    from damjang.cli import show

    def said(quiet: bool, later: float, terminal: bool = True) -> str:
        out = io.StringIO()
        monkeypatch.setattr(show, "console", Console(file=out, force_terminal=terminal, width=100))
        monkeypatch.setattr(show, "LATER", later)
        with show.reading(quiet) as progress:
            time.sleep(0.2)
            progress(1_000_000, 2_000_000)
        return out.getvalue()

    assert "reading" in said(False, 0.01)
    assert "1.0/2.0 MB" in said(False, 0.01)
    assert [said(True, 0.01), said(False, 5), said(False, 0.01, terminal=False)] == ["", "", ""]
