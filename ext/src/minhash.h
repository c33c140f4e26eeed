/* One-permutation MinHash: bin = the window hash scaled to [0, k), value = the least hash in the bin. A bin that no
 * window hit takes the least of (hash * A_bin + B_bin) over all windows instead, an ordinary MinHash of its own. Both
 * kinds of bin agree with probability J, so the estimate has no bias at any length (Li, Owen, Zhang 2012 for the bins;
 * the filling keeps their variance without borrowed, hence repeated, values). */
#ifndef DAMJANG_MINHASH_H
#define DAMJANG_MINHASH_H
#include "windowhash.h"

#define CHUNK 2048 /* window hashes kept for the filling; a longer text is hashed again */
#define BLOCK 128
#define EMPTY_BIN 0xFFFFFFFFu

typedef struct {
    window_hash window;
    int32_t bins, shift; /* shift = 32 - log2(bins), or -1 when bins is no power of two */
    uint32_t *mult, *add; /* per bin, for the filling */
    uint32_t *empty, *empty_mult, *empty_add, *least; /* of one text's empty bins */
} minhash_plan;

static inline int minhash_plan_init(minhash_plan *plan, uint64_t seed, int ngram, int bins) {
    const size_t room = (size_t)bins + 16; /* whole registers may be read and written behind the last bin */
    window_hash_init(&plan->window, seed, ngram);
    plan->bins = bins;
    plan->shift = -1;
    for (int s = 0; s < 31; s++)
        if (bins == 1 << s) plan->shift = 32 - s;
    plan->mult = (uint32_t *)calloc(6 * room, sizeof(uint32_t));
    if (!plan->mult) return -1;
    plan->add = plan->mult + room;
    plan->empty = plan->add + room;
    plan->empty_mult = plan->empty + room;
    plan->empty_add = plan->empty_mult + room;
    plan->least = plan->empty_add + room;
    for (int b = 0; b < bins; b++) {
        plan->mult[b] = (uint32_t)splitmix(seed, 32 + 2 * (uint64_t)b) | 1u;
        plan->add[b] = (uint32_t)splitmix(seed, 33 + 2 * (uint64_t)b);
    }
    return 0;
}

static inline void minhash_plan_free(minhash_plan *plan) {
    free(plan->mult);
}

/* gcc's own choice is to move the hash through memory into a vector register. */
#ifdef __GNUC__
#define IN_GENERAL_REGISTER(x) __asm__("" : "+r"(x))
#else
#define IN_GENERAL_REGISTER(x)
#endif

/* Least hash per bin. Branchless: in a short text every third window changes a bin, which no predictor follows. */
#define BINS_LEAST(LEVEL, TARGET)                                                                                      \
    TARGET static inline __attribute__((always_inline)) void bins_least_##LEVEL(                                       \
        const minhash_plan *plan, const uint32_t *hash, int64_t count, uint32_t *bins) {                               \
        int64_t i = 0;                                                                                                 \
        if (plan->shift > 0 && plan->shift < 32) {                                                                     \
            const uint32_t shift = (uint32_t)plan->shift;                                                              \
            for (; i + 4 <= count; i += 4)                                                                             \
                for (int j = 0; j < 4; j++) {                                                                          \
                    uint32_t h = hash[i + j], b = h >> shift, old = bins[b];                                           \
                    IN_GENERAL_REGISTER(h);                                                                            \
                    bins[b] = h < old ? h : old;                                                                       \
                }                                                                                                      \
        }                                                                                                              \
        for (; i < count; i++) {                                                                                       \
            uint32_t h = hash[i], b = (uint32_t)(((uint64_t)h * (uint32_t)plan->bins) >> 32), old = bins[b];           \
            bins[b] = h < old ? h : old;                                                                               \
        }                                                                                                              \
    }
BINS_LEAST(portable, )
#ifdef DAMJANG_X86
BINS_LEAST(avx2, AVX2_TARGET)
BINS_LEAST(avx512, AVX512_TARGET)
#endif

/* Filling: least[e] = min(least[e], hash * mult[e] + add[e]) over all windows, for e empty bins gathered side by side.
 * Full registers of bins take the windows one by one; the few bins left over take registers of windows. */
static inline void fill_portable(const uint32_t *hash, int64_t count, const uint32_t *mult, const uint32_t *add,
                                 uint32_t *least, int32_t empties) {
    for (int64_t i = 0; i < count; i++) {
        const uint32_t h = hash[i];
        for (int32_t e = 0; e < empties; e++) {
            uint32_t v = h * mult[e] + add[e];
            least[e] = v < least[e] ? v : least[e];
        }
    }
}

#ifdef DAMJANG_X86
#define FILL_REGISTERS(LEVEL, TARGET, VEC, LANES, LOAD, STORE, SET, ADD, MUL, MIN)                                     \
    TARGET static inline __attribute__((always_inline)) void fill_group_##LEVEL(                                       \
        const uint32_t *hash, int64_t count, const uint32_t *mult, const uint32_t *add, uint32_t *least, int regs) {   \
        VEC m[4], a[4], v[4];                                                                                          \
        for (int r = 0; r < regs; r++) {                                                                               \
            m[r] = LOAD((const void *)(mult + r * LANES));                                                             \
            a[r] = LOAD((const void *)(add + r * LANES));                                                              \
            v[r] = LOAD((const void *)(least + r * LANES));                                                            \
        }                                                                                                              \
        for (int64_t i = 0; i < count; i++) {                                                                          \
            const VEC h = SET((int)hash[i]);                                                                           \
            for (int r = 0; r < regs; r++) v[r] = MIN(v[r], ADD(MUL(h, m[r]), a[r]));                                  \
        }                                                                                                              \
        for (int r = 0; r < regs; r++) STORE((void *)(least + r * LANES), v[r]);                                       \
    }                                                                                                                  \
    TARGET static inline uint32_t fill_one_##LEVEL(const uint32_t *hash, int64_t count, uint32_t mult, uint32_t add,   \
                                                   uint32_t least) {                                                   \
        int64_t i = 0;                                                                                                 \
        if (count >= LANES) {                                                                                          \
            const VEC m = SET((int)mult), a = SET((int)add);                                                           \
            VEC v = SET((int)least);                                                                                   \
            uint32_t lanes[LANES];                                                                                     \
            for (; i + LANES <= count; i += LANES)                                                                     \
                v = MIN(v, ADD(MUL(LOAD((const void *)(hash + i)), m), a));                                            \
            STORE((void *)lanes, v);                                                                                   \
            for (int j = 0; j < LANES; j++) least = lanes[j] < least ? lanes[j] : least;                               \
        }                                                                                                              \
        for (; i < count; i++) {                                                                                       \
            uint32_t v = hash[i] * mult + add;                                                                         \
            least = v < least ? v : least;                                                                             \
        }                                                                                                              \
        return least;                                                                                                  \
    }                                                                                                                  \
    TARGET static void fill_##LEVEL(const uint32_t *hash, int64_t count, const uint32_t *mult, const uint32_t *add,    \
                                    uint32_t *least, int32_t empties) {                                                \
        int32_t e = 0;                                                                                                 \
        for (; e + 4 * LANES <= empties; e += 4 * LANES)                                                               \
            fill_group_##LEVEL(hash, count, mult + e, add + e, least + e, 4);                                          \
        if (e + 2 * LANES <= empties) {                                                                                \
            fill_group_##LEVEL(hash, count, mult + e, add + e, least + e, 2);                                          \
            e += 2 * LANES;                                                                                            \
        }                                                                                                              \
        if (e + LANES <= empties) {                                                                                    \
            fill_group_##LEVEL(hash, count, mult + e, add + e, least + e, 1);                                          \
            e += LANES;                                                                                                \
        }                                                                                                              \
        if (e + LANES * 2 / 3 <= empties) { /* one more register, its last lanes idle: the arrays have the room */     \
            fill_group_##LEVEL(hash, count, mult + e, add + e, least + e, 1);                                          \
            e = empties;                                                                                               \
        }                                                                                                              \
        for (; e < empties; e++) least[e] = fill_one_##LEVEL(hash, count, mult[e], add[e], least[e]);                  \
    }
FILL_REGISTERS(avx2, AVX2_TARGET, __m256i, 8, _mm256_loadu_si256, _mm256_storeu_si256, _mm256_set1_epi32,
               _mm256_add_epi32, _mm256_mullo_epi32, _mm256_min_epu32)
FILL_REGISTERS(avx512, AVX512_TARGET, __m512i, 16, _mm512_loadu_si512, _mm512_storeu_si512, _mm512_set1_epi32,
               _mm512_add_epi32, _mm512_mullo_epi32, _mm512_min_epu32)
#endif

/* The empty bins, and their constants side by side. */
static inline int32_t gather_portable(const minhash_plan *plan, const uint32_t *bins) {
    int32_t empties = 0;
    for (int32_t b = 0; b < plan->bins; b++) {
        plan->empty[empties] = (uint32_t)b;
        empties += bins[b] == EMPTY_BIN;
    }
    for (int32_t e = 0; e < empties; e++) {
        plan->empty_mult[e] = plan->mult[plan->empty[e]];
        plan->empty_add[e] = plan->add[plan->empty[e]];
        plan->least[e] = EMPTY_BIN;
    }
    return empties;
}
#define gather_avx2 gather_portable

#ifdef DAMJANG_X86
AVX512_TARGET static inline int32_t gather_avx512(const minhash_plan *plan, const uint32_t *bins) {
    const __m512i none = _mm512_set1_epi32(-1);
    __m512i number = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    int32_t empties = 0;
    for (int32_t b = 0; b < plan->bins; b += 16) { /* every array has room for one more register */
        __mmask16 in = plan->bins - b < 16 ? (__mmask16)((1u << (plan->bins - b)) - 1) : (__mmask16)0xFFFF;
        __mmask16 empty = _mm512_mask_cmpeq_epi32_mask(in, _mm512_maskz_loadu_epi32(in, bins + b), none);
        _mm512_storeu_si512(plan->empty + empties, _mm512_maskz_compress_epi32(empty, number));
        _mm512_storeu_si512(plan->empty_mult + empties,
                            _mm512_maskz_compress_epi32(empty, _mm512_loadu_si512(plan->mult + b)));
        _mm512_storeu_si512(plan->empty_add + empties,
                            _mm512_maskz_compress_epi32(empty, _mm512_loadu_si512(plan->add + b)));
        _mm512_storeu_si512(plan->least + empties, none);
        empties += __builtin_popcount(empty);
        number = _mm512_add_epi32(number, _mm512_set1_epi32(16));
    }
    return empties;
}
#endif

/* The signature of one text given as code points, into bins[k]; an empty text keeps EMPTY_BIN everywhere. Blocks are
 * small so that the hashing of one (vector ports) runs beside the binning of another (load and store ports). */
#define MINHASH_TEXT(LEVEL, TARGET)                                                                                    \
    TARGET static void minhash_text_##LEVEL(const minhash_plan *plan, const text_view *t, uint32_t *bins) {            \
        uint32_t hash[CHUNK];                                                                                          \
        const int64_t windows = window_count(t, plan->window.ngram);                                                   \
        memset(bins, 0xFF, (size_t)plan->bins * sizeof(uint32_t));                                                     \
        if (t->len < plan->window.ngram) {                                                                             \
            if (!windows) return;                                                                                      \
            hash[0] = window_hash_brief(&plan->window, t);                                                             \
            bins_least_##LEVEL(plan, hash, 1, bins);                                                                   \
        } else                                                                                                         \
            for (int64_t from = 0; from < windows; from += BLOCK) {                                                    \
                const int64_t count = windows - from < BLOCK ? windows - from : BLOCK;                                 \
                uint32_t *block = hash + from % CHUNK;                                                                 \
                window_hashes_##LEVEL(&plan->window, t, from, count, block);                                           \
                bins_least_##LEVEL(plan, block, count, bins);                                                          \
            }                                                                                                          \
        const int32_t empties = gather_##LEVEL(plan, bins);                                                            \
        if (!empties) return;                                                                                          \
        if (windows <= CHUNK)                                                                                          \
            fill_##LEVEL(hash, windows, plan->empty_mult, plan->empty_add, plan->least, empties);                      \
        else                                                                                                           \
            for (int64_t from = 0; from < windows; from += CHUNK) {                                                    \
                const int64_t count = windows - from < CHUNK ? windows - from : CHUNK;                                 \
                window_hashes_##LEVEL(&plan->window, t, from, count, hash);                                            \
                fill_##LEVEL(hash, count, plan->empty_mult, plan->empty_add, plan->least, empties);                    \
            }                                                                                                          \
        for (int32_t e = 0; e < empties; e++) bins[plan->empty[e]] = plan->least[e];                                   \
    }
MINHASH_TEXT(portable, )
#ifdef DAMJANG_X86
MINHASH_TEXT(avx2, AVX2_TARGET)
MINHASH_TEXT(avx512, AVX512_TARGET)
#endif

static inline void minhash_text(int level, const minhash_plan *plan, const text_view *t, uint32_t *bins) {
#ifdef DAMJANG_X86
    if (level == 2) {
        minhash_text_avx512(plan, t, bins);
        return;
    }
    if (level == 1) {
        minhash_text_avx2(plan, t, bins);
        return;
    }
#endif
    minhash_text_portable(plan, t, bins);
}
#endif
