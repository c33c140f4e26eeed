/* SipHash-2-4 with a 128-bit result (Aumasson and Bernstein; the reference code's 16-byte output). */
#ifndef DAMJANG_SIPHASH_H
#define DAMJANG_SIPHASH_H
#include "textview.h"

#define ROTL(x, b) (((x) << (b)) | ((x) >> (64 - (b))))
#define SIP_ROUND                                                                                                      \
    do {                                                                                                               \
        v0 += v1, v1 = ROTL(v1, 13), v1 ^= v0, v0 = ROTL(v0, 32);                                                      \
        v2 += v3, v3 = ROTL(v3, 16), v3 ^= v2;                                                                         \
        v0 += v3, v3 = ROTL(v3, 21), v3 ^= v0;                                                                         \
        v2 += v1, v1 = ROTL(v1, 17), v1 ^= v2, v2 = ROTL(v2, 32);                                                      \
    } while (0)
#define SIP_ABSORB(word)                                                                                               \
    do {                                                                                                               \
        uint64_t m = (word);                                                                                           \
        v3 ^= m;                                                                                                       \
        SIP_ROUND;                                                                                                     \
        SIP_ROUND;                                                                                                     \
        v0 ^= m;                                                                                                       \
    } while (0)

/* The hash of `head` (8 bytes) followed by n bytes. */
static void siphash128(const uint8_t key[16], uint64_t head, const uint8_t *p, size_t n, uint8_t out[16]) {
    const uint64_t k0 = load64(key), k1 = load64(key + 8);
    uint64_t v0 = k0 ^ 0x736f6d6570736575ull, v1 = k1 ^ 0x646f72616e646f6dull ^ 0xee;
    uint64_t v2 = k0 ^ 0x6c7967656e657261ull, v3 = k1 ^ 0x7465646279746573ull;
    uint64_t last = (uint64_t)(n + 8) << 56;
    size_t i = 0;
    SIP_ABSORB(head);
    for (; i + 8 <= n; i += 8) SIP_ABSORB(load64(p + i));
    for (size_t j = 0; i + j < n; j++) last |= (uint64_t)p[i + j] << (8 * j);
    SIP_ABSORB(last);
    v2 ^= 0xee;
    for (int r = 0; r < 4; r++) SIP_ROUND;
    uint64_t result = v0 ^ v1 ^ v2 ^ v3;
    memcpy(out, &result, 8);
    v1 ^= 0xdd;
    for (int r = 0; r < 4; r++) SIP_ROUND;
    result = v0 ^ v1 ^ v2 ^ v3;
    memcpy(out + 8, &result, 8);
}

/* One digest per run of code points whatever keeps it: 2 bytes each, or 4 if one lies beyond the BMP, behind a word that
 * says which and how many. Returns 0, or -1 when memory is short. */
static inline int points_digest(const uint8_t key[16], const text_view *points, scratch *room, uint8_t out[16]) {
    text_view wide;
    if (text_canonical(points, room, &wide)) return -1;
    siphash128(key, (uint64_t)wide.kind << 56 | (uint64_t)wide.len, (const uint8_t *)wide.data,
               (size_t)wide.len * (size_t)wide.kind, out);
    return 0;
}

static inline int content_digest(const uint8_t key[16], const text_view *text, int level, scratch *room, scratch *wide_room,
                          uint8_t out[16]) {
    text_view points;
    return text_points(text, room, level, &points) || points_digest(key, &points, wide_room, out) ? -1 : 0;
}

/* Whether two texts are the same code points: 1, 0, or -1 when memory is short. Four scratch rooms. */
static inline int same_content(const text_view *a, const text_view *b, int level, scratch *rooms) {
    text_view x, y;
    if (a->kind == b->kind && a->len == b->len && (!a->len || !memcmp(a->data, b->data, (size_t)a->len * (size_t)(a->kind ? a->kind : 1))))
        return 1;
    if (text_points(a, rooms, level, &x) || text_points(b, rooms + 1, level, &y)) return -1;
    if (x.len != y.len) return 0;
    int kind = x.kind > y.kind ? x.kind : y.kind;
    if (text_widen(&x, kind, rooms + 2, &x) || text_widen(&y, kind, rooms + 3, &y)) return -1;
    return !x.len || memcmp(x.data, y.data, (size_t)x.len * (size_t)kind) == 0;
}
#endif
