# cython: boundscheck=False, wraparound=False
"""Hashes of folded eojeols and of runs of them, straight from text buffers. ext/eojeols_py.py is the definition."""

import numpy as np

from libc.stdint cimport int64_t, uint16_t, uint64_t
from libc.stdlib cimport free
from libc.string cimport memcpy, memset

from ext.errors import CapacityError, OptionError
from ext.textviews cimport TextViews, level_of, scratch, scratch_free, text_points, text_view, views_of

from ext.eojeols_py import fold_table

cdef extern from "eojeols.h":
    int MAX_RUN
    ctypedef struct eojeol_list:
        uint64_t *hash
        int64_t count
    int eojeols_append(const text_view *t, uint64_t seed, const uint16_t *fold, eojeol_list *found) nogil
    uint64_t run_hash(const uint64_t *eojeol, const uint64_t *mult, int length) nogil
    void run_multipliers(uint64_t seed, uint64_t *mult) nogil


def hashes(texts, seed, *, simd=None):
    """(hash uint64[w], starts int64[n + 1]): the eojeols of text i are hash[starts[i]:starts[i + 1]].

    texts: as for ext.minhash.signatures; seed: 0..2**64-1. Raises InputError, CapacityError.
    """
    cdef TextViews batch = views_of(texts)
    cdef int level = level_of(simd), failed = 0
    cdef const uint16_t[::1] fold = fold_table()
    cdef uint64_t key = seed
    cdef scratch room
    cdef text_view points
    cdef eojeol_list found
    starts_out = np.zeros(batch.count + 1, dtype=np.int64)
    cdef int64_t[::1] starts = starts_out
    cdef Py_ssize_t i
    memset(&room, 0, sizeof(room))
    memset(&found, 0, sizeof(found))
    try:
        with nogil:
            for i in range(batch.count):
                if text_points(&batch.views[i], &room, level, &points) or \
                        eojeols_append(&points, key, &fold[0], &found):
                    failed = 1
                    break
                starts[i + 1] = found.count
        if failed:
            raise CapacityError(f"row {i}: no memory for its eojeols", "hand over fewer texts at once")
        out = np.empty(found.count, dtype=np.uint64)
        if found.count:
            memcpy(<void *><size_t>out.ctypes.data, found.hash, found.count * sizeof(uint64_t))
    finally:
        free(found.hash)
        scratch_free(&room)
    return out, starts_out


def runs(eojeols, int length, seed):
    """uint64[w - length + 1]: the hash of every `length` (1..64) eojeols in a row of one text's hashes uint64[w]."""
    if not 1 <= length <= MAX_RUN:
        raise OptionError(f"runs of {length} eojeols", f"use 1 to {MAX_RUN}, usually 13")
    cdef const uint64_t[::1] e = np.ascontiguousarray(eojeols, dtype=np.uint64)
    cdef uint64_t mult[64]
    cdef Py_ssize_t i, count = max(0, e.shape[0] - length + 1)
    out = np.empty(count, dtype=np.uint64)
    cdef uint64_t[::1] o = out
    run_multipliers(seed, mult)
    for i in range(count):
        o[i] = run_hash(&e[i], mult, length)
    return out


def find(texts, seed, lengths, grams, bitmap, *, simd=None):
    """(doc int64[m], gram int64[m]): where a run of eojeols of one of `lengths` hashes to grams[gram].

    grams: uint64, ascending; bitmap: uint64[2**k], bit h >> (58 - k) of which is set for every gram h (`bitmap_of`).
    A run that occurs twice in a document is told twice. Raises InputError, OptionError, CapacityError.
    """
    if any(not 1 <= length <= MAX_RUN for length in lengths):
        raise OptionError("a run length is out of range", f"use 1 to {MAX_RUN}, usually 13")
    cdef TextViews batch = views_of(texts)
    cdef int level = level_of(simd), failed = 0, length
    cdef const uint16_t[::1] fold = fold_table()
    cdef const uint64_t[::1] table = np.ascontiguousarray(grams, dtype=np.uint64)
    cdef const uint64_t[::1] bits = np.ascontiguousarray(bitmap, dtype=np.uint64)
    cdef const int64_t[::1] sizes = np.ascontiguousarray(lengths, dtype=np.int64)
    cdef uint64_t key = seed, h, at
    cdef uint64_t mult[64]
    cdef int shift = 58
    cdef int64_t low, high, middle, w, total = table.shape[0]
    cdef scratch room
    cdef text_view points
    cdef eojeol_list found
    cdef Py_ssize_t i, k
    cdef list docs = [], hits = []
    while (<int64_t>1 << (58 - shift)) < bits.shape[0]:
        shift -= 1
    if total == 0:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    memset(&room, 0, sizeof(room))
    memset(&found, 0, sizeof(found))
    run_multipliers(key, mult)
    try:
        with nogil:
            for i in range(batch.count):
                found.count = 0
                if text_points(&batch.views[i], &room, level, &points) or \
                        eojeols_append(&points, key, &fold[0], &found):
                    failed = 1
                    break
                for k in range(sizes.shape[0]):
                    length = <int>sizes[k]
                    for w in range(found.count - length + 1):
                        h = run_hash(found.hash + w, mult, length)
                        at = h >> shift
                        if not (bits[at >> 6] >> (at & 63)) & 1:
                            continue
                        low = 0
                        high = total
                        while low < high:
                            middle = (low + high) >> 1
                            if table[middle] < h:
                                low = middle + 1
                            else:
                                high = middle
                        if low < total and table[low] == h:
                            with gil:
                                docs.append(i)
                                hits.append(low)
    finally:
        free(found.hash)
        scratch_free(&room)
    if failed:
        raise CapacityError(f"row {i}: no memory for its eojeols", "hand over fewer texts at once")
    return np.array(docs, dtype=np.int64), np.array(hits, dtype=np.int64)
