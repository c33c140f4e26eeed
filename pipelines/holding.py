"""Documents held for an officer: near-identical copies of what somebody withdrew, kept out until somebody decides.

A copy carries the withdrawn person's text, or nearly, and may be another person's own. The officer releases it (the
next run may take it in again) or withdraws it (its staged text is destroyed as in any withdrawal). Which documents are
held is in the sealed plans of the withdrawals; the decision is in the ledger, the access log and the audit log.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from damjang.certificates.keys import Signer
from damjang.certificates.logproof import commitment
from governance import requests as rights
from governance import withdrawal
from governance.audit import Entry
from governance.errors import NotHeld
from governance.times import stamp
from governance.vault.tombstones import HELD, Mark
from pipelines.files import read_json
from pipelines.office import office_of
from pipelines.stage import Run
from pipelines.withdrawing import Outcome, approve, kept_plan, resume

KIND = "held"


@dataclass(frozen=True)
class Held:
    """A document (id in hex) that waits, since when (UTC), and the withdrawal whose documents it is a copy of."""

    document_id: str
    request_id: str
    source_id: str
    since: str


def held(run: Run) -> list[Held]:
    """What waits for an officer, oldest first."""
    found: dict[str, Held] = {}
    for path in sorted((run.out / "withdrawals").glob("*/request.json")):
        request_id = path.parent.name
        plan = kept_plan(run, request_id, read_json(path)["plan"])
        for document in plan.held:
            told = run.vault.tombstones.told("document", bytes.fromhex(document))
            if told is not None and told[0] == HELD:
                found.setdefault(document, Held(document, request_id, plan.source_id, told[1]))
    return sorted(found.values(), key=lambda one: (one.since, one.document_id))


def release(run: Run, document_id: str, actor: str, where: str) -> None:
    """Lets a held document in again from the next run on. Raises NotHeld: a withdrawn one is never let in."""
    one = _one(run, document_id)
    raw = bytes.fromhex(one.document_id)
    mark = Mark("document", run.vault.tombstones.mark("document", raw), "lifted", HELD, stamp(run.now))
    run.vault.access_log.add(actor, run.now, where, one.document_id, "held-release")
    run.ledger.record_tombstone_marks([mark], run.now, actor=actor)
    run.vault.tombstones.lift("document", raw, HELD)
    _log(run, one, actor, "released")


def withdraw(run: Run, document_id: str, actor: str, where: str, officers: Sequence[Signer] = ()) -> Outcome:
    """Withdraws a held document for good: its staged text is destroyed. Raises NotHeld, SignatureAwaited."""
    one = _one(run, document_id)
    run.vault.access_log.add(actor, run.now, where, one.document_id, "held-withdraw")
    request = rights.receive(
        run.ledger, run.vault, "withdraw", run.now, received_at=run.now, channel=KIND, source_id=one.source_id
    )
    rights.advance(run.ledger, request, "verified", run.now, actor=actor, reason="held_copy", evidence="")
    made = withdrawal.plan(
        run.ledger, run.vault, run.out, run.project.name,
        request_id=request, reason="withdrawal", source_id=one.source_id, documents=[bytes.fromhex(one.document_id)],
    )  # fmt: skip
    # Its siblings were held with it and are decided one by one: what was released is not held again.
    approve(run, replace(made, held=()), [request], actor)
    outcome = resume(run, request, officers)
    for state in ("notified", "closed"):  # nobody asked, so nobody is owed an answer
        rights.advance(run.ledger, request, state, run.now, actor=actor, reason="held_copy")
    _log(run, one, actor, "withdrawn")
    return outcome


def _one(run: Run, document_id: str) -> Held:
    found = [one for one in held(run) if document_id and one.document_id.startswith(document_id)]
    if len(found) != 1:
        raise NotHeld("this document is not held, or its first digits fit several", "`damjang held` lists them")
    return found[0]


def _log(run: Run, one: Held, actor: str, decision: str) -> None:
    """A salted commitment in the audit log: the decision, by whom, when."""
    said = {"document": one.document_id, "request": one.request_id, "by": actor, "decision": decision}
    digest = hashlib.sha256(json.dumps(said | {"at": stamp(run.now)}, sort_keys=True).encode()).digest()
    salt = run.vault.release_salt(f"log/held/{one.document_id}/{decision}")
    office_of(run.project, run.ledger, log_key=False).log.append([Entry(KIND, run.now, commitment(salt, digest))])
