"""A witness: somebody outside who cosigns a log's checkpoints, having seen that each extends the one before.

Runs where the exports go, on another machine and under another person's key, and remembers the last checkpoint it
cosigned. A ledger that rewrites history then needs the witness's key too. It recomputes from the exported `leaves`,
and needs neither the ledger nor the network (C2SP tlog-cosignature; the rule is that of tlog-witness).
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from damjang.certificates.errors import TrustError
from damjang.certificates.files import locked, write_atomic
from damjang.certificates.keys import PublicKey, Signer
from damjang.certificates.merkle import root_of
from damjang.certificates.note import Checkpoint, cosign, verify_checkpoint, verify_cosignature
from governance.audit import LEAVES
from governance.audit_verify import read_checkpoints
from governance.errors import AuditEntryBad, AuditError, AuditForked, AuditTruncated


def witness(
    exports: Path, memory: Path, origin: str, key: PublicKey, name: str, signer: Signer, now: dt.datetime
) -> Checkpoint:
    """Cosigns the newest checkpoint in `exports` as witness `name`; returns it.

    `memory`: the witness's own file with the last note it cosigned, kept where the log's operator cannot write.
    `key`: the log's key as pinned by the witness. Raises AuditTruncated or AuditForked if the log does not extend
    what was cosigned.
    """
    memory.parent.mkdir(parents=True, exist_ok=True)
    with locked(memory.with_name(f".{memory.name}.lock")):
        note = read_checkpoints(exports)[-1]
        point = _read(note, origin, key)
        leaves = _leaves(exports / LEAVES, point.size)
        if root_of(leaves) != point.root:
            raise AuditEntryBad("the exported leaves are not those of the newest checkpoint", "export again", 0)
        if memory.exists():
            old = _read(memory.read_bytes(), origin, key)
            if point.size < old.size:
                raise AuditTruncated(
                    f"the newest checkpoint has {point.size} entries, one of {old.size} was cosigned",
                    "keep both: the log was cut",
                    point.size,
                )
            if root_of(leaves[: old.size]) != old.root:
                raise AuditForked(
                    f"the log's first {old.size} entries are not those that were cosigned",
                    "keep both checkpoints: together they prove the rewriting",
                )
        both = note if _cosigned(note, name, signer.public) else cosign(note, name, signer, now)
        write_atomic(memory, both)
        write_atomic(exports / f"checkpoint-{point.size:012d}", both)
        return point


def _read(note: bytes, origin: str, key: PublicKey) -> Checkpoint:
    try:
        return verify_checkpoint(note, origin, key)
    except TrustError as error:
        raise AuditError(f"the checkpoint is not to be trusted: {error.message}", error.remedy) from None


def _cosigned(note: bytes, name: str, key: PublicKey) -> bool:
    try:
        verify_cosignature(note, name, key)
    except TrustError:
        return False
    return True


def _leaves(path: Path, size: int) -> list[bytes]:
    data = path.read_bytes() if path.exists() else b""
    if len(data) < 32 * size:
        raise AuditTruncated(f"{len(data) // 32} leaves were exported, the checkpoint has {size}", "export again", size)
    return [data[place : place + 32] for place in range(0, 32 * size, 32)]
