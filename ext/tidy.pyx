# cython: boundscheck=False, wraparound=False, cdivision=True
"""One text form and its counts, over UTF-8 buffers in two linear passes. ext/tidy_py.py is the definition."""

import unicodedata

import numpy as np
import pyarrow as pa
import pyarrow.compute

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memchr

from ext.errors import CapacityError


cdef extern from "tidy.h" nogil:
    void tidy_count(const uint8_t *p, int64_t size, int64_t *counts)
    uint64_t tidy_line_hash(const uint8_t *p, int64_t size)


VERSION = 1
FIELDS = ("chars", "hangul", "letters", "symbols", "spaces", "newlines", "repeated")
DEF FIELD_COUNT = 7


cdef inline bint is_control(uint32_t c) noexcept nogil:
    """Code points that say nothing in a text: C0 and C1 but tab and newline, soft hyphen, zero width, bidi, BOM."""
    return (
        (c < 0x20 and c != 9 and c != 10 and c != 13)
        or (0x7F <= c <= 0x9F)
        or c == 0xAD or c == 0x200B or c == 0x200E or c == 0x200F or c == 0x2028 or c == 0x2029
        or (0x202A <= c <= 0x202E) or c == 0x2060 or c == 0xFEFF
    )


cdef inline bint is_space(uint32_t c) noexcept nogil:
    return (
        c == 32 or c == 9 or c == 0xA0 or c == 0x1680 or (0x2000 <= c <= 0x200A) or c == 0x202F or c == 0x205F or c == 0x3000
    )


cdef inline bint maybe_not_nfc(uint32_t c) noexcept nogil:
    """False only for ranges whose characters are always NFC; the rest is asked of unicodedata."""
    if c < 0x300 or 0xAC00 <= c <= 0xD7A3 or 0x4E00 <= c <= 0x9FFF:
        return False
    if 0x2010 <= c <= 0x2027 or 0x2030 <= c <= 0x205E or 0x2190 <= c <= 0x21FF or 0x2200 <= c <= 0x22FF:
        return False
    if 0x2460 <= c <= 0x27BF or 0x3000 <= c <= 0x3029 or 0x3130 <= c <= 0x318F or 0xFF00 <= c <= 0xFFEF:
        return False
    if 0x2150 <= c <= 0x218F or 0x2300 <= c <= 0x2328 or 0x3041 <= c <= 0x3096 or 0x30A1 <= c <= 0x30FF or 0x3200 <= c <= 0x33FF:
        return False
    if 0x2100 <= c <= 0x2125 or 0x2070 <= c <= 0x209C or 0x20A0 <= c <= 0x20C0 or 0x3400 <= c <= 0x4DBF:
        return False
    return not (0x1F000 <= c <= 0x1FAFF)


cdef inline int decode(const uint8_t *p, uint32_t *c) noexcept nogil:
    """One code point of valid UTF-8 and its length."""
    cdef uint8_t b = p[0]
    if b < 0x80:
        c[0] = b
        return 1
    if b < 0xE0:
        c[0] = (<uint32_t>(b & 0x1F) << 6) | (p[1] & 0x3F)
        return 2
    if b < 0xF0:
        c[0] = (<uint32_t>(b & 0x0F) << 12) | (<uint32_t>(p[1] & 0x3F) << 6) | (p[2] & 0x3F)
        return 3
    c[0] = (<uint32_t>(b & 7) << 18) | (<uint32_t>(p[1] & 0x3F) << 12) | (<uint32_t>(p[2] & 0x3F) << 6) | (p[3] & 0x3F)
    return 4


cdef bint needs_nfc(const uint8_t *p, int64_t size) noexcept nogil:
    cdef int64_t i = 0
    cdef uint32_t c = 0
    while i < size:
        if p[i] < 0x80:
            i += 1
            continue
        if p[i] == 0xEB or p[i] == 0xEC or 0xE5 <= p[i] <= 0xE9:  # Hangul B000..CFFF, Han 5000..9FFF
            i += 3
            continue
        i += decode(p + i, &c)
        if maybe_not_nfc(c):
            return True
    return False


cdef int64_t rewrite(const uint8_t *p, int64_t size, uint8_t *out) noexcept nogil:
    """Writes the tidy form of p into out (never longer); returns its length."""
    cdef int64_t i = 0, at = 0, line = 0, last = 0
    cdef int newlines = 0, width, k
    cdef bint started = False, fresh = True, pending = False
    cdef uint32_t c = 0
    while i < size:
        if started and not pending:  # the common case, copied without decoding: ordinary letters, digits, Hangul
            k = 0
            while i < size:
                if 33 <= p[i] <= 126:
                    out[at] = p[i]
                    at += 1
                    i += 1
                elif p[i] == 0xEB or p[i] == 0xEC or 0xE4 <= p[i] <= 0xE9:
                    out[at] = p[i]
                    out[at + 1] = p[i + 1]
                    out[at + 2] = p[i + 2]
                    at += 3
                    i += 3
                else:
                    break
                k = 1
            if k:
                last = at
                fresh = False
                newlines = 0
            if i >= size:
                break
        width = decode(p + i, &c)
        if c == 13:
            i += width
            if i < size and p[i] == 10:
                continue
            c = 10
        elif is_control(c):
            i += width
            continue
        else:
            i += width
        if c == 10:
            if not started:
                continue
            at = line if fresh else at
            pending = False
            if newlines < 2:
                out[at] = 10
                at += 1
                newlines += 1
            fresh = True
            line = at
        elif is_space(c):
            if not started:
                continue
            if fresh:
                out[at] = 9 if c == 9 else 32
                at += 1
            else:
                pending = True
        else:
            if pending:
                out[at] = 32
                at += 1
                pending = False
            for k in range(width):
                out[at + k] = p[i - width + k]
            at += width
            last = at
            started = True
            fresh = False
            newlines = 0
    return last


cdef int64_t chars_in(const uint8_t *p, int64_t size) noexcept nogil:
    cdef int64_t i, chars = 0
    for i in range(size):
        chars += (p[i] & 0xC0) != 0x80
    return chars


cdef int64_t repeated_chars(const uint8_t *p, int64_t size, int64_t newlines) noexcept nogil:
    """Code points in lines that repeat an earlier line, by 64-bit line hashes in an open table; -1 without memory."""
    cdef int64_t slots = 16, start = 0, end, found = 0
    cdef uint64_t h, place
    cdef uint64_t *table
    cdef const uint8_t *next_line
    while slots < 2 * (newlines + 2):
        slots *= 2
    table = <uint64_t *>calloc(slots, sizeof(uint64_t))
    if table == NULL:
        return -1
    while start < size:
        next_line = <const uint8_t *>memchr(p + start, 10, size - start)
        end = size if next_line == NULL else next_line - p
        if end > start:
            h = tidy_line_hash(p + start, end - start)
            place = (h >> 20) & (slots - 1)
            while table[place] != 0 and table[place] != h:
                place = (place + 1) & (slots - 1)
            if table[place] == h:
                found += chars_in(p + start, end - start)
            else:
                table[place] = h
        start = end + 1
    free(table)
    return found


cdef void count(const uint8_t *p, int64_t size, int64_t *row) noexcept nogil:
    """The counts of one tidy text, in the order of FIELDS; p[size] is readable."""
    cdef int64_t found[7]
    tidy_count(p, size, found)
    row[0] = found[0]
    row[1] = found[1]
    row[2] = found[2] + found[3]
    row[3] = found[4]
    row[4] = found[5]
    row[5] = found[6]
    row[6] = repeated_chars(p, size, found[6]) if found[6] >= 2 else 0


def tidy(texts):
    """(texts in the tidy form, counts int64[n, 7] by FIELDS) of an Arrow string array without nulls.

    Linear in the bytes. Raises CapacityError when the counts of repeated lines find no memory.
    """
    texts = _composed(texts)
    cdef int64_t n = len(texts), i, at = 0
    buffers = texts.buffers()
    cdef const int32_t[::1] offsets = np.frombuffer(buffers[1], dtype=np.int32)[texts.offset : texts.offset + n + 1]
    cdef int64_t begin = offsets[0], end = offsets[n]
    raw = np.frombuffer(buffers[2], dtype=np.uint8) if buffers[2] is not None and end else np.zeros(1, dtype=np.uint8)
    cdef const uint8_t[::1] data = raw
    made = np.zeros(end - begin + 1, dtype=np.uint8)
    made_offsets = np.zeros(n + 1, dtype=np.int32)
    counts = np.zeros((n, FIELD_COUNT), dtype=np.int64)
    cdef uint8_t[::1] out = made
    cdef int32_t[::1] out_offsets = made_offsets
    cdef int64_t[:, ::1] rows = counts
    cdef int64_t size
    with nogil:
        for i in range(n):
            size = rewrite(&data[0] + offsets[i], offsets[i + 1] - offsets[i], &out[0] + at)
            count(&out[0] + at, size, &rows[i, 0])
            at += size
            out_offsets[i + 1] = <int32_t>at
    if n and counts[:, 6].min() < 0:
        raise CapacityError("no memory to count repeated lines", "use a smaller unit_bytes")
    array = pa.StringArray.from_buffers(n, pa.py_buffer(made_offsets), pa.py_buffer(made[:at]))
    return array, counts


def _composed(texts):
    """The same array if every text is in NFC, else with those that are not composed (unicodedata decides)."""
    cdef int64_t n = len(texts), i
    buffers = texts.buffers()
    cdef const int32_t[::1] offsets = np.frombuffer(buffers[1], dtype=np.int32)[texts.offset : texts.offset + n + 1]
    if n == 0 or buffers[2] is None or offsets[n] == offsets[0]:
        return texts
    cdef const uint8_t[::1] data = np.frombuffer(buffers[2], dtype=np.uint8)
    marks = np.zeros(n, dtype=np.uint8)
    cdef uint8_t[::1] flags = marks
    with nogil:
        for i in range(n):
            flags[i] = needs_nfc(&data[0] + offsets[i], offsets[i + 1] - offsets[i])
    if not marks.any():
        return texts
    mask = pa.array(marks.astype(bool))
    composed = [unicodedata.normalize("NFC", text) for text in texts.filter(mask).to_pylist()]
    return pa.compute.replace_with_mask(texts, mask, pa.array(composed, pa.string()))
