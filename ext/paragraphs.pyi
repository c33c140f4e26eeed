from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ext.textviews import TextViews

_Ints = npt.NDArray[np.int64]
_Digests = npt.NDArray[np.uint8]

def spans(
    texts: Sequence[str | None] | pa.Array[Any] | pa.ChunkedArray[Any] | TextViews,
    key: bytes,
    *,
    min_points: int = 20,
    simd: str | None = None,
) -> tuple[_Ints, _Ints, _Ints, _Digests]: ...
def boilerplate(digests: _Digests, documents: npt.ArrayLike, min_documents: int) -> _Digests: ...
def is_among(digests: _Digests, listed: _Digests) -> npt.NDArray[np.bool_]: ...
def removed(text: str, start: Sequence[int], end: Sequence[int]) -> str: ...
