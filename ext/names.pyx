# cython: boundscheck=False, wraparound=False, cdivision=True
"""Person names in Korean text, compiled: ext/names_py.py defines what it reports; here only how, fast.

One pass over a str's own UCS-2 or UCS-4 buffer. Words are looked up in one open-addressing table by a 64-bit hash of
kind and letters; a run of syllables that can't start a name costs a table read.
"""

from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, realloc
from libc.string cimport memcmp

import numpy as np

from ext.errors import CapacityError, InputError

cdef extern from "odd.h" nogil:
    int simd_best()
    long pass_common16(int level, const uint16_t *s, long at, long n)

cdef extern from "runs.h" nogil:
    uint64_t syllables16(int level, const uint16_t *s, int64_t count)
    uint64_t syllables32(const uint32_t *s, int64_t count)
    int64_t places(uint64_t bits, int64_t base, int64_t *at)

include "names_constants.pxi"
include "names_tables.pxi"
include "names_lists.pxi"
include "names_numbers.pxi"
include "names_evidence.pxi"
include "names_cues.pxi"
include "names_readings.pxi"


cdef int LEVEL = simd_best()


cdef enum:
    BLOCK = 64  # letters a step


cdef inline int readings(const tables *t, const letter *s, Py_ssize_t at, Py_ssize_t end) noexcept nogil:
    """Which readings the syllables of a run of two or more allow."""
    cdef int can = of(t, s[at]).at[0]
    if can == 0:
        return 0
    can &= of(t, s[at + 1]).at[1]
    if end - at == 2:
        return can & ENDS_AT_2
    if end - at == 3:
        return can & of(t, s[at + 2]).at[4] & ENDS_AT_3
    can &= of(t, s[at + 2]).at[2]
    return can & (of(t, s[at + 3]).at[5] if end - at == 4 else of(t, s[at + 3]).at[3])


cdef void scan_letters(const tables *t, const letter *s, Py_ssize_t length, int floor, hits *found) noexcept nogil:
    """Appends the candidates of a text, by start."""
    cdef Py_ssize_t start = 0, at, end, behind = 0, row, ended, begun = 0, size
    cdef int64_t[BLOCK + 2] starts
    cdef int64_t[BLOCK + 2] ends
    cdef uint64_t here, before = 0
    cdef candidate best
    cdef chain names
    names.count = 0
    while start < length:
        size = length - start
        if size > BLOCK:
            size = BLOCK
        if letter is uint16_t:
            here = syllables16(LEVEL, s + start, size)
        else:
            here = syllables32(s + start, size)
        begun += places(here & ~(here << 1 | before), start, &starts[begun])
        ended = places((here << 1 | before) & ~here, start, &ends[0])
        before = here >> 63
        start += size
        if start == length and begun > ended:
            ends[ended] = length
            ended += 1
        for row in range(ended):
            at, end = starts[row], ends[row]
            if at < behind:
                continue  # a piece of a name in pieces
            best.is_found = False
            if end - at < 2:
                if of(t, s[at]).surname == NONE or not spaced(t, s, length, at, &best):
                    continue
                behind = best.end
            else:
                read_run(t, s, length, at, end, readings(t, s, at, end), min(floor, <int>SURE), &best)
            if best.is_found:
                push(s, length, &names, &best, floor, found)
        if begun > ended:  # a run that goes on
            starts[0] = starts[ended]
        begun -= ended
    settle(s, length, &names, floor, found)


cdef inline void read_run(
        const tables *t, const letter *s, Py_ssize_t length, Py_ssize_t at, Py_ssize_t end, int can, int floor, candidate *best
) noexcept nogil:
    """The best reading of the run s[at:end] among those it allows; `floor`: what no sum needs to be known below."""
    if not can:
        return
    if can & FULL:
        weigh(t, s, length, at, end, 1, 2, worth(t, s, length, at, end, 1, 2, floor), floor, best)
    if can & (DOUBLE | TRIPLE):
        long_surnames(t, s, length, at, end, can, floor, best)
    if can & SHORT:
        weigh(t, s, length, at, end, 1, 1, worth(t, s, length, at, end, 1, 1, floor), floor, best)
    if can & DOUBLE and end - at > 2:
        weigh(t, s, length, at, end, 2, 1, stem(t, s + at, 2, 1), floor, best)
    if can & GIVEN and is_sure(t, s[at], s[at + 1]):
        weigh(t, s, length, at, end, 0, 2, worth(t, s, length, at, end, 0, 2, floor), floor, best)


cdef void long_surnames(
        const tables *t, const letter *s, Py_ssize_t length, Py_ssize_t at, Py_ssize_t end, int can, int floor, candidate *best
) noexcept nogil:
    """The readings of four letters: rare, so no bound spares them."""
    if end - at < 4:
        return
    if can & DOUBLE:
        weigh(t, s, length, at, end, 2, 2, stem(t, s + at, 2, 2), floor, best)
    if can & TRIPLE:
        weigh(t, s, length, at, end, 1, 3, stem(t, s + at, 1, 3), floor, best)


include "names_firm.pxi"


cdef void read_letters(
        const tables *t, const letter *s, Py_ssize_t length, int floor, hits *found, hits *again
) noexcept nogil:
    """The twin's read: the candidates, and weaker readings that are spelled like a firm name, lifted."""
    cdef int32_t[HEADS] heads
    cdef firm *names
    cdef int32_t count
    found.count = 0
    scan_letters(t, s, length, floor, found)
    if found.count == 0:
        return
    names = <firm *>malloc(found.count * sizeof(firm))
    if names == NULL:
        found.failed = True
        return
    count = firm_names(s, found, names, &heads[0])
    if count:
        again.count = 0
        lift(t, s, length, floor, found, names, count, &heads[0], again)
        found.at, again.at = again.at, found.at
        found.count, again.count = again.count, found.count
        found.room, again.room = again.room, found.room
    free(names)


include "names_texts.pxi"


def sure_pairs(pairs):
    """Rows by first syllable, bits by second, and the bits: `(uint16[11172], uint16[11172], uint64[rows, words])`.
    Of any pairs."""
    opens, ends = np.zeros(SYLLABLES, np.uint16), np.zeros(SYLLABLES, np.uint16)
    for place, table in ((0, opens), (1, ends)):
        for number, syllable in enumerate(sorted({pair[place] for pair in pairs}), 1):
            table[ord(syllable) - FIRST] = number
    bits = np.zeros((int(opens.max()) + 1, int(ends.max()) // 64 + 1), np.uint64)
    for pair in pairs:
        row, bit = opens[ord(pair[0]) - FIRST], int(ends[ord(pair[1]) - FIRST])
        bits[row, bit // 64] |= np.uint64(1 << (bit % 64))
    return opens, ends, bits


cdef class NameScanner:
    """`surname`, `given1`, `given2` are int16[11172] by syllable; `words` maps kind + string to int (see the twin)."""

    cdef tables t
    cdef object held

    def __cinit__(self, surname, given1, given2, words):
        cdef uint64_t[::1] masks
        cdef int8_t[::1] weights
        cdef uint64_t at, h
        cdef uint64_t[2] size = [1024, 1024]
        cdef int which
        arrays = [np.array(table, dtype=np.int16) for table in (surname, given1, given2)]
        if any(table.shape != (SYLLABLES,) for table in arrays):
            raise InputError("a syllable table has the wrong shape", "pass int16 arrays of 11172 values")
        for table in arrays:
            table[table == TWIN_NONE] = NONE
            if table.min() < -128 or table.max() > 127:
                raise InputError("a syllable weight is out of range", "pass weights from -127 to 127, or -32768 for never")
        flags = np.zeros(SYLLABLES, dtype=np.uint8)
        triples = np.zeros(SYLLABLES, dtype=np.uint8)  # places in given names of three letters; 16: ends a surname of two
        pairs = [word[1:] for word in words if word[0] == "p" and len(word) == 3]
        opens, ends, _ = sure_pairs(pairs)
        given = np.full((int(opens.max()) + 1, int(ends.max()) + 1), NO_PAIR, np.int8)
        pair_bits = np.zeros((PAIR_KINDS, PAIR_WORDS), np.uint64)
        for pair in pairs:
            value = words["p" + pair]
            if not -128 < value < 128:
                raise InputError("a given name's weight is out of range", "pass weights from -127 to 127")
            given[opens[ord(pair[0]) - FIRST], ends[ord(pair[1]) - FIRST]] = value
            if value >= SURE_PAIR:
                bit = pair_bit(ord(pair[0]), ord(pair[1]))
                pair_bits[SURE_PAIRS, bit // 64] |= np.uint64(1 << (bit % 64))
        tails = np.full(SYLLABLES, MISSING, np.int32)
        for word, value in words.items():
            if word[0] == "t" and len(word) == 2:
                tails[ord(word[1]) - FIRST] = value
        shorts = [word[1:] for word, value in words.items() if word[0] == "x" and len(word) == 3 and value >= 2]
        word_opens, word_ends, short = sure_pairs(
            [word for word in shorts if RARE < arrays[0][ord(word[0]) - FIRST]])
        self.held = (given, short, pair_bits)
        masks = short.reshape(-1)
        self.t.short_words = &masks[0]
        self.t.short_row = short.shape[1]
        masks = pair_bits.reshape(-1)
        self.t.pairs = &masks[0]
        weights = given.reshape(-1)
        self.t.given = &weights[0]
        self.t.row = given.shape[1]
        big = sum(word[0] in "pxy" for word in words)
        while 3 * size[0] < 4 * (len(words) - big):  # a line of the cache holds eight: the next places cost little
            size[0] *= 2
        while 3 * size[1] < 4 * big:
            size[1] *= 2
        for which in range(2):
            self.t.words[which] = <entry *>calloc(size[which], sizeof(entry))
            self.t.mask[which] = size[which] - 1
            if self.t.words[which] == NULL:
                raise CapacityError("no memory for the word table", "use a smaller lexicon")
        self.t.best_particle = max([v >> 8 for w, v in words.items() if w[0] == "t" and v & 15 <= COPULA], default=0)
        self.t.best_verb = max([value for word, value in words.items() if word[0] in "vn"], default=0)
        self.t.best_verb = max(self.t.best_verb, <int>SPEECH)
        for word, value in words.items():
            if word[0] == "p" and len(word) == 4:
                triples[ord(word[1]) - FIRST] |= 2
                triples[ord(word[2]) - FIRST] |= 4
                triples[ord(word[3]) - FIRST] |= 8
            elif word[0] == "p" and value >= SURE_PAIR:
                flags[ord(word[1]) - FIRST] |= OPENS_PAIR
                flags[ord(word[2]) - FIRST] |= ENDS_PAIR
            elif word[0] == "s":
                flags[ord(word[1]) - FIRST] |= OPENS_SURNAME
                triples[ord(word[2]) - FIRST] |= 16
            elif word[0] == "t":
                kind = value & 15
                flags[ord(word[1]) - FIRST] |= OPENS_TAIL | (
                    OPENS_TITLE if kind >= HONORIFIC or kind == PERSON_PARTICLE else 0)
                if len(word) > 2:
                    bit = pair_bit(ord(word[1]), ord(word[2]))
                    if len(word) > 3:
                        bit = pair_bit(bit, ord(word[3]))
                    for which in (TAILS, STRONG_TAILS, TITLES):
                        if which == TAILS or kind >= HONORIFIC or (which == STRONG_TAILS and kind == PERSON_PARTICLE):
                            pair_bits[which + (len(word) > 3), bit // 64] |= np.uint64(1 << (bit % 64))
            elif word[0] == "c" and is_hangul(ord(word[1])):
                flags[ord(word[len(word) - 1]) - FIRST] |= ENDS_CUE | (IS_CUE if len(word) == 2 else 0)
                if len(word) > 2:
                    bit = pair_bit(ord(word[len(word) - 2]), ord(word[len(word) - 1]))
                    pair_bits[CUES, bit // 64] |= np.uint64(1 << (bit % 64))
            elif word[0] in "vn":
                flags[ord(word[1]) - FIRST] |= OPENS_VERB
                if len(word) > 2:
                    bit = pair_bit(ord(word[1]), ord(word[2]))
                    pair_bits[VERBS if word[0] == "v" else NEARS, bit // 64] |= np.uint64(1 << (bit % 64))
            h = step(1, ord(word[0]))
            for char in word[1:]:
                h = step(h, ord(char))
            which = word[0] in "pxy"
            at = h & self.t.mask[which]
            while self.t.words[which][at].tag != 0:
                if self.t.words[which][at].tag == tag_of(h):
                    raise InputError("two words have one hash", "change one of them")
                at = (at + 1) & self.t.mask[which]
            self.t.words[which][at].tag = tag_of(h)
            self.t.words[which][at].value = value

        self._fill(arrays[0], arrays[1], arrays[2], flags, triples, tails, opens, ends, word_opens, word_ends)

    cdef int _fill(
            self, int16_t[::1] surname, int16_t[::1] given1, int16_t[::1] given2, uint8_t[::1] flags, uint8_t[::1] triples,
            int32_t[::1] tails, uint16_t[::1] opens, uint16_t[::1] ends, uint16_t[::1] word_opens, uint16_t[::1] word_ends
    ) except -1:
        """The table of syllables: which may stand where in a run for each reading, and what each weighs there."""
        cdef int c, role, number, held = 1
        cdef syllable g
        self.t.ids = <uint16_t *>calloc(SYLLABLES, sizeof(uint16_t))
        self.t.syllables = <syllable *>calloc(SYLLABLES + 1, sizeof(syllable))
        if self.t.ids == NULL or self.t.syllables == NULL:
            raise CapacityError("no memory for the syllables", "use a smaller lexicon")
        for c in range(-1, SYLLABLES):  # first what stands for all that have no part in a name
            role = 0 if c < 0 else flags[c]
            number = 0 if c < 0 else triples[c]
            g.surname = NONE if c < 0 else surname[c]
            g.given1 = NONE if c < 0 else given1[c]
            g.given2 = NONE if c < 0 else given2[c]
            g.role = role
            g.opens = 0 if c < 0 else opens[c]
            g.ends = 0 if c < 0 else ends[c]
            g.word_opens = 0 if c < 0 else word_opens[c]
            g.word_ends = 0 if c < 0 else word_ends[c]
            g.tail = MISSING if c < 0 else tails[c]
            if c >= 0 and not (role or number or g.surname != NONE or g.given1 != NONE or g.given2 != NONE or g.opens or g.ends
                    or g.word_opens or g.word_ends):
                continue
            g.at[0] = ((FULL | SHORT | TRIPLE) if g.surname != NONE else 0) | (GIVEN if role & OPENS_PAIR else 0)
            g.at[0] &= ~SHORT if g.surname <= RARE else 255
            g.at[0] |= DOUBLE if role & OPENS_SURNAME else 0
            g.at[1] = (FULL if g.given1 != NONE or role & OPENS_PAIR else 0) | (DOUBLE if number & 16 else 0)
            g.at[1] |= (SHORT if g.given2 != NONE else 0) | (GIVEN if role & ENDS_PAIR else 0)
            g.at[1] |= TRIPLE if number & 2 else 0
            g.at[2] = (FULL if g.given2 != NONE or role & ENDS_PAIR else 0) | DOUBLE
            g.at[2] |= ((SHORT | GIVEN) if role & OPENS_TAIL else 0) | (TRIPLE if number & 4 else 0)
            g.at[3] = SHORT | GIVEN | DOUBLE | (FULL if role & OPENS_TAIL else 0) | (TRIPLE if number & 8 else 0)
            g.at[4] = g.at[2] & ~(SHORT | GIVEN if g.tail == MISSING else 0)
            g.at[5] = g.at[3] & ~(FULL if g.tail == MISSING else 0)
            self.t.syllables[0 if c < 0 else held] = g
            if c >= 0:
                self.t.ids[c] = held
                held += 1
        return 0

    def __dealloc__(self):
        cdef int which
        free(self.t.ids)
        free(self.t.syllables)
        for which in range(2):
            free(self.t.words[which])

    def read_all(self, texts, int floor):
        """`[(number of the text, read(text, floor))]` of the texts that have any candidate."""
        cdef list found = []
        cdef Py_ssize_t number = 0
        cdef hits held, again
        held.at = again.at = NULL
        held.count = held.room = again.count = again.room = held.failed = again.failed = 0
        try:
            for text in texts:
                self._read(text, floor, &held, &again)
                if held.count:
                    found.append((number, listed(&held)))
                number += 1
        finally:
            free(held.at)
            free(again.at)
        return found

    def read(self, str text, int floor):
        """`(start, end, total, flags)` of candidates whose total reaches `floor`, by start, weak repetitions of firm
        names lifted. Code points."""
        found = self.read_all([text], floor)
        return found[0][1] if found else []

    cdef int _read(self, str text, int floor, hits *held, hits *again) except -1:
        cdef int kind = PyUnicode_KIND(text)
        cdef Py_ssize_t length = PyUnicode_GET_LENGTH(text)
        held.count = 0
        if kind == 2:
            read_letters[uint16_t](&self.t, <const uint16_t *>PyUnicode_DATA(text), length, floor, held, again)
        elif kind == 4:
            read_letters[uint32_t](&self.t, <const uint32_t *>PyUnicode_DATA(text), length, floor, held, again)
        if held.failed or again.failed:
            raise CapacityError("no memory for the candidates of a text", "cut the text")
        return 0

    def scan(self, str text, int floor):
        """`(start, end, total, flags)` of candidates whose total reaches `floor`, by start. Code points."""
        cdef int kind = PyUnicode_KIND(text)
        cdef Py_ssize_t length = PyUnicode_GET_LENGTH(text)
        cdef hits held
        held.at = NULL
        held.count = held.room = held.failed = 0
        if kind == 2:
            scan_letters[uint16_t](&self.t, <const uint16_t *>PyUnicode_DATA(text), length, floor, &held)
        elif kind == 4:
            scan_letters[uint32_t](&self.t, <const uint32_t *>PyUnicode_DATA(text), length, floor, &held)
        try:
            if held.failed:
                raise CapacityError("no memory for the candidates of a text", "cut the text")
            return listed(&held)
        finally:
            free(held.at)


cdef list listed(const hits *held):
    cdef Py_ssize_t row
    return [(held.at[row].start, held.at[row].stop, held.at[row].total, held.at[row].flags) for row in range(held.count)]
