"""The one reader and the one writer of staged files: Arrow record batches, each sealed in its own AEAD frame.

Layout of a `.djf` file (little endian):

    "DJF1" | file_id (16) | frame 0: schema | frames 1..n: batches | footer frame | u64 footer offset | "1FJD"
    frame  = u32 length | AES-256-GCM(key, nonce = counter (12 bytes), aad = "DJF1" | file_id | counter | kind)

Every file has a random key of its own that is used for nothing else, so a counter is a safe nonce (NIST SP 800-38D,
8.2.1). The footer lists the frame offsets and row counts: it makes batches addressable and a cut file unreadable.
To destroy a file is to destroy its key (PIPA 21, 영16).
"""

from __future__ import annotations

import hashlib
import hmac
import io
import os
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.compute
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from schemas.errors import DamjangError

MAGIC = b"DJF1"
END = b"1FJD"
_SCHEMA, _BATCH, _FOOTER = 0, 1, 2
_HEAD = len(MAGIC) + 16


class StagedFileError(DamjangError):
    """A staged file is cut, altered, or sealed under another key."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: `digest` is HMAC-SHA256 over the plaintext frames, keyed because text is not yet anonymous."""

    file_id: str
    rows: int
    bytes: int
    digest: str


def _aad(file_id: bytes, counter: int, kind: int) -> bytes:
    return MAGIC + file_id + struct.pack("<QB", counter, kind)


def _nonce(counter: int) -> bytes:
    return struct.pack("<IQ", 0, counter)


class StagedWriter:
    """Writes one staged file under a temporary name; `close()` syncs and renames it (design.md, data flow 3)."""

    def __init__(self, path: Path, schema: pa.Schema, *, file_id: bytes, file_key: bytes, digest_key: bytes) -> None:
        self._path = path
        self._schema = schema
        self._file_id = file_id
        self._aead = AESGCM(file_key)
        self._mac = hmac.new(digest_key, digestmod=hashlib.sha256)
        self._temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
        self._file: io.BufferedWriter = self._temporary.open("wb")
        self._file.write(MAGIC + file_id)
        self._offsets: list[int] = []
        self._rows: list[int] = []
        self._counter = 0
        self._bytes = 0
        self._frame(schema.serialize().to_pybytes(), _SCHEMA)

    def _frame(self, plain: bytes, kind: int) -> None:
        self._mac.update(plain)
        sealed = self._aead.encrypt(_nonce(self._counter), plain, _aad(self._file_id, self._counter, kind))
        self._file.write(struct.pack("<I", len(sealed)))
        self._file.write(sealed)
        self._counter += 1

    def write(self, batch: pa.RecordBatch) -> None:
        """Append one batch as one frame (the caller keeps it to at most 1 MiB and 256 rows of text)."""
        self._offsets.append(self._file.tell())
        self._rows.append(batch.num_rows)
        message = batch.serialize()
        self._bytes += message.size
        self._frame(message.to_pybytes(), _BATCH)

    def close(self) -> Written:
        """Write the footer, sync, rename. Nothing stands under the final name before this."""
        count = len(self._offsets)
        footer = struct.pack(f"<Q{count}Q{count}Q", count, *self._offsets, *self._rows)
        at = self._file.tell()
        self._frame(footer, _FOOTER)
        self._file.write(struct.pack("<Q", at) + END)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._temporary.replace(self._path)
        return Written(self._file_id.hex(), sum(self._rows), self._bytes, self._mac.hexdigest())

    def abort(self) -> None:
        """Drop the temporary file."""
        self._file.close()
        self._temporary.unlink(missing_ok=True)


class StagedFile:
    """Random access to the batches of one staged file. Raises StagedFileError when a byte is not as written."""

    def __init__(self, path: Path, *, file_key: bytes) -> None:
        self.path = path
        try:
            self._file = path.open("rb", buffering=0)  # read, not mapped: mapped pages would count as our memory
        except FileNotFoundError as error:
            raise self._broken("is missing") from error
        try:
            self._read_ends(file_key)
        except BaseException:
            self._file.close()
            raise

    def _read_ends(self, file_key: bytes) -> None:
        size = self._size = os.fstat(self._file.fileno()).st_size
        head, end = self._bytes(0, _HEAD), self._bytes(max(0, size - 12), 12)
        if size < _HEAD + 12 or head[:4] != MAGIC or end[-4:] != END:
            raise self._broken("is cut or is no staged file")
        self.file_id = head[4:_HEAD]
        self._aead = AESGCM(file_key)
        (at,) = struct.unpack_from("<Q", end)
        # the footer's counter is one more than the number of batches: its length tells how many there are
        (length,) = struct.unpack("<I", self._bytes(at, 4)) if at + 4 <= size else (0,)
        count = (length - 16 - 8) // 16
        footer = self._open(at, count + 1, _FOOTER)
        (stated,) = struct.unpack_from("<Q", footer)
        if stated != count or at + 4 + length != size - 12:  # nothing unsealed between footer and end
            raise self._broken("has a footer that does not add up")
        numbers = struct.unpack_from(f"<{2 * count}Q", footer, 8)
        self._offsets, self.batch_rows = numbers[:count], numbers[count:]
        self.schema: pa.Schema = pa.ipc.read_schema(pa.py_buffer(self._open(_HEAD, 0, _SCHEMA)))

    def _broken(self, why: str) -> StagedFileError:
        return StagedFileError(
            f"staged file {self.path.name} {why}",
            "it was altered or damaged: remove its stage folder and run again; the stage is made anew",
        )

    def _bytes(self, at: int, size: int) -> bytes:
        return os.pread(self._file.fileno(), size, at)

    def _open(self, at: int, counter: int, kind: int) -> bytes:
        try:
            (length,) = struct.unpack("<I", self._bytes(at, 4))
            if length > self._size:
                raise self._broken("does not open under its key")
            sealed = self._bytes(at + 4, length)
            return self._aead.decrypt(_nonce(counter), sealed, _aad(self.file_id, counter, kind))
        except (InvalidTag, struct.error, OverflowError) as error:
            raise self._broken("does not open under its key") from error

    @property
    def num_batches(self) -> int:
        return len(self._offsets)

    @property
    def num_rows(self) -> int:
        return sum(self.batch_rows)

    def batch(self, index: int) -> pa.RecordBatch:
        """Batch `index`, decrypted: one frame is read, no more."""
        plain = self._open(self._offsets[index], index + 1, _BATCH)
        return pa.ipc.read_record_batch(pa.py_buffer(plain), self.schema)

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        return (self.batch(index) for index in range(self.num_batches))

    def table(self) -> pa.Table:
        """The whole file; for side files, not for text."""
        return pa.Table.from_batches(list(self), self.schema)

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> StagedFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def bounded_batches(
    table: pa.Table | pa.RecordBatch, *, max_rows: int = 256, max_bytes: int = 1 << 20
) -> Iterable[pa.RecordBatch]:
    """Cut rows into canonical batches: at most `max_rows` rows and, where a `text` column says so, `max_bytes` of text.

    The cut depends on the rows alone, never on how they arrived, so equal data gives equal bytes.
    """
    if isinstance(table, pa.RecordBatch):
        table = pa.Table.from_batches([table])
    table = table.combine_chunks()
    rows = table.num_rows
    if rows == 0:
        return
    batch = table.to_batches()[0]
    if "text" not in table.schema.names:
        for start in range(0, rows, max_rows):
            yield batch.slice(start, max_rows)
        return
    sizes = pa.compute.binary_length(batch.column("text")).to_numpy(zero_copy_only=False)
    start, held = 0, 0
    for row, size in enumerate(sizes.tolist()):
        if row > start and (row - start >= max_rows or held + size > max_bytes):
            yield batch.slice(start, row - start)
            start, held = row, 0
        held += size
    yield batch.slice(start)
