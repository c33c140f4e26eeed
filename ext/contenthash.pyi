from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ext.textviews import TextViews

SCHEME: Final[str]
VERSION: Final[int]
KEY: Final[bytes]

def keyed(
    texts: Sequence[str | None] | pa.Array[Any] | pa.ChunkedArray[Any] | TextViews,
    key: bytes,
    *,
    simd: str | None = None,
) -> npt.NDArray[np.uint8]: ...
def quick(
    texts: Sequence[str | None] | pa.Array[Any] | pa.ChunkedArray[Any] | TextViews,
    *,
    seed: int = 0,
    simd: str | None = None,
) -> npt.NDArray[np.uint64]: ...
def outline(
    texts: Sequence[str | None] | pa.Array[Any] | pa.ChunkedArray[Any] | TextViews,
    *,
    seed: int = 0,
    simd: str | None = None,
) -> npt.NDArray[np.uint64]: ...
def equal(
    texts: Sequence[str | None] | pa.Array[Any] | pa.ChunkedArray[Any] | TextViews,
    left: npt.ArrayLike,
    right: npt.ArrayLike,
    *,
    simd: str | None = None,
) -> npt.NDArray[np.bool_]: ...
