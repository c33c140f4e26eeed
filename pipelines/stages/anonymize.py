"""anonymize: find, decide, rewrite, part by part. The rules are anonymizers' and the policy's; here is only the road.

Side files: `spans` (where, what, which operator, and where the replacement stands, so that a rescan can discount it)
and `review` (spans between two thresholds, for the officer; masked, never a raw value). What officers answered
(pipelines.reviewing) is read like the policy: its digest names the folder, and its workers obey it. A document that
speaks of a child under 14, or reads as a child's own, carries that as a flag from here on (schemas.arrow.TAGS).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from anonymizers import art24
from anonymizers import pipeline as anonymizing
from anonymizers.children import VERSION as CHILDREN_VERSION
from anonymizers.pipeline import BatchResult
from anonymizers.review import ANSWERS, ReviewItem, Reviews
from governance.staged import bounded_batches
from pipelines.collector import collector_off
from pipelines.dataset import Part
from pipelines.decisions import Decisions
from pipelines.detectors import detectors, public_figures
from pipelines.files import digest_of
from pipelines.pseudonyms import key_name, needs_key, pseudonym_key
from pipelines.reviewing import standing_answers
from pipelines.stage import Planned, Receipts, Run, StageBase
from pipelines.stages import against
from pipelines.stages.refine import part_units
from pipelines.work import UnitContext
from schemas.arrow import (
    FLAG_CHILD_AUTHOR,
    FLAG_CHILD_MENTION,
    FLAG_GUARDIAN_CONSENT,
    FLAG_SENSITIVE_CONSENT,
    ID,
    SPANS,
    TEXT,
)

REVIEW = pa.schema(
    [
        pa.field("document_id", ID, nullable=False),
        pa.field("review_id", ID, nullable=False),
        pa.field("start", pa.int32(), nullable=False),
        pa.field("end", pa.int32(), nullable=False),
        pa.field("type", pa.string(), nullable=False),
        pa.field("score_ppm", pa.int32(), nullable=False),
        pa.field("answer", pa.string(), nullable=False),  # "", personal or not, as this stage obeyed it
        pa.field("context", pa.string(), nullable=False),
    ]
)


CHILDREN = ("child_authors", "child_mentions", "child_authors_left")
"""Facts, numbers of documents: by a child under 14, of those that are not quarantined the ones without a guardian's
consent, and those that mention a child and were not quarantined."""


class AnonymizeStage(StageBase):
    """Reads dedup's survivors."""

    name = "anonymize"
    version = "3"
    inputs = ("dedup",)

    def reads(self, run: Run) -> Mapping[str, Any]:
        return {
            "policy": run.policy.part_digest("anonymize"),
            "purpose": run.project.purpose,
            "recognizers": _versions(run),
            "rewriting": anonymizing.VERSION,
            "child_directed": [source.id for source in run.project.sources if source.child_directed],
            "answers": digest_of(_answers(run)),
            "pseudonym_key": key_name(run.vault, run.project.release.name) if needs_key(run.policy) else "",
            **against.reads(run),
        }

    def others(self, run: Run) -> Mapping[str, str]:
        return against.others(run)

    def secrets(self, run: Run) -> Mapping[str, bytes]:
        made = pseudonym_key(run.vault, run.project.release.name, run.now) if needs_key(run.policy) else b""
        return {
            "pseudonym": made,
            "review": run.vault.derive("review"),
        }

    def steps(self) -> Sequence[str]:
        return ("anonymize", *against.STEPS)

    def plan(self, step: str, run: Run, receipts: Receipts) -> Planned:
        if step in against.STEPS:
            return against.plan(step, run, receipts)
        config = {
            "policy": run.policy.model_dump(mode="json"),
            "policy_digest": run.policy.part_digest("anonymize"),
            "child_directed": [source.id for source in run.project.sources if source.child_directed],
            "answers": _answers(run),
        }
        return Planned(step, "pipelines.stages.anonymize:anonymize", part_units(run, "dedup"), config)

    def finish(self, run: Run, receipts: Receipts) -> tuple[Sequence[Part], Mapping[str, Any], Mapping[str, Any]]:
        parts = [part for receipt in receipts["anonymize"] for part in receipt.parts]
        facts = {
            "found": _by_source(receipts, "found"),
            "kept": _by_source(receipts, "kept"),
            "review": sum(receipt.facts["review"] for receipt in receipts["anonymize"]),
            "reviewed": {
                answer: sum(receipt.facts["reviewed"][answer] for receipt in receipts["anonymize"])
                for answer in ANSWERS
            },
            **{name: sum(receipt.facts[name] for receipt in receipts["anonymize"]) for name in CHILDREN},
            "recognizers": _versions(run),
        }
        left, released = against.finish(run, receipts)
        return left or parts, {}, facts | released


def _by_source(receipts: Receipts, name: str) -> dict[str, dict[str, int]]:
    """Counts of types by source, of all parts, sorted."""
    found: dict[str, Counter[str]] = {}
    for receipt in receipts["anonymize"]:
        for source, counts in receipt.facts[name].items():
            found.setdefault(source, Counter()).update(counts)
    return {source: dict(sorted(found[source].items())) for source in sorted(found)}


def _answers(run: Run) -> dict[str, str]:
    """{review id (hex): answer} that stand now, sorted: the ids are keyed, so that they tell nothing in a plan."""
    return {found.review_id: found.answer for found in standing_answers(run.project, run.ledger, run.vault)}


def _versions(run: Run) -> dict[str, str]:
    """Of a model the digest of its folder."""
    recognizers = anonymizing.default_recognizers(run.policy, run.project.root)
    found = {recognizer.name: str(recognizer.version) for recognizer in recognizers}
    return found | {"children": CHILDREN_VERSION}


@collector_off()
def anonymize(unit: Mapping[str, Any], context: UnitContext) -> None:
    """One part."""
    part = Part.from_json(unit["part"])
    policy, recognizers = detectors(context.config["policy"], "stage", context.step.root)
    figures = public_figures(context.config["policy"], context.step.root)
    decisions = Decisions("anonymize", context.config["policy_digest"])
    out = context.writer("data", part.name, TEXT)
    reviews = Reviews(
        context.keyring.extra["review"], {bytes.fromhex(k): v for k, v in context.config["answers"].items()}
    )
    spans: list[tuple[Any, ...]] = []
    review: list[tuple[Any, ...]] = []
    found: Counter[str] = Counter()
    kept: Counter[str] = Counter()  # personal values that the policy leaves standing
    left = {name for name, rule in policy.anonymize.entities.items() if rule.operator == "keep"}
    children: Counter[str] = Counter()
    with context.open("dedup", part.files["data"]) as file:
        for table in _working(file):
            ids = table["document_id"].to_pylist()
            flags = table["flags"].to_pylist()
            column = table["text"].combine_chunks()
            result = anonymizing.anonymize_batch(
                column.to_pylist(),
                policy=policy,
                recognizers=recognizers,
                pseudonym_key=context.keyring.extra["pseudonym"],
                doc_keys=ids,
                sensitive_consent=[bool(flag & FLAG_SENSITIVE_CONSENT) for flag in flags],
                guardian_consent=[bool(flag & FLAG_GUARDIAN_CONSENT) for flag in flags],
                child_directed=part.source_id in context.config["child_directed"],
                public_figures=figures,
                reviews=reviews,
                column=column,
            )
            actions, reasons = list(result.actions), list(result.reasons)
            # Rewriting can bring digits and words together that were apart: Art. 24 is looked for once more.
            touched = [row for row, reason in enumerate(reasons) if reason != "no_finding"]
            for number in art24.redact([result.texts[row] for row in touched]).changed:
                actions[touched[number]], reasons[touched[number]] = "quarantined", "art24_after_rewrite"
            for row, identifier in enumerate(ids):
                decisions.add(
                    identifier, actions[row], reasons[row], result.scores_ppm[row], result.thresholds_ppm[row]
                )
            spans += [(ids[s.doc], s.start, s.end, s.type, s.operator, s.out_start, s.out_end) for s in result.spans]
            review += _review_rows(ids, [item for item in result.review if actions[item.doc] != "quarantined"])
            found.update(result.counts)
            kept.update(s.type for s in result.spans if s.operator == "keep" and s.type in left)
            flags = _tagged(flags, result, actions, children)
            changed = [action == "changed" for action in actions]
            texts = [text for text, is_changed in zip(result.texts, changed, strict=True) if is_changed]
            if texts:
                column = pc.replace_with_mask(column, pa.array(changed), pa.array(texts, pa.string()))
            keep = pa.array([action in ("kept", "changed") for action in actions])
            columns = [table["document_id"], table["offset"], pa.array(flags, pa.int32()), column]
            for made in bounded_batches(pa.table(columns, schema=TEXT).filter(keep)):
                out.write(made)
    files = {
        "data": out.close(),
        "decisions": context.write("decisions", part.name, decisions.table()),
        "spans": context.write("spans", part.name, _table(spans, SPANS)),
    }
    if review:
        files["review"] = context.write("review", part.name, _table(review, REVIEW))
    facts = {"text_bytes": files["data"].bytes}
    context.add_part(
        Part(part.name, part.source_id, part.raw_bytes, files, decisions.counts(), decisions.reasons(), facts)
    )
    answered = Counter(row[_ANSWER] for row in review)
    context.done(
        found={part.source_id: dict(sorted(found.items()))},
        kept={part.source_id: dict(sorted(kept.items()))},
        review=answered[""],
        reviewed={answer: answered[answer] for answer in ANSWERS},
        **{name: children[name] for name in CHILDREN},
    )


def _tagged(flags: list[int], result: BatchResult, actions: Sequence[str], children: Counter[str]) -> list[int]:
    """`flags` with the tags of children in them; counts documents into `children`. What is quarantined carries none."""
    tagged = list(flags)
    children["child_authors"] += len(result.child_authors)
    for row in result.child_authors | result.child_mentions:
        if actions[row] == "quarantined":
            continue
        if row in result.child_authors:
            tagged[row] |= FLAG_CHILD_AUTHOR
            children["child_authors_left"] += not flags[row] & FLAG_GUARDIAN_CONSENT
        if row in result.child_mentions:
            tagged[row] |= FLAG_CHILD_MENTION
            children["child_mentions"] += 1
    return tagged


def _working(file: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Staged batches (at most 256 rows) joined to about a mebibyte: what each costs beyond its text is paid once."""
    held: list[pa.RecordBatch] = []
    size = 0
    for batch in file:
        held.append(batch)
        size += batch["text"].nbytes
        if size >= _WORKING_BYTES:
            yield pa.Table.from_batches(held)
            held, size = [], 0
    if held:
        yield pa.Table.from_batches(held)


_WORKING_BYTES = 1 << 20
_ANSWER = REVIEW.get_field_index("answer")


def _review_rows(ids: Sequence[bytes], items: Sequence[ReviewItem]) -> list[tuple[Any, ...]]:
    """Rows of REVIEW. A cut context may bring digits together: Art. 24 is looked for in it, as in the text."""
    contexts = art24.redact([item.context for item in items]).texts if items else []
    return [
        (ids[r.doc], r.id, r.start, r.end, r.type, r.score_ppm, r.answer, shown)
        for r, shown in zip(items, contexts, strict=True)
    ]


def _table(rows: Sequence[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )
