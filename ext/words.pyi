from collections.abc import Iterable, Sequence

import numpy.typing as npt

class WordScanner:
    def __init__(self, words: Sequence[str], bounds: Sequence[int] | None = None) -> None: ...
    def scan(self, text: str) -> list[tuple[int, int]]: ...
    def scan_all(self, texts: Iterable[str]) -> list[tuple[int, list[tuple[int, int]]]]: ...
    def union(self, text: str, start: int, end: int, values: npt.ArrayLike) -> int: ...
    def near_all(
        self,
        texts: Iterable[str],
        topics: npt.ArrayLike,
        bonds: WordScanner,
        given: npt.ArrayLike,
        close: npt.ArrayLike,
        far: int,
        near: int,
    ) -> list[tuple[int, list[tuple[int, int, int]]]]: ...
