# cython: boundscheck=False, wraparound=False, cdivision=True
"""Occurrences of a fixed set of words, compiled: ext/words_py.py defines what it reports; here only how, fast.

Two bit tables, by first and by second letter, turn nearly every position away; what is left is looked up by its first two
letters in a table that leads to the words that begin so.
"""

from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t
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


cdef struct word:
    uint16_t letters[LONGEST]
    int32_t length
    int32_t next  # another word with the same first two letters, -1: none


cdef inline uint32_t slot(uint32_t a, uint32_t b) noexcept nogil:
    return ((a * <uint32_t>0x9E3779B1) ^ (b * <uint32_t>0x85EBCA6B)) >> 16


cdef scan_letters(const word *words, const int32_t *heads, const uint8_t *ends, const letter *s, Py_ssize_t n, list out):
    cdef Py_ssize_t i, k
    cdef int32_t number
    cdef uint32_t a, b
    cdef bint is_equal
    for i in range(n - 1):
        a, b = s[i], s[i + 1]
        if a >= SLOTS or b >= SLOTS or not (ends[a] & 1) or not (ends[b] & 2):
            continue
        number = heads[slot(a, b)]
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


cdef class WordScanner:
    """`words` are distinct strings of 2 to 16 code points below U+10000."""

    cdef word *words
    cdef int32_t *heads
    cdef uint8_t *ends

    def __cinit__(self, words):
        cdef Py_ssize_t number, k
        cdef uint32_t at
        words = list(words)
        if len(set(words)) != len(words):
            raise OptionError("a word stands twice", "pass each word once")
        if any(not 2 <= len(text) <= LONGEST or max(map(ord, text)) >= SLOTS for text in words):
            raise OptionError("a word is too short, too long or outside the first plane", "use 2 to 16 code points")
        self.words = <word *>calloc(len(words) + 1, sizeof(word))
        self.heads = <int32_t *>calloc(SLOTS, sizeof(int32_t))
        self.ends = <uint8_t *>calloc(SLOTS, 1)
        if self.words == NULL or self.heads == NULL or self.ends == NULL:
            raise CapacityError("no memory for the word tables", "use fewer words")
        for k in range(SLOTS):
            self.heads[k] = -1
        for number in range(len(words) - 1, -1, -1):  # so that a chain rises
            text = words[number]
            for k in range(len(text)):
                self.words[number].letters[k] = ord(text[k])
            self.words[number].length = len(text)
            self.ends[ord(text[0])] |= 1
            self.ends[ord(text[1])] |= 2
            at = slot(ord(text[0]), ord(text[1]))
            self.words[number].next = self.heads[at]
            self.heads[at] = number

    def __dealloc__(self):
        free(self.words)
        free(self.heads)
        free(self.ends)

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
            scan_letters[uint8_t](self.words, self.heads, self.ends, <const uint8_t *>PyUnicode_DATA(text), length, out)
        elif kind == 2:
            scan_letters[uint16_t](self.words, self.heads, self.ends, <const uint16_t *>PyUnicode_DATA(text), length, out)
        else:
            scan_letters[uint32_t](self.words, self.heads, self.ends, <const uint32_t *>PyUnicode_DATA(text), length, out)
        return out
