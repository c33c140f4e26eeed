# cython: boundscheck=False, wraparound=False
"""The greedy walk: who survives, given verified edges. ext/survivors_py.py is the definition."""

import numpy as np

from libc.stdint cimport int64_t
from libc.stdlib cimport calloc, free, malloc

from ext.errors import CapacityError, InputError


def greedy(int64_t count, left, right):
    """(survivor int64[count], edge int64[count]) for documents 0..count-1 numbered in survivor order.

    left, right: int64[m], the two ends of each verified edge, either way round. A document is dropped if and only if an
    earlier survivor has an edge with it; `survivor` names the least such (itself if kept), `edge` the number of the first
    edge to it (-1 if kept). Linear. Raises InputError for an edge outside the documents or from one to itself.
    """
    a_rows, b_rows = (np.ascontiguousarray(side, dtype=np.int64) for side in (left, right))
    if a_rows.ndim != 1 or a_rows.shape != b_rows.shape:
        raise InputError("left and right differ in shape", "pass two flat arrays of equal length")
    if a_rows.size and (min(a_rows.min(), b_rows.min()) < 0 or max(a_rows.max(), b_rows.max()) >= count):
        raise InputError("an edge names a document outside the walk", f"use 0 to {count - 1}")
    if (a_rows == b_rows).any():
        raise InputError("an edge joins a document to itself", "leave it out")
    survivor_out = np.empty(count, dtype=np.int64)
    edge_out = np.empty(count, dtype=np.int64)
    cdef const int64_t[::1] a = a_rows, b = b_rows
    cdef int64_t[::1] survivor = survivor_out, edge = edge_out
    cdef int64_t i, e, d, low, best, found, edges = a.shape[0]
    cdef int64_t *starts = <int64_t *>calloc(count + 2, sizeof(int64_t))
    cdef int64_t *by_later = <int64_t *>malloc((edges + 1) * sizeof(int64_t))
    if starts == NULL or by_later == NULL:
        free(starts)
        free(by_later)
        raise CapacityError("no memory for the walk", "walk one component at a time")
    with nogil:
        # Edges grouped under their later end; starts[d + 1] runs ahead while they are placed.
        for e in range(edges):
            starts[max(a[e], b[e]) + 2] += 1
        for i in range(2, count + 2):
            starts[i] += starts[i - 1]
        for e in range(edges):
            d = max(a[e], b[e])
            by_later[starts[d + 1]] = e
            starts[d + 1] += 1
        for d in range(count):
            best = d
            found = -1
            for i in range(starts[d], starts[d + 1]):
                e = by_later[i]
                low = min(a[e], b[e])
                if low < best and survivor[low] == low:
                    best = low
                    found = e
            survivor[d] = best
            edge[d] = found
    free(starts)
    free(by_later)
    return survivor_out, edge_out
