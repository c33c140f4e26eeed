/* Hashes of eojeols (what lies between blanks), folded, and of runs of them. */
#ifndef DAMJANG_EOJEOLS_H
#define DAMJANG_EOJEOLS_H
#include "windowhash.h"

#define FOLD_DROP 0
#define FOLD_BLANK 1
#define MAX_RUN 64

typedef struct {
    uint64_t *hash;
    int64_t count, room;
} eojeol_list;

static inline uint64_t spread64(uint64_t h) {
    h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9ull;
    h = (h ^ (h >> 27)) * 0x94D049BB133111EBull;
    return h ^ (h >> 31);
}

/* Appends the eojeols of one text; returns 0, or -1 when memory is short. */
static inline int eojeols_append(const text_view *t, uint64_t seed, const uint16_t *fold, eojeol_list *list) {
    const uint64_t start = splitmix(seed, 0);
    uint64_t h = start;
    int open = 0;
    for (int64_t i = 0; i <= t->len; i++) {
        uint32_t c = FOLD_BLANK;
        if (i < t->len) {
            c = text_unit(t, i);
            if (c <= 0xFFFF) c = fold[c];
        }
        if (c == FOLD_DROP) continue;
        if (c != FOLD_BLANK) {
            h = (h ^ c) * 0x9E3779B97F4A7C15ull;
            h ^= h >> 29;
            open = 1;
        } else if (open) {
            if (list->count == list->room) {
                int64_t room = 2 * list->room + 1024;
                uint64_t *grown = (uint64_t *)realloc(list->hash, (size_t)room * sizeof(uint64_t));
                if (!grown) return -1;
                list->hash = grown;
                list->room = room;
            }
            list->hash[list->count++] = spread64(h);
            h = start;
            open = 0;
        }
    }
    return 0;
}

/* Hash of `length` eojeols in a row: a sum of products, so that no run depends on the one before. */
static inline uint64_t run_hash(const uint64_t *eojeol, const uint64_t *mult, int length) {
    uint64_t s = (uint64_t)length;
    for (int j = 0; j < length; j++) s += eojeol[j] * mult[j];
    return spread64(s);
}

static inline void run_multipliers(uint64_t seed, uint64_t *mult) {
    for (int j = 0; j < MAX_RUN; j++) mult[j] = splitmix(seed, 1 + (uint64_t)j) | 1u;
}
#endif
