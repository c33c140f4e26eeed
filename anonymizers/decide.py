"""Deciding: what a policy says about one text's findings, as edits for the rewriting and questions for the officer.

The strictest reading that was reported chooses the rule (findings.py). At or above `threshold_ppm` its operator
applies; between `review_ppm` and that the officer's answer decides, and until there is one the value is masked. Art. 23
sentences without separate consent are dropped or cut loose from their person, by policy.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, NamedTuple

from anonymizers.entities import entities
from anonymizers.findings import Finding
from anonymizers.operators import WHOLE_VALUE
from anonymizers.public_figures import keeps
from anonymizers.review import NOTHING_ANSWERED, ReviewItem, Reviews, review_item
from anonymizers.rewrite import Edit, SpanRow, rewrite
from anonymizers.sensitive import SensitiveRecognizer, anchors
from schemas.policy import Policy, Sensitive

JOINED: Final = "joined"
"""Evidence of a finding that several values were joined into: no operator may read it as one value."""


class Rule(NamedTuple):
    """A policy's rule for one type, in the order in which it is asked."""

    operator: str
    threshold_ppm: int
    review_ppm: int


@dataclass(frozen=True, slots=True)
class Rules:
    """What decides, looked up once a batch: the policy's rules, names it keeps, the officer's answers; `kiwi`: whether
    it settles ambiguous names; `surrogates`: whether any rule makes them."""

    entities: Mapping[str, Rule]
    sensitive: Sensitive
    figures: Mapping[str, frozenset[str]]
    reviews: Reviews
    kiwi: bool
    surrogates: bool
    masking: Mapping[str, Rule]
    """The rules that masking.py knows: those that mask, generalise or pseudonymise."""


class Decided(NamedTuple):
    """What a policy says about one text's findings. `score_ppm` is the best that counted, -1 without any."""

    edits: Sequence[Edit]
    review: Sequence[ReviewItem]
    score_ppm: int
    threshold_ppm: int
    sensitive: bool
    consented: Sequence[Finding]


class Rewritten(NamedTuple):
    """A text as given, its findings, what became of it, and what was decided."""

    text: str
    findings: Sequence[Finding]
    new: str
    spans: list[SpanRow]
    decided: Decided


def rules_of(
    policy: Policy,
    figures: Mapping[str, frozenset[str]] = MappingProxyType({}),
    reviews: Reviews = NOTHING_ANSWERED,
) -> Rules:
    """The rules of a policy for a batch."""
    told = policy.anonymize
    rules = {name: Rule(rule.operator, rule.threshold_ppm, rule.review_ppm) for name, rule in told.entities.items()}
    simple = {name: rule for name, rule in rules.items() if rule.operator in ("mask", "generalise", "pseudonym")}
    if figures:
        simple.pop("PERSON", None)
    surrogates = any(rule.operator == "surrogate" for rule in rules.values())
    return Rules(rules, told.sensitive, figures, reviews, told.kiwi_budget_ppm > 0, surrogates, simple)


def decide(text: str, findings: Sequence[Finding], rules: Rules, consent: bool, doc_key: bytes) -> Decided:
    """Decides about the findings of one text (sorted, settled). `consent`: separate consent to Art. 23 is on record."""
    known, figures = rules.entities, rules.figures
    edits: list[Edit] = []
    review: list[ReviewItem] = []
    sentences: list[Finding] = []
    values: list[Finding] | None = None
    score, threshold = -1, -1
    for found in findings:
        _, start, end, kind, found_ppm, evidence, action = found
        rule = known.get(action or kind)
        if rule is None:
            _check_sensitive(kind)
            sentences.append(found)
            continue
        operator, threshold_ppm, review_ppm = rule
        if found_ppm < review_ppm:
            continue
        if figures and kind == "PERSON" and keeps(figures, text[start:end], text):
            operator = "keep"
        elif found_ppm < threshold_ppm and operator != "keep":
            values = values or [f for f in findings if f.type in known]
            item = review_item(text, found, values, doc_key, rules.reviews)
            review.append(item)
            if item.answer != "personal":
                operator = "keep" if item.answer == "not" else "mask"  # what waits for review is masked
        if operator in WHOLE_VALUE and JOINED in evidence:
            operator = "mask"
        edits.append(Edit(start, end, kind, operator))
        if found_ppm > score:
            score, threshold = found_ppm, threshold_ppm
    if not sentences:
        return Decided(edits, review, score, threshold, False, ())
    rule23 = rules.sensitive
    consented: list[Finding] = []
    sensitive = False
    for found in sentences:
        if found.score_ppm < rule23.threshold_ppm:
            continue
        if rule23.operator == "keep_with_consent" and consent:
            consented.append(found)
            continue
        edits += _sensitive_edits(text, found, rule23, findings)
        sensitive = True
        if found.score_ppm > score:
            score, threshold = found.score_ppm, rule23.threshold_ppm
    return Decided(edits, review, score, threshold, sensitive, consented)


def _check_sensitive(kind: str) -> None:
    """Every label has a rule but those of Art. 23; a recognizer that reports another one is broken."""
    if entities()[kind].law_class != "sensitive":
        raise KeyError(kind)


def _sensitive_edits(text: str, sentence: Finding, rule: Sensitive, findings: Sequence[Finding]) -> list[Edit]:
    """Art. 23 without separate consent: the person in the sentence goes (de-linked), else the sentence."""
    if rule.operator == "delink":
        persons = [(f.start, f.end) for f in _inside(findings, sentence) if f.type == "PERSON"]
        persons += anchors(text, sentence.start, sentence.end)
        edits = [Edit(start, end, "PERSON", "delink") for start, end in persons]
        if edits and not _still_tied(text, sentence, edits, rule.threshold_ppm):
            return edits
    return [Edit(sentence.start, sentence.end, sentence.type, "drop_sentence")]


def _still_tied(text: str, sentence: Finding, edits: Sequence[Edit], threshold_ppm: int) -> bool:
    """Whether the sentence without those persons still speaks of somebody; then cutting them out was not enough."""
    local = [e._replace(start=e.start - sentence.start, end=e.end - sentence.start) for e in edits]
    cut, _ = rewrite(text[sentence.start : sentence.end], local)
    return any(found.score_ppm >= threshold_ppm for found in SensitiveRecognizer().find([cut]))


def _inside(findings: Sequence[Finding], sentence: Finding) -> list[Finding]:
    """The findings within a sentence; `findings` are sorted by start."""
    first = bisect_left(findings, sentence.start, key=lambda f: f.start)
    last = bisect_left(findings, sentence.end, key=lambda f: f.start)
    return [f for f in findings[first:last] if f.end <= sentence.end]
