"""What the report calls things, in Korean and in English, from words.yaml and the schemas' own lists."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from governance.reasons import reasons


@dataclass(frozen=True)
class Text:
    """The same thing said twice; Korean comes first wherever it is shown."""

    ko: str
    en: str = ""


@functools.cache
def _words() -> Mapping[str, Mapping[str, Text]]:
    loaded = yaml.safe_load((Path(__file__).parent / "words.yaml").read_text(encoding="utf-8"))
    return {
        kind: {str(code): Text(**both) for code, both in entries.items()}
        for kind, entries in loaded.items()
        if kind != "version"
    }


def word(kind: str, code: str) -> Text:
    """What a code of a kind (`stages`, `licences` …) is called; an unknown code stands for itself."""
    return _words()[kind].get(code, Text(code))


def reason_text(code: str) -> Text:
    """A decision's reason, in a few words."""
    if not code:
        return Text("사유 없음", "no reason")
    if code.startswith("ground_"):
        known = reasons().get(code.removeprefix("ground_"))
        return Text(f"근거 불가: {known.ko}", f"refused: {known.en}") if known else Text(code)
    return word("reasons", code)


def reason_label(code: str) -> str:
    """The shortest Korean name of a decision's reason, for drawings. `+3` stands for three more reasons."""
    if code.startswith("ground_"):
        known = reasons().get(code.removeprefix("ground_"))
        return f"출처 거부 ({known.article})" if known else "출처 거부"
    if code.startswith("+"):
        return f"그 밖 {code[1:]}가지"
    return word("reasons", code).ko if code else "사유 없음"


def article(text: str, act: str = "개인정보 보호법") -> str:
    """An article as an officer writes it: certificates and policies abbreviate the act's name."""
    return text.replace("PIPA", act)
