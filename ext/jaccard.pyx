# cython: boundscheck=False, wraparound=False
"""Exact Jaccard of pairs of texts: sets of code-point windows, compared as windows, never as hashes.

ext/jaccard_py.py is the definition. All results are integers, so that a threshold cuts alike everywhere.
"""

import numpy as np

from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t
from libc.string cimport memset

from ext.errors import CapacityError, InputError, OptionError
from ext.textviews cimport (
    TextViews, level_of, prefetch, scratch, scratch_free, text_points, text_prefetch, text_view, text_widen, views_of,
)

from ext.jaccard_py import MILLION, ppm

cdef extern from "jaccard.h":
    int MAX_NGRAM
    ctypedef struct window_hash:
        int32_t ngram
    ctypedef struct window_set:
        int64_t distinct
        text_view text
    ctypedef struct miss_set:
        pass
    void window_hash_init(window_hash *w, uint64_t seed, int ngram)
    int window_set_build(window_set *s, const window_hash *w, const text_view *text, int level) nogil
    int window_set_against(window_set *s, const window_hash *w, const text_view *text, int64_t floor_ppm, int level,
                           miss_set *m, int64_t *inter, int64_t *uni) nogil
    void window_set_free(window_set *s)
    void miss_set_free(miss_set *m)
    uint32_t text_unit(const text_view *t, int64_t i) nogil

cdef int64_t TOO_LONG = 1 << 31
cdef object DEF_SEED = 0x64616D6A616E6731


cdef struct side:
    # One text of the pair: as it came, and the rooms for decoding and widening it.
    text_view points
    scratch decoded
    scratch widened


cdef class _Worker:
    cdef window_hash hashing
    cdef window_set pivot
    cdef miss_set misses
    cdef side left, right
    cdef int level
    cdef int64_t built  # row whose set `pivot` holds, -1 for none

    def __cinit__(self, int ngram, uint64_t seed, int level):
        memset(&self.pivot, 0, sizeof(self.pivot))
        memset(&self.misses, 0, sizeof(self.misses))
        memset(&self.left, 0, sizeof(self.left))
        memset(&self.right, 0, sizeof(self.right))
        window_hash_init(&self.hashing, seed, ngram)
        self.level = level
        self.built = -1

    def __dealloc__(self):
        window_set_free(&self.pivot)
        miss_set_free(&self.misses)
        scratch_free(&self.left.decoded)
        scratch_free(&self.left.widened)
        scratch_free(&self.right.decoded)
        scratch_free(&self.right.widened)

    cdef int build(self, const text_view *text, int kind) noexcept nogil:
        # The set of a decoded text of at least one full window, at `kind` bytes a code point.
        cdef text_view wide
        if text_widen(text, kind, &self.left.widened, &wide):
            return -1
        return window_set_build(&self.pivot, &self.hashing, &wide, self.level)

    cdef int pair(self, const text_view *views, int64_t a, int64_t b, int64_t floor, int64_t *inter,
                  int64_t *uni) noexcept nogil:
        cdef text_view wide
        cdef int32_t ngram = self.hashing.ngram
        cdef int kind
        cdef int64_t i
        if a != self.built:
            self.built = -1
            if text_points(&views[a], &self.left.decoded, self.level, &self.left.points):
                return -1
            if self.left.points.len >= TOO_LONG:
                return -2
            if self.left.points.len >= ngram:
                if self.build(&self.left.points, max(<int>self.left.points.kind, 2)):
                    return -1
            self.built = a
        if text_points(&views[b], &self.right.decoded, self.level, &self.right.points):
            return -1
        if self.right.points.len >= TOO_LONG:
            return -2
        cdef text_view *x = &self.left.points
        cdef text_view *y = &self.right.points
        if x.len < ngram or y.len < ngram:
            return self.brief_pair(x, y, floor, inter, uni)
        kind = max(<int>y.kind, <int>self.pivot.text.kind)
        if kind != self.pivot.text.kind:  # a pivot within the BMP meets a text beyond it
            if self.build(x, kind):
                return -1
        if text_widen(y, kind, &self.right.widened, &wide):
            return -1
        return window_set_against(&self.pivot, &self.hashing, &wide, floor, self.level, &self.misses, inter, uni)

    cdef int brief_pair(self, text_view *x, text_view *y, int64_t floor, int64_t *inter, int64_t *uni) noexcept nogil:
        # A text shorter than a window is one window of its own length: equal to an equal text only.
        cdef int64_t i, sizes = 0
        cdef bint same = x.len == y.len and x.len > 0
        inter[0] = 0
        uni[0] = 0
        if same:
            for i in range(x.len):
                if text_unit(x, i) != text_unit(y, i):
                    same = False
                    break
        if same:
            inter[0] = 1
            uni[0] = 1
            return 0
        if floor > 0:
            inter[0] = -1
            uni[0] = -1
            return 0
        sizes = (0 < x.len < self.hashing.ngram) + (0 < y.len < self.hashing.ngram)
        if x.len >= self.hashing.ngram:
            sizes += self.pivot.distinct
        if y.len >= self.hashing.ngram:
            self.built = -1
            if self.build(y, max(<int>y.kind, 2)):
                return -1
            sizes += self.pivot.distinct
        uni[0] = sizes
        return 0


cdef inline void _ahead(const text_view *views, const int64_t[::1] a, const int64_t[::1] b, Py_ssize_t i) noexcept nogil:
    # The texts of the next four pairs lie anywhere in memory, and so do their views: ask for both in time, several at once.
    cdef Py_ssize_t k
    if i % 4:
        return
    for k in range(i + 8, min(i + 12, a.shape[0])):
        prefetch(&views[a[k]])
        prefetch(&views[b[k]])
    for k in range(i + 4, min(i + 8, a.shape[0])):
        if a[k] != a[k - 1]:
            text_prefetch(&views[a[k]])
        text_prefetch(&views[b[k]])


def pairs(texts, left, right, *, ngram=5, floor_ppm=0, seed=DEF_SEED, simd=None):
    """(intersection int64[m], union int64[m]) of the window sets of texts[left[i]] and texts[right[i]].

    texts: as for ext.minhash.signatures; left, right: row numbers. Equal numbers in a row in `left` share one set: sort by
    it. floor_ppm 0..1000000: a pair whose Jaccard is below that many millionths reads (-1, -1), often without being read
    to its end; the others are exact. A text shorter than `ngram` is one window, an empty one has none (its
    intersections are 0). `seed` changes speed on hostile texts only. Raises InputError, OptionError, CapacityError.
    """
    if not 1 <= ngram <= MAX_NGRAM:
        raise OptionError(f"ngram={ngram}", f"use 1 to {MAX_NGRAM}, usually 5")
    if not 0 <= floor_ppm <= MILLION:
        raise OptionError(f"floor_ppm={floor_ppm}", "use 0 to 1000000 millionths")
    if not 0 <= seed < 1 << 64:
        raise OptionError("the seed is not an unsigned 64-bit number", "use 0 to 2**64-1")
    cdef TextViews batch = views_of(texts)
    left_rows, right_rows = (np.ascontiguousarray(side, dtype=np.int64) for side in (left, right))
    if left_rows.ndim != 1 or left_rows.shape != right_rows.shape:
        raise InputError("left and right differ in shape", "pass two flat arrays of equal length")
    for rows in (left_rows, right_rows):
        if rows.size and not (0 <= rows.min() and rows.max() < batch.count):
            raise InputError("a row number lies outside the texts", f"use 0 to {batch.count - 1}")
    inter_out = np.empty(left_rows.shape, dtype=np.int64)
    union_out = np.empty(left_rows.shape, dtype=np.int64)
    cdef const int64_t[::1] a = left_rows, b = right_rows
    cdef int64_t[::1] inter = inter_out, uni = union_out
    cdef int64_t floor = floor_ppm
    cdef Py_ssize_t i, count = a.shape[0]
    cdef int status = 0
    cdef _Worker worker = _Worker(ngram, seed, level_of(simd))
    with nogil:
        for i in range(count):
            _ahead(batch.views, a, b, i)
            status = worker.pair(batch.views, a[i], b[i], floor, &inter[i], &uni[i])
            if status:
                break
    if status == -2:
        raise CapacityError(f"pair {i}: a text has 2**31 code points or more", "split the document")
    if status:
        raise CapacityError(f"pair {i}: no memory for its window sets", "split the document")
    return inter_out, union_out
