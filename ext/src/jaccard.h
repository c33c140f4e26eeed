/* Exact Jaccard of two sets of n-code-point windows. The hash only finds candidates: windows themselves are compared.
 *
 * One text's set is built once and many texts are held against it. Near-duplicates share long runs, so after a match the
 * next window is first looked for right behind it, which costs one compare of one code point and no hash at all. The
 * table is chained, not probed: whether a bucket is free is then no branch, and that branch cost more than all the rest. */
#ifndef DAMJANG_JACCARD_H
#define DAMJANG_JACCARD_H
#include "windowhash.h"

#define AHEAD 64 /* windows hashed at once where two texts part */
#define OUT_OF_MEMORY (-1)
#define MILLION 1000000ll

#define HASH_CHUNK 2048

typedef struct {
    uint32_t hash, next; /* of a window that is the first of its kind: its hash, the one before it in its bucket */
} chain_link;

typedef struct {
    uint32_t *head; /* per bucket, 1 + the window put in last, or 0 */
    chain_link *links; /* per window, from 1 on; links[0] stands for none */
    uint32_t *first; /* per window, the first equal one */
    uint32_t *mark; /* per first window, the last text that had it */
    size_t buckets_room, windows_room;
    uint64_t mask;
    uint32_t epoch;
    int64_t distinct, windows;
    text_view text; /* 2 or 4 bytes a code point */
} window_set;

typedef struct { /* the windows of one text that the set has not: same layout, empty between texts */
    uint32_t *head, *place;
    chain_link *links;
    size_t buckets_room, windows_room;
} miss_set;

static inline uint64_t bucket_count(int64_t items) {
    uint64_t size = 16;
    while (size < (uint64_t)items * 2) size *= 2;
    return size;
}

static inline void window_set_free(window_set *s) {
    free(s->head);
    free(s->links);
    free(s->first);
}

static inline void miss_set_free(miss_set *m) {
    free(m->head);
    free(m->links);
    free(m->place);
}

static inline int miss_set_need(miss_set *m, uint64_t buckets, int64_t windows) {
    if (buckets > m->buckets_room) {
        free(m->head);
        m->head = (uint32_t *)calloc(buckets, sizeof(uint32_t));
        m->buckets_room = m->head ? buckets : 0;
    }
    if ((size_t)windows + 1 > m->windows_room) {
        size_t room = ((size_t)windows + 1) * 2;
        free(m->links);
        free(m->place);
        m->links = (chain_link *)calloc(room, sizeof(chain_link));
        m->place = (uint32_t *)calloc(room, sizeof(uint32_t));
        m->windows_room = m->links && m->place ? room : 0;
    }
    return m->head && m->windows_room ? 0 : OUT_OF_MEMORY;
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
        uint32_t *const head = s->head, *const first = s->first;                                                       \
        chain_link *const links = s->links;                                                                            \
        const uint64_t mask = s->mask;                                                                                 \
        const int n = w->ngram;                                                                                        \
        uint32_t repeats = 0, hash[HASH_CHUNK];                                                                        \
        for (int64_t from = 0; from < s->windows; from += HASH_CHUNK) {                                                \
            const uint32_t count = (uint32_t)(s->windows - from < HASH_CHUNK ? s->windows - from : HASH_CHUNK);        \
            window_hashes(level, w, &s->text, from, count, hash);                                                      \
            for (uint32_t k = 0; k < count; k++) {                                                                     \
                const uint32_t h = hash[k], top = head[h & mask], i = (uint32_t)from + k + 1;                          \
                const chain_link last = links[top];                                                                    \
                uint32_t same = 0;                                                                                     \
                if (__builtin_expect(last.hash == h || last.next, 0))                                                  \
                    for (uint32_t c = top; c; c = links[c].next)                                                       \
                        if (links[c].hash == h && windows_equal_##UNIT(a + (c - 1), a + (i - 1), n)) {                 \
                            same = c;                                                                                  \
                            break;                                                                                     \
                        }                                                                                              \
                if (__builtin_expect(same, 0)) {                                                                       \
                    first[i] = same;                                                                                   \
                    repeats++;                                                                                         \
                    continue;                                                                                          \
                }                                                                                                      \
                first[i] = i;                                                                                          \
                links[i] = (chain_link){h, top};                                                                       \
                head[h & mask] = i;                                                                                    \
            }                                                                                                          \
        }                                                                                                              \
        s->distinct = s->windows - repeats;                                                                            \
    }
SET_FILL(uint16_t)
SET_FILL(uint32_t)

/* The set of a text given at 2 or 4 bytes a code point, at least one full window long. */
static int window_set_build(window_set *s, const window_hash *w, const text_view *text, int level) {
    const int64_t windows = window_count(text, w->ngram);
    const uint64_t buckets = bucket_count(windows);
    if (buckets > s->buckets_room) {
        free(s->head);
        s->head = (uint32_t *)malloc(buckets * sizeof(uint32_t));
        s->buckets_room = s->head ? buckets : 0;
        if (!s->head) return OUT_OF_MEMORY;
    }
    if ((size_t)windows + 1 > s->windows_room) {
        size_t room = (size_t)windows + (size_t)windows / 4 + 64;
        free(s->links);
        free(s->first);
        s->links = (chain_link *)calloc(room, sizeof(chain_link));
        s->first = (uint32_t *)calloc(2 * room, sizeof(uint32_t));
        s->windows_room = s->links && s->first ? room : 0;
        if (!s->windows_room) return OUT_OF_MEMORY;
        s->mark = s->first + room;
    }
    memset(s->head, 0, buckets * sizeof(uint32_t));
    memset(s->mark, 0, ((size_t)windows + 1) * sizeof(uint32_t));
    s->mask = buckets - 1;
    s->epoch = 0;
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
        const uint32_t *const head = s->head, *const first = s->first;                                                 \
        const chain_link *const links = s->links;                                                                      \
        uint32_t *const mark = s->mark;                                                                                \
        int64_t allowed = floor_ppm ? size * (MILLION - floor_ppm) / floor_ppm : windows;                              \
        if (allowed > windows) allowed = windows;                                                                      \
        const uint64_t buckets = bucket_count(allowed + 1), mask = s->mask, mask2 = buckets - 1;                       \
        if (miss_set_need(m, buckets, allowed + 1)) return OUT_OF_MEMORY;                                              \
        uint32_t *const head2 = m->head, *const place2 = m->place;                                                     \
        chain_link *const links2 = m->links;                                                                           \
        const uint32_t epoch = ++s->epoch;                                                                             \
        uint32_t ahead[AHEAD], misses = 0;                                                                             \
        int64_t common = 0, hashed_from = 0, hashed_to = 0, i = 0;                                                     \
        int below = 0;                                                                                                 \
        while (i < windows) {                                                                                          \
            if ((common + windows - i) * MILLION < floor_ppm * (size + misses)) {                                      \
                below = 1;                                                                                             \
                break;                                                                                                 \
            }                                                                                                          \
            if (i >= hashed_to) {                                                                                      \
                hashed_from = i;                                                                                       \
                hashed_to = windows - i < AHEAD ? windows : i + AHEAD;                                                 \
                window_hashes(level, w, text, i, hashed_to - i, ahead);                                                \
            }                                                                                                          \
            const uint32_t h = ahead[i - hashed_from];                                                                 \
            uint32_t c = head[h & mask];                                                                               \
            while (c && !(links[c].hash == h && windows_equal_##UNIT(a + (c - 1), b + i, n))) c = links[c].next;       \
            if (c) { /* and the run behind it */                                                                       \
                const UNIT *behind = a + (c - 1) + n, *end = a + total - 1 + n, *ours = b + i + n;                     \
                const UNIT *stop = b + windows - 1 + n;                                                                \
                const uint32_t *f = first + c;                                                                         \
                int64_t fresh = 0;                                                                                     \
                for (;;) {                                                                                             \
                    fresh += mark[*f] != epoch;                                                                        \
                    mark[*f] = epoch;                                                                                  \
                    if (behind == end || ours == stop || *behind != *ours) break;                                      \
                    behind++;                                                                                          \
                    ours++;                                                                                            \
                    f++;                                                                                               \
                }                                                                                                      \
                common += fresh;                                                                                       \
                i = ours - b - n + 1;                                                                                  \
                continue;                                                                                              \
            }                                                                                                          \
            const uint32_t top = head2[h & mask2];                                                                     \
            for (c = top; c && !(links2[c].hash == h && windows_equal_##UNIT(b + place2[c], b + i, n));)               \
                c = links2[c].next;                                                                                    \
            if (!c) {                                                                                                  \
                if (misses == allowed && floor_ppm) {                                                                  \
                    below = 1;                                                                                         \
                    break;                                                                                             \
                }                                                                                                      \
                misses++;                                                                                              \
                links2[misses] = (chain_link){h, top};                                                                 \
                place2[misses] = (uint32_t)i;                                                                          \
                head2[h & mask2] = misses;                                                                             \
            }                                                                                                          \
            i++;                                                                                                       \
        }                                                                                                              \
        for (uint32_t k = 1; k <= misses; k++) head2[links2[k].hash & mask2] = 0;                                      \
        below |= common * MILLION < floor_ppm * (size + misses);                                                       \
        *inter = below ? -1 : common;                                                                                  \
        *uni = below ? -1 : size + misses;                                                                             \
        return 0;                                                                                                      \
    }
SET_AGAINST(uint16_t)
SET_AGAINST(uint32_t)

static int window_set_against(window_set *s, const window_hash *w, const text_view *text, int64_t floor_ppm, int level,
                              miss_set *m, int64_t *inter, int64_t *uni) {
    if (s->epoch == 0xFFFFFFFEu) {
        memset(s->mark, 0, ((size_t)s->windows + 1) * sizeof(uint32_t));
        s->epoch = 0;
    }
    return text->kind == 2 ? set_against_uint16_t(s, w, text, floor_ppm, level, m, inter, uni)
                           : set_against_uint32_t(s, w, text, floor_ppm, level, m, inter, uni);
}
#endif
