"""Consent from files to answers: import row by row, states at a day, a root with proofs of presence and absence."""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import pickle
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.consent_import import COLUMNS, BadRow
from governance.consent_rules import flags_of, holds_rrn, purpose_code
from governance.consent_snapshot import ConsentProof
from governance.consent_state import ConsentState, Flag
from governance.consents import ConsentSnapshot, import_consents, record_event, records_of, snapshot, verify_proof
from governance.errors import ConsentFileError, ConsentProofInvalid
from governance.ledger import Ledger
from governance.vault import Vault

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.timezone(dt.timedelta(hours=9)))
DAY = NOW.date()
NOTICE = "ab" * 32
GOOD = {
    "source_id": "forum", "subject": "user-1", "purpose": "pretraining", "ground": "consent", "notice_sha256": NOTICE,
    "method": "web", "given_at": "2026-01-01", "valid_until": "", "withdrawn_at": "", "guardian_ref": "", "flags": "",
}  # fmt: skip


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault.create(tmp_path / "vault" / "vault.db", f"file:{tmp_path / 'v.key'}", NOW)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Ledger:
    if request.param == "sqlite":
        return Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}")
    return Ledger.open(str(request.getfixturevalue("postgres_url")))


def write_csv(path: Path, rows: list[Mapping[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_jsonl(path: Path, rows: list[Mapping[str, str]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def write_parquet(path: Path, rows: list[Mapping[str, str]]) -> Path:
    pq.write_table(pa.Table.from_pylist([dict(row) for row in rows]), path)
    return path


WRITERS: dict[str, Callable[[Path, list[Mapping[str, str]]], Path]] = {
    "csv": write_csv, "jsonl": write_jsonl, "parquet": write_parquet,
}  # fmt: skip


def states(
    ledger: Ledger, vault: Vault, people: list[str], day: dt.date = DAY, purpose: str = "pretraining"
) -> list[ConsentState]:
    taken = snapshot(ledger, vault, as_of=day, purpose=purpose)
    return taken.lookup([vault.subject_token("forum", person) for person in people])


@pytest.mark.parametrize("kind", sorted(WRITERS))
def test_a_file_is_imported_once_whatever_its_kind(kind: str, ledger: Ledger, vault: Vault, tmp_path: Path) -> None:
    rows = [GOOD | {"subject": f"user-{i}"} for i in range(5)] + [GOOD | {"subject": "user-0"}]
    path = WRITERS[kind](tmp_path / f"consents.{kind}", rows)
    first = import_consents(ledger, vault, path, NOW)
    assert (first.rows, first.taken, first.repeated, first.bad_rows) == (6, 5, 1, 0)
    assert import_consents(ledger, vault, path, NOW) == first
    again = import_consents(ledger, vault, write_csv(tmp_path / "again.csv", rows), NOW)
    assert (again.taken, again.repeated) == ((5, 1) if again == first else (0, 6))
    assert [s.name for s in states(ledger, vault, ["user-0", "user-4", "user-9"])] == ["allowed", "allowed", "none"]


BAD = [
    ({"source_id": ""}, "source_id", "missing"),
    ({"source_id": "x" * 99}, "source_id", "unknown_source"),
    ({"source_id": "other"}, "source_id", "unknown_source"),
    ({"subject": " "}, "subject", "missing"),
    ({"subject": "900101-1234567"}, "subject", "holds_art24_identifier"),
    ({"subject": "id9001011234567x"}, "subject", "holds_art24_identifier"),
    ({"subject": "가" * 500}, "subject", "too_long"),
    ({"purpose": ""}, "purpose", "missing"),
    ({"purpose": "서비스 개선"}, "purpose", "vague_purpose"),
    ({"purpose": "신규 서비스 개발"}, "purpose", "vague_purpose"),
    ({"purpose": "AI 서비스 개선"}, "purpose", "vague_purpose"),
    ({"purpose": "인공지능 사전학습 및 평가"}, "purpose", "vague_purpose"),
    ({"ground": ""}, "ground", "unknown_ground"),
    ({"ground": "because"}, "ground", "unknown_ground"),
    ({"notice_sha256": "ab"}, "notice_sha256", "not_a_sha256"),
    ({"notice_sha256": ""}, "notice_sha256", "not_a_sha256"),
    ({"method": "telepathy"}, "method", "unknown_method"),
    ({"given_at": ""}, "given_at", "not_a_time"),
    ({"given_at": "2026-13-01"}, "given_at", "not_a_time"),
    ({"given_at": "어제"}, "given_at", "not_a_time"),
    ({"given_at": "2026-11-23"}, "given_at", "in_the_future"),
    ({"valid_until": "soon"}, "valid_until", "not_a_time"),
    ({"valid_until": "2025-12-31"}, "valid_until", "before_given_at"),
    ({"withdrawn_at": "x"}, "withdrawn_at", "not_a_time"),
    ({"withdrawn_at": "2025-12-31"}, "withdrawn_at", "before_given_at"),
    ({"flags": "sensitive;nonsense"}, "flags", "unknown_flag"),
]


def test_bad_rows_are_listed_and_the_rest_is_taken(ledger: Ledger, vault: Vault, tmp_path: Path) -> None:
    rows = [GOOD, *(GOOD | change for change, _, _ in BAD), GOOD | {"subject": "user-2"}]
    result = import_consents(ledger, vault, write_csv(tmp_path / "c.csv", rows), NOW, frozenset({"forum"}))
    assert result.bad == tuple(BadRow(i + 2, column, reason) for i, (_, column, reason) in enumerate(BAD))
    assert (result.rows, result.taken, result.bad_rows) == (len(rows), 2, len(BAD))


def test_broken_lines_are_bad_rows(ledger: Ledger, vault: Vault, tmp_path: Path) -> None:
    lines = [
        json.dumps(GOOD),
        "{not json",
        "[1]",
        '{"a": ' * 100_000,
        json.dumps(GOOD | {"flags": ["sensitive", "ai-training"]}),
    ]
    (tmp_path / "c.jsonl").write_bytes(b"\n".join(x.encode() for x in lines) + b"\n\xff\xfe\n")
    result = import_consents(ledger, vault, tmp_path / "c.jsonl", NOW)
    assert [(b.row, b.reason) for b in result.bad] == [
        (2, "malformed"),
        (3, "malformed"),
        (4, "malformed"),
        (6, "malformed"),
    ]
    text = ",".join(COLUMNS) + "\n" + ",".join(GOOD.values()) + "\nonly,three,fields\n" + ",".join(["\0"] * 11) + "\n"
    (tmp_path / "c.csv").write_bytes(b"\xef\xbb\xbf" + text.encode() + b"\xb0\xa1," * 10 + b"x\n")
    result = import_consents(ledger, vault, tmp_path / "c.csv", NOW)
    assert result.rows == 4
    assert [b.row for b in result.bad] == [2, 3, 4]


def test_a_file_that_is_no_consent_file_is_refused(ledger: Ledger, vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "short.csv").write_text("source_id,subject\na,b\n")
    (tmp_path / "x.parquet").write_text("nothing")
    (tmp_path / "x.docx").write_text("nothing")
    (tmp_path / "dir.csv").mkdir()
    for name in ("empty.csv", "short.csv", "x.parquet", "x.docx", "none.csv", "dir.csv"):
        with pytest.raises(ConsentFileError):
            import_consents(ledger, vault, tmp_path / name, NOW)
    assert len(snapshot(ledger, vault, as_of=DAY, purpose="pretraining")) == 0


def test_no_provider_id_reaches_the_ledger(vault: Vault, tmp_path: Path) -> None:
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger' / 'ledger.db'}")
    canaries = [
        "canary-user-4471",
        "카나리아",
        "canary-guardian-4471",
        "canary purpose AI 학습",
        "900101-1234567",
        "canary-bad-4471",
    ]
    rows = [
        GOOD | {"subject": canaries[0], "guardian_ref": canaries[2], "purpose": canaries[3]},
        GOOD | {"subject": canaries[1]},
        GOOD | {"subject": canaries[4]},
        GOOD | {"subject": canaries[5], "purpose": canaries[5], "method": canaries[5]},
    ]
    result = import_consents(ledger, vault, write_csv(tmp_path / "c.csv", rows), NOW)
    assert result.taken == 2
    for folder in ("ledger", "vault"):
        held = b"".join(p.read_bytes() for p in (tmp_path / folder).iterdir())
        for canary in canaries:
            assert canary.encode() not in held
    assert not any(canary in repr(result) for canary in canaries)
    (record,) = records_of(ledger, vault.ensure_subjects([vault.subject_token("forum", canaries[0])]).popitem()[1])
    assert record["purpose"] == "ai_training"
    assert record["flags"] == ["ai_training", "guardian"]


W = {"withdrawn_at": "2026-06-01"}
STATES = [
    # (rows of one subject, state of pretraining on 2026-11-22)
    ([{}], "allowed"),
    ([{"purpose": "AI 학습"}], "allowed"),
    ([{"purpose": "거대 언어모델의 사전학습"}], "allowed"),
    ([{"purpose": "evaluation"}], "none"),
    ([{"valid_until": "2026-11-22"}], "allowed"),
    ([{"valid_until": "2026-11-21"}], "expired"),
    ([{"valid_until": "2026-11-22T23:59:59+09:00"}], "expired"),
    ([W], "withdrawn"),
    ([{"withdrawn_at": "2026-11-22T11:59:00+09:00"}], "withdrawn"),
    # contradictory and overlapping consents
    ([{}, W], "withdrawn"),
    ([{"flags": "sensitive"}, {}], "allowed"),
    ([W, {"given_at": "2026-06-02"}], "allowed"),
    ([W, {"given_at": "2026-06-01"}], "withdrawn"),
    ([{"given_at": "2026-06-02"}, {"given_at": "2026-01-01", "withdrawn_at": "2026-07-01"}], "withdrawn"),
    ([{"valid_until": "2026-03-01"}, {"given_at": "2026-02-01"}], "allowed"),
    ([{"valid_until": "2026-03-01"}, {"valid_until": "2026-04-01"}], "expired"),
    ([W | {"valid_until": "2026-03-01"}], "withdrawn"),
    # another ground never makes a withdrawn subject allowed again
    ([W, {"ground": "legitimate_interest", "given_at": "2026-08-01"}], "withdrawn"),
    ([{"ground": "statute"}], "none"),
    ([{"ground": "statute"}, {}], "allowed"),
    # children
    ([{"flags": "child"}], "child_without_guardian"),
    ([{"flags": "child;guardian"}], "allowed"),
    ([{"flags": "child", "guardian_ref": "g-1"}], "allowed"),
    ([{"flags": "child"}, {"flags": "child;guardian", "given_at": "2026-02-01"}], "allowed"),
    ([{"flags": "child;guardian"}, {"flags": "child", "given_at": "2026-02-01"}], "child_without_guardian"),
    ([{"flags": "child", "withdrawn_at": "2026-06-01"}], "withdrawn"),
]  # fmt: skip


def test_states_of_a_day(ledger: Ledger, vault: Vault, tmp_path: Path) -> None:
    rows = [GOOD | {"subject": f"u{i}"} | change for i, (changes, _) in enumerate(STATES) for change in changes]
    import_consents(ledger, vault, write_csv(tmp_path / "c.csv", rows), NOW)
    found = [s.name for s in states(ledger, vault, [f"u{i}" for i in range(len(STATES))])]
    assert list(zip([c for c, _ in STATES], found, strict=True)) == STATES


def test_states_follow_the_day_that_is_asked_for(ledger: Ledger, vault: Vault, tmp_path: Path) -> None:
    row = GOOD | {
        "given_at": "2026-03-01T00:30:00",
        "valid_until": "2026-09-30",
        "withdrawn_at": "2026-06-01T09:00:00+09:00",
    }
    import_consents(
        ledger, vault, write_csv(tmp_path / "c.csv", [row, row | {"subject": "u2", "withdrawn_at": ""}]), NOW
    )
    names = {day: [s.name for s in states(ledger, vault, ["user-1", "u2"], dt.date.fromisoformat(day))]
             for day in ("2026-02-28", "2026-03-01", "2026-05-31", "2026-06-01", "2026-09-30", "2026-10-01")}  # fmt: skip
    assert names == {
        "2026-02-28": ["not_yet", "not_yet"], "2026-03-01": ["allowed", "allowed"], "2026-05-31": ["allowed", "allowed"],
        "2026-06-01": ["withdrawn", "allowed"], "2026-09-30": ["withdrawn", "allowed"], "2026-10-01": ["withdrawn", "expired"],
    }  # fmt: skip


def test_contradictory_flags_are_read_the_strict_way(ledger: Ledger, vault: Vault, tmp_path: Path) -> None:
    rows = [
        GOOD | {"subject": "same", "flags": "sensitive;third_party"}, GOOD | {"subject": "same", "flags": "third_party"},
        GOOD | {"subject": "later", "flags": "sensitive"}, GOOD | {"subject": "later", "given_at": "2026-02-01"},
        GOOD | {"subject": "child", "flags": "child;guardian"}, GOOD | {"subject": "child", "flags": "child"},
    ]  # fmt: skip
    import_consents(ledger, vault, write_csv(tmp_path / "c.csv", rows), NOW)
    same, later, child = states(ledger, vault, ["same", "later", "child"])
    assert same.third_party
    assert not same.sensitive
    assert not later.sensitive
    assert later.ai_training
    assert child.name == "child_without_guardian"


def test_a_withdrawal_that_came_to_us(ledger: Ledger, vault: Vault, tmp_path: Path) -> None:
    import_consents(ledger, vault, write_csv(tmp_path / "c.csv", [GOOD, GOOD | {"purpose": "evaluation"}]), NOW)
    subject = vault.ensure_subjects([vault.subject_token("forum", "user-1")]).popitem()[1]
    before = snapshot(ledger, vault, as_of=DAY, purpose="pretraining").root
    assert record_event(ledger, subject, "forum", "withdrawn", NOW, NOW, purpose="pretraining")
    assert not record_event(ledger, subject, "forum", "withdrawn", NOW, NOW, purpose="pretraining")
    assert states(ledger, vault, ["user-1"])[0].name == "withdrawn"
    assert states(ledger, vault, ["user-1"], purpose="evaluation")[0].name == "allowed"
    assert snapshot(ledger, vault, as_of=DAY, purpose="pretraining").root != before
    record_event(ledger, subject, "forum", "objected", NOW, NOW)
    assert states(ledger, vault, ["user-1"], purpose="evaluation")[0].name == "withdrawn"
    unknown = vault.ensure_subjects([vault.subject_token("forum", "never-consented")]).popitem()[1]
    record_event(ledger, unknown, "forum", "withdrawn", NOW, NOW)
    assert states(ledger, vault, ["never-consented"])[0].name == "withdrawn"


def test_a_forgotten_subject_leaves_the_snapshot(ledger: Ledger, vault: Vault, tmp_path: Path) -> None:
    import_consents(ledger, vault, write_csv(tmp_path / "c.csv", [GOOD, GOOD | {"subject": "u2"}]), NOW)
    vault.forget_subject(vault.subject_token("forum", "user-1"), "request", NOW)
    assert [s.name for s in states(ledger, vault, ["user-1", "u2"])] == ["none", "allowed"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("pretraining", "pretraining"), ("fine_tuning", "fine-tuning"), ("AI 모델 미세조정", "fine-tuning"),
        ("인공지능 학습", "ai_training"), ("LLM 학습용 데이터", "ai_training"), ("인공지능 과학적 연구", "research"),
        ("학습 서비스 제공", None), ("AI 챗봇 서비스 제공", None), ("maintain the service", None), ("", None),
        ("마케팅", None), ("인공지능", None), ("said AItraining", None),
    ],
)  # fmt: skip
def test_purposes_must_name_ai_and_training(text: str, code: str | None) -> None:
    assert purpose_code(text) == code


def test_flags_and_shapes() -> None:
    assert flags_of("") == 0
    assert flags_of('["sensitive", "AI-training"]') == Flag.SENSITIVE | Flag.AI_TRAINING
    assert flags_of("sensitive,x") is None
    assert holds_rrn("a900101-1234567")
    assert not holds_rrn("1234567890123")
    assert not holds_rrn("19001011234567")


# --- the snapshot and its proofs -----------------------------------------------------------------------------

SALT = b"s" * 32


def built(people: Mapping[bytes, ConsentState]) -> ConsentSnapshot:
    tokens = np.frombuffer(b"".join(people), np.uint8).reshape(-1, 16)
    return ConsentSnapshot.build(
        DAY, "pretraining", tokens, np.array([s.code for s in people.values()], np.uint16), SALT
    )


tokens16 = st.binary(min_size=16, max_size=16)
somebody = st.builds(ConsentState, st.sampled_from(["allowed", "withdrawn", "expired"]), st.integers(0, 255).map(Flag))
people = st.dictionaries(tokens16, somebody, max_size=20)


@given(people, tokens16)
def test_every_state_and_every_absence_can_be_proved(everyone: dict[bytes, ConsentState], other: bytes) -> None:
    taken = built(everyone)
    for token in [*everyone, other, b"\0" * 16, b"\xff" * 16]:
        expected = everyone.get(token, ConsentState("none"))
        assert taken.lookup([token]) == [expected]
        proof = ConsentProof.from_json(json.loads(json.dumps(taken.prove(token).to_json())))
        assert verify_proof(proof, taken.root, token) == expected


@given(people)
def test_the_root_is_of_the_content_not_of_the_order(everyone: dict[bytes, ConsentState]) -> None:
    assert built(everyone).root == built(dict(reversed(everyone.items()))).root


@given(people)
def test_workers_look_up_what_the_driver_does(everyone: dict[bytes, ConsentState]) -> None:
    taken = built(everyone)
    shipped = ConsentSnapshot.from_arrow(pickle.loads(pickle.dumps(taken.to_arrow())))
    asked = [*everyone, os.urandom(16)] * 2
    assert shipped.lookup(asked) == taken.lookup(asked)
    assert (shipped.root, shipped.purpose, shipped.as_of, len(shipped)) == (
        taken.root,
        "pretraining",
        DAY,
        len(everyone),
    )
    assert SALT not in pickle.dumps(taken.to_arrow())
    if everyone:
        with pytest.raises(ConsentProofInvalid):
            shipped.prove(next(iter(everyone)))


def _flip(data: bytes) -> bytes:
    return bytes([data[0] ^ 1]) + data[1:]


ATTACKS: list[Callable[[ConsentProof], ConsentProof]] = [
    lambda p: replace(p, as_of=DAY + dt.timedelta(days=1)),
    lambda p: replace(p, purpose="evaluation"),
    lambda p: replace(p, size=p.size + 1),
    lambda p: replace(p, tree=_flip(p.tree)),
    lambda p: replace(p, steps=()),
    lambda p: replace(p, steps=p.steps[:1] * 2),
    lambda p: replace(p, steps=(replace(p.steps[0], index=p.steps[0].index + 1), *p.steps[1:])),
    lambda p: replace(p, steps=(replace(p.steps[0], token=_flip(p.steps[0].token)), *p.steps[1:])),
    lambda p: replace(p, steps=(replace(p.steps[0], commitment=_flip(p.steps[0].commitment)), *p.steps[1:])),
    lambda p: replace(p, steps=(replace(p.steps[0], path=p.steps[0].path[:-1]), *p.steps[1:])),
    lambda p: replace(p, opened=None) if p.opened else replace(p, opened=(1, SALT)),
    lambda p: replace(p, opened=(p.opened[0] ^ 1, p.opened[1])) if p.opened else replace(p, steps=p.steps[1:]),
    lambda p: replace(p, opened=(p.opened[0], _flip(p.opened[1]))) if p.opened else replace(p, steps=p.steps[:1]),
]


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("present", [True, False])
def test_one_changed_field_breaks_a_proof(attack: Callable[[ConsentProof], ConsentProof], present: bool) -> None:
    everyone = {bytes([i * 10]) * 16: ConsentState("allowed") for i in range(1, 8)}
    taken = built(everyone)
    token = bytes([30 if present else 35]) * 16
    proof = taken.prove(token)
    verify_proof(proof, taken.root, token)
    with pytest.raises(ConsentProofInvalid):
        verify_proof(attack(proof), taken.root, token)


def test_absence_needs_neighbours_that_touch() -> None:
    everyone = {bytes([i * 10]) * 16: ConsentState("allowed") for i in range(1, 8)}
    taken = built(everyone)
    hidden = bytes([40]) * 16
    left, right = taken.prove(bytes([35]) * 16).steps[0], taken.prove(bytes([45]) * 16).steps[1]
    forged = replace(taken.prove(bytes([35]) * 16), steps=(left, right))
    with pytest.raises(ConsentProofInvalid, match="absent"):
        verify_proof(forged, taken.root, hidden)
    with pytest.raises(ConsentProofInvalid):
        verify_proof(taken.prove(bytes([30]) * 16), taken.root, hidden)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_rubbish_is_no_proof(value: object) -> None:
    with pytest.raises(ConsentProofInvalid):
        ConsentProof.from_json(value)
