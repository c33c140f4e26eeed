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

static inline uint64_t fold_multiply(uint64_t a, uint64_t b) {
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* A quick 64-bit hash of the canonical form, for finding equal texts that are then compared. No secret, no promise. */
static inline int quick_digest(const text_view *text, int level, uint64_t seed, scratch *room, scratch *wide_room,
                               uint64_t *out) {
    text_view points, wide;
    if (text_points(text, room, level, &points) || text_canonical(&points, wide_room, &wide)) return -1;
    const uint8_t *p = (const uint8_t *)wide.data;
    const size_t n = (size_t)wide.len * (size_t)wide.kind;
    uint64_t a = seed ^ n, b = seed ^ 0x9E3779B97F4A7C15ull, tail[2] = {0, 0};
    size_t i = 0;
    for (; i + 32 <= n; i += 32) { /* two chains, so that the multiplications overlap */
        a = fold_multiply(load64(p + i) ^ a, load64(p + i + 8) ^ 0xA0761D6478BD642Full);
        b = fold_multiply(load64(p + i + 16) ^ b, load64(p + i + 24) ^ 0xE7037ED1A0B428DBull);
    }
    for (; i + 16 <= n; i += 16) a = fold_multiply(load64(p + i) ^ a, load64(p + i + 8) ^ 0xA0761D6478BD642Full);
    if (i < n) memcpy(tail, p + i, n - i);
    b = fold_multiply(tail[0] ^ b, tail[1] ^ 0x8EBC6AF09C88C6E3ull);
    *out = fold_multiply(a ^ 0x589965CC75374CC3ull, b ^ (uint64_t)wide.kind);
    return 0;
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
