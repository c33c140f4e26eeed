from collections.abc import Mapping

import numpy.typing as npt

class NameScanner:
    def __init__(
        self, surname: npt.ArrayLike, given1: npt.ArrayLike, given2: npt.ArrayLike, words: Mapping[str, int]
    ) -> None: ...
    def scan(self, text: str, floor: int) -> list[tuple[int, int, int, int]]: ...

def is_odd(text: str) -> bool: ...
