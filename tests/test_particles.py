"""Particles against a naive oracle: decompose the last syllable by NFD, look at the jamo, choose from a table."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymizers.asides import aside
from anonymizers.particles import agree, hanging
from anonymizers.sounds import final_sound

SYLLABLES = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1, max_size=4)
# (behind a consonant, behind ㄹ, behind a vowel), as a grammar book lists them
TABLE = [
    ("은", "은", "는"), ("이", "이", "가"), ("을", "을", "를"), ("과", "과", "와"), ("으로", "로", "로"),
    ("이랑", "이랑", "랑"), ("이나", "이나", "나"), ("이라", "이라", "라"), ("이라고", "이라고", "라고"),
    ("이라는", "이라는", "라는"), ("이며", "이며", "며"), ("이었다", "이었다", "였다"), ("이었습니다", "이었습니다", "였습니다"),
    ("이에요", "이에요", "예요"), ("이든지", "이든지", "든지"), ("이란", "이란", "란"), ("이야말로", "이야말로", "야말로"),
    ("으로서", "로서", "로서"), ("으로부터", "로부터", "로부터"), ("으로써", "로써", "로써"), ("과의", "과의", "와의"),
    ("이지만", "이지만", "지만"), ("이다", "이다", "다"), ("으로는", "로는", "로는"), ("이나마", "이나마", "나마"),
    ("이면", "이면", "면"), ("이고", "이고", "고"), ("이므로", "이므로", "므로"), ("이니까", "이니까", "니까"),
    ("이더라도", "이더라도", "더라도"), ("이랑은", "이랑은", "랑은"), ("이라도", "이라도", "라도"), ("이라서", "이라서", "라서"),
    ("은요", "은요", "는요"), ("을요", "을요", "를요"), ("과도", "과도", "와도"), ("으로써는", "로써는", "로써는"), ("이든", "이든", "든"),
    ("이든가", "이든가", "든가"), ("이지", "이지", "지"), ("이지요", "이지요", "지요"), ("이죠", "이죠", "죠"), ("이네요", "이네요", "네요"),
    ("이군요", "이군요", "군요"), ("이구나", "이구나", "구나"), ("이거나", "이거나", "거나"), ("이거든요", "이거든요", "거든요"),
    ("이라더니", "이라더니", "라더니"), ("이랄까", "이랄까", "랄까"), ("이라는데", "이라는데", "라는데"), ("이라던데", "이라던데", "라던데"),
    ("이라면서", "이라면서", "라면서"), ("이라기보다", "이라기보다", "라기보다"), ("이래요", "이래요", "래요"), ("이랍니다", "이랍니다", "랍니다"),
    ("이던데", "이던데", "던데"), ("이더라", "이더라", "더라"), ("이잖아요", "이잖아요", "잖아요"), ("이세요", "이세요", "세요"),
    ("이셨습니다", "이셨습니다", "셨습니다"), ("이십니다", "이십니다", "십니다"), ("이었는데", "이었는데", "였는데"), ("이어서", "이어서", "여서"),
    ("이어도", "이어도", "여도"), ("이냐고", "이냐고", "냐고"), ("이시여", "이시여", "시여"), ("이니", "이니", "니"), ("이면서", "이면서", "면서"),
]  # fmt: skip


def naive(word: str) -> int:
    """Column of TABLE for a Hangul word."""
    jamo = unicodedata.normalize("NFD", word[-1])
    return 2 if len(jamo) == 2 else 1 if jamo[2] == "ᆯ" else 0


def apply(word: str, tail: str, person: bool = False) -> str:
    taken, particle = agree(tail, final_sound(word), person=person)
    return particle + tail[taken:]


@given(SYLLABLES, st.sampled_from(TABLE), st.integers(0, 2), st.sampled_from(["", " 갔다", ".", ", 그리고", "\n", "!"]))
def test_every_pair_becomes_the_form_the_grammar_book_lists(
    word: str, row: tuple[str, str, str], written: int, rest: str
) -> None:
    assert apply(word, row[written] + rest) == row[naive(word)] + rest


@given(SYLLABLES, SYLLABLES, st.sampled_from(TABLE))
def test_there_and_back_again(first: str, second: str, row: tuple[str, str, str]) -> None:
    right = row[naive(first)]
    assert apply(first, apply(second, right)) == right


@given(SYLLABLES, st.sampled_from(TABLE), st.integers(0, 2))
def test_agreeing_twice_changes_nothing_more(word: str, row: tuple[str, str, str], written: int) -> None:
    once = apply(word, row[written])
    assert apply(word, once) == once


@pytest.mark.parametrize(
    "tail",
    ["과장이", "이사님은", "가족들", "나이는", "은행에", "로비에서", "를란", "씨는", " 씨는", "님이", "에게", "의", "도", "만",
     "까지", "입니다", "이사는", "과학", "아버지", "야구", "은지", "와인", "라면을", "고모", "지하", "네", "", ".", "12", "abc"],
)  # fmt: skip
@pytest.mark.parametrize("word", ["홍길동", "이영희", "서울"])
def test_what_is_no_particle_stays(word: str, tail: str) -> None:
    assert apply(word, tail) == tail


@pytest.mark.parametrize(
    ("word", "sound"),
    [("[전화번호]", "vowel"), ("[이름]", "consonant"), ("[이름#kxwq]", "consonant"), ("‘서울’", "rieul"), ("(주소)", "vowel"),
     ("홍○○", None), ("***", None), ("", None), ("[]", None), ("「법원」", "consonant"), ("90대", "vowel"),
     ("SNS", "vowel"), ("URL", "rieul"), ("ATM", "consonant"), ("VR", "rieul"), ("google", "rieul"), ("app", "consonant"),
     ("com", "consonant"), ("server", "vowel"), ("marketing", "consonant")],
)  # fmt: skip
def test_final_sound(word: str, sound: str | None) -> None:
    assert final_sound(word) == sound


@pytest.mark.parametrize(("digit", "spelled"), list(zip("0123456789", "영일이삼사오육칠팔구", strict=True)))
def test_digits_sound_as_they_are_read(digit: str, spelled: str) -> None:
    assert final_sound(f"010-0000-000{digit}") == final_sound(spelled)


def test_calls_and_the_spoken_name_suffix() -> None:
    assert apply("길동", "야,", person=True) == "아,"
    assert apply("민수", "아!", person=True) == "야!"
    assert apply("민수", "이는 갔다", person=True) == "는 갔다"
    assert apply("길동", "이는 갔다", person=True) == "이는 갔다"
    assert apply("길동", "여,", person=True) == "이여,"
    assert apply("민수", "이여,", person=True) == "여,"
    assert apply("[이메일]", "여 개") == "여 개"
    assert apply("[전화번호]", "야.") == "야."
    assert apply("[이메일]", "야.") == "이야."


@pytest.mark.parametrize(
    ("tail", "length"),
    [("”은", 1), ("\"은", 1), ("(45세)는", 5), (" (대표)가", 5), ("[서울]은", 4), ("(열두 자가 넘는 긴 설명글)은", 0), ("은", 0),
     ("", 0), ("(\n)은", 0), (" 은", 0)],
)  # fmt: skip
def test_what_is_passed_over_on_the_way_to_the_particle(tail: str, length: int) -> None:
    assert aside(tail) == length


def test_unknown_sound_leaves_the_particle() -> None:
    assert agree("는 갔다", final_sound("홍○○")) == (0, "")


@pytest.mark.parametrize(
    ("word", "tail", "right"),
    [
        ("[이름]", "가요?", "이요?"), ("[전화번호]", "이요.", "요."), ("[전화번호]", "이야!", "야!"), ("[전화번호]", "이네.", "네."),
        ("[이름]", "이예요.", "이에요."), ("[주소]", "이예요.", "예요."), ("[전화번호]", "이자 마지막", "이자 마지막"),
        ("[이름]", "에요.", "에요."), ("[이메일]", "군요.", "이군요."), ("[이메일]", "군.", "군."), ("[전화번호]", "인데", "인데"),
    ],
)  # fmt: skip
def test_forms_that_go_one_way_only(word: str, tail: str, right: str) -> None:
    assert apply(word, tail) == right


def test_before_a_full_stop_a_name_is_told_and_not_called() -> None:
    assert apply("[이름]", "야. 그래", person=True) == "이야. 그래"
    assert apply("[이름]", "야! 그래", person=True) == "아! 그래"


@given(SYLLABLES, st.sampled_from(["\u200b", "\ufeff", "”", ")", "’", "\u200b”"]))
def test_a_word_sounds_the_same_in_nfd_and_before_what_nobody_reads(word: str, behind: str) -> None:
    assert final_sound(unicodedata.normalize("NFD", word) + behind) == final_sound(word)


@pytest.mark.parametrize(
    ("tail", "length"),
    [("은 갔다", 1), ("으로부터는 왔다", 5), ("이라고 한다", 3), ("이고 ", 2), ("입니다.", 3), ("예요", 2), ("였습니다", 4), ("에게 말", 2),
     ("의 집", 1), ("인데요", 3), ("과장은", 0), ("씨는", 0), ("님이", 0), (" 은", 0), ("은행에", 0), ("", 0), ("군은", 0)],
)  # fmt: skip
def test_what_hangs_in_the_air_without_a_word_before_it(tail: str, length: int) -> None:
    assert hanging(tail) == length


@given(SYLLABLES, st.sampled_from(TABLE), st.integers(0, 2))
def test_every_form_that_agrees_hangs_alone(word: str, row: tuple[str, str, str], written: int) -> None:
    assert hanging(row[written]) == len(row[written])
