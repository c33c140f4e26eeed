"""What a program may hand to `anonymizers.analyze`: strings in any order-keeping collection, or a column of Arrow's.

Everything else is named by its type and place, never by its content, before any text is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final

import pyarrow as pa

from anonymizers.errors import NotTexts

_ARROW: Final = (pa.Array, pa.ChunkedArray)
_TEXT: Final = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
_HINT: Final = "give strings, an Arrow string array, or a RecordBatch or Table with a column of text"


def as_texts(batch: Any, column: str = "text") -> Sequence[str | None] | Any:
    """A list of strings (None: an empty text), or an Arrow array of text. Raises NotTexts.

    A lone string is a batch of one, a generator is read to its end. Of a table, `column` is read.
    """
    if isinstance(batch, str):
        return [batch]
    if isinstance(batch, (pa.RecordBatch, pa.Table)):
        if batch.schema.names.count(column) != 1:
            names = ", ".join(batch.schema.names[:20]) or "none"
            raise NotTexts(f"the table has no column {column!r}", f"name one with column=; its columns: {names}")
        batch = batch.column(column)
    if isinstance(batch, _ARROW):
        return _array(batch)
    if isinstance(batch, (bytes, bytearray, memoryview)):
        raise NotTexts(f"{type(batch).__name__} are no text", "decode them first: data.decode()")
    if isinstance(batch, (Mapping, AbstractSet)) or not isinstance(batch, Iterable) or hasattr(batch, "columns"):
        raise NotTexts(f"{type(batch).__name__} is no sequence of texts", _HINT)
    texts = batch if isinstance(batch, (list, tuple)) else list(batch)
    for number, text in enumerate(texts):
        if not isinstance(text, str) and text is not None:
            raise NotTexts(
                f"text number {number} is {type(text).__name__}", "texts are strings, or None for an empty one"
            )
    return [text if text is None else str(text) for text in texts]  # numpy's strings are another class


def _array(array: Any) -> Any:
    kind = array.type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_null(kind):
        return array.cast(pa.string())
    if not any(of(kind) for of in _TEXT):
        raise NotTexts(f"the array holds {kind}, not text", _HINT)
    return array
