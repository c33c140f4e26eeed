"""The peers, each by its fastest path on the same shingles: 5-code-point windows, k=128. Imported only if installed.

A peer is given its shingles as hashes made by vectorised numpy, which is far faster than tokens made in Python; the
time of making them counts, since it is part of every way from text to signature.
"""

from __future__ import annotations

import importlib
import itertools
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
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
    """signatures(texts): text to signatures; flags(texts), where there is one: bool[n], which rows to keep.

    own_end: flags are by the peer's own clustering, which verifies nothing; else by `_first_of_alike`.
    """

    name: str
    signatures: Callable[[list[str]], Any]
    flags: Callable[[list[str]], Flags] | None = None
    sample: int = 1  # take one text in `sample`: the slow ones
    own_end: bool = False


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
    base = importlib.import_module("datatrove.pipeline.base")
    importlib.import_module("loguru").logger.disable("datatrove")
    config = minhash.MinhashConfig(num_buckets=32, hashes_per_bucket=4)

    class Signature(minhash.MinhashDedupSignature):  # type: ignore[misc,name-defined]
        """Its first stage on our shingles: its own makes words, by Kiwi for Korean, at a fraction of this speed."""

        def __init__(self, folder: str) -> None:
            base.PipelineStep.__init__(self)
            self.output_folder = minhash.get_datafolder(folder)
            self.config, self.num_hashes, self._parameters, self.skip_existing_sigs = config, 128, None, False

        def get_shingles(self, text: str) -> Any:
            return flat_windows([text])[0][:, None]

    def rows(texts: list[str]) -> Any:
        step = Signature("memory://unused")
        hashes, offsets = flat_windows(texts)
        ends = offsets.astype(np.int64).tolist()
        parts = [hashes[a:b, None] for a, b in itertools.pairwise(ends) if b > a]
        return [step.get_signature(part) for part in parts]

    def flags(texts: list[str]) -> Flags:
        kept = np.ones(len(texts), dtype=bool)
        with tempfile.TemporaryDirectory() as folder:
            signed, pairs, found = (f"{folder}/{name}" for name in ("signatures", "pairs", "remove"))
            Signature(signed).run([SimpleNamespace(text=text) for text in texts])
            for bucket in range(32):
                minhash.MinhashDedupBuckets(signed, pairs, config=config).run(rank=bucket, world_size=32)
            minhash.MinhashDedupCluster(pairs, found, config=config).run()
            for path in Path(found).glob("*.remove"):
                kept[np.fromfile(path, dtype="<u4")] = False
        return kept

    return [Peer("datatrove, hashes by numpy", rows, flags, sample=8, own_end=True)]


def _text_dedup() -> list[Peer]:
    module = importlib.import_module("text_dedup.minhash")
    prime, most = np.uint64((1 << 61) - 1), np.uint32(0xFFFFFFFF)
    random = np.random.RandomState(42)
    options = {
        "num_perm": 128,
        "ngram_size": 5,
        "min_length": 5,
        "hashranges": [(4 * band, 4 * band + 4) for band in range(32)],
        "permutations": (random.randint(1, prime, 128, np.uint64), random.randint(0, prime, 128, np.uint64)),
        "hash_func": module.xxh3_32hash,
        "dtype": np.uint64,
        "max_hash": most,
        "modulo_prime": prime,
    }

    def rows(texts: list[str]) -> list[list[bytes]]:
        return [module.embed_func(text, 0, **options)[module.SIGNATURE_COLUMN] for text in texts]

    def flags(texts: list[str]) -> Flags:
        joined = module.UnionFind()
        for band in zip(*rows(texts), strict=True):
            first: dict[bytes, int] = {}
            for row, key in enumerate(band):
                joined.union(row, first.setdefault(key, row))
        return np.array([joined.find(row) == row for row in range(len(texts))])

    return [Peer("text-dedup, its own shingles of 5 words", rows, flags, sample=16, own_end=True)]


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
    makers = {
        "rensa": _rensa,
        "FastSketchLSH": _fastsketch,
        "datasketch": _datasketch,
        "datatrove": _datatrove,
        "text-dedup, which needs rich<14 and urllib3<=2.0: an environment of its own": _text_dedup,
    }
    for name, make in makers.items():
        try:
            found += make()
        except ImportError as error:
            missing.append(f"{name} ({error.name or error})")
    return found, missing
