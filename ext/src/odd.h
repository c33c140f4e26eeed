/* Where a text may be odd (ext/names.pyx): a quick look that passes over syllables and letters of the first Latin page. */
#ifndef DAMJANG_ODD_H
#define DAMJANG_ODD_H
#include <stdint.h>
#include "simd.h"

static inline int is_common16(uint16_t c) { return (uint16_t)(c - 0xAC00) < 11172 || c < 0xAD; }

#ifdef DAMJANG_X86
AVX2_TARGET static int64_t common_avx2(const uint16_t *s, int64_t at, int64_t n) {
    const __m256i first = _mm256_set1_epi16((int16_t)0xAC00), last = _mm256_set1_epi16(11171), latin = _mm256_set1_epi16(0xAC);
    for (; at + 16 <= n; at += 16) {
        __m256i c = _mm256_loadu_si256((const __m256i *)(s + at)), d = _mm256_sub_epi16(c, first);
        __m256i good = _mm256_or_si256(_mm256_cmpeq_epi16(_mm256_min_epu16(d, last), d), _mm256_cmpeq_epi16(_mm256_min_epu16(c, latin), c));
        if (_mm256_movemask_epi8(good) != -1) break;
    }
    return at;
}
#endif

/* The first unit at or behind `at` that is neither a syllable nor below U+00AD, or one up to 15 before it. */
static inline int64_t pass_common16(int level, const uint16_t *s, int64_t at, int64_t n) {
#ifdef DAMJANG_X86
    if (level >= 1) at = common_avx2(s, at, n);
#endif
    while (at < n && is_common16(s[at])) at++;
    return at;
}
#endif
