# cython: boundscheck=False, wraparound=False, cdivision=True
"""Person names in Korean text, compiled: ext/names_py.py defines what it reports; here only how, fast.

One pass over a str's own UCS-2 or UCS-4 buffer. Words are looked up in one open-addressing table by a 64-bit hash of
kind and letters; a run of syllables that can't start a name costs a table read.
"""

from libc.stdint cimport int8_t, int32_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcmp

import numpy as np

from ext.errors import CapacityError, InputError

cdef extern from "odd.h" nogil:
    int simd_best()
    long pass_common16(int level, const uint16_t *s, long at, long n)

include "names_tables.pxi"
include "names_evidence.pxi"
include "names_readings.pxi"


cdef enum:
    BLOCK = 1024  # letters a step
    MOST = 64  # names that counts() looks for at once


cdef Py_ssize_t runs_of(const letter *s, Py_ssize_t start, Py_ssize_t stop, Py_ssize_t *at, Py_ssize_t *end, bint *open) noexcept nogil:
    """Where runs of syllables begin and end in [start, stop); gives back how many ended. `open`: whether one that began
    has not ended; its start then stands behind the others'. Without branches: words and gaps take turns at random."""
    cdef Py_ssize_t i, begun = open[0], ended = 0
    cdef bint before = open[0], here
    for i in range(start, stop):
        here = is_hangul(s[i])
        at[begun] = i
        begun += here & (not before)
        end[ended] = i
        ended += before & (not here)
        before = here
    open[0] = before
    return ended


cdef inline int readings(const tables *t, const letter *s, Py_ssize_t length, Py_ssize_t at, Py_ssize_t end) noexcept nogil:
    """Which readings the syllables of a run of two or more allow. A string ends in a zero, so that s[length] may be read."""
    cdef int can = t.gates[s[at] - FIRST].at[0] & t.gates[s[at + 1] - FIRST].at[1]
    can &= t.gates[s[at + 2] - FIRST].at[2] if end - at > 2 else ENDS_AT_2
    return can & (t.gates[s[at + 3] - FIRST].at[3] if end - at > 3 else ENDS_AT_3)


cdef scan_letters(const tables *t, const letter *s, Py_ssize_t length, int floor, list out):
    cdef Py_ssize_t start = 0, stop, at, end, behind = 0, row, ended
    cdef Py_ssize_t[BLOCK + 2] starts
    cdef Py_ssize_t[BLOCK + 2] ends
    cdef bint is_open = False
    cdef int can
    cdef candidate pending, best
    pending.is_found = best.is_found = False
    pending.start = pending.stop = pending.end = 0
    pending.total = pending.flags = pending.listable = 0
    best = pending
    while start < length:
        stop = start + BLOCK
        if stop > length:
            stop = length
        ended = runs_of(s, start, stop, &starts[0], &ends[0], &is_open)
        if is_open and stop == length:
            ends[ended] = length
            ended += 1
            is_open = False
        for row in range(ended):
            at, end = starts[row], ends[row]
            if at < behind:
                continue  # a piece of a name in pieces
            if end - at < 2:
                if t.surname[s[at] - FIRST] != NONE and spaced(t, s, length, at, &best):
                    if pending.is_found:
                        join(s, &pending, &best)
                        if pending.total >= floor:
                            out.append((pending.start, pending.stop, pending.total, pending.flags))
                    pending = best
                    behind = best.end
                continue
            can = readings(t, s, length, at, end)
            if not can:
                continue
            best.is_found = False
            if can & FULL and may_be(t, s, length, at, end, 1, 2, floor):
                weigh(t, s, length, at, end, 1, 2, floor, &best)
            if can & DOUBLE:
                weigh(t, s, length, at, end, 2, 2, floor, &best)
            if can & SHORT and may_be(t, s, length, at, end, 1, 1, floor):
                weigh(t, s, length, at, end, 1, 1, floor, &best)
            if can & DOUBLE:
                weigh(t, s, length, at, end, 2, 1, floor, &best)
            if can & GIVEN and is_sure(t, s[at], s[at + 1]) and may_be(t, s, length, at, end, 0, 2, floor):
                weigh(t, s, length, at, end, 0, 2, floor, &best)
            if best.is_found:
                if pending.is_found:
                    join(s, &pending, &best)
                    if pending.total >= floor:
                        out.append((pending.start, pending.stop, pending.total, pending.flags))
                pending = best
        starts[0] = starts[ended]
        start = stop
    if pending.is_found and pending.total >= floor:
        out.append((pending.start, pending.stop, pending.total, pending.flags))


cdef int LEVEL = simd_best()


cdef bint any_odd(const letter *s, Py_ssize_t length) noexcept nogil:
    """Branch-free per block, so that the compiler vectorises it."""
    cdef Py_ssize_t i, at = 0, stop
    cdef uint32_t c, seen
    while at < length:
        stop = min(at + 256, length)
        seen = 0
        for i in range(at, stop):
            c = s[i]
            seen |= ((c - <uint32_t>0x1100 < <uint32_t>0x100) | (c - <uint32_t>0x200B < <uint32_t>5) | (c - <uint32_t>0x2060 < <uint32_t>5) | (c == <uint32_t>0xFEFF) | (c == <uint32_t>0xAD)
                     | (c == <uint32_t>0x3164) | (c == <uint32_t>0x34F) | (c - <uint32_t>0xFE00 < <uint32_t>16))
        if seen:
            return True
        at = stop
    return False


cdef bint any_odd16(const uint16_t *s, Py_ssize_t length) noexcept nogil:
    """any_odd of what common letters leave, a few at a time."""
    cdef Py_ssize_t at = 0, stop
    while True:
        at = pass_common16(LEVEL, s, at, length)
        if at >= length:
            return False
        stop = at + 64
        if stop > length:
            stop = length
        if any_odd[uint16_t](s + at, stop - at):
            return True
        at = stop


def odd_ones(texts):
    """Numbers of the texts that are odd."""
    return [number for number, text in enumerate(texts) if is_odd(text)]


cpdef bint is_odd(str text):
    """Whether `text` holds conjoining jamo, zero-width characters or variation selectors: fold it before scanning."""
    cdef int kind = PyUnicode_KIND(text)
    cdef Py_ssize_t length = PyUnicode_GET_LENGTH(text)
    if kind == 2:
        return any_odd16(<const uint16_t *>PyUnicode_DATA(text), length)
    if kind == 4:
        return any_odd[uint32_t](<const uint32_t *>PyUnicode_DATA(text), length)
    return "\xad" in text


def counts(str text, names):
    """How often each name stands in the text, not overlapping itself: one pass for all of them."""
    cdef Py_ssize_t length = PyUnicode_GET_LENGTH(text), i, row, number
    cdef const uint16_t *s = <const uint16_t *>PyUnicode_DATA(text)
    cdef (const uint16_t *)[MOST] letters
    cdef Py_ssize_t[MOST] sizes
    cdef Py_ssize_t[MOST] behind
    cdef Py_ssize_t[MOST] found
    cdef uint64_t first = 0, second = 0
    names = list(names)
    number = len(names)
    if PyUnicode_KIND(text) != 2 or number > MOST or any([PyUnicode_KIND(name) != 2 or len(name) < 2 for name in names]):
        return [text.count(name) for name in names]
    for row in range(number):
        name = names[row]
        letters[row] = <const uint16_t *>PyUnicode_DATA(name)
        sizes[row] = PyUnicode_GET_LENGTH(name)
        behind[row] = found[row] = 0
        first |= <uint64_t>1 << (letters[row][0] & 63)
        second |= <uint64_t>1 << (letters[row][1] & 63)
    for i in range(length - 1):
        if not (first >> (s[i] & 63)) & (second >> (s[i + 1] & 63)) & 1:
            continue
        for row in range(number):
            if letters[row][0] != s[i] or letters[row][1] != s[i + 1] or i < behind[row] or i + sizes[row] > length:
                continue
            if memcmp(letters[row], s + i, sizes[row] * 2) == 0:
                found[row] += 1
                behind[row] = i + sizes[row]
    return [found[row] for row in range(number)]


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
        cdef int8_t[::1] view
        cdef uint8_t[::1] roles
        cdef uint16_t[::1] numbers
        cdef uint64_t[::1] masks
        cdef int32_t[::1] one_letter
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
        arrays = [table.astype(np.int8) for table in arrays]
        flags = np.zeros(SYLLABLES, dtype=np.uint8)
        known = sure_pairs([word[1:] for word in words if word[0] == "p"])
        sure = [word[1:] for word, value in words.items() if word[0] == "p" and value >= SURE_PAIR]
        opens, ends, bits = sure_pairs(sure)
        tails = np.full(SYLLABLES, MISSING, np.int32)
        for word, value in words.items():
            if word[0] == "t" and len(word) == 2:
                tails[ord(word[1]) - FIRST] = value
        self.held = (*arrays, flags, opens, ends, bits, *known, tails)
        cue_bits = np.zeros(512, np.uint64)
        self.held = (*self.held, cue_bits)
        masks = cue_bits
        self.t.cues = &masks[0]
        one_letter = tails
        self.t.tail = &one_letter[0]
        numbers = known[0]
        self.t.known_opens = &numbers[0]
        numbers = known[1]
        self.t.known_ends = &numbers[0]
        masks = known[2].reshape(-1)
        self.t.known = &masks[0]
        self.t.known_row = known[2].shape[1]
        numbers = opens
        self.t.opens = &numbers[0]
        numbers = ends
        self.t.ends = &numbers[0]
        masks = bits.reshape(-1)
        self.t.sure = &masks[0]
        self.t.row = bits.shape[1]
        view = arrays[0]
        self.t.surname = &view[0]
        view = arrays[1]
        self.t.given1 = &view[0]
        view = arrays[2]
        self.t.given2 = &view[0]
        roles = flags
        self.t.role = &roles[0]
        big = sum(word[0] in "px" for word in words)
        while size[0] < 2 * (len(words) - big):
            size[0] *= 2
        while size[1] < 2 * big:
            size[1] *= 2
        for which in range(2):
            self.t.keys[which] = <uint64_t *>calloc(size[which], sizeof(uint64_t))
            self.t.values[which] = <int32_t *>calloc(size[which], sizeof(int32_t))
            self.t.mask[which] = size[which] - 1
            if self.t.keys[which] == NULL or self.t.values[which] == NULL:
                raise CapacityError("no memory for the word table", "use a smaller lexicon")
        self.t.best_pair = max([value for word, value in words.items() if word[0] == "p"], default=0)
        self.t.best_pair = max(self.t.best_pair, <int>SURE_PAIR)
        self.t.best_particle = max([v >> 8 for w, v in words.items() if w[0] == "t" and v & 15 <= COPULA], default=0)
        self.t.best_verb = max([value for word, value in words.items() if word[0] == "v"], default=0)
        self.t.best_verb = max(self.t.best_verb, <int>SPEECH)
        for word, value in words.items():
            if word[0] == "p" and value >= SURE_PAIR:
                flags[ord(word[1]) - FIRST] |= OPENS_PAIR
                flags[ord(word[2]) - FIRST] |= ENDS_PAIR
            elif word[0] == "s":
                flags[ord(word[1]) - FIRST] |= OPENS_SURNAME
            elif word[0] == "t":
                flags[ord(word[1]) - FIRST] |= OPENS_TAIL | (
                    OPENS_TITLE if value & 15 >= HONORIFIC or value & 15 == PERSON_PARTICLE else 0)
            elif word[0] == "c":
                flags[ord(word[len(word) - 1]) - FIRST] |= ENDS_CUE | (IS_CUE if len(word) == 2 else 0)
                if len(word) > 2:
                    bit = cue_bit(ord(word[len(word) - 2]), ord(word[len(word) - 1]))
                    cue_bits[bit // 64] |= np.uint64(1 << (bit % 64))
            elif word[0] == "v":
                flags[ord(word[1]) - FIRST] |= OPENS_VERB
            h = step(1, ord(word[0]))
            for char in word[1:]:
                h = step(h, ord(char))
            h |= 1
            which = word[0] in "px"
            at = (h >> 20) & self.t.mask[which]
            while self.t.keys[which][at] != 0:
                if self.t.keys[which][at] == h:
                    raise InputError("two words have one hash", "change one of them")
                at = (at + 1) & self.t.mask[which]
            self.t.keys[which][at] = h
            self.t.values[which][at] = value

        self._open_gates()

    cdef int _open_gates(self) except -1:
        """Which syllable may stand where in a run for each reading."""
        cdef int c, role
        cdef gate g
        self.t.gates = <gate *>calloc(SYLLABLES, sizeof(gate))
        if self.t.gates == NULL:
            raise CapacityError("no memory for the gates", "use a smaller lexicon")
        for c in range(SYLLABLES):
            role = self.t.role[c]
            g.at[0] = ((FULL | SHORT) if self.t.surname[c] != NONE else 0) | (GIVEN if role & OPENS_PAIR else 0)
            g.at[0] |= DOUBLE if role & OPENS_SURNAME else 0
            g.at[1] = (FULL if self.t.given1[c] != NONE or role & OPENS_PAIR else 0) | DOUBLE
            g.at[1] |= (SHORT if self.t.given2[c] != NONE else 0) | (GIVEN if role & ENDS_PAIR else 0)
            g.at[2] = (FULL if self.t.given2[c] != NONE or role & ENDS_PAIR else 0) | DOUBLE
            g.at[2] |= ((SHORT | GIVEN) if role & OPENS_TAIL else 0)
            g.at[3] = SHORT | GIVEN | DOUBLE | (FULL if role & OPENS_TAIL else 0)
            self.t.gates[c] = g
        return 0

    def __dealloc__(self):
        cdef int which
        free(self.t.gates)
        for which in range(2):
            free(self.t.keys[which])
            free(self.t.values[which])

    def scan_all(self, texts, int floor):
        """`[(number of the text, its candidates)]` of the texts that have any."""
        cdef list found = []
        cdef Py_ssize_t number = 0
        for text in texts:
            hits = self.scan(text, floor)
            if hits:
                found.append((number, hits))
            number += 1
        return found

    cpdef list scan(self, str text, int floor):
        """`(start, end, total, flags)` of candidates whose total reaches `floor`, by start. Code points."""
        cdef list out = []
        cdef int kind = PyUnicode_KIND(text)
        cdef Py_ssize_t length = PyUnicode_GET_LENGTH(text)
        if kind == 2:
            scan_letters[uint16_t](&self.t, <const uint16_t *>PyUnicode_DATA(text), length, floor, out)
        elif kind == 4:
            scan_letters[uint32_t](&self.t, <const uint32_t *>PyUnicode_DATA(text), length, floor, out)
        return out
