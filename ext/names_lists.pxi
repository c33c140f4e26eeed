# Part of names.pyx: chains of candidates, what their members lend each other, and what is kept of them.

cdef enum:
    CHAIN = 16
    NOT_LINKED = 0  # how a member follows the one before it
    TOUCHING = 1
    JOINING = 2
    SEPARATED = 3


cdef struct chain:
    candidate at[CHAIN]
    int how[CHAIN]
    int count


cdef struct hit:
    Py_ssize_t start
    Py_ssize_t stop
    int total
    int flags


cdef struct hits:  # what a text holds so far
    hit *at
    Py_ssize_t count
    Py_ssize_t room
    bint failed


cdef inline void keep(hits *found, const candidate *c) noexcept nogil:
    cdef hit *grown
    if found.count == found.room:
        grown = <hit *>realloc(found.at, (2 * found.room + 64) * sizeof(hit))
        if grown == NULL:
            found.failed = True
            return
        found.at = grown
        found.room = 2 * found.room + 64
    found.at[found.count].start = c.start
    found.at[found.count].stop = c.stop
    found.at[found.count].total = c.total
    found.at[found.count].flags = c.flags
    found.count += 1


cdef inline bint lists(uint32_t c) noexcept nogil:
    return separates(c) and not 0x30 <= c <= 0x39


cdef inline bint touches_list(const letter *s, Py_ssize_t start, Py_ssize_t end, Py_ssize_t length) noexcept nogil:
    """The twin's touches_list."""
    cdef Py_ssize_t before = start - 2 if start > 1 and s[start - 1] == 0x20 else start - 1
    if before >= 0 and lists(s[before]):
        return True
    if end < length and s[end] == 0x20:
        end += 1
    return end < length and lists(s[end])


cdef int follows(const letter *s, const candidate *left, const candidate *right) noexcept nogil:
    """The twin's follows."""
    cdef Py_ssize_t gap = right.start - left.end, i
    cdef bint is_separated = False
    cdef uint32_t c
    if gap < 1 or gap > MAX_GAP or left.listable == NOTHING or right.listable == NOTHING:
        return NOT_LINKED
    for i in range(left.end, right.start):
        c = s[i]
        if separates(c):
            is_separated = True
        elif c != 0x20 and c != 0x0A and c != 0x2E and c != 0x29:
            return NOT_LINKED
    if left.end > left.stop:
        c = s[left.end - 1]
        return JOINING if c == 0xC640 or c == 0xACFC or c == 0xB791 or c == 0xACE0 else NOT_LINKED  # 와, 과, 랑, 고
    return SEPARATED if is_separated else TOUCHING


cdef inline void lend(candidate *c, int *lent, int gain) noexcept nogil:
    if gain > lent[0]:
        c.total += gain - lent[0]
        c.flags |= F_LIST
        lent[0] = gain


cdef void link_pair(candidate *left, candidate *right, int *lent, int how) noexcept nogil:
    """The twin's _link; `lent` is what each of the two got so far."""
    cdef int bonus = LISTED if how == SEPARATED else JOINED
    cdef bint is_strong = left.total >= STRONG
    if left.listable < (LIST_WEAK if right.total >= STRONG else LIST_BASE):
        return
    if right.listable < (LIST_WEAK if is_strong else LIST_BASE):
        return
    lend(left, &lent[0], bonus + (NEIGHBOUR if right.total >= STRONG else 0))
    lend(right, &lent[1], bonus + (NEIGHBOUR if is_strong else 0))


cdef bint opens_list(const letter *s, const candidate *c) noexcept nogil:
    """The twin's opens_list."""
    cdef Py_ssize_t at = c.start
    cdef uint32_t b
    if at > 0 and s[at - 1] == 0x20:
        at -= 1
    if at == 0 or c.flags & F_CUE:
        return True
    b = s[at - 1]
    return (b == 0x3A or b == 0xFF1A or b == 0x2C or b == 0xB7 or b == 0x318D or b == 0x3001 or b == 0x2F or b == 0x7C
            or b == 0x3B or b == 0x09 or b == 0x0A or b == 0x28 or b == 0x5B or b == 0x3D or b == 0x25B2 or b == 0x25B3
            or b == 0x25B6 or b == 0x3E)


cdef bint closes_list(const letter *s, Py_ssize_t length, const candidate *c) noexcept nogil:
    """The twin's closes_list."""
    cdef Py_ssize_t at = c.end
    cdef uint32_t b
    if at > c.stop or at >= length:
        return True
    b = s[at]
    if (lists(b) or b == 0x0A or b == 0x2E or b == 0x29 or b == 0x5D or b == 0x22 or b == 0x27 or b == 0x2019
            or b == 0x201D):
        return True
    return b == 0x20 and at + 1 < length and (s[at + 1] == 0xB4F1 or s[at + 1] == 0xC678)  # 등, 외


cdef bint is_enclosed(const letter *s, Py_ssize_t length, const chain *c, int row) noexcept nogil:
    """The twin's _is_enclosed."""
    cdef bint before = row > 0 and c.how[row] == SEPARATED
    cdef bint behind = row + 1 < c.count and c.how[row + 1] == SEPARATED
    if not (before and c.at[row - 1].total >= STRONG) and not (behind and c.at[row + 1].total >= STRONG):
        return False
    return (before or opens_list(s, &c.at[row])) and (behind or closes_list(s, length, &c.at[row]))


cdef void settle(const letter *s, Py_ssize_t length, chain *c, int floor, hits *found) noexcept nogil:
    """The twin's settle; keeps what reaches the floor and empties the chain."""
    cdef int row
    cdef int[CHAIN] lent
    if c.count > 1:
        for row in range(c.count):
            lent[row] = 0
        for row in range(1, c.count):
            link_pair(&c.at[row - 1], &c.at[row], &lent[row - 1], c.how[row])
        for row in range(c.count - 1, 0, -1):
            link_pair(&c.at[row - 1], &c.at[row], &lent[row - 1], c.how[row])
    for row in range(c.count):
        if c.at[row].is_liftable and c.at[row].total < LIFTED and is_enclosed(s, length, c, row):
            c.at[row].total = LIFTED
            c.at[row].flags |= F_LIST
    for row in range(c.count):
        if c.at[row].total >= floor:
            keep(found, &c.at[row])
    c.count = 0


cdef inline void push(
        const letter *s, Py_ssize_t length, chain *c, const candidate *best, int floor, hits *found
) noexcept nogil:
    """Adds a candidate to the chain it follows, or settles that and begins another."""
    cdef int how = NOT_LINKED
    if c.count:
        if c.count < CHAIN:
            how = follows(s, &c.at[c.count - 1], best)
        if how == NOT_LINKED:
            settle(s, length, c, floor, found)
    c.at[c.count] = best[0]
    c.how[c.count] = how
    c.count += 1
