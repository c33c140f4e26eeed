"""Which root of trust a release is verified against: the one named, else the one pinned, else a demo's own.

A real root.json is never taken from beside the release: who could exchange the release could exchange it too. It
comes by another way, once, with --trust, and is pinned then.
"""

from __future__ import annotations

import re
from pathlib import Path

from damjang.certificates import verify
from damjang.certificates.dsse import IN_TOTO, Envelope
from damjang.certificates.reader import load_root, read_metadata
from damjang.certificates.revocation import REVOCATIONS_TYPE, RevocationList
from damjang.certificates.statement import Statement
from damjang.client.errors import NotPinned
from damjang.client.state import State

_ROOT_ID = re.compile(r"[0-9a-f]{32}")


def trust_for_release(folder: Path, trust: Path | None, state: State) -> Path:
    """The root.json to verify the release in `folder` with. Raises NotPinned, MissingFile, Malformed."""
    if trust is not None:
        return trust
    envelope = Envelope.from_bytes(read_metadata(folder, verify.CERTIFICATE), IN_TOTO, verify.CERTIFICATE)
    return _pinned(Statement.from_bytes(envelope.payload).root_id, folder, state)


def trust_for_list(file: Path, trust: Path | None, state: State) -> Path:
    """The root.json to verify a revocation list with. Raises NotPinned, MissingFile, Malformed."""
    if trust is not None:
        return trust
    envelope = Envelope.from_bytes(read_metadata(file.parent, file.name), REVOCATIONS_TYPE, file.name)
    return _pinned(RevocationList.from_bytes(envelope.payload).root_id, file, state)


def _pinned(claimed: str, near: Path, state: State) -> Path:
    """`claimed` is not yet verified: it only says which pin to look for."""
    if _ROOT_ID.fullmatch(claimed):
        pin = state.folder / claimed / "root.json"
        if pin.exists():
            return pin
    for parent in near.resolve().parents:
        beside = parent / "trust" / "root.json"
        if beside.is_file():
            if load_root(beside).demo:
                return beside
            break
    raise NotPinned(
        "this machine has not pinned the root of trust that issued this",
        "give --trust root.json once, obtained from the issuer by another way than the release itself",
    )
