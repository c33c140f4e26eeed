# cython: boundscheck=False, wraparound=False, cdivision=True
"""Person names in Korean text, compiled: ext/names_py.py defines what it reports; here only how, fast.

One pass over a str's own UCS-2 or UCS-4 buffer. Words are looked up in one open-addressing table by a 64-bit hash of
kind and letters; a run of syllables that can't start a name costs a table read.
"""

from libc.stdint cimport int8_t, int32_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free

import numpy as np

from ext.errors import CapacityError, InputError

cdef extern from "Python.h":
    int PyUnicode_KIND(object text)
    void *PyUnicode_DATA(object text)
    Py_ssize_t PyUnicode_GET_LENGTH(object text)

ctypedef fused letter:
    uint16_t
    uint32_t

cdef enum:
    FIRST = 0xAC00
    SYLLABLES = 11172
    NONE = -128  # in the small tables here; the twin and callers write -32768
    TWIN_NONE = -32768
    NOTHING = -32768
    MISSING = -2147483647
    PARTICLE = 1
    PERSON_PARTICLE = 2
    COPULA = 4
    HONORIFIC = 5
    TITLE = 6
    SIGNATURE = 7
    VOCATIVE = 8
    KIN = 9
    F_HONORIFIC = 1
    F_TITLE = 2
    F_CUE = 4
    F_VERB = 8
    F_LIST = 16
    F_SIGNATURE = 32
    F_HANJA = 64
    F_AGE = 128
    F_PARTICLE = 256
    F_LEXICON = 512
    F_VOCATIVE = 1024
    F_GIVEN_ONLY = 2048
    F_LINE = 4096
    SURNAME = 0x73  # kinds of words, as the twin spells them
    PAIR = 0x70
    WORD = 0x78
    TAIL = 0x74
    CUE = 0x63
    VERB = 0x76
    VERB_MAKER = 0x68
    OPENS_PAIR = 1
    ENDS_PAIR = 2
    OPENS_SURNAME = 4
    OPENS_TAIL = 8
    OPENS_TITLE = 16
    ENDS_CUE = 32
    OPENS_VERB = 64
    FULL = 1  # readings: surname and two letters, surname and one, two letters alone, surname of two letters
    SHORT = 2
    GIVEN = 4
    DOUBLE = 8
    ENDS_AT_2 = SHORT | GIVEN  # a run of two letters
    ENDS_AT_3 = FULL | SHORT | GIVEN | DOUBLE
    MAX_BASE = 150
    NO_PAIR = -10
    ONE_SYLLABLE = -40
    GIVEN_ONLY = 15
    BARE = -15
    LINE = 15
    HANJA = 70
    AGE = 60
    LISTED = 35
    JOINED = 20
    LIST_BASE = 30
    PAIR_FLOOR = 10
    SURE_PAIR = 20
    MAX_TAIL = 8
    MAX_CUE = 6
    VERB_RUNS = 4
    SPACED = -50
    SPACED_LEAST = 30
    MAX_VERB = 40  # the bare and line bonuses included

cdef int[3] LEXICON = [0, -60, -120]
cdef int[3] GIVEN_LEXICON = [0, -20, -60]
cdef int[3] SPLIT = [0, -25, -45]
cdef int[3] VERBAL = [0, -60, -120]

cdef struct candidate:
    Py_ssize_t start
    Py_ssize_t stop
    Py_ssize_t end
    int total
    int flags
    int listable
    bint is_found

cdef struct gate:
    uint8_t at[4]  # which readings (FULL …) a syllable allows as the first, second, third, fourth of a run

cdef struct tables:
    gate *gates
    int8_t *surname
    int8_t *given1
    int8_t *given2
    uint8_t *role  # of a syllable: ROLE_… bits, so that most look-ups are never made
    uint64_t *keys[2]  # 0: context words, small enough for the first cache; 1: given pairs and the exclusion lexicon
    int32_t *values[2]
    uint64_t mask[2]
    int best_pair
    int best_particle


cdef inline bint is_hangul(uint32_t c) noexcept nogil:
    return c - <uint32_t>FIRST < <uint32_t>SYLLABLES


cdef inline uint64_t step(uint64_t h, uint32_t c) noexcept nogil:
    h = (h ^ c) * <uint64_t>0x9E3779B97F4A7C15
    return h ^ (h >> 29)


cdef inline int32_t look(const tables *t, uint32_t kind, const letter *p, Py_ssize_t n) noexcept nogil:
    """The value of a word of some kind, or MISSING."""
    cdef int which = kind == PAIR or kind == WORD
    cdef uint64_t h = step(1, kind), at
    cdef Py_ssize_t i
    for i in range(n):
        h = step(h, p[i])
    h |= 1
    at = (h >> 20) & t.mask[which]
    while t.keys[which][at] != 0:
        if t.keys[which][at] == h:
            return t.values[which][at]
        at = (at + 1) & t.mask[which]
    return MISSING


cdef inline bint agrees(uint32_t c, int need) noexcept nogil:
    cdef uint32_t final = (c - FIRST) % 28
    if need == 1:
        return final != 0
    if need == 2:
        return final == 0
    if need == 3:
        return final != 0 and final != 8
    if need == 4:
        return final == 0 or final == 8
    return True


cdef inline bint stands_before(uint32_t c) noexcept nogil:
    """Members of _SKIP_BEFORE in the twin."""
    if c < 0x80:
        return (c == 0x20 or c == 0x3A or c == 0x2D or c == 0x27 or c == 0x22 or c == 0x28 or c == 0x3C or c == 0x5B
                or c == 0x2C or c == 0x0A or c == 0x09 or c == 0x7C or c == 0x2F or c == 0x3D or c == 0x2A)
    return (c == 0xFF1A or c == 0xB7 or c == 0x2014 or c == 0x2018 or c == 0x201C or c == 0x2019 or c == 0x201D
            or c == 0x300C or c == 0x300E)


cdef inline bint separates(uint32_t c) noexcept nogil:
    """Members of _SEPARATORS in the twin."""
    return (c == 0x2C or c == 0xB7 or c == 0x318D or c == 0x3001 or c == 0x2F or c == 0x2027 or c == 0x30FB
            or c == 0x3B or c == 0x7C)


cdef inline int title(int32_t value, bint is_given_only, int *flag) noexcept nogil:
    cdef int kind = value & 15
    if kind == HONORIFIC:
        flag[0] = F_HONORIFIC
        return value >> 8
    if kind == KIN or (kind == TITLE and not is_given_only):
        flag[0] = F_TITLE
        return value >> 8
    if kind == SIGNATURE and not is_given_only:
        flag[0] = F_SIGNATURE
        return value >> 8
    flag[0] = 0
    return 0


cdef inline int stem(const tables *t, const letter *p, int surnames, int givens, bint is_final) noexcept nogil:
    """The twin's _base of the letters at p; with `is_final` unset an upper bound of it that needs no big table."""
    cdef int base, first, last
    cdef int32_t pair = MISSING
    cdef bint is_sure
    if surnames == 0:
        if not (t.role[p[0] - FIRST] & OPENS_PAIR and t.role[p[1] - FIRST] & ENDS_PAIR):
            return NOTHING
        if not is_final:
            return MAX_BASE
        pair = look(t, PAIR, p, 2)
        return pair + GIVEN_ONLY if pair != MISSING and pair >= SURE_PAIR else NOTHING
    if surnames == 1:
        base = t.surname[p[0] - FIRST]
        if base == NONE:
            return NOTHING
    else:
        base = look(t, SURNAME, p, 2)
        if base == MISSING:
            base = NOTHING
    if base == NOTHING:
        return NOTHING
    p += surnames
    last = t.given2[p[givens - 1] - FIRST]
    if givens == 1:
        if last == NONE:
            return NOTHING
        return min(<int>MAX_BASE, base + last) + ONE_SYLLABLE
    first = t.given1[p[0] - FIRST]
    is_sure = t.role[p[0] - FIRST] & OPENS_PAIR and t.role[p[1] - FIRST] & ENDS_PAIR
    if (first == NONE or last == NONE) and not is_sure:
        return NOTHING
    if is_final:
        pair = look(t, PAIR, p, 2)
        if pair == MISSING:
            pair = NO_PAIR
    else:
        pair = t.best_pair if is_sure else SURE_PAIR
    if pair >= SURE_PAIR:
        first = max(first, <int>PAIR_FLOOR)
        last = max(last, <int>PAIR_FLOOR)
    elif first == NONE or last == NONE:
        return NOTHING
    return min(<int>MAX_BASE, base + first + last + pair)


cdef int32_t titled(const tables *t, const letter *p, Py_ssize_t n) noexcept nogil:
    """The value of the longest title that opens p[:n] and leaves a particle, else MISSING."""
    cdef Py_ssize_t cut = min(n - 1, 5)
    cdef int32_t head, rest
    if not t.role[p[0] - FIRST] & OPENS_TITLE:
        return MISSING
    while cut > 0:
        head = look(t, TAIL, p, cut)
        if head != MISSING and (head & 15 == HONORIFIC or head & 15 == TITLE or head & 15 == KIN):
            rest = look(t, TAIL, p + cut, n - cut)
            if rest != MISSING and rest & 15 <= COPULA:
                return head
        cut -= 1
    return MISSING


cdef int bracket(const letter *s, Py_ssize_t at, Py_ssize_t length, int *flag) noexcept nogil:
    cdef Py_ssize_t digits = at
    flag[0] = 0
    if at >= length:
        return 0
    if 0x4E00 <= s[at] <= 0x9FFF:
        flag[0] = F_HANJA
        return HANJA
    if ((s[at] == 0xC778 or s[at] == 0xB0A8 or s[at] == 0xC5EC) and at + 1 < length
            and (s[at + 1] == 0x29 or s[at + 1] == 0x2C)):  # 인, 남, 여
        flag[0] = F_SIGNATURE if s[at] == 0xC778 else F_AGE
        return AGE
    while digits < length and 0x30 <= s[digits] <= 0x39:
        digits += 1
    if 1 <= digits - at <= 2 and digits < length and (
            s[digits] == 0x29 or s[digits] == 0x2C or s[digits] == 0xB7 or s[digits] == 0xC138):
        flag[0] = F_AGE
        return AGE
    return 0


cdef int behind(
        const tables *t, const letter *s, Py_ssize_t end, Py_ssize_t length, bint is_given_only, int *flag
) noexcept nogil:
    """The twin's _behind."""
    cdef Py_ssize_t at = end, stop
    cdef int32_t value
    flag[0] = 0
    if end + 1 >= length:
        return 0
    if s[at] == 0x20:
        at += 1
    if at >= length:
        return 0
    if s[at] == 0x28:
        return bracket(s, at + 1, length, flag)
    if at == end or not is_hangul(s[at]) or not t.role[s[at] - FIRST] & OPENS_TITLE:
        return 0
    stop = at
    while stop < length and is_hangul(s[stop]) and stop - at < MAX_TAIL + 1:
        stop += 1
    if stop - at > MAX_TAIL:
        return 0
    value = look(t, TAIL, s + at, stop - at)
    if value == MISSING:
        value = titled(t, s + at, stop - at)
    if value == MISSING:
        return 0
    return title(value, is_given_only, flag)


cdef int cue(const tables *t, const letter *s, Py_ssize_t start) noexcept nogil:
    """The twin's _cue."""
    cdef Py_ssize_t at = start, size
    cdef int best = 0
    cdef int32_t weight
    cdef letter[2] letters
    while at > 0 and start - at < 3 and stands_before(s[at - 1]):
        at -= 1
    if at == start or at == 0 or not is_hangul(s[at - 1]) or not t.role[s[at - 1] - FIRST] & ENDS_CUE:
        return 0
    for size in range(1, MAX_CUE + 1):
        if size > at or not is_hangul(s[at - size]):
            break
        weight = look(t, CUE, s + at - size, size)
        if weight != MISSING and weight > best and (size >= 2 or at == size or not is_hangul(s[at - size - 1])):
            best = weight
    if at >= 3 and s[at - 2] == 0x20 and is_hangul(s[at - 3]) and (at == 3 or not is_hangul(s[at - 4])):
        letters[0], letters[1] = s[at - 3], s[at - 1]
        weight = look(t, CUE, &letters[0], 2)
        if weight != MISSING and weight > best:
            best = weight
    return best


cdef int verb(const tables *t, const letter *s, Py_ssize_t end, Py_ssize_t length) noexcept nogil:
    """The twin's _verb."""
    cdef Py_ssize_t at = end
    cdef int runs, size
    cdef int32_t weight
    for runs in range(VERB_RUNS):
        if at + 1 >= length or s[at] != 0x20 or not is_hangul(s[at + 1]):
            return 0
        at += 1
        for size in range(2, 4 if t.role[s[at] - FIRST] & OPENS_VERB else 2):
            if at + size <= length:
                weight = look(t, VERB, s + at, size)
                if weight != MISSING and weight != 0:
                    return weight
        while at < length and is_hangul(s[at]):
            at += 1
        if at < length and s[at] == 0x2C:
            at += 1
    return 0


cdef int lexicon(
        const tables *t, const letter *s, Py_ssize_t start, Py_ssize_t stop, Py_ssize_t end, int surnames, int givens
) noexcept nogil:
    """The twin's _lexicon."""
    cdef int32_t level = look(t, WORD, s + start, stop - start), whole, last, inner
    cdef int loss
    cdef bint is_particle, is_verbal
    if level == MISSING:
        level = 0
    if end > stop and end - start <= 4:
        whole = look(t, WORD, s + start, end - start)
        if whole != MISSING and whole > level:
            level = whole
    if surnames == 0:
        return GIVEN_LEXICON[level]
    loss = LEXICON[level]
    if level < 2 and surnames + givens == 3:
        last = look(t, TAIL, s + stop - 1, 1)
        is_particle = last != MISSING and (last & 15 == PARTICLE or last & 15 == COPULA) and agrees(
            s[stop - 2], (last >> 4) & 7)
        is_verbal = look(t, VERB_MAKER, s + stop - 1, 1) != MISSING
        if is_particle or is_verbal:
            inner = look(t, WORD, s + start, stop - 1 - start)
            if inner != MISSING and inner > 0:
                loss = min(loss, VERBAL[inner] if is_verbal else SPLIT[inner])
    return loss


cdef bint ends_call(const letter *s, Py_ssize_t end, Py_ssize_t length) noexcept nogil:
    if end >= length:
        return True
    return (s[end] == 0x2C or s[end] == 0x2E or s[end] == 0x21 or s[end] == 0x3F or s[end] == 0x7E or s[end] == 0x0A
            or s[end] == 0x2026 or s[end] == 0x3B)


cdef inline bint may_be(
        const tables *t, const letter *s, Py_ssize_t length, Py_ssize_t start, Py_ssize_t end, int surnames, int givens,
        int floor
) noexcept nogil:
    """Whether a reading is worth weighing: a handful of table reads that turn most runs away. Never wrong about a no."""
    cdef Py_ssize_t stop = start + surnames + givens
    cdef int bound, role = 0
    cdef bint is_titled
    if stop > end:
        return False
    if stop < end:
        role = t.role[s[stop] - FIRST]
        if not role & OPENS_TAIL:
            return False
        is_titled = role & OPENS_TITLE
    else:
        is_titled = end + 1 < length and (
            s[end] == 0x28 or (s[end] == 0x20 and (s[end + 1] == 0x28 or (
                is_hangul(s[end + 1]) and t.role[s[end + 1] - FIRST] & OPENS_TITLE))))
    if surnames == 0 and not is_titled:
        return False
    bound = stem(t, s + start, surnames, givens, False)
    if bound == NOTHING:
        return False
    if is_titled or bound >= LIST_BASE or bound + t.best_particle + MAX_VERB >= floor:
        return True
    return may_have_cue(t, s, start)


cdef inline bint may_have_cue(const tables *t, const letter *s, Py_ssize_t start) noexcept nogil:
    cdef Py_ssize_t at = start
    while at > 0 and start - at < 3 and stands_before(s[at - 1]):
        at -= 1
    return at != start and at > 0 and is_hangul(s[at - 1]) and t.role[s[at - 1] - FIRST] & ENDS_CUE


cdef void weigh(
        const tables *t, const letter *s, Py_ssize_t length, Py_ssize_t start, Py_ssize_t end, int surnames, int givens,
        int floor, candidate *best
) noexcept nogil:
    """Replaces `best` when the reading with such a surname and given name is better."""
    cdef Py_ssize_t stop = start + surnames + givens
    cdef int bound, base, total, weight = 0, flags = 0, kind = 0, flag = 0, loss, alone
    cdef int32_t value
    if stop > end or end - stop > MAX_TAIL:
        return
    bound = stem(t, s + start, surnames, givens, False)
    if bound == NOTHING:
        return
    if stop < end:
        if not t.role[s[stop] - FIRST] & OPENS_TAIL:
            return
        value = look(t, TAIL, s + stop, end - stop)
        if value != MISSING:
            if not agrees(s[stop - 1], (value >> 4) & 7):
                return
        else:
            value = titled(t, s + stop, end - stop)
            if value == MISSING:
                return
        kind = value & 15
        weight = value >> 8
    total = weight
    if kind == HONORIFIC:
        flags |= F_HONORIFIC
    elif kind == TITLE or kind == KIN:
        if surnames == 0 and kind == TITLE:
            return
        flags |= F_TITLE
    elif kind == SIGNATURE:
        flags |= F_SIGNATURE
    elif kind == VOCATIVE:
        if surnames or not ends_call(s, end, length):
            return
        flags |= F_VOCATIVE
    elif kind:
        flags |= F_PARTICLE
    if surnames == 0 and (kind == SIGNATURE or (0 < kind <= COPULA and kind != PERSON_PARTICLE)):
        return
    if kind == 0:
        total += behind(t, s, end, length, surnames == 0, &flag)
        flags |= flag
        if surnames == 0 and not flags & (F_HONORIFIC | F_TITLE):
            return
    weight = cue(t, s, start)
    if weight:
        total += weight
        flags |= F_CUE
    if bound < LIST_BASE and bound + total + MAX_VERB < floor:
        return  # no verb and no neighbour could lift it
    base = stem(t, s + start, surnames, givens, True)
    if base == NOTHING:
        return
    total += base
    loss = lexicon(t, s, start, stop, end, surnames, givens)
    if loss:
        total += loss
        flags |= F_LEXICON
    if base + loss < LIST_BASE and total + MAX_VERB < floor:
        return
    if kind <= 2:
        weight = verb(t, s, end, length)
        if weight:
            total += weight
            flags |= F_VERB
    if surnames == 0:
        flags |= F_GIVEN_ONLY
    if kind == 0 and not flags & ~F_LEXICON:
        alone = (start == 0 or s[start - 1] == 0x0A) and (end == length or s[end] == 0x0A or s[end] == 0x0D)
        total += LINE if alone else BARE
        if alone:
            flags |= F_LINE
    if best.is_found and total <= best.total:
        return
    best.is_found = True
    best.start = start
    best.stop = stop
    best.end = end
    best.total = total
    best.flags = flags
    best.listable = base + loss if kind <= PARTICLE else NOTHING


cdef bint spaced(const tables *t, const letter *s, Py_ssize_t length, Py_ssize_t start, candidate *best) noexcept nogil:
    """The twin's _spaced."""
    cdef Py_ssize_t first = start + 2, second, end
    cdef letter[3] letters
    cdef int32_t value
    cdef int base, total, weight = 0, kind = 0, flags = 0
    if first >= length or s[first - 1] != 0x20 or not is_hangul(s[first]):
        return False
    second = first + 1
    if second < length and s[second] == 0x20:
        second += 1
    if second >= length or not is_hangul(s[second]):
        return False
    end = second + 1
    while end < length and is_hangul(s[end]):
        end += 1
    letters[0], letters[1], letters[2] = s[start], s[first], s[second]
    base = stem(t, &letters[0], 1, 2, True)
    if base == NOTHING or end - second - 1 > MAX_TAIL:
        return False
    if second + 1 < end:
        value = look(t, TAIL, s + second + 1, end - second - 1)
        if value != MISSING:
            if not agrees(s[second], (value >> 4) & 7):
                return False
        else:
            value = titled(t, s + second + 1, end - second - 1)
            if value == MISSING:
                return False
        kind = value & 15
        weight = value >> 8
    if kind == VOCATIVE:
        return False
    total = base + SPACED + weight + lexicon(t, &letters[0], 0, 3, 3, 1, 2)
    if kind == 0:
        total += behind(t, s, end, length, False, &flags)
    elif kind == HONORIFIC:
        flags = F_HONORIFIC
    elif kind == SIGNATURE:
        flags = F_SIGNATURE
    weight = cue(t, s, start)
    if weight:
        total += weight
        flags |= F_CUE
    if total < SPACED_LEAST or not flags & (F_CUE | F_HONORIFIC | F_SIGNATURE):
        return False
    best.is_found = True
    best.start = start
    best.stop = second + 1
    best.end = end
    best.total = total
    best.flags = flags
    best.listable = NOTHING
    return True


cdef void join(const letter *s, candidate *left, candidate *right) noexcept nogil:
    """The twin's link."""
    cdef Py_ssize_t gap = right.start - left.end, i
    cdef bint is_separated = False, is_joined, is_empty = left.end == left.stop
    cdef uint32_t c
    cdef int bonus
    if gap < 1 or gap > 3 or left.listable < LIST_BASE or right.listable < LIST_BASE:
        return
    for i in range(left.end, right.start):
        c = s[i]
        if separates(c):
            is_separated = True
        elif c != 0x20 and c != 0x0A:
            return
    c = s[left.end - 1]
    is_joined = not is_empty and (c == 0xC640 or c == 0xACFC or c == 0xB791 or c == 0xACE0)  # 와, 과, 랑, 고
    bonus = LISTED if is_empty and is_separated else JOINED if is_joined or is_empty else 0
    if not bonus:
        return
    if not left.flags & F_LIST:
        left.total += bonus
        left.flags |= F_LIST
    if not right.flags & F_LIST:
        right.total += bonus
        right.flags |= F_LIST


cdef scan_letters(const tables *t, const letter *s, Py_ssize_t length, int floor, list out):
    cdef Py_ssize_t at = 0, end
    cdef int can
    cdef candidate pending, best
    pending.is_found = best.is_found = False
    pending.start = pending.stop = pending.end = 0
    pending.total = pending.flags = pending.listable = 0
    best = pending
    while at < length:
        if not is_hangul(s[at]):
            at += 1
            continue
        end = at + 1
        while end < length and is_hangul(s[end]):
            end += 1
        if end - at < 2:
            if t.surname[s[at] - FIRST] != NONE and spaced(t, s, length, at, &best):
                if pending.is_found:
                    join(s, &pending, &best)
                    if pending.total >= floor:
                        out.append((pending.start, pending.stop, pending.total, pending.flags))
                pending = best
                end = best.end
            at = end
            continue
        can = t.gates[s[at] - FIRST].at[0] & t.gates[s[at + 1] - FIRST].at[1]
        can &= t.gates[s[at + 2] - FIRST].at[2] if end - at > 2 else ENDS_AT_2
        can &= t.gates[s[at + 3] - FIRST].at[3] if end - at > 3 else ENDS_AT_3
        if can:
            best.is_found = False
            if can & FULL and may_be(t, s, length, at, end, 1, 2, floor):
                weigh(t, s, length, at, end, 1, 2, floor, &best)
            if can & DOUBLE:
                weigh(t, s, length, at, end, 2, 2, floor, &best)
            if can & SHORT and may_be(t, s, length, at, end, 1, 1, floor):
                weigh(t, s, length, at, end, 1, 1, floor, &best)
            if can & DOUBLE:
                weigh(t, s, length, at, end, 2, 1, floor, &best)
            if can & GIVEN and may_be(t, s, length, at, end, 0, 2, floor):
                weigh(t, s, length, at, end, 0, 2, floor, &best)
            if best.is_found:
                if pending.is_found:
                    join(s, &pending, &best)
                    if pending.total >= floor:
                        out.append((pending.start, pending.stop, pending.total, pending.flags))
                pending = best
        at = end
    if pending.is_found and pending.total >= floor:
        out.append((pending.start, pending.stop, pending.total, pending.flags))


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


def odd_ones(texts):
    """Numbers of the texts that are odd."""
    return [number for number, text in enumerate(texts) if is_odd(text)]


cpdef bint is_odd(str text):
    """Whether `text` holds conjoining jamo, zero-width characters or variation selectors: fold it before scanning."""
    cdef int kind = PyUnicode_KIND(text)
    cdef Py_ssize_t length = PyUnicode_GET_LENGTH(text)
    if kind == 2:
        return any_odd[uint16_t](<const uint16_t *>PyUnicode_DATA(text), length)
    if kind == 4:
        return any_odd[uint32_t](<const uint32_t *>PyUnicode_DATA(text), length)
    return "\xad" in text


cdef class NameScanner:
    """`surname`, `given1`, `given2` are int16[11172] by syllable; `words` maps kind + string to int (see the twin)."""

    cdef tables t
    cdef object held

    def __cinit__(self, surname, given1, given2, words):
        cdef int8_t[::1] view
        cdef uint8_t[::1] roles
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
        self.held = (*arrays, flags)
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
        self.t.best_particle = max(self.t.best_particle, 0)
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
                flags[ord(word[len(word) - 1]) - FIRST] |= ENDS_CUE
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
            g.at[2] |= (SHORT if role & OPENS_TAIL else 0) | (GIVEN if role & OPENS_TITLE else 0)
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
