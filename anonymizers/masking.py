"""The short road of texts whose findings are masked, generalised or pseudonymised: decided and rewritten in one pass.

Most texts that have a finding are of this kind. What this road makes is what decide.py and rewrite.py make, at a third
of the cost; whatever they alone can do (an answer of the officer, another operator, a sentence of Art. 23, a bracket
before a particle) it leaves to them.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Sequence

from anonymizers.asides import BRACKETS, leads
from anonymizers.decide import Decided, Rewritten, Rules
from anonymizers.findings import Finding
from anonymizers.operators import Replacer, mask, replacement
from anonymizers.particles import OPENERS, agree
from anonymizers.review import review_item
from anonymizers.rewrite import LOOKED_AT, SpanRow
from anonymizers.sounds import Sound, final_sound
from anonymizers.surrogates import Keys


def masked(doc: int, text: str, findings: Sequence[Finding], rules: Rules, keys: Keys) -> Rewritten | None:
    """Text number `doc` rewritten; None where that takes the long road.

    `findings` are sorted and settled, as findings.resolve leaves them. `keys`: the document's.
    """
    masking, reviews = rules.masking, rules.reviews
    replacer: Replacer | None = None
    pieces: list[str] = []
    spans: list[SpanRow] = []
    waiting: list[Finding] = []
    copied = written = 0
    best, threshold = -1, -1
    last = len(findings)
    for number, (_, start, end, kind, score, _, action) in enumerate(findings, 1):
        rule = masking.get(action or kind)
        if rule is None or start < copied:
            return None
        operator, sure, asked = rule
        if score < asked:
            continue
        if score < sure:
            if reviews.answers:
                return None
            waiting.append(findings[number - 1])
            operator = "mask"
        if score > best:
            best, threshold = score, sure
        new, sound = _mask(kind)
        if operator == "generalise":
            new, sound = replacement(text[start:end], kind, operator), None
        elif operator == "pseudonym":  # it sounds as the mask does
            replacer = replacer or Replacer(text)
            new = replacer.replacement(text[start:end], kind, operator, keys)
        out = written + start - copied
        written = out + len(new)
        pieces.append(text[copied:start])
        pieces.append(new)
        spans.append(SpanRow(doc, start, end, kind, operator, out, written))
        copied = end
        behind = text[end : end + 1]
        if behind in LOOKED_AT:
            if behind not in OPENERS:
                if leads(text, end):
                    return None
                continue
            if not sound:  # of a generalisation: the long road looks at its particle
                return None
            limit = findings[number][1] if number < last else sys.maxsize
            taken, particle = agree(text, sound, person=kind == "PERSON", at=end, stop=limit)
            if taken or particle:
                pieces.append(particle)
                written += len(particle)
                copied += taken
        elif behind == " " and text[end + 1 : end + 2] in BRACKETS and leads(text, end):
            return None
    if not spans:
        return None
    pieces.append(text[copied:])
    review = [review_item(text, found, findings, keys.scope, reviews) for found in waiting] if waiting else ()
    return Rewritten(text, findings, "".join(pieces), spans, Decided((), review, best, threshold, False, ()))


@functools.cache
def _mask(kind: str) -> tuple[str, Sound | None]:
    return mask(kind), final_sound(mask(kind))
