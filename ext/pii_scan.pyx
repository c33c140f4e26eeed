# cython: boundscheck=False, wraparound=False
"""The gate before the PII recognizers, compiled (see ext/src/pii_scan.h; ext/pii_scan_py.py defines what it marks)."""

from cpython.bytes cimport PyBytes_AS_STRING
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t
from libc.stdlib cimport free, malloc

import numpy as np
cimport numpy as cnp

from ext.textviews cimport level_of

cnp.import_array()

cdef extern from "pii_scan.h" nogil:
    ctypedef struct cell_t:
        pass
    ctypedef struct window_t:
        pass
    ctypedef struct mark_t:
        int64_t doc, kind, core0, core1, byte0, byte1, cp0
    ctypedef struct scan_t:
        const uint16_t *fold
        const uint8_t *cls
        const uint8_t *digit
        const int32_t *kw_first
        const int32_t *kw_count
        const uint16_t *kw_second
        const uint16_t *kw_text
        const int32_t *kw_off
        const uint32_t *kw_kind
        const uint8_t *kw_need
        const uint8_t *first
        const uint8_t *pair
        uint32_t mask
        uint16_t *u
        uint32_t *ev
        cell_t *at
        window_t *win
        int64_t nwin
        int64_t capwin
        mark_t *out
        int64_t nout
        int64_t capout
        int64_t steps
        int failed
        int level
    void scan_doc(scan_t *s, const uint8_t *d, int64_t n, int64_t doc)


def scan(const uint8_t[::1] data, const int64_t[::1] offsets, tables, unsigned int mask, *, simd=None):
    """(marks, steps): marks is int64 (m, 7) of doc, kind, core start, core end, byte start, byte end, context start.

    `data` holds valid UTF-8; text i is data[offsets[i]:offsets[i+1]] and must be shorter than 4 GiB. Core and context
    start are code points in the text, bytes are relative to the text. `simd` forces a level (tests); the marks do not
    depend on it.
    """
    cdef const uint16_t[::1] fold = tables.fold
    cdef const uint8_t[::1] cls = tables.cls
    cdef const uint8_t[::1] digit = tables.digit
    cdef const int32_t[::1] first = tables.kw_first
    cdef const int32_t[::1] count = tables.kw_count
    cdef const uint16_t[::1] second = tables.kw_second
    cdef const uint16_t[::1] text = tables.kw_text
    cdef const int32_t[::1] off = tables.kw_off
    cdef const uint32_t[::1] kind = tables.kw_kind
    cdef const uint8_t[::1] need = tables.kw_need
    cdef const uint8_t[::1] pair = tables.pair
    cdef const uint8_t[::1] given = tables.first
    cdef scan_t s
    cdef Py_ssize_t i, n = offsets.shape[0] - 1
    cdef int64_t longest = 0
    cdef uint16_t *room
    if fold.shape[0] != 65536 or cls.shape[0] != 65536 or digit.shape[0] != 65536 or pair.shape[0] != 65536 or (
            given.shape[0] != 65536):
        raise ValueError("tables must cover the basic multilingual plane")
    for i in range(n):
        if offsets[i + 1] < offsets[i] or offsets[i + 1] > data.shape[0] or offsets[i] < 0:
            raise ValueError("offsets must rise and stay inside the data")
        longest = max(longest, offsets[i + 1] - offsets[i])
    if longest >= (<int64_t>1 << 32):
        raise ValueError("a text must be shorter than 4 GiB")
    s.fold = &fold[0]; s.cls = &cls[0]; s.digit = &digit[0]
    s.kw_first = &first[0]; s.kw_count = &count[0]
    s.kw_second = &second[0]; s.kw_text = &text[0]; s.kw_off = &off[0]; s.kw_kind = &kind[0]; s.kw_need = &need[0]; s.pair = &pair[0]
    s.first = &given[0]; s.level = level_of(simd)
    s.mask = mask
    s.win = NULL; s.nwin = 0; s.capwin = 0
    s.out = NULL; s.nout = 0; s.capout = 0
    s.steps = 0; s.failed = 0
    room = <uint16_t *>malloc((longest + 160) * 2)
    s.ev = <uint32_t *>malloc((longest + 8) * 4)
    s.at = <cell_t *>malloc((longest // 64 + 8) * sizeof(cell_t))
    try:
        if room == NULL or s.at == NULL or s.ev == NULL:
            raise MemoryError
        room[0] = room[1] = 0
        s.u = room + 2
        with nogil:
            for i in range(n):
                if offsets[i + 1] > offsets[i]:
                    scan_doc(&s, &data[offsets[i]], offsets[i + 1] - offsets[i], i)
                    if s.failed:
                        break
        if s.failed:
            raise MemoryError
        marks = np.empty((s.nout, 7), dtype=np.int64)
        _copy(marks, s.out, s.nout)
        return marks, s.steps
    finally:
        free(room)
        free(s.at)
        free(s.ev)
        free(s.win)
        free(s.out)


cdef void _copy(int64_t[:, ::1] marks, mark_t *out, int64_t n):
    cdef int64_t i
    for i in range(n):
        marks[i, 0] = out[i].doc; marks[i, 1] = out[i].kind
        marks[i, 2] = out[i].core0; marks[i, 3] = out[i].core1
        marks[i, 4] = out[i].byte0; marks[i, 5] = out[i].byte1
        marks[i, 6] = out[i].cp0
