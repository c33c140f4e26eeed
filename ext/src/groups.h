/* Buckets of equal 64-bit hashes in linear time: one counting pass by the top bits into parts that fit a core's own
 * cache, then in each part two bitmaps leave out most hashes that are alone, and a small table groups the rest. A hash
 * shared by a million rows costs a million steps; a column of a million rows costs ten times one of a hundred thousand. */
#ifndef DAMJANG_GROUPS_H
#define DAMJANG_GROUPS_H
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NO_HASH 0xFFFFFFFFFFFFFFFFull
#define ALONE 0xFFFFFFFFu
#define PART_ROWS 8192
#define MOST_PART_BITS 12
#define HUGE_PAGE ((size_t)1 << 21)
#ifdef __linux__
#include <sys/mman.h>
#define WANT_HUGE_PAGES(at, size) (void)madvise(at, size, MADV_HUGEPAGE)
#else
#define WANT_HUGE_PAGES(at, size) (void)0
#endif

typedef struct {
    uint32_t tag; /* 32 bits of the hash below those that chose the part: the whole is looked up when tags meet */
    uint32_t row;
} group_entry;

typedef struct {
    uint32_t *members; /* rows whose hash occurs twice or more, bucket after bucket, ascending inside */
    int64_t *starts; /* groups + 1 */
    int64_t member_count, group_count;
    size_t member_room, group_room;
} group_result;

typedef struct { /* kept from column to column: fresh memory is a page fault every 4 KiB */
    int64_t *at; /* parts + 1 */
    group_entry *entries; /* of the column, part after part */
    uint64_t *seen; /* per 64 hashes of a part, a word of `seen` and one of `twice` */
    uint32_t *slots, *size, *group;
    size_t part_room; /* entries of a part that the last four have room for */
    int bits;
} group_room;

static inline void group_result_free(group_result *r) {
    free(r->members);
    free(r->starts);
}

static inline void group_room_free(group_room *m) {
    free(m->at);
    free(m->entries);
    free(m->seen);
    free(m->slots);
    free(m->size);
    free(m->group);
}

static int group_room_init(group_room *m, group_result *r, int64_t rows) {
    memset(m, 0, sizeof *m);
    memset(r, 0, sizeof *r);
    while (m->bits < MOST_PART_BITS && (rows >> m->bits) > PART_ROWS) m->bits++;
    m->at = (int64_t *)malloc(((size_t)(1 << m->bits) + 1) * sizeof(int64_t));
    const size_t size = (((size_t)rows + 1) * sizeof(group_entry) + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    if (size < 2 * HUGE_PAGE)
        m->entries = (group_entry *)malloc(((size_t)rows + 1) * sizeof(group_entry));
    else if (!posix_memalign((void **)&m->entries, HUGE_PAGE, size))
        WANT_HUGE_PAGES(m->entries, size); /* hundreds of parts are written at once, each on a page of its own */
    r->starts = (int64_t *)calloc(1, sizeof(int64_t));
    r->group_room = 1;
    return m->at && m->entries && r->starts ? 0 : -1;
}

static inline uint64_t power_of_two(uint64_t least, uint64_t size) {
    while (size < least) size *= 2;
    return size;
}

static int group_part_need(group_room *m, int64_t most) {
    if ((size_t)most <= m->part_room) return 0;
    const size_t room = (size_t)most + (size_t)most / 4 + 64;
    free(m->seen);
    free(m->slots);
    free(m->size);
    free(m->group);
    m->seen = (uint64_t *)malloc(power_of_two(room * 4, 1024) / 64 * 2 * sizeof(uint64_t));
    m->slots = (uint32_t *)malloc(power_of_two(room * 2, 16) * sizeof(uint32_t));
    m->size = (uint32_t *)malloc(room * sizeof(uint32_t));
    m->group = (uint32_t *)malloc(room * sizeof(uint32_t));
    m->part_room = m->seen && m->slots && m->size && m->group ? room : 0;
    return m->part_room ? 0 : -1;
}

/* Room for `more` further members, of which at most half begin a bucket. */
static int group_result_need(group_result *r, int64_t more) {
    const size_t members = (size_t)(r->member_count + more), groups = (size_t)(r->group_count + more / 2 + 1);
    if (members > r->member_room) {
        const size_t room = members + members / 2 + 1024;
        uint32_t *grown = (uint32_t *)realloc(r->members, room * sizeof(uint32_t));
        if (!grown) return -1;
        r->members = grown;
        r->member_room = room;
    }
    if (groups > r->group_room) {
        const size_t room = groups + groups / 2 + 1024;
        int64_t *grown = (int64_t *)realloc(r->starts, room * sizeof(int64_t));
        if (!grown) return -1;
        r->starts = grown;
        r->group_room = room;
    }
    return 0;
}

/* The entries of a part whose hash may occur twice, moved to its front in their order; how many they are. */
static int64_t maybe_twice(group_room *m, group_entry *e, int64_t count) {
    const uint64_t bits = power_of_two((uint64_t)count * 4, 1024), mask = bits - 1;
    uint64_t *seen = m->seen;
    int64_t kept = 0;
    memset(seen, 0, bits / 64 * 2 * sizeof(uint64_t));
    for (int64_t i = 0; i < count; i++) {
        const uint64_t at = e[i].tag & mask, bit = 1ull << (at & 63);
        uint64_t *pair = seen + 2 * (at >> 6);
        pair[1] |= pair[0] & bit;
        pair[0] |= bit;
    }
    for (int64_t i = 0; i < count; i++) {
        const uint64_t at = e[i].tag & mask;
        e[kept] = e[i];
        kept += (int64_t)(seen[2 * (at >> 6) + 1] >> (at & 63) & 1);
    }
    return kept;
}

/* The buckets of one part behind those found so far. */
static int group_part(const uint64_t *hash, int64_t stride, group_entry *e, int64_t all, group_room *m,
                      group_result *r) {
    if (all < 2) return 0;
    if (group_part_need(m, all)) return -1;
    const int64_t count = maybe_twice(m, e, all);
    if (count < 2) return 0;
    const uint64_t cap = power_of_two((uint64_t)count * 2, 16);
    uint32_t *const slots = m->slots, *const size = m->size, *const group = m->group;
    uint32_t groups = 0; /* most are alone even so: a row joins a group only when its like turns up */
    memset(slots, 0, cap * sizeof(uint32_t));
    for (int64_t i = 0; i < count; i++) __builtin_prefetch(hash + (int64_t)e[i].row * stride);
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
    if (!groups) return 0;
    if (group_result_need(r, count)) return -1;
    int64_t next = r->member_count;
    for (uint32_t g = 0; g < groups; g++) { /* from here on the place of the group's next member, from the part's first */
        r->starts[r->group_count++] = next;
        const uint32_t here = size[g];
        size[g] = (uint32_t)(next - r->member_count);
        next += here;
    }
    uint32_t *const members = r->members + r->member_count;
    for (int64_t i = 0; i < count; i++)
        if (group[i] != ALONE) members[size[group[i]]++] = e[i].row;
    r->member_count = next;
    r->starts[r->group_count] = next;
    return 0;
}

/* The buckets of rows [0, rows) by hash[row * stride], behind those of the columns before; rows with NO_HASH are in none.
 * Returns 0, or -1 when memory is short. */
static int group_column(const uint64_t *hash, int64_t rows, int64_t stride, group_room *m, group_result *r) {
    const int bits = m->bits, shift = bits ? 64 - bits : 63;
    const uint64_t keep = bits ? ~0ull : 0;
    const int64_t parts = 1ll << bits;
    int64_t *const at = m->at, from = 0;
    memset(at, 0, ((size_t)parts + 1) * sizeof(int64_t));
    for (int64_t i = 0; i < rows; i++) {
        const uint64_t h = hash[i * stride];
        at[((h >> shift) & keep) + 1] += h != NO_HASH;
    }
    for (int64_t p = 0; p < parts; p++) at[p + 1] += at[p];
    for (int64_t i = 0; i < rows; i++) {
        const uint64_t h = hash[i * stride];
        int64_t *next = at + ((h >> shift) & keep);
        __builtin_prefetch(m->entries + *next + 8, 1); /* the part's next line, long before it is written */
        m->entries[*next] = (group_entry){(uint32_t)(h << bits >> 32), (uint32_t)i};
        *next += h != NO_HASH;
    }
    for (int64_t p = 0; p < parts; p++) {
        if (group_part(hash, stride, m->entries + from, at[p] - from, m, r)) return -1;
        from = at[p];
    }
    return 0;
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
