# Part of names.pyx: numbers and mailboxes behind a name.


cdef int ranked(const letter *s, Py_ssize_t at, Py_ssize_t length, int *flag) noexcept nogil:
    """The twin's ranked."""
    cdef Py_ssize_t stop = at
    while stop < length and stop - at < 2 and 0x30 <= s[stop] <= 0x39:
        stop += 1
    if stop == at or stop >= length or not (s[stop] == 0xB2E8 or s[stop] == 0xC138):  # 단, 세
        return 0
    flag[0] = F_TITLE if s[stop] == 0xB2E8 else F_AGE
    return RANK


cdef inline Py_ssize_t past_marks(const letter *s, Py_ssize_t end, Py_ssize_t length) noexcept nogil:
    """Past what may stand between a name and its number: members of BEFORE_NUMBER in the twin."""
    cdef Py_ssize_t at = end
    cdef uint32_t c
    while at < length and at - end < MAX_MARKS:
        c = s[at]
        if not (c == 0x20 or c == 0x2C or c == 0x09 or c == 0x2F or c == 0x7C or c == 0x3A or c == 0xFF1A or c == 0x3B
                or c == 0xB7 or c == 0x27 or c == 0x22 or c == 0x3C):
            break
        at += 1
    return at


cdef inline bint precedes_digit(const letter *s, Py_ssize_t end, Py_ssize_t length) noexcept nogil:
    cdef Py_ssize_t at = past_marks(s, end, length)
    return at < length and is_digit(s[at])


cdef bint is_mailbox(const letter *s, Py_ssize_t at, Py_ssize_t length) noexcept nogil:
    """The twin's is_mailbox."""
    cdef Py_ssize_t stop = at
    while stop < length and stop - at < MAX_MAILBOX and (
            is_digit(s[stop]) or s[stop] == 0x2E or s[stop] == 0x5F or s[stop] == 0x2D or s[stop] == 0x2B):
        stop += 1
    return stop < length and s[stop] == 0x40


cdef bint numbered(const letter *s, Py_ssize_t end, Py_ssize_t length) noexcept nogil:
    """The twin's numbered."""
    cdef Py_ssize_t at = past_marks(s, end, length), digits, after
    cdef uint32_t c, month, day
    if at == end or at >= length:
        return False
    if is_letter(s[at]):
        return is_mailbox(s, at, length)
    digits = at
    while digits < length and digits - at <= 6 and 0x30 <= s[digits] <= 0x39:
        digits += 1
    if digits == at or digits + 1 >= length:
        return False
    c = s[digits]
    if digits - at == 3 and s[at] == 0x30 and s[at + 1] == 0x31 and (c == 0x2D or c == 0x2E or c == 0x20):
        return 0x30 <= s[digits + 1] <= 0x39
    if digits - at == 4 and (s[at] == 0x31 or s[at] == 0x32) and (
            c == 0x2E or c == 0x2D or c == 0x2F or c == 0xB144):  # 년
        after = digits + 2 if s[digits + 1] == 0x20 else digits + 1
        return after < length and 0x30 <= s[after] <= 0x39
    if digits - at != 6:
        return False
    if c == 0x2D or c == 0x2010 or c == 0x2011:
        return 0x31 <= s[digits + 1] <= 0x38
    month = 10 * (s[at + 2] - 0x30) + s[at + 3] - 0x30
    day = 10 * (s[at + 4] - 0x30) + s[at + 5] - 0x30
    return 1 <= month <= 12 and 1 <= day <= 31
