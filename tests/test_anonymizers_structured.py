"""Every structured recognizer, in every notation and normal form: the span cut from the original is what was planted."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable

import pyarrow as pa
import pytest

from anonymizers.detection import FINDINGS, detect, to_arrow
from anonymizers.entities import entities
from anonymizers.exact.catalog import STRUCTURED
from anonymizers.findings import Finding, resolve
from bench.testset import generate, notations
from bench.testset.templates import CORES
from bench.testset.values import MAKERS

LABEL = {
    "RRN": "주민등록번호 ", "ALIEN_REG": "외국인등록번호 ", "PASSPORT": "여권번호 ", "DRIVER_LICENCE": "운전면허번호 ", "MOBILE": "휴대폰 ",
    "PHONE": "전화번호 ", "EMAIL": "이메일 ", "BANK_ACCOUNT": "국민은행 계좌번호 ", "CARD": "카드번호 ", "VEHICLE_PLATE": "차량번호 ", "ADDRESS": "주소 ",
    "BIRTH_DATE": "생년월일 ", "IP_ADDRESS": "접속 IP ", "MAC_ADDRESS": "MAC 주소 ", "GEO_COORDINATE": "좌표 ", "ACCOUNT_HANDLE": "카톡 아이디는 ",
    "CREDENTIAL": "비밀번호: ", "CUSTOMS_CODE": "개인통관고유부호 ", "STUDENT_NO": "학번 ", "EMPLOYEE_NO": "사번 ", "MILITARY_NO": "군번 ",
    "HEALTH_INSURANCE": "건강보험증 번호 ", "POSTCODE": "우편번호 ", "BUSINESS_REG": "사업자등록번호 ", "CORPORATE_REG": "법인등록번호 ", "AGE": "저의 나이는 ",
}  # fmt: skip
UNREAD = {"ADDRESS", "AGE", "MAC_ADDRESS", "ACCOUNT_HANDLE", "CREDENTIAL", "EMAIL"}
"""Digits of these are not read out one by one (동일로 삼일일, 오구살); their numerals are tested in odd_notations.txt."""
SPELLABLE = sorted(set(MAKERS) - UNREAD)
FORMS: dict[str, Callable[[str], str]] = {
    form: (lambda text, form=form: unicodedata.normalize(form, text)) for form in ("NFC", "NFD", "NFKC", "NFKD")
}


def planted(before: str, value: str, after: str) -> list[str]:
    """The pieces of the original that were found with the planted span."""
    text = before + value + after
    span = (len(before), len(before) + len(value))
    return [f.type for f in detect([text]) if (f.start, f.end) == span]


def samples(label: str, count: int = 12) -> list[str]:
    rng = random.Random(f"samples:{label}")
    return [MAKERS[label](rng) for _ in range(count)]


@pytest.mark.parametrize("label", sorted(MAKERS))
@pytest.mark.parametrize("after", ["", "입니다", " 이고요", "로", "을 ", "\n", ")", ".", ", 끝"])
def test_particles_and_marks_stay_outside(label: str, after: str) -> None:
    for value in samples(label):
        if label == "CREDENTIAL" and after in (")", ".", ", 끝", "로", "을 ", "입니다"):
            value = value.rstrip("!@#")
        assert planted(LABEL[label], value, after) == [label], f"{label} with {after!r} behind"


@pytest.mark.parametrize("label", sorted(MAKERS))
@pytest.mark.parametrize("form", sorted(FORMS))
def test_normal_forms_of_the_whole_text(label: str, form: str) -> None:
    """Labels, values and what stands around them are normalised together."""
    to = FORMS[form]
    for value in samples(label):
        assert planted(to("😀 각하 " + LABEL[label]), to(value), to("입니다")) == [label]


@pytest.mark.parametrize("label", sorted(MAKERS))
@pytest.mark.parametrize(
    "notation", [notations.wide, notations.zero_width, notations.circled], ids=lambda n: n.__name__
)
def test_full_width_zero_width_and_circled(label: str, notation: notations.Notation) -> None:
    rng = random.Random(f"{notation.__name__}:{label}")
    for value in samples(label):
        assert planted(LABEL[label], notation(rng, value), "이고") == [label]


@pytest.mark.parametrize("label", SPELLABLE)
@pytest.mark.parametrize("digits", ["공일이삼사오육칠팔구", "〇一二三四五六七八九"], ids=["hangul", "hanja"])
def test_spelled_and_hanja_digits(label: str, digits: str) -> None:
    for value in samples(label):
        if ":" in value:  # of an IPv6 address letters are digits too
            continue
        spelled = "".join(digits[int(c)] if c.isdigit() else c for c in value)
        for after in ("입니다", "이고", ""):
            assert planted(LABEL[label], spelled, after) == [label]


@pytest.mark.parametrize(
    "label", ["RRN", "ALIEN_REG", "PASSPORT", "DRIVER_LICENCE", "MOBILE", "EMAIL", "CUSTOMS_CODE", "ADDRESS", "CARD"]
)
def test_first_and_last_code_point(label: str) -> None:
    """Self-evident types need no label and no neighbours."""
    for value in samples(label):
        assert planted("", value, "") == [label]


@pytest.mark.parametrize("label", sorted(CORES))
def test_templates_of_every_register(label: str) -> None:
    """At least 60 templates a type; on a seed of its own, recall and precision hold, and hard negatives stay empty."""
    assert len(generate.templates(label)) >= 60
    rows = [row for row in generate.examples(96, seed=20261122) if row["label"] == label]
    found = detect([row["text"] for row in rows])
    hits = {(f.doc, f.start, f.end, f.type) for f in found}
    gold = {(i, *row["spans"][0]) for i, row in enumerate(rows)}
    assert len(hits & gold) >= 0.97 * len(gold)
    assert len(hits & gold) >= 0.97 * len(hits)


def test_hard_negatives() -> None:
    rows = list(generate.negatives(600, seed=5))
    found = detect([row["text"] for row in rows])
    assert [(rows[f.doc]["text"], f.type) for f in found if f.score_ppm >= 500_000] == []


def test_gate_loses_nothing_that_the_slow_path_finds() -> None:
    """The residual check's way: no gate, every recognizer on all text."""
    rows = [row["text"] for row in (*generate.examples(24, seed=3), *generate.negatives(200, seed=3))]
    fast, slow = detect(rows), detect(rows, gated=False)
    assert {(f.doc, f.start, f.end, f.type) for f in slow} == {(f.doc, f.start, f.end, f.type) for f in fast}


def test_adjacent_and_nested_values() -> None:
    text = "홍(900101-1234567)010-1234-5678,hong@example.com/02-345-6789 서울 강남구 역삼로 12, 3층 06236"
    cut = [(text[f.start : f.end], f.type) for f in detect([text])]
    assert cut == [
        ("900101-1234567", "RRN"),
        ("010-1234-5678", "MOBILE"),
        ("hong@example.com", "EMAIL"),
        ("02-345-6789", "PHONE"),
        ("서울 강남구 역삼로 12, 3층", "ADDRESS"),
        ("06236", "POSTCODE"),
    ]


def test_long_texts_with_values_far_apart() -> None:
    filler = "오늘은 날씨가 좋아서 산책을 했다. " * 400
    text = filler + "연락처 010-1234-5678 " + filler + "주민번호 900101-1234567" + filler
    assert [(text[f.start : f.end]) for f in detect([text])] == ["010-1234-5678", "900101-1234567"]
    assert [(text[f.start : f.end]) for f in detect([text], gated=False)] == ["010-1234-5678", "900101-1234567"]


def test_batches_of_arrow() -> None:
    table = pa.table({"text": ["없음", None, "전화 010-1234-5678"]})
    found = detect(table)
    assert [(f.doc, f.type) for f in found] == [(2, "MOBILE")]
    rows = to_arrow(found)
    assert rows.schema.equals(FINDINGS)
    assert rows.to_pylist()[0]["start"] == 3


def test_corporate_or_resident() -> None:
    """Label and registry decide the name; what is in doubt keeps the stricter action."""
    corporate = detect(["법인등록번호 110111-0123453"])[0]
    assert (corporate.type, corporate.action) == ("CORPORATE_REG", "CORPORATE_REG")
    doubtful = detect(["법인등록번호 850203-1234569"])
    assert doubtful[0].type == "CORPORATE_REG"
    bare = detect(["850203-1234567"])[0]
    assert bare.type == "RRN"


def test_labels_are_known_and_documented() -> None:
    for recognizer in STRUCTURED:
        assert set(recognizer.types) <= set(entities())
        assert "Criteria" in (__import__(recognizer.find.__module__, fromlist=["x"]).__doc__ or "")


def test_resolution_rules() -> None:
    """Evidence names the span, the strictest reading that was reported decides the action, sentence tags stand apart."""
    strong, strict = Finding(0, 5, 19, "CORPORATE_REG", 900_000), Finding(0, 5, 19, "RRN", 500_000)
    sentence = Finding(0, 0, 40, "HEALTH", 700_000)
    settled = resolve([strict, strong, sentence])
    assert [(f.type, f.action) for f in settled] == [("HEALTH", "HEALTH"), ("CORPORATE_REG", "RRN")]
    assert resolve([Finding(0, 3, 3, "AGE", 1)]) == []
