"""Sensitive information tied to a person, tagged by sentence (PIPA 23, 영18: seven types).

1. Words of data/sensitive stand in the sentence: ext.words finds them all in one pass, and leaves topics (우울증,
   민주노총) that have a bond of their group near (앓고, 가입), personal words (복역, 커밍아웃했), which need none, and
   labels of forms (종교:).
2. sensitive_judge says how they are tied and of whom the sentence speaks; names are asked for all sentences at once.

Evidence codes name the rule, never the words. The score is that of the best reading of the sentence.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from anonymizers.findings import Finding
from anonymizers.masks import blanked_but_names, is_mask
from anonymizers.names import NameRecognizer
from anonymizers.passages import led_back, readable
from anonymizers.sensitive_judge import Sentence, is_named, score
from anonymizers.sensitive_lexicon import Hit, Lexicon, lexicon
from ext.sentences import sentence

VERSION: Final = "9"
_SURE_NAME: Final = 500_000
_MAX_SENTENCE: Final = 1_000  # code points to either side of a term
_LEVELS: Final = ("", "topic", "fact", "personal")
_HEAD: Final = 1_000  # code points that show a text to be a judgment,
_COURT: Final = 3  # and how many words of courts
_SAMPLE: Final = 8  # texts of a batch that say whether it is worth looking for judgments

Hits = Sequence[Hit]  # of a text


class SensitiveRecognizer:
    """Batch recognizer (anonymizers.findings.Recognized) of HEALTH … ETHNICITY sentences."""

    name: Final = "sensitive"
    version: Final = VERSION

    def find(self, texts: Sequence[str]) -> Iterable[Finding]:
        """One finding per sentence and type."""
        texts, folded = readable(texts)
        words = lexicon()
        held = []
        for doc, hits, is_judgment in _hits(texts, words):
            held += [s for s in _sentences(doc, texts[doc], hits, is_judgment) if s.read(words)]
        _name(held, words)
        found: list[Finding] = []
        for s in held:
            for kind, level in s.levels.items():
                ppm, who = score(s, kind, texts[s.doc], words)
                if ppm:
                    found.append(Finding(s.doc, s.start, s.end, kind, ppm, (_LEVELS[level], who)))
        return led_back(found, folded)


def _hits(texts: Sequence[str], words: Lexicon) -> Iterator[tuple[int, Hits, bool]]:
    """The gate's hits, and whether the text is a judgment.

    Where texts are long, judgments are told first, because their bonds need not be looked for; the hits are the same.
    """
    if not any(len(text) > _HEAD for text in texts[:_SAMPLE]):
        for doc, hits in words.gate.hits(texts):
            is_judgment = _is_judgment(texts[doc], words)
            yield doc, words.gate.worth_in_judgments(texts[doc], hits) if is_judgment else hits, is_judgment
        return
    judgments = {doc for doc, text in enumerate(texts) if _is_judgment(text, words)}
    others = [doc for doc in range(len(texts)) if doc not in judgments]
    for row, hits in words.gate.hits([texts[doc] for doc in others]):
        yield others[row], hits, False
    numbers = sorted(judgments)
    for row, hits in words.gate.hits_of_judgments([texts[doc] for doc in numbers]):
        yield numbers[row], words.gate.worth_in_judgments(texts[numbers[row]], hits), True


def _is_judgment(text: str, words: Lexicon) -> bool:
    """Whether a text is a judgment, by how it begins: its parties are roles, and only masked names count."""
    return len(text) > _HEAD and len(words.court.scan(text[:_HEAD])) >= _COURT


def _sentences(doc: int, text: str, hits: Hits, is_judgment: bool) -> list[Sentence]:
    found: list[Sentence] = []
    end = -1
    terms = lexicon().terms
    lengths, uses = terms.lengths, terms.uses
    for at, number, bits in hits:
        if text[at - 1 : at] == "[" and is_mask(text, at - 1):
            continue
        to = at + lengths[number]
        if at >= end:
            start, stop = sentence(text, at, to, _MAX_SENTENCE)
            start, end = max(end, start), stop
            found.append(Sentence(doc, start, end, blanked_but_names(text[start:end]), is_judgment))
        found[-1].said.append((at - start, to - start, uses[number], bits))
    return found


def _name(held: Iterable[Sentence], words: Lexicon) -> None:
    """Asks for the names of all sentences at once."""
    asking = [s for s in held if s.may_need_names(words)]
    for found in _names().find([s.words for s in asking]):
        if found.score_ppm >= _SURE_NAME and asking[found.doc].is_by(found.start, found.end):
            asking[found.doc].names = "name"
    for s in asking:
        if not s.names and is_named(s, words):
            s.names = "name"


@functools.cache
def _names() -> NameRecognizer:
    return NameRecognizer(kiwi_budget_ppm=0)


def anchors(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Spans of words in [start, end) that say whom the sentence is about, for de-linking; names have their findings."""
    return [
        match.span()
        for match in lexicon().cut.finditer(text, start, end)
        if not (match["clause"] and "가" <= text[start : match.start()].rstrip(" ")[-1:] <= "힣")
    ]
