/* One-permutation MinHash: bin = the window hash scaled to [0, k), value = the least hash in the bin. A bin that no
 * window hit takes the least of (hash * A_bin + B_bin) over all windows instead, an ordinary MinHash of its own. Both
 * kinds of bin agree with probability J, so the estimate has no bias at any length (Li, Owen, Zhang 2012 for the bins;
 * the filling keeps their variance without borrowed, hence repeated, values). */
#ifndef DAMJANG_MINHASH_H
#define DAMJANG_MINHASH_H
#include "windowhash.h"

#define CHUNK 2048
#define EMPTY_BIN 0xFFFFFFFFu

typedef struct {
    window_hash window;
    int32_t bins, shift; /* shift = 32 - log2(bins), or -1 when bins is no power of two */
    uint32_t *mult, *add; /* per bin, for the filling */
    int32_t *empty; /* room for `bins` numbers */
} minhash_plan;

static inline int minhash_plan_init(minhash_plan *plan, uint64_t seed, int ngram, int bins) {
    window_hash_init(&plan->window, seed, ngram);
    plan->bins = bins;
    plan->shift = -1;
    for (int s = 0; s < 31; s++)
        if (bins == 1 << s) plan->shift = 32 - s;
    plan->mult = (uint32_t *)malloc(sizeof(uint32_t) * (size_t)bins);
    plan->add = (uint32_t *)malloc(sizeof(uint32_t) * (size_t)bins);
    plan->empty = (int32_t *)malloc(sizeof(int32_t) * (size_t)bins);
    if (!plan->mult || !plan->add || !plan->empty) return -1;
    for (int b = 0; b < bins; b++) {
        plan->mult[b] = (uint32_t)splitmix(seed, 32 + 2 * (uint64_t)b) | 1u;
        plan->add[b] = (uint32_t)splitmix(seed, 33 + 2 * (uint64_t)b);
    }
    return 0;
}

static inline void minhash_plan_free(minhash_plan *plan) {
    free(plan->mult);
    free(plan->add);
    free(plan->empty);
}

static inline void bins_least(const minhash_plan *plan, const uint32_t *hash, int64_t count, uint32_t *bins) {
    if (plan->shift > 0 && plan->shift < 32) {
        const int shift = plan->shift;
        for (int64_t i = 0; i < count; i++) {
            uint32_t h = hash[i], b = h >> shift, old = bins[b];
            bins[b] = h < old ? h : old;
        }
        return;
    }
    for (int64_t i = 0; i < count; i++) {
        uint32_t h = hash[i], b = (uint32_t)(((uint64_t)h * (uint32_t)plan->bins) >> 32), old = bins[b];
        bins[b] = h < old ? h : old;
    }
}

static uint32_t fill_portable(const uint32_t *hash, int64_t count, uint32_t mult, uint32_t add, uint32_t least) {
    for (int64_t i = 0; i < count; i++) {
        uint32_t v = hash[i] * mult + add;
        least = v < least ? v : least;
    }
    return least;
}

#ifdef DAMJANG_X86
AVX2_TARGET static uint32_t fill_avx2(const uint32_t *hash, int64_t count, uint32_t mult, uint32_t add,
                                      uint32_t least) {
    if (count < 8) return fill_portable(hash, count, mult, add, least);
    const __m256i m = _mm256_set1_epi32((int)mult), a = _mm256_set1_epi32((int)add);
    __m256i best = _mm256_set1_epi32((int)least);
    for (int64_t i = 0;;) {
        __m256i h = _mm256_loadu_si256((const __m256i *)(hash + i));
        best = _mm256_min_epu32(best, _mm256_add_epi32(_mm256_mullo_epi32(h, m), a));
        if (i + 8 >= count) break;
        i = i + 16 <= count ? i + 8 : count - 8;
    }
    __m128i half = _mm_min_epu32(_mm256_castsi256_si128(best), _mm256_extracti128_si256(best, 1));
    half = _mm_min_epu32(half, _mm_shuffle_epi32(half, 0x4E));
    half = _mm_min_epu32(half, _mm_shuffle_epi32(half, 0xB1));
    return (uint32_t)_mm_cvtsi128_si32(half);
}

AVX512_TARGET static uint32_t fill_avx512(const uint32_t *hash, int64_t count, uint32_t mult, uint32_t add,
                                          uint32_t least) {
    const __m512i m = _mm512_set1_epi32((int)mult), a = _mm512_set1_epi32((int)add);
    __m512i best = _mm512_set1_epi32((int)least);
    int64_t i = 0;
    for (; i + 16 <= count; i += 16)
        best = _mm512_min_epu32(
            best, _mm512_add_epi32(_mm512_mullo_epi32(_mm512_loadu_si512((const void *)(hash + i)), m), a));
    if (i < count) {
        __mmask16 some = (__mmask16)((1u << (count - i)) - 1);
        __m512i h = _mm512_maskz_loadu_epi32(some, hash + i);
        best = _mm512_mask_min_epu32(best, some, best, _mm512_add_epi32(_mm512_mullo_epi32(h, m), a));
    }
    return _mm512_reduce_min_epu32(best);
}
#endif

static inline uint32_t fill_least(int level, const uint32_t *hash, int64_t count, uint32_t mult, uint32_t add,
                                  uint32_t least) {
#ifdef DAMJANG_X86
    if (level == 2) return fill_avx512(hash, count, mult, add, least);
    if (level == 1) return fill_avx2(hash, count, mult, add, least);
#endif
    return fill_portable(hash, count, mult, add, least);
}

/* The signature of one text given as code points, into bins[k]; an empty text keeps EMPTY_BIN everywhere. */
static void minhash_text(int level, const minhash_plan *plan, const text_view *t, uint32_t *bins) {
    uint32_t hash[CHUNK];
    const int64_t windows = window_count(t, plan->window.ngram);
    for (int b = 0; b < plan->bins; b++) bins[b] = EMPTY_BIN;
    int64_t chunk = 0;
    for (int64_t from = 0; from < windows; from += CHUNK) {
        chunk = windows - from < CHUNK ? windows - from : CHUNK;
        window_hashes(level, &plan->window, t, from, chunk, hash);
        bins_least(plan, hash, chunk, bins);
    }
    if (!windows) return;
    int32_t empties = 0;
    for (int b = 0; b < plan->bins; b++) {
        plan->empty[empties] = b;
        empties += bins[b] == EMPTY_BIN;
    }
    if (!empties) return;
    for (int64_t from = 0; from < windows; from += CHUNK) {
        chunk = windows - from < CHUNK ? windows - from : CHUNK;
        if (windows > CHUNK) window_hashes(level, &plan->window, t, from, chunk, hash);
        for (int32_t e = 0; e < empties; e++) {
            int32_t b = plan->empty[e];
            bins[b] = fill_least(level, hash, chunk, plan->mult[b], plan->add[b], bins[b]);
        }
    }
}
#endif
