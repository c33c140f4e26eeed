# cython: boundscheck=False, wraparound=False
"""Keyed 128-bit content hashes for exact duplicates: SipHash-2-4-128 straight from the text buffers.

ext/contenthash_py.py is the definition. Without the key a digest says nothing about its text.
"""

import numpy as np

from libc.stdint cimport int64_t, uint8_t, uint64_t
from libc.string cimport memset

from ext.errors import CapacityError, InputError, OptionError
from ext.textviews cimport TextViews, level_of, scratch, scratch_free, text_view, texts_prefetch, views_of

from ext.contenthash_py import KEY, SCHEME, VERSION

cdef extern from "siphash.h":
    int content_digest(const uint8_t *key, const text_view *text, int level, scratch *room, scratch *wide_room,
                       uint8_t *out) nogil
    int quick_digest(const text_view *text, int level, uint64_t seed, scratch *room, scratch *wide_room,
                     uint64_t *out) nogil
    int same_content(const text_view *a, const text_view *b, int level, scratch *rooms) nogil


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


cdef int64_t GLIMPSE = 64  # code points of each of the three pieces that `outline` reads


cdef int _outline(const text_view *text, int level, uint64_t seed, scratch *room, scratch *wide_room,
                  uint64_t *out) noexcept nogil:
    # Arrow's UTF-8 is hashed whole: bytes that differ may decode alike.
    if text.kind == 0 or text.len <= 8 * GLIMPSE:
        return quick_digest(text, level, seed, room, wide_room, out)
    cdef text_view piece = text[0]
    cdef uint64_t part, mixed = seed + <uint64_t>text.len
    cdef int64_t k
    piece.len = GLIMPSE
    for k in range(3):
        piece.data = <const char *>text.data + (text.len - GLIMPSE) * k // 2 * text.kind
        if quick_digest(&piece, level, mixed, room, wide_room, &part):
            return -1
        mixed = (mixed ^ part) * <uint64_t>0x9E3779B97F4A7C15
    out[0] = mixed
    return 0


def quick(texts, *, seed=0, simd=None):
    """uint64[n]: equal for equal texts, nothing more: to find candidates for `equal` in memory. Never store it.

    An empty or null text has the hash of "". Raises InputError, CapacityError.
    """
    return _hashes(texts, seed, simd, False)


def outline(texts, *, seed=0, simd=None):
    """uint64[n]: as `quick`, but of the length and three pieces of a long str: who shares it is worth a `quick`."""
    return _hashes(texts, seed, simd, True)


def _hashes(texts, seed, simd, bint pieces):
    cdef TextViews batch = views_of(texts)
    cdef int level = level_of(simd), failed = 0
    cdef uint64_t start = seed
    cdef Py_ssize_t i
    out = np.empty(batch.count, dtype=np.uint64)
    cdef uint64_t[::1] hashes = out
    cdef scratch room, wide_room
    memset(&room, 0, sizeof(room))
    memset(&wide_room, 0, sizeof(wide_room))
    try:
        with nogil:
            for i in range(batch.count):
                texts_prefetch(batch.views, i, batch.count)
                if pieces:
                    failed = _outline(&batch.views[i], level, start, &room, &wide_room, &hashes[i])
                else:
                    failed = quick_digest(&batch.views[i], level, start, &room, &wide_room, &hashes[i])
                if failed:
                    break
    finally:
        scratch_free(&room)
        scratch_free(&wide_room)
    if failed:
        raise CapacityError(f"row {i}: no memory to decode the text", "split the document")
    return out


def equal(texts, left, right, *, simd=None):
    """bool[m]: whether texts[left[i]] and texts[right[i]] are the same code points (two empty ones are).

    What the digests only promise, this checks. Raises InputError, CapacityError.
    """
    cdef TextViews batch = views_of(texts)
    a_views, b_views = batch.take(left), batch.take(right)
    if a_views.count != b_views.count:
        raise InputError("left and right differ in length", "pass two flat arrays of equal length")
    cdef TextViews a = a_views, b = b_views
    cdef int level = level_of(simd), same = 0
    cdef Py_ssize_t i
    out = np.empty(a.count, dtype=np.uint8)
    cdef uint8_t[::1] flags = out
    cdef scratch rooms[4]
    memset(rooms, 0, sizeof(rooms))
    try:
        with nogil:
            for i in range(a.count):
                same = same_content(&a.views[i], &b.views[i], level, rooms)
                if same < 0:
                    break
                flags[i] = same
    finally:
        for i in range(4):
            scratch_free(&rooms[i])
    if same < 0:
        raise CapacityError("no memory to decode a text", "split the document")
    return out.view(np.bool_)
