"""The batch call: decisions for every text, nothing left behind, consents obeyed, no value in anything but the texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymizers.explained import explained
from anonymizers.findings import Finding
from anonymizers.pipeline import BatchResult, anonymize_batch, default_recognizers
from schemas.policy import Policy, load_policy, shipped_policies

KEY = b"k" * 32
POLICIES = {name: load_policy(name, Path()) for name in shipped_policies()}
RECOGNIZERS: dict[str, list] = {}  # type: ignore[type-arg]
SENTENCES = [
    "김철수 씨는 010-2345-6789로 전화했다.", "담당자: 이영희", "문의는 hong@example.com으로 주세요.", "저는 우울증을 앓고 있습니다.",
    "날씨가 좋다.", "박지은은 1990년 3월 2일에 태어났다.", "서버 주소는 8.8.8.8입니다.", "민수야, 밥 먹자!", "최영호, 정수진, 강민호가 참석했다.",
    "제 나이는 34세입니다.", "우리 엄마가 유방암 진단을 받으셨어요.", "주민등록번호는 900101-1234567입니다.", "[이름]은 왔다.", "ㅋㅋㅋ 😀",
]  # fmt: skip


def recognizers(policy: Policy) -> list:  # type: ignore[type-arg]
    """The shipped ones without Kiwi: quick, and the same for a text whatever its neighbours are."""
    if policy.name not in RECOGNIZERS:
        quiet = policy.model_copy(update={"anonymize": policy.anonymize.model_copy(update={"kiwi_budget_ppm": 0})})
        RECOGNIZERS[policy.name] = default_recognizers(quiet)
    return RECOGNIZERS[policy.name]


def run(texts: list[str], name: str = "pretraining-public", **kwargs: object) -> BatchResult:
    policy = POLICIES[name]
    keys = [f"doc{i}".encode() for i in range(len(texts))]
    return anonymize_batch(
        texts,
        policy=policy,
        recognizers=recognizers(policy),
        pseudonym_key=KEY,
        doc_keys=keys,
        **kwargs,  # type: ignore[arg-type]
    )


@given(
    st.lists(st.lists(st.sampled_from(SENTENCES), max_size=4).map(" ".join), max_size=4),
    st.sampled_from(sorted(POLICIES)),
)
@settings(max_examples=60, deadline=None)
def test_every_text_is_decided_and_spans_cut_exactly(texts: list[str], name: str) -> None:
    result = run(texts, name)
    assert len(result.texts) == len(result.actions) == len(result.reasons) == len(result.scores_ppm) == len(texts)
    for text, new, action in zip(texts, result.texts, result.actions, strict=True):
        assert (action == "kept") == (new == text and action != "dropped") or action in ("dropped", "quarantined")
    for span in result.spans:
        assert 0 <= span.out_start <= span.out_end <= len(result.texts[span.doc])
        assert 0 <= span.start < span.end <= len(texts[span.doc])
        if span.operator == "keep":
            kept = texts[span.doc][span.start : span.end]
            assert result.texts[span.doc][span.out_start : span.out_end] == kept or " " in kept


@given(
    st.lists(st.sampled_from(SENTENCES), max_size=6).map(" ".join),
    st.sampled_from(["pretraining-public", "finance", "healthcare"]),
)
@settings(max_examples=60, deadline=None)
def test_delete_mask_and_generalise_are_idempotent_end_to_end(text: str, name: str) -> None:
    once = run([text], name)
    again = run(once.texts, name)
    assert again.texts == once.texts


@given(st.lists(st.sampled_from(SENTENCES), max_size=6).map(" ".join))
@settings(max_examples=40, deadline=None)
def test_detecting_again_finds_nothing_that_the_recorded_spans_do_not_explain(text: str) -> None:
    policy = POLICIES["pretraining-public"]
    result = run([text])
    recorded = sorted((s.out_start, s.out_end) for s in result.spans)
    for recognizer in recognizers(policy):
        for found in recognizer.find(result.texts):
            rule = policy.anonymize.entities.get(found.type)
            if rule and (rule.operator == "keep" or found.score_ppm < rule.threshold_ppm):
                continue
            assert explained(result.texts[0], found.start, found.end, recorded), found.type


def test_a_text_does_not_depend_on_its_neighbours() -> None:
    alone = [run([text]).texts[0] for text in SENTENCES]
    assert run(SENTENCES).texts == alone


def test_untouched_texts_come_back_as_the_same_object() -> None:
    text = "날씨가 참 좋다."
    result = run([text])
    assert result.texts[0] is text
    assert (result.actions, result.reasons, result.scores_ppm) == (["kept"], ["no_finding"], [-1])


def test_particles_agree_in_the_whole_road() -> None:
    assert run(["김철수 씨는 010-2345-6789로 전화했다."]).texts == ["[이름] 씨는 [전화번호]로 전화했다."]
    assert run(["담당자 이영희는 왔다."]).texts == ["담당자 [이름]은 왔다."]


@pytest.mark.parametrize(
    ("name", "consent", "expected"),
    [
        ("pretraining-public", True, "dropped"), ("pretraining-public", False, "dropped"), ("pretraining-consented", False, "dropped"),
        ("pretraining-consented", True, "kept"), ("healthcare", False, "changed"),
    ],
)  # fmt: skip
def test_sensitive_sentences_by_policy_and_consent(name: str, consent: bool, expected: str) -> None:
    result = run(["저는 우울증을 앓고 있습니다."], name, sensitive_consent=[consent])
    assert result.actions == [expected]
    if name == "healthcare":
        assert result.texts == ["[이름]은 우울증을 앓고 있습니다."]
    if expected == "kept":
        assert [(s.type, s.operator, s.out_start, s.out_end) for s in result.spans] == [("HEALTH", "keep", 0, 16)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("장모님은 치매를 앓으세요.", "[이름]은 치매를 앓으세요."), ("우리 팀장이 당뇨래.", "[이름]이 당뇨래."), ("고인은 췌장암과 싸웠다.", "[이름]은 췌장암과 싸웠다."),
        ("저는 우울증을 앓고 제 딸은 당뇨예요.", ""), ("공황 와서 약 먹고 버티는 중이에요.", ""), ("병명: 재발성 우울장애", ""),
    ],
)  # fmt: skip
def test_delinking_cuts_every_person_or_drops_the_sentence(text: str, expected: str) -> None:
    assert run([text], "healthcare").texts == [expected]


def test_child_authors_are_quarantined_unless_a_guardian_consented() -> None:
    texts = ["저는 12살이에요. 김철수 선생님이 좋아요.", "저는 12살 아들을 키워요."]
    result = run(texts)
    assert result.actions[0] == "quarantined"
    assert result.reasons[0] == "child_author"
    assert result.texts[0] == ""
    assert result.actions[1] == "kept" or result.actions[1] == "changed"
    assert not [s for s in result.spans if s.doc == 0]
    assert run(texts, guardian_consent=[True, False]).actions[0] == "changed"


def test_a_child_directed_source_needs_less() -> None:
    text = ["저는 중2입니다"]
    assert run(text).actions != ["quarantined"]
    assert run(text, child_directed=True).actions == ["quarantined"]


def test_public_figures_stay_only_by_policy() -> None:
    text = "세종대왕과 이순신 장군, 그리고 김철수 씨."
    result = run([text], public_figures={"이순신": frozenset({"장군"}), "김철수": frozenset({"가수"})})
    assert "이순신" in result.texts[0]
    assert "김철수" not in result.texts[0]
    assert ("PERSON", "keep") in {(s.type, s.operator) for s in result.spans}


def test_pseudonyms_are_consistent_within_a_text_only() -> None:
    text = "김철수 씨와 이영희 씨. 김철수 씨."
    result = run([text, text], "pretraining-consented")
    words = [word for word in result.texts[0].replace(".", "").split() if word.startswith("[")]
    assert words[0] == words[2] != words[1]
    assert result.texts[0] != result.texts[1]


class Planted:
    """A recognizer that says what it is told of one text, and nothing of any other."""

    name, version = "planted", "1"

    def __init__(self, text: str, *findings: Finding) -> None:
        self.text, self.findings = text, findings

    def find(self, texts: Sequence[str]) -> Iterator[Finding]:
        return (f._replace(doc=doc) for doc, text in enumerate(texts) if text == self.text for f in self.findings)


@pytest.mark.parametrize(
    ("score", "action", "reviewed"),
    [(399_999, "kept", 0), (400_000, "changed", 1), (499_999, "changed", 1), (500_000, "changed", 0)],
)
def test_what_waits_for_review_is_masked_and_shown_without_its_value(score: int, action: str, reviewed: int) -> None:
    policy = POLICIES["pretraining-consented"]
    text = "어제는 홍길동과 010-2345-6789로 만났다"
    planted = Planted(text, Finding(0, 4, 7, "PERSON", score, ("cue",)), Finding(0, 9, 22, "MOBILE", 990_000))
    result = anonymize_batch([text], policy=policy, recognizers=[planted], pseudonym_key=KEY, doc_keys=[b"d"])
    assert (result.actions == ["changed"]) is True
    assert ("홍길동" in result.texts[0]) is (action == "kept")
    assert len(result.review) == reviewed
    for item in result.review:
        assert "[이름]" in item.context
        assert "홍길동" not in item.context
        assert "6789" not in item.context
        assert "[이름]" not in repr(item)


def test_the_strictest_reading_chooses_the_action() -> None:
    text = "번호 1101111234567 끝"
    found = Finding(0, 3, 16, "CORPORATE_REG", 700_000, (), action_type="RRN")
    policy = POLICIES["pretraining-public"]
    result = anonymize_batch(
        [text], policy=policy, recognizers=[Planted(text, found)], pseudonym_key=KEY, doc_keys=[b"d"]
    )
    assert result.texts == ["번호  끝"]


def test_results_hold_no_value_in_their_repr() -> None:
    result = run(["담당자: 이영희, 전화 010-2345-6789"])
    assert "이영희" not in repr(result)
    assert "2345" not in repr(replace(result, texts=[]))
