"""Views over a batch of texts: a list of str, or an Arrow string, large_string or string_view array.

No text is copied: a str's own buffer and Arrow's data buffer are read in place. None and null read as empty.
"""

import numpy as np
import pyarrow as pa

from cpython.object cimport PyObject
from libc.stdlib cimport calloc, free

from ext.errors import CapacityError, InputError, OptionError

cdef extern from "Python.h":
    int PyUnicode_Check(PyObject *) nogil
    int PyUnicode_KIND(PyObject *) nogil
    const void *PyUnicode_DATA(PyObject *) nogil
    Py_ssize_t PyUnicode_GET_LENGTH(PyObject *) nogil
    PyObject *PyTuple_GET_ITEM(object, Py_ssize_t)
    PyObject *Py_None

SIMD_LEVELS = ("portable", "avx2", "avx512")


def simd_levels():
    """The SIMD levels that this machine can run, least first."""
    return SIMD_LEVELS[: simd_best() + 1]


cdef int level_of(object simd) except -1:
    if simd is None:
        return simd_best()
    if simd not in SIMD_LEVELS[: simd_best() + 1]:
        raise OptionError(f"simd={simd!r} is not a level of this machine", f"use one of {simd_levels()} or None")
    return SIMD_LEVELS.index(simd)


cdef class TextViews:
    """`count` views; build one with views_of()."""

    def __len__(self):
        return self.count

    def __dealloc__(self):
        free(self.views)

    def take(self, rows):
        """The views of those rows (int64[m], any order, repeats allowed), over the same texts."""
        picked = np.ascontiguousarray(rows, dtype=np.int64)
        if picked.ndim != 1 or (picked.size and not (0 <= picked.min() and picked.max() < self.count)):
            raise InputError("a row number lies outside the texts", f"use 0 to {self.count - 1}")
        cdef const int64_t[::1] row = picked
        cdef TextViews batch = _empty(row.shape[0], self.owner)
        cdef Py_ssize_t i
        for i in range(batch.count):
            batch.views[i] = self.views[row[i]]
        return batch

    def is_empty(self):
        """bool[count]: which texts are empty or null."""
        out = np.empty(self.count, dtype=np.uint8)
        cdef unsigned char[::1] flags = out
        cdef Py_ssize_t i
        for i in range(self.count):
            flags[i] = self.views[i].len == 0
        return out.view(np.bool_)


cdef TextViews _empty(Py_ssize_t count, object owner):
    cdef TextViews batch = TextViews.__new__(TextViews)
    batch.views = <text_view *>calloc(count + 1, sizeof(text_view))
    if batch.views == NULL:
        raise MemoryError
    batch.count = count
    batch.owner = owner
    return batch


cdef TextViews _of_list(object texts):
    # A tuple of our own: another thread may change the list while the kernel reads without the GIL.
    cdef tuple held = tuple(texts)
    cdef Py_ssize_t i, count = len(held)
    cdef TextViews batch = _empty(count, held)
    cdef PyObject *item
    for i in range(count):
        item = PyTuple_GET_ITEM(held, i)
        if PyUnicode_Check(item):
            batch.views[i].data = PyUnicode_DATA(item)
            batch.views[i].len = PyUnicode_GET_LENGTH(item)
            batch.views[i].kind = PyUnicode_KIND(item)
        elif item == Py_None:
            batch.views[i].kind = 1
            batch.views[i].null = 1
        else:
            raise InputError(f"row {i} is a {type(held[i]).__name__}, not a str or None", "pass texts as str")
    return batch


cdef int _of_array(object array, text_view *views) except -1:
    cdef Py_ssize_t i, count = len(array), base = array.offset
    cdef object validity, offsets, data
    validity, offsets, data = array.buffers()
    cdef const unsigned char *valid = NULL
    cdef const int32_t *small = NULL
    cdef const int64_t *large = NULL
    cdef const char *bytes_at = NULL
    cdef int64_t size = 0, start, stop
    if count == 0:
        return 0
    if validity is not None:
        valid = <const unsigned char *><size_t>validity.address
    if data is not None:
        bytes_at = <const char *><size_t>data.address
        size = data.size
    cdef bint is_large = pa.types.is_large_string(array.type)
    cdef Py_ssize_t width = 8 if is_large else 4
    if offsets is None or offsets.size < (base + count + 1) * width:
        raise InputError("the Arrow array's offsets buffer is too short", "validate the array where it is read")
    if is_large:
        large = <const int64_t *><size_t>offsets.address
    else:
        small = <const int32_t *><size_t>offsets.address
    for i in range(count):
        start = large[base + i] if is_large else small[base + i]
        stop = large[base + i + 1] if is_large else small[base + i + 1]
        if start < 0 or stop < start or stop > size:
            raise InputError(f"row {i}: its Arrow offsets lie outside the data", "validate the array where it is read")
        if valid != NULL and not (valid[(base + i) >> 3] >> ((base + i) & 7)) & 1:
            views[i].null = 1
            continue
        views[i].data = bytes_at + start
        views[i].len = stop - start
    return 0


cpdef TextViews views_of(object texts):
    """Views of a list (or tuple) of str and None, or of an Arrow array or chunked array of strings.

    Raises InputError for any other type, naming the row, and for Arrow offsets outside their data.
    """
    cdef TextViews batch
    cdef Py_ssize_t at = 0
    if isinstance(texts, TextViews):
        return texts
    if isinstance(texts, (list, tuple)):
        return _of_list(texts)
    if isinstance(texts, (pa.Array, pa.ChunkedArray)):
        kind = texts.type
        if pa.types.is_null(kind) or pa.types.is_string_view(kind) or pa.types.is_dictionary(kind):
            texts = texts.cast(pa.large_string())
        elif not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
            raise InputError(f"an Arrow array of {kind}, not of strings", "cast it to string or large_string")
        chunks = texts.chunks if isinstance(texts, pa.ChunkedArray) else [texts]
        batch = _empty(len(texts), chunks)
        for chunk in chunks:
            _of_array(chunk, batch.views + at)
            at += len(chunk)
        return batch
    raise InputError(f"texts is a {type(texts).__name__}", "pass a list of str or an Arrow array of strings")
