# cython: boundscheck=False, wraparound=False, cdivision=True
"""Where a sentence of Korean text begins and ends, compiled: ext/sentences_py.py defines it; here only how, fast."""

from libc.stdint cimport uint8_t, uint16_t, uint32_t

from ext.errors import OptionError

cdef extern from "Python.h":
    int PyUnicode_KIND(object text)
    void *PyUnicode_DATA(object text)
    Py_ssize_t PyUnicode_GET_LENGTH(object text)
    bint Py_UNICODE_ISSPACE(uint32_t c) nogil

ctypedef fused letter:
    uint8_t
    uint16_t
    uint32_t


cdef inline bint is_plain_stop(uint32_t c) noexcept nogil:
    return c == 0x2E or c == 0x21 or c == 0x3F


cdef inline bint is_stop(uint32_t c) noexcept nogil:
    return is_plain_stop(c) or c == 0x2026 or c == 0x3002


cdef inline bint is_closer(uint32_t c) noexcept nogil:
    return c == 0x22 or c == 0x27 or c == 0x29 or c == 0x5D or c == 0x201D or c == 0x2019 or c == 0x300D or c == 0x300F


cdef inline bint ends_a_verb(uint32_t c) noexcept nogil:
    return c == 0xB2E4 or c == 0xC694 or c == 0xC8E0 or c == 0xC74C or c == 0xAE4C  # 다 요 죠 음 까


cdef Py_ssize_t left_of(const letter *s, Py_ssize_t floor, Py_ssize_t start) noexcept nogil:
    """Where the sentence that holds `start` begins."""
    cdef Py_ssize_t at = start - 1, first, run
    while at >= floor:
        if s[at] == 10:
            return at + 1
        if is_plain_stop(s[at]) and (at + 1 == start or not is_plain_stop(s[at + 1])):
            run = at
            while run > floor and is_plain_stop(s[run - 1]):
                run -= 1
            if run > 0 and ends_a_verb(s[run - 1]):
                return at + 1
        if (is_stop(s[at]) or is_closer(s[at])) and (at + 1 == start or Py_UNICODE_ISSPACE(s[at + 1])):
            first = at
            while first >= floor and is_closer(s[first]):
                first -= 1
            run = first
            while run >= floor and is_stop(s[run]):
                run -= 1
            if run < first and not (run >= 0 and is_stop(s[run])):
                return at + 1
        at -= 1
    return floor


cdef Py_ssize_t right_of(const letter *s, Py_ssize_t end, Py_ssize_t ceiling) noexcept nogil:
    """Where the sentence that holds `end` ends."""
    cdef Py_ssize_t at = end, run, plain
    while at < ceiling:
        if s[at] == 10:
            while at < ceiling and s[at] == 10:
                at += 1
            return at
        if not is_stop(s[at]):
            at += 1
            continue
        run = at
        while run < ceiling and is_stop(s[run]):
            run += 1
        if at == 0 or not is_stop(s[at - 1]):
            plain = run
            while plain < ceiling and is_closer(s[plain]):
                plain += 1
            if plain == ceiling or Py_UNICODE_ISSPACE(s[plain]):
                return plain
        if at > 0 and ends_a_verb(s[at - 1]) and is_plain_stop(s[at]):
            while at < ceiling and is_plain_stop(s[at]):
                at += 1
            return at
        at = run
    return ceiling


cdef (Py_ssize_t, Py_ssize_t) around(
        const letter *s, Py_ssize_t n, Py_ssize_t start, Py_ssize_t end, Py_ssize_t most
) noexcept nogil:
    cdef Py_ssize_t left = left_of(s, max(0, start - most), start), right = right_of(s, end, min(n, end + most))
    while left < start and Py_UNICODE_ISSPACE(s[left]):
        left += 1
    while right > end and Py_UNICODE_ISSPACE(s[right - 1]):
        right -= 1
    return left, right


def sentence(str text, Py_ssize_t start, Py_ssize_t end, Py_ssize_t most):
    """The sentence around [start, end), without surrounding white space, at most `most` code points to either side."""
    cdef Py_ssize_t n = PyUnicode_GET_LENGTH(text)
    cdef int kind = PyUnicode_KIND(text)
    if not 0 <= start <= end <= n or most < 0:
        raise OptionError("the span is not one of the text", "pass 0 <= start <= end <= len(text)")
    if kind == 1:
        return around[uint8_t](<const uint8_t *>PyUnicode_DATA(text), n, start, end, most)
    if kind == 2:
        return around[uint16_t](<const uint16_t *>PyUnicode_DATA(text), n, start, end, most)
    return around[uint32_t](<const uint32_t *>PyUnicode_DATA(text), n, start, end, most)
