# Part of words.pyx: the occurrences of the words of one set of tables in one text.


cdef inline Py_ssize_t sift(const tables *t, const letter *s, Py_ssize_t count, uint32_t before, int32_t *at) noexcept nogil:
    """The positions below `count` where some word may begin."""
    cdef Py_ssize_t kept = 0, i
    cdef const uint8_t *letters = t.letters  # a store could change what `t` points to, for all the compiler knows
    cdef const uint64_t *follows = t.follows
    cdef uint32_t last = kind(t, before), here = kind(t, s[0]), after
    if t.is_free:
        for i in range(count):
            at[kept] = <int32_t>i
            kept += (follows[s[i] & (SLOTS - 1)] >> (letters[s[i + 1] & (SLOTS - 1)] & 63)) & 1
        return kept
    for i in range(count):
        after = letters[s[i + 1]] if s[i + 1] < SLOTS else 0
        at[kept] = <int32_t>i
        kept += (follows[(s[i] & (SLOTS - 1)) + SLOTS - (last & GLUE) * (SLOTS // GLUE)] >> (after & 63)) & 1
        last, here = here, after
    return kept


cdef inline Py_ssize_t sift_again(
        const tables *t, const letter *s, Py_ssize_t start, Py_ssize_t end, int32_t *at, Py_ssize_t found
) noexcept nogil:
    """Of those positions, counted from `start`, the ones where the first letters of some word stand."""
    cdef Py_ssize_t kept = 0, row, i
    cdef const uint64_t *begins = t.begins
    cdef uint32_t pair, stands
    for row in range(found):
        i = start + at[row]
        pair = hash2(s[i], s[i + 1])
        at[kept] = at[row]
        stands = has(begins, pair)
        if i + 2 < end:
            stands |= has(begins, hash3(pair, s[i + 2]))
        kept += stands
    return kept


cdef inline bint is_hangul(uint32_t c) noexcept nogil:
    return 0xAC00 <= c <= 0xD7A3


cdef inline bint is_latin(uint32_t c) noexcept nogil:
    return 97 <= (c | 32) <= 122


cdef inline bint is_alnum(uint32_t c) noexcept nogil:
    return is_latin(c) or 48 <= c <= 57


cdef bint fits(const letter *s, Py_ssize_t n, Py_ssize_t at, Py_ssize_t to, int32_t bounds) noexcept nogil:
    """Whether a word at [at, to) stands within its bounds."""
    cdef Py_ssize_t before = at - 1
    if before >= 0 and bounds & (START | CLAUSE):
        if bounds & CLAUSE:
            while before > 0 and s[before] == 32:
                before -= 1
        if is_hangul(s[before]) or is_alnum(s[before]):
            return False
    if at and bounds & BEFORE and is_alnum(s[at - 1]):
        return False
    return not (bounds & BEHIND and to < n and is_latin(s[to]))


cdef struct hit:
    Py_ssize_t start
    int32_t number
    uint64_t bits


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


cdef inline void follow(
        const tables *t, const letter *s, Py_ssize_t n, Py_ssize_t i, Py_ssize_t end, int32_t place, hits *out
) noexcept nogil:
    """Keeps the words of a chain that stand at i."""
    cdef const word *here
    cdef Py_ssize_t k
    if place < 0:
        return
    here = &t.words[place]
    while True:
        if here.length <= end - i:
            k = 0
            while k < here.length and here.letters[k] == s[i + k]:
                k += 1
            if k == here.length and (not here.bounds or fits(s, n, i, i + k, here.bounds)):
                keep(out, i, here.number)
        if not here.has_next:
            return
        here += 1


cdef void scan_letters(
        const tables *t, const letter *s, Py_ssize_t n, Py_ssize_t start, Py_ssize_t end, hits *out
) noexcept nogil:
    """The words that begin and end in [start, end) of a text of n letters."""
    cdef Py_ssize_t i, stop, found, row, first
    cdef uint32_t pair
    cdef const bucket *here
    cdef int32_t[BLOCK] at
    while start < end - 1:
        stop = min(start + BLOCK, end - 1)
        found = sift(t, s + start, stop - start, s[start - 1] if start else 0, &at[0])
        found = sift_again(t, s, start, end, &at[0], found)
        for row in range(found):
            i = start + at[row]
            pair = hash2(s[i], s[i + 1])
            first = out.count
            if has(t.begins, pair):
                follow(t, s, n, i, end, t.twos[slot(pair)].place, out)
            if i + 2 < end:
                here = &t.threes[slot(hash3(pair, s[i + 2]))]
                if (here.follows >> (kind(t, s[i + 3] if i + 3 < end else 0) & 63)) & 1:
                    follow(t, s, n, i, end, here.place, out)
            if out.count > first + 1:
                order(out, first)
        start = stop


cdef void order(hits *out, Py_ssize_t first) noexcept nogil:
    """Puts the hits from `first` on, which begin together, by number."""
    cdef Py_ssize_t row, at
    cdef int32_t number
    for row in range(first + 1, out.count):
        number = out.at[row].number
        at = row
        while at > first and out.at[at - 1].number > number:
            out.at[at].number = out.at[at - 1].number
            at -= 1
        out.at[at].number = number


cdef int scan_text(const tables *t, str text, Py_ssize_t start, Py_ssize_t end, hits *out) except -1:
    cdef int kind = PyUnicode_KIND(text)
    cdef Py_ssize_t n = PyUnicode_GET_LENGTH(text)
    if kind == 1:
        scan_letters[uint8_t](t, <const uint8_t *>PyUnicode_DATA(text), n, start, end, out)
    elif kind == 2:
        scan_letters[uint16_t](t, <const uint16_t *>PyUnicode_DATA(text), n, start, end, out)
    else:
        scan_letters[uint32_t](t, <const uint32_t *>PyUnicode_DATA(text), n, start, end, out)
    if out.failed:
        raise CapacityError("no memory for the words of a text", "cut the text")
    return 0
