/* The scan's state, phase 1 (a text folded to units, by chunks with the SIMD level of the machine), and how a window is noted.
 * pii_scan.h says what it is for. */
#ifndef DAMJANG_PII_FOLD_H
#define DAMJANG_PII_FOLD_H
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "textview.h"

enum { C_DIGIT = 1, C_SPELLED = 2, C_GAP = 3, C_NEWLINE = 4, C_LETTER = 5, C_OTHER = 6, C_MASK = 15,
       F_KEYWORD = 16, F_PLATE = 32, F_SPECIAL = 64,
       C_EVENT = 128 /* digits, keyword ends, specials: phase 2 visits only these */ };
enum { K_NUM = 1, K_ID = 2, K_PASSPORT = 4, K_ADDRESS = 8, K_PLATE = 16, K_AGE = 32, K_BIRTH = 64, K_EMAIL = 128,
       K_SHORT = 256, K_SECRET = 512, K_HANDLE = 1024, K_NET = 2048, K_GEO = 4096 };
enum { HEX_RUN = 12, URL_HEAD = 14, URL_REACH = 140, HOST_REACH = 40 };
enum { STRIDE = 64, GAP = 3, AHEAD = 40, SHORT_AHEAD = 16, SOON = 8, NEAR = 24, BEHIND = 24, CONTEXT = 64, DEAD_RUN = 40 };
enum { N_ALWAYS = 0, N_DIGIT = 1, N_ASCII = 2, N_DIGIT_BEFORE = 3, N_TOKEN = 4, N_URL = 5, N_NUMBER = 6,
       N_SOON = 7, N_FIVE_BEFORE = 8, N_BORN = 9, N_AHEAD = 10, N_CELL = 11,
       N_ID = 12, N_HEX = 13, N_MASK = 63, W_LEFT = 64 /* no syllable before */, W_RIGHT = 128 /* no Latin letter behind */ };

typedef struct { int64_t doc; uint32_t kind; int64_t core0, core1, ctx0, ctx1; } window_t; /* folded positions */
typedef struct { int64_t doc, kind, core0, core1, byte0, byte1, cp0; } mark_t;             /* what callers get */

typedef struct { int64_t byte, unit, extra; } cell_t;              /* a byte, the units before it, code points beyond those */
enum { CHUNK = 256, R_SKIP = 1, R_FOLDS = 2, R_JAMO = 4 };          /* and 128: an event */

typedef struct {
    const uint16_t *fold; const uint8_t *cls; const uint8_t *digit; /* digit: value + 1 of spelled digits; 1 of a
                                                               Latin letter at which a keyword may end inside a word */
    const int32_t *kw_first; const int32_t *kw_count;       /* by last unit: range in the keyword list */
    const uint16_t *kw_second;                              /* of each keyword: the letter before its last, 0: none */
    const uint16_t *kw_text; const int32_t *kw_off; const uint32_t *kw_kind; const uint8_t *kw_need; /* reversed */
    const uint8_t *first;                                   /* of a code point as given: R_ bits, what phase 1 does with it */
    const uint8_t *pair;                                    /* whether a keyword may end with two units (0: the last alone) */
    uint32_t mask;
    uint16_t *u;                                            /* folded units of the current text */
    uint32_t *ev; int64_t nev;                              /* units where something may begin or end */
    cell_t *at; int64_t ncell;                              /* every CHUNK bytes or STRIDE units */
    window_t *win; int64_t nwin, capwin;
    mark_t *out; int64_t nout, capout;
    int64_t steps; int failed, level;                       /* level: of simd.h */
} scan_t;

static inline uint16_t lower16(uint16_t c) { return (c >= 'A' && c <= 'Z') ? (uint16_t)(c + 32) : c; }
static inline int is_hangul(uint16_t c) { return c >= 0xAC00 && c <= 0xD7A3; }
static inline int is_hex(uint16_t c) { c = lower16(c); return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }
static inline int is_digit(uint16_t c) { return c >= '0' && c <= '9'; }

static uint16_t fold_astral(uint32_t c) {
    if (c >= 0x1D7CE && c <= 0x1D7FF) return (uint16_t)('0' + (c - 0x1D7CE) % 10);
    if (c >= 0x1FBF0 && c <= 0x1FBF9) return (uint16_t)('0' + c - 0x1FBF0);
    if (c == 0x1F100 || c == 0x1F10B || c == 0x1F10C) return '0';
    if (c >= 0xE0000 && c <= 0xE0FFF) return 0;
    return 0xFFFD;
}

/* One character at d[i]: its folded unit (0: none), its bytes, its code points. Input is valid UTF-8. */
static inline uint16_t fold_one(const scan_t *s, const uint8_t *d, int64_t i, int64_t n, int *len, int *points) {
    uint8_t b = d[i];
    uint32_t c;
    *points = 1;
    if (b < 0x80) { *len = 1; return s->fold[b]; }
    if (b >= 0xE0 && b < 0xF0 && i + 2 < n) {
        c = ((uint32_t)(b & 15) << 12) | ((uint32_t)(d[i + 1] & 63) << 6) | (d[i + 2] & 63); *len = 3;
        if (c >= 0x1100 && c <= 0x1112 && i + 5 < n && d[i + 3] == 0xE1) {            /* conjoining jamo: L V (T) */
            uint32_t v = 0x1000u | ((uint32_t)(d[i + 4] & 63) << 6) | (d[i + 5] & 63);
            if (v >= 0x1161 && v <= 0x1175) {
                c = 0xAC00 + ((c - 0x1100) * 21 + v - 0x1161) * 28; *len = 6; *points = 2;
                if (i + 8 < n && d[i + 6] == 0xE1) {
                    uint32_t t = 0x1000u | ((uint32_t)(d[i + 7] & 63) << 6) | (d[i + 8] & 63);
                    if (t >= 0x11A8 && t <= 0x11C2) { c += t - 0x11A7; *len = 9; *points = 3; }
                }
                return (uint16_t)c;
            }
        }
        return s->fold[c];
    }
    if (b >= 0xC0 && b < 0xE0 && i + 1 < n) { *len = 2; return s->fold[((uint32_t)(b & 31) << 6) | (d[i + 1] & 63)]; }
    if (b >= 0xF0 && i + 3 < n) {
        *len = 4;
        return fold_astral(((uint32_t)(b & 7) << 18) | ((uint32_t)(d[i + 1] & 63) << 12) |
                           ((uint32_t)(d[i + 2] & 63) << 6) | (d[i + 3] & 63));
    }
    *len = 1;
    return 0xFFFD;
}

#ifdef DAMJANG_X86
static inline uint32_t first_bytes(int64_t count) { return count >= 32 ? 0xFFFFFFFFu : count <= 0 ? 0 : (1u << count) - 1; }

/* utf8_steps_avx512 for the end of a text: nothing behind `end` is read. */
AVX512_TARGET static uint16_t *utf8_tail_avx512(const uint8_t *p, const uint8_t *end, uint16_t *out) {
    const __m512i low6 = _mm512_set1_epi16(0x3F);
    for (; p < end; p += 32) {
        int64_t left = end - p;
        __mmask32 m0 = first_bytes(left), m1 = first_bytes(left - 1), m2 = first_bytes(left - 2);
        __m512i b0 = _mm512_cvtepu8_epi16(_mm256_maskz_loadu_epi8(m0, p));
        __m512i b1 = _mm512_and_si512(_mm512_cvtepu8_epi16(_mm256_maskz_loadu_epi8(m1, p + 1)), low6);
        __m512i b2 = _mm512_and_si512(_mm512_cvtepu8_epi16(_mm256_maskz_loadu_epi8(m2, p + 2)), low6);
        __mmask32 two = _mm512_cmpge_epu16_mask(b0, _mm512_set1_epi16(0xC0));
        __mmask32 three = _mm512_cmpge_epu16_mask(b0, _mm512_set1_epi16(0xE0));
        __mmask32 head = (two | _mm512_cmplt_epu16_mask(b0, _mm512_set1_epi16(0x80))) & m0;
        __m512i cp2 = _mm512_or_si512(_mm512_slli_epi16(_mm512_and_si512(b0, _mm512_set1_epi16(0x1F)), 6), b1);
        __m512i cp3 = _mm512_or_si512(_mm512_or_si512(_mm512_slli_epi16(b0, 12), _mm512_slli_epi16(b1, 6)), b2);
        __m512i cp = _mm512_mask_mov_epi16(_mm512_mask_mov_epi16(b0, two, cp2), three, cp3);
        _mm512_storeu_si512(out, _mm512_maskz_compress_epi16(head, cp));
        out += __builtin_popcount(head);
    }
    return out;
}
#endif

/* Bytes [p, end) as UTF-16 units at `out`, of text that goes on until `stop`. No code point beyond the BMP. */
static uint16_t *decode_chunk(int level, const uint8_t *p, const uint8_t *end, const uint8_t *stop, uint16_t *out) {
#ifdef DAMJANG_X86
    if (level >= 2) {
        if (stop - end >= 2 && (end - p) % 32 == 0) return utf8_steps_avx512(&p, end - 1, out);
        return utf8_tail_avx512(p, stop, out);
    }
    if (level == 1 && stop - end >= 4 && (end - p) % 32 == 0) return utf8_steps_avx2(&p, end - 1, out);
#endif
    if (stop - end >= 8) {
        for (; p < end; p += 64) out = utf8_block_uint16_t(p, utf8_heads64(p), out);
        return out;
    }
    return utf8_decode_uint16_t(p, stop, out);
}

/* The same one by one, for a chunk that holds code points beyond the BMP. */
static uint16_t *decode_astral(const uint8_t *p, const uint8_t *end, const uint8_t *stop, uint16_t *out) {
    for (; p < end; p++) {
        if ((*p & 0xC0) == 0x80) continue;
        uint8_t four[4] = {0, 0, 0, 0};
        memcpy(four, p, (size_t)(stop - p < 4 ? stop - p : 4));
        uint32_t c = utf8_point(four);
        uint16_t f = c < 0x10000 ? (uint16_t)c : fold_astral(c);
        *out++ = f || !c ? f : 0x200B;                     /* a tag folds to nothing, as this does; NUL does not */
    }
    return out;
}

/* Phase 1 by chunks; -1 for a text with conjoining jamo, which only fold_utf8 joins. */
static int64_t fold_chunks(scan_t *s, const uint8_t *d, int64_t n) {
    const uint8_t *stop = d + n;
    uint32_t *restrict ev = s->ev;
    uint16_t *u = s->u;
    int64_t nev = 0, k = 0, extra = 0;
    s->ncell = 0;
    for (int64_t at = 0; at < n; at += CHUNK) {
        int is_last = n - at < CHUNK + 8;
        const uint8_t *from = d + at, *to = is_last ? stop : from + CHUNK;
        cell_t cell = { at, k, extra };
        s->at[s->ncell++] = cell;
        int64_t end = (utf8_has_astral(from, to - from) ? decode_astral(from, to, stop, u + k)
                                                        : decode_chunk(s->level, from, to, stop, u + k)) - u;
        uint8_t seen = 0;
        int64_t noted = nev;
        for (int64_t i = k; i < end; i++) {
            uint8_t r = s->first[u[i]];
            ev[nev] = (uint32_t)i;
            nev += r >> 7;
            seen |= r;
        }
        if (seen & R_JAMO) return -1;
        if (seen & R_SKIP) {
            int64_t kept = k;
            nev = noted;
            for (int64_t i = k; i < end; i++) {
                uint16_t f = s->fold[u[i]];
                u[kept] = f;
                ev[nev] = (uint32_t)kept;
                nev += f && s->cls[f] >= C_EVENT;
                kept += f != 0;
                extra += f == 0;
            }
            end = kept;
        }
        else if (seen & R_FOLDS)
            for (int64_t i = k; i < end; i++) u[i] = s->fold[u[i]];
        k = end;
        if (is_last) break;
    }
    s->nev = nev;
    s->steps += k;
    return k;
}

/* Phase 1 of any text. Folds to units, notes where something happens (`ev`) and, every STRIDE units, where in the text we are. */
static int64_t fold_utf8(scan_t *s, const uint8_t *d, int64_t n) {
    uint16_t *restrict u = s->u; const uint8_t *restrict cls = s->cls; uint32_t *restrict ev = s->ev;
    const uint16_t *restrict fold = s->fold;
    int64_t k = 0, i = 0, extra = 0, nev = 0, due = 0;
    s->ncell = 0;
    while (i < n) {
        if (k >= due) { cell_t cell = { i, k, extra }; s->at[s->ncell++] = cell; due = k + STRIDE; }
        uint8_t b = d[i];
        if (i + 2 < n) {       /* syllable or ASCII: words and spaces take turns, so no branch tells them apart */
            uint32_t c = ((uint32_t)(b & 15) << 12) | ((uint32_t)(d[i + 1] & 63) << 6) | (d[i + 2] & 63);
            uint32_t ascii = b < 0x80, hangul = ((uint32_t)(c - 0xAC00) < 11172) & ((b >> 4) == 0xE);
            if (ascii | hangul) {
                uint32_t three = b >> 7;                   /* by the first byte alone: the next load waits for this */
                uint16_t f = three ? (uint16_t)c : fold[b];
                i += 1 + 2 * (int64_t)three;
                u[k] = f; ev[nev] = (uint32_t)k; nev += cls[f] >> 7; k++;
                continue;
            }
        }
        int len, points;
        uint16_t f = fold_one(s, d, i, n, &len, &points);
        u[k] = f;
        ev[nev] = (uint32_t)k;
        nev += cls[f] >= C_EVENT && f != 0;
        extra += points - (f != 0);
        k += f != 0;
        i += len;
    }
    s->nev = nev;
    s->steps += k;
    return k;
}

/* Where unit k begins: byte and code point. */
static void locate(scan_t *s, const uint8_t *d, int64_t n, int64_t k, int64_t *byte, int64_t *point) {
    int64_t low = 0, high = s->ncell;                       /* the last cell with no more than k units before it */
    while (high - low > 1) {
        int64_t mid = (low + high) / 2;
        if (s->at[mid].unit <= k) low = mid; else high = mid;
        s->steps++;
    }
    int64_t at = s->at[low].unit, i = s->at[low].byte, extra = s->at[low].extra;
    int len, points;
    while (i < n && (d[i] & 0xC0) == 0x80) i++;             /* a chunk may begin inside a character of the one before */
    while (i < n) {
        uint16_t f = fold_one(s, d, i, n, &len, &points);
        if (f && at == k) break;
        at += f != 0; extra += points - (f != 0); i += len;
        s->steps++;
    }
    *byte = i; *point = at + extra;
}

static void emit(scan_t *s, int64_t doc, int64_t n, uint32_t kind, int64_t a, int64_t b) {
    kind &= s->mask;
    if (!kind) return;
    if (a < 0) a = 0;
    if (b > n) b = n;
    int64_t c0 = a > CONTEXT ? a - CONTEXT : 0, c1 = b + CONTEXT < n ? b + CONTEXT : n;
    while (s->nwin && s->win[s->nwin - 1].doc == doc && s->win[s->nwin - 1].ctx1 >= c0) {   /* merge neighbours */
        window_t *w = &s->win[--s->nwin];
        if (w->core0 < a) a = w->core0;
        if (w->core1 > b) b = w->core1;
        if (w->ctx0 < c0) c0 = w->ctx0;
        if (w->ctx1 > c1) c1 = w->ctx1;
        kind |= w->kind;
    }
    if (s->nwin == s->capwin) {
        int64_t cap = s->capwin ? s->capwin * 2 : 256;
        window_t *w = (window_t *)realloc(s->win, (size_t)cap * sizeof(window_t));
        if (!w) { s->failed = 1; return; }
        s->win = w; s->capwin = cap;
    }
    window_t w = { doc, kind, a, b, c0, c1 };
    s->win[s->nwin++] = w;
}
#endif
