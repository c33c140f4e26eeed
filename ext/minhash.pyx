# cython: boundscheck=False, wraparound=False
"""MinHash signatures straight from text buffers: one permutation, hashed code-point windows, SIMD by run-time dispatch.

The scheme (ext/minhash_py.py defines it in plain Python) is fixed by SCHEME and VERSION: the same text, seed, n-gram and
num_perm give the same numbers on any machine, build, Python, SIMD level, and from a str as from Arrow.
"""

import numpy as np

from libc.stdint cimport uint32_t, uint64_t
from libc.string cimport memset

from ext.errors import CapacityError, OptionError
from ext.textviews cimport TextViews, level_of, scratch, scratch_free, text_points, text_view, texts_prefetch, views_of

from ext.minhash_py import EMPTY, SCHEME, SEED, VERSION, estimate

cdef extern from "minhash.h":
    int MAX_NGRAM
    ctypedef struct minhash_plan:
        pass
    int minhash_plan_init(minhash_plan *plan, uint64_t seed, int ngram, int bins)
    void minhash_plan_free(minhash_plan *plan)
    void minhash_text(int level, const minhash_plan *plan, const text_view *text, uint32_t *bins) nogil


def signatures(texts, *, num_perm=128, ngram=5, seed=SEED, simd=None):
    """uint32[n, num_perm]: the MinHash signature of each text's set of `ngram`-code-point windows.

    texts: list of str and None, or an Arrow string, large_string or string_view array (slices and nulls included).
    num_perm 1..65536; ngram 1..16; seed 0..2**64-1. A text shorter than `ngram` is one window; an empty or null one
    has the row EMPTY throughout, which no other text has. `simd` forces a level (tests); the numbers do not depend on it.
    Raises InputError, OptionError.
    """
    if not 1 <= num_perm <= 65536:
        raise OptionError(f"num_perm={num_perm}", "use 1 to 65536, usually 128")
    if not 1 <= ngram <= MAX_NGRAM:
        raise OptionError(f"ngram={ngram}", f"use 1 to {MAX_NGRAM}, usually 5")
    if not 0 <= seed < 1 << 64:
        raise OptionError("the seed is not an unsigned 64-bit number", "use 0 to 2**64-1")
    cdef TextViews batch = views_of(texts)
    cdef int level = level_of(simd), bins = num_perm, failed = 0
    cdef Py_ssize_t i, count = batch.count
    out = np.empty((count, num_perm), dtype=np.uint32)
    cdef uint32_t[:, ::1] rows = out
    cdef minhash_plan plan
    memset(&plan, 0, sizeof(plan))
    cdef scratch room
    cdef text_view points
    room.data = NULL
    room.size = 0
    try:
        if minhash_plan_init(&plan, seed, ngram, bins):
            raise CapacityError("no memory for the signature plan", "use fewer permutations")
        with nogil:
            for i in range(count):
                texts_prefetch(batch.views, i, batch.count)
                if text_points(&batch.views[i], &room, level, &points):
                    failed = 1
                    break
                minhash_text(level, &plan, &points, &rows[i, 0])
        if failed:
            raise CapacityError(f"row {i}: no memory to decode the text", "split the document")
    finally:
        minhash_plan_free(&plan)
        scratch_free(&room)
    return out
