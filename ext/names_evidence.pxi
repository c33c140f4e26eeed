# Part of names.pyx: the evidence around a stem: titles, brackets, verbs, the exclusion lexicon.


cdef inline Py_ssize_t tail_end(const letter *s, Py_ssize_t at, Py_ssize_t length) noexcept nogil:
    """Where the run at `at` ends, or a letter further than a tail may reach."""
    cdef Py_ssize_t stop = at
    while stop < length and is_hangul(s[stop]) and stop - at < MAX_TAIL + 1:
        stop += 1
    return stop


cdef int32_t titled(const tables *t, const letter *p, Py_ssize_t n) noexcept nogil:
    """The value of the longest title that opens p[:n] and leaves a particle, else MISSING."""
    cdef Py_ssize_t cut = min(n - 1, 5)
    cdef int32_t head, rest
    if n < 2 or not may_be_titled(t, TITLES, p, n):
        return MISSING
    while cut > 0:
        head = look(t, TAIL, p, cut)
        if head != MISSING and (head & 15 == HONORIFIC or head & 15 == TITLE or head & 15 == KIN):
            rest = look(t, TAIL, p + cut, n - cut)
            if rest != MISSING and rest & 15 <= COPULA:
                return head
        cut -= 1
    return MISSING


cdef int described(const tables *t, const letter *s, Py_ssize_t at, Py_ssize_t length) noexcept nogil:
    """The twin's described."""
    cdef Py_ssize_t stop = at, size
    cdef int32_t found
    while stop < length and stop - at < MAX_DESCRIPTION and (is_hangul(s[stop]) or s[stop] == 0x20):
        stop += 1
    if stop >= length or s[stop - 1] == 0x20 or not (s[stop] == 0x29 or s[stop] == 0x2C or s[stop] == 0xB7):
        return 0
    for size in range(1, min(<Py_ssize_t>MAX_ASIDE, stop - at) + 1):
        if s[stop - size] == 0x20:
            break
        found = look(t, TAIL, s + stop - size, size)
        if size > 1 and found != MISSING and (found & 15 == TITLE or found & 15 == KIN):
            return DESCRIBED
        if stop - size > at and look(t, DESCRIBES, s + stop - size, size) != MISSING:
            return DESCRIBED
    return 0


cdef int bracket(const tables *t, const letter *s, Py_ssize_t at, Py_ssize_t length, int *flag) noexcept nogil:
    """The twin's _bracket."""
    cdef Py_ssize_t digits = at
    cdef int32_t weight
    flag[0] = 0
    if at >= length:
        return 0
    if 0x4E00 <= s[at] <= 0x9FFF:
        flag[0] = F_HANJA
        return HANJA
    if s[at] == 0x40:
        flag[0] = F_AGE
        return HANDLE
    if (s[at] == 0x4D or s[at] == 0x46 or s[at] == 0x6D or s[at] == 0x66) and at + 1 < length and (
            s[at + 1] == 0x2F or s[at + 1] == 0x29 or s[at + 1] == 0x2C):  # M, F, m, f
        flag[0] = F_AGE
        return AGE
    if s[at] == 0x260E:  # a telephone
        flag[0] = F_AGE
        return TELEPHONE
    if (s[at] == 0xC804 or s[at] == 0xD6C4) and at + 1 < length and 0x30 <= s[at + 1] <= 0x39:  # 전, 후
        flag[0] = F_AGE
        return CLASS
    if ((s[at] == 0xC778 or s[at] == 0xB0A8 or s[at] == 0xC5EC) and at + 1 < length
            and (s[at + 1] == 0x29 or s[at + 1] == 0x2C or s[at + 1] == 0x2F or s[at + 1] == 0xB7)):  # 인, 남, 여
        flag[0] = F_SIGNATURE if s[at] == 0xC778 else F_AGE
        return AGE
    if is_hangul(s[at]):
        digits = run_end(s, at, length)
        weight = look(t, BRACKETED, s + at, digits - at) if digits - at <= MAX_BRACKET else MISSING
        if weight == MISSING or weight == 0:
            weight = described(t, s, at, length)
        if weight == 0:
            return 0
        flag[0] = F_AGE
        return weight
    if is_letter(s[at]) and is_mailbox(s, at, length):
        flag[0] = F_AGE
        return HANDLE
    while digits < length and 0x30 <= s[digits] <= 0x39:
        digits += 1
    if digits >= length:
        return 0
    if 1 <= digits - at <= 2 and (s[digits] == 0x29 or s[digits] == 0x2C or s[digits] == 0xB7 or s[digits] == 0xC138):
        flag[0] = F_AGE
        return AGE
    if 1 <= digits - at <= 2 and (s[digits] == 0xB144 or s[digits] == 0x3A):  # 년
        flag[0] = F_AGE
        return CLASS
    if digits - at >= 2 and s[at] == 0x30 and (s[digits] == 0x2D or s[digits] == 0x29):
        flag[0] = F_AGE
        return TELEPHONE
    if digits - at == 4 and (s[at] == 0x31 or s[at] == 0x32) and (
            s[digits] == 0x2E or s[digits] == 0x7E or s[digits] == 0x2D or s[digits] == 0xB144 or s[digits] == 0x2013):
        flag[0] = F_AGE
        return YEAR
    if 1 <= digits - at <= 2 and s[digits] == 0x2D and digits + 1 < length and 0x30 <= s[digits + 1] <= 0x39:
        flag[0] = F_AGE
        return CLASS
    if digits - at == 4 and (s[at] == 0x31 or s[at] == 0x32) and (
            s[digits] == 0x29 or s[digits] == 0x2C or s[digits] == 0x3A):
        flag[0] = F_AGE
        return CITED
    return 0


cdef bint is_polite(const tables *t, const letter *s, Py_ssize_t start, Py_ssize_t stop) noexcept nogil:
    """The twin's is_polite."""
    cdef Py_ssize_t at = start + 1
    cdef int32_t rest
    while at < stop and s[at] != 0xB2D8:  # 님
        at += 1
    if at >= stop:
        return False
    if at + 1 == stop:
        return True
    rest = look(t, TAIL, s + at + 1, stop - at - 1)
    return rest > 0 and rest & 15 <= COPULA


cdef int aside(const tables *t, const letter *s, Py_ssize_t at, Py_ssize_t length, int *flag) noexcept nogil:
    """The twin's _aside."""
    cdef Py_ssize_t stop, begin
    cdef int32_t value
    cdef int runs
    if at + 1 >= length or s[at] != 0x20 or not is_hangul(s[at + 1]):
        return 0
    at += 1
    for runs in range(ASIDE_RUNS):
        stop = run_end(s, at, length)
        for begin in range(max(at, stop - MAX_ASIDE), stop - 1):
            if not may_be_titled(t, TITLES, s + begin, stop - begin):
                continue
            value = look(t, TAIL, s + begin, stop - begin)
            if value == MISSING:
                value = titled(t, s + begin, stop - begin)
            if value != MISSING and value & 15 == TITLE and (begin != at + 1 or stop - begin > 2):
                flag[0] |= F_TITLE
                return ASIDE if runs else ASIDE_NEAR
        if stop + 1 >= length or s[stop] != 0x20 or not is_hangul(s[stop + 1]):
            return 0
        at = stop + 1
    return 0


cdef int behind(
        const tables *t, const letter *s, Py_ssize_t end, Py_ssize_t length, bint is_given_only, int *flag
) noexcept nogil:
    """The twin's _behind."""
    cdef Py_ssize_t at = end, stop
    cdef int32_t value
    cdef int weight
    flag[0] = 0
    if end + 1 >= length:
        return 0
    if s[at] == 0x20:
        at += 1
    if at >= length:
        return 0
    if s[at] == 0x28:
        return bracket(t, s, at + 1, length, flag)
    if not is_hangul(s[at]):
        if is_given_only:
            return 0
        weight = ranked(s, at, length, flag) if at > end else 0
        if weight:
            return weight
        if not numbered(s, end, length):
            return 0
        flag[0] = F_AGE
        return NUMBERED
    if at == end:
        return 0
    stop = tail_end(s, at, length)
    if stop - at > MAX_TAIL:
        return 0
    if may_be_titled(t, TITLES, s + at, stop - at):
        value = look(t, TAIL, s + at, stop - at)
        if value == MISSING:
            value = titled(t, s + at, stop - at)
        if value != MISSING:
            weight = title(value, is_given_only, flag)
            if weight:
                return weight + APART if flag[0] == F_HONORIFIC and weight >= STRONG_HONORIFIC else weight
            flag[0] = 0
    if not is_given_only and is_polite(t, s, at, stop):
        flag[0] = F_TITLE
        return POLITE
    return 0


cdef int verb(const tables *t, const letter *s, Py_ssize_t end, Py_ssize_t length) noexcept nogil:
    """The twin's _verb."""
    cdef Py_ssize_t at = end, limit = min(length, end + VERB_REACH)
    cdef int runs = 0, size
    cdef int32_t weight
    while at < limit and runs < VERB_RUNS:
        if not is_hangul(s[at]):
            if (s[at] == 0x201C or s[at] == 0x22) and s[at - 1] == 0x20 and (
                    s[at - 2] == 0xC740 or s[at - 2] == 0xB294 or s[at - 2] == 0xC774 or s[at - 2] == 0xAC00):
                return SPEECH  # 은, 는, 이, 가
            if s[at] == 0x0A or ((s[at] == 0x2E or s[at] == 0x21 or s[at] == 0x3F) and is_hangul(s[at - 1])):
                return 0
            at += 1
            continue
        if at + 1 < length and has_pair(t, VERBS, pair_bit(s[at], s[at + 1])):
            for size in range(2, 4):
                if at + size <= length:
                    weight = look(t, VERB, s + at, size)
                    if weight != MISSING and weight != 0:
                        return weight
        at = run_end(s, at, length)
        runs += 1
    return 0


cdef int near(const tables *t, const letter *s, Py_ssize_t end, Py_ssize_t length) noexcept nogil:
    """The twin's near."""
    cdef int best = 0
    cdef Py_ssize_t size
    if end + 2 >= length or s[end] != 0x20 or not has_pair(t, NEARS, pair_bit(s[end + 1], s[end + 2])):
        return 0
    for size in range(2, 4):
        if end + 1 + size <= length:
            best = max(best, <int>look(t, NEAR, s + end + 1, size))
    return best


cdef bint is_compound(
        const tables *t, const letter *s, Py_ssize_t start, Py_ssize_t stop, Py_ssize_t end
) noexcept nogil:
    """The twin's _is_compound, of a run that goes on behind `stop`."""
    if end == stop or end - start > MAX_COMPOUND or look(t, WORD, s + start, 2) <= 0:
        return False
    if look(t, NOUN, s + start + 2, end - start - 2) != MISSING:
        return end > stop + 1 or not is_sure(t, s[start + 1], s[start + 2])
    return end > stop + 1 and look(t, WORD, s + start + 2, end - start - 2) > 0


cdef int lexicon(
        const tables *t, const letter *s, Py_ssize_t start, Py_ssize_t stop, Py_ssize_t end, int surnames, int givens
) noexcept nogil:
    """The twin's _lexicon."""
    cdef int32_t level = look(t, WORD, s + start, stop - start), whole, last, inner
    cdef int loss
    cdef bint is_particle, is_verbal
    if level == MISSING:
        level = 0
    if end > stop and end - start <= MAX_WORD:
        whole = look(t, WORD, s + start, end - start)
        if whole != MISSING and whole > level:
            level = whole
    if 0 < end - stop <= 2:
        last = look(t, TAIL, s + stop, end - stop)
        if last != MISSING and last & 15 == PLACE and look(t, WORD, s + stop - 1, end - stop + 1) == 2:
            level = 2
    if surnames == 0:
        if end > stop:  # 하나님을
            level = max(level, look(t, WORD, s + start, stop + 1 - start))
        return GIVEN_LEXICON[level]
    if surnames == 1 and givens == 2 and level < 2 and is_compound(t, s, start, stop, end):
        level = 2
    loss = LEXICON[level]
    if level < 2 and surnames + givens == 3:
        last = look(t, TAIL, s + stop - 1, 1)
        is_particle = last != MISSING and (
            last & 15 == PARTICLE or last & 15 == COPULA or last & 15 == SIGNATURE) and agrees(
            s[stop - 2], (last >> 4) & 7)
        is_verbal = look(t, VERB_MAKER, s + stop - 1, 1) != MISSING
        if is_particle or is_verbal or look(t, NOUN_MAKER, s + stop - 1, 1) != MISSING:
            inner = look(t, WORD, s + start, stop - 1 - start)
            if inner != MISSING and inner > 0:
                loss = min(loss, VERBAL[inner] if is_verbal else PARTED[inner] if is_particle else SPLIT[inner])
    return loss


cdef bint ends_call(const letter *s, Py_ssize_t end, Py_ssize_t length) noexcept nogil:
    if end >= length:
        return True
    return (s[end] == 0x2C or s[end] == 0x2E or s[end] == 0x21 or s[end] == 0x3F or s[end] == 0x7E or s[end] == 0x0A
            or s[end] == 0x2026 or s[end] == 0x3B)


cdef bint is_call(const letter *s, Py_ssize_t start, Py_ssize_t end, Py_ssize_t length) noexcept nogil:
    """The twin's is_call."""
    cdef uint32_t c
    if ends_call(s, end, length):
        return True
    if s[end] != 0x20:
        return False
    if start == 0:
        return True
    c = s[start - 1]
    if start > 1 and c == 0x20:
        c = s[start - 2]
        if (c == 0x2E or c == 0x21 or c == 0x3F or c == 0x7E or c == 0x2026 or c == 0x2C or c == 0x0A):
            return True
        return c == 0xC57C and (start == 2 or not is_hangul(s[start - 3]))  # 야
    return c == 0x0A or c == 0x22 or c == 0x201C


cdef inline int gain_of_short(int kind, int flags, int loss, bint is_labelled) noexcept nogil:
    """The twin's _short."""
    if flags & F_SURE_CONTEXT:
        return TITLED_SHORT if loss else SHORT_SURE
    if loss:
        return 0
    return SHORT_SAID if kind == PERSON_PARTICLE or flags & F_VERB or (is_labelled and kind == 0) else 0


cdef inline bint precedes_number(const letter *s, Py_ssize_t end, Py_ssize_t length) noexcept nogil:
    if end < length and s[end] == 0x20:
        end += 1
    return end < length and 0x30 <= s[end] <= 0x39


cdef inline bint ends_in_particle(const tables *t, const letter *s, Py_ssize_t stop, int least) noexcept nogil:
    """The twin's _ends_in_particle."""
    cdef int32_t found = of(t, s[stop - 1]).tail
    if found == MISSING or found & 15 != PARTICLE or not agrees(s[stop - 2], (found >> 4) & 7):
        return False
    return given_name(t, s[stop - 2], s[stop - 1]) < least


cdef int misread(
        const tables *t, const letter *s, Py_ssize_t start, int kind, Py_ssize_t end, Py_ssize_t length
) noexcept nogil:
    """The twin's _misread."""
    cdef uint32_t last = s[start + 2]
    cdef bint is_closed = (s[start + 1] - FIRST) % 28 != 0
    if (last == 0xC774 and is_closed) if kind else (  # 이, 아, 야
            last == (<uint32_t>0xC544 if is_closed else <uint32_t>0xC57C) and is_call(s, start, end, length)):
        if is_sure(t, s[start], s[start + 1]):
            return CALLED
    if last == 0xB3D9 and (kind <= PARTICLE or kind == PLACE) and not is_sure(t, s[start + 1], s[start + 2]):  # 동
        return LOT if kind == 0 and precedes_number(s, end, length) else DISTRICT
    if kind:
        return 0
    if (last == 0xB3D9 or last == 0xB9AC) and precedes_number(s, end, length):  # 동, 리
        return LOT
    return PARTICLE_LIKE if ends_in_particle(t, s, start + 3, SURE_PAIR) else 0
