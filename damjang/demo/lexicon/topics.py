"""What a public subject is made of: shared by press releases, news, statutes and reports.

The phrases fit the frames' grammar: `acts` are (object, verb noun) for any form of 하다; `ups` and `downs` end before the
verb (늘었, 줄었) and hold number slots whose order makes the direction right; the rest are noun phrases.
"""

# ruff: noqa: E501  (a line is a handful of phrases)

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """One subject. Every tuple holds interchangeable phrases."""

    name: str
    bureaus: tuple[str, ...]  # 과 and 팀 of an office
    programs: tuple[str, ...]  # what is run: "심야 순환버스 운영 사업"
    acts: tuple[tuple[str, str], ...]  # ("배차 간격", "조정")
    targets: tuple[str, ...]  # whom it serves, plural persons
    problems: tuple[str, ...]  # what is wrong, a noun phrase
    sites: tuple[str, ...]  # where
    ups: tuple[str, ...]
    downs: tuple[str, ...]
    goods: tuple[str, ...]  # what is hoped for, a noun phrase
    things: tuple[str, ...]  # what a statute regulates, a short noun phrase
    fields: tuple[str, ...]  # a scholar's field


def all_topics() -> tuple[Topic, ...]:
    """Every subject, in a fixed order."""
    from damjang.demo.lexicon import topics_city, topics_land, topics_work

    return topics_city.TOPICS + topics_land.TOPICS + topics_work.TOPICS
