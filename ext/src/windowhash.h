/* Hash of every window of n code points: a sum of products (mod 2^32), then a bijective mix. No window depends on the
 * one before, so a vector register hashes 8 or 16 at a time. */
#ifndef DAMJANG_WINDOWHASH_H
#define DAMJANG_WINDOWHASH_H
#include "textview.h"

#define MAX_NGRAM 16

typedef struct {
    uint32_t mult[MAX_NGRAM]; /* odd */
    uint32_t add, brief; /* `brief` marks a window that is shorter than the n-gram */
    int32_t ngram;
} window_hash;

static inline uint64_t splitmix(uint64_t seed, uint64_t index) {
    uint64_t z = seed + (index + 1) * 0x9E3779B97F4A7C15ull;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

static inline void window_hash_init(window_hash *w, uint64_t seed, int ngram) {
    for (int j = 0; j < MAX_NGRAM; j++) w->mult[j] = (uint32_t)splitmix(seed, (uint64_t)j) | 1u;
    w->add = (uint32_t)splitmix(seed, 16);
    w->brief = (uint32_t)splitmix(seed, 17);
    w->ngram = ngram;
}

static inline uint32_t mix32(uint32_t h) {
    h ^= h >> 16;
    h *= 0x7FEB352Du;
    h ^= h >> 15;
    h *= 0x846CA68Bu;
    return h ^ (h >> 16);
}

/* A text shorter than the n-gram is one window; an empty one has none. */
static inline int64_t window_count(const text_view *t, int ngram) {
    return t->len >= ngram ? t->len - ngram + 1 : t->len > 0;
}

static inline uint32_t text_unit(const text_view *t, int64_t i) {
    if (t->kind == 2) return ((const uint16_t *)t->data)[i];
    if (t->kind == 1) return ((const uint8_t *)t->data)[i];
    return ((const uint32_t *)t->data)[i];
}

static inline uint32_t window_hash_brief(const window_hash *w, const text_view *t) {
    uint32_t s = w->add + (uint32_t)(w->ngram - t->len) * w->brief;
    for (int64_t j = 0; j < t->len; j++) s += text_unit(t, j) * w->mult[j];
    return mix32(s);
}

/* out[i] = hash of the window at from+i, i < count. The n-gram length 5 is unrolled, others loop. */
#define PORTABLE_HASHES(UNIT)                                                                                          \
    static inline __attribute__((always_inline)) void hashes_portable_##UNIT(                                          \
        const window_hash *w, const UNIT *p, int64_t count, uint32_t *out, int n) {                                    \
        for (int64_t i = 0; i < count; i++) {                                                                          \
            uint32_t s = w->add;                                                                                       \
            for (int j = 0; j < n; j++) s += (uint32_t)p[i + j] * w->mult[j];                                          \
            out[i] = mix32(s);                                                                                         \
        }                                                                                                              \
    }
PORTABLE_HASHES(uint8_t)
PORTABLE_HASHES(uint16_t)
PORTABLE_HASHES(uint32_t)

#ifdef DAMJANG_X86
#define AVX512_LOAD_uint8_t(p) _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)(p)))
#define AVX512_LOAD_uint16_t(p) _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)(p)))
#define AVX512_LOAD_uint32_t(p) _mm512_loadu_si512((const void *)(p))
#define AVX2_LOAD_uint8_t(p) _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(p)))
#define AVX2_LOAD_uint16_t(p) _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)(p)))
#define AVX2_LOAD_uint32_t(p) _mm256_loadu_si256((const __m256i *)(p))

/* The last, incomplete register is hashed again from count-LANES: equal values over equal values. */
#define VECTOR_HASHES(LEVEL, TARGET, UNIT, VEC, LANES, LOAD, SET, ADD, MUL, XOR, SHR, STORE)                           \
    TARGET static inline __attribute__((always_inline)) void hashes_##LEVEL##_##UNIT(                                  \
        const window_hash *w, const UNIT *p, int64_t count, uint32_t *out, int n) {                                    \
        if (count < LANES) {                                                                                           \
            hashes_portable_##UNIT(w, p, count, out, n);                                                               \
            return;                                                                                                    \
        }                                                                                                              \
        const VEC add = SET((int)w->add), m1 = SET(0x7FEB352D), m2 = SET((int)0x846CA68Bu);                            \
        for (int64_t i = 0;;) {                                                                                        \
            VEC s = add;                                                                                               \
            for (int j = 0; j < n; j++) s = ADD(s, MUL(LOAD(p + i + j), SET((int)w->mult[j])));                        \
            s = MUL(XOR(s, SHR(s, 16)), m1);                                                                           \
            s = MUL(XOR(s, SHR(s, 15)), m2);                                                                           \
            STORE((void *)(out + i), XOR(s, SHR(s, 16)));                                                              \
            if (i + LANES >= count) break;                                                                             \
            i = i + 2 * LANES <= count ? i + LANES : count - LANES;                                                    \
        }                                                                                                              \
    }
#define AVX512_HASHES(UNIT)                                                                                            \
    VECTOR_HASHES(avx512, AVX512_TARGET, UNIT, __m512i, 16, AVX512_LOAD_##UNIT, _mm512_set1_epi32, _mm512_add_epi32,   \
                  _mm512_mullo_epi32, _mm512_xor_si512, _mm512_srli_epi32, _mm512_storeu_si512)
#define AVX2_HASHES(UNIT)                                                                                              \
    VECTOR_HASHES(avx2, AVX2_TARGET, UNIT, __m256i, 8, AVX2_LOAD_##UNIT, _mm256_set1_epi32, _mm256_add_epi32,          \
                  _mm256_mullo_epi32, _mm256_xor_si256, _mm256_srli_epi32, _mm256_storeu_si256)
AVX512_HASHES(uint8_t)
AVX512_HASHES(uint16_t)
AVX512_HASHES(uint32_t)
AVX2_HASHES(uint8_t)
AVX2_HASHES(uint16_t)
AVX2_HASHES(uint32_t)
#endif

#define BY_NGRAM(LEVEL, TARGET, UNIT)                                                                                  \
    TARGET static void window_hashes_##LEVEL##_##UNIT(const window_hash *w, const UNIT *p, int64_t count,              \
                                                      uint32_t *out) {                                                 \
        if (w->ngram == 5)                                                                                             \
            hashes_##LEVEL##_##UNIT(w, p, count, out, 5);                                                              \
        else                                                                                                           \
            hashes_##LEVEL##_##UNIT(w, p, count, out, w->ngram);                                                       \
    }
#define BY_UNIT(LEVEL, TARGET)                                                                                         \
    BY_NGRAM(LEVEL, TARGET, uint8_t)                                                                                   \
    BY_NGRAM(LEVEL, TARGET, uint16_t)                                                                                  \
    BY_NGRAM(LEVEL, TARGET, uint32_t)                                                                                  \
    TARGET static void window_hashes_##LEVEL(const window_hash *w, const text_view *t, int64_t from, int64_t count,    \
                                             uint32_t *out) {                                                          \
        if (t->kind == 2)                                                                                              \
            window_hashes_##LEVEL##_uint16_t(w, (const uint16_t *)t->data + from, count, out);                         \
        else if (t->kind == 1)                                                                                         \
            window_hashes_##LEVEL##_uint8_t(w, (const uint8_t *)t->data + from, count, out);                           \
        else                                                                                                           \
            window_hashes_##LEVEL##_uint32_t(w, (const uint32_t *)t->data + from, count, out);                         \
    }
BY_UNIT(portable, )
#ifdef DAMJANG_X86
BY_UNIT(avx2, AVX2_TARGET)
BY_UNIT(avx512, AVX512_TARGET)
#endif

/* Hashes of windows [from, from+count) of a text of at least ngram code points, or the one window of a shorter one. */
static inline void window_hashes(int level, const window_hash *w, const text_view *t, int64_t from, int64_t count,
                                 uint32_t *out) {
    if (t->len < w->ngram) {
        if (count) out[0] = window_hash_brief(w, t);
        return;
    }
#ifdef DAMJANG_X86
    if (level == 2) {
        window_hashes_avx512(w, t, from, count, out);
        return;
    }
    if (level == 1) {
        window_hashes_avx2(w, t, from, count, out);
        return;
    }
#endif
    window_hashes_portable(w, t, from, count, out);
}
#endif
