# cython: boundscheck=False, wraparound=False
"""Paragraphs of texts with a keyed digest each, straight from the buffers, to find what a source repeats.

ext/paragraphs_py.py is the definition and holds what is done with the digests.
"""

import numpy as np

from libc.stdint cimport int64_t, uint8_t, uint32_t
from libc.stdlib cimport free, realloc
from libc.string cimport memcpy, memset

from ext.errors import CapacityError, OptionError
from ext.textviews cimport TextViews, level_of, scratch, scratch_free, text_points, text_view, views_of

from ext.paragraphs_py import boilerplate, is_among, removed

cdef extern from "windowhash.h":
    uint32_t text_unit(const text_view *t, int64_t i) nogil

cdef extern from "siphash.h":
    int points_digest(const uint8_t *key, const text_view *points, scratch *room, uint8_t *out) nogil


cdef struct span:
    int64_t doc
    int64_t start
    int64_t end
    uint8_t digest[16]


cdef inline bint _breaks(uint32_t c) noexcept nogil:
    return c == 10 or c == 13 or c == 0x2028 or c == 0x2029


cdef inline bint _blank(uint32_t c) noexcept nogil:
    if c <= 32:
        return True
    if c < 0x85:
        return False
    return c == 0x85 or c == 0xA0 or c == 0x1680 or 0x2000 <= c <= 0x200B or c == 0x202F or c == 0x205F \
        or c == 0x3000 or c == 0xFEFF


def spans(texts, bytes key, *, int64_t min_points=20, simd=None):
    """(doc int64[p], start int64[p], end int64[p], digest uint8[p, 16]) of every paragraph of at least `min_points`.

    A paragraph is what lies between line breaks, without the blanks at its ends; start and end are code points of its
    text, end exclusive. texts: as for ext.minhash.signatures; key: 16 bytes. Raises InputError, OptionError, CapacityError.
    """
    if len(key) != 16:
        raise OptionError("the content key is not 16 bytes", "derive 16 bytes from the project key")
    if min_points < 1:
        raise OptionError(f"min_points={min_points}", "use 1 or more, usually 20")
    cdef TextViews batch = views_of(texts)
    cdef int level = level_of(simd), failed = 0
    cdef const uint8_t *secret = <const uint8_t *>key
    cdef scratch room, narrow
    cdef text_view points, part
    cdef span *found = NULL
    cdef span *grown
    cdef int64_t count = 0, space = 0, at, start, end, stop
    cdef Py_ssize_t i
    memset(&room, 0, sizeof(room))
    memset(&narrow, 0, sizeof(narrow))
    try:
        with nogil:
            for i in range(batch.count):
                if text_points(&batch.views[i], &room, level, &points):
                    failed = 1
                    break
                at = 0
                while at < points.len and not failed:
                    stop = at
                    while stop < points.len and not _breaks(text_unit(&points, stop)):
                        stop += 1
                    start = at
                    end = stop
                    at = stop + 1
                    while start < end and _blank(text_unit(&points, start)):
                        start += 1
                    while end > start and _blank(text_unit(&points, end - 1)):
                        end -= 1
                    if end - start < min_points:
                        continue
                    if count == space:
                        space = 2 * space + 1024
                        grown = <span *>realloc(found, space * sizeof(span))
                        if grown == NULL:
                            failed = 1
                            break
                        found = grown
                    found[count].doc = i
                    found[count].start = start
                    found[count].end = end
                    part = points
                    part.data = <const uint8_t *>points.data + start * points.kind
                    part.len = end - start
                    if points_digest(secret, &part, &narrow, found[count].digest):
                        failed = 1
                        break
                    count += 1
                if failed:
                    break
        if failed:
            raise CapacityError(f"row {i}: no memory for its paragraphs", "hand over fewer texts at once")
        raw = np.empty((count, sizeof(span)), dtype=np.uint8)
        if count:
            memcpy(<void *><size_t>raw.ctypes.data, found, count * sizeof(span))
    finally:
        free(found)
        scratch_free(&room)
        scratch_free(&narrow)
    numbers = raw[:, :24].copy().view(np.int64).reshape(count, 3)
    return numbers[:, 0].copy(), numbers[:, 1].copy(), numbers[:, 2].copy(), raw[:, 24:].copy()
