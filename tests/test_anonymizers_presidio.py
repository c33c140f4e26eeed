"""Our recognizers in a Presidio engine: one at a time, and all by one call, offline."""

from __future__ import annotations

import pytest

from anonymizers.exact.catalog import STRUCTURED
from anonymizers.kiwi_nlp import KiwiNlpEngine
from anonymizers.presidio import STRUCTURED_CLASSES, analyzer_engine

TEXT = "제 번호는 010-1234-5678이고 hong@example.com입니다. 주민번호 900101-1234567"


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a recognizer opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def test_every_exact_recognizer_has_its_class() -> None:
    assert [c.exact for c in STRUCTURED_CLASSES] == list(STRUCTURED)
    for recognizer in STRUCTURED_CLASSES:
        assert "Criteria" in (recognizer.__doc__ or "")


def test_the_engine_finds_them() -> None:
    results = analyzer_engine().analyze(TEXT, language="ko", return_decision_process=True)
    cut = {(TEXT[r.start : r.end], r.entity_type) for r in results}
    assert {("010-1234-5678", "MOBILE"), ("hong@example.com", "EMAIL"), ("900101-1234567", "RRN")} <= cut
    rrn = next(r for r in results if r.entity_type == "RRN")
    assert "context:rrn" in rrn.analysis_explanation.textual_explanation


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
