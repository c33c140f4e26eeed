"""Near-duplicates by design.md's rule, over the kernels: in one call, or piece by piece for a pipeline.

In one process: `cluster(texts, order, settings)`. For a Beam stage, the same pieces on arrays (documents are uint64
numbers whose order is the survivor order; nothing here holds more than it is handed):

  a. per unit          `band_entries(texts, docs, settings)` -> (hash, doc) sorted; write by hash range
     exact duplicates  `exact_groups(digests)` on the keyed digests of one digest range -> (least, member)
  b. per hash range    merge entries with `bands.sort_entries`, then for each round `bucket_pairs(hashes, docs)`
                       -> (pivot, member, at); make them unique over all ranges before verifying
  c. per text range    `verify(texts, left, right, settings)` -> similarity in millionths, 0 below the threshold
     back in b.        `next_entries(hashes, docs, at, matched)` -> the entries of the next round; stop after
                       settings.rounds and count what `bucket_pairs` would still pair: unresolved
  d. per component     `walk(left, right, similarity)` over the verified edges -> (doc, survivor, similarity) of every
                       dropped document; `unionfind.components` divides the edges among workers

A document is dropped only for a survivor whose exact Jaccard with it was verified, so nothing here depends on order,
partition or workers: buckets, pivots and the walk are functions of the set of documents and their survivor order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ext import bands, contenthash, jaccard, minhash, survivors
from ext.errors import InputError, OptionError
from ext.textviews import TextViews, views_of

Texts: TypeAlias = "Sequence[str | None] | pa.Array[Any] | pa.ChunkedArray[Any] | TextViews"
Ids = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

KEPT, EXACT, NEAR = 0, 1, 2
KINDS = ("kept", "exact", "near")
MILLION = 1_000_000
_BLOCK = 4096  # signatures held at once: 2 MiB, the size of a second-level cache


@dataclass(frozen=True)
class Settings:
    """What decides: go into the policy digest together with the schemes' names and versions."""

    threshold_ppm: int = 800_000
    bands: int = 32
    rows: int = 4
    ngram: int = 5
    seed: int = minhash.SEED
    rounds: int = 16

    def __post_init__(self) -> None:
        if not 1 <= self.threshold_ppm <= MILLION:
            raise OptionError(f"threshold_ppm={self.threshold_ppm}", "use 1 to 1000000 millionths")
        if self.rounds < 1 or self.bands < 1 or self.rows < 1:
            raise OptionError("rounds, bands and rows start at 1", "use 16 rounds, 32 bands of 4 rows")


@dataclass(frozen=True)
class Counts:
    """documents = kept + exact + near. candidates: unique pairs compared; verified: those at or above the threshold;
    unresolved: documents that still shared a bucket, uncompared, after the last round."""

    documents: int
    kept: int
    exact: int
    near: int
    empty: int
    candidates: int
    verified: int
    unresolved: int


@dataclass(frozen=True)
class Clusters:
    """Per row: `survivor` int64 (its own row if kept), `jaccard_ppm` int64 (1000000 if kept or exact), `kind` uint8."""

    survivor: Ints
    jaccard_ppm: Ints
    kind: npt.NDArray[np.uint8]
    counts: Counts


def band_table(texts: Texts, settings: Settings) -> Ids:
    """uint64[bands, n]: the band hashes of each text, a row a band; signatures live one block at a time."""
    views = views_of(texts)
    table = np.empty((settings.bands, len(views)), dtype=np.uint64)
    for start in range(0, len(views), _BLOCK):
        rows = np.arange(start, min(start + _BLOCK, len(views)))
        signatures = minhash.signatures(
            views.take(rows), num_perm=settings.bands * settings.rows, ngram=settings.ngram, seed=settings.seed
        )
        bands.band_hashes(signatures, settings.bands, settings.rows, table[:, start : start + _BLOCK].T)
    return table


def band_entries(texts: Texts, docs: npt.ArrayLike, settings: Settings) -> tuple[Ids, Ids]:
    """(hash, doc) uint64[m] of all bands of all texts, sorted; empty texts have no entries."""
    table = band_table(texts, settings)
    return bands.sort_entries(table.ravel(), np.tile(np.asarray(docs, dtype=np.uint64), settings.bands))


def bucket_pairs(hashes: Ids, docs: Ids) -> tuple[Ids, Ids, Ints]:
    """(pivot, member, at) of sorted entries: in each bucket its least document beside each of the others.

    `at` is the position of the member's entry. The same pair may come from several buckets.
    """
    first = bands.pivots(hashes)
    at = np.flatnonzero(first != np.arange(len(first)))
    at = at[docs[first[at]] != docs[at]]
    return docs[first[at]], docs[at], at


def next_entries(hashes: Ids, docs: Ids, at: Ints, matched: Bools) -> tuple[Ids, Ids]:
    """The entries that go into the next round: members whose pair from `bucket_pairs` was not verified."""
    left = at[~matched]
    return hashes[left], docs[left]


def verify(texts: Texts, left: npt.ArrayLike, right: npt.ArrayLike, settings: Settings) -> Ints:
    """int64[m]: exact Jaccard of rows left[i] and right[i] in millionths, 0 below the threshold. Sort by `left`."""
    return jaccard.ppm(*jaccard.pairs(texts, left, right, ngram=settings.ngram, floor_ppm=settings.threshold_ppm))


def walk(left: npt.ArrayLike, right: npt.ArrayLike, similarity: Ints) -> tuple[Ids, Ids, Ints]:
    """(document, survivor, similarity) of every dropped document, given verified edges between uint64 documents."""
    a, b = np.asarray(left, dtype=np.uint64), np.asarray(right, dtype=np.uint64)
    ids, local = np.unique(np.concatenate([a, b]), return_inverse=True)
    survivor, edge = survivors.greedy(len(ids), local[: len(a)], local[len(a) :])
    dropped = np.flatnonzero(edge >= 0)
    return ids[dropped], ids[survivor[dropped]], similarity[edge[dropped]]


def exact_groups(digests: npt.NDArray[np.uint8]) -> tuple[Ints, Ints]:
    """(least, member): rows with equal 16-byte digests, each beside the least of its group."""
    words = np.ascontiguousarray(digests).view(np.uint64)
    members, starts = bands.groups(words[:, 0] - (words[:, 0] == np.uint64(bands.NO_HASH)))
    leasts, others = [], []
    rows = members.astype(np.int64)
    group = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    while len(rows):  # once, unless two digests share their first half
        fresh = np.ones(len(rows), dtype=bool)
        fresh[1:] = group[1:] != group[:-1]
        least = rows[np.maximum.accumulate(np.where(fresh, np.arange(len(rows)), 0))]
        same = (words[least] == words[rows]).all(axis=1)
        leasts.append(least[same & ~fresh])
        others.append(rows[same & ~fresh])
        rows, group = rows[~same], group[~same]
    none = np.empty(0, dtype=np.int64)
    return np.concatenate([none, *leasts]), np.concatenate([none, *others])


def cluster(texts: Texts, order: npt.ArrayLike | None = None, settings: Settings | None = None) -> Clusters:
    """Near-duplicates of texts in memory. `order`: rows from the most to the least wanted survivor (default: as given).

    Raises InputError when `order` is no permutation of the rows, and what the kernels raise.
    """
    settings = settings or Settings()
    given = views_of(texts)
    count = len(given)
    views = given
    if order is not None:
        order = np.asarray(order, dtype=np.int64)
        if order.shape != (count,) or not np.array_equal(np.sort(order), np.arange(count)):
            raise InputError("order is no permutation of the rows", "pass each row number once, best survivor first")
        views = given.take(order)  # from here on a document's number is its place in the survivor order
    empty = views.is_empty()
    owner = _collapse_exact(views, empty, settings.seed)
    distinct = np.flatnonzero((owner == np.arange(count)) & ~empty)
    rest = views if len(distinct) == count else views.take(distinct)
    near, similarity, candidates, verified, unresolved = _near(rest, settings)

    survivor, ppm = np.arange(count), np.full(count, MILLION)
    survivor[distinct], ppm[distinct] = distinct[near], similarity
    survivor, ppm = survivor[owner], ppm[owner]
    kind = np.full(count, NEAR, dtype=np.uint8)
    kind[survivor == owner] = EXACT
    kind[survivor == np.arange(count)] = KEPT

    kept, exact, dropped = np.bincount(kind, minlength=3).tolist()
    counts = Counts(count, kept, exact, dropped, int(empty.sum()), candidates, verified, unresolved)
    if order is None:
        return Clusters(survivor, ppm, kind, counts)
    back = np.empty(count, dtype=np.int64)
    back[order] = np.arange(count)
    return Clusters(order[survivor[back]], ppm[back], kind[back], counts)


def _collapse_exact(views: TextViews, empty: Bools, seed: int) -> Ints:
    """int64[n]: the least document with the same text; the texts themselves are compared, empty ones are alone."""
    owner = np.arange(len(empty))
    outlines = contenthash.outline(views, seed=seed)
    outlines -= outlines == np.uint64(bands.NO_HASH)
    outlines[empty] = bands.NO_HASH
    alike = np.sort(bands.groups(outlines)[0].astype(np.int64))  # most long texts are told apart by three glimpses
    hashes = contenthash.quick(views.take(alike), seed=seed)
    hashes -= hashes == np.uint64(bands.NO_HASH)
    members, starts = bands.groups(hashes)
    rows, group = alike[members], np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    while len(rows):  # once, unless different texts share a hash
        first, other = followers(group)
        equal = contenthash.equal(views, rows[first], rows[other])
        owner[rows[other[equal]]] = rows[first[equal]]
        rows, group = rows[other[~equal]], group[other[~equal]]
    return owner


def _near(views: TextViews, settings: Settings) -> tuple[Ints, Ints, int, int, int]:
    """(survivor, similarity, candidates, verified, unresolved) of distinct, non-empty texts in survivor order."""
    edges, candidates, unresolved = _verified_edges(views, settings)
    left, right, similarity = edges
    survivor, edge = survivors.greedy(len(views), left, right)
    ppm = np.full(len(views), MILLION)
    ppm[edge >= 0] = similarity[edge[edge >= 0]]
    return survivor, ppm, candidates, len(left), unresolved


def _verified_edges(views: TextViews, settings: Settings) -> tuple[tuple[Ints, Ints, Ints], int, int]:
    member, starts = bands.groups(band_table(views, settings))
    size = np.diff(starts)
    first = np.zeros(len(member), dtype=bool)
    first[starts[:-1]] = True
    lead, other = np.repeat(member[first], size - 1), member[~first]
    group = np.repeat(np.arange(len(size)), size - 1)
    known, known_ppm = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    for _ in range(settings.rounds):
        if not len(other):
            break
        unique, place = np.unique(lead.astype(np.int64) << 32 | other, return_inverse=True)
        fresh = unique[~np.isin(unique, known, assume_unique=True)]
        fresh_ppm = verify(views, fresh >> 32, fresh & 0xFFFFFFFF, settings)
        known = np.concatenate([known, fresh])
        by_pair = np.argsort(known, kind="stable")
        known, known_ppm = known[by_pair], np.concatenate([known_ppm, fresh_ppm])[by_pair]
        matched = (known_ppm[np.searchsorted(known, unique)] > 0)[place]
        other, group = other[~matched], group[~matched]
        pivot, behind = followers(group)
        lead, other, group = other[pivot], other[behind], group[behind]
    unresolved = len(np.unique(np.concatenate([lead, other])))
    true = known_ppm > 0
    return (known[true] >> 32, known[true] & 0xFFFFFFFF, known_ppm[true]), len(known), unresolved


def followers(group: Ints) -> tuple[Ints, Ints]:
    """(pivot, other): for each entry behind the first of its bucket, that first entry's position and its own."""
    first = bands.pivots(group.astype(np.uint64))
    other = np.flatnonzero(first != np.arange(len(group)))
    return first[other], other
