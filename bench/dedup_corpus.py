"""Text for the dedup bench: generated Korean-like documents or a file of real ones, planted duplicates, exact truth."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ext import jaccard

_INITIAL = "가나다라마바사아자차카타파하고노도로모보소오조호구누두루무부수우주기니디리미비시이지히게네데레세에제"
_SECOND = (
    "강간감경견계공관국군금길남년당동력령론름말명문민반방법별본분불산상생선설성소속신실안업연영"
    "온왕용원월육음인일장재전정조종중집천체출통판품학한합항해행현형화회"
)
_PARTICLES = [
    "",
    "이",
    "가",
    "을",
    "를",
    "은",
    "는",
    "에",
    "에서",
    "의",
    "으로",
    "와",
    "과",
    "도",
    "만",
    "까지",
    "부터",
]
_ENDINGS = [
    "한다.",
    "하였다.",
    "했다고 밝혔다.",
    "할 것이다.",
    "하지 않는다.",
    "해요!",
    "합니다.",
    "했네요ㅋㅋ",
    "인가?",
    "이다.",
]


class Generator:
    """Sentences over a vocabulary with Zipf's frequencies. The same seed gives the same text."""

    def __init__(self, seed: int, words: int = 30_000) -> None:
        self.rng = random.Random(seed)
        self.words = [
            self.rng.choice(_INITIAL) + "".join(self.rng.choices(_SECOND, k=self.rng.choice([1, 1, 2])))
            for _ in range(words)
        ]
        self.weights = list(accumulate(1 / (rank + 3) for rank in range(words)))

    def text(self, points: int) -> str:
        """One document of about that many code points."""
        parts, length = [], 0
        while length < points:
            for word in self.rng.choices(self.words, cum_weights=self.weights, k=self.rng.randrange(4, 12)):
                parts.append(word + self.rng.choice(_PARTICLES) + " ")
                length += len(parts[-1])
            parts.append(self.rng.choice(_ENDINGS) + self.rng.choice(" \n"))
            length += len(parts[-1])
        return "".join(parts)[: max(1, points)]

    def texts(self, count: int, points: int) -> list[str]:
        """Documents of half to one and a half times that length."""
        return [self.text(self.rng.randrange(max(2, points // 2), points * 3 // 2)) for _ in range(count)]

    def edited(self, text: str, share: float) -> str:
        """The text with about that share of its code points replaced, a few in a row."""
        points = list(text)
        for _ in range(max(1, round(len(points) * share / 3))):
            at = self.rng.randrange(len(points))
            points[at : at + 3] = self.rng.choices(_SECOND, k=3)
        return "".join(points)

    def planted(self, texts: list[str], share: float) -> list[str]:
        """The texts with `share` of them copied: exactly, lightly or more edited, and in drifting chains; shuffled."""
        out = list(texts)
        for text in self.rng.sample(texts, int(len(texts) * share)):
            strength = self.rng.random()
            if strength < 0.2:
                out.append(text)
            elif strength < 0.8:
                out.append(self.edited(text, self.rng.choice([0.001, 0.01, 0.02, 0.03])))
            else:
                for _ in range(4):
                    text = self.edited(text, 0.01)
                    out.append(text)
        self.rng.shuffle(out)
        return out


def read_texts(path: Path, column: str) -> list[str]:
    """Texts of a file of real ones (never kept in the project): whatever `damjang dedup` reads."""
    import polars

    name = path.name.lower()
    if name.endswith(".parquet"):
        frame = polars.read_parquet(path, columns=[column])
    elif ".csv" in name:
        frame = polars.read_csv(path, columns=[column])
    else:
        frame = polars.read_ndjson(path)
    return [text for text in frame[column].to_list() if text]


def megabytes(texts: list[str]) -> float:
    """Size in MB (10**6) of UTF-8."""
    return sum(len(text.encode("utf-8", "surrogatepass")) for text in texts) / 1e6


@dataclass(frozen=True)
class Truth:
    """All pairs of different rows with exact Jaccard >= threshold, from an exhaustive join, not from any sketch."""

    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]


def exact_truth(texts: list[str], threshold_ppm: int = 800_000, ngram: int = 5) -> Truth:
    """Prefix filtering (Chaudhuri 2006): two sets with J >= t share one of their (1 - t) * size + 1 rarest windows."""
    counts: dict[int, int] = defaultdict(int)
    windows = []
    for text in texts:
        own = {hash(text[i : i + ngram]) for i in range(max(1, len(text) - ngram + 1))} if text else set()
        windows.append(own)
        for window in own:
            counts[window] += 1
    inverted: dict[int, list[int]] = defaultdict(list)
    pairs = set()
    for row, own in enumerate(windows):
        shared = sorted((counts[w], w) for w in own if counts[w] > 1)
        length = len(own) - -(-len(own) * threshold_ppm // 1_000_000) + 1
        alone = len(own) - len(shared)  # windows of one document are its rarest, and no use
        for _, window in shared[: max(0, length - alone)]:
            for other in inverted[window]:
                if min(len(own), len(windows[other])) * 1_000_000 >= threshold_ppm * max(len(own), len(windows[other])):
                    pairs.add((other, row))
            inverted[window].append(row)
    left, right = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2).T.copy()
    inter, union = jaccard.pairs(texts, left, right, ngram=ngram, floor_ppm=threshold_ppm)
    true = jaccard.ppm(inter, union) > 0
    return Truth(left[true], right[true])


def quality(truth: Truth, kept: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """(recall, precision): the share of true pairs not both kept; the share of dropped that are like one kept."""
    if not len(truth.left):
        return 1.0, 1.0
    recall = 1 - float((kept[truth.left] & kept[truth.right]).mean())
    like_a_kept = np.zeros(len(kept), dtype=bool)
    like_a_kept[truth.left[kept[truth.right]]] = True
    like_a_kept[truth.right[kept[truth.left]]] = True
    dropped = ~kept
    return recall, float(like_a_kept[dropped].mean()) if dropped.any() else 1.0
