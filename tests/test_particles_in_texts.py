"""Particles in rewritten texts: every form of the grammar book behind every kind of value, whatever stands between them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_particles import SYLLABLES, TABLE, naive

from anonymizers import art24
from anonymizers.operators import mask
from anonymizers.rewrite import Edit, rewrite
from anonymizers.sounds import final_sound
from anonymizers.surrogates import Keys

KEYS = Keys(b"k" * 32, b"doc")
MASKED = ("PERSON", "MOBILE", "EMAIL", "ADDRESS", "RRN", "DRIVER_LICENCE", "CARD", "BIRTH_DATE", "CUSTOMS_CODE")
BETWEEN = [
    ("", ""), ("", "\u200b"), ("**", "**"), ("_", "_"), ("<b>", "</b>"), ("<strong>", "</strong>\ufeff"), ("“", "”"), ("**“", "”**"),
    ("", "(45세)"), ("", " (대표)"), ("[", "](https://a.example/b?c=1&d=2)"), ("[[", "]]"), ("`", "`"), ("~~", "~~"), ("(", ")"),
]  # fmt: skip
FORMS = st.sampled_from(["NFC", "NFD"])
COLUMN = {"consonant": 0, "rieul": 1, "vowel": 2}


def column(word: str) -> int:
    sound = final_sound(word)
    assert sound
    return COLUMN[sound]


@given(SYLLABLES, st.sampled_from(TABLE), st.sampled_from(MASKED), st.sampled_from(BETWEEN), FORMS)
def test_a_particle_suits_the_mask_whatever_stands_between(
    value: str, row: tuple[str, str, str], kind: str, between: tuple[str, str], form: str
) -> None:
    opening, closing = between

    def sentence(word: str, particle: str) -> tuple[str, str]:
        return "어제 " + opening + word, closing + unicodedata.normalize(form, particle + " 하였다.")

    before, behind = sentence(unicodedata.normalize(form, value), row[naive(value)])
    value = unicodedata.normalize(form, value)
    at = len(before) - len(value)
    made, spans = rewrite(before + behind, [Edit(at, at + len(value), kind, "mask")])
    assert made == "".join(sentence(mask(kind), row[column(mask(kind))]))
    assert made[spans[0].out_start : spans[0].out_end] == mask(kind)


VALUES = [
    ("AGE", "34살", "generalise"), ("AGE", "97세", "generalise"), ("BIRTH_DATE", "1990. 3. 2.", "generalise"),
    ("ADDRESS", "서울특별시 종로구 가상로 12", "generalise"), ("PERSON", "홍길동", "pseudonym"), ("EMAIL", "hong@corp.kr", "surrogate"),
    ("IP_ADDRESS", "8.8.8.8", "surrogate"), ("MAC_ADDRESS", "aa:bb:cc:dd:ee:f0", "surrogate"), ("ACCOUNT_HANDLE", "@hong", "pseudonym"),
]  # fmt: skip


@given(st.sampled_from(VALUES), st.sampled_from(TABLE), st.integers(0, 2), st.binary(max_size=4))
def test_a_particle_suits_digits_and_latin_letters(
    value: tuple[str, str, str], row: tuple[str, str, str], written: int, scope: bytes
) -> None:
    kind, word, operator = value
    text = f"{word}{row[written]} 한다"
    made, spans = rewrite(text, [Edit(0, len(word), kind, operator)], KEYS._replace(scope=scope))
    new = made[: spans[0].out_end]
    assert made == f"{new}{row[column(new)]} 한다"


@given(st.sampled_from(TABLE), st.integers(0, 2), FORMS)
@pytest.mark.parametrize(
    ("kind", "value"),
    [("EMAIL", "a.b@corp.co.kr"), ("MOBILE", "010-1234-5678"), ("PERSON", "홍길동"), ("PHONE", "02-123-4567")],
)
def test_a_partial_mask_leaves_a_particle_that_was_right(
    kind: str, value: str, row: tuple[str, str, str], written: int, form: str
) -> None:
    text = unicodedata.normalize(form, f"{value}{row[written]} 한다")
    size = len(unicodedata.normalize(form, value))
    made, spans = rewrite(text, [Edit(0, size, kind, "partial_mask")])
    assert made[spans[0].out_end :] == text[size:]


@given(SYLLABLES, st.sampled_from(TABLE), FORMS)
def test_behind_a_deletion_a_form_agrees_with_the_word_that_touches_it_or_goes(
    word: str, row: tuple[str, str, str], form: str
) -> None:
    def deleted(before: str) -> str:
        text = unicodedata.normalize(form, f"{before}홍길동{row[0]} 한다")
        start = len(unicodedata.normalize(form, before))
        size = len(unicodedata.normalize(form, "홍길동"))
        return unicodedata.normalize("NFC", rewrite(text, [Edit(start, start + size, "PERSON", "delete")])[0])

    assert deleted(word) == f"{word}{row[naive(word)]} 한다"
    assert deleted(f"{word} ") == f"{word}  한다"
    assert deleted(f"{word}: ") == f"{word}:  한다"
    assert deleted("") == " 한다"


@pytest.mark.parametrize(
    ("text", "value", "kind", "out"),
    [
        ("제 통관부호 P123이고 이름은", "P123", "CUSTOMS_CODE", "제 통관부호  이름은"), ("저는 홍길동입니다.", "홍길동", "PERSON", "저는 ."),
        ("비번은 abcd12예요", "abcd12", "CREDENTIAL", "비번은 "), ("고객홍길동이고", "홍길동", "PERSON", "고객이고"),
        ("담당 홍길동 씨는", "홍길동", "PERSON", "담당  씨는"), ("홍길동이라는 사람", "홍길동", "PERSON", " 사람"), ("홍길동에게서", "홍길동", "PERSON", ""),
    ],
)  # fmt: skip
def test_deletion_leaves_no_stump(text: str, value: str, kind: str, out: str) -> None:
    at = text.index(value)
    assert rewrite(text, [Edit(at, at + len(value), kind, "delete")])[0] == out


@pytest.mark.parametrize(
    ("text", "out"),
    [
        ("주민등록번호 900101-1234567을 적었다", "주민등록번호 [주민등록번호]를 적었다"),
        ("900101-1234567은 지운다", "[주민등록번호]는 지운다"), ("900101-1234567이 있다", "[주민등록번호]가 있다"),
        ("여권번호 M12345678은", "여권번호 [여권번호]는"), ("외국인등록번호 900101-5234567이에요", "외국인등록번호 [외국인등록번호]예요"),
        ("면허번호 11-12-345678-90과", "면허번호 [운전면허번호]와"),
    ],
)  # fmt: skip
def test_particles_agree_with_what_ingest_deletes(text: str, out: str) -> None:
    assert art24.redact([text]).texts == [out]
