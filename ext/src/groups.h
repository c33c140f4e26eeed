/* Buckets of equal 64-bit hashes in linear time: two bitmaps leave out most hashes that are alone, then one counting
 * pass by the top bits, then a small table per part, so that a hash shared by a million rows costs a million steps. */
#ifndef DAMJANG_GROUPS_H
#define DAMJANG_GROUPS_H
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NO_HASH 0xFFFFFFFFFFFFFFFFull
#define ALONE 0xFFFFFFFFu

typedef struct {
    uint32_t tag; /* 32 bits of the hash below those that chose the part: the whole is looked up when tags meet */
    uint32_t row;
} group_entry;

typedef struct {
    uint32_t *members; /* rows whose hash occurs twice or more, bucket after bucket, ascending inside */
    int64_t *starts; /* groups + 1 */
    int64_t member_count, group_count;
} group_result;

static inline void group_result_free(group_result *r) {
    free(r->members);
    free(r->starts);
}

/* Rows whose hash may occur twice, ascending, into `rows`; how many they are, or -1 when memory is short. Nearly every
 * hash is alone, and two bitmaps of four to eight bits a row, small enough for the second-level cache, say so of most. */
static int64_t maybe_twice(const uint64_t *hash, int64_t n, int64_t stride, uint32_t *rows) {
    int log = 10;
    while (log < 36 && (1ll << log) < n * 4) log++;
    const size_t words = (size_t)1 << (log - 6);
    const uint64_t mask = (1ull << log) - 1;
    uint64_t *seen = (uint64_t *)malloc(2 * words * sizeof(uint64_t)); /* each word followed by one of `twice` */
    if (!seen) return -1;
    memset(seen, 0, 2 * words * sizeof(uint64_t));
    for (int64_t i = 0; i < n; i++) {
        const uint64_t h = hash[i * stride], at = h & mask, bit = (uint64_t)(h != NO_HASH) << (at & 63);
        if (i + 24 < n) __builtin_prefetch(seen + 2 * ((hash[(i + 24) * stride] & mask) >> 6), 1);
        uint64_t *pair = seen + 2 * (at >> 6);
        pair[1] |= pair[0] & bit;
        pair[0] |= bit;
    }
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++) {
        const uint64_t h = hash[i * stride], at = h & mask;
        if (i + 24 < n) __builtin_prefetch(seen + 2 * ((hash[(i + 24) * stride] & mask) >> 6));
        rows[count] = (uint32_t)i;
        count += (int64_t)(seen[2 * (at >> 6) + 1] >> (at & 63) & 1) & (h != NO_HASH);
    }
    free(seen);
    return count;
}

/* Rows [0, all) with hash[row * stride]; rows with NO_HASH are in no bucket. Returns 0, or -1 when memory is short. */
static int group_rows(const uint64_t *hash, int64_t all, int64_t stride, group_result *r) {
    int bits = 0, status = -1;
    memset(r, 0, sizeof *r);
    uint32_t *rows = (uint32_t *)malloc(((size_t)all + 1) * sizeof(uint32_t));
    const int64_t n = rows ? maybe_twice(hash, all, stride, rows) : -1;
    if (n < 0) {
        free(rows);
        return -1;
    }
    while (bits < 11 && (n >> bits) > 512) bits++;
    const int64_t parts = 1ll << bits;
    int64_t *at = (int64_t *)calloc((size_t)parts + 1, sizeof(int64_t)), most = 0;
    group_entry *entries = (group_entry *)malloc(((size_t)n + 1) * sizeof(group_entry));
    uint32_t *slots = NULL, *size = NULL, *group = NULL;
    r->members = (uint32_t *)malloc(((size_t)n + 1) * sizeof(uint32_t));
    r->starts = (int64_t *)malloc(((size_t)n / 2 + 2) * sizeof(int64_t));
    if (!at || !entries || !r->members || !r->starts) goto done;
#define PART(h) (bits ? (int64_t)((h) >> (64 - bits)) : 0)
    for (int64_t i = 0; i < n; i++) at[PART(hash[rows[i] * stride]) + 1]++;
    for (int64_t p = 0; p < parts; p++) {
        most = at[p + 1] > most ? at[p + 1] : most;
        at[p + 1] += at[p];
    }
    for (int64_t i = 0; i < n; i++) {
        const uint64_t h = hash[rows[i] * stride];
        group_entry *e = entries + at[PART(h)]++;
        e->tag = (uint32_t)(h << bits >> 32);
        e->row = rows[i];
    }
    uint64_t room = 16;
    while (room < (uint64_t)most * 2) room *= 2;
    slots = (uint32_t *)malloc(room * sizeof(uint32_t));
    size = (uint32_t *)malloc(((size_t)most + 1) * sizeof(uint32_t));
    group = (uint32_t *)malloc(((size_t)most + 1) * sizeof(uint32_t));
    if (!slots || !size || !group) goto done;
    int64_t from = 0;
    for (int64_t p = 0; p < parts; p++) {
        group_entry *e = entries + from;
        const int64_t count = at[p] - from;
        from = at[p];
        uint64_t cap = 16;
        while (cap < (uint64_t)count * 2) cap *= 2;
        memset(slots, 0, cap * sizeof(uint32_t));
        uint32_t groups = 0; /* nearly every hash is alone: a row joins a group only when its like turns up */
        for (int64_t i = 0; i < count; i++) {
            const uint32_t tag = e[i].tag;
            uint64_t s = tag & (cap - 1);
            for (; slots[s]; s = (s + 1) & (cap - 1)) {
                const group_entry *other = e + slots[s] - 1;
                if (other->tag == tag && hash[(int64_t)other->row * stride] == hash[(int64_t)e[i].row * stride]) break;
            }
            group[i] = ALONE;
            if (!slots[s]) {
                slots[s] = (uint32_t)i + 1;
                continue;
            }
            const uint32_t first = slots[s] - 1;
            if (group[first] == ALONE) {
                size[groups] = 1;
                group[first] = groups++;
            }
            group[i] = group[first];
            size[group[first]]++;
        }
        if (!groups) continue;
        for (uint32_t g = 0; g < groups; g++) { /* from here on the place of the group's next member */
            r->starts[r->group_count++] = r->member_count;
            uint32_t place = (uint32_t)r->member_count;
            r->member_count += size[g];
            size[g] = place;
        }
        for (int64_t i = 0; i < count; i++)
            if (group[i] != ALONE) r->members[size[group[i]]++] = e[i].row;
    }
    r->starts[r->group_count] = r->member_count;
    status = 0;
done:
    free(rows);
    free(at);
    free(entries);
    free(slots);
    free(size);
    free(group);
    return status;
}

/* Stable sort of (hash, id) by hash, eight bits a pass; passes in which all keys agree are skipped. */
static int sort_by_hash(uint64_t *hash, uint64_t *id, int64_t n) {
    uint64_t *hash2 = (uint64_t *)malloc(((size_t)n + 1) * 8), *id2 = (uint64_t *)malloc(((size_t)n + 1) * 8);
    int64_t(*counts)[256] = (int64_t(*)[256])calloc(8, sizeof *counts);
    uint64_t *h = hash, *d = id, *h2 = hash2, *d2 = id2;
    if (!hash2 || !id2 || !counts) {
        free(hash2);
        free(id2);
        free(counts);
        return -1;
    }
    for (int64_t i = 0; i < n; i++)
        for (int b = 0; b < 8; b++) counts[b][h[i] >> (8 * b) & 255]++;
    for (int b = 0; b < 8; b++) {
        int64_t *at = counts[b], sum = 0;
        if (n && at[h[0] >> (8 * b) & 255] == n) continue;
        for (int v = 0; v < 256; v++) {
            int64_t here = at[v];
            at[v] = sum;
            sum += here;
        }
        for (int64_t i = 0; i < n; i++) {
            int64_t to = at[h[i] >> (8 * b) & 255]++;
            h2[to] = h[i];
            d2[to] = d[i];
        }
        uint64_t *t = h;
        h = h2, h2 = t;
        t = d, d = d2, d2 = t;
    }
    if (h != hash) {
        memcpy(hash, h, (size_t)n * 8);
        memcpy(id, d, (size_t)n * 8);
    }
    free(hash2);
    free(id2);
    free(counts);
    return 0;
}
#endif
