/* One view of one text, whatever keeps it: a str's own buffer (1, 2 or 4 bytes a code point) or UTF-8 from Arrow.
 *
 * UTF-8 is decoded structurally: every byte that is not a continuation byte starts a code point and takes the low six
 * bits of the bytes behind it; continuation bytes with no head are skipped; what lies behind the end reads as zero.
 * For valid UTF-8 (and for lone surrogates that a careless writer encoded) that is the ordinary decoding; for any other
 * bytes it is a defined value, equal on every SIMD level, that never reads outside the text.
 */
#ifndef DAMJANG_TEXTVIEW_H
#define DAMJANG_TEXTVIEW_H
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "simd.h"

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the kernels read little-endian code units"
#endif

typedef struct {
    const void *data;
    int64_t len; /* code points, or bytes when kind is 0; null and empty are both 0 */
    int32_t kind; /* 1, 2, 4: bytes per code point; 0: UTF-8 */
    int32_t null;
} text_view;

/* Ask for the beginning of a text that is read soon: short ones lie scattered over the heap. (The empty asm: gcc takes a
 * function of prefetches alone for one without effect, and leaves out its calls.) */
static inline void text_prefetch(const text_view *text) {
#ifdef __GNUC__
    const int64_t size = text->len * (text->kind ? text->kind : 1);
    const char *line = (const char *)((uintptr_t)text->data & ~(uintptr_t)63);
    const char *end = (const char *)text->data + (size < 512 ? size : 512);
    for (; line < end; line += 64) __builtin_prefetch(line);
    __asm__ volatile("");
#endif
}

#define TEXTS_AHEAD 4

/* Before text i of a walk over all: ask for the next few, several at once. A prefetch waits for its address to be
 * translated, and over a heap of half a gigabyte that is a walk through page tables that are in no cache either: asked
 * for one at a time they stop the loop, asked for together they overlap. */
static inline void texts_prefetch(const text_view *views, int64_t i, int64_t count) {
    if (i % TEXTS_AHEAD) return;
    for (int64_t k = i ? i + TEXTS_AHEAD : 0; k < i + 2 * TEXTS_AHEAD && k < count; k++) text_prefetch(views + k);
}

typedef struct {
    void *data;
    size_t size;
} scratch;

static inline void *scratch_need(scratch *s, size_t size) {
    if (size > s->size) {
        size_t grown = size + (size >> 2) + 256;
        free(s->data);
        s->data = malloc(grown);
        s->size = s->data ? grown : 0;
    }
    return s->data;
}

static inline void scratch_free(scratch *s) {
    free(s->data);
    s->data = NULL;
    s->size = 0;
}

static inline uint64_t load64(const uint8_t *p) {
    uint64_t x;
    memcpy(&x, p, 8);
    return x;
}

static inline uint32_t load32(const uint8_t *p) {
    uint32_t x;
    memcpy(&x, p, 4);
    return x;
}

/* Bit i is set when byte i of the 64 starts a code point. */
static inline uint64_t utf8_heads64(const uint8_t *p) {
    uint64_t heads = 0;
    for (int k = 0; k < 8; k++) {
        uint64_t x = load64(p + 8 * k);
        uint64_t head = (~x | (x << 1)) & 0x8080808080808080ull; /* not 10xxxxxx */
        heads |= (((head >> 7) * 0x0102040810204080ull) >> 56) << (8 * k);
    }
    return heads;
}

static inline uint32_t utf8_point(const uint8_t *p) {
    static const uint8_t SHIFT[16] = {18, 18, 18, 18, 18, 18, 18, 18, 12, 12, 12, 12, 12, 12, 6, 0};
    static const uint8_t MASK[16] = {127, 127, 127, 127, 127, 127, 127, 127, 0, 0, 0, 0, 31, 31, 15, 7};
    uint32_t w = load32(p), kind = (w & 0xFF) >> 4;
    uint32_t full = ((w & MASK[kind]) << 18) | ((w & 0x3F00) << 4) | ((w >> 10) & 0xFC0) | ((w >> 24) & 0x3F);
    return full >> SHIFT[kind];
}

#define UTF8_BLOCK(UNIT)                                                                                               \
    static UNIT *utf8_block_##UNIT(const uint8_t *p, uint64_t heads, UNIT *out) {                                      \
        int count = __builtin_popcountll(heads);                                                                       \
        for (int k = 0; k < count; k += 4) {                                                                           \
            for (int j = 0; j < 4; j++) {                                                                              \
                out[k + j] = (UNIT)utf8_point(p + __builtin_ctzll(heads | (1ull << 63)));                              \
                heads &= heads - 1;                                                                                    \
            }                                                                                                          \
        }                                                                                                              \
        return out + count;                                                                                            \
    }
UTF8_BLOCK(uint16_t)
UTF8_BLOCK(uint32_t)

#ifdef DAMJANG_X86
AVX2_TARGET static uint16_t *utf8_steps_avx2(const uint8_t **from, const uint8_t *stop, uint16_t *out) {
    static const uint32_t KEEP[16] = {0x7F000000, 0x7F000000, 0x7F000000, 0x7F000000, 0x7F000000, 0x7F000000,
                                      0x7F000000, 0x7F000000, 0,          0,          0,          0,
                                      0x1F3F0000, 0x1F3F0000, 0x0F3F3F00, 0x0F3F3F00};
    const uint8_t *p = *from;
    for (; p <= stop; p += 32) {
        __m256i bytes = _mm256_loadu_si256((const __m256i *)p);
        /* As signed bytes, continuations are those below -64. */
        uint64_t heads = (uint32_t)_mm256_movemask_epi8(_mm256_cmpgt_epi8(bytes, _mm256_set1_epi8(-65)));
        int count = __builtin_popcountll(heads);
        for (int k = 0; k < count; k += 4)
            for (int j = 0; j < 4; j++) {
                uint32_t w = load32(p + _tzcnt_u64(heads | 1ull << 31));
                out[k + j] = (uint16_t)_pext_u32(__builtin_bswap32(w), KEEP[(w & 0xFF) >> 4]);
                heads &= heads - 1;
            }
        out += count;
    }
    *from = p;
    return out;
}

/* 32 bytes a step: the code point that would start at each byte, then only those where one does. */
AVX512_TARGET static uint16_t *utf8_steps_avx512(const uint8_t **from, const uint8_t *stop, uint16_t *out) {
    const uint8_t *p = *from;
    const __m512i low6 = _mm512_set1_epi16(0x3F);
    for (; p <= stop; p += 32) {
        __m512i b0 = _mm512_cvtepu8_epi16(_mm256_loadu_si256((const __m256i *)p));
        __m512i b1 = _mm512_and_si512(_mm512_cvtepu8_epi16(_mm256_loadu_si256((const __m256i *)(p + 1))), low6);
        __m512i b2 = _mm512_and_si512(_mm512_cvtepu8_epi16(_mm256_loadu_si256((const __m256i *)(p + 2))), low6);
        __mmask32 two = _mm512_cmpge_epu16_mask(b0, _mm512_set1_epi16(0xC0));
        __mmask32 three = _mm512_cmpge_epu16_mask(b0, _mm512_set1_epi16(0xE0));
        __mmask32 head = two | _mm512_cmplt_epu16_mask(b0, _mm512_set1_epi16(0x80));
        __m512i cp2 = _mm512_or_si512(_mm512_slli_epi16(_mm512_and_si512(b0, _mm512_set1_epi16(0x1F)), 6), b1);
        __m512i cp3 = _mm512_or_si512(_mm512_or_si512(_mm512_slli_epi16(b0, 12), _mm512_slli_epi16(b1, 6)), b2);
        __m512i cp = _mm512_mask_mov_epi16(_mm512_mask_mov_epi16(b0, two, cp2), three, cp3);
        _mm512_storeu_si512(out, _mm512_maskz_compress_epi16(head, cp));
        out += __builtin_popcount(head);
    }
    *from = p;
    return out;
}
#endif

static inline int utf8_has_astral(const uint8_t *p, int64_t n) {
    uint8_t top = 0;
    for (int64_t i = 0; i < n; i++) top = p[i] > top ? p[i] : top;
    return top >= 0xF0;
}

/* Blocks of 64 up to the last, which is copied beside zeros so that nothing behind the text is read. */
#define UTF8_DECODE(UNIT)                                                                                              \
    static UNIT *utf8_decode_##UNIT(const uint8_t *p, const uint8_t *end, UNIT *out) {                                 \
        uint8_t tail[144];                                                                                             \
        for (; end - p >= 72; p += 64) out = utf8_block_##UNIT(p, utf8_heads64(p), out);                               \
        int64_t left = end - p;                                                                                        \
        memset(tail, 0, sizeof tail);                                                                                  \
        memcpy(tail, p, (size_t)left);                                                                                 \
        for (int64_t at = 0; at < left; at += 64) {                                                                    \
            int64_t here = left - at;                                                                                  \
            uint64_t heads = utf8_heads64(tail + at);                                                                  \
            if (here < 64) heads &= (1ull << here) - 1;                                                                \
            out = utf8_block_##UNIT(tail + at, heads, out);                                                            \
        }                                                                                                              \
        return out;                                                                                                    \
    }
UTF8_DECODE(uint16_t)
UTF8_DECODE(uint32_t)

/* The same text as code points: itself, or decoded into the scratch (2 bytes a code point, 4 when one is beyond the
 * BMP). Returns 0, or -1 when memory is short. */
static inline int text_points(const text_view *text, scratch *room, int level, text_view *points) {
    *points = *text;
    if (text->kind != 0) return 0;
    const uint8_t *p = (const uint8_t *)text->data, *end = p + text->len;
    int astral = utf8_has_astral(p, text->len);
    points->kind = astral ? 4 : 2;
    uint8_t *out = (uint8_t *)scratch_need(room, ((size_t)text->len + 160) * (size_t)points->kind);
    if (!out) return -1;
    points->data = out;
    if (astral) {
        points->len = utf8_decode_uint32_t(p, end, (uint32_t *)out) - (uint32_t *)out;
        return 0;
    }
    uint16_t *next = (uint16_t *)out;
#ifdef DAMJANG_X86
    if (level >= 2 && text->len >= 40) next = utf8_steps_avx512(&p, end - 34, next);
    if (level == 1 && text->len >= 40) next = utf8_steps_avx2(&p, end - 36, next);
#endif
    points->len = utf8_decode_uint16_t(p, end, next) - (uint16_t *)out;
    return 0;
}

/* The same code points at `kind` bytes each (never fewer than they have). */
static inline int text_widen(const text_view *text, int kind, scratch *room, text_view *wide) {
    *wide = *text;
    if (text->kind == kind) return 0;
    void *out = scratch_need(room, ((size_t)text->len + 16) * (size_t)kind);
    if (!out) return -1;
    wide->data = out;
    wide->kind = kind;
    int64_t n = text->len;
    if (kind == 2)
        for (int64_t i = 0; i < n; i++) ((uint16_t *)out)[i] = ((const uint8_t *)text->data)[i];
    else if (text->kind == 1)
        for (int64_t i = 0; i < n; i++) ((uint32_t *)out)[i] = ((const uint8_t *)text->data)[i];
    else
        for (int64_t i = 0; i < n; i++) ((uint32_t *)out)[i] = ((const uint16_t *)text->data)[i];
    return 0;
}

/* The one form of a run of code points for hashing: 2 bytes each if all lie in the BMP, else 4. */
static inline int text_canonical(const text_view *text, scratch *room, text_view *out) {
    if (text->kind != 4) return text_widen(text, 2, room, out);
    uint32_t all = 0;
    for (int64_t i = 0; i < text->len; i++) all |= ((const uint32_t *)text->data)[i];
    *out = *text;
    if (all > 0xFFFF) return 0;
    uint16_t *narrow = (uint16_t *)scratch_need(room, ((size_t)text->len + 16) * 2);
    if (!narrow) return -1;
    for (int64_t i = 0; i < text->len; i++) narrow[i] = (uint16_t)((const uint32_t *)text->data)[i];
    out->data = narrow;
    out->kind = 2;
    return 0;
}
#endif
