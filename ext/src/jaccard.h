/* Exact Jaccard of two sets of n-code-point windows. The hash only finds candidates: windows themselves are compared.
 *
 * One text's set is built once and many texts are held against it. Near-duplicates share long runs, so after a match the
 * next window is first looked for right behind it, which costs one compare of one code point and no hash at all. */
#ifndef DAMJANG_JACCARD_H
#define DAMJANG_JACCARD_H
#include "windowhash.h"

#define HASH_CHUNK 2048
#define AHEAD 64 /* windows hashed at once where two texts part */
#define OUT_OF_MEMORY (-1)
#define MILLION 1000000ll

typedef struct {
    uint64_t *slots; /* hash << 32 | position + 1, zero when free */
    uint64_t mask;
    size_t slots_room, windows_room;
    uint32_t *first; /* per window, the position of the first equal one */
    uint32_t *mark; /* per first window, the last text that had it */
    uint32_t epoch;
    int64_t distinct, windows;
    text_view text; /* 2 or 4 bytes a code point */
} window_set;

typedef struct {
    uint64_t *slots; /* always all free between texts */
    size_t room;
    uint32_t *used;
    size_t used_room;
} miss_set;

static inline uint64_t table_size(int64_t items) {
    uint64_t size = 16;
    while (size < (uint64_t)items * 2) size *= 2;
    return size;
}

static inline void window_set_free(window_set *s) {
    free(s->slots);
    free(s->first);
    free(s->mark);
}

static inline void miss_set_free(miss_set *m) {
    free(m->slots);
    free(m->used);
}

#define WINDOWS_EQUAL(UNIT)                                                                                            \
    static inline __attribute__((always_inline)) int windows_equal_##UNIT(const UNIT *a, const UNIT *b, int n) {       \
        if (n == 5) return memcmp(a, b, 5 * sizeof(UNIT)) == 0;                                                        \
        return memcmp(a, b, (size_t)n * sizeof(UNIT)) == 0;                                                            \
    }
WINDOWS_EQUAL(uint16_t)
WINDOWS_EQUAL(uint32_t)

#define SET_FILL(UNIT)                                                                                                 \
    static void set_fill_##UNIT(window_set *s, const window_hash *w, int level) {                                      \
        const UNIT *a = (const UNIT *)s->text.data;                                                                    \
        const int n = w->ngram;                                                                                        \
        uint32_t hash[HASH_CHUNK];                                                                                     \
        for (int64_t from = 0; from < s->windows; from += HASH_CHUNK) {                                                \
            int64_t count = s->windows - from < HASH_CHUNK ? s->windows - from : HASH_CHUNK;                           \
            window_hashes(level, w, &s->text, from, count, hash);                                                      \
            for (int64_t k = 0; k < count; k++) {                                                                      \
                const int64_t i = from + k;                                                                            \
                uint64_t at = hash[k] & s->mask, slot;                                                                 \
                uint32_t same = (uint32_t)i;                                                                           \
                while ((slot = s->slots[at])) {                                                                        \
                    uint32_t p = (uint32_t)slot - 1;                                                                   \
                    if (slot >> 32 == hash[k] && windows_equal_##UNIT(a + p, a + i, n)) {                              \
                        same = p;                                                                                      \
                        break;                                                                                         \
                    }                                                                                                  \
                    at = (at + 1) & s->mask;                                                                           \
                }                                                                                                      \
                if (!slot) {                                                                                           \
                    s->slots[at] = (uint64_t)hash[k] << 32 | (uint32_t)(i + 1);                                        \
                    s->distinct++;                                                                                     \
                }                                                                                                      \
                s->first[i] = same;                                                                                    \
            }                                                                                                          \
        }                                                                                                              \
    }
SET_FILL(uint16_t)
SET_FILL(uint32_t)

/* The set of a text given at 2 or 4 bytes a code point, at least one full window long. */
static int window_set_build(window_set *s, const window_hash *w, const text_view *text, int level) {
    const int64_t windows = window_count(text, w->ngram);
    const uint64_t size = table_size(windows);
    if (size > s->slots_room) {
        free(s->slots);
        s->slots = (uint64_t *)malloc(size * sizeof(uint64_t));
        s->slots_room = s->slots ? size : 0;
        if (!s->slots) return OUT_OF_MEMORY;
    }
    if ((size_t)windows > s->windows_room) {
        size_t room = (size_t)windows + (size_t)windows / 4;
        free(s->first);
        free(s->mark);
        s->first = (uint32_t *)malloc(room * sizeof(uint32_t));
        s->mark = (uint32_t *)malloc(room * sizeof(uint32_t));
        s->windows_room = s->first && s->mark ? room : 0;
        if (!s->windows_room) return OUT_OF_MEMORY;
    }
    memset(s->slots, 0, size * sizeof(uint64_t));
    memset(s->mark, 0, (size_t)windows * sizeof(uint32_t));
    s->mask = size - 1;
    s->epoch = 0;
    s->distinct = 0;
    s->windows = windows;
    s->text = *text;
    if (text->kind == 2)
        set_fill_uint16_t(s, w, level);
    else
        set_fill_uint32_t(s, w, level);
    return 0;
}

#define SET_AGAINST(UNIT)                                                                                              \
    static int set_against_##UNIT(window_set *s, const window_hash *w, const text_view *text, int64_t floor_ppm,       \
                                  int level, miss_set *m, int64_t *inter, int64_t *uni) {                              \
        const UNIT *a = (const UNIT *)s->text.data, *b = (const UNIT *)text->data;                                     \
        const int n = w->ngram;                                                                                        \
        const int64_t windows = window_count(text, n), total = s->windows, size = s->distinct;                         \
        int64_t allowed = floor_ppm ? size * (MILLION - floor_ppm) / floor_ppm : windows;                              \
        if (allowed > windows) allowed = windows;                                                                      \
        const uint64_t room = table_size(allowed + 1), mask2 = room - 1;                                               \
        if (room > m->room) {                                                                                          \
            free(m->slots);                                                                                            \
            m->slots = (uint64_t *)calloc(room, sizeof(uint64_t));                                                     \
            m->room = m->slots ? room : 0;                                                                             \
        }                                                                                                              \
        if ((size_t)allowed + 1 > m->used_room) {                                                                      \
            free(m->used);                                                                                             \
            m->used = (uint32_t *)malloc(((size_t)allowed + 1) * 2 * sizeof(uint32_t));                                \
            m->used_room = m->used ? ((size_t)allowed + 1) * 2 : 0;                                                    \
        }                                                                                                              \
        if (!m->slots || !m->used) return OUT_OF_MEMORY;                                                               \
        uint32_t hash[AHEAD], epoch = ++s->epoch;                                                                      \
        int64_t common = 0, misses = 0, hashed_from = 0, hashed_to = 0, p = -2;                                        \
        int below = 0;                                                                                                 \
        for (int64_t i = 0; i < windows; i++) {                                                                        \
            if (p >= 0 && p + 1 < total && a[p + n] == b[i + n - 1]) {                                                 \
                p++;                                                                                                   \
            } else {                                                                                                   \
                if ((common + windows - i) * MILLION < floor_ppm * (size + misses)) {                                  \
                    below = 1;                                                                                         \
                    break;                                                                                             \
                }                                                                                                      \
                if (i >= hashed_to) {                                                                                  \
                    hashed_from = i;                                                                                   \
                    hashed_to = windows - i < AHEAD ? windows : i + AHEAD;                                             \
                    window_hashes(level, w, text, i, hashed_to - i, hash);                                             \
                }                                                                                                      \
                const uint32_t h = hash[i - hashed_from];                                                              \
                uint64_t at = h & s->mask, slot;                                                                       \
                p = -2;                                                                                                \
                while ((slot = s->slots[at])) {                                                                        \
                    if (slot >> 32 == h && windows_equal_##UNIT(a + ((uint32_t)slot - 1), b + i, n)) {                 \
                        p = (uint32_t)slot - 1;                                                                        \
                        break;                                                                                         \
                    }                                                                                                  \
                    at = (at + 1) & s->mask;                                                                           \
                }                                                                                                      \
                if (p < 0) {                                                                                           \
                    at = h & mask2;                                                                                    \
                    while ((slot = m->slots[at])) {                                                                    \
                        if (slot >> 32 == h && windows_equal_##UNIT(b + ((uint32_t)slot - 1), b + i, n)) break;        \
                        at = (at + 1) & mask2;                                                                         \
                    }                                                                                                  \
                    if (!slot) {                                                                                       \
                        if (misses == allowed && floor_ppm) {                                                          \
                            below = 1;                                                                                 \
                            break;                                                                                     \
                        }                                                                                              \
                        m->slots[at] = (uint64_t)h << 32 | (uint32_t)(i + 1);                                          \
                        m->used[misses++] = (uint32_t)at;                                                              \
                    }                                                                                                  \
                    continue;                                                                                          \
                }                                                                                                      \
            }                                                                                                          \
            const uint32_t f = s->first[p];                                                                            \
            common += s->mark[f] != epoch;                                                                             \
            s->mark[f] = epoch;                                                                                        \
        }                                                                                                              \
        for (int64_t k = 0; k < misses; k++) m->slots[m->used[k]] = 0;                                                 \
        *inter = below ? -1 : common;                                                                                  \
        *uni = below ? -1 : size + misses;                                                                             \
        if (!below && common * MILLION < floor_ppm * (size + misses)) *inter = *uni = -1;                              \
        return 0;                                                                                                      \
    }
SET_AGAINST(uint16_t)
SET_AGAINST(uint32_t)

static int window_set_against(window_set *s, const window_hash *w, const text_view *text, int64_t floor_ppm, int level,
                              miss_set *m, int64_t *inter, int64_t *uni) {
    if (s->epoch == 0xFFFFFFFEu) {
        memset(s->mark, 0, (size_t)s->windows * sizeof(uint32_t));
        s->epoch = 0;
    }
    return text->kind == 2 ? set_against_uint16_t(s, w, text, floor_ppm, level, m, inter, uni)
                           : set_against_uint32_t(s, w, text, floor_ppm, level, m, inter, uni);
}
#endif
