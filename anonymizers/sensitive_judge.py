"""Whether a sentence that holds terms of data/sensitive tells something of one person, and how surely.

1. *Tied*: 3, a personal word or a filled field of a form; 2, a topic with a word of having, being or having happened
   near it; 1, a topic with a word that general statements use as well, or with a person. A theme behind the topic
   (치매 지원센터), an organisation that acts and somebody who works in the ward or prison take it away.
2. *Of whom*: the writer and kin, a name, a masked name (김○○), a title, somebody pointed at (고인은, 내담자는); without
   one, what the sentence's ending, its time, or the people of the sentences around say. A party of a judgment is weak.
3. *In general*: words of law, statistics, research, fiction and goods leave the writer only, a thing that is ill in a
   manner of speaking (서버가 …) nobody.

Scores are a fixed function of these three; 500,000 is where policies act.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from anonymizers.sensitive_lexicon import FACT, LABEL, PERSON, PERSONAL, Lexicon
from anonymizers.sensitive_lexicon import MASKED as MASK
from anonymizers.sensitive_patterns import (
    CASUAL,
    FIRST,
    HONORED,
    MASKED,
    NAMED,
    POLITE,
    SUBJECT,
    TO_ANYBODY,
    WHEN,
    is_figures,
    is_filled,
)

NEAR_BEFORE: Final = 200  # code points around a sentence that may say whom it is about
NEAR_BEHIND: Final = 120
_BEFORE: Final = 80  # how far before a term the person may stand that it is said of,
_BEHIND: Final = 24  # and how far behind: 우울증 앓는 남편
TAIL: Final = 24  # code points that show how a sentence ends
_WITH_ORGANISATIONS: Final = ("UNION", "CREED")
_RECORDED: Final = ("HEALTH", "UNION", "BIOMETRIC")  # types that notes without anybody in them tell of
_PLAIN_TYPES: Final = ("HEALTH", "CRIMINAL_RECORD")


@dataclass(slots=True)
class Sentence:
    """A sentence that holds terms: where it stands, what it holds as `(start, end, uses, bits)` in it, and what judging
    found out: `levels` by type, `about` as bits of Lexicon.kinds, and how it names somebody."""

    doc: int
    start: int
    end: int
    words: str
    is_judgment: bool
    said: list[tuple[int, int, tuple[tuple[str, int], ...], int]] = field(default_factory=list)
    levels: dict[str, int] = field(default_factory=dict)
    plain: set[str] = field(default_factory=set)  # types that somebody outside the sentence may have: no shy group's
    about: int = 0
    has_field: bool = False
    names: str = ""  # "", "masked" or "name"

    def read(self, lexicon: Lexicon) -> bool:
        """Fills in what the words alone tell. False: the terms are tied to nobody."""
        if self.is_judgment and not any(bits & MASK for *_, bits in self.said):
            self.levels = {kind: 3 for _, _, uses, _ in self.said for kind, group in uses if group == PERSONAL}
            return bool(self.levels)
        self.about = lexicon.kinds_in(self.words, 0, len(self.words))
        self._tie(lexicon)
        if not self.levels or self.about & lexicon.bit["thing"]:
            return False
        bit = lexicon.bit
        if (self.about & bit["said"] and max(self.levels.values()) < 3) or is_figures(self.words):
            self.about |= bit["general"]
        if self.about & (bit["mine"] | bit["first"]) == bit["mine"] and FIRST.search(self.words):
            self.about |= bit["first"]
        if self.about & bit["masked"] and MASKED.search(self.words):
            self.names = "masked"
        return True

    def may_need_names(self, lexicon: Lexicon) -> bool:
        """Whether a person's name would change the score."""
        bit = lexicon.bit
        return not (self.is_judgment or self.names or self.has_field or self.about & (bit["first"] | bit["general"]))

    def is_by(self, start: int, end: int) -> bool:
        """Whether [start, end) stands where the terms may be said of it."""
        return start < self.said[-1][1] + _BEHIND and end > self.said[0][0] - _BEFORE

    def _tie(self, lexicon: Lexicon) -> None:
        words, works = self.words, bool(self.about & lexicon.bit["job"])
        by_writer = lexicon.bit["first"] | lexicon.bit["mine"]
        for at, to, uses, bits in self.said:
            for kind, group in uses:
                if group == PERSONAL:
                    level = 3
                elif group == LABEL:
                    level = 3 if is_filled(words, at, to) else 0
                    self.has_field |= level > 0
                elif (
                    (works and group in lexicon.places)
                    or lexicon.theme.match(words, to)
                    or (kind in _WITH_ORGANISATIONS and not self.about & by_writer and _acts(words, at, to, lexicon))
                ):
                    level = 0
                elif bits >> (group + FACT) & 1:
                    level = 2
                else:
                    level = 1 if bits >> group & 1 or (bits & PERSON and not works) else 0
                if level >= 2 and group not in lexicon.shy:
                    self.plain.add(kind)
                if level > self.levels.get(kind, 0):
                    self.levels[kind] = level


def _acts(words: str, at: int, to: int, lexicon: Lexicon) -> bool:
    organisation = words[at:to].rstrip(" 은는이가의에를")
    return organisation.endswith(("당", "힘", "노조", "노총", "연대", "조합")) and bool(lexicon.actor.match(words, to))


def score(sentence: Sentence, kind: str, text: str, lexicon: Lexicon) -> tuple[int, str]:
    """(score, evidence) of a type of the sentence; 0: nobody in particular."""
    words, level, about, bit = sentence.words, sentence.levels[kind], sentence.about, lexicon.bit
    general = about & bit["general"]
    vague = about & (bit["general"] | bit["vague"])
    if sentence.names == "masked" and not (general and level < 3):
        return 800_000, "name"
    if sentence.is_judgment:
        return 400_000, "role"
    is_kin = about & bit["kin"] and _is_kin_of(sentence, lexicon)
    if about & bit["role"]:
        if (sentence.names or is_kin) and level >= 2 and not vague:
            return (800_000, "name") if sentence.names else (600_000, "kin")
        return 400_000, "role"
    if about & bit["first"]:
        return (450_000 if general and level < 2 else 650_000 if vague else 900_000), "first"
    if sentence.has_field and not vague:
        return 700_000, "field"
    if sentence.names or about & bit["third"]:
        who = "name" if sentence.names else "person"
        return (450_000 if general or (vague and level < 2) else 800_000 if level > 1 else 600_000), who
    if is_kin:
        return (450_000 if general or (vague and level < 3) else 600_000), "kin"
    if "[이름" in words:  # a person already cut out: the sentence is nobody's any more
        return 0, ""
    if about & bit["office"]:
        return (450_000 if vague or level < 2 else 600_000), "office"
    told = _told(sentence, kind, text, lexicon) if kind in sentence.plain and not vague else None
    return told or (300_000, "nobody")


def _is_kin_of(sentence: Sentence, lexicon: Lexicon) -> bool:
    """Whether kin stands where the terms may be said of it."""
    start, end = sentence.said[0][0] - _BEFORE, sentence.said[-1][1] + _BEHIND
    return bool(lexicon.kinds_in(sentence.words, start, end) & lexicon.bit["kin"])


def _told(sentence: Sentence, kind: str, text: str, lexicon: Lexicon) -> tuple[int, str] | None:
    """Of a sentence without a person: said by or about somebody that the listener knows."""
    words, level, bit = sentence.words, sentence.levels[kind], lexicon.bit
    if TO_ANYBODY.search(words) or (words[0] == "[" and words[-1] == "]"):
        return None
    tail = words[-TAIL:]
    is_polite = POLITE.search(tail) is not None
    ends = is_polite or CASUAL.search(tail) is not None
    if not ends and SUBJECT.search(words[: sentence.said[0][0]]):
        return None
    if not is_polite and level < 3 and words[sentence.said[0][1] :].lstrip(" ")[:1] in ("은", "는", "의"):
        return None  # said of the topic itself: 탈모는 …
    ends = ends or HONORED.search(words) is not None
    near = lexicon.kinds_in(text, sentence.start - NEAR_BEFORE, sentence.start)
    near |= lexicon.kinds_in(text, sentence.end, sentence.end + NEAR_BEHIND)
    if near & (bit["first"] | bit["kin"]):
        return 600_000, "before"
    if (ends or level == 3 or kind in _PLAIN_TYPES) and (
        near & bit["third"]
        or _names_somebody(text[max(0, sentence.start - NEAR_BEFORE) : sentence.start], near, lexicon)
    ):
        return 600_000, "before"
    if level < 3 and kind != "HEALTH" and not is_polite and SUBJECT.search(words):
        return None
    if ends:
        return 600_000, "experience"
    if WHEN.search(words):
        return 550_000, "when"
    if kind not in _RECORDED and level < 3 and ":" not in words:
        return None
    return (520_000, "alone") if not SUBJECT.search(words) else None


def is_named(sentence: Sentence, lexicon: Lexicon) -> bool:
    """Whether somebody is named by a title or the fields of a record where the terms may be said of it."""
    return any(sentence.is_by(*span) for span in _titles(sentence.words, sentence.about, lexicon))


def _titles(words: str, about: int, lexicon: Lexicon) -> Iterator[tuple[int, int]]:
    if about & lexicon.bit["titled"] or "(" in words or "/" in words:
        for match in NAMED.finditer(words):
            yield match.span()


def _names_somebody(words: str, about: int, lexicon: Lexicon) -> bool:
    if about & lexicon.bit["masked"] and MASKED.search(words):
        return True
    return next(_titles(words, about, lexicon), None) is not None
