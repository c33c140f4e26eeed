"""`damjang anonymize` as a plain function: one file in, the same file with personal information rewritten out.

JSON lines (by name, or by what they begin with) keep every field but the text and what `also` names; any other file is
one text. Art. 24 identifiers go first, as at ingest, then everything else by the policy. Pseudonyms and surrogates are
keyed by a random key that is forgotten with the call. Each line's fate can be written beside it (`decisions`).
"""

from __future__ import annotations

import io
import json
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from damjang.cli.detect_cmd import BATCH, MODEL_BATCH, LineError, Progress, batches, silent
from damjang.cli.json_lines import Line, dumps
from damjang.cli.line_files import (
    BLOCK,
    BOM,
    JSON_LINES,
    FileInputError,
    LeftOut,
    Opened,
    json_object,
    kind_of,
    opened,
    some_lines,
)
from damjang.cli.other_fields import OtherFields
from damjang.cli.outfile import writing
from schemas.errors import DamjangError

if TYPE_CHECKING:
    from anonymizers.findings import Recognized
    from schemas.policy import Policy

__all__ = ["Anonymized", "LineError", "NothingWritten", "anonymize_file"]

_SNIFFED: Final = 10  # lines that tell JSON lines from a text
_KEPT: Final = 100  # lines that are named of each reason
_ORDER: Final = ("quarantined", "dropped", "changed", "kept")  # of a record's fields the first one decides
_ESCAPE: Final = re.compile(r"\\u[0-9a-fA-F]{4}")


class NothingWritten(DamjangError):
    """A file that is one text was dropped or quarantined: there is nothing to write."""

    exit_code = 1


@dataclass(frozen=True)
class Anonymized:
    """Counts of texts by what became of them, of rewritten values by type, and of spans an officer should look at.

    reasons: of all that were not kept; lines: the first lines that were dropped or quarantined, by action and reason.
    left_out and left_out_lines: lines that are no text. other_fields: what seems personal in the fields passed on.
    escapes: `\\uXXXX` in a text, which nobody read.
    """

    texts: int = 0
    kept: int = 0
    changed: int = 0
    dropped: int = 0
    quarantined: int = 0
    review: int = 0
    found: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    lines: dict[str, list[int]] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    left_out_lines: dict[str, list[int]] = field(default_factory=dict)
    other_fields: dict[str, dict[str, int]] = field(default_factory=dict)
    escapes: int = 0
    notes: list[str] = field(default_factory=list)


def anonymize_file(
    source: Path,
    out: Path,
    policy_name: str,
    *,
    text: str = "text",
    also: Sequence[str] = (),
    recognizers: Sequence[Recognized] = (),
    decisions: Path | None = None,
    progress: Progress = silent,
) -> Anonymized:
    """Writes `out`. Dropped and quarantined texts are left out, as are lines that hold none; all are told, and named by
    line in `decisions`. `text` and `also` are the fields to rewrite; `recognizers` are asked besides the policy's.

    Lists and models that the policy names are relative to its file. Raises FileInputError, NothingWritten, ConfigError.
    """
    from anonymizers.pipeline import default_recognizers
    from anonymizers.public_figures import load_public_figures
    from schemas.policy import load_policy

    policy = load_policy(policy_name, Path())
    root = _root(policy_name)
    figures = load_public_figures(policy, root)
    work = _Work(policy, [*default_recognizers(policy, root), *recognizers], figures, (text, *also))
    size = MODEL_BATCH if recognizers or policy.anonymize.model else BATCH
    with ExitStack() as stack:
        file = stack.enter_context(opened(source))
        whole = None
        if kind_of(source) not in JSON_LINES:
            file, whole = _told_apart(file)
        made = stack.enter_context(writing(out, [source]))
        record = stack.enter_context(writing(decisions, [source, out])) if decisions else None
        if whole is not None:
            work.one_text(source, whole, made, record)
        else:
            work.lines(file, size, made, record, progress)
    return work.done()


def _root(policy_name: str) -> Path:
    """The folder of a policy file; of a shipped policy the working folder, and it names nothing."""
    return Path(policy_name).parent


def _told_apart(file: Opened) -> tuple[Opened, bytes | None]:
    """(the file, for JSON lines; the whole of it, for one text). JSON lines are not held in memory."""
    head = file.stream.read(BLOCK)
    if _is_lines(head):
        return replace(file, stream=_Resumed(head, file.stream)), None
    whole = head + file.stream.read()
    if len(whole) > len(head) and _is_lines(whole):  # its first line is longer than a block
        return replace(file, stream=io.BytesIO(whole)), None
    _refuse_json(file.path, whole)
    return file, whole


class _Resumed:
    """A stream from its beginning again, of which `head` was read."""

    def __init__(self, head: bytes, stream: Any) -> None:
        self._head, self._stream = head, stream

    def read(self, size: int) -> Any:
        """The next bytes; none at the end."""
        head, self._head = self._head, b""
        return head or self._stream.read(size)


def _is_lines(data: bytes) -> bool:
    """Whether a file of another name begins as JSON lines do, with a record among its first lines."""
    head = data.removeprefix(BOM).lstrip()
    if head[:1] not in (b"{", b"["):
        return False
    lines = (line for line in head.split(b"\n", 10 * _SNIFFED) if line.strip())
    return any(json_object(line) is not None for _, line in zip(range(_SNIFFED), lines, strict=False))


def _refuse_json(source: Path, data: bytes) -> None:
    """FileInputError for JSON of another shape: read as one text, its escapes would hide what they spell."""
    if data.removeprefix(BOM).lstrip()[:1] not in (b"{", b"["):
        return
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return
    raise FileInputError(
        f"{source} is JSON, but not one record a line", "write it so: jq -c . (of an array: jq -c '.[]')"
    )


class _Work:
    """One file's road: what is rewritten how, and what is counted on the way."""

    def __init__(
        self,
        policy: Policy,
        recognizers: Sequence[Recognized],
        figures: Mapping[str, frozenset[str]],
        fields: tuple[str, ...],
    ) -> None:
        self.policy, self.recognizers, self.figures, self.fields = policy, recognizers, figures, fields
        self.key = secrets.token_bytes(32)
        self.left = LeftOut()
        self.others = OtherFields(fields)
        self.counts = dict.fromkeys(("texts", *reversed(_ORDER), "review", "escapes"), 0)
        self.found: dict[str, int] = {}
        self.reasons: dict[str, int] = {}
        self.first: dict[tuple[str, str], list[int]] = {}
        self.gone: dict[tuple[str, str], int] = {}

    def one_text(self, source: Path, data: bytes, out: BinaryIO, record: BinaryIO | None) -> None:
        """The whole file; its line ends and byte order mark stay."""
        try:
            text = data.decode()
        except UnicodeDecodeError:
            raise FileInputError(f"{source} is not UTF-8", "convert it: iconv -f CP949 -t UTF-8") from None
        made = self.rewrite([text], [self.doc_key(0)])
        action, reason = made.actions[0], made.reasons[0]
        if action in ("dropped", "quarantined"):
            raise NothingWritten(
                f"{source} was {action} ({reason}): nothing was written", "JSON lines lose single texts"
            )
        self.counts["texts"] = 1
        self.counts["escapes"] = len(_ESCAPE.findall(text))
        self.count(1, action, reason)
        out.write(made.texts[0].encode())
        if record is not None:
            record.write(_decision(1, action, reason))

    def lines(self, file: Opened, size: int, out: BinaryIO, record: BinaryIO | None, progress: Progress) -> None:
        """JSON lines, a batch at a time."""
        skipped: list[tuple[int, str]] = []
        left = _Told(self.left, skipped.append) if record is not None else self.left
        for lines, _ in batches(file, self.fields[0], list(self.fields), left, size):
            fates = self.batch(lines)
            for line, (action, _) in zip(lines, fates, strict=True):
                if action in ("kept", "changed"):
                    out.write(dumps(line.row) + b"\n")
            if record is not None:
                numbered = [(line.number, *fate) for line, fate in zip(lines, fates, strict=True)]
                _record(record, numbered, skipped)
            progress(file.done(), file.size)
        if record is not None:
            _record(record, [], skipped)

    def batch(self, lines: Sequence[Line]) -> list[tuple[str, str]]:
        """(action, reason) of each record, whose rows are rewritten in place."""
        self.others.look(lines)
        where = [(line, name) for line in lines for name in self.fields if isinstance(line.row.get(name), str)]
        made = self.rewrite([line.row[name] for line, name in where], [self.doc_key(line.number) for line, _ in where])
        fates: dict[int, tuple[str, str]] = {}
        for (line, name), text, action, reason in zip(where, made.texts, made.actions, made.reasons, strict=True):
            line.row[name] = text
            if action == "dropped" and name != self.fields[0]:
                action = "changed"  # a field is empty, the record is not
            before = fates.get(line.number, ("kept", "no_finding"))
            fates[line.number] = min(before, (action, reason), key=lambda fate: _ORDER.index(fate[0]))
        out = [fates.get(line.number, ("kept", "no_finding")) for line in lines]
        self.counts["texts"] += len(lines)
        for line, (action, reason) in zip(lines, out, strict=True):
            self.count(line.number, action, reason)
        return out

    def count(self, number: int, action: str, reason: str) -> None:
        """One record's fate."""
        self.counts[action] += 1
        if action != "kept":
            self.reasons[reason] = self.reasons.get(reason, 0) + 1
        if action in ("dropped", "quarantined"):
            self.gone[action, reason] = self.gone.get((action, reason), 0) + 1
            first = self.first.setdefault((action, reason), [])
            if len(first) < _KEPT:
                first.append(number)

    def doc_key(self, number: int) -> bytes:
        """What pseudonyms are consistent within: a record, all its fields."""
        return number.to_bytes(16, "big")

    def rewrite(self, texts: list[str], doc_keys: list[bytes]) -> _Made:
        """Art. 24 first, then the policy, then Art. 24 once more."""
        from anonymizers import art24
        from anonymizers.pipeline import anonymize_batch

        redacted = art24.redact(texts)
        result = anonymize_batch(
            redacted.texts,
            policy=self.policy,
            recognizers=self.recognizers,
            pseudonym_key=self.key,
            doc_keys=doc_keys,
            public_figures=self.figures,
        )
        actions, reasons = [str(action) for action in result.actions], list(result.reasons)
        for row in redacted.changed:
            if actions[row] == "kept":
                actions[row], reasons[row] = "changed", "art24_removed"
        for row in art24.redact(result.texts).changed:  # rewriting can bring digits together that were apart
            actions[row], reasons[row] = "quarantined", "art24_after_rewrite"
        for counted in (redacted.counts, result.counts):
            for kind, number in counted.items():
                self.found[kind] = self.found.get(kind, 0) + number
        self.counts["review"] += len(result.review)
        return _Made(list(result.texts), actions, reasons)

    def done(self) -> Anonymized:
        """What was done, with a line for a person on each thing that is not as it should be."""
        notes = [
            f"{count:,} {action} ({reason}): {some_lines(self.first[action, reason], count)}"
            for (action, reason), count in sorted(self.gone.items())
        ]
        notes += [self.left.by_line()] if self.left.total else []
        notes += self.others.told()
        if self.counts["escapes"]:
            notes.append(f"{self.counts['escapes']:,} escapes (\\uXXXX) in the text were not read: is it JSON lines?")
        return Anonymized(
            **self.counts,
            found=dict(sorted(self.found.items())),
            reasons=dict(sorted(self.reasons.items())),
            lines={f"{action}:{reason}": first for (action, reason), first in sorted(self.first.items())},
            left_out=self.left.reasons,
            left_out_lines=self.left.lines,
            other_fields=self.others.found,
            notes=notes,
        )


@dataclass(frozen=True)
class _Made:
    texts: list[str]
    actions: list[str]
    reasons: list[str]


class _Told(LeftOut):
    """Counts in `inner`, and tells each line to `tell`."""

    def __init__(self, inner: LeftOut, tell: Callable[[tuple[int, str]], Any]) -> None:
        super().__init__(inner.reasons, inner.places, inner.lines)
        self._tell = tell

    def add_line(self, reason: str, path: Path, number: int) -> None:
        super().add_line(reason, path, number)
        self._tell((number, reason))


def _record(file: BinaryIO, fates: Sequence[tuple[int, str, str]], skipped: list[tuple[int, str]]) -> None:
    """Decisions in the order of lines; those left out were met on the way."""
    out = [(number, "left_out", reason) for number, reason in skipped]
    skipped.clear()
    for number, action, reason in sorted([*fates, *out]):
        file.write(_decision(number, action, reason))


def _decision(number: int, action: str, reason: str) -> bytes:
    return dumps({"line": number, "action": action, "reason": reason}) + b"\n"
