# cython: boundscheck=False, wraparound=False, cdivision=True
"""Occurrences of a fixed set of words, compiled: ext/words_py.py defines what it reports; here only how, fast.

For each letter a mask says which of 64 classes of letters follow it in the beginning of some word: one mask for words that may
stand anywhere, one for words that begin where no word goes on. Read without a branch, they leave one position in twenty. A bit
table of three letters sifts those, and what is left is looked up in a table that leads to the words that begin so.
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
    GLUE = 64  # beside a letter's class: a word goes on in it, for it is Hangul, an ASCII letter or digit
    BLOCK = 1024
    START = 1  # bounds of a word: not behind Hangul, an ASCII letter or digit,
    CLAUSE = 2  # nor behind these and spaces,
    BEFORE = 4  # not behind an ASCII letter or digit,
    BEHIND = 8  # not before an ASCII letter


cdef struct word:
    uint16_t letters[LONGEST]
    int32_t length
    int32_t bounds
    int32_t number
    bint has_next  # the next word in memory begins with the same letters


cdef struct bucket:
    uint64_t follows  # the classes of letters that go on in some word of the bucket; all bits, when a word ends
    int32_t place  # where its words lie, -1: none


cdef struct tables:
    word *words  # by what they begin with
    int32_t *lengths  # by number
    bucket *twos  # by slot(): the words of these two letters
    bucket *threes  # by slot() of the hash of three: the longer words that begin with these three letters
    uint8_t *letters  # by letter: its class, and GLUE
    uint64_t *follows  # by letter: the classes that follow it in words that may stand anywhere; then again in all words
    bint is_free  # no word has bounds
    uint64_t *begins  # bits by hash: the first three letters of a word, or both of a short one


cdef inline uint32_t hash2(uint32_t a, uint32_t b) noexcept nogil:
    return (a * <uint32_t>0x9E3779B1) ^ (b * <uint32_t>0x85EBCA6B)


cdef inline uint32_t hash3(uint32_t pair, uint32_t c) noexcept nogil:
    return (pair ^ (pair >> 15)) * <uint32_t>0x2C1B3C6D + c * <uint32_t>0xC2B2AE35


cdef uint32_t begin(str text):
    """The hash that a word is looked up by."""
    return hash2(ord(text[0]), ord(text[1])) if len(text) == 2 else hash3(hash2(ord(text[0]), ord(text[1])), ord(text[2]))


cdef inline uint32_t slot(uint32_t h) noexcept nogil:
    return h >> 16


cdef inline uint32_t has(const uint64_t *bits, uint32_t h) noexcept nogil:
    return (bits[h >> (38 - BITS)] >> ((h >> (32 - BITS)) & 63)) & 1


cdef inline void put(uint64_t *bits, uint32_t h) noexcept nogil:
    bits[h >> (38 - BITS)] |= <uint64_t>1 << ((h >> (32 - BITS)) & 63)


cdef inline uint8_t kind(const tables *t, uint32_t c) noexcept nogil:
    return t.letters[c] if c < SLOTS else 0


include "words_scan.pxi"


cdef class WordScanner:
    """`words` are distinct strings of 2 to 16 code points below U+10000, each with its `bounds` (words_py.py)."""

    cdef tables t
    cdef Py_ssize_t count
    cdef Py_ssize_t longest

    def __cinit__(self, words, bounds=None):
        cdef Py_ssize_t number, k, at
        cdef bucket *head
        cdef word *here
        cdef uint64_t letter_class
        words = list(words)
        bounds = [0] * len(words) if bounds is None else list(bounds)
        self.count = len(words)
        self.longest = max(map(len, words), default=0)
        if len(set(words)) != len(words):
            raise OptionError("a word stands twice", "pass each word once")
        if any(not 2 <= len(text) <= LONGEST or max(map(ord, text)) >= SLOTS for text in words):
            raise OptionError("a word is too short, too long or outside the first plane", "use 2 to 16 code points")
        if len(bounds) != len(words) or not all(0 <= bound < 16 for bound in bounds):
            raise OptionError("the bounds do not fit the words", "pass one number below 16 a word")
        self.t.words = <word *>calloc(len(words) + 1, sizeof(word))
        self.t.lengths = <int32_t *>calloc(len(words) + 1, sizeof(int32_t))
        self.t.twos = <bucket *>calloc(SLOTS, sizeof(bucket))
        self.t.threes = <bucket *>calloc(SLOTS, sizeof(bucket))
        self.t.letters = <uint8_t *>calloc(SLOTS, 1)
        self.t.follows = <uint64_t *>calloc(2 * SLOTS, sizeof(uint64_t))
        self.t.is_free = not any(bounds)
        self.t.begins = <uint64_t *>calloc(1 << (BITS - 6), sizeof(uint64_t))
        if not (
            self.t.words and self.t.lengths and self.t.twos and self.t.threes and self.t.letters and self.t.follows and self.t.begins
        ):
            raise CapacityError("no memory for the word tables", "use fewer words")
        for k in range(SLOTS):
            self.t.twos[k].place = self.t.threes[k].place = -1
            self.t.letters[k] = (<uint32_t>k * <uint32_t>0x9E3779B1) >> 26 | (GLUE if is_hangul(k) or is_alnum(k) else 0)
        for text, bound in zip(words, bounds):
            letter_class = <uint64_t>1 << (self.t.letters[<Py_ssize_t>ord(text[1])] & 63)
            self.t.follows[SLOTS + <Py_ssize_t>ord(text[0])] |= letter_class
            if not bound & (START | CLAUSE):
                self.t.follows[<Py_ssize_t>ord(text[0])] |= letter_class
        places = sorted((len(text) > 2, slot(begin(text)), number) for number, text in enumerate(words))
        for k in range(len(words)):
            is_longer, place, number = places[k]
            text = words[number]
            here = &self.t.words[k]
            for at in range(len(text)):
                here.letters[at] = ord(text[at])
            here.length, here.bounds, here.number = len(text), bounds[number], number
            here.has_next = k + 1 < len(words) and places[k + 1][:2] == places[k][:2]
            self.t.lengths[number] = len(text)
            put(self.t.begins, begin(text))
            head = &(self.t.threes if is_longer else self.t.twos)[<Py_ssize_t>place]
            head.follows |= <uint64_t>1 << (self.t.letters[<Py_ssize_t>ord(text[3])] & 63) if len(text) > 3 else <uint64_t>-1
            if head.place < 0:
                head.place = k

    def __dealloc__(self):
        free(self.t.words)
        free(self.t.lengths)
        free(self.t.twos)
        free(self.t.threes)
        free(self.t.letters)
        free(self.t.follows)
        free(self.t.begins)

    def scan_all(self, texts):
        """`[(number of the text, its occurrences)]` of the texts that have any."""
        cdef hits held
        cdef list found = []
        cdef Py_ssize_t number = 0, row
        held.at, held.count, held.room, held.failed = NULL, 0, 0, False
        try:
            for text in texts:
                held.count = 0
                scan_text(&self.t, text, 0, PyUnicode_GET_LENGTH(text), &held)
                if held.count:
                    found.append((number, [(held.at[row].start, held.at[row].number) for row in range(held.count)]))
                number += 1
        finally:
            free(held.at)
        return found

    def scan(self, str text):
        """`(start, number of the word)` of every occurrence, by start, then number."""
        found = self.scan_all([text])
        return found[0][1] if found else []

    def union(self, str text, Py_ssize_t start, Py_ssize_t end, values):
        """The bits of `values` (uint64, one a word) of the words that stand in text[start:end]."""
        cdef const uint64_t[::1] bits = self._fitting(values)
        cdef hits held
        cdef uint64_t got = 0
        cdef Py_ssize_t row
        held.at, held.count, held.room, held.failed = NULL, 0, 0, False
        try:
            scan_text(&self.t, text, max(0, start), min(end, PyUnicode_GET_LENGTH(text)), &held)
            for row in range(held.count):
                got |= bits[held.at[row].number]
        finally:
            free(held.at)
        return got

    def near_all(self, texts, topics, WordScanner bonds, given, close, Py_ssize_t far, Py_ssize_t near):
        """`[(number of the text, [(start, number, bits)])]` of words whose bits in `topics` (uint64, one a word) share some
        with those in `given` of words of `bonds` at most `far` code points away, or in `close` of ones that begin at most
        `near` behind: the bits they share. A bond inside the word itself is none. Words whose every bit is set need none."""
        cdef const uint64_t[::1] asked = self._fitting(topics)
        cdef const uint64_t[::1] loose = bonds._fitting(given)
        cdef const uint64_t[::1] tight = bonds._fitting(close)
        cdef hits held, around
        cdef list found = [], kept
        cdef Py_ssize_t number = -1, row
        cdef hit *here
        if not 0 <= near <= far < 1 << 20:
            raise OptionError("a reach is out of range", "pass 0 <= near <= far < 1,048,576 code points")
        held.at, held.count, held.room, held.failed = NULL, 0, 0, False
        around.at, around.count, around.room, around.failed = NULL, 0, 0, False
        try:
            for text in texts:
                held.count = 0
                scan_text(&self.t, text, 0, PyUnicode_GET_LENGTH(text), &held)
                number += 1
                if not held.count:
                    continue
                kept = []
                for row in range(held.count):
                    here = &held.at[row]
                    if asked[here.number]:
                        here.bits = self._shared(text, here, bonds, loose, tight, far, near, &around) & asked[here.number]
                        if here.bits or asked[here.number] == <uint64_t>-1:
                            kept.append((here.start, here.number, here.bits))
                if kept:
                    found.append((number, kept))
        finally:
            free(held.at)
            free(around.at)
        return found

    cdef uint64_t _shared(
            self, str text, const hit *here, WordScanner bonds, const uint64_t[::1] loose, const uint64_t[::1] tight,
            Py_ssize_t far, Py_ssize_t near, hits *around
    ) except? 0:
        cdef Py_ssize_t end = here.start + self.t.lengths[here.number], row, start, stop
        cdef uint64_t got = 0
        cdef int32_t number
        around.count = 0
        scan_text(
            &bonds.t, text, max(0, here.start - far - bonds.longest),
            min(PyUnicode_GET_LENGTH(text), end + far + bonds.longest), around
        )
        for row in range(around.count):
            start, number = around.at[row].start, around.at[row].number
            stop = start + bonds.t.lengths[number]
            if start >= here.start and stop <= end:
                continue
            if start - end <= far and here.start - stop <= far:
                got |= loose[number]
            if start > here.start and start - end <= near:
                got |= tight[number]
        return got

    def _fitting(self, values):
        bits = np.ascontiguousarray(values, dtype=np.uint64)
        if bits.shape != (self.count,):
            raise OptionError("the bits do not fit the words", "pass one number a word")
        return bits
