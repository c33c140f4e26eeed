# cython: boundscheck=False, wraparound=False
"""Keyed 128-bit content hashes for exact duplicates: SipHash-2-4-128 straight from the text buffers.

ext/contenthash_py.py is the definition. Without the key a digest says nothing about its text.
"""

import numpy as np

from libc.stdint cimport uint8_t
from libc.string cimport memset

from ext.errors import CapacityError, OptionError
from ext.textviews cimport TextViews, level_of, scratch, scratch_free, text_view, views_of

from ext.contenthash_py import KEY, SCHEME, VERSION

cdef extern from "siphash.h":
    int content_digest(const uint8_t *key, const text_view *text, int level, scratch *room, scratch *wide_room,
                       uint8_t *out) nogil


def keyed(texts, bytes key, *, simd=None):
    """uint8[n, 16]: one digest a text, equal for a str and for Arrow. An empty or null text has the digest of "".

    texts: as for ext.minhash.signatures; key: 16 bytes. Raises InputError, OptionError, CapacityError.
    """
    if len(key) != 16:
        raise OptionError("the content key is not 16 bytes", "derive 16 bytes from the project key")
    cdef TextViews batch = views_of(texts)
    cdef int level = level_of(simd), failed = 0
    cdef Py_ssize_t i, count = batch.count
    out = np.empty((count, 16), dtype=np.uint8)
    cdef uint8_t[:, ::1] rows = out
    cdef const uint8_t *secret = <const uint8_t *>key
    cdef scratch room, wide_room
    memset(&room, 0, sizeof(room))
    memset(&wide_room, 0, sizeof(wide_room))
    try:
        with nogil:
            for i in range(count):
                if content_digest(secret, &batch.views[i], level, &room, &wide_room, &rows[i, 0]):
                    failed = 1
                    break
    finally:
        scratch_free(&room)
        scratch_free(&wide_room)
    if failed:
        raise CapacityError(f"row {i}: no memory to decode the text", "split the document")
    return out
