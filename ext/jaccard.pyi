from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ext.textviews import TextViews

MILLION: int

def ppm(inter: npt.NDArray[np.int64], union: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]: ...
def pairs(
    texts: Sequence[str | None] | pa.Array[Any] | pa.ChunkedArray[Any] | TextViews,
    left: npt.ArrayLike,
    right: npt.ArrayLike,
    *,
    ngram: int = 5,
    floor_ppm: int = 0,
    seed: int = ...,
    simd: str | None = None,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]: ...
