"""Find, decide, rewrite for a batch of texts: the one call that the anonymize stage makes.

`anonymize_batch` is a pure function of its arguments: no clock, no state, no partition of the batch shows in a result
(surrogates alone look at the whole batch, so as to repeat no value of it). A text without findings comes back as the
same object. No raw value leaves this module: review items show the context with every value masked, errors name types
only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal

from anonymizers.children import ChildSignal, child_signals
from anonymizers.decide import Decided, Rewritten, Rules, decide, rules_of
from anonymizers.detection import VERSION as STRUCTURED_VERSION
from anonymizers.detection import structured_findings
from anonymizers.findings import Finding, Recognized, resolve
from anonymizers.gate import batch_of
from anonymizers.masking import masked
from anonymizers.names import NameRecognizer
from anonymizers.onnx_model import policy_model
from anonymizers.review import NOTHING_ANSWERED, ReviewItem, Reviews
from anonymizers.rewrite import Edit, SpanRow, moved, rewrite
from anonymizers.second_look import SecondLook
from anonymizers.sensitive import SensitiveRecognizer
from anonymizers.surrogates import Keys, reserved
from schemas.policy import Policy

VERSION: Final = "2"
"""Of deciding and rewriting; the recognizers have versions of their own."""
Action = Literal["kept", "changed", "dropped", "quarantined"]
SubjectScope = Callable[[int, str, str], bytes | None]
"""(text number, type, value) → the id of the subject whom the value names, None where nobody knows."""
_ROUNDS: Final = 6  # second looks at one text; what is not at rest then is not shipped


@dataclass(frozen=True, slots=True)
class BatchResult:
    """Per text: `texts` ("" when dropped or quarantined), `actions`, `reasons`, `scores_ppm` (-1: nothing found) and
    `thresholds_ppm`. For the batch: spans, counts by type, what the officer should look at, child signals, and the
    numbers of the texts that they tag: written by a child, speaking of one (criteria in children.py)."""

    texts: list[str] = field(repr=False)
    actions: list[Action]
    reasons: list[str]
    scores_ppm: list[int]
    thresholds_ppm: list[int]
    spans: list[SpanRow]
    counts: Mapping[str, int]
    review: list[ReviewItem]
    children: list[ChildSignal]
    child_authors: frozenset[int] = frozenset()
    child_mentions: frozenset[int] = frozenset()


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
    subject_scope: SubjectScope | None = None,
    reviews: Reviews = NOTHING_ANSWERED,
    column: Any = None,
) -> BatchResult:
    """Anonymizes `texts` under `policy`.

    `doc_keys` bound the consistency of pseudonyms, one per text; where `subject_scope` knows whom a value names, it is
    that subject's id instead, and the pseudonym the same in the whole release. `sensitive_consent` and
    `guardian_consent` say, per text, that separate consent (PIPA 23①1) or a guardian's consent (22-2) is on record;
    absent means none is. `public_figures` are names that policy keeps, with their contexts
    (public_figures.load_public_figures). `seen` tells surrogates what values the corpus holds; without it a name is
    masked instead. `reviews` holds the officer's answers on findings between two thresholds; what has none is masked.
    `column`: the same texts as an Arrow array, for recognizers that read UTF-8; it spares encoding every text again.
    """
    rules = rules_of(policy, public_figures, reviews)
    children = child_signals(texts)
    authors, mentions = child_tags(children, policy, child_directed)
    underage = _underage(authors, policy, guardian_consent)
    size = len(texts)
    result = BatchResult(
        list(texts), ["kept"] * size, ["no_finding"] * size, [-1] * size, [-1] * size, [], Counter(), [], children,
        frozenset(authors), mentions,
    )  # fmt: skip

    beside = reserved(texts) if rules.surrogates else frozenset()

    def settle(doc: int, findings: Sequence[Finding], first: bool) -> Rewritten:
        text, own = texts[doc], Keys(pseudonym_key, doc_keys[doc], seen, beside)
        if first and subject_scope is None and (made := masked(doc, text, findings, rules, own)):
            return made
        consent = sensitive_consent is not None and sensitive_consent[doc]
        decided = decide(text, findings, rules, consent, doc_keys[doc])
        keys = own if subject_scope is None else _scoped(own, doc, text, subject_scope)
        new, spans = rewrite(text, decided.edits, keys)
        return Rewritten(text, findings, new, [SpanRow(doc, *span) for span in spans], decided)

    found = resolve(_found(texts, column, recognizers))
    again = [NameRecognizer(kiwi_budget_ppm=0) if isinstance(one, NameRecognizer) else one for one in recognizers]
    done, restless = _settled(found, underage, settle, again, rules)
    for doc, score in underage.items():
        _settle(result, doc, "", "quarantined", "child_author", score, policy.anonymize.children.threshold_ppm)
    for doc in restless:
        _settle(result, doc, "", "quarantined", "unsettled_rewrite", -1, -1)
    _write(result, done)
    return result


def _settled(
    found: Sequence[Finding],
    left_out: Container[int],
    settle: Callable[[int, Sequence[Finding], bool], Rewritten],
    recognizers: Sequence[Recognized],
    rules: Rules,
) -> tuple[dict[int, Rewritten], list[int]]:
    """Rewritten texts by number, looked at again until rewriting creates nothing more; which never come to rest."""
    done: dict[int, Rewritten] = {}
    look = SecondLook()
    for doc, findings in _by_doc(found):
        if doc not in left_out:
            made = done[doc] = settle(doc, findings, True)
            if made.spans:
                look.add(doc, made)
    for _ in range(_ROUNDS):
        more = look.created(recognizers, rules)
        look = SecondLook()
        for doc, joined in more.items():
            made = done[doc] = settle(doc, joined, False)
            look.add(doc, made)
    restless = list(look.made)
    for doc in restless:
        del done[doc]
    return done, restless


def _scoped(own: Keys, doc: int, text: str, subject_scope: SubjectScope) -> Callable[[Edit], Keys]:
    """Per span the document's keys, or those of the subject whom it names."""

    def scoped(edit: Edit) -> Keys:
        subject = subject_scope(doc, edit.type, text[edit.start : edit.end])
        return own if subject is None else own._replace(scope=b"subject\0" + subject)

    return scoped


def _write(result: BatchResult, done: Mapping[int, Rewritten]) -> None:
    texts, actions, reasons = result.texts, result.actions, result.reasons
    scores, thresholds, rows = result.scores_ppm, result.thresholds_ppm, result.spans
    removed: list[str] = []
    for doc, (text, _, new, spans, decided) in done.items():
        actions[doc], reasons[doc] = action, _ = _verdict(text, new, decided)
        texts[doc], scores[doc], thresholds[doc] = new, decided.score_ppm, decided.threshold_ppm
        if action == "dropped":
            texts[doc] = ""
            removed += [span.type for span in spans if span.operator != "keep"]
            continue
        if decided.review:
            result.review.extend(_worth_asking(decided.review, spans))
        if decided.consented:
            spans = spans + _kept_sentences(text, new, spans, decided.consented)
            spans.sort(key=lambda s: (s.start, s.end, s.type))
        rows += spans
    removed += [kind for _, _, _, kind, operator, _, _ in rows if operator != "keep"]
    assert isinstance(result.counts, Counter)
    result.counts.update(removed)


def _by_doc(findings: Sequence[Finding]) -> Iterator[tuple[int, Sequence[Finding]]]:
    """Runs of one text in sorted findings."""
    first, before = 0, -1
    for number, found in enumerate(findings):
        if found[0] != before:
            if number:
                yield before, findings[first:number]
            first, before = number, found[0]
    if findings:
        yield before, findings[first:]


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


def child_tags(
    children: Sequence[ChildSignal], policy: Policy, child_directed: bool
) -> tuple[dict[int, int], frozenset[int]]:
    """({text number: score} of those by a child under 14, numbers of those that speak of one) (PIPA 22-2).

    An author is one from the policy's threshold on, on a child-directed source from half of it; a mention from half of
    it on anywhere. A signal of an author below that is a mention.
    """
    half = policy.anonymize.children.threshold_ppm // 2
    sure = half if child_directed else policy.anonymize.children.threshold_ppm
    authors: dict[int, int] = {}
    mentions: set[int] = set()
    for signal in children:
        if signal.kind == "author" and signal.score_ppm >= sure:
            authors[signal.doc] = max(authors.get(signal.doc, 0), signal.score_ppm)
        elif signal.score_ppm >= half:
            mentions.add(signal.doc)
    return authors, frozenset(mentions)


def _underage(authors: Mapping[int, int], policy: Policy, guardian_consent: Sequence[bool] | None) -> dict[int, int]:
    """The authors whose texts are quarantined: no guardian's consent is on record, and the policy does not only tag."""
    if policy.anonymize.children.authors != "quarantine":
        return {}
    return {doc: score for doc, score in authors.items() if guardian_consent is None or not guardian_consent[doc]}


def _kept_sentences(text: str, new: str, spans: Sequence[SpanRow], consented: Sequence[Finding]) -> list[SpanRow]:
    """Sentences kept under separate consent, recorded so that the residual check can discount them."""
    return [
        SpanRow(f.doc, f.start, f.end, f.type, "keep", moved(f.start, text, new, spans), moved(f.end, text, new, spans))
        for f in consented
    ]


def _verdict(text: str, new: str, decided: Decided) -> tuple[Action, str]:
    if new == text:
        cleared = any(item.answer == "not" for item in decided.review)
        return "kept", "reviewed_not_personal" if cleared else "below_threshold"
    if not new or new.isspace():
        return "dropped", "nothing_left"
    return "changed", "sensitive_sentence" if decided.sensitive else "personal_data"


def _worth_asking(review: Sequence[ReviewItem], spans: Sequence[SpanRow]) -> Iterable[ReviewItem]:
    """Items whose answer can change the text: not those inside a sentence that goes whatever they are."""
    gone = [span for span in spans if span.operator == "drop_sentence"]
    return (item for item in review if not any(span.start <= item.start < span.end for span in gone))
