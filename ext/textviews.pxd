# A batch of texts as C views over their own buffers; the owner keeps those alive. See textviews.pyx.
from libc.stdint cimport int32_t, int64_t, uint32_t


cdef extern from "textview.h":
    ctypedef struct text_view:
        const void *data
        int64_t len
        int32_t kind
        int32_t null
    ctypedef struct scratch:
        void *data
        size_t size
    void prefetch "__builtin_prefetch" (const void *at) nogil
    void text_prefetch(const text_view *text) nogil
    void texts_prefetch(const text_view *views, int64_t i, int64_t count) nogil
    void scratch_free(scratch *room) nogil
    int text_points(const text_view *text, scratch *room, int level, text_view *points) nogil
    int text_widen(const text_view *text, int kind, scratch *room, text_view *wide) nogil


cdef extern from "simd.h":
    int simd_best() nogil


cdef class TextViews:
    cdef text_view *views
    cdef readonly Py_ssize_t count
    cdef object owner


cpdef TextViews views_of(object texts)
cdef int level_of(object simd) except -1
