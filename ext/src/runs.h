/* Which of 64 letters are Hangul syllables, a bit each: where runs of syllables begin and end is then a matter of shifts. */
#ifndef DAMJANG_RUNS_H
#define DAMJANG_RUNS_H
#include <stdint.h>
#include "simd.h"

static inline int is_syllable(uint32_t c) { return c - 0xAC00u < 11172u; }

#ifdef DAMJANG_X86
AVX2_TARGET static inline uint64_t syllables_avx2(const uint16_t *s) {
    const __m256i first = _mm256_set1_epi16((int16_t)0xAC00), last = _mm256_set1_epi16(11171);
    uint64_t found = 0;
    for (int half = 0; half < 2; half++) {
        __m256i a = _mm256_sub_epi16(_mm256_loadu_si256((const __m256i *)(s + 32 * half)), first);
        __m256i b = _mm256_sub_epi16(_mm256_loadu_si256((const __m256i *)(s + 32 * half + 16)), first);
        a = _mm256_cmpeq_epi16(_mm256_min_epu16(a, last), a);
        b = _mm256_cmpeq_epi16(_mm256_min_epu16(b, last), b);
        __m256i both = _mm256_permute4x64_epi64(_mm256_packs_epi16(a, b), 0xD8);
        found |= (uint64_t)(uint32_t)_mm256_movemask_epi8(both) << (32 * half);
    }
    return found;
}
#endif

/* Bit i: whether s[i] is one, for i below `count`, at most 64. */
static inline uint64_t syllables16(int level, const uint16_t *s, int64_t count) {
#ifdef DAMJANG_X86
    if (level >= 1 && count >= 64) return syllables_avx2(s);
#endif
    uint64_t found = 0;
    for (int64_t i = 0; i < count; i++) found |= (uint64_t)is_syllable(s[i]) << i;
    return found;
}

static inline uint64_t syllables32(const uint32_t *s, int64_t count) {
    uint64_t found = 0;
    for (int64_t i = 0; i < count; i++) found |= (uint64_t)is_syllable(s[i]) << i;
    return found;
}

/* Writes `base` + the place of every bit, rising; gives back how many. */
static inline int64_t places(uint64_t bits, int64_t base, int64_t *at) {
    int64_t count = 0;
    for (; bits; bits &= bits - 1) at[count++] = base + __builtin_ctzll(bits);
    return count;
}
#endif
