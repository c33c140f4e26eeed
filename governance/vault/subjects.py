"""Subject ids: random, each sealed under a key of that subject's own, so that forgetting a person is losing one key."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, Engine, func, select

from governance.database import insert_new, read, write
from governance.vault.crypto import KEY_BYTES, Sealer
from governance.vault.store import SUBJECT

ID_BYTES = 16
CHUNK = 10_000


class Subjects:
    """The vault's map from subject tokens (keyed) to subject ids (random); both are 16 bytes."""

    def __init__(self, engine: Engine, sealer: Sealer) -> None:
        self._engine = engine
        self._sealer = sealer

    def __repr__(self) -> str:
        return "Subjects()"

    def ensure(self, tokens: Iterable[bytes]) -> dict[bytes, bytes]:
        """token → subject id; unknown tokens get a new random id. One transaction."""
        wanted = sorted(set(tokens))
        with write(self._engine) as connection:
            found = self._find(connection, wanted)
            fresh = {token: secrets.token_bytes(ID_BYTES) for token in wanted if token not in found}
            items = list(fresh.items())
            for start in range(0, len(items), CHUNK):
                insert_new(connection, SUBJECT, [self._row(*item) for item in items[start : start + CHUNK]])
        return found | fresh

    def find(self, tokens: Iterable[bytes]) -> dict[bytes, bytes]:
        """token → subject id of the tokens that are known."""
        with read(self._engine) as connection:
            return self._find(connection, sorted(set(tokens)))

    def all(self) -> Iterator[tuple[bytes, bytes]]:
        """Every (token, subject id), by token."""
        with read(self._engine) as connection:
            for row in connection.execution_options(yield_per=CHUNK).execute(select(SUBJECT).order_by(SUBJECT.c.token)):
                yield bytes(row.token), self._open(bytes(row.token), bytes(row.sealed_key), bytes(row.sealed_id))

    def count(self) -> int:
        """How many subjects are known."""
        with read(self._engine) as connection:
            return connection.execute(select(func.count()).select_from(SUBJECT)).scalar_one()

    def _find(self, connection: Connection, tokens: list[bytes]) -> dict[bytes, bytes]:
        found = {}
        for start in range(0, len(tokens), CHUNK):
            chunk = tokens[start : start + CHUNK]
            for row in connection.execute(select(SUBJECT).where(SUBJECT.c.token.in_(chunk))):
                found[bytes(row.token)] = self._open(bytes(row.token), bytes(row.sealed_key), bytes(row.sealed_id))
        return found

    def _row(self, token: bytes, subject_id: bytes) -> tuple[bytes, bytes, bytes]:
        key = secrets.token_bytes(KEY_BYTES)
        place = token.hex()
        return token, self._sealer.seal(f"subject:{place}", key), Sealer(key).seal(f"subject-id:{place}", subject_id)

    def _open(self, token: bytes, sealed_key: bytes, sealed_id: bytes) -> bytes:
        place = token.hex()
        return Sealer(self._sealer.open(f"subject:{place}", sealed_key)).open(f"subject-id:{place}", sealed_id)
