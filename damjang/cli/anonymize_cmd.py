"""`damjang anonymize` as a plain function: one file in, the same file with personal information rewritten out.

JSONL keeps every field but the text; any other file is one text. Art. 24 identifiers go first, as at ingest, then
everything else by the policy. Pseudonyms and surrogates are keyed by a random key that is forgotten with the call.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from damjang.cli.detect_cmd import LineError, read_rows, read_text

if TYPE_CHECKING:
    from anonymizers.findings import Recognized
    from schemas.policy import Policy

_BATCH: Final = 2_000_000  # characters looked at in one go
LINES: Final = (".jsonl", ".ndjson")


@dataclass(frozen=True)
class Anonymized:
    """Counts of texts by what became of them, of rewritten values by type, and of spans an officer should look at."""

    texts: int = 0
    kept: int = 0
    changed: int = 0
    dropped: int = 0
    quarantined: int = 0
    review: int = 0
    found: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)


def anonymize_file(source: Path, out: Path, policy_name: str) -> Anonymized:
    """Writes `out`. Dropped and quarantined texts are left out. Raises LineError, ConfigError (the policy)."""
    from anonymizers.pipeline import default_recognizers
    from schemas.policy import load_policy

    if out.exists() and out.samefile(source):
        raise LineError("--out is the file itself", "name another file: the original would be gone")
    policy = load_policy(policy_name, Path())
    recognizers = default_recognizers(policy)
    counts = {"texts": 0, "kept": 0, "changed": 0, "dropped": 0, "quarantined": 0, "review": 0}
    found: dict[str, int] = {}
    reasons: dict[str, int] = {}
    key = secrets.token_bytes(32)
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(out.name + ".part")
    try:
        with part.open("wb") as file:
            first = 0
            for rows, texts in _batches(source):
                made = _batch(texts, policy, recognizers, key, first, found)
                first += len(texts)
                counts["texts"] += len(texts)
                counts["review"] += made.review
                for row, text, action, reason in zip(rows, made.texts, made.actions, made.reasons, strict=True):
                    counts[action] += 1
                    if action != "kept":
                        reasons[reason] = reasons.get(reason, 0) + 1
                    if action in ("kept", "changed"):
                        _write(file, row, text)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return Anonymized(**counts, found=dict(sorted(found.items())), reasons=dict(sorted(reasons.items())))


@dataclass(frozen=True)
class _Made:
    texts: list[str]
    actions: list[str]
    reasons: list[str]
    review: int


def _batch(
    texts: list[str],
    policy: Policy,
    recognizers: Sequence[Recognized],
    key: bytes,
    first: int,
    found: dict[str, int],
) -> _Made:
    from anonymizers import art24
    from anonymizers.pipeline import anonymize_batch

    redacted = art24.redact(texts)
    result = anonymize_batch(
        redacted.texts,
        policy=policy,
        recognizers=recognizers,
        pseudonym_key=key,
        doc_keys=[(first + number).to_bytes(16, "big") for number in range(len(texts))],
    )
    actions, reasons = [str(action) for action in result.actions], list(result.reasons)
    for row in redacted.changed:
        if actions[row] == "kept":
            actions[row], reasons[row] = "changed", "art24_removed"
    for row in art24.redact(result.texts).changed:  # rewriting can bring digits together that were apart
        actions[row], reasons[row] = "quarantined", "art24_after_rewrite"
    for counted in (redacted.counts, result.counts):
        for kind, number in counted.items():
            found[kind] = found.get(kind, 0) + number
    return _Made(list(result.texts), actions, reasons, len(result.review))


def _write(file: BinaryIO, row: dict[str, Any] | None, text: str) -> None:
    import orjson

    if row is None:
        file.write(text.encode())
    else:
        file.write(orjson.dumps({**row, "text": text}) + b"\n")


def _batches(source: Path) -> Iterator[tuple[list[dict[str, Any] | None], list[str]]]:
    """(rows, texts); the one row of a file that is not JSONL is None."""
    if source.suffix not in LINES:
        try:
            yield [None], [source.read_text(encoding="utf-8")]
        except UnicodeDecodeError:
            raise LineError(f"{source} is not UTF-8", "give a UTF-8 text, or JSONL named .jsonl") from None
        return
    rows: list[dict[str, Any] | None] = []
    texts: list[str] = []
    size = 0
    for number, row in read_rows(source):
        rows.append(row)
        texts.append(read_text(source, number, row))
        size += len(texts[-1])
        if size >= _BATCH:
            yield rows, texts
            rows, texts, size = [], [], 0
    if texts:
        yield rows, texts
