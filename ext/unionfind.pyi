import numpy as np
import numpy.typing as npt

def components(left: npt.ArrayLike, right: npt.ArrayLike) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]: ...
