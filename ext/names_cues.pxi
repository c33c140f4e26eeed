# Part of names.pyx: the cue word or label before a name.


cdef inline bint may_end_cue(const tables *t, const letter *s, Py_ssize_t at) noexcept nogil:
    """Whether a cue word may end before `at`, where a syllable stands: most of its look-ups are spared so."""
    if of(t, s[at - 1]).role & IS_CUE:
        return True
    if at < 2:
        return False
    return ends_cue(t, s[at - 2], s[at - 1]) or (at >= 3 and s[at - 2] == 0x20 and ends_cue(t, s[at - 3], s[at - 1]))


cdef int cue(const tables *t, const letter *s, Py_ssize_t start) noexcept nogil:
    """The twin's cue."""
    cdef Py_ssize_t at = start, first, opens
    cdef int best, bonus = 0, tags
    cdef uint32_t mark
    cdef bint is_label = False
    for tags in range(MAX_TAGS):
        first = at
        while at > 0 and first - at < MAX_SKIP and stands_before(s[at - 1]):
            at -= 1
            if s[at] == 0x3A or s[at] == 0xFF1A:
                bonus = COLON
                is_label = True
            elif s[at] == 0x3D or s[at] == 0x7C or s[at] == 0x09 or s[at] == 0x3E:
                is_label = True
        if at == first or at == 0:
            return 0
        best = 0
        if not is_hangul(s[at - 1]):
            if is_letter(s[at - 1]):
                best = latin_cue(t, s, at)
        elif of(t, s[at - 1]).role & ENDS_CUE and may_end_cue(t, s, at):
            best = hangul_cue(t, s, at, is_label)
        if best:
            return best + bonus
        mark = 0x3C if s[at] == 0x3E else 0x28 if s[at] == 0x29 else 0
        opens = at - 1
        while mark and opens >= 0 and at - opens <= MAX_TAG and s[opens] != mark:
            opens -= 1
        if mark == 0 or opens < 0 or at - opens > MAX_TAG:  # no `<td>`, no `(본인)` to pass over
            break
        at = opens
    return LABEL if bonus and (is_hangul(s[at - 1]) or is_letter(s[at - 1])) else 0


cdef inline int cue_weight(int32_t value, bint is_label) noexcept nogil:
    """Of a look-up: 0 when missing, or no label."""
    if value < LABEL_ONLY:
        return max(0, <int>value)
    return value - LABEL_ONLY if is_label else 0


cdef int hangul_cue(const tables *t, const letter *s, Py_ssize_t at, bint is_label) noexcept nogil:
    """The twin's hangul_cue."""
    cdef Py_ssize_t size
    cdef int best = 0
    cdef letter[3] letters
    for size in range(1, MAX_CUE + 1):
        if size > at or not is_hangul(s[at - size]):
            break
        if size >= 2 or at == size or not is_hangul(s[at - size - 1]):
            best = max(best, cue_weight(look(t, CUE, s + at - size, size), is_label))
    if at >= 3 and s[at - 2] == 0x20 and is_hangul(s[at - 3]) and (at == 3 or not is_hangul(s[at - 4])):
        letters[1], letters[2] = s[at - 3], s[at - 1]
        best = max(best, cue_weight(look(t, CUE, &letters[1], 2), is_label))
        if at >= 5 and s[at - 4] == 0x20 and is_hangul(s[at - 5]) and (at == 5 or not is_hangul(s[at - 6])):
            letters[0] = s[at - 5]
            best = max(best, cue_weight(look(t, CUE, &letters[0], 3), is_label))
    return best


cdef int latin_cue(const tables *t, const letter *s, Py_ssize_t at) noexcept nogil:
    """The twin's latin_cue."""
    cdef Py_ssize_t first = at, i
    cdef letter[MAX_LATIN] letters
    while first > 0 and at - first <= MAX_LATIN and is_letter(s[first - 1]):
        first -= 1
    if not 2 <= at - first <= MAX_LATIN:
        return 0
    for i in range(at - first):
        letters[i] = s[first + i] | 0x20
    return max(0, <int>look(t, CUE, &letters[0], at - first))
