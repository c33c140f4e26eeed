# Part of names.pyx: which texts of many are worth a closer look, told without reading a name.


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


cdef bint any_odd16(const uint16_t *s, Py_ssize_t length) noexcept nogil:
    """any_odd of what common letters leave, a few at a time."""
    cdef Py_ssize_t at = 0, stop
    while True:
        at = pass_common16(LEVEL, s, at, length)
        if at >= length:
            return False
        stop = at + 64
        if stop > length:
            stop = length
        if any_odd[uint16_t](s + at, stop - at):
            return True
        at = stop


def odd_ones(texts):
    """Numbers of the texts that are odd."""
    return [number for number, text in enumerate(texts) if is_odd(text)]


cpdef bint is_odd(str text):
    """Whether `text` holds conjoining jamo, zero-width characters or variation selectors: fold it before scanning."""
    cdef int kind = PyUnicode_KIND(text)
    cdef Py_ssize_t length = PyUnicode_GET_LENGTH(text)
    if kind == 2:
        return any_odd16(<const uint16_t *>PyUnicode_DATA(text), length)
    if kind == 4:
        return any_odd[uint32_t](<const uint32_t *>PyUnicode_DATA(text), length)
    return "\xad" in text


def holding(texts, str pair):
    """Numbers of the texts that hold two letters side by side, both below U+10000."""
    cdef Py_ssize_t length
    cdef int kind
    cdef uint16_t first = ord(pair[0]), second = ord(pair[1])
    cdef list found = []
    cdef Py_ssize_t number = 0
    for text in texts:
        kind = PyUnicode_KIND(text)
        length = PyUnicode_GET_LENGTH(text)
        if kind == 2 and holds[uint16_t](<const uint16_t *>PyUnicode_DATA(text), length, first, second) or (
                kind == 4 and holds[uint32_t](<const uint32_t *>PyUnicode_DATA(text), length, first, second)) or (
                kind == 1 and pair in text):
            found.append(number)
        number += 1
    return found


cdef bint holds(const letter *s, Py_ssize_t length, uint16_t first, uint16_t second) noexcept nogil:
    """Branch-free per block, so that the compiler vectorises it."""
    cdef Py_ssize_t i, at = 0, stop
    cdef bint seen
    while at < length - 1:
        stop = min(at + 256, length - 1)
        seen = False
        for i in range(at, stop):
            seen |= (s[i] == first) & (s[i + 1] == second)
        if seen:
            return True
        at = stop
    return False
