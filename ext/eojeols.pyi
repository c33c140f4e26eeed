from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ext.textviews import TextViews

_Texts = Sequence[str | None] | pa.Array[Any] | pa.ChunkedArray[Any] | TextViews
_Hashes = npt.NDArray[np.uint64]
_Ints = npt.NDArray[np.int64]

def hashes(texts: _Texts, seed: int, *, simd: str | None = None) -> tuple[_Hashes, _Ints]: ...
def runs(eojeols: npt.ArrayLike, length: int, seed: int) -> _Hashes: ...
def find(
    texts: _Texts, seed: int, lengths: Sequence[int], grams: _Hashes, bitmap: _Hashes, *, simd: str | None = None
) -> tuple[_Ints, _Ints]: ...
