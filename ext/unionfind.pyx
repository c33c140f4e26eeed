# cython: boundscheck=False, wraparound=False
"""Connected components over 64-bit ids. Components only divide the work of the greedy walk; they join nobody.

ext/unionfind_py.py is the definition.
"""

import numpy as np

from libc.stdint cimport int64_t

from ext.errors import InputError


cdef inline int64_t _root(int64_t[::1] parent, int64_t i) noexcept nogil:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


def components(left, right):
    """(ids uint64[n], least uint64[n]): every id that occurs, ascending, and the least id of its component.

    left, right: uint64[m], the ends of the edges. Raises InputError when they differ in shape.
    """
    a_ids, b_ids = (np.ascontiguousarray(side, dtype=np.uint64) for side in (left, right))
    if a_ids.ndim != 1 or a_ids.shape != b_ids.shape:
        raise InputError("left and right differ in shape", "pass two flat arrays of equal length")
    ids, rows = np.unique(np.concatenate([a_ids, b_ids]), return_inverse=True)
    cdef const int64_t[::1] row = np.ascontiguousarray(rows, dtype=np.int64)
    parent_out = np.arange(ids.shape[0], dtype=np.int64)
    cdef int64_t[::1] parent = parent_out
    cdef int64_t e, x, y, edges = a_ids.shape[0], count = ids.shape[0]
    with nogil:
        for e in range(edges):
            x = _root(parent, row[e])
            y = _root(parent, row[edges + e])
            # The lesser root stays the root, so the root is the least of its component.
            if x < y:
                parent[y] = x
            elif y < x:
                parent[x] = y
        for e in range(count):
            parent[e] = _root(parent, e)
    return ids, ids[parent_out]
