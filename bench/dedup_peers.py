"""The peers, each by its fastest path on the same shingles: 5-code-point windows, k=128. Imported only if installed.

A peer is given its shingles as hashes made by vectorised numpy, which is far faster than tokens made in Python; the
time of making them counts, since it is part of every way from text to signature.
"""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]


def flat_windows(texts: list[str]) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """(hash uint64[w], offsets uint64[n + 1]): 64-bit hashes of all 5-code-point windows, vectorised."""
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    multipliers = np.random.default_rng(1).integers(0, 1 << 63, 5, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    count = max(0, len(points) - 4)
    hashes = np.zeros(count, dtype=np.uint64)
    for j, multiplier in enumerate(multipliers):
        hashes += points[j : j + count] * multiplier
    hashes ^= hashes >> np.uint64(32)
    hashes *= np.uint64(0xD6E8FEB86659FD93)
    windows = np.maximum(lengths - 4, 0)
    inside = np.ones(count, dtype=bool)
    ends = np.cumsum(lengths)
    for back in range(1, 5):
        crossing = ends[:-1] - back
        inside[crossing[(crossing >= 0) & (crossing < count)]] = False
    return hashes[inside], np.concatenate([[0], np.cumsum(windows)]).astype(np.uint64)


@dataclass(frozen=True)
class Peer:
    """signatures(texts): text to signatures; flags(texts), where there is one: bool[n], which rows to keep."""

    name: str
    signatures: Callable[[list[str]], Any]
    flags: Callable[[list[str]], Flags] | None = None
    sample: int = 1  # take one text in `sample`: the slow ones


def _rensa() -> list[Peer]:
    rensa = importlib.import_module("rensa")

    def matrix(texts: list[str], rho: bool = False) -> Any:
        hashes, offsets = flat_windows(texts)
        make = rensa.RMinHash
        call = make.digest_matrix_from_flat_token_hashes_rho if rho else make.digest_matrix_from_flat_token_hashes
        return call(hashes, offsets, 128, 42)

    def strings(texts: list[str]) -> Any:
        return rensa.RMinHash.digest_matrix_from_token_sets(
            [{text[i : i + 5] for i in range(max(1, len(text) - 4))} for text in texts], 128, 42
        )

    def flags(texts: list[str]) -> Flags:
        return _first_of_alike(np.array(matrix(texts).to_rows(), dtype=np.uint32))

    return [
        Peer("rensa, hashes by numpy", matrix, flags),
        Peer("rensa rho (fast mode), hashes by numpy", lambda texts: matrix(texts, rho=True)),
        Peer("rensa, tokens made in Python", strings, sample=8),
    ]


def _fastsketch() -> list[Peer]:
    module = importlib.import_module("FastSketchLSH")

    def rows(texts: list[str]) -> Any:
        hashes, offsets = flat_windows(texts)
        return module.FastSimilaritySketch(128, 42).batch_csr(hashes, offsets, prehashed=True, num_threads=1)

    def flags(texts: list[str]) -> Flags:
        return _first_of_alike(rows(texts))

    return [Peer("FastSketchLSH, hashes by numpy", rows, flags)]


def _datasketch() -> list[Peer]:
    datasketch = importlib.import_module("datasketch")

    def rows(texts: list[str]) -> Any:
        hashes, offsets = flat_windows(texts)
        small = (hashes & np.uint64(0xFFFFFFFF)).tolist()
        ends = offsets.astype(np.int64).tolist()
        pieces = [small[a:b] for a, b in itertools.pairwise(ends)]
        return datasketch.MinHash.bulk(pieces, num_perm=128, hashfunc=int)

    def sha1(texts: list[str]) -> Any:
        shingles = [[text[i : i + 5].encode("utf-8", "surrogatepass") for i in range(len(text) - 4)] for text in texts]
        return datasketch.MinHash.bulk(shingles, num_perm=128)

    return [Peer("datasketch, hashes by numpy", rows, sample=8), Peer("datasketch bulk, sha1", sha1, sample=16)]


def _datatrove() -> list[Peer]:
    minhash = importlib.import_module("datatrove.pipeline.dedup.minhash")
    step = minhash.MinhashDedupSignature.__new__(minhash.MinhashDedupSignature)
    step.config = minhash.MinhashConfig(num_buckets=32, hashes_per_bucket=4)
    step.num_hashes, step._parameters = 128, None

    def rows(texts: list[str]) -> Any:
        hashes, offsets = flat_windows(texts)
        ends = offsets.astype(np.int64).tolist()
        parts = [hashes[a:b, None] for a, b in itertools.pairwise(ends) if b > a]
        return [step.get_signature(part) for part in parts]

    return [Peer("datatrove's signature, hashes by numpy", rows, sample=8)]


def _first_of_alike(rows: npt.NDArray[Any], threshold: float = 0.8) -> Flags:
    """The second half for a library that stops at signatures, as its users write it, vectorised: 32 bands of 4, neighbours
    in a bucket, checked by the share of equal values in their signatures; the later one is dropped."""
    kept = np.ones(len(rows), dtype=bool)
    pairs = []
    for band in range(32):
        part = np.ascontiguousarray(rows[:, 4 * band : 4 * band + 4])
        keys = part.view(np.dtype((np.void, part.dtype.itemsize * 4))).ravel()
        _, bucket = np.unique(keys, return_inverse=True)
        order = np.argsort(bucket, kind="stable")
        same = bucket[order][1:] == bucket[order][:-1]
        pairs.append(order[:-1][same] << 32 | order[1:][same])
    unique = np.unique(np.concatenate(pairs))
    left, right = unique >> 32, unique & 0xFFFFFFFF
    kept[right[(rows[left] == rows[right]).mean(axis=1) >= threshold]] = False
    return kept


def installed() -> tuple[list[Peer], list[str]]:
    """(peers that can be imported, names of those that can't)."""
    found: list[Peer] = []
    missing = []
    makers = {"rensa": _rensa, "FastSketchLSH": _fastsketch, "datasketch": _datasketch, "datatrove": _datatrove}
    for name, make in makers.items():
        try:
            found += make()
        except ImportError as error:
            missing.append(f"{name} ({error.name or error})")
    try:
        importlib.import_module("text_dedup.minhash")
    except ImportError as error:
        missing.append(f"text-dedup ({error.name or error})")
    return found, missing
