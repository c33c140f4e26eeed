"""Rewriting: output spans cut the replacement exactly, the rest stays, operators are idempotent and never unlawful."""

from __future__ import annotations

import ipaddress
import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymizers.asides import aside
from anonymizers.entities import entities
from anonymizers.errors import BadSpan, UnlawfulOperator
from anonymizers.generalise import generalise
from anonymizers.operators import mask, pseudonym, replacement, surrogate
from anonymizers.rewrite import Edit, OutSpan, rewrite, settle
from anonymizers.surrogates import Keys

KEYS = Keys(pseudonym_key=b"k" * 32, scope=b"doc")
TYPES = ("PERSON", "MOBILE", "EMAIL", "ADDRESS", "AGE", "BIRTH_DATE", "CARD", "RRN", "HEALTH", "IP_ADDRESS")
ANY = st.text(st.sampled_from("가나다를은는이로으김철수길동 .,\n12@-[]a😀\u0300\u200b\ud800"), max_size=40)


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    text = draw(ANY)
    edits = []
    for _ in range(draw(st.integers(0, 5))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, len(text)))
        operator = draw(st.sampled_from(["delete", "mask", "drop_sentence", "keep"]))
        edits.append(Edit(start, end, draw(st.sampled_from(TYPES if operator != "keep" else TYPES[:6])), operator))
    return text, edits


@given(edited())
def test_out_spans_cut_the_replacement_and_the_rest_is_untouched(case: tuple[str, list[Edit]]) -> None:
    text, edits = case
    out, spans = rewrite(text, edits, KEYS)
    covered = {i for e in edits for i in range(e.start, e.end)}
    assert {i for s in spans for i in range(s.start, s.end)} == covered
    position = out_position = 0
    for span in spans:
        between, out_between = text[position : span.start], out[out_position : span.out_start]
        assert same_but_for_a_leading_particle(between, out_between)
        value = text[span.start : span.end]
        expected = {"delete": "", "drop_sentence": "", "keep": value, "mask": mask(span.type)}[span.operator]
        assert out[span.out_start : span.out_end] == expected
        position, out_position = span.end, span.out_end
    assert same_but_for_a_leading_particle(text[position:], out[out_position:])


def same_but_for_a_leading_particle(before: str, after: str) -> bool:
    """Equal up to at most four letters at the start, or behind the closing bracket, quote or aside there."""
    return any(
        before[:at] == after[:at] and before[at + i :] == after[at + j :]
        for at in {0, min(1, len(before)), aside(before)}
        for i, j in itertools.product(range(min(5, len(before) - at + 1)), range(min(5, len(after) - at + 1)))
    )


@given(edited())
def test_masking_is_deterministic_and_order_free(case: tuple[str, list[Edit]]) -> None:
    text, edits = case
    assert rewrite(text, edits, KEYS) == rewrite(text, list(reversed(edits)), KEYS)


@given(edited())
def test_rewriting_the_output_spans_again_changes_nothing(case: tuple[str, list[Edit]]) -> None:
    text, edits = case
    out, spans = rewrite(text, edits, KEYS)
    again, _ = rewrite(
        out, [Edit(s.out_start, s.out_end, s.type, s.operator) for s in spans if s.operator == "mask"], KEYS
    )
    assert again == out


@given(ANY, st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6))
def test_settled_edits_are_disjoint(text: str, ranges: list[tuple[int, int]]) -> None:
    edits = [Edit(min(a, b, len(text)), min(max(a, b), len(text)), "PERSON", "mask") for a, b in ranges]
    settled = settle(edits, len(text))
    assert all(a.end <= b.start for a, b in itertools.pairwise(settled))


@pytest.mark.parametrize(
    ("text", "value", "type_", "operator", "out"),
    [
        ("홍길동은 왔다", "홍길동", "PERSON", "mask", "[이름]은 왔다"),
        ("이영희는 왔다", "이영희", "PERSON", "mask", "[이름]은 왔다"),
        ("이영희 씨는 왔다", "이영희", "PERSON", "mask", "[이름] 씨는 왔다"),
        ("이영희님은 왔다", "이영희", "PERSON", "mask", "[이름]님은 왔다"),
        ("이영희였습니다.", "이영희", "PERSON", "mask", "[이름]이었습니다."),
        ("영희야, 와라", "영희", "PERSON", "mask", "[이름]아, 와라"),
        ("010-0000-0003을 눌러", "010-0000-0003", "MOBILE", "mask", "[전화번호]를 눌러"),
        ("010-0000-0003으로 걸어", "010-0000-0003", "MOBILE", "mask", "[전화번호]로 걸어"),
        ("a@b.com으로 보내", "a@b.com", "EMAIL", "mask", "[이메일]로 보내"),
        ("34세가 되었다", "34세", "AGE", "generalise", "30대가 되었다"),
        ("34살이 되었다", "34살", "AGE", "generalise", "30대가 되었다"),
        ("1990년 3월 2일을", "1990년 3월 2일", "BIRTH_DATE", "generalise", "1990년을"),
        (
            "서울특별시 종로구 가상로 12는",
            "서울특별시 종로구 가상로 12",
            "ADDRESS",
            "generalise",
            "서울특별시 종로구는",
        ),
        ("홍길동은 왔다", "홍길동", "PERSON", "delete", " 왔다"),
        ("고객홍길동은 왔다", "홍길동", "PERSON", "delete", "고객은 왔다"),
        ("홍길동과장이 왔다", "홍길동", "PERSON", "mask", "[이름]과장이 왔다"),
        ("홍길동은 왔다", "홍길동", "PERSON", "partial_mask", "홍○○은 왔다"),
        ("홍길동은 왔다", "홍길동", "PERSON", "keep", "홍길동은 왔다"),
        ("010-0000-0003", "010-0000-0003", "MOBILE", "partial_mask", "010-****-0003"),
    ],
)
def test_examples(text: str, value: str, type_: str, operator: str, out: str) -> None:
    start = text.index(value)
    assert rewrite(text, [Edit(start, start + len(value), type_, operator)], KEYS)[0] == out


@pytest.mark.parametrize(
    ("text", "values", "out"),
    [
        ("김민수(45세)는 갔다", {"김민수": "PERSON", "45세": "AGE"}, "[이름]([나이])은 갔다"),
        ("김민수(45세)는 갔다", {"김민수": "PERSON"}, "[이름](45세)은 갔다"),
        ("김민수 (대표)가 갔다", {"김민수": "PERSON"}, "[이름] (대표)이 갔다"),
        ("“김민수”는 갔다", {"김민수": "PERSON"}, "“[이름]”은 갔다"),
        ("대표(010-1234-5670)은 갔다", {"010-1234-5670": "MOBILE"}, "대표([전화번호])은 갔다"),
        ("(김민수)는 갔다", {"김민수": "PERSON"}, "([이름])은 갔다"),
        (
            "김민수(45세)는 홍길동(31세)을 보았다",
            {"김민수": "PERSON", "45세": "AGE", "홍길동": "PERSON", "31세": "AGE"},
            "[이름]([나이])은 [이름]([나이])을 보았다",
        ),
        ("홍길동(대리)", {"홍길동": "PERSON"}, "[이름](대리)"),
    ],
)
def test_a_particle_behind_a_bracket_or_a_quote_agrees_with_the_word_before(
    text: str, values: dict[str, str], out: str
) -> None:
    edits = [Edit(text.index(value), text.index(value) + len(value), kind, "mask") for value, kind in values.items()]
    made, spans = rewrite(text, edits, KEYS)
    assert made == out
    assert all(made[span.out_start : span.out_end] == mask(span.type) for span in spans)


def test_adjacent_spans_stay_two_and_nested_become_the_strictest() -> None:
    text = "홍길동김철수"
    assert rewrite(text, [Edit(0, 3, "PERSON", "mask"), Edit(3, 6, "PERSON", "mask")])[0] == "[이름][이름]"
    out, spans = rewrite("가 12345 나", [Edit(2, 7, "PERSON", "partial_mask"), Edit(3, 5, "RRN", "delete")])
    assert out == "가  나"
    assert spans == [OutSpan(2, 7, "RRN", "delete", 2, 2)]


def test_a_joint_value_is_never_half_generalised() -> None:
    out, spans = rewrite("34세 홍길동", [Edit(0, 5, "AGE", "generalise"), Edit(4, 7, "PERSON", "keep")])
    assert out == "[나이]"
    assert spans[0].operator == "mask"


def test_first_and_last_code_point_and_surrogate_pairs() -> None:
    out, spans = rewrite("😀홍😀", [Edit(0, 1, "PERSON", "mask"), Edit(2, 3, "PERSON", "mask")])
    assert out == "[이름]홍[이름]"
    assert [out[s.out_start : s.out_end] for s in spans] == ["[이름]", "[이름]"]


@pytest.mark.parametrize(
    "edit", [Edit(-1, 2, "PERSON", "mask"), Edit(0, 9, "PERSON", "mask"), Edit(3, 2, "PERSON", "mask")]
)
def test_a_span_outside_its_text_is_an_error(edit: Edit) -> None:
    with pytest.raises(BadSpan):
        rewrite("가나다", [edit])


VALUES = [
    "34세",
    "90년생",
    "1990-03-02",
    "900302",
    "경기도 성남시 분당구 가상동 1",
    "서울 강남구",
    "모름",
    "쉰두 살",
    "만 5세",
    "101세",
]


@pytest.mark.parametrize("operator", ["delete", "mask", "generalise"])
@pytest.mark.parametrize("type_", sorted(entities()))
def test_delete_mask_and_generalise_are_idempotent(operator: str, type_: str) -> None:
    if entities()[type_].law_class == "unique_id" and operator == "generalise":
        return
    for value in VALUES:
        once = replacement(value, type_, operator, KEYS)
        again = once if once in ("", mask(type_)) else replacement(once, type_, operator, KEYS)
        assert again == once


@pytest.mark.parametrize(
    ("value", "type_", "coarse"),
    [("34세", "AGE", "30대"), ("만 9세", "AGE", "10세 미만"), ("쉰두 살", "AGE", "50대"), ("세 살", "AGE", "10세 미만"),
     ("스무살", "AGE", "20대"), ("101세", "AGE", "90대 이상"), ("90년생", "BIRTH_DATE", "90년생"), ("1990년생", "BIRTH_DATE", "1990년생"),
     ("19900302", "BIRTH_DATE", "1990년"), ("1990.3.2.", "BIRTH_DATE", "1990년"), ("900302", "BIRTH_DATE", "90년"),
     ("경기도 성남시 분당구 가상동 1", "ADDRESS", "경기도 성남시 분당구"), ("서울 종로구 가상로 1", "ADDRESS", "서울 종로구"),
     ("부산광역시 기장군 가상읍 2", "ADDRESS", "부산광역시 기장군"), ("모름", "AGE", None), ("010-0000-0000", "MOBILE", None)],
)  # fmt: skip
def test_generalise(value: str, type_: str, coarse: str | None) -> None:
    assert generalise(value, type_) == coarse


@pytest.mark.parametrize("type_", [name for name, e in entities().items() if e.law_class in ("unique_id", "sensitive")])
def test_no_surrogate_for_articles_23_and_24(type_: str) -> None:
    with pytest.raises(UnlawfulOperator):
        replacement("x", type_, "surrogate", KEYS)


@pytest.mark.parametrize("operator", ["keep", "partial_mask", "generalise", "surrogate", "pseudonym"])
def test_unique_identifiers_are_never_mapped(operator: str) -> None:
    with pytest.raises(UnlawfulOperator) as caught:
        replacement("9001011234567", "RRN", operator, KEYS)
    assert "900101" not in str(caught.value)


@given(st.binary(max_size=8), st.text(min_size=1, max_size=10))
def test_surrogates_lie_in_documented_ranges_or_become_masks(scope: bytes, value: str) -> None:
    keys = Keys(pseudonym_key=b"k", scope=scope)
    assert re.fullmatch(r"[a-z]{8}@mail\.example", surrogate(value, "EMAIL", keys) or "")
    address = ipaddress.ip_address(surrogate("1.2.3.4", "IP_ADDRESS", keys) or "")
    assert any(address in ipaddress.ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"))
    address6 = ipaddress.ip_address(surrogate("::1", "IP_ADDRESS", keys) or "")
    assert address6 in ipaddress.ip_network("2001:db8::/32")
    assert (surrogate("aa:bb:cc:dd:ee:ff", "MAC_ADDRESS", keys) or "").startswith("00:00:5e:00:53:")
    for type_ in ("MOBILE", "PHONE", "CARD", "BANK_ACCOUNT", "VEHICLE_PLATE", "BUSINESS_REG", "ACCOUNT_HANDLE"):
        assert replacement(value, type_, "surrogate", keys) == mask(type_)


def test_a_surrogate_is_no_value_of_the_corpus() -> None:
    assert surrogate("홍길동", "PERSON", KEYS) is None  # people bear every name: without a look at the corpus, none
    first = surrogate("홍길동", "PERSON", Keys(KEYS.pseudonym_key, KEYS.scope, seen=lambda _: False))
    second = surrogate("홍길동", "PERSON", Keys(KEYS.pseudonym_key, KEYS.scope, seen=lambda name: name == first))
    assert first is not None
    assert second not in (None, first)
    assert surrogate("홍길동", "PERSON", Keys(KEYS.pseudonym_key, KEYS.scope, seen=lambda _: True)) is None


def test_pseudonyms_are_consistent_in_scope_and_unlinkable_outside() -> None:
    one = pseudonym("홍길동", "PERSON", KEYS)
    assert one == pseudonym("홍 길동", "PERSON", KEYS)
    assert one != pseudonym("홍길동", "PERSON", Keys(KEYS.pseudonym_key, b"other"))
    assert one != pseudonym("홍길동", "PERSON", Keys(b"other", KEYS.scope))
    assert re.fullmatch(r"\[이름#[a-z]{6}\]", one)
    with pytest.raises(UnlawfulOperator):
        pseudonym("홍길동", "PERSON", Keys())


def test_keys_never_show() -> None:
    assert "kkk" not in repr(KEYS)
