# Part of names.pyx: names that vouch for weaker readings of their spelling in the same text.

cdef enum:
    HEADS = 1024


cdef struct firm:  # a spelling that vouches for itself
    Py_ssize_t start
    Py_ssize_t stop
    int32_t next  # another with the same two first letters, or -1


cdef inline uint32_t head_of(uint32_t a, uint32_t b) noexcept nogil:
    return ((a * <uint32_t>0x9E3779B1) ^ (b * <uint32_t>0x85EBCA6B)) >> 22


cdef inline int32_t firm_like(
        const letter *s, const firm *names, const int32_t *heads, Py_ssize_t start, Py_ssize_t stop
) noexcept nogil:
    """The firm name that is spelled s[start:stop], or -1."""
    cdef int32_t number = heads[head_of(s[start], s[start + 1])]
    while number >= 0:
        if names[number].stop - names[number].start == stop - start and memcmp(
                s + start, s + names[number].start, (stop - start) * sizeof(letter)) == 0:
            break
        number = names[number].next
    return number


cdef int32_t firm_names(const letter *s, const hits *found, firm *names, int32_t *heads) noexcept nogil:
    """The spellings that vouch for themselves (the twin's vouches)."""
    cdef const hit *h
    cdef Py_ssize_t row
    cdef int32_t count = 0
    cdef uint32_t head
    for row in range(found.count):
        h = &found.at[row]
        if h.stop - h.start < 3 or h.total < (VOUCHES_ADDRESSED if h.flags & F_ADDRESS else VOUCHES):
            continue
        if count == 0:
            for head in range(HEADS):
                heads[head] = -1
        if firm_like(s, names, heads, h.start, h.stop) < 0:
            head = head_of(s[h.start], s[h.start + 1])
            names[count].start, names[count].stop, names[count].next = h.start, h.stop, heads[head]
            heads[head] = count
            count += 1
    return count


cdef bint opens_firm(
        const letter *s, Py_ssize_t at, Py_ssize_t end, const firm *names, const int32_t *heads
) noexcept nogil:
    """Whether the run s[at:end] begins with a firm name."""
    cdef int32_t number = heads[head_of(s[at], s[at + 1])]
    cdef Py_ssize_t size
    while number >= 0:
        size = names[number].stop - names[number].start
        if size <= end - at and memcmp(s + at, s + names[number].start, size * sizeof(letter)) == 0:
            return True
        number = names[number].next
    return False


cdef void lift(
        const tables *t, const letter *s, Py_ssize_t length, int floor, const hits *found, const firm *names, int32_t count,
        const int32_t *heads, hits *again
) noexcept nogil:
    """Fills `again` with what was found and with weak readings of the firm names elsewhere in the text, lifted."""
    cdef uint64_t first = 0, second = 0
    cdef Py_ssize_t i, row = 0, end
    cdef int32_t number
    cdef candidate best
    for number in range(count):
        first |= <uint64_t>1 << (s[names[number].start] & 63)
        second |= <uint64_t>1 << (s[names[number].start + 1] & 63)
    for i in range(length - 2):
        if not (first >> (s[i] & 63)) & (second >> (s[i + 1] & 63)) & 1:
            continue
        if not is_hangul(s[i]) or not is_hangul(s[i + 1]) or (i > 0 and is_hangul(s[i - 1])):
            continue
        end = run_end(s, i, length)
        if not opens_firm(s, i, end, names, heads):
            continue
        while row < found.count and found.at[row].stop <= i:
            take(again, &found.at[row], s, names, heads)
            row += 1
        if row < found.count and found.at[row].start <= i:
            continue
        best.is_found = False
        read_run(t, s, length, i, end, readings(t, s, i, end), min(floor - REPEATED, <int>SURE), &best)
        if best.is_found and best.total >= floor - REPEATED and firm_like(s, names, heads, best.start, best.stop) >= 0:
            best.total = lifted(best.total)
            keep(again, &best)
    while row < found.count:
        take(again, &found.at[row], s, names, heads)
        row += 1


cdef inline int lifted(int total) noexcept nogil:
    """The twin's lifted."""
    return total if total >= SURE else max(total + REPEATED, <int>SURE)


cdef inline void take(hits *again, const hit *h, const letter *s, const firm *names, const int32_t *heads) noexcept nogil:
    cdef candidate c
    c.start, c.stop, c.total, c.flags = h.start, h.stop, h.total, h.flags
    if c.total < SURE and firm_like(s, names, heads, c.start, c.stop) >= 0:
        c.total = lifted(c.total)
    keep(again, &c)
