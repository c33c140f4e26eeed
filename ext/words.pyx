# cython: boundscheck=False, wraparound=False, cdivision=True
"""Occurrences of a fixed set of words, compiled: ext/words_py.py defines what it reports; here only how, fast.

Two bit tables, by first and by second letter, are read without a branch; what they leave, a bit table of the two together
sifts; the rest is looked up by its first two letters in a table that leads to the words that begin so.
"""

from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free

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


cdef scan_letters(const tables *t, const letter *s, Py_ssize_t n, list out):
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
                    out.append((i, number))
                number = words[number].next
        start = stop


cdef class WordScanner:
    """`words` are distinct strings of 2 to 16 code points below U+10000."""

    cdef tables t

    def __cinit__(self, words):
        cdef Py_ssize_t number, k
        cdef uint32_t at, h
        words = list(words)
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
        cdef list found = []
        cdef Py_ssize_t number = 0
        for text in texts:
            hits = self.scan(text)
            if hits:
                found.append((number, hits))
            number += 1
        return found

    cpdef list scan(self, str text):
        """`(start, number of the word)` of every occurrence, by start, then number."""
        cdef list out = []
        cdef int kind = PyUnicode_KIND(text)
        cdef Py_ssize_t length = PyUnicode_GET_LENGTH(text)
        if kind == 1:
            scan_letters[uint8_t](&self.t, <const uint8_t *>PyUnicode_DATA(text), length, out)
        elif kind == 2:
            scan_letters[uint16_t](&self.t, <const uint16_t *>PyUnicode_DATA(text), length, out)
        else:
            scan_letters[uint32_t](&self.t, <const uint32_t *>PyUnicode_DATA(text), length, out)
        return out
