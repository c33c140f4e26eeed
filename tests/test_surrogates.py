"""Surrogates and partial masks: nobody's values, none of the document or its batch, two originals never one surrogate."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymizers.operators import Replacer, mask, partial_mask
from anonymizers.pipeline import anonymize_batch, default_recognizers
from anonymizers.rewrite import Edit, rewrite
from anonymizers.surrogates import Keys, plain, reserved
from schemas.policy import Policy, load_policy

KEYS = Keys(b"k" * 32, b"doc")
VALUES = {
    "MAC_ADDRESS": st.integers(0, (1 << 48) - 1).map(lambda n: ":".join(f"{n:012x}"[i : i + 2] for i in range(0, 12, 2))),
    "EMAIL": st.from_regex(r"\A[a-c._-]{1,5}@[a-c-]{1,4}\.kr\Z"),
    "IP_ADDRESS": st.ip_addresses(v=4).map(str) | st.ip_addresses(v=6).map(str),
}  # fmt: skip


@given(st.data(), st.sampled_from(sorted(VALUES)))
@settings(max_examples=60, deadline=None)
def test_two_originals_never_share_a_surrogate_in_a_document(data: st.DataObject, kind: str) -> None:
    values = data.draw(st.lists(VALUES[kind], min_size=2, max_size=60, unique_by=lambda v: plain(v, kind)))
    text = " ".join(values)
    replacer = Replacer(text)
    made = [replacer.replacement(value, kind, "surrogate", KEYS) for value in values]
    real = [one for one in made if one != mask(kind)]
    assert len(set(real)) == len(real)
    assert not any(one in text.casefold() for one in real)
    assert made == [replacer.replacement(value, kind, "surrogate", KEYS) for value in values]


def test_a_range_that_is_used_up_is_masked() -> None:
    replacer = Replacer("")
    made = [
        replacer.replacement(f"aa:bb:cc:dd:{n >> 8:02x}:{n & 255:02x}", "MAC_ADDRESS", "surrogate", KEYS)
        for n in range(400)
    ]
    real = [one for one in made if one != "[MAC주소]"]
    assert len(real) == len(set(real)) <= 256
    assert made[-1] == "[MAC주소]"


def test_a_surrogate_is_no_value_of_a_neighbour() -> None:
    alone = Replacer("").replacement("8.8.8.8", "IP_ADDRESS", "surrogate", KEYS)
    beside = Replacer("").replacement(
        "8.8.8.8", "IP_ADDRESS", "surrogate", KEYS._replace(batch=reserved(["서버", f"예: {alone}"]))
    )
    assert alone != beside


def test_a_mark_tells_two_addresses_apart_and_a_hyphen_no_two_numbers() -> None:
    replacer = Replacer("")
    first, second = (replacer.replacement(v, "EMAIL", "surrogate", KEYS) for v in ("a-b@c.kr", "ab@c.kr"))
    assert first != second
    assert plain("010-1234-5678", "MOBILE") == plain("010 1234 5678", "MOBILE")
    assert plain("AA-BB-CC-DD-EE-FF", "MAC_ADDRESS") == plain("aa:bb:cc:dd:ee:ff", "MAC_ADDRESS")


def with_rule(**operators: str) -> Policy:
    policy = load_policy("pretraining-public", Path())
    rules = dict(policy.anonymize.entities)
    for name, operator in operators.items():
        rules[name] = rules[name].model_copy(update={"operator": operator})
    return policy.model_copy(update={"anonymize": policy.anonymize.model_copy(update={"entities": rules})})


def test_the_stage_masks_a_name_for_it_does_not_know_the_corpus() -> None:
    policy = with_rule(PERSON="surrogate", EMAIL="surrogate")
    text = "담당자 김철수 씨, hong@example.com"
    result = anonymize_batch(
        [text], policy=policy, recognizers=default_recognizers(policy), pseudonym_key=b"k" * 32, doc_keys=[b"d"]
    )
    assert result.texts[0].startswith("담당자 [이름] 씨, ")
    assert result.texts[0].endswith("@mail.example")


def test_a_value_that_names_a_subject_is_the_same_in_the_whole_release() -> None:
    policy = with_rule(ACCOUNT_HANDLE="pseudonym")
    texts = ["문의는 카톡 아이디: hong1234 로", "카톡 아이디: hong1234 추가", "카톡 아이디: kim5678 추가"]

    def scope(doc: int, kind: str, value: str) -> bytes | None:
        return b"subject-1" if (kind, value) == ("ACCOUNT_HANDLE", "hong1234") else None

    def made(**known: object) -> list[str]:
        result = anonymize_batch(
            texts, policy=policy, recognizers=default_recognizers(policy), pseudonym_key=b"k" * 32,
            doc_keys=[b"a", b"b", b"c"], **known,  # type: ignore[arg-type]
        )  # fmt: skip
        return [r.texts[s.doc][s.out_start : s.out_end] for r in [result] for s in result.spans]

    first, second, third = made(subject_scope=scope)
    assert first == second != third
    apart = made()
    assert len(set(apart)) == 3


@given(st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=2, max_size=5))
def test_a_name_in_nfd_is_masked_by_syllables(name: str) -> None:
    decomposed = unicodedata.normalize("NFD", name)
    expected = name[0] + "○" * (len(name) - 1)
    assert partial_mask(decomposed, "PERSON") == unicodedata.normalize("NFD", expected)
    assert partial_mask(name[0] + "\u200b" + name[1:], "PERSON") == expected


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_partial_mask_leaves_the_particle(form: str) -> None:
    text = unicodedata.normalize(form, "홍길동과 만났다")
    size = len(unicodedata.normalize(form, "홍길동"))
    out, _ = rewrite(text, [Edit(0, size, "PERSON", "partial_mask")])
    assert unicodedata.normalize("NFC", out) == "홍○○과 만났다"
