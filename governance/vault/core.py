"""The vault itself: project key, dataset and file keys, salts, subjects; personal records and access log hang on it.

Nothing here is ever printed: `repr` is empty, pickling is refused, errors name kinds and never values. Destroying is
idempotent and recorded in the same transaction; a destroyed dataset or subject never comes back (see backup.py).
Times are passed in, and are stored as UTC.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, Engine, delete, insert, inspect, select, update

from governance.database import read, sqlite_file, write
from governance.errors import DatasetDestroyed, DatasetSealed, VaultExists, VaultKeyError, VaultMissing, VaultTampered
from governance.times import stamp
from governance.vault import store
from governance.vault.accesslog import AccessLog
from governance.vault.crypto import KEY_BYTES, Sealer, derive, load_kek, make_kek
from governance.vault.destruction import Destruction, is_recorded, record, register
from governance.vault.personal import PersonalRecords
from governance.vault.store import DATASET, FILE_KEY, META, PERSONAL, SALT, SUBJECT
from governance.vault.subjects import Subjects
from governance.vault.tombstones import Tombstones

DatasetState = Literal["absent", "open", "sealed", "destroyed"]


class Vault:
    """An open vault. Make one with `Vault.create` or `Vault.open`; it may be shared by threads, never by processes."""

    def __init__(self, engine: Engine, sealer: Sealer, project_key: bytes) -> None:
        self._engine = engine
        self._sealer = sealer
        self._project_key = project_key
        self.subjects = Subjects(engine, sealer)
        self.personal = PersonalRecords(engine, sealer, self.derive("personal"))
        self.access_log = AccessLog(engine, sealer, self.derive("access-log"))
        self.tombstones = Tombstones(engine, self.derive("tombstone"))

    def __repr__(self) -> str:
        return "Vault()"

    def __reduce__(self) -> str:
        raise TypeError("a Vault holds keys and is never pickled")

    # --- making and opening ---------------------------------------------------------------------------------

    @classmethod
    def create(cls, path: str | Path, key_uri: str, now: dt.datetime) -> Vault:
        """Makes a vault with a fresh project key. A `file:` key that does not exist is made (0600).

        Raises VaultExists when one is there already, VaultKeyError, NetworkFileSystem.
        """
        engine = store.open_store(path)
        file = sqlite_file(engine)
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            if not file.exists():
                file.touch(mode=0o600)
        kek = Sealer(make_kek(key_uri))
        data_key, project_key = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(KEY_BYTES)
        sealer = Sealer(data_key)
        with write(engine) as connection:
            if inspect(connection).has_table(META.name):
                raise VaultExists("there is a vault here already", "Open it, or choose another place.")
            store.METADATA.create_all(connection)
            connection.execute(
                insert(META),
                [
                    {"name": "schema_version", "value": str(store.SCHEMA_VERSION).encode()},
                    {"name": "created_at", "value": stamp(now).encode()},
                    {"name": "vault_id", "value": secrets.token_bytes(16)},
                    {"name": "data_key", "value": kek.seal("meta:data_key", data_key)},
                    {"name": "project_key", "value": sealer.seal("meta:project_key", project_key)},
                ],
            )
        return cls(engine, sealer, project_key)

    @classmethod
    def open(cls, path: str | Path, key_uri: str) -> Vault:
        """Opens a vault. Raises VaultMissing, VaultKeyError (absent or not this vault's), VaultTampered."""
        engine = store.open_store(path)
        file = sqlite_file(engine)
        missing = VaultMissing("there is no vault here", "Make one with `damjang init`, or restore a backup.")
        if file is not None and not file.exists():
            raise missing
        kek = Sealer(load_kek(key_uri))
        with read(engine) as connection:
            if not inspect(connection).has_table(META.name):
                raise missing
            meta = {row.name: bytes(row.value) for row in connection.execute(select(META))}
        if meta.get("schema_version") != str(store.SCHEMA_VERSION).encode():
            raise VaultMissing("the vault was made by another version of Damjang", "Use the version that made it.")
        try:
            sealer = Sealer(kek.open("meta:data_key", meta.get("data_key", b"")))
        except VaultTampered:
            raise VaultKeyError("the key is not this vault's", "Point vault_key at the key it was made with.") from None
        return cls(engine, sealer, sealer.open("meta:project_key", meta.get("project_key", b"")))

    def sealer_for_rotation(self) -> Sealer:
        """For governance.vault.backup.rotate alone."""
        return self._sealer

    # --- keys that last as long as the project --------------------------------------------------------------

    @property
    def project_key(self) -> bytes:
        """32 bytes, made at create: keys document ids, subject tokens and every digest over unscanned bytes."""
        return self._project_key

    @property
    def project_key_id(self) -> str:
        """16 hexadecimal digits that name the project key and tell nothing about it."""
        return hmac.digest(self._project_key, b"key id", "sha256")[:8].hex()

    def derive(self, label: str) -> bytes:
        """A 32-byte key for one named use (HKDF-SHA256 of the project key)."""
        return derive(self._project_key, label)

    def release_salt(self, name: str) -> bytes:
        """256 random bits, made once for each name: commitments in the log and in certificates are salted with it."""
        place = f"salt:{name}"
        with write(self._engine) as connection:
            sealed = connection.execute(select(SALT.c.sealed).where(SALT.c.name == name)).scalar_one_or_none()
            if sealed is not None:
                return self._sealer.open(place, bytes(sealed))
            salt = secrets.token_bytes(32)
            connection.execute(insert(SALT).values(name=name, sealed=self._sealer.seal(place, salt)))
            return salt

    # --- keys of staged datasets ----------------------------------------------------------------------------

    def dataset_state(self, dataset_id: str) -> DatasetState:
        """`absent`, `open` (its wrap key exists), `sealed` (only file keys do) or `destroyed`."""
        with read(self._engine) as connection:
            state = _dataset(connection, dataset_id)
            return state[0] if state else "absent"

    def dataset_wrap_key(self, dataset_id: str, now: dt.datetime) -> bytes:
        """32 random bytes, made once and kept until sealed: workers wrap each staged file's own key with it.

        Raises DatasetSealed, DatasetDestroyed.
        """
        place = f"dataset:{dataset_id}"
        with write(self._engine) as connection:
            row = _dataset(connection, dataset_id)
            if row is None:
                key = secrets.token_bytes(KEY_BYTES)
                connection.execute(
                    insert(DATASET).values(
                        dataset_id=dataset_id, state="open", sealed_wrap_key=self._sealer.seal(place, key),
                        created_at=stamp(now), changed_at=stamp(now),
                    )
                )  # fmt: skip
                return key
            _refuse_destroyed(row[0])
            if row[0] == "sealed":
                raise DatasetSealed("the dataset is finished and its wrap key is gone", "Read its files by file_keys.")
            return self._sealer.open(place, row[1])

    def seal_dataset(self, dataset_id: str, file_keys: Mapping[str, bytes], now: dt.datetime) -> None:
        """Keeps every file's key and drops the wrap key. Sealing again is accepted if no file is new to the vault."""
        with write(self._engine) as connection:
            row = _dataset(connection, dataset_id)
            if row is not None:
                _refuse_destroyed(row[0])
            if row is not None and row[0] == "sealed":
                known = set(
                    connection.execute(select(FILE_KEY.c.file_id).where(FILE_KEY.c.dataset_id == dataset_id)).scalars()
                )
                known |= _destroyed_files(connection, dataset_id)
                if set(file_keys) <= known:
                    return
                raise DatasetSealed("the dataset is sealed and can't take another file", "Make a new dataset.")
            rows = [
                {
                    "dataset_id": dataset_id,
                    "file_id": file_id,
                    "sealed": self._sealer.seal(f"file:{dataset_id}\0{file_id}", key),
                }
                for file_id, key in sorted(file_keys.items())
            ]
            if rows:
                connection.execute(insert(FILE_KEY), rows)
            values = {"state": "sealed", "sealed_wrap_key": None, "changed_at": stamp(now)}
            if row is None:
                connection.execute(insert(DATASET).values(dataset_id=dataset_id, created_at=stamp(now), **values))
            else:
                connection.execute(update(DATASET).where(DATASET.c.dataset_id == dataset_id).values(**values))
        store.scrub(self._engine)

    def reopen_dataset(self, dataset_id: str, now: dt.datetime) -> None:
        """Forgets the file keys of a sealed dataset whose folder is gone, so that the stage can be made anew.

        Whatever copies of its files lie anywhere are unreadable from here on. Raises DatasetDestroyed.
        """
        with write(self._engine) as connection:
            row = _dataset(connection, dataset_id)
            if row is None or row[0] == "open":
                return
            _refuse_destroyed(row[0])
            connection.execute(delete(FILE_KEY).where(FILE_KEY.c.dataset_id == dataset_id))
            sealed = self._sealer.seal(f"dataset:{dataset_id}", secrets.token_bytes(KEY_BYTES))
            values = {"state": "open", "sealed_wrap_key": sealed, "changed_at": stamp(now)}
            connection.execute(update(DATASET).where(DATASET.c.dataset_id == dataset_id).values(**values))
        store.scrub(self._engine)

    def file_keys(self, dataset_id: str) -> dict[str, bytes]:
        """The keys of a sealed dataset's files that still exist. Raises DatasetDestroyed."""
        with read(self._engine) as connection:
            row = _dataset(connection, dataset_id)
            if row is not None:
                _refuse_destroyed(row[0])
            rows = connection.execute(select(FILE_KEY).where(FILE_KEY.c.dataset_id == dataset_id)).all()
        return {r.file_id: self._sealer.open(f"file:{dataset_id}\0{r.file_id}", bytes(r.sealed)) for r in rows}

    def destroy_file_keys(self, dataset_id: str, file_ids: Iterable[str], reason: str, now: dt.datetime) -> None:
        """Destroys the keys of these files, so that their bytes are unreadable wherever copies of them lie."""
        names = sorted(set(file_ids))
        with write(self._engine) as connection:
            for file_id in names:
                _destroy(connection, Destruction("file", f"{dataset_id}/{file_id}", reason, stamp(now)))
        store.scrub(self._engine)

    def destroy_dataset(self, dataset_id: str, reason: str, now: dt.datetime) -> None:
        """Destroys every key of a dataset; it never comes back under this id."""
        with write(self._engine) as connection:
            _destroy(connection, Destruction("dataset", dataset_id, reason, stamp(now)))
        store.scrub(self._engine)

    # --- subjects -------------------------------------------------------------------------------------------

    def subject_token(self, source_id: str, provider_id: str) -> bytes:
        """HMAC-SHA256(project key, "subject\\0" source "\\0" provider's id)[:16]: what staged files carry."""
        message = f"subject\0{source_id}\0{provider_id}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._project_key, message, hashlib.sha256)[:16]

    def subject_tokens(self, source_id: str, provider_id: str) -> list[bytes]:
        """The tokens of an id as it is given, and as NFC and NFD write it: who types it can't see which the source has
        (a Mac's file names are NFD). The given form's is first; one token for most ids."""
        forms = (provider_id, *(unicodedata.normalize(form, provider_id) for form in ("NFC", "NFD")))
        return [self.subject_token(source_id, form) for form in dict.fromkeys(forms)]

    def ensure_subjects(self, tokens: Iterable[bytes]) -> dict[bytes, bytes]:
        """token → random 16-byte subject id, made on first sight and kept under a key of the subject's own."""
        return self.subjects.ensure(tokens)

    def subject_ids(self, tokens: Iterable[bytes]) -> dict[bytes, bytes]:
        """token → subject id of those that are known."""
        return self.subjects.find(tokens)

    def forget_subject(self, token: bytes, reason: str, now: dt.datetime) -> None:
        """Destroys one subject's key: what the ledger holds under the subject id belongs to nobody any more."""
        entry = Destruction("subject", self.tombstones.mark("subject", token).hex(), reason, stamp(now))
        with write(self._engine) as connection:
            _destroy(connection, entry, token=token)
        store.scrub(self._engine)

    # --- the destruction register ---------------------------------------------------------------------------

    def destructions(self) -> list[Destruction]:
        """The destruction register, oldest first. It names random and keyed ids only."""
        with read(self._engine) as connection:
            return register(connection)

    def replay(self, destructions: Iterable[Destruction]) -> int:
        """Carries out again what was destroyed after this vault's backup was taken; returns how many were new."""
        with write(self._engine) as connection:
            # What the backup's own register holds was destroyed before it was taken: whatever bears that name in it
            # now (a subject who came back) is younger and stays.
            done = set(register(connection))
            entries = sorted(set(destructions) - done, key=lambda d: d.at)
            wanted = {d.target for d in entries if d.kind == "subject"}
            tokens = {}
            if wanted:
                for token in connection.execute(select(SUBJECT.c.token)).scalars():
                    mark = self.tombstones.mark("subject", bytes(token)).hex()
                    if mark in wanted:
                        tokens[mark] = bytes(token)
            for entry in entries:
                _destroy(connection, entry, token=tokens.get(entry.target))
                record(connection, entry)
        store.scrub(self._engine)
        return len(entries)


def _dataset(connection: Connection, dataset_id: str) -> tuple[DatasetState, bytes] | None:
    row = connection.execute(select(DATASET).where(DATASET.c.dataset_id == dataset_id)).one_or_none()
    return None if row is None else (row.state, bytes(row.sealed_wrap_key or b""))


def _refuse_destroyed(state: str) -> None:
    if state == "destroyed":
        raise DatasetDestroyed(
            "the dataset's keys were destroyed and it can't be read or made again",
            "Run the stage again: with today's tombstones it has another id.",
        )


def _destroyed_files(connection: Connection, dataset_id: str) -> set[str]:
    prefix = f"{dataset_id}/"
    return {
        d.target.removeprefix(prefix) for d in register(connection) if d.kind == "file" and d.target.startswith(prefix)
    }


def _destroy(connection: Connection, entry: Destruction, token: bytes | None = None) -> None:
    """Carries out one entry and records it. Again, when nothing is left of it, it changes nothing."""
    gone = 0
    if entry.kind == "dataset":
        connection.execute(delete(FILE_KEY).where(FILE_KEY.c.dataset_id == entry.target))
        ended = {"state": "destroyed", "sealed_wrap_key": None, "changed_at": entry.at}
        state = _dataset(connection, entry.target)
        if state is None:
            connection.execute(insert(DATASET).values(dataset_id=entry.target, created_at=entry.at, **ended))
        elif state[0] != "destroyed":
            connection.execute(update(DATASET).where(DATASET.c.dataset_id == entry.target).values(**ended))
            gone = 1
    elif entry.kind == "file":
        dataset_id, _, file_id = entry.target.partition("/")
        chosen = (FILE_KEY.c.dataset_id == dataset_id) & (FILE_KEY.c.file_id == file_id)
        gone = connection.execute(delete(FILE_KEY).where(chosen)).rowcount
    elif entry.kind == "subject" and token is not None:
        gone = connection.execute(delete(SUBJECT).where(SUBJECT.c.token == token)).rowcount
    elif entry.kind == "personal":
        gone = connection.execute(delete(PERSONAL).where(PERSONAL.c.ref == entry.target)).rowcount
    if gone or not is_recorded(connection, entry.kind, entry.target):
        record(connection, entry)
