"""What every table of the ledger shares.

No column holds a value derived from text, and no table has a row per document (design.md, Shared contracts):
per-document facts live in decision files, and the ledger holds their digests, roots and counts. Every table is
append-only: what changes is told by another row. Times are UTC text of fixed width (governance.times), dates
ISO 8601, digests lower hex.
"""

from __future__ import annotations

from typing import Annotated

from sqlalchemy import BigInteger, Integer, LargeBinary, String, Text
from sqlalchemy.orm import DeclarativeBase, mapped_column

Serial = Annotated[
    int, mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
]
Count = Annotated[int, mapped_column(BigInteger)]
Stamp = Annotated[str, mapped_column(String(27))]
Date = Annotated[str, mapped_column(String(10))]
Digest = Annotated[str, mapped_column(String(64))]
Code = Annotated[str, mapped_column(String(64))]
Name = Annotated[str, mapped_column(String(200))]
Prose = Annotated[str, mapped_column(Text)]
Blob = Annotated[bytes, mapped_column(LargeBinary)]
SubjectId = Annotated[bytes, mapped_column(LargeBinary(16))]  # random; only the vault knows whose it is
Ref = Annotated[str, mapped_column(String(32))]  # a statutory personal record in the vault


class Base(DeclarativeBase):
    """The ledger's metadata; every table in it refuses UPDATE and DELETE (migrations/triggers.py)."""
