"""Who may enter: what register settled about grounds, tombstones and consent, applied to each record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from anonymizers import art24
from governance.consents import ConsentSnapshot
from governance.vault.tombstones import tombstones_from
from pipelines.identity import document_id, located_id, subject_token
from pipelines.readers import RawBatch
from pipelines.units import WorkUnit
from pipelines.work import UnitContext
from schemas.arrow import FLAG_GUARDIAN_CONSENT, FLAG_SENSITIVE_CONSENT
from schemas.project import Source


class Verdict:
    __slots__ = ("action", "flags", "reason", "tokens")

    def __init__(self, action: str, reason: str, flags: int = 0, tokens: Sequence[bytes] = ()) -> None:
        self.action, self.reason, self.flags, self.tokens = action, reason, flags, tokens


class Judge:
    """Applies to each record what register settled: the source's ground, tombstones, and its subjects' consent."""

    def __init__(self, context: UnitContext, source: Source) -> None:
        self._key = context.keyring.project
        self._source = source
        self._refused: str = context.config["refused"].get(source.id, "")
        self._needs_consent = source.id in context.config["needs_consent"]
        register = context.manifest("register")
        with context.open("register", register.side["consents"][0]) as file:
            self._consents = ConsentSnapshot.from_arrow(file.table())
        with context.open("register", register.side["tombstones"][0]) as file:
            self._tombstones = tombstones_from(context.keyring.extra["tombstone"], file.table())

    def batch(self, batch: RawBatch, unit: WorkUnit) -> tuple[list[bytes], list[bool], list[Verdict]]:
        """(ids, whether the id comes from a record key, verdicts). A key that holds an Art. 24 identifier is no key."""
        digests = batch.file_digests or [unit.file_digest] * len(batch)
        keys = list(batch.keys or [None] * len(batch))
        for row in art24.redact([key or "" for key in keys]).changed if any(keys) else ():
            keys[row] = None
        ids = [
            located_id(self._key, digest, offset) if key is None else document_id(self._key, self._source.id, key)
            for key, digest, offset in zip(keys, digests, batch.offsets.tolist(), strict=True)
        ]
        return ids, [key is not None for key in keys], list(self._verdicts(ids, batch.subjects))

    def _verdicts(self, ids: list[bytes], subjects: Sequence[Sequence[str]]) -> Iterator[Verdict]:
        if self._refused:
            for _ in ids:
                yield Verdict("dropped", self._refused)
            return
        tokens = [[subject_token(self._key, self._source.id, name) for name in names] for names in subjects]
        states = self._consents.lookup([token for listed in tokens for token in listed])
        at = 0
        for identifier, listed in zip(ids, tokens, strict=True):
            mine = states[at : at + len(listed)]
            at += len(listed)
            yield self._verdict(identifier, listed, mine)

    def _verdict(self, identifier: bytes, tokens: list[bytes], states: Sequence[Any]) -> Verdict:
        dead = self._tombstones
        if dead.has_document(identifier) or any(dead.has_subject(token) for token in tokens):
            return Verdict("dropped", "tombstone")
        for state in states:
            if state.name == "child_without_guardian":
                return Verdict("quarantined", "child_without_guardian")
        if self._needs_consent:
            if not tokens:
                return Verdict("dropped", "consent_no_subject")
            for state in states:
                if state.name != "allowed":
                    return Verdict("dropped", f"consent_{state.name}")
        else:
            # a withdrawal counts whatever the ground: it never falls back to another (PIPA 37)
            if any(state.name == "withdrawn" for state in states):
                return Verdict("dropped", "consent_withdrawn")
        for state in states:
            received = self._source.mydata or state.mydata
            if received and not (self._needs_consent and state.ai_training):  # PIPA 35-2: its own consent to training
                return Verdict("dropped", "ground_mydata")
        flags = 0
        if states and all(state.sensitive for state in states):
            flags |= FLAG_SENSITIVE_CONSENT
        if states and all(state.guardian for state in states):
            flags |= FLAG_GUARDIAN_CONSENT
        return Verdict("kept", "", flags, tokens)
