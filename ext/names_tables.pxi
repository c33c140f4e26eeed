# Part of names.pyx: the tables of the model, and what a stem of letters weighs by them.

cdef struct candidate:
    Py_ssize_t start
    Py_ssize_t stop
    Py_ssize_t end
    int total
    int flags
    int listable
    bint is_liftable
    bint is_found

cdef struct syllable:
    uint8_t at[6]  # which readings (FULL …) it allows as the first to fourth of a run, as the third and fourth and last
    int8_t surname
    int8_t given1
    int8_t given2
    uint8_t role  # OPENS_… bits, so that most look-ups are never made
    uint16_t opens  # its row in `given`; 0: opens no given name
    uint16_t ends  # its place in a row; 0: ends no given name
    uint16_t word_opens  # its row in `short_words`, and its bit
    uint16_t word_ends
    int32_t tail  # the value of a tail of this letter alone, or MISSING

cdef struct entry:
    uint32_t tag  # of a word; 0: free
    int32_t value

cdef struct tables:
    uint16_t *ids  # of a syllable: its place in `syllables`; 0: it has no part in a name
    syllable *syllables  # few enough for the first cache
    entry *words[2]  # 0: context words, small enough for the first cache; 1: given pairs and the exclusion lexicon
    uint64_t mask[2]
    int8_t *given  # the weight of each two syllables as a given name, NO_PAIR where no list has them
    int row  # syllables a row
    uint64_t *short_words  # a bit for each two syllables that are an ordinary word of level 2 or 3
    int short_row
    uint64_t *pairs  # bits of two letters by pair_bit(): ends of cue words, beginnings of tails
    int best_particle
    int best_verb


cdef inline bint is_hangul(uint32_t c) noexcept nogil:
    return c - <uint32_t>FIRST < <uint32_t>SYLLABLES


cdef inline const syllable *of(const tables *t, uint32_t c) noexcept nogil:
    return &t.syllables[t.ids[c - <uint32_t>FIRST]]


cdef inline uint64_t step(uint64_t h, uint32_t c) noexcept nogil:
    h = (h ^ c) * <uint64_t>0x9E3779B97F4A7C15
    return h ^ (h >> 29)


cdef inline uint32_t tag_of(uint64_t h) noexcept nogil:
    return <uint32_t>(h >> 32) | 1


cdef inline int32_t look(const tables *t, uint32_t kind, const letter *p, Py_ssize_t n) noexcept nogil:
    """The value of a word of some kind, or MISSING."""
    cdef int which = kind == PAIR or kind == WORD or kind == NOUN
    cdef uint64_t h = step(1, kind), at
    cdef uint32_t tag
    cdef const entry *words = t.words[which]
    cdef Py_ssize_t i
    for i in range(n):
        h = step(h, p[i])
    tag = tag_of(h)
    at = h & t.mask[which]
    while words[at].tag != 0:
        if words[at].tag == tag:
            return words[at].value
        at = (at + 1) & t.mask[which]
    return MISSING


cdef inline int given_name(const tables *t, uint32_t a, uint32_t b) noexcept nogil:
    """What two syllables weigh as a given name."""
    return t.given[of(t, a).opens * t.row + of(t, b).ends]


cdef inline bint is_sure(const tables *t, uint32_t a, uint32_t b) noexcept nogil:
    """Whether two syllables are a given name of weight SURE_PAIR or more."""
    return has_pair(t, SURE_PAIRS, pair_bit(a, b)) and given_name(t, a, b) >= SURE_PAIR


cdef inline bint is_short_word(const tables *t, uint32_t a, uint32_t b) noexcept nogil:
    """Whether two syllables that may be a whole name are an ordinary word."""
    cdef uint32_t end = of(t, b).word_ends
    return (t.short_words[of(t, a).word_opens * t.short_row + (end >> 6)] >> (end & 63)) & 1


cdef inline uint32_t pair_bit(uint32_t a, uint32_t b) noexcept nogil:
    return ((a * <uint32_t>0x9E3779B1) ^ (b * <uint32_t>0x85EBCA6B)) >> 17


cdef inline bint has_pair(const tables *t, int kind, uint32_t bit) noexcept nogil:
    return (t.pairs[kind * PAIR_WORDS + (bit >> 6)] >> (bit & 63)) & 1


cdef inline bint opens_word(const tables *t, int kind, const letter *p, Py_ssize_t n) noexcept nogil:
    """Whether p[:n], two letters or more, may begin a word of such a kind; two letters: be one."""
    if n == 2:
        return has_pair(t, kind, pair_bit(p[0], p[1]))
    return has_pair(t, kind + 1, pair_bit(pair_bit(p[0], p[1]), p[2]))


cdef inline bint may_be_tail(const tables *t, const letter *p, Py_ssize_t n) noexcept nogil:
    return opens_word(t, TAILS, p, n) if n > 1 else of(t, p[0]).tail != MISSING


cdef inline bint may_be_titled(const tables *t, int kind, const letter *p, Py_ssize_t n) noexcept nogil:
    """Whether p[:n] may be a title (or, by kind, a tail of persons), also with a particle behind."""
    cdef int32_t one = of(t, p[0]).tail
    if one != MISSING and one & 15 >= HONORIFIC and (n == 1 or may_be_tail(t, p + 1, n - 1)):
        return True
    if n < 2:
        return False
    return opens_word(t, kind, p, n) or (
        n > 2 and has_pair(t, kind, pair_bit(p[0], p[1])) and may_be_tail(t, p + 2, n - 2))


cdef inline bint ends_cue(const tables *t, uint32_t a, uint32_t b) noexcept nogil:
    """Whether a cue word may end with two letters."""
    return has_pair(t, CUES, pair_bit(a, b))


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
    return need != NEED_SPACE


cdef inline bint stands_before(uint32_t c) noexcept nogil:
    """Members of SKIP_BEFORE in the twin."""
    if c < 0x80:
        return (c == 0x20 or c == 0x3A or c == 0x2D or c == 0x27 or c == 0x22 or c == 0x28 or c == 0x3C or c == 0x5B
                or c == 0x2C or c == 0x0A or c == 0x09 or c == 0x7C or c == 0x2F or c == 0x3D or c == 0x2A or c == 0x29
                or c == 0x5D or c == 0x3E)
    return (c == 0xFF1A or c == 0xB7 or c == 0x2014 or c == 0x2018 or c == 0x201C or c == 0x2019 or c == 0x201D
            or c == 0x300C or c == 0x300E or c == 0x3011)


cdef inline bint separates(uint32_t c) noexcept nogil:
    """Members of SEPARATORS in the twin."""
    return (c == 0x2C or c == 0xB7 or c == 0x318D or c == 0x3001 or c == 0x2F or c == 0x2027 or c == 0x30FB
            or c == 0x3B or c == 0x7C or c == 0x09 or 0x30 <= c <= 0x39
            or c == 0x2D or c == 0x2013 or c == 0x2192 or c == 0x2194 or c == 0x26 or c == 0x2B or c == 0x2022)


cdef inline bint is_digit(uint32_t c) noexcept nogil:
    """Members of DIGITS in the twin: letters count."""
    return 0x30 <= c <= 0x39 or 0x41 <= c <= 0x5A or 0x61 <= c <= 0x7A


cdef inline bint is_letter(uint32_t c) noexcept nogil:
    return 0x41 <= c <= 0x5A or 0x61 <= c <= 0x7A


cdef inline Py_ssize_t run_end(const letter *s, Py_ssize_t at, Py_ssize_t length) noexcept nogil:
    while at < length and is_hangul(s[at]):
        at += 1
    return at


cdef inline bint marks(uint32_t c) noexcept nogil:
    """Members of MARKS in the twin."""
    if c < 0x80:
        return c == 0x5B or c == 0x2A or c == 0x2D
    return (c == 0x25B2 or c == 0x25B3 or c == 0x25B6 or c == 0x25B7 or c == 0x25C6 or c == 0x25C7 or c == 0x25A0
            or c == 0x25A1 or c == 0x25CF or c == 0x25CB or c == 0x25CE)


cdef inline Py_ssize_t skip_spaces(const letter *s, Py_ssize_t at, Py_ssize_t length) noexcept nogil:
    cdef Py_ssize_t stop = at
    while stop < length and stop - at < MAX_SPACES and s[stop] == 0x20:
        stop += 1
    return stop


cdef inline bint encloses(uint32_t c) noexcept nogil:
    """Members of ENCLOSERS in the twin."""
    if c < 0x80:
        return (c == 0x2C or c == 0x3B or c == 0x7C or c == 0x09 or c == 0x27 or c == 0x22 or c == 0x28 or c == 0x29
                or c == 0x5B or c == 0x5D or c == 0x3C or c == 0x3E or c == 0x3D or c == 0x3A or c == 0x2F)
    return c == 0x2018 or c == 0x2019 or c == 0x201C or c == 0x201D or c == 0xB7 or c == 0x2665


cdef inline bint closes_speaker(const letter *s, Py_ssize_t end, Py_ssize_t length) noexcept nogil:
    cdef Py_ssize_t at = end
    if at < length and s[at] == 0x20:
        at += 1
    return at < length and (s[at] == 0x3A or s[at] == 0xFF1A or s[at] == 0x3D or s[at] == 0x2014 or (s[at] == 0x5D and at == end))


cdef inline bint opens_cell(const letter *s, Py_ssize_t start) noexcept nogil:
    if start > 0 and s[start - 1] == 0x20:
        start -= 1
    if start > 0 and marks(s[start - 1]):
        start -= 1
    if start > 1 and s[start - 1] == 0x2C and 0x30 <= s[start - 2] <= 0x39:
        return True
    return start == 0 or s[start - 1] == 0x0A or s[start - 1] == 0x09 or s[start - 1] == 0x7C


cdef inline bint closes_cell(const letter *s, Py_ssize_t end, Py_ssize_t length) noexcept nogil:
    if end < length and s[end] == 0x20:
        end += 1
    return end >= length or s[end] == 0x0A or s[end] == 0x0D or s[end] == 0x09 or s[end] == 0x7C


cdef inline int title(int32_t value, bint is_given_only, int *flag) noexcept nogil:
    cdef int kind = value & 15
    if kind == HONORIFIC:
        flag[0] = F_HONORIFIC
        return value >> 8
    if kind == KIN or kind == TITLE:
        flag[0] = F_TITLE
        return (value >> 8) + (GIVEN_TITLE if is_given_only and kind == TITLE else 0)
    if kind == SIGNATURE and not is_given_only:
        flag[0] = F_SIGNATURE
        return value >> 8
    flag[0] = 0
    return 0


cdef inline int stem(const tables *t, const letter *p, int surnames, int givens) noexcept nogil:
    """The twin's _base of the letters at p."""
    cdef int base, first, last
    cdef int32_t pair
    if surnames == 0:
        pair = given_name(t, p[0], p[1])
        return pair + GIVEN_ONLY if pair >= SURE_PAIR else NOTHING
    if surnames == 1:
        base = of(t, p[0]).surname
        if base == NONE:
            return NOTHING
    else:
        base = look(t, SURNAME, p, 2)
        if base == MISSING or base == NOTHING:
            return NOTHING
    p += surnames
    if givens == 3:
        pair = look(t, PAIR, p, 3)
        return NOTHING if pair == MISSING else min(<int>MAX_BASE, base + pair)
    last = of(t, p[givens - 1]).given2
    if givens == 1:
        if last == NONE or base <= RARE:
            return NOTHING
        return min(<int>MAX_BASE, base + last) + (ONE_SYLLABLE if surnames == 1 else ONE_AFTER_TWO)
    first = of(t, p[0]).given1
    pair = given_name(t, p[0], p[1])
    if pair >= SURE_PAIR:
        if base > RARE:
            base = max(base, <int>SURNAME_FLOOR)
        first = max(first, <int>PAIR_FLOOR)
        last = max(last, <int>PAIR_FLOOR)
    elif first == NONE or last == NONE:
        return NOTHING
    return min(<int>MAX_BASE, base + first + last + pair)
