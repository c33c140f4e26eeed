"""Input that is broken in every way of issue 2's list, in one project: each counted with its reason, nothing else lost."""

from __future__ import annotations

import gzip
import json
import os
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest
import road_kit
import zstandard
from small_project import sentence

from damjang.cli.tracing import lineage_of

MiB = 1 << 20
LIMIT = MiB  # max_record_bytes of the project
GOOD = 12  # good records a source has beside what is broken

HEAD = """\
damjang: 1
name: bad
demo: true
purpose: pretraining
as_of: 2026-11-22
policy: policy.yaml
release: {name: bad-ko}
unit_bytes: 64KiB
max_record_bytes: 1MiB
signing: {threshold: 1}
sources:
"""
SOURCE = """\
  - {{id: {id}, provider: 담장시, licence: {{id: PUBLIC-WORK}}, ground: {{id: statute, evidence: 공공데이터법 제17조}},
     paths: ["data/{id}/*"], format: {format}, record_key: id}}
"""


def good(source: str) -> list[bytes]:
    """JSON lines that nothing is wrong with."""
    dice = random.Random(source)
    texts = (" ".join(sentence(dice, 0) for _ in range(6)) for _ in range(GOOD))
    return [json.dumps({"id": f"{source}-{n}", "text": t}, ensure_ascii=False).encode() for n, t in enumerate(texts)]


def line(**fields: object) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode()


def amid(source: str, *bad: bytes) -> bytes:
    """Good lines, the bad ones in their middle."""
    lines = good(source)
    return b"\n".join([*lines[:5], *bad, *lines[5:]]) + b"\n"


def write_empty(folder: Path) -> None:
    (folder / "a.jsonl").write_bytes(b"")
    (folder / "b.jsonl").write_bytes(amid("empty"))


def write_directory(folder: Path) -> None:
    (folder / "a.jsonl").mkdir()
    (folder / "b.jsonl").write_bytes(amid("directory"))


def write_long(folder: Path, size: int = 64 * MiB) -> None:
    lines = good("long")
    with (folder / "a.jsonl").open("wb") as out:
        out.write(b"\n".join(lines[:5]) + b'\n{"id":"x","text":"')
        for _ in range(size // MiB):
            out.write(b"a" * MiB)
        out.write(b'"}\n' + b"\n".join(lines[5:]) + b"\n")


def write_nul(folder: Path) -> None:
    torn = line(id="torn", text="찢어진 기록입니다").replace("기록".encode(), b"\0" * 8)
    (folder / "a.jsonl").write_bytes(amid("nul", torn, b"\0" * 5000))


def write_surrogates(folder: Path) -> None:
    (folder / "a.jsonl").write_bytes(
        amid("surrogates", b'{"id":"s1","text":"\\ud83d"}', b'{"id":"s2","text":"x\\udc00y"}')
    )


def write_cp949(folder: Path) -> None:
    (folder / "a.jsonl").write_bytes(amid("cp949", line(id="c1", text="완성형으로 쓴 글").decode().encode("cp949")))


def write_array(folder: Path) -> None:
    (folder / "a.jsonl").write_bytes(b"[" + b",\n".join(good("other")) + b"]")
    (folder / "b.jsonl").write_bytes(amid("array", b'[{"id":"a1","text":"x"}]'))


def write_missing(folder: Path) -> None:
    bad = (line(id="m1"), line(id="m2", text=None), line(title="본문이 아님"))
    (folder / "a.jsonl").write_bytes(amid("missing", *bad))


def write_duplicates(folder: Path) -> None:
    (folder / "a.jsonl").write_bytes(
        amid("duplicates", line(id="duplicates-0", text="같은 열쇠를 다시 쓴 기록입니다. 첫째만 남습니다."))
    )
    (folder / "b.jsonl").write_bytes(line(id="duplicates-1", text="다른 파일에서 되풀이된 열쇠의 기록입니다.") + b"\n")


def write_numbers(folder: Path) -> None:
    pa.parquet.write_table(pa.table({"id": ["n1", "n2"], "text": [1, 2]}), folder / "a.parquet")
    records = [json.loads(one) for one in good("numbers")]
    pa.parquet.write_table(pa.Table.from_pylist(records), folder / "b.parquet")


def write_number_lines(folder: Path) -> None:
    (folder / "a.jsonl").write_bytes(
        amid("lines", line(id="l1", text=1), line(id="l2", text=2.5), line(id="l3", text=[]))
    )


def write_truncated(folder: Path) -> None:
    whole = gzip.compress(
        b"\n".join([*good("truncated"), *(line(id=f"t{n}", text=os.urandom(40).hex()) for n in range(400))])
    )
    (folder / "a.jsonl.gz").write_bytes(whole[: len(whole) * 3 // 4])
    (folder / "b.jsonl.zst").write_bytes(zstandard.compress(line(id="z1", text="x" * 90))[:-8])


def write_malformed(folder: Path) -> None:
    (folder / "a.jsonl").write_bytes(amid("malformed", b'{"id":"b1","text":"x"', b"{}}", b"7", b"null"))


Case = tuple[str, Callable[[Path], None], dict[str, int]]
CASES: list[Case] = [
    ("empty", write_empty, {"empty_file": 1}),
    ("directory", write_directory, {"is_a_directory": 1}),
    ("long", write_long, {"record_too_long": 1}),
    ("nul", write_nul, {"nul_bytes": 2}),
    ("surrogates", write_surrogates, {"lone_surrogate": 2}),
    ("cp949", write_cp949, {"bad_encoding": 1}),
    ("array", write_array, {"json_array_not_lines": 1, "not_an_object": 1}),
    ("missing", write_missing, {"missing_text": 3}),
    ("duplicates", write_duplicates, {"duplicate_key": 2}),
    ("numbers", write_numbers, {"text_not_string": 2}),
    ("lines", write_number_lines, {"text_not_string": 3}),
    ("truncated", write_truncated, {"truncated_stream": 2}),
    ("malformed", write_malformed, {"malformed_json": 2, "not_an_object": 2}),
]


def make(folder: Path, cases: list[Case]) -> Path:
    text = HEAD
    for name, write, _ in cases:
        (folder / "data" / name).mkdir(parents=True)
        write(folder / "data" / name)
        text += SOURCE.format(id=name, format="parquet" if name == "numbers" else "jsonl")
    road_kit.found(folder)
    (folder / "project.yaml").write_text(text, encoding="utf-8")
    return folder / "project.yaml"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = make(tmp_path_factory.mktemp("bad") / "p", CASES)
    road_kit.run(made)
    return made


@pytest.mark.parametrize(("name", "reasons"), [(name, reasons) for name, _, reasons in CASES])
def test_each_is_counted_with_its_reason_and_nothing_else_is_lost(
    project: Path, name: str, reasons: dict[str, int]
) -> None:
    found: Counter[str] = Counter()
    entered = stayed = 0
    for part in road_kit.manifest(project, "ingest")["parts"]:
        if part["source_id"] == name:
            found.update({reason.removeprefix("quarantined:"): n for reason, n in part["reasons"].items()})
            entered += part["counts"]["in"]
            stayed += part["counts"]["kept"] + part["counts"]["changed"]
    found.pop("art24_removed", None)
    assert found == Counter(reasons)
    assert entered == stayed + sum(reasons.values())
    assert stayed >= GOOD if name == "truncated" else stayed == GOOD


def test_quarantine_names_the_place_and_holds_no_bytes(project: Path) -> None:
    lineage = lineage_of(project)
    named = set()
    for part in lineage.manifest("ingest")["parts"]:
        if "quarantine" in part["files"]:
            with lineage.open("ingest", part["files"]["quarantine"]) as file:
                for row in file.table().to_pylist():
                    assert row["path"].startswith(f"data/{part['source_id']}/")
                    named.add((part["source_id"], row["reason"]))
                    story = lineage.story(row["document_id"].hex())
                    assert story.fate == "quarantined"
                    assert story.where.startswith(row["path"])
    expected = {(name, reason) for name, _, reasons in CASES for reason in reasons if reason != "duplicate_key"}
    assert named == expected


def test_the_release_verifies(project: Path) -> None:
    release = project.parent / "out" / "releases" / "bad-ko@1"
    made = road_kit.command("verify", str(release), "--trust", str(project.parent / "trust" / "root.json"))
    assert made.returncode == 0, made.stdout + made.stderr
    assert {values["source_id"] for _, _, values in road_kit.released_rows(project, "bad-ko@1")} == {
        c[0] for c in CASES
    }


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_gigabyte_on_one_line(tmp_path: Path) -> None:
    def write(folder: Path) -> None:
        write_long(folder, 1 << 30)

    project = make(tmp_path / "p", [("long", write, {"record_too_long": 1}), CASES[0]])
    road_kit.run(project, "--only", "register")
    road_kit.run(project, "--only", "ingest")
    parts = [part for part in road_kit.manifest(project, "ingest")["parts"] if part["source_id"] == "long"]
    assert sum(part["counts"]["kept"] for part in parts) == GOOD
    assert sum(part["reasons"].get("quarantined:record_too_long", 0) for part in parts) == 1


# --- a disk that fills --------------------------------------------------------------------------------------------
