import numpy as np
import numpy.typing as npt

def greedy(
    count: int, left: npt.ArrayLike, right: npt.ArrayLike
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]: ...
