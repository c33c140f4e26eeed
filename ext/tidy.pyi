import numpy as np
import numpy.typing as npt
import pyarrow as pa

VERSION: int
FIELDS: tuple[str, ...]

def tidy(texts: pa.StringArray) -> tuple[pa.StringArray, npt.NDArray[np.int64]]: ...
