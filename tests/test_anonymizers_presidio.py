"""Our recognizers in a Presidio engine: one at a time, and all by one call, offline."""

from __future__ import annotations

import re

import pytest
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry

import anonymizers
from anonymizers.entities import entities
from anonymizers.exact.catalog import STRUCTURED
from anonymizers.kiwi_nlp import KiwiNlpEngine
from anonymizers.presidio import STRUCTURED_CLASSES, analyzer_engine, load_predefined, settled
from anonymizers.recognizers.person import PersonRecognizer
from anonymizers.recognizers.sensitive_information import SensitiveInformationRecognizer

TEXT = "제 번호는 010-1234-5678이고 hong@example.com입니다. 주민번호 900101-1234567"


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a recognizer opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def test_every_exact_recognizer_has_its_class() -> None:
    assert [c.exact for c in STRUCTURED_CLASSES] == list(STRUCTURED)
    for recognizer in (*STRUCTURED_CLASSES, PersonRecognizer, SensitiveInformationRecognizer):
        assert re.search(r"^1\. ", recognizer.__doc__ or "", re.MULTILINE), recognizer
        articles = (recognizer.__doc__ or "").split("\nArticle of law\n")[1].splitlines()
        assert all(entities()[line.split(" (")[0]].article == line.split("): ")[1] for line in articles)


def test_the_engine_finds_them() -> None:
    results = analyzer_engine().analyze(TEXT, language="ko", return_decision_process=True)
    cut = {(TEXT[r.start : r.end], r.entity_type) for r in results}
    assert {("010-1234-5678", "MOBILE"), ("hong@example.com", "EMAIL"), ("900101-1234567", "RRN")} <= cut
    rrn = next(r for r in results if r.entity_type == "RRN")
    assert "context:rrn" in rrn.analysis_explanation.textual_explanation
    assert "article: PIPA 24, 24-2" in rrn.analysis_explanation.textual_explanation


ACCOUNT = "국민은행 010-2345-6789 예금주 홍길동"
CORPORATE = "법인등록번호 900101-1234568"


def test_collisions_are_settled_as_by_analyze() -> None:
    engine = analyzer_engine()
    for text in (ACCOUNT, CORPORATE, TEXT, "", "😀 김서윤 과장, 저는 우울증을 앓고 있습니다."):
        ours = [(f.start, f.end, f.type, f.action_type or None) for f in anonymizers.analyze(text)[0]]
        results = engine.analyze(text, language="ko")
        assert [(r.start, r.end, r.entity_type, r.recognition_metadata.get("action_type")) for r in results] == ours
    [account, _] = engine.analyze(ACCOUNT, language="ko")
    assert (account.entity_type, account.score) == ("BANK_ACCOUNT", 0.97)
    assert engine.analyze(ACCOUNT, language="ko", entities=["MOBILE"]) == []
    assert [r.entity_type for r in engine.analyze(ACCOUNT, "ko", ["BANK_ACCOUNT"])] == ["BANK_ACCOUNT"]
    assert [r.entity_type for r in engine.analyze(ACCOUNT, language="ko", score_threshold=0.98)] == ["PERSON"]


def test_an_engine_of_ones_own_settles_in_one_call() -> None:
    registry = load_predefined(RecognizerRegistry(supported_languages=["ko"]))
    own = AnalyzerEngine(registry=registry, nlp_engine=KiwiNlpEngine(), supported_languages=["ko"])
    results = own.analyze(ACCOUNT, language="ko")
    assert {"BANK_ACCOUNT", "MOBILE", "PERSON"} == {r.entity_type for r in results}
    assert [r.entity_type for r in settled(results)] == ["BANK_ACCOUNT", "PERSON"]
    assert settled([]) == []


def test_one_recognizer_alone() -> None:
    by_type = {c.exact.types[0]: c for c in STRUCTURED_CLASSES}
    results = by_type["RRN"]().analyze("가" * 9000 + "900101-1234567", ["RRN"])
    assert [(r.start, r.end) for r in results] == [(9000, 9014)]
    assert by_type["RRN"]().analyze(TEXT, ["EMAIL"]) == []


def test_kiwi_gives_tokens_at_their_places() -> None:
    artifacts = KiwiNlpEngine().process_text("계좌번호는 여기로", "ko")
    assert artifacts.tokens_indices[0] == 0
    assert "계좌" in artifacts.lemmas[0]
    assert KiwiNlpEngine(tokenize=False).process_text("가나다", "ko").lemmas == []
