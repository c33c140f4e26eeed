from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ext.textviews import TextViews

SCHEME: Final[str]
VERSION: Final[int]
SEED: Final[int]
EMPTY: Final[int]

def signatures(
    texts: Sequence[str | None] | pa.Array[Any] | pa.ChunkedArray[Any] | TextViews,
    *,
    num_perm: int = 128,
    ngram: int = 5,
    seed: int = ...,
    simd: str | None = None,
) -> npt.NDArray[np.uint32]: ...
def estimate(a: npt.NDArray[np.uint32], b: npt.NDArray[np.uint32]) -> npt.NDArray[np.float64]: ...
