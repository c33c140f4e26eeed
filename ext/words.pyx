# cython: boundscheck=False, wraparound=False, cdivision=True
"""Occurrences of a fixed set of words, compiled: ext/words_py.py defines what it reports; here only how, fast.

Two bit tables, by first and by second letter, are read without a branch; what they leave, a bit table of the two together
sifts; the rest is looked up by its first two letters in a table that leads to the words that begin so.
"""

from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, realloc

import numpy as np

from ext.errors import CapacityError, OptionError

cdef extern from "Python.h":
    int PyUnicode_KIND(object text)
    void *PyUnicode_DATA(object text)
    Py_ssize_t PyUnicode_GET_LENGTH(object text)

ctypedef fused letter:
    uint8_t
    uint16_t
    uint32_t

cdef enum:
    LONGEST = 16
    SLOTS = 65536
    BITS = 18  # of the hash that the bit table is read by
    BLOCK = 1024


cdef struct word:
    uint16_t letters[LONGEST]
    int32_t length
    int32_t next  # another word with the same first two letters, -1: none


cdef struct tables:
    word *words
    int32_t *heads
    uint8_t *ends  # 1: some word's first letter, 2: some word's second
    uint64_t *pairs  # bits, by spread()


cdef inline uint32_t slot(uint32_t a, uint32_t b) noexcept nogil:
    return ((a * <uint32_t>0x9E3779B1) ^ (b * <uint32_t>0x85EBCA6B)) >> 16


cdef inline uint32_t spread(uint32_t a, uint32_t b) noexcept nogil:
    return ((a * <uint32_t>0x9E3779B1) ^ (b * <uint32_t>0x85EBCA6B)) >> (32 - BITS)


cdef inline Py_ssize_t sift(const uint8_t *ends, const letter *s, Py_ssize_t count, int32_t *at) noexcept nogil:
    """The positions below `count` whose letters may each begin a word in their place."""
    cdef Py_ssize_t kept = 0, i
    for i in range(count):
        at[kept] = <int32_t>i
        kept += ends[s[i] & (SLOTS - 1)] & (ends[s[i + 1] & (SLOTS - 1)] >> 1) & 1
    return kept


cdef struct hit:
    Py_ssize_t start
    int32_t number
    bint is_wanted


cdef struct hits:
    hit *at
    Py_ssize_t count
    Py_ssize_t room
    bint failed


cdef inline void keep(hits *found, Py_ssize_t start, int32_t number) noexcept nogil:
    cdef hit *grown
    if found.count == found.room:
        grown = <hit *>realloc(found.at, (2 * found.room + 256) * sizeof(hit))
        if grown == NULL:
            found.failed = True
            return
        found.at = grown
        found.room = 2 * found.room + 256
    found.at[found.count].start = start
    found.at[found.count].number = number
    found.count += 1


cdef void scan_letters(const tables *t, const letter *s, Py_ssize_t n, hits *out) noexcept nogil:
    cdef Py_ssize_t i, k, start = 0, stop, found, row
    cdef const word *words = t.words
    cdef uint32_t h
    cdef int32_t number
    cdef bint is_equal
    cdef int32_t[BLOCK] at
    while start < n - 1:
        stop = start + BLOCK
        if stop > n - 1:
            stop = n - 1
        found = sift(t.ends, s + start, stop - start, &at[0])
        for row in range(found):
            i = start + at[row]
            h = spread(s[i], s[i + 1])
            if not (t.pairs[h >> 6] >> (h & 63)) & 1 or s[i] >= SLOTS or s[i + 1] >= SLOTS:
                continue
            number = t.heads[slot(s[i], s[i + 1])]
            while number >= 0:
                is_equal = words[number].length <= n - i
                if is_equal:
                    for k in range(words[number].length):
                        if words[number].letters[k] != s[i + k]:
                            is_equal = False
                            break
                if is_equal:
                    keep(out, i, number)
                number = words[number].next
        start = stop


cdef class WordScanner:
    """`words` are distinct strings of 2 to 16 code points below U+10000."""

    cdef tables t
    cdef Py_ssize_t count

    def __cinit__(self, words):
        cdef Py_ssize_t number, k
        cdef uint32_t at, h
        words = list(words)
        self.count = len(words)
        if len(set(words)) != len(words):
            raise OptionError("a word stands twice", "pass each word once")
        if any(not 2 <= len(text) <= LONGEST or max(map(ord, text)) >= SLOTS for text in words):
            raise OptionError("a word is too short, too long or outside the first plane", "use 2 to 16 code points")
        self.t.words = <word *>calloc(len(words) + 1, sizeof(word))
        self.t.heads = <int32_t *>calloc(SLOTS, sizeof(int32_t))
        self.t.pairs = <uint64_t *>calloc(1 << (BITS - 6), sizeof(uint64_t))
        self.t.ends = <uint8_t *>calloc(SLOTS, 1)
        if self.t.ends == NULL or self.t.words == NULL or self.t.heads == NULL or self.t.pairs == NULL:
            raise CapacityError("no memory for the word tables", "use fewer words")
        for k in range(SLOTS):
            self.t.heads[k] = -1
        for number in range(len(words) - 1, -1, -1):  # so that a chain rises
            text = words[number]
            for k in range(len(text)):
                self.t.words[number].letters[k] = ord(text[k])
            self.t.words[number].length = len(text)
            self.t.ends[ord(text[0])] |= 1
            self.t.ends[ord(text[1])] |= 2
            h = spread(ord(text[0]), ord(text[1]))
            self.t.pairs[h >> 6] |= <uint64_t>1 << (h & 63)
            at = slot(ord(text[0]), ord(text[1]))
            self.t.words[number].next = self.t.heads[at]
            self.t.heads[at] = number

    def __dealloc__(self):
        free(self.t.words)
        free(self.t.heads)
        free(self.t.ends)
        free(self.t.pairs)

    def scan_all(self, texts):
        """`[(number of the text, its occurrences)]` of the texts that have any."""
        return self._walk(texts, None, None, None)

    def near_all(self, texts, topics, bonds, reach):
        """The same of words whose bits in `topics` (uint64, one a word) share one with those in `bonds` of a word that is at
        most its own `reach` (below 2 ** 20 code points) away, and of words whose every bit is set, which need none."""
        asked = np.ascontiguousarray(topics, dtype=np.uint64)
        given = np.ascontiguousarray(bonds, dtype=np.uint64)
        far = np.ascontiguousarray(reach, dtype=np.int32)
        if not asked.shape == given.shape == far.shape == (self.count,):
            raise OptionError("the bits do not fit the words", "pass one number a word")
        if self.count and not 0 <= far.min() <= far.max() < 1 << 20:
            raise OptionError("a reach is out of range", "pass 0 to 1,048,575 code points")
        return self._walk(texts, asked, given, far)

    def scan(self, str text):
        """`(start, number of the word)` of every occurrence, by start, then number."""
        found = self._walk([text], None, None, None)
        return found[0][1] if found else []

    cdef list _walk(self, texts, asked, given, far):
        cdef const uint64_t[::1] topics
        cdef const uint64_t[::1] bonds
        cdef const int32_t[::1] reach
        cdef int32_t most = 0
        cdef hits held
        cdef list found = []
        cdef Py_ssize_t number = 0, length
        cdef int kind
        cdef bint is_near = asked is not None and self.count > 0
        if is_near:
            topics, bonds, reach = asked, given, far
            most = far.max()
        held.at = NULL
        held.count = held.room = held.failed = 0
        try:
            for text in texts:
                kind = PyUnicode_KIND(text)
                length = PyUnicode_GET_LENGTH(text)
                held.count = 0
                if kind == 1:
                    scan_letters[uint8_t](&self.t, <const uint8_t *>PyUnicode_DATA(text), length, &held)
                elif kind == 2:
                    scan_letters[uint16_t](&self.t, <const uint16_t *>PyUnicode_DATA(text), length, &held)
                else:
                    scan_letters[uint32_t](&self.t, <const uint32_t *>PyUnicode_DATA(text), length, &held)
                if is_near:
                    sift_near(&self.t, &held, &topics[0], &bonds[0], &reach[0], most)
                if held.failed:
                    raise CapacityError("no memory for the words of a text", "cut the text")
                if held.count:
                    found.append((number, listed(&held)))
                number += 1
        finally:
            free(held.at)
        return found


cdef bint is_bound(
        const tables *t, const hits *held, Py_ssize_t row, const uint64_t *topics, const uint64_t *bonds, const int32_t *reach,
        int32_t most
) noexcept nogil:
    """Whether a hit is one that near_all is asked for. It looks at those that begin at most `most` + LONGEST away."""
    cdef const hit *here = &held.at[row]
    cdef const hit *other
    cdef uint64_t asked = topics[here.number]
    cdef Py_ssize_t at, end = here.start + t.words[here.number].length
    if asked == 0 or asked == <uint64_t>-1:
        return asked != 0
    for at in range(row, -1, -1):
        other = &held.at[at]
        if other.start + LONGEST + most < here.start:
            break
        if bonds[other.number] & asked and here.start - other.start - t.words[other.number].length <= reach[other.number]:
            return True
    for at in range(row + 1, held.count):
        other = &held.at[at]
        if other.start - end > most:
            break
        if bonds[other.number] & asked and other.start - end <= reach[other.number]:
            return True
    return False


cdef void sift_near(
        const tables *t, hits *held, const uint64_t *topics, const uint64_t *bonds, const int32_t *reach, int32_t most
) noexcept nogil:
    """Leaves the hits that near_all is asked for."""
    cdef Py_ssize_t row, kept = 0
    for row in range(held.count):
        held.at[row].is_wanted = is_bound(t, held, row, topics, bonds, reach, most)
    for row in range(held.count):
        if held.at[row].is_wanted:
            held.at[kept] = held.at[row]
            kept += 1
    held.count = kept


cdef list listed(const hits *held):
    cdef Py_ssize_t row
    return [(held.at[row].start, held.at[row].number) for row in range(held.count)]
