"""Numbers, dates, money and the scope of a document: what every register draws its slots from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache

from damjang.demo.dice import Dice
from damjang.demo.frames import Scope, Value
from damjang.demo.lexicon import people, places
from damjang.demo.lexicon.topics import Topic, all_topics

WEEKDAYS = "월화수목금토일"
FIRST_DAY = dt.date(2023, 1, 2)
LAST_DAY = dt.date(2026, 10, 30)  # before the demo's as-of date


def thousands(n: int) -> str:
    """1234 as `1,234`."""
    return f"{n:,}"


def won(dice: Dice) -> str:
    """A public budget."""
    eok, man = dice.between(1, 94), dice.between(0, 9) * 1000
    form = dice.below(4)
    if form == 0:
        return f"{eok}억 {thousands(man + dice.between(1, 9) * 100)}만 원"
    if form == 1:
        return f"{thousands(dice.between(12, 98) * 100)}만 원"
    return f"{eok}억 원" if form == 2 else f"{thousands(eok * 11)}억 원"


def day(dice: Dice) -> dt.date:
    """A date of the corpus's four years."""
    return FIRST_DAY + dt.timedelta(days=dice.below((LAST_DAY - FIRST_DAY).days))


def clock(dice: Dice) -> str:
    """A time of day."""
    hour = dice.between(1, 11)
    return f"{'오전' if hour > 8 else '오후'} {hour}시" + dice.pick(("", "", " 30분"))


BASE: dict[str, Value] = {
    "lo9": lambda d: str(d.between(2, 9)),
    "lo": lambda d: str(d.between(11, 49)),
    "hi": lambda d: str(d.between(51, 98)),
    "lo3": lambda d: str(d.between(102, 489)),
    "hi3": lambda d: str(d.between(512, 989)),
    "lo4": lambda d: thousands(d.between(1011, 4980)),
    "hi4": lambda d: thousands(d.between(5110, 9870)),
    "pctlo": lambda d: f"{d.between(31, 389) / 10:.1f}%",
    "pcthi": lambda d: f"{d.between(421, 887) / 10:.1f}%",
    "won": won,
    "man": lambda d: f"{d.between(3, 90)}만 원",
    "price": lambda d: f"{thousands(d.between(29, 480) * 100)}원",
    "date": lambda d: f"{d.between(1, 12)}월 {d.between(1, 28)}일",
    "past": lambda d: f"지난 {d.between(1, 28)}일",
    "coming": lambda d: f"오는 {d.between(1, 28)}일",
    "month": lambda d: f"{d.between(1, 12)}월",
    "year": lambda d: str(d.between(2017, 2025)),
    "soon": lambda d: str(d.between(2027, 2032)),
    "clock": clock,
    "mday": lambda d: str(d.between(1, 28)),
    "morning": lambda d: str(d.between(7, 10)),
    "irole": ("연구위원", "선임연구원", "책임연구원", "박사", "소장", "부연구위원"),
    "crole": ("회장", "사무국장", "위원장", "지부장", "대표"),
    "half": ("상반기", "하반기"),
    "quarter": ("1분기", "2분기", "3분기", "4분기"),
    "season": ("올봄", "올여름", "올가을", "지난겨울", "올해 초", "연말", "추석 전", "설 연휴 뒤"),
    "town": places.TOWNS[: len(places.TOWNS) // 2],
    "town2": places.TOWNS[len(places.TOWNS) // 2 :],
    "city2": places.CITIES,
    "hall": places.FACILITIES,
    "firm": places.COMPANIES,
    "univ": places.UNIVERSITIES,
    "inst": places.INSTITUTES,
    "rank": people.RANKS,
    "role": people.ROLES,
    "job": people.JOBS,
    "surveyed": lambda d: thousands(d.between(32, 260) * 10),
    "@PERSON": people.person,
}

_HALVED = ("targets", "problems", "sites", "goods")


class Cycle:
    """A slot that goes through its words in a shuffled order, so that a document does not repeat itself early."""

    __slots__ = ("_at", "_words")

    def __init__(self, dice: Dice, words: Sequence[str]) -> None:
        self._words = dice.some(words, len(words))
        self._at = -1

    def __call__(self, dice: Dice) -> str:
        self._at = (self._at + 1) % len(self._words)
        return self._words[self._at]


@cache
def _acts(topic: Topic) -> tuple[tuple[str, str], ...]:
    """Each act as (verb phrase up to 하다, noun phrase): `배차 간격{:을} 조정` and `배차 간격 조정`."""
    return tuple((f"{thing}{{:을}} {verb}", f"{thing} {verb}") for thing, verb in topic.acts)


@cache
def topics() -> tuple[Topic, ...]:
    """The subjects, once."""
    return all_topics()


def topic_scope(dice: Dice, topic: Topic) -> dict[str, Value]:
    """The slots of one document about `topic`.

    Town, office and programme stay the same through the document; `act`/`act2`, `target`/`target2` and so on draw from
    two halves that share nothing, so that one sentence never says the same thing twice.
    """
    scope: dict[str, Value] = dict(BASE)
    acts = dice.some(_acts(topic), len(topic.acts))
    middle = len(acts) // 2
    for number, half in (("", acts[:middle]), ("2", acts[middle:])):
        scope["act" + number] = Cycle(dice, [verb for verb, _ in half])
        scope["actn" + number] = Cycle(dice, [noun for _, noun in half])
    for name in _HALVED:
        words = dice.some(getattr(topic, name), 99)
        scope[name[:-1]], scope[name[:-1] + "2"] = Cycle(dice, words[::2]), Cycle(dice, words[1::2])
    city = dice.pick(places.CITIES)
    scope |= {
        "topic": topic.name,
        "city": city,
        "org": city,
        "mayor": {"시": "시장", "군": "군수", "구": "구청장"}[city[-1]],
        "bureau": dice.pick(topic.bureaus),
        "program": dice.pick(topic.programs),
        "program2": topic.programs,
        "up": Cycle(dice, topic.ups),
        "down": Cycle(dice, topic.downs),
        "thing": topic.things,
        "field": topic.fields,
    }
    return scope


def with_slots(scope: Scope, **slots: Value) -> dict[str, Value]:
    """`scope` with some slots replaced."""
    return {**scope, **slots}
