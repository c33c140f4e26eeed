# Part of names.pyx: the readings of a run of syllables, weighed; names in pieces.


cdef inline int tail_class(
        const tables *t, const letter *s, Py_ssize_t stop, Py_ssize_t end, int *weight
) noexcept nogil:
    """What s[stop:end] can be at most behind a stem: 0 no tail, 1 a particle of such a weight, 2 more than that."""
    cdef int32_t one = of(t, s[stop]).tail
    weight[0] = t.best_particle
    if end - stop == 1:
        if one == MISSING or not agrees(s[stop - 1], (one >> 4) & 7):
            return 0
        weight[0] = one >> 8
        return 1 if one & 15 != PERSON_PARTICLE and one & 15 < HONORIFIC else 2
    if may_be_titled(t, STRONG_TAILS, s + stop, end - stop):
        return 2
    return 1 if opens_word(t, TAILS, s + stop, end - stop) else 0


cdef inline bint may_precede_title(const tables *t, const letter *s, Py_ssize_t end, Py_ssize_t length) noexcept nogil:
    """Whether what follows the run may be a title, brackets, a number."""
    cdef Py_ssize_t stop
    if end + 1 >= length:
        return False
    if s[end] == 0x28:
        return True
    if s[end] != 0x20 or not is_hangul(s[end + 1]):
        return (s[end] == 0x20 and s[end + 1] == 0x28) or precedes_digit(s, end, length)
    stop = tail_end(s, end + 1, length)
    return may_be_titled(t, TITLES, s + end + 1, stop - end - 1) or may_be_polite(s, end + 1, stop)


cdef inline int worth(
        const tables *t, const letter *s, Py_ssize_t length, Py_ssize_t start, Py_ssize_t end, int surnames, int givens,
        int floor
) noexcept nogil:
    """What the stem of a reading weighs, or NOTHING when it is not worth weighing: a handful of table reads that turn most
    runs away. Never wrong about a no."""
    cdef Py_ssize_t stop = start + surnames + givens
    cdef int bound, plain, room, weight, kind = 0
    if stop > end:
        return NOTHING
    if surnames == 0 and stop == end and not may_precede_title(t, s, end, length):
        return NOTHING
    bound = stem(t, s + start, surnames, givens)
    if bound == NOTHING:
        return NOTHING
    plain = bound  # without anything around it
    if surnames == 1 and givens == 1 and is_short_word(t, s[start], s[start + 1]):
        plain += LEXICON[2]
    if stop < end:
        kind = tail_class(t, s, stop, end, &weight)
        if kind == 0:
            return NOTHING
        if kind == 2:
            return bound
        if plain >= LIST_BASE:
            return bound
        room = t.best_verb + weight + (SHORT_SAID if surnames == 1 and givens == 1 else 0)
    else:
        if plain >= LIST_BASE:
            return bound
        room = t.best_verb + (SHORT_SAID if surnames == 1 and givens == 1 else 0)
        if precedes_word(s, end, length):
            room += ASIDE_NEAR
        room = max(room, <int>SPEAKER)
    if plain + room >= floor or (
            plain >= (LIFT_BASE if givens > 1 else LIST_WEAK) and touches_list(s, start, end, length)):
        return bound
    if stop == end and (closes_speaker(s, end, length) or may_precede_title(t, s, end, length)):
        return bound
    return bound if may_have_cue(t, s, start) else NOTHING


cdef inline bint is_named(const letter *s, Py_ssize_t end, Py_ssize_t length) noexcept nogil:
    """Whether 라는 ends here and 이름 follows."""
    return (end + 2 < length and s[end - 2] == 0xB77C and s[end - 1] == 0xB294 and s[end] == 0x20 and s[end + 1] == 0xC774
            and s[end + 2] == 0xB984)


cdef inline bint may_be_polite(const letter *s, Py_ssize_t at, Py_ssize_t stop) noexcept nogil:
    """Whether 님 stands in s[at:stop], not first."""
    cdef Py_ssize_t i
    for i in range(at + 1, stop):
        if s[i] == 0xB2D8:
            return True
    return False


cdef inline bint precedes_word(const letter *s, Py_ssize_t end, Py_ssize_t length) noexcept nogil:
    return end + 1 < length and s[end] == 0x20 and is_hangul(s[end + 1])


cdef inline bint may_have_cue(const tables *t, const letter *s, Py_ssize_t start) noexcept nogil:
    cdef Py_ssize_t at = start
    while at > 0 and start - at < MAX_SKIP and stands_before(s[at - 1]):
        at -= 1
        if s[at] == 0x3A or s[at] == 0xFF1A or s[at] == 0x3E or s[at] == 0x29:
            return True
    if at == start or at == 0:
        return False
    if is_letter(s[at - 1]):
        return True
    if not is_hangul(s[at - 1]) or not of(t, s[at - 1]).role & ENDS_CUE:
        return False
    return may_end_cue(t, s, at)


cdef void weigh(
        const tables *t, const letter *s, Py_ssize_t length, Py_ssize_t start, Py_ssize_t end, int surnames, int givens,
        int base, int floor, candidate *best
) noexcept nogil:
    """Replaces `best` when the reading with such a surname and given name is better; `base` is what its stem weighs."""
    cdef Py_ssize_t stop = start + surnames + givens
    cdef int bound = base, total, tail, room, weight = 0, flags = 0, kind = 0, flag = 0, loss, alone, margin = 0
    cdef int32_t value
    cdef int context, least
    cdef bint speaks, is_labelled = False, is_firm = False, touches, is_liftable
    if bound == NOTHING or stop > end or end - stop > MAX_TAIL:
        return
    if stop < end:
        if not of(t, s[stop]).role & OPENS_TAIL:
            return
        value = look(t, TAIL, s + stop, end - stop) if end - stop > 1 else of(t, s[stop]).tail
        if value != MISSING:
            if not agrees(s[stop - 1], (value >> 4) & 7):
                return
        elif end - stop == 1:
            return
        else:
            value = titled(t, s + stop, end - stop)
            if value == MISSING or (value >> 4) & 7 == NEED_SPACE:
                return
        kind = value & 15
        weight = value >> 8
    total = tail = weight
    if kind == HONORIFIC:
        flags |= F_HONORIFIC
    elif kind == TITLE or kind == KIN:
        if surnames and surnames + givens == 2 and end == stop + 1:
            return
        if kind == TITLE and weight < PLAIN_TITLE:
            if surnames == 0 or look(t, WORD, s + start, stop - start) > 1:
                return
            if surnames == 1 and givens == 2 and not is_sure(t, s[start + 1], s[start + 2]):
                total += GLUED_TITLE
        flags |= F_TITLE
        if surnames == 0 and kind == TITLE:
            total += GIVEN_TITLE
    elif kind == SIGNATURE and end > stop + 1:
        flags |= F_SIGNATURE
    elif kind == SIGNATURE:  # the copula
        total -= weight
        kind = COPULA
    elif kind == VOCATIVE:
        if surnames or not is_call(s, start, end, length):
            return
        if not ends_call(s, end, length):
            total += CALL_RUNS_ON
        flags |= F_VOCATIVE
    elif kind:
        flags |= F_PARTICLE
    if surnames == 0 and (kind == SIGNATURE or kind == PLACE):
        return
    if kind == 0:
        total += behind(t, s, end, length, surnames == 0, &flag)
        flags |= flag
        if surnames == 0 and not flags & (F_HONORIFIC | F_TITLE):
            return
    if kind == COPULA and is_named(s, end, length):
        total += NAMED
    weight = cue(t, s, start)
    if weight:
        total += weight
        flags |= F_CUE if weight > LABEL else 0
        is_labelled = weight == LABEL
        is_firm = weight >= FIRM_CUE
    touches = kind <= PARTICLE and touches_list(s, start, end, length)
    least = (LIFT_BASE if surnames + givens > 2 else LIST_WEAK) if touches else LIST_BASE
    room = t.best_verb if kind <= PERSON_PARTICLE else 0
    if kind == 0:
        room = max(room, <int>SPEAKER)
        if flag == 0 and surnames and precedes_word(s, end, length):
            room = t.best_verb + ASIDE_NEAR
    if surnames == 1 and givens == 1:
        room += SHORT_SURE if flags & F_SURE_CONTEXT or (kind == 0 and closes_speaker(s, end, length)) else SHORT_SAID
    elif flags & F_ADDRESSED:
        room += CLEAN
    if surnames == 1 and givens == 1 and is_short_word(t, s[start], s[start + 1]):
        bound += LEXICON[2]
    if bound < least and bound + total + room < floor:
        return  # no verb, no later title and no neighbour could lift it
    total += base
    loss = lexicon(t, s, start, stop, end, surnames, givens)
    if surnames == 0 and loss == GIVEN_LEXICON[2]:
        if kind == VOCATIVE and end == stop + 1 and s[stop] == 0xC544:  # 하늘아
            loss = GIVEN_LEXICON[1]
        elif flags & F_HONORIFIC:
            loss = GIVEN_ADDRESSED
    if surnames == 0 and loss and (kind == HONORIFIC or kind == KIN) and tail <= WEAK_TITLE:
        return
    if loss == LEXICON[1] and surnames and (kind <= PARTICLE or kind == HONORIFIC) and flags & F_ADDRESSED:
        loss = LEXICON_ADDRESSED
    elif loss and surnames and givens == 2 and kind == 0:
        if weight >= NAMING_CUE and (end >= length or s[end] != 0x20) and look(t, WORD, s + start, stop - start) == MISSING:
            loss = 0
        elif loss == LEXICON[2] and weight >= LABELLED:
            loss = LEXICON_LABELLED
    if loss:
        total += loss
        flags |= F_LEXICON
    if start > 0 and is_digit(s[start - 1]):
        total += AFTER_DIGIT
    is_liftable = touches and base >= least and surnames + givens > 2 and look(t, WORD, s + start, stop - start) == MISSING
    if touches:
        least = LIST_WEAK
    if not is_liftable and (kind > PARTICLE or base + loss < least) and total + room < floor:
        return
    context = flags
    if surnames and givens >= 2:
        if loss == 0 and (is_firm or flags & (F_ADDRESSED & ~F_CUE)):
            total += CLEAN
        if surnames == 1 and givens == 2:
            total += misread(t, s, start, kind, end, length)
        elif surnames == 2 and kind == 0 and ends_in_particle(t, s, stop, GIVEN_LEAST):
            total += PARTICLE_LIKE_DOUBLE
    if kind == 0 and flag == 0 and surnames:
        total += aside(t, s, end, length, &flags)
    if kind <= 2:
        weight = verb(t, s, end, length)
        if surnames and (kind == 0 or (kind == PARTICLE and end == stop + 1 and s[stop] == 0xC758)):  # 의
            weight = max(weight, near(t, s, end, length))
        if weight:
            total += weight
            flags |= F_VERB
    if surnames == 1 and givens == 1:
        total += gain_of_short(kind, context | (flags & F_VERB), loss, is_labelled)
    if surnames == 0:
        if (kind == PARTICLE or kind == COPULA) and (
                loss < 0 or not flags & (F_CUE | F_VERB)):
            return
        if base < GIVEN_LEAST + GIVEN_ONLY and not flags & (F_HONORIFIC | F_TITLE):
            return
        flags |= F_GIVEN_ONLY
    if kind == 0 and not flags & ~F_LEXICON:
        alone = opens_cell(s, start)
        speaks = alone and closes_speaker(s, end, length)
        alone = speaks or (alone and closes_cell(s, end, length))
        total += SPEAKER if speaks else LINE if alone else (
            ENCLOSED if loss == 0 and start > 0 and end < length and encloses(s[start - 1]) and encloses(s[end])
            else BARE if surnames < 2 else 0)
        if speaks and surnames + givens == 2 and surnames and loss == 0:
            total += SHORT_SURE
        if alone:
            flags |= F_LINE
    if best.is_found:
        if givens == 1 and best.end == best.stop and best.total >= SURE and not precedes_word(s, end, length):
            margin = SHORTER  # 담당 김나은, has no 김나 unless it is better by far
        if total <= best.total + margin:
            return
    best.is_found = True
    best.start = start
    best.stop = stop
    best.end = end
    best.total = total
    best.flags = flags
    best.is_liftable = is_liftable
    best.listable = base + loss if is_liftable or (kind <= PARTICLE and base + loss >= least) else NOTHING


cdef bint spaced(const tables *t, const letter *s, Py_ssize_t length, Py_ssize_t start, candidate *best) noexcept nogil:
    """The twin's _spaced."""
    cdef Py_ssize_t first = skip_spaces(s, start + 1, length), second
    cdef letter[3] letters
    if first == start + 1 or first >= length or not is_hangul(s[first]):
        return False
    if start > 0 and is_digit(s[start - 1]):
        return False
    letters[0], letters[1] = s[start], s[first]
    second = skip_spaces(s, first + 1, length)
    if second < length and is_hangul(s[second]):
        letters[2] = s[second]
        if pieces(t, s, length, start, &letters[0], 2, second + 1, best):
            return True
    if first + 1 < length and is_hangul(s[first + 1]):
        return False
    return pieces(t, s, length, start, &letters[0], 1, first + 1, best)


cdef bint pieces(
        const tables *t, const letter *s, Py_ssize_t length, Py_ssize_t start, const letter *letters, int givens,
        Py_ssize_t stop, candidate *best
) noexcept nogil:
    """The twin's _pieces."""
    cdef Py_ssize_t end = run_end(s, stop, length)
    cdef int32_t value
    cdef int base, total, loss, weight = 0, kind = 0, flags = 0
    base = stem(t, letters, 1, givens)
    if base == NOTHING or end - stop > MAX_TAIL:
        return False
    if s[stop - 2] != 0x20 and look(t, WORD, letters + 1, givens) > 1:
        return False  # 이 규정을
    if stop < end:
        value = look(t, TAIL, s + stop, end - stop)
        if value != MISSING:
            if not agrees(s[stop - 1], (value >> 4) & 7):
                return False
        else:
            value = titled(t, s + stop, end - stop)
            if value == MISSING or (value >> 4) & 7 == NEED_SPACE:
                return False
        kind = value & 15
        weight = value >> 8
    if kind == VOCATIVE or (kind == SIGNATURE and end == stop + 1):
        return False
    loss = lexicon(t, letters, 0, givens + 1, givens + 1, 1, givens)
    total = base + (SPACED if s[stop - 2] == 0x20 else SPACED_TWO) + weight + loss
    if kind == 0:
        weight = behind(t, s, end, length, False, &flags)
        total += weight
        if not flags and givens == 2:
            total += aside(t, s, end, length, &flags)
    elif kind == HONORIFIC:
        flags = F_HONORIFIC
    elif kind == SIGNATURE:
        flags = F_SIGNATURE
    weight = cue(t, s, start)
    if weight:
        total += weight
        flags |= F_CUE if weight > LABEL else 0
    if givens == 1:
        if loss or not (flags & F_SIGNATURE or (flags & F_CUE and s[start + 2] == 0x20)):
            return False
        total += SHORT_SURE
    elif not flags and end == stop and opens_cell(s, start) and closes_cell(s, end, length):
        total += LINE
        flags = F_LINE
    if total < SPACED_LEAST or not flags & (F_SURE_CONTEXT | F_LINE):
        return False
    best.is_found = True
    best.start = start
    best.stop = stop
    best.end = end
    best.total = total
    best.flags = flags
    best.listable = NOTHING
    best.is_liftable = False
    return True
