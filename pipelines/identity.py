"""Document, row and subject ids: keyed, so that no one can guess a record back from its id (ADR 0001)."""

from __future__ import annotations

import hashlib
import hmac


def document_id(project_key: bytes, source_id: str, record_key: str) -> bytes:
    """16 bytes, stable for ever for one record of one source."""
    return _mac(project_key, b"doc\0" + source_id.encode() + b"\0" + record_key.encode("utf-8", "surrogatepass"))


def located_id(project_key: bytes, file_digest: str, offset: int) -> bytes:
    """The id of a record without a usable key: (file digest, byte offset)."""
    return _mac(project_key, b"loc\0" + file_digest.encode() + b"\0" + str(offset).encode())


def subject_token(project_key: bytes, source_id: str, provider_id: str) -> bytes:
    """The keyed handle of a provider's user id; the vault maps it to a random subject id."""
    return _mac(project_key, b"subject\0" + source_id.encode() + b"\0" + provider_id.encode("utf-8", "surrogatepass"))


def row_key(project_key: bytes, release_name: str) -> bytes:
    """Keys row ids; by release name without version, so that superseding versions inherit them."""
    return hmac.digest(project_key, b"row\0" + release_name.encode(), hashlib.sha256)


def row_id(key: bytes, document: bytes) -> bytes:
    return _mac(key, document)


def _mac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, hashlib.sha256)[:16]
