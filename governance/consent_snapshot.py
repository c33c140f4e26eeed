"""A consent snapshot: what the ledger says of every subject for one purpose on one day, as sorted arrays and a root.

The root commits to a Merkle tree (RFC 9162 hashing) over the subjects sorted by token, so that a subject's state, and a
subject's absence, can be proved:

    leaf  = 0x00 ‖ token (16) ‖ SHA-256(leaf salt (32) ‖ state (2))
    root  = SHA-256("damjang-consents/v1\\0" as-of "\\0" purpose "\\0" size (8) ‖ Merkle root)

A proof of absence shows the two neighbours' tokens and a hash each, not their states. It proves what the ledger said,
not that a consent was genuine.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from damjang.certificates import merkle
from damjang.certificates.errors import TrustError
from governance.consent_state import NONE, ConsentState, state_of
from governance.errors import ConsentProofInvalid

_COLUMNS: Any = [
    pa.field("subject_token", pa.binary(16), nullable=False),
    pa.field("state", pa.uint16(), nullable=False),
]
SNAPSHOT: Final = pa.schema(_COLUMNS)
_DOMAIN: Final = b"damjang-consents/v1\0"


@dataclass(frozen=True, repr=False, eq=False)
class ConsentSnapshot:
    """Sorted `tokens` (n, 16) uint8 and `codes` (n,) uint16. The salt key stays with the driver: workers have none."""

    as_of: dt.date
    purpose: str
    tokens: npt.NDArray[np.uint8]
    codes: npt.NDArray[np.uint16]
    root: str
    _salt: bytes | None = field(default=None)

    @classmethod
    def build(
        cls, as_of: dt.date, purpose: str, tokens: npt.NDArray[np.uint8], codes: npt.NDArray[np.uint16], salt: bytes
    ) -> Self:
        """Sorts by token and computes the root. `salt` is a key of the vault's; leaf salts derive from it."""
        packed = np.ascontiguousarray(tokens).reshape(-1, 16).view(">u8").reshape(-1, 2)
        order = np.lexsort((packed[:, 1], packed[:, 0]))
        tokens, codes = tokens.reshape(-1, 16)[order], codes[order].astype(np.uint16)
        made = cls(as_of, purpose, tokens, codes, "", salt)
        top = _commit(as_of, purpose, len(codes), merkle.root_of(made._leaves))
        object.__setattr__(made, "root", top)
        return made

    def __len__(self) -> int:
        return len(self.codes)

    def __repr__(self) -> str:
        return f"ConsentSnapshot({self.as_of}, {self.purpose}, {len(self)} subjects)"

    def lookup(self, tokens: Sequence[bytes]) -> list[ConsentState]:
        """States of 16-byte tokens, in order; `none` for a subject without a record."""
        if not tokens:
            return []
        wanted = np.frombuffer(b"".join(tokens), dtype=">u8").reshape(-1, 2)
        high, low = self._packed[:, 0], self._packed[:, 1]
        # Tokens are keyed hashes: two with the same first half do not happen, but are looked through all the same.
        at = np.searchsorted(high, wanted[:, 0])
        found = [NONE] * len(tokens)
        for number, (place, (first, second)) in enumerate(zip(at.tolist(), wanted.tolist(), strict=True)):
            while place < len(high) and high[place] == first:
                if low[place] == second:
                    found[number] = state_of(int(self.codes[place]))
                    break
                place += 1
        return found

    def counts(self) -> dict[str, int]:
        """Subjects by state name."""
        values, numbers = np.unique(self.codes & 0xFF, return_counts=True)
        return {state_of(int(v)).name: int(n) for v, n in zip(values, numbers, strict=True)}

    def to_arrow(self) -> pa.Table:
        """For workers: tokens and states, and in the metadata what it is a snapshot of. No salts."""
        about = json.dumps({"as_of": self.as_of.isoformat(), "purpose": self.purpose, "root": self.root})
        columns = [
            pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), len(self), [None, pa.py_buffer(self.tokens.tobytes())]),
            pa.array(self.codes, pa.uint16()),
        ]
        return pa.table(columns, schema=SNAPSHOT.with_metadata({b"damjang.consents": about.encode()}))

    @classmethod
    def from_arrow(cls, table: pa.Table) -> Self:
        """What `to_arrow` wrote; a table whose metadata was lost still looks up."""
        about = json.loads((table.schema.metadata or {}).get(b"damjang.consents", b"{}"))
        tokens: npt.NDArray[np.uint8] = np.zeros((0, 16), np.uint8)
        if table.num_rows:
            column = table["subject_token"].combine_chunks()
            chunk = column.chunk(0) if isinstance(column, pa.ChunkedArray) else column
            values: Any = chunk.buffers()[1]
            data = np.frombuffer(values, dtype=np.uint8)
            tokens = data.reshape(-1, 16)[chunk.offset : chunk.offset + len(chunk)]
        codes = table["state"].to_numpy().astype(np.uint16)
        as_of = dt.date.fromisoformat(about.get("as_of", "1970-01-01"))
        return cls(as_of, about.get("purpose", ""), tokens, codes, about.get("root", ""))

    # --- proofs ----------------------------------------------------------------------------------------------

    def prove(self, token: bytes) -> ConsentProof:
        """A proof of one subject's state, or of its absence, against `root`. Needs the salt key (the driver's copy)."""
        wanted = tuple(np.frombuffer(token, dtype=">u8").tolist())
        keys = [tuple(pair) for pair in self._packed.tolist()]
        at = bisect_left(keys, wanted)
        present = at < len(keys) and keys[at] == wanted
        places = [at] if present else [p for p in (at - 1, at) if 0 <= p < len(keys)]
        subtree = merkle.subtree_of(self._leaves)
        size = len(self)
        steps = tuple(
            ProofStep(p, self.tokens[p].tobytes(), self._commitment(p), tuple(merkle.inclusion_proof(p, size, subtree)))
            for p in places
        )
        opened = (int(self.codes[at]), self._leaf_salt(at)) if present else None
        return ConsentProof(self.as_of, self.purpose, size, merkle.root_of(self._leaves), steps, opened)

    @cached_property
    def _packed(self) -> npt.NDArray[np.uint64]:
        return np.ascontiguousarray(self.tokens).view(">u8").reshape(-1, 2).astype(np.uint64)

    @cached_property
    def _leaves(self) -> list[bytes]:
        return list(self._leaf_hashes())

    def _leaf_hashes(self) -> Iterator[bytes]:
        for place in range(len(self)):
            yield merkle.leaf_hash(self.tokens[place].tobytes() + self._commitment(place))

    def _leaf_salt(self, place: int) -> bytes:
        if self._salt is None:
            raise ConsentProofInvalid("this copy of the snapshot has no salts", "Prove from the ledger and the vault.")
        about = f"{self.as_of.isoformat()}\0{self.purpose}\0".encode()
        return hmac.digest(self._salt, about + self.tokens[place].tobytes(), "sha256")

    def _commitment(self, place: int) -> bytes:
        return _state_commitment(self._leaf_salt(place), int(self.codes[place]))


@dataclass(frozen=True)
class ProofStep:
    """One leaf with its way to the root."""

    index: int
    token: bytes
    commitment: bytes
    path: tuple[bytes, ...]


@dataclass(frozen=True)
class ConsentProof:
    """What a snapshot says of one subject. `opened`: (state code, leaf salt) of a present subject; None for absence."""

    as_of: dt.date
    purpose: str
    size: int
    tree: bytes
    steps: tuple[ProofStep, ...]
    opened: tuple[int, bytes] | None

    def to_json(self) -> dict[str, Any]:
        """As in a proof file."""
        return {
            "type": "damjang-consent-proof/v1",
            "as_of": self.as_of.isoformat(),
            "purpose": self.purpose,
            "size": self.size,
            "tree": self.tree.hex(),
            "steps": [
                {
                    "index": s.index,
                    "token": s.token.hex(),
                    "commitment": s.commitment.hex(),
                    "path": [h.hex() for h in s.path],
                }
                for s in self.steps
            ],
            "opened": None if self.opened is None else {"state": self.opened[0], "salt": self.opened[1].hex()},
        }

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """Reads one; raises ConsentProofInvalid."""
        try:
            if value["type"] != "damjang-consent-proof/v1":
                raise ValueError
            opened = value["opened"]
            return cls(
                dt.date.fromisoformat(value["as_of"]),
                str(value["purpose"]),
                int(value["size"]),
                bytes.fromhex(value["tree"]),
                tuple(
                    ProofStep(
                        int(s["index"]), bytes.fromhex(s["token"]), bytes.fromhex(s["commitment"]),
                        tuple(bytes.fromhex(h) for h in s["path"]),
                    )
                    for s in value["steps"]
                ),
                None if opened is None else (int(opened["state"]), bytes.fromhex(opened["salt"])),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError):
            raise ConsentProofInvalid("not a consent proof", "Ask for it again.") from None


def verify_proof(proof: ConsentProof, root: str, token: bytes) -> ConsentState:
    """What the snapshot with this root said of a subject: its state, or `none` for a proved absence.

    Raises ConsentProofInvalid unless every step holds.
    """
    if _commit(proof.as_of, proof.purpose, proof.size, proof.tree) != root:
        raise ConsentProofInvalid("the proof is of another snapshot", "Ask for it under this certificate's root.")
    for step in proof.steps:
        if len(step.token) != 16 or len(step.commitment) != 32:
            raise ConsentProofInvalid("a leaf of the proof has the wrong size", "Ask for it again.")
        try:
            leaf = merkle.leaf_hash(step.token + step.commitment)
            merkle.verify_inclusion(step.index, proof.size, leaf, step.path, proof.tree)
        except TrustError:
            raise ConsentProofInvalid("a step of the proof does not lead to the root", "Ask for it again.") from None
    if proof.opened is not None:
        return _present(proof, token)
    _absent(proof, token)
    return NONE


def _present(proof: ConsentProof, token: bytes) -> ConsentState:
    assert proof.opened is not None
    code, salt = proof.opened
    if len(proof.steps) != 1 or proof.steps[0].token != token:
        raise ConsentProofInvalid("the proof is of another subject", "Ask for this subject's.")
    if not 0 <= code < 1 << 16 or _state_commitment(salt, code) != proof.steps[0].commitment:
        raise ConsentProofInvalid("the proof's state is not the one committed to", "Ask for it again.")
    try:
        return state_of(code)
    except IndexError:
        raise ConsentProofInvalid("the proof's state is unknown", "Use a newer version of Damjang.") from None


def _absent(proof: ConsentProof, token: bytes) -> None:
    """The neighbours are next to each other, or at an end, and the subject would stand between them."""
    below = [s for s in proof.steps if s.token < token]
    above = [s for s in proof.steps if s.token > token]
    whole = len(below) + len(above) == len(proof.steps) and len(below) <= 1 and len(above) <= 1
    if proof.size == 0:
        whole = whole and not proof.steps and proof.tree == merkle.EMPTY_ROOT
    elif below and above:
        whole = whole and below[0].index + 1 == above[0].index
    elif above:
        whole = whole and above[0].index == 0
    elif below:
        whole = whole and below[0].index == proof.size - 1
    else:
        whole = False
    if not whole:
        raise ConsentProofInvalid("the proof does not show that the subject is absent", "Ask for it again.")


def _commit(as_of: dt.date, purpose: str, size: int, tree: bytes) -> str:
    about = f"{as_of.isoformat()}\0{purpose}\0".encode()
    # The size is bound too: RFC 9162 leaves it to whoever signs the root.
    return hashlib.sha256(_DOMAIN + about + size.to_bytes(8, "big") + tree).hexdigest()


def _state_commitment(salt: bytes, code: int) -> bytes:
    return hashlib.sha256(salt + code.to_bytes(2, "big")).digest()
