# cython: boundscheck=False
"""Bands of signatures, and buckets of equal band hashes. ext/bands_py.py is the definition."""

import numpy as np

from libc.stdint cimport int64_t, uint32_t, uint64_t
from libc.string cimport memcpy

from ext.errors import CapacityError, InputError, OptionError

from ext.bands_py import NO_HASH, pivots

cdef extern from "groups.h":
    ctypedef struct group_result:
        uint32_t *members
        int64_t *starts
        int64_t member_count, group_count
    ctypedef struct group_room:
        pass
    int group_room_init(group_room *m, group_result *r, int64_t rows) nogil
    void group_room_free(group_room *m)
    int group_column(const uint64_t *hash, int64_t rows, int64_t stride, group_room *m, group_result *r) nogil
    void group_result_free(group_result *r)
    int sort_by_hash(uint64_t *hash, uint64_t *id, int64_t n) nogil


cdef inline uint64_t _spread(uint64_t h) noexcept nogil:
    h = (h ^ (h >> 30)) * <uint64_t>0xBF58476D1CE4E5B9
    h = (h ^ (h >> 27)) * <uint64_t>0x94D049BB133111EB
    return h ^ (h >> 31)


cdef inline uint64_t _band_hash(const uint32_t *values, uint64_t band, Py_ssize_t rows) noexcept nogil:
    cdef uint64_t h = band
    cdef Py_ssize_t r
    for r in range(rows):
        h = (h ^ values[r]) * <uint64_t>0x9E3779B97F4A7C15
        h ^= h >> 32
    h = _spread(h)
    return h - (h == <uint64_t>-1)


cdef inline bint _is_empty(const uint32_t *values, Py_ssize_t k) noexcept nogil:
    cdef Py_ssize_t r
    for r in range(k):
        if values[r] != 0xFFFFFFFFu:
            return False
    return True


def band_hashes(signatures, int bands, int rows, out=None):
    """uint64[n, bands]: one hash per band of `rows` signature values, different between bands.

    signatures: uint32[n, k] with k >= bands * rows. Every band of an empty text's row is NO_HASH, and only those.
    out: uint64[n, bands] of any strides to write into, so that a part of a table can be filled.
    Raises InputError, OptionError.
    """
    sig = np.ascontiguousarray(signatures)
    if sig.dtype != np.uint32 or sig.ndim != 2:
        raise InputError("signatures are not uint32[n, k]", "pass what ext.minhash.signatures returned")
    if bands < 1 or rows < 1 or bands * rows > sig.shape[1]:
        raise OptionError(f"{bands} bands of {rows} rows of {sig.shape[1]} values", "use bands * rows <= num_perm")
    if out is None:
        out = np.empty((sig.shape[0], bands), dtype=np.uint64)
    elif out.dtype != np.uint64 or out.shape != (sig.shape[0], bands):
        raise InputError("out is not uint64[n, bands]", "pass an array of that shape, or None")
    cdef const uint32_t[:, ::1] s = sig
    cdef uint64_t[:, :] o = out
    cdef Py_ssize_t i, b, start, stop, n = sig.shape[0], k = sig.shape[1]
    with nogil:
        for start in range(0, n, 8):  # eight rows: their values stay near, and a table's band gets a whole cache line
            stop = min(start + 8, n)
            for b in range(bands):
                if rows == 4:  # the usual one, unrolled
                    for i in range(start, stop):
                        o[i, b] = _band_hash(&s[i, 4 * b], <uint64_t>b, 4)
                else:
                    for i in range(start, stop):
                        o[i, b] = _band_hash(&s[i, b * rows], <uint64_t>b, rows)
            for i in range(start, stop):
                if s[i, 0] == 0xFFFFFFFFu and _is_empty(&s[i, 0], k):
                    for b in range(bands):
                        o[i, b] = <uint64_t>-1
    return out


def groups(hashes):
    """(members uint32[m], starts int64[g + 1]): the rows whose hash occurs at least twice, bucket after bucket.

    hashes: uint64[n], any stride; or uint64[bands, n], whose bands are grouped one by one. Members ascend inside a bucket
    members[starts[j]:starts[j + 1]]; buckets come band by band, in a fixed but otherwise meaningless order. NO_HASH is in
    no bucket. Linear, whatever the sizes of the buckets.
    """
    table = np.asarray(hashes)
    if table.dtype != np.uint64 or table.ndim not in (1, 2):
        raise InputError("hashes are not uint64[n] or uint64[bands, n]", "pass one column of ext.bands.band_hashes")
    if table.ndim == 1:
        table = table[None, :]
    if table.shape[1] >= 0xFFFFFFFF:
        raise CapacityError("2**32 rows or more in one column", "group one hash range at a time")
    cdef const uint64_t[:, :] view = table
    cdef group_result found
    cdef group_room room
    cdef int status
    cdef int64_t b, count = view.shape[0], n = view.shape[1], stride = view.strides[1] // 8
    with nogil:
        status = group_room_init(&room, &found, n)
        for b in range(count if n else 0):
            if status:
                break
            status = group_column(&view[b, 0], n, stride, &room, &found)
    try:
        if status:
            raise CapacityError("no memory to group the hashes", "group one hash range at a time")
        members = np.empty(found.member_count, dtype=np.uint32)
        starts = np.empty(found.group_count + 1, dtype=np.int64)
        if found.member_count:
            memcpy(<void *><size_t>members.ctypes.data, found.members, found.member_count * sizeof(uint32_t))
        memcpy(<void *><size_t>starts.ctypes.data, found.starts, (found.group_count + 1) * sizeof(int64_t))
    finally:
        group_room_free(&room)
        group_result_free(&found)
    return members, starts


def sort_entries(hashes, ids):
    """(hashes uint64[m], ids uint64[m]) sorted by hash, then id; entries with NO_HASH are left out. Radix, linear.

    An id's order is the survivor order: pass ranks.
    """
    h = np.asarray(hashes, dtype=np.uint64).ravel()
    d = np.asarray(ids, dtype=np.uint64).ravel()
    if h.shape != d.shape:
        raise InputError("hashes and ids differ in length", "pass one id for each hash")
    keep = h != np.uint64(NO_HASH)
    h, d = np.ascontiguousarray(h[keep]), np.ascontiguousarray(d[keep])
    cdef uint64_t[::1] hv = h, dv = d
    cdef int64_t n = hv.shape[0]
    cdef int status = 0
    cdef bint ordered = bool((d[1:] >= d[:-1]).all())
    if n:
        with nogil:
            if not ordered:
                status = sort_by_hash(&dv[0], &hv[0], n)
            if not status:
                status = sort_by_hash(&hv[0], &dv[0], n)
    if status:
        raise CapacityError("no memory to sort the entries", "sort one hash range at a time")
    return h, d
