# Part of names.pyx: the evidence around a stem: titles, brackets, cues, verbs, the exclusion lexicon.


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
