"""The generator's Korean: particles and endings agree, every frame renders, and there is enough of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from damjang.demo import forum, news, personal, press, statutes
from damjang.demo.dice import Dice
from damjang.demo.fillers import topic_scope, topics, with_slots
from damjang.demo.frames import compile_frame, render
from damjang.demo.grammar import particle
from damjang.demo.lexicon import forum_topics, news_frames, personal_frames, press_frames, statute_frames
from damjang.demo.lexicon.people import person


@pytest.mark.parametrize(
    ("word", "kind", "form"),
    [
        ("한빛시", "은", "는"), ("가온군", "은", "은"), ("서울", "으로", "로"), ("부산", "으로", "으로"), ("제주", "으로", "로"),
        ("3", "을", "을"), ("2", "을", "를"), ("1", "으로", "로"), ("6", "으로", "으로"), ("1,500", "이", "이"), ("12km", "을", "를"), ("3kg", "이", "이"),
        ("41.2%", "이", "가"), ("example.com", "으로", "으로"), ("a@example.net", "으로", "로"), ("김민준", "이라고", "이라고"), ("박서아", "이라고", "라고"),
        ("“기다림”", "을", "을"), ("한빛시(미래과)", "은", "는"), ("담장로 12(기와빌)", "이", "가"),
    ],
)  # fmt: skip
def test_particles(word: str, kind: str, form: str) -> None:
    assert particle(word, kind) == form


@given(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3))
def test_particles_agree_with_every_syllable(syllable: str) -> None:
    final = (ord(syllable) - 0xAC00) % 28
    assert particle(syllable, "을") == ("을" if final else "를")
    assert particle(syllable, "으로") == ("로" if final in (0, 8) else "으로")


def _frames() -> Iterator[tuple[str, str]]:
    for module in (press_frames, news_frames, statute_frames, forum_topics, personal_frames):
        for name, value in vars(module).items():
            if name.isupper():
                yield from ((f"{module.__name__}.{name}", frame) for frame in _strings(value))
    for board in forum.boards():
        yield from (
            (f"board {board.name}", s) for part in (board.good, board.bad, board.plain, board.asks) for s in part
        )


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _strings(tuple(value.values()))
    elif isinstance(value, tuple):
        for item in value:
            yield from _strings(item)


def test_no_particle_is_written_by_hand_behind_a_slot_that_varies() -> None:
    by_hand = re.compile(r"\{(?!pct)[^{}.:]+\}(을|를|은|는|이|가|과|와|으로|로|이다|다|라고|이라고)(?=[ .,?”]|$)")
    assert [(where, frame) for where, frame in _frames() if by_hand.search(frame)] == []


def test_clauses_stop_at_a_past_stem() -> None:
    for board in forum.boards():
        for clause in (*board.good, *board.bad, *board.plain):
            assert (ord(clause[-1]) - 0xAC00) % 28 == 20, clause  # ㅆ: any ending fits
    for lines in forum_topics.ASIDES.values():
        assert all((ord(line[-1]) - 0xAC00) % 28 == 20 for line in lines)


def test_every_frame_renders_and_is_used_up() -> None:
    dice = Dice("frames")
    scope = with_slots(
        {**topic_scope(dice, topics()[0]), **personal.SCOPE}, plan="계획", press="한빛일보", parent="법", thing="빈집", thing_head="빈집", month_law="하절기", item2="집", where="집",
    )  # fmt: skip
    rendered = 0
    for where, frame in _frames():
        for level in ("plain", "formal"):
            text = render(frame, dice, scope, level).text
            assert not set("{}") & set(text), where
            rendered += 1
    assert rendered > 2000


def test_a_slip_in_a_frame_is_an_error() -> None:
    for bad in ("[가|나", "가]", "{city:을를}"):
        with pytest.raises(ValueError, match=r"stray|unclosed|unknown"):
            compile_frame(bad)
    with pytest.raises(KeyError):
        render("{no_such_slot}", Dice(1), {})


def test_spans_follow_their_values() -> None:
    piece = render(
        "[앞|더 앞] {@PERSON:이} {@EMAIL:으로} 보냈다.", Dice(5), {"@PERSON": "김솔", "@EMAIL": "a@example.com"}
    )
    assert [(piece.text[s:e], t) for s, e, t in piece.spans] == [("김솔", "PERSON"), ("a@example.com", "EMAIL")]
    assert "김솔이 a@example.com으로" in piece.text


def test_levels_and_registers() -> None:
    releases = [press.press_release(1, n).text() for n in range(40)]
    assert sum("습니다." in text for text in releases) > 8
    assert sum("했다." in text and "했습니다." not in text for text in releases) > 8
    posts = [forum.post(1, n).text() for n in range(200)]
    assert sum("요." in p or "요 " in p for p in posts) > 60
    assert sum(bool(re.search(r"(음|임|네|더라|다)( |$|\n)", p)) for p in posts) > 30
    assert min(map(len, posts)) < 80 < 500 < max(map(len, posts))
    assert all("제1조(목적)" in statutes.ordinance(1, n).text() for n in range(10))


def test_thousands_of_distinct_sentences() -> None:
    makers = (press.press_release, news.article, statutes.ordinance, forum.post)
    for make in makers:
        sentences = [piece.text for n in range(150) for _, _, piece in make(1, n).pieces() if len(piece.text) > 25]
        assert len(set(sentences)) > 0.8 * len(sentences), make.__name__


def test_names_are_invented_from_syllables() -> None:
    dice = Dice("names")
    names = {person(dice) for _ in range(3000)}
    assert len(names) > 2000
    assert {len(name) for name in names} == {2, 3, 4}
