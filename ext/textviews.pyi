from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

SIMD_LEVELS: tuple[str, ...]

def simd_levels() -> tuple[str, ...]: ...

class TextViews:
    count: int
    def __len__(self) -> int: ...
    def take(self, rows: npt.ArrayLike) -> TextViews: ...
    def is_empty(self) -> npt.NDArray[np.bool_]: ...

def views_of(texts: Sequence[str | None] | pa.Array[Any] | pa.ChunkedArray[Any] | TextViews) -> TextViews: ...
