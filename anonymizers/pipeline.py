"""Find, decide, rewrite for a batch of texts: the one call that the anonymize stage makes.

`anonymize_batch` is a pure function of its arguments: no clock, no state, no partition of the batch shows in a result.
A text without findings comes back as the same object. No raw value leaves this module: review items show the context
with every value masked, errors name types only.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple

from anonymizers.children import ChildSignal, child_signals
from anonymizers.detection import VERSION as STRUCTURED_VERSION
from anonymizers.detection import structured_findings
from anonymizers.entities import entities
from anonymizers.findings import Finding, Recognized, resolve
from anonymizers.gate import batch_of
from anonymizers.names import NameRecognizer
from anonymizers.onnx_model import policy_model
from anonymizers.operators import Keys
from anonymizers.public_figures import keeps
from anonymizers.review import NOTHING_ANSWERED, ReviewItem, Reviews, review_item
from anonymizers.rewrite import Edit, OutSpan, rewrite
from anonymizers.sensitive import SensitiveRecognizer, anchors
from schemas.policy import Policy, Sensitive

Action = Literal["kept", "changed", "dropped", "quarantined"]


class SpanRow(NamedTuple):
    """A row of spans.arrow (schemas.arrow.SPANS) with the batch's document number instead of the id."""

    doc: int
    start: int
    end: int
    type: str
    operator: str
    out_start: int
    out_end: int


@dataclass(frozen=True, slots=True)
class BatchResult:
    """Per text: `texts` ("" when dropped or quarantined), `actions`, `reasons`, `scores_ppm` (-1: nothing found) and
    `thresholds_ppm`. For the batch: spans, counts by type, what the officer should look at, child signals."""

    texts: list[str] = field(repr=False)
    actions: list[Action]
    reasons: list[str]
    scores_ppm: list[int]
    thresholds_ppm: list[int]
    spans: list[SpanRow]
    counts: Mapping[str, int]
    review: list[ReviewItem]
    children: list[ChildSignal]


@dataclass(frozen=True, slots=True)
class _Decided:
    """What the policy says about one text's findings."""

    edits: list[Edit]
    review: list[ReviewItem]
    score_ppm: int
    threshold_ppm: int
    sensitive: bool
    consented: list[Finding]


def anonymize_batch(
    texts: Sequence[str],
    *,
    policy: Policy,
    recognizers: Sequence[Recognized],
    pseudonym_key: bytes,
    doc_keys: Sequence[bytes],
    sensitive_consent: Sequence[bool] | None = None,
    guardian_consent: Sequence[bool] | None = None,
    child_directed: bool = False,
    public_figures: Mapping[str, frozenset[str]] = MappingProxyType({}),
    seen: Callable[[str], bool] | None = None,
    reviews: Reviews = NOTHING_ANSWERED,
    column: Any = None,
) -> BatchResult:
    """Anonymizes `texts` under `policy`.

    `doc_keys` bound the consistency of pseudonyms, one per text. `sensitive_consent` and `guardian_consent` say, per
    text, that separate consent (PIPA 23①1) or a guardian's consent (22-2) is on record; absent means none is.
    `public_figures` are names that policy keeps, with their contexts (public_figures.load_public_figures). `seen` tells
    surrogates what values the corpus holds; without it a name is masked instead. `reviews` holds the
    officer's answers on findings between two thresholds; what has none is masked. `column`: the same texts as an Arrow
    array, for recognizers that read UTF-8; it spares them encoding every text again.
    """
    by_doc: dict[int, list[Finding]] = {}
    for finding in resolve(_found(texts, column, recognizers)):
        by_doc.setdefault(finding.doc, []).append(finding)
    children = child_signals(texts)
    underage = _underage_authors(children, policy, guardian_consent, child_directed)
    result = BatchResult(
        list(texts), ["kept"] * len(texts), ["no_finding"] * len(texts), [-1] * len(texts), [-1] * len(texts),
        [], Counter(), [], children,
    )  # fmt: skip
    counts: Counter[str] = Counter()
    for doc in sorted(by_doc.keys() | underage.keys()):
        if doc in underage:
            _settle(
                result, doc, "", "quarantined", "child_author", underage[doc], policy.anonymize.children.threshold_ppm
            )
            continue
        text = texts[doc]
        consent = sensitive_consent is not None and sensitive_consent[doc]
        decided = _decide(text, by_doc[doc], policy, consent, public_figures, doc_keys[doc], reviews)
        keys = Keys(pseudonym_key, doc_keys[doc], seen)
        new, spans = rewrite(text, decided.edits, keys)
        action, reason = _verdict(text, new, decided)
        _settle(
            result, doc, "" if action == "dropped" else new, action, reason, decided.score_ppm, decided.threshold_ppm
        )
        for span in spans:
            if span.operator != "keep":
                counts[span.type] += 1
        if action != "dropped":
            result.review.extend(_worth_asking(decided.review, spans))
            rows = spans
            if decided.consented:
                rows = spans + _kept_sentences(text, new, spans, decided.consented)
                rows.sort(key=lambda s: (s.start, s.end, s.type))
            result.spans.extend(SpanRow(doc, s.start, s.end, s.type, s.operator, s.out_start, s.out_end) for s in rows)
    assert isinstance(result.counts, Counter)
    result.counts.update(counts)
    return result


def _found(texts: Sequence[str], column: Any, recognizers: Sequence[Recognized]) -> Iterator[Finding]:
    for recognizer in recognizers:
        utf8 = column is not None and isinstance(recognizer, StructuredRecognizer)
        yield from recognizer.find(column if utf8 else texts)


def default_recognizers(policy: Policy, root: Path = Path()) -> list[Recognized]:
    """Structured types, person names, sensitive sentences and the model that `policy` names, with its budgets; `root`:
    the folder that the model's is relative to."""
    return [
        StructuredRecognizer(),
        NameRecognizer(kiwi_budget_ppm=policy.anonymize.kiwi_budget_ppm),
        SensitiveRecognizer(),
        *policy_model(policy, root),
    ]


def residual_recognizers(policy: Policy, root: Path = Path()) -> list[Recognized]:
    """The slower, independent road of the residual check: no gate, and Kiwi asked about every ambiguous name."""
    return [
        StructuredRecognizer(gated=False),
        NameRecognizer(kiwi_budget_ppm=1_000_000 if policy.anonymize.kiwi_budget_ppm else 0),
        SensitiveRecognizer(),
        *policy_model(policy, root, full=True),
    ]


class StructuredRecognizer:
    """The exact recognizers behind their gate as one batch recognizer (`gated=False`: the slow, independent way)."""

    name: Final = "structured"
    version: Final = STRUCTURED_VERSION

    def __init__(self, *, gated: bool = True) -> None:
        self._gated = gated

    def find(self, texts: Sequence[str] | Any) -> Iterable[Finding]:
        """Findings in any order, duplicates possible. An Arrow string array is read where it lies."""
        return structured_findings(batch_of(texts), gated=self._gated)


def _settle(result: BatchResult, doc: int, text: str, action: Action, reason: str, score: int, threshold: int) -> None:
    result.texts[doc], result.actions[doc], result.reasons[doc] = text, action, reason
    result.scores_ppm[doc], result.thresholds_ppm[doc] = score, threshold


def _underage_authors(
    children: Sequence[ChildSignal], policy: Policy, guardian_consent: Sequence[bool] | None, child_directed: bool
) -> dict[int, int]:
    """{doc: score} of texts to quarantine (PIPA 22-2). On a child-directed source a weaker signal is enough."""
    rule = policy.anonymize.children
    if rule.authors != "quarantine":
        return {}
    threshold = rule.threshold_ppm // 2 if child_directed else rule.threshold_ppm
    found: dict[int, int] = {}
    for signal in children:
        consented = guardian_consent is not None and guardian_consent[signal.doc]
        if signal.kind == "author" and signal.score_ppm >= threshold and not consented:
            found[signal.doc] = max(found.get(signal.doc, 0), signal.score_ppm)
    return found


def _decide(
    text: str,
    findings: Sequence[Finding],
    policy: Policy,
    consent: bool,
    public_figures: Mapping[str, frozenset[str]],
    doc_key: bytes,
    reviews: Reviews,
) -> _Decided:
    rules = policy.anonymize.entities
    edits: list[Edit] = []
    review: list[ReviewItem] = []
    values: list[Finding] | None = None
    sentences: list[Finding] = []
    consented: list[Finding] = []
    score, threshold, sensitive = -1, -1, False
    for found in findings:
        entity = entities()[found.type]
        if entity.law_class == "sensitive":
            sentences.append(found)
            continue
        rule = rules[found.action]
        if found.score_ppm < rule.review_ppm:
            continue
        operator = rule.operator
        if found.type == "PERSON" and public_figures and keeps(public_figures, text[found.start : found.end], text):
            operator = "keep"
        elif found.score_ppm < rule.threshold_ppm and operator != "keep":
            if values is None:
                values = [f for f in findings if entities()[f.type].law_class != "sensitive"]
            item = review_item(text, found, values, doc_key, reviews)
            review.append(item)
            if item.answer != "personal":
                operator = "keep" if item.answer == "not" else "mask"  # what waits for review is masked
        edits.append(Edit(found.start, found.end, found.type, operator))
        if found.score_ppm > score:
            score, threshold = found.score_ppm, rule.threshold_ppm
    for found in sentences:
        rule23 = policy.anonymize.sensitive
        if found.score_ppm < rule23.threshold_ppm:
            continue
        if rule23.operator == "keep_with_consent" and consent:
            consented.append(found)
            continue
        edits += _sensitive_edits(text, found, rule23, findings)
        sensitive = True
        if found.score_ppm > score:
            score, threshold = found.score_ppm, rule23.threshold_ppm
    return _Decided(edits, review, score, threshold, sensitive, consented)


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
    local = [replace(e, start=e.start - sentence.start, end=e.end - sentence.start) for e in edits]
    cut, _ = rewrite(text[sentence.start : sentence.end], local)
    return any(found.score_ppm >= threshold_ppm for found in SensitiveRecognizer().find([cut]))


def _kept_sentences(text: str, new: str, spans: Sequence[OutSpan], consented: Sequence[Finding]) -> list[OutSpan]:
    """Sentences kept under separate consent, recorded so that the residual check can discount them."""
    return [
        OutSpan(f.start, f.end, f.type, "keep", _moved(f.start, text, new, spans), _moved(f.end, text, new, spans))
        for f in consented
    ]


def _moved(offset: int, text: str, new: str, spans: Sequence[OutSpan]) -> int:
    """Where an offset of `text` outside every span stands in `new`: counted back from the next span, for particles
    change right behind one only."""
    number = bisect_left(spans, offset, key=lambda s: s.start)
    if number == len(spans):
        return len(new) - (len(text) - offset)
    return spans[number].out_start - (spans[number].start - offset)


def _inside(findings: Sequence[Finding], sentence: Finding) -> list[Finding]:
    """The findings within a sentence; `findings` are sorted by start."""
    first = bisect_left(findings, sentence.start, key=lambda f: f.start)
    last = bisect_left(findings, sentence.end, key=lambda f: f.start)
    return [f for f in findings[first:last] if f.end <= sentence.end]


def _verdict(text: str, new: str, decided: _Decided) -> tuple[Action, str]:
    if new == text:
        cleared = any(item.answer == "not" for item in decided.review)
        return "kept", "reviewed_not_personal" if cleared else "below_threshold"
    if not new.strip():
        return "dropped", "nothing_left"
    return "changed", "sensitive_sentence" if decided.sensitive else "personal_data"


def _worth_asking(review: Sequence[ReviewItem], spans: Sequence[OutSpan]) -> Iterable[ReviewItem]:
    """Items whose answer can change the text: not those inside a sentence that goes whatever they are."""
    gone = [span for span in spans if span.operator == "drop_sentence"]
    return (item for item in review if not any(span.start <= item.start < span.end for span in gone))
