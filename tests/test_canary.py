"""Canaries: unique personal values in good and broken input, then every byte of all that the run left and said is searched.

Staged text is sealed, identifiers of Art. 24 are nowhere in any form, and what is shipped holds nothing that the policy
removes. Inputs alone may hold a canary.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import random
import subprocess
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest
import road_kit
from small_project import sentence

from damjang.cli.tracing import lineage_of


def rrn(front: str, serial: str) -> str:
    """A resident registration number whose last digit is right."""
    digits = front + serial
    weights = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
    last = (11 - sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11) % 10
    return f"{front}-{serial}{last}"


RRN_GOOD, RRN_KEY, RRN_BROKEN = rrn("790311", "116402"), rrn("810523", "226117"), rrn("930708", "138254")
RRN_COLUMN, RRN_NAME = rrn("660914", "148830"), rrn("881130", "250416")
CANARIES = {
    "rrn in a good record": RRN_GOOD,
    "rrn as a key": RRN_KEY,
    "rrn in a broken record": RRN_BROKEN,
    "rrn in an undeclared column": RRN_COLUMN,
    "rrn in a file name": RRN_NAME,
    "mobile in a good record": "010-7391-6284",
    "mobile in a broken record": "010-8264-1937",
    "e-mail in a good record": "kanaria.hana7@kanaria-hana.kr",
    "e-mail in a duplicate": "kanaria.dul8@kanaria-dul.kr",
    "name in a good record": "선우담별",
    "name in a refused record": "황보새린",
    "name in a broken record": "제갈온율",
    "subject who consented": "user-kanaria-4417",
    "subject who withdrew": "user-kanaria-5528",
    "subject of no consent": "user-kanaria-6639",
    "record key": "key-kanaria-7741",
    "card in a good record": "4539-5787-6362-1486",
}
UNIQUE = [value for what, value in CANARIES.items() if what.startswith("rrn")]

PROJECT = """\
damjang: 1
name: canary
demo: true
purpose: pretraining
as_of: 2026-11-22
policy: policy.yaml
release: {name: canary}
unit_bytes: 16KiB
signing: {threshold: 1}
consents: [input/consents.csv]
sources:
  - {id: posts, provider: 담장시, licence: {id: CONTRACT, terms: input/terms.txt},
     ground: {id: consent, evidence: input/terms.txt}, paths: ["input/posts/*"], format: jsonl, record_key: id, subjects: [author]}
  - {id: notes, provider: 담장시, licence: {id: PUBLIC-WORK}, ground: {id: statute, evidence: 공공데이터법 제17조},
     paths: ["input/notes/*"], format: text}
  - {id: sheets, provider: 담장시, licence: {id: PUBLIC-WORK}, ground: {id: statute, evidence: 공공데이터법 제17조},
     paths: ["input/sheets/*"], format: csv, record_key: id}
  - {id: tables, provider: 담장시, licence: {id: PUBLIC-WORK}, ground: {id: statute, evidence: 공공데이터법 제17조},
     paths: ["input/tables/*"], format: parquet, record_key: id}
"""


def write_input(folder: Path) -> None:
    dice = random.Random(11)

    def words(number: int = 5) -> str:
        return " ".join(sentence(dice, 0) for _ in range(number))

    c = CANARIES
    author = c["subject who consented"]
    records = [{"id": f"p{n}", "author": author, "text": words()} for n in range(150)]
    twin = f"{words(9)} 문의는 {c['e-mail in a duplicate']}로 보내 주십시오."
    records += [
        {"id": "g1", "author": author, "text": f"{words(2)} 제 주민등록번호는 {c['rrn in a good record']}입니다. {words(2)}"},
        {"id": "g2", "author": author, "text": f"{words(2)} 휴대전화 {c['mobile in a good record']}로 연락 주세요. {words(2)}"},
        {"id": "g3", "author": author, "text": f"{words(2)} 전자우편은 {c['e-mail in a good record']}입니다. {words(2)}"},
        {"id": "g4", "author": author, "text": f"{words(2)} 이름: {c['name in a good record']} 담당자: {c['name in a good record']} 과장 {words(2)}"},
        {"id": "g5", "author": author, "text": f"{words(2)} 카드번호 {c['card in a good record']}로 결제했습니다. {words(2)}"},
        {"id": "d1", "author": author, "text": twin},
        {"id": "d2", "author": author, "text": twin},
        {"id": "w1", "author": c["subject who withdrew"], "text": f"{words()} 이름: {c['name in a refused record']}"},
        {"id": "n1", "author": c["subject of no consent"], "text": words()},
        {"id": c["rrn as a key"], "author": author, "text": words()},
        {"id": c["record key"], "author": author, "text": words()},
        {"id": c["record key"], "author": author, "text": words()},
        {"id": "u1", "author": author, "text": words(), "memo": c["rrn in an undeclared column"]},
    ]  # fmt: skip
    broken = f"{c['name in a broken record']} {c['rrn in a broken record']} {c['mobile in a broken record']}"
    lines = [json.dumps(record, ensure_ascii=False) for record in records]
    lines += [
        f'{{"id":"b1","author":"{author}","text":"{broken}"',
        f'["{broken}"]',
        f'{{"id":"b2","text":{{"x":"{broken}"}}}}',
    ]
    lines += [f'{{"id":"b3","title":"{broken}"}}', f'{{"id":"b4","text":"{broken} \\ud83d"}}', broken]
    posts = "\n".join(lines).encode() + b"\n" + f'{{"id":"b5","text":"{broken}"}}'.encode("cp949") + b"\n"
    for name in ("posts", "notes", "sheets", "tables"):
        (folder / name).mkdir(parents=True)
    (folder / "posts" / "a.jsonl").write_bytes(posts)
    (folder / "notes" / "a.txt").write_text(words(), encoding="utf-8")
    (folder / "notes" / "b.txt").write_bytes(broken.encode("cp949") + b"\0")
    (folder / "notes" / f"{c['rrn in a file name']}.txt").write_text(words(), encoding="utf-8")
    sheet = [
        "id,memo,text",
        f"s1,{c['rrn in an undeclared column']},{words()}",
        f"s2,{broken}",
        f"{c['rrn as a key']},x,{words()}",
    ]
    (folder / "sheets" / "a.csv").write_text("\n".join(sheet) + "\n", encoding="utf-8")
    table = pa.table({"id": ["t1"], "memo": [broken], "text": [words()]})
    pa.parquet.write_table(table, folder / "tables" / "a.parquet")
    (folder / "tables" / "b.parquet").write_bytes(b"PAR1" + broken.encode() + b"PAR1")
    (folder / "terms.txt").write_text("게시글 제공 계약서와 동의서", encoding="utf-8")
    notice = hashlib.sha256((folder / "terms.txt").read_bytes()).hexdigest()
    head = (
        "source_id,subject,purpose,ground,notice_sha256,method,given_at,valid_until,withdrawn_at,guardian_ref,flags\n"
    )
    given = f"posts,{author},pretraining,consent,{notice},web,2025-01-05T00:00:00+09:00,2028-01-05T00:00:00+09:00,,,\n"
    gone = f"posts,{c['subject who withdrew']},pretraining,consent,{notice},web,2025-01-05T00:00:00+09:00,2028-01-05T00:00:00+09:00,2025-06-01T00:00:00+09:00,,\n"
    (folder / "consents.csv").write_text(head + given + gone, encoding="utf-8")


def forms(value: str) -> Iterator[tuple[str, bytes]]:
    """The value as it might hide in a file: text encodings, their hex and base64, and plain digests of it."""
    raw = {"utf-8": value.encode(), "utf-16": value.encode("utf-16-le"), "utf-16be": value.encode("utf-16-be")}
    raw |= {"nfd": unicodedata.normalize("NFD", value).encode(), "cp949": value.encode("cp949", "replace")}
    raw["json"] = json.dumps(value)[1:-1].encode()
    if value in UNIQUE:
        raw["digits"] = value.replace("-", "").encode()
    for name, data in raw.items():
        yield name, data
        yield f"{name} in hex", data.hex().encode()
        yield f"{name} in HEX", data.hex().upper().encode()
        for pad in range(3):
            skip = (pad * 8 + 5) // 6
            length = (pad + len(data)) * 8 // 6
            yield f"{name} in base64", base64.b64encode(b"\0" * pad + data)[skip:length]
    for name in ("md5", "sha1", "sha256"):
        digest = hashlib.new(name, value.encode())
        yield name, digest.digest()
        yield f"{name} in hex", digest.hexdigest().encode()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run, everything else that can be asked of it, and all that was said on the way in `said.txt`."""
    base = tmp_path_factory.mktemp("canary")
    folder = road_kit.found(base / "p")
    write_input(folder / "input")
    (folder / "project.yaml").write_text(PROJECT, encoding="utf-8")
    project = str(folder / "project.yaml")
    home = {
        **os.environ,
        "HOME": str(base / "home"),
        "XDG_STATE_HOME": str(base / "home"),
        "XDG_CONFIG_HOME": str(base / "home"),
    }
    said: list[subprocess.CompletedProcess[str]] = []

    def command(*arguments: str) -> None:
        said.append(road_kit.command(*arguments, env=home))

    command("run", project)
    assert said[0].returncode == 0, said[0].stdout + said[0].stderr
    command("run", project, "--json")
    command("status", "--project", project, "--json")
    command("verify", str(folder / "out" / "releases" / "canary@1"), "--trust", str(folder / "trust" / "root.json"))
    command("report", "canary@1", "--project", project)
    command("report", "canary@1", "--project", project, "--json")
    lineage = lineage_of(folder / "project.yaml")
    for part in lineage.manifest("ingest")["parts"]:
        if "quarantine" in part["files"]:
            with lineage.open("ingest", part["files"]["quarantine"]) as file:
                command("trace", file.table()["document_id"][0].as_py().hex(), "--project", project)
    command("trace", lineage.any_shipped(), "--project", project, "--json")
    for made in said:
        assert "Traceback" not in made.stderr, made.stderr
        assert made.returncode in (0, 1), made.stderr
    (base / "said.txt").write_text("".join(made.stdout + made.stderr for made in said), encoding="utf-8")
    return folder / "project.yaml"


@pytest.mark.parametrize("what", list(CANARIES))
def test_no_canary_in_anything_that_was_written_or_said(project: Path, what: str) -> None:
    wanted = list(forms(CANARIES[what]))
    found = set()
    searched = 0
    for path in sorted(project.parent.parent.rglob("*")):
        inside = path.relative_to(project.parent.parent)
        if inside.parts[:2] == ("p", "input") or not path.is_file():
            continue
        data = path.read_bytes()
        searched += 1
        found |= {f"{inside}: {form}" for form, value in wanted if value in data or value in str(inside).encode()}
    assert searched > 60
    assert not found


def test_the_search_finds_what_it_looks_for() -> None:
    """A test that can't fail is a defect: every form is found in data that has it."""
    for value in CANARIES.values():
        for pad in range(3):
            text = base64.b64encode(b"x" * pad + value.encode() + b"tail")
            assert any(form in text for name, form in forms(value) if name == "utf-8 in base64")


def test_good_records_ship_without_what_the_policy_removes(project: Path) -> None:
    texts = [values["text"] for _, _, values in road_kit.released_rows(project, "canary@1")]
    assert len(texts) > 120
    shipped = "\n".join(texts)
    for what, value in CANARIES.items():
        assert value not in shipped, what
    for label in ("[주민등록번호]", "[이름]"):
        assert label in shipped


def test_records_with_unusable_keys_stay_and_broken_ones_are_counted(project: Path) -> None:
    counted = {}
    for part in road_kit.manifest(project, "ingest")["parts"]:
        row = counted.setdefault(part["source_id"], {})
        for reason, number in part["reasons"].items():
            row[reason] = row.get(reason, 0) + number
    assert counted["posts"]["quarantined:duplicate_key"] == 1
    assert counted["posts"]["dropped:consent_withdrawn"] == 1
    assert counted["posts"]["dropped:consent_none"] == 1
    broken = {reason: n for reason, n in counted["posts"].items() if reason.startswith("quarantined:")}
    assert sum(broken.values()) == 8
    assert counted["notes"]["quarantined:identifier_in_name"] == 1
