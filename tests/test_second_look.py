"""The second look: what rewriting creates is found in the same call, so that a second pass changes nothing."""

from __future__ import annotations

import random
import time
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymizers.decide import Decided, decide, rules_of
from anonymizers.findings import Finding, resolve
from anonymizers.masking import masked
from anonymizers.pipeline import BatchResult, anonymize_batch, default_recognizers
from anonymizers.review import Reviews
from anonymizers.rewrite import SpanRow, rewrite
from anonymizers.surrogates import Keys
from bench.testset.generate import examples
from schemas.policy import Policy, load_policy

KEY = b"k" * 32
PUBLIC = load_policy("pretraining-public", Path())
ONLY_GONE = ("RRN", "ALIEN_REG", "PASSPORT", "DRIVER_LICENCE", "CREDENTIAL")


def with_operators(operator: str, **others: str) -> Policy:
    """The public policy with one operator for every type that may have it; without Kiwi, so that texts stand alone."""
    rules = {}
    for name, rule in PUBLIC.anonymize.entities.items():
        lawful = operator in ("delete", "mask") or name not in (*ONLY_GONE, "PERSON")
        made = others.get(name, operator if lawful else "mask")
        rules[name] = rule.model_copy(update={"operator": made})
    anonymize = PUBLIC.anonymize.model_copy(update={"entities": rules, "kiwi_budget_ppm": 0})
    return PUBLIC.model_copy(update={"anonymize": anonymize})


POLICIES = {operator: with_operators(operator) for operator in ("delete", "mask", "generalise")}
PSEUDONYMS = with_operators("pseudonym", PERSON="pseudonym")
RECOGNIZERS = default_recognizers(POLICIES["mask"])


def run(texts: Sequence[str], policy: Policy) -> BatchResult:
    keys = [f"d{n}".encode() for n in range(len(texts))]
    return anonymize_batch(texts, policy=policy, recognizers=RECOGNIZERS, pseudonym_key=KEY, doc_keys=keys)


GOLD = [example["text"] for example in examples(12, 11)]
ADDRESS = "경기도 용인시 수지구 죽전동 1003번지 새터마을 힐스테이트 204동 1501호"
LEFT = [
    f"주소: {ADDRESS}",
    "1982년 3월 4일 생입니다.",
    "1992-07-08생",
    "생일은 12/25",
    "01/02/90 출생",
    "연락처 010 hong@example.com 2345 6789",
]


@given(
    st.lists(st.sampled_from(GOLD + LEFT), min_size=1, max_size=4),
    st.sampled_from([" ", "\n", ", "]),
    st.sampled_from(["NFC", "NFD"]),
)
@settings(max_examples=150, deadline=None)
@pytest.mark.parametrize("operator", sorted(POLICIES))
def test_a_second_pass_changes_nothing(operator: str, pieces: list[str], joint: str, form: str) -> None:
    text = unicodedata.normalize(form, joint.join(pieces))
    once = run([text], POLICIES[operator])
    assert once.reasons != ["unsettled_rewrite"]
    assert run(once.texts, POLICIES[operator]).texts == once.texts


@pytest.mark.parametrize("operator", sorted(POLICIES))
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_second_pass_changes_nothing_in_a_whole_batch(operator: str, form: str) -> None:
    dice = random.Random(operator + form)
    texts = [unicodedata.normalize(form, " ".join(dice.sample(GOLD, 3))) for _ in range(150)]
    once = run(texts, POLICIES[operator])
    again = run(once.texts, POLICIES[operator])
    assert again.texts == once.texts


@pytest.mark.parametrize(
    ("text", "operators", "out"),
    [
        (f"주소: {ADDRESS}", {}, "주소: 경기도 용인시 수지구"),
        ("연락처 010 hong@example.com 2345 6789", {"EMAIL": "delete"}, "연락처 [전화번호]"),
        ("학번 20231234 12345678", {}, "학번 [학번] [학번]"),
        ("생일은 12/25입니다", {}, "생일은 [생년월일]입니다"),
    ],
)
def test_what_rewriting_creates_goes_in_the_same_call(text: str, operators: dict[str, str], out: str) -> None:
    result = run([text], with_operators("mask", ADDRESS="generalise", BIRTH_DATE="generalise", **operators))
    assert result.texts == [out]
    for span in result.spans:
        assert 0 <= span.start < span.end <= len(text)


def test_a_sentence_that_rewriting_joined_is_read_again() -> None:
    text = "저는 hong@example.kr. 우울증을 앓고 있어요."
    assert "우울증" not in run([text], POLICIES["delete"]).texts[0]


class Restless:
    """Finds the last letter of whatever text it is shown."""

    name, version = "restless", "1"

    def find(self, texts: Sequence[str]) -> Iterator[Finding]:
        return (Finding(n, len(text) - 1, len(text), "MOBILE", 900_000) for n, text in enumerate(texts) if text)


def test_a_text_that_never_comes_to_rest_is_not_shipped() -> None:
    texts = ["가" * 40, "나"]
    result = anonymize_batch(
        texts, policy=POLICIES["delete"], recognizers=[Restless()], pseudonym_key=KEY, doc_keys=[b"a", b"b"]
    )
    assert result.actions == ["quarantined", "dropped"]
    assert result.reasons == ["unsettled_rewrite", "nothing_left"]
    assert result.texts == ["", ""]
    assert result.spans == []


@given(
    st.lists(st.sampled_from(GOLD + LEFT), min_size=1, max_size=4),
    st.sampled_from([" ", "\n", ""]),
    st.integers(0, 700_000),
)
@settings(max_examples=200, deadline=None)
@pytest.mark.parametrize("operator", ["mask", "generalise", "pseudonym"])
def test_the_short_road_makes_what_the_long_one_makes(operator: str, pieces: list[str], joint: str, sure: int) -> None:
    text = joint.join(pieces)
    policy = POLICIES.get(operator, PSEUDONYMS)
    stricter = {
        n: r.model_copy(update={"threshold_ppm": max(sure, r.threshold_ppm)})
        for n, r in policy.anonymize.entities.items()
    }
    anonymize = policy.anonymize.model_copy(update={"entities": stricter})
    rules = rules_of(policy.model_copy(update={"anonymize": anonymize}), reviews=Reviews(KEY))
    found = resolve(f for one in RECOGNIZERS for f in one.find([text]))
    keys = Keys(KEY, b"d")
    short = masked(0, text, found, rules, keys)
    if short is None:
        return
    decided = decide(text, found, rules, False, b"d")
    new, spans = rewrite(text, decided.edits, keys)
    assert (short.new, short.spans) == (new, [SpanRow(0, *span) for span in spans])
    assert short.decided == Decided((), short.decided.review, *decided[2:])
    assert list(short.decided.review) == decided.review


@pytest.mark.parametrize("operator", ["delete", "mask", "surrogate"])
def test_many_replacements_cost_linear_time(operator: str) -> None:
    policy = with_operators("mask", EMAIL=operator, IP_ADDRESS=operator)

    def spent(count: int) -> float:
        text = "".join(
            f"010 a{n}@b.kr 2345 {n % 10_000:04} 서버 8.8.{n // 256 % 256}.{n % 256}\n" for n in range(count)
        )
        begin = time.process_time()
        run([text], policy)
        return time.process_time() - begin

    run(["a@b.kr"], policy)
    assert spent(2_000) < 12 * spent(500) + 0.5
