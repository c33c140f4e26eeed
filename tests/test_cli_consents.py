"""`damjang consents`: files come in row by row, contradictions have one answer, and no provider's id comes out again."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cli_kit import call
from officer_kit import GOOD, asked, office, told, write_csv

from governance.vault import Vault


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return office(tmp_path / "p")


def vault_of(project: Path) -> Vault:
    return Vault.open(project.parent / "vault" / "vault.db", f"file:{project.parent / 'vault' / 'vault.key'}")


def test_bad_rows_are_listed_by_line_and_the_rest_is_taken(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_csv(
        tmp_path / "c.csv",
        [
            {"guardian_ref": "two\nlines"},
            {"subject": "user-2", "purpose": "서비스 개선"},
            {"subject": "user-3", "given_at": "어제"},
            {"subject": "user-4", "source_id": "cafe"},
        ],
    )
    said = told(capsys, project, "consents", "import", file, "--source", "forum", code=1)
    assert "행 (rows) 4, 새로 기록 (taken) 1" in said.out
    assert "4번째 줄 (line) purpose: 목적이 모호함" in said.out
    assert "vague_purpose" in said.out
    assert not any(value in said.out for value in ("서비스 개선", "어제", "user-"))
    made = asked(capsys, project, "consents", "import", file, "--source", "forum", code=1)
    assert [(one["line"], one["row"], one["column"], one["reason"]) for one in made["bad"]] == [
        (4, 2, "purpose", "vague_purpose"),
        (5, 3, "given_at", "not_a_time"),
        (6, 4, "source_id", "unknown_source"),
    ]
    # the same file for another source is another import, not the first one's answer
    other = asked(capsys, project, "consents", "import", file, "--source", "cafe", code=1)
    assert (other["taken"], other["bad_rows"]) == (1, 3)


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_other_kinds(kind: str, project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [GOOD, {**GOOD, "subject": "user-2", "purpose": "신규 서비스 개발"}]
    file = tmp_path / f"c.{kind}"
    if kind == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), file)
    else:
        file.write_text("\n".join(json.dumps(row) for row in rows) + "\n\n{broken\n", encoding="utf-8")
    made = asked(capsys, project, "consents", "import", file, code=1)
    assert made["taken"] == 1
    lines = [(one["line"], one["reason"]) for one in made["bad"]]
    assert lines == ([(None, "vague_purpose")] if kind == "parquet" else [(2, "vague_purpose"), (4, "malformed")])


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (("import", "nowhere.csv"), 4, "can't be read"),
        (("import", "nowhere.csv", "--source", "other"), 3, "no such source"),
        (("show", "--source", "other", "--subject", "x", "--by", "officer-1"), 3, "no such source"),
    ],
)
def test_errors_are_two_lines(
    args: tuple[str, ...], code: int, says: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = told(capsys, project, "consents", *args, code=code)
    assert says in said.one_error()


# person → rows that contradict one another or overlap; what holds on 2026-11-20 for pretraining
CONTRADICTIONS: dict[str, tuple[list[dict[str, str]], str, set[str]]] = {
    "the same moment, one withdrawn": ([{}, {"withdrawn_at": "2026-01-01"}], "withdrawn", set()),
    "the same moment, other flags": (
        [{"flags": "sensitive;third_party"}, {"flags": "third_party;cross_border"}],
        "allowed",
        {"third_party", "ai_training"},
    ),
    "a later withdrawal ends overlapping consents": (
        [{"valid_until": "2027-12-31"}, {"given_at": "2026-03-01", "withdrawn_at": "2026-05-01"}],
        "withdrawn",
        set(),
    ),
    "given anew after it was withdrawn": (
        [{"withdrawn_at": "2026-05-01"}, {"given_at": "2026-06-01"}], "allowed", {"ai_training"},
    ),
    "overlapping validity: one in force is enough": (
        [{"valid_until": "2027-12-31"}, {"given_at": "2026-03-01", "valid_until": "2026-06-30"}],
        "allowed",
        {"ai_training"},
    ),
    "overlapping and in force: the latest given decides": (
        [{"flags": "sensitive"}, {"given_at": "2026-03-01", "valid_until": "2027-12-31"}], "allowed", {"ai_training"},
    ),
    "withdrawn, and a statute for the same person": (
        [{"withdrawn_at": "2026-05-01"}, {"given_at": "2026-06-01", "ground": "statute"}], "withdrawn", set(),
    ),
    "all have ended": ([{"valid_until": "2026-06-30"}, {"valid_until": "2026-07-31"}], "expired", set()),
}  # fmt: skip


def test_contradictions_have_one_answer_whatever_the_order(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people = [(person, rows) for person, (rows, _, _) in CONTRADICTIONS.items()]
    flat = [{**row, "subject": f"{person} {way}"} for way in (1, -1) for person, rows in people for row in rows[::way]]
    asked(capsys, project, "consents", "import", write_csv(tmp_path / "c.csv", flat))
    for person, (_, state, flags) in CONTRADICTIONS.items():
        for way in (1, -1):
            shown = asked(
                capsys, project, "consents", "show", "--source", "forum", "--subject", f"{person} {way}", "--by", "o-1"
            )
            assert (shown["state"], set(shown["flags"])) == (state, flags), person
            assert len(shown["records"]) == 2
    listed = asked(capsys, project, "consents", "list")
    names = [state for _, state, _ in CONTRADICTIONS.values()]
    assert listed["states"] == {name: 2 * names.count(name) for name in set(names)}
    assert sum(row["records"] for row in listed["records"]) == len(flat)


def test_asking_about_a_person_is_logged_and_echoes_no_id(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    person = "'; DROP TABLE consent_record; -- <b>한빛</b>"
    told(capsys, project, "consents", "import", write_csv(tmp_path / "c.csv", [{"subject": person}]))
    for subject in (person, "nobody"):
        said = told(capsys, project, "consents", "show", "--source", "forum", "--subject", subject, "--by", "officer-1")
        assert subject not in said.out
    assert "동의함" not in said.out
    known, unknown = vault_of(project).access_log.entries()
    assert (known.who, known.task, unknown.subject) == ("officer-1", "consents:forum", "unknown")
    assert len(known.subject) == 32
    assert person not in (project.parent / "ledger.db").read_bytes().decode("utf-8", "replace")
    said = told(capsys, project, "consents", "list")
    assert "forum, pretraining, consent: 1건" in said.out


def test_a_notice_is_filed_by_its_exact_text(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "제1조 게시글을 인공지능 학습에 이용합니다.\n".encode()
    digest = hashlib.sha256(text).hexdigest()
    (tmp_path / "notice.txt").write_bytes(text)
    asked(capsys, project, "consents", "import", write_csv(tmp_path / "c.csv", [{"notice_sha256": digest}, {}]))
    missing = asked(capsys, project, "consents", "list")["notices_missing"]
    assert missing == {digest: 1, "ab" * 32: 1}
    told_of = ("--version", "2026-1", "--items", "게시글", "--retention", "2028-12-31까지")
    filed = asked(
        capsys, project, "consents", "notice", tmp_path / "notice.txt", *told_of, "--purposes", "인공지능 학습"
    )
    assert (filed["notice_sha256"], filed["records"]) == (digest, 1)
    assert digest not in asked(capsys, project, "consents", "list")["notices_missing"]
    for vague in ("서비스 개선", "서비스 개선 및 인공지능 학습"):
        said = told(
            capsys, project, "consents", "notice", tmp_path / "notice.txt", *told_of, "--purposes", vague, code=4
        )
        assert "22①" in said.one_error()


def test_a_state_and_an_absence_are_proved_offline(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people = [{"subject": f"user-{number}"} for number in range(5)]
    asked(capsys, project, "consents", "import", write_csv(tmp_path / "c.csv", people))
    proofs = {}
    for name in ("user-3", "stranger"):
        path = tmp_path / f"{name}.json"
        shown = asked(
            capsys, project, "consents", "show", "--source", "forum", "--subject", name, "--by", "officer-1",
            "--proof", path,
        )  # fmt: skip
        said = call(capsys, "consents", "check-proof", path, "--root", shown["root"], "--json")
        assert said.code == 0, said.err
        proofs[name] = json.loads(said.out)
        assert name not in path.read_text("utf-8")
        other = call(capsys, "consents", "check-proof", path, "--root", "0" * 64)
        assert "another snapshot" in other.one_error()
    assert proofs["user-3"] == {"valid": True, "state": "allowed", "absent": False}
    assert proofs["stranger"] == {"valid": True, "state": "none", "absent": True}
    swapped = json.loads((tmp_path / "user-3.json").read_text("utf-8"))
    swapped["subject_token"] = json.loads((tmp_path / "stranger.json").read_text("utf-8"))["subject_token"]
    (tmp_path / "swapped.json").write_text(json.dumps(swapped), encoding="utf-8")
    assert call(capsys, "consents", "check-proof", tmp_path / "swapped.json", "--root", shown["root"]).code != 0
    (tmp_path / "bad.json").write_text("[1]", encoding="utf-8")
    assert "not a consent proof" in call(capsys, "consents", "check-proof", tmp_path / "bad.json", "--root", "0").err
