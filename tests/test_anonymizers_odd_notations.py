"""Values as people write them, and look-alikes that are nobody's: written from the law digest, not from our templates.

tests/odd_notations.txt holds sentences with their values marked ⟦TYPE|value⟧ (a value may hold a line break; elsewhere one is
written \\n);
tests/look_alikes.txt holds lines without any structured value. All values are made up.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Literal

import pytest

from anonymizers.detection import detect
from anonymizers.entities import entities

HERE = Path(__file__).parent
MARKED = re.compile(r"⟦([A-Z_]+)\|([^⟧]*)⟧")
Spans = set[tuple[int, int, str]]
Form = Literal["NFC", "NFD"]


def sentences() -> list[str]:
    out = [""]
    for line in (HERE / "odd_notations.txt").read_text("utf-8").splitlines():
        out[-1] += ("\n" if out[-1] else "") + line
        if out[-1].count("⟦") == out[-1].count("⟧"):
            out.append("")
    return [sentence.replace("\\n", "\n") for sentence in out if sentence]


def parse(sentence: str, form: Form) -> tuple[str, Spans]:
    """Text and spans; each piece normalised by itself, so that the spans are exact in that form too."""
    text, at = "", 0
    spans: Spans = set()
    for m in MARKED.finditer(sentence):
        text += unicodedata.normalize(form, sentence[at : m.start()])
        value = unicodedata.normalize(form, m[2])
        spans.add((len(text), len(text) + len(value), m[1]))
        text, at = text + value, m.end()
    return text + unicodedata.normalize(form, sentence[at:]), spans


def found(texts: list[str], *, gated: bool = True) -> list[Spans]:
    out: list[Spans] = [set() for _ in texts]
    for f in detect(texts, gated=gated):
        if f.type != "PERSON" and entities()[f.type].law_class != "sensitive":
            out[f.doc].add((f.start, f.end, f.type))
    return out


def wrong(pairs: list[tuple[str, Spans]], *, gated: bool = True) -> list[int]:
    """Numbers of the sentences whose findings differ."""
    have = found([text for text, _ in pairs], gated=gated)
    return [i for i, ((_, want), got) in enumerate(zip(pairs, have, strict=True)) if want != got]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_odd_notations_are_found_to_the_code_point(form: Form) -> None:
    pairs = [parse(sentence, form) for sentence in sentences()]
    assert len(pairs) > 600
    assert wrong(pairs) == []


def test_the_road_without_a_gate_finds_the_same() -> None:
    assert wrong([parse(sentence, "NFC") for sentence in sentences()], gated=False) == []


def test_look_alikes_are_left_alone() -> None:
    lines = (HERE / "look_alikes.txt").read_text("utf-8").splitlines()
    assert len(lines) > 350
    assert wrong([(line, set()) for line in lines]) == []


def test_every_type_is_here() -> None:
    types = Counter(m[1] for sentence in sentences() for m in MARKED.finditer(sentence))
    structured = {n for n, e in entities().items() if e.law_class != "sensitive"} - {"PERSON"}
    assert structured <= types.keys()
