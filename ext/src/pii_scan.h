/* The gate before the Korean PII recognizers: one linear pass over UTF-8 marks windows worth an exact look.
 *
 * Phase 1 folds a document to UTF-16 units with the caller's table (same table as anonymizers/normalize.py) and notes
 * the units where something may begin or end: by chunks, with the SIMD level of the machine; a text with conjoining jamo
 * one by one.
 * Phase 2 walks the folded units once. Digits open a cluster, whose look-ahead is bounded (GAP), and whose units are
 * walked a second time when it closes; keyword look-around is bounded (AHEAD, BEHIND). `steps` counts every unit visit,
 * so a test can show that work is linear in the input.
 * ext/pii_scan_py.py is the definition of what this marks.
 */
#ifndef DAMJANG_PII_SCAN_H
#define DAMJANG_PII_SCAN_H
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "textview.h"

enum { C_DIGIT = 1, C_SPELLED = 2, C_GAP = 3, C_NEWLINE = 4, C_LETTER = 5, C_OTHER = 6, C_MASK = 15,
       F_KEYWORD = 16, F_PLATE = 32, F_SPECIAL = 64,
       C_EVENT = 128 /* digits, keyword ends, specials: phase 2 visits only these */ };
enum { K_NUM = 1, K_ID = 2, K_PASSPORT = 4, K_ADDRESS = 8, K_PLATE = 16, K_AGE = 32, K_BIRTH = 64, K_EMAIL = 128,
       K_SHORT = 256, K_SECRET = 512, K_HANDLE = 1024, K_NET = 2048, K_GEO = 4096 };
enum { STRIDE = 64, GAP = 3, AHEAD = 40, SHORT_AHEAD = 16, SOON = 8, NEAR = 24, BEHIND = 24, CONTEXT = 64, DEAD_RUN = 40 };
enum { N_ALWAYS = 0, N_DIGIT = 1, N_ASCII = 2, N_DIGIT_BEFORE = 3, N_TOKEN = 4, N_AGE = 5, N_NUMBER = 6,
       N_SOON = 7, N_FIVE_BEFORE = 8, N_BORN = 9, N_AHEAD = 10 };

typedef struct { int64_t doc; uint32_t kind; int64_t core0, core1, ctx0, ctx1; } window_t; /* folded positions */
typedef struct { int64_t doc, kind, core0, core1, byte0, byte1, cp0; } mark_t;             /* what callers get */

typedef struct { int64_t byte, unit, extra; } cell_t;              /* a byte, the units before it, code points beyond those */
enum { CHUNK = 256, R_SKIP = 1, R_FOLDS = 2, R_JAMO = 4 };          /* and 128: an event */

typedef struct {
    const uint16_t *fold; const uint8_t *cls; const uint8_t *digit; /* digit: value + 1 of spelled digits */
    const int32_t *kw_first; const int32_t *kw_count;       /* by last unit: range in the keyword list */
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

static int memchr16(const uint16_t *u, uint16_t c, int64_t n) {
    for (int64_t i = 0; i < n; i++) if (u[i] == c) return 1;
    return 0;
}

static int is_date_gap(const uint16_t *u, int64_t a, int64_t b) {       /* ". " "-" "/" "." : one mark, spaces */
    int marks = 0;
    for (; a < b; a++) {
        if (u[a] == '.' || u[a] == '-' || u[a] == '/') marks++;
        else if (u[a] != ' ') return 0;
    }
    return marks == 1;
}

typedef struct { int64_t a, b; int spelled; } run_t;

static inline int value_of(const scan_t *s, uint16_t c) { return is_digit(c) ? c - '0' : s->digit[c] - 1; }

/* Whether 13 digits (or 15 with a four-digit year) that begin with digit q may begin with a birth date. */
static int born_at(const uint8_t *v, int64_t q, int64_t digits) {
    for (int wide = 0; wide <= 2; wide += 2) {
        const uint8_t *m = v + q + 2 + wide;
        if (digits - q < 13 + wide) break;
        int month = m[0] * 10 + m[1], day = m[2] * 10 + m[3];
        if (month >= 1 && month <= 12 && day >= 1 && day <= 31) return 1;
    }
    return 0;
}

enum { MAXRUN = 64, MAXDIGIT = 512 };

/* A chain is a stretch of runs that could be one number. Decide what it may be. */
static void judge_chain(scan_t *s, int64_t doc, int64_t n, const run_t *r, int count, int64_t digits) {
    if (count == 0 || digits < 7) return;
    if (digits < 9 && (count == 1 || r[count - 1].b - r[count - 1].a < 4)) return;       /* 제2001-229호 */
    const uint16_t *u = s->u; const uint8_t *cls = s->cls;
    uint32_t kind = K_NUM;
    if (digits >= 12) {
        uint8_t v[MAXDIGIT]; int64_t starts[MAXDIGIT]; int64_t k = 0, m = 0;
        for (int i = 0; i < count; i++)
            for (int64_t p = r[i].a; p < r[i].b && k < MAXDIGIT; p++) {
                if (p == r[i].a || (cls[u[p]] & C_MASK) != (cls[u[p - 1]] & C_MASK)) starts[m++] = k;
                v[k++] = (uint8_t)value_of(s, u[p]);
            }
        s->steps += k;
        for (int64_t i = 0; i < m && !(kind & K_ID); i++) if (born_at(v, starts[i], k)) kind |= K_ID;
    }
    if (digits >= 10) for (int i = 0; i + 2 < count && !(kind & K_ID); i++)        /* … 12-345678-90: a licence */
        if (r[i].b - r[i].a == 2 && r[i + 1].b - r[i + 1].a == 6 && r[i + 2].b - r[i + 2].a == 2) kind |= K_ID;
    emit(s, doc, n, kind, r[0].a, r[count - 1].b);
}


/* Walk a closed cluster [a, b): split into runs, drop money, dates and stray syllables, judge what is left. */
static void judge_cluster(scan_t *s, int64_t doc, int64_t n, int64_t a, int64_t b) {
    const uint16_t *u = s->u; const uint8_t *cls = s->cls;
    run_t chain[MAXRUN]; int count = 0; int64_t digits = 0;
    int dots = 0;                                  /* consecutive single-dot gaps between runs of <= 3: an IPv4 shape */
    int64_t dots_from = 0, previous_end = -1;
    int comma_group = 0;
    int64_t i = a;
    s->steps += b - a;
    while (i < b) {
        int t = cls[u[i]] & C_MASK;
        if (t != C_DIGIT && t != C_SPELLED) { i++; continue; }
        int64_t j = i; int spelled = 0;
        while (j < b) {
            int q = cls[u[j]] & C_MASK;
            if (q == C_SPELLED) spelled++;
            else if (q != C_DIGIT) break;
            j++;
        }
        /* 은행이2015: the syllable before plain digits is the end of a word */
        if (spelled == 1 && j - i > 1 && (cls[u[i]] & C_MASK) == C_SPELLED && i > 0 && is_hangul(u[i - 1])) { i++; spelled = 0; }
        int64_t e = j;
        /* a syllable behind ASCII digits is a particle or a unit (12일, 5678이), unless more digits follow it */
        while (e > i && (cls[u[e - 1]] & C_MASK) == C_SPELLED) e--;
        if (e == i || j - e > 2 || spelled != j - e ||               /* all spelled, 010일이삼사…, 1이3사, 공일공 99이삼: digits */
            (count && chain[count - 1].spelled && chain[count - 1].b - chain[count - 1].a > 1)) e = j;
        else spelled = 0;
        int cut = e != j;
        int64_t len = e - i;
        int gap_is_dot = previous_end >= 0 && i - previous_end == 1 && u[i - 1] == '.';
        int lone = spelled == len && len == 1;
        int breaks = 0;
        if (len > DEAD_RUN) { judge_chain(s, doc, n, chain, count, digits); count = 0; digits = 0; dots = 0; previous_end = j; i = j; continue; }
        if (count && previous_end >= 0 && !spelled && u[chain[0].a] != '0') {                /* 10, 12, 20: a list */
            int64_t before = chain[count - 1].b - chain[count - 1].a;
            if (!(before == 6 && len == 7) && memchr16(u + previous_end, ',', i - previous_end)) breaks = 1;
        }
        if (lone && count && !chain[count - 1].spelled) breaks = 1;          /* 12. 이 사건: a word, not a digit */
        if (!lone && count && chain[count - 1].spelled && chain[count - 1].b - chain[count - 1].a == 1 && !spelled) breaks = 1;
        /* money: 1,234,567 */
        if (previous_end >= 0 && i - previous_end == 1 && u[i - 1] == ',' && len == 3 && !spelled && count &&
            (comma_group || (chain[count - 1].b - chain[count - 1].a <= 3 && u[chain[count - 1].a] != '0'))) {
            if (!comma_group) { digits -= chain[count - 1].b - chain[count - 1].a; count--; }
            judge_chain(s, doc, n, chain, count, digits);
            count = 0; digits = 0;
            chain[count].a = i; chain[count].b = e; chain[count].spelled = 0; count = 1;   /* kept with no digits */
            comma_group = 1; previous_end = j; i = j; dots = 0;
            continue;
        }
        if (comma_group) { count = 0; digits = 0; comma_group = 0; }
        if (breaks) { judge_chain(s, doc, n, chain, count, digits); count = 0; digits = 0; }
        /* date: (19|20)dd . d{1,2} [. d{1,2}] */
        if (len == 4 && !spelled && ((u[i] == '1' && u[i + 1] == '9') || (u[i] == '2' && u[i + 1] == '0')) &&
            (count == 0 || u[i - 1] == ' ' || u[i - 1] == '~' || u[i - 1] == '(')) {
            int64_t k = e, end = e; int parts = 0;
            while (parts < 2) {
                int64_t g = k;
                while (g < b && g - k < 3 && !is_digit(u[g])) g++;
                if (g >= b || !is_digit(u[g]) || !is_date_gap(u, k, g)) break;
                int64_t h = g;
                while (h < b && is_digit(u[h])) { h++; if (h - g > 2) break; }
                if (h - g > 2) break;
                k = h; end = h; parts++;
            }
            if (parts) {
                judge_chain(s, doc, n, chain, count, digits);
                count = 0; digits = 0; dots = 0; previous_end = end; i = end;
                int64_t g = end;                                         /* 1990.01.01-1234567 is no date */
                while (g < b && g - end < GAP && (cls[u[g]] & C_MASK) == C_GAP) g++;
                int64_t h = g;
                while (h < b && (cls[u[h]] & C_MASK) <= C_SPELLED && (cls[u[h]] & C_MASK)) h++;
                if (parts == 2 && h - g >= 7) emit(s, doc, n, K_NUM | K_ID, j - 4, h);
                continue;
            }
        }
        if (gap_is_dot && len <= 3 && !spelled) { if (!dots) dots_from = previous_end; dots++; }
        else dots = 0;
        if (dots == 3) emit(s, doc, n, K_NET, dots_from > 3 ? dots_from - 3 : 0, e);
        if (count == MAXRUN) {                     /* a long row of short runs: judge, keep the tail for overlaps */
            judge_chain(s, doc, n, chain, count, digits);
            memmove(chain, chain + MAXRUN - 24, 24 * sizeof(run_t));
            count = 24; digits = 0;
            for (int q = 0; q < 24; q++) digits += chain[q].b - chain[q].a;
        }
        chain[count].a = i; chain[count].b = e; chain[count].spelled = spelled == len; count++;
        digits += len;
        if (cut) { judge_chain(s, doc, n, chain, count, digits); count = 0; digits = 0; dots = 0; }
        previous_end = j;
        i = j;
    }
    if (!comma_group) judge_chain(s, doc, n, chain, count, digits);
}

/* Passport by shape: a letter at i, then 8 digits, or 3 digits, a letter, 4 digits; a separator may stand between. */
static int passport_shape(scan_t *s, int64_t i, int64_t n, int64_t *end) {
    const uint16_t *u = s->u; const uint8_t *cls = s->cls;
    int digits = 0, letters = 0, gap = 0;
    for (int64_t j = i + 1; j < n && j < i + 28; j++) {
        int t = cls[u[j]] & C_MASK;
        s->steps++;
        if (t == C_DIGIT || t == C_SPELLED) {
            digits++; gap = 0; *end = j + 1;
            if (digits == (letters ? 7 : 8)) return 1;
        }
        else if (t == C_LETTER && digits == 3 && !letters) { letters++; gap = 0; }
        else if (t == C_GAP && gap < 3) gap++;
        else return 0;
    }
    return 0;
}

static inline uint32_t pair_of(uint16_t before, uint16_t last) { return (before * 40503u + last) & 0xFFFF; }

/* Spares most calls of keyword(). */
static inline int may_end_keyword(const scan_t *s, const uint16_t *u, int64_t i) {
    uint16_t last = lower16(u[i]);
    int64_t p = i - 1;
    if (s->pair[pair_of(0, last)]) return 1;
    if (p < 0) return 0;
    if (s->pair[pair_of(lower16(u[p]), last)]) return 1;
    return u[p] == ' ' && p > 0 && s->pair[pair_of(lower16(u[p - 1]), last)];              /* 비밀 번호 */
}

static void keyword(scan_t *s, int64_t doc, int64_t i, int64_t n) {
    const uint16_t *u = s->u; const uint8_t *cls = s->cls;
    uint16_t last = lower16(u[i]);
    int32_t q = s->kw_first[last], stop = q + s->kw_count[last];
    for (; q < stop; q++) {
        int64_t p = i - 1; int32_t m = s->kw_off[q]; int32_t me = s->kw_off[q + 1]; int long_word = me - m >= 2;
        s->steps++;
        for (; m < me; m++) {
            if (long_word && p >= 0 && u[p] == ' ' && s->kw_text[m] != ' ' && p > 0 && u[p - 1] != ' ') p--;   /* 비밀 번호 */
            if (p < 0 || lower16(u[p]) != s->kw_text[m]) break;
            p--;
        }
        if (m < me) continue;
        if (last < 128 && (cls[last] & C_MASK) == C_LETTER) {      /* an ASCII word must stand alone: id, not width */
            if (p >= 0 && (cls[u[p]] & C_MASK) == C_LETTER && (cls[u[p + 1]] & C_MASK) == C_LETTER) continue;
        }
        int need = s->kw_need[q]; int64_t a = p + 1, b = i + 1, k;
        if (need == N_ALWAYS) { emit(s, doc, n, s->kw_kind[q], a, b); continue; }
        if (need == N_AHEAD) { emit(s, doc, n, s->kw_kind[q], a, b + SHORT_AHEAD); continue; }      /* 생년월일 구공년 */
        if (need == N_DIGIT_BEFORE) {
            for (k = p; k >= 0 && k > p - 4; k--) { s->steps++; if (is_digit(u[k])) { emit(s, doc, n, s->kw_kind[q], k - 12, b); break; } }
            continue;
        }
        if (need == N_FIVE_BEFORE) {                                     /* 06236 서울 */
            int gap = 0, d = 0;
            for (k = p; k >= 0 && gap < 3 && (cls[u[k]] & C_MASK) == C_GAP; k--) gap++;
            for (; k >= 0 && d < 6 && (cls[u[k]] & C_MASK) == C_DIGIT; k--) d++;
            s->steps += gap + d;
            if (d == 5 || (d == 3 && k >= 0 && u[k] == '-')) emit(s, doc, n, s->kw_kind[q], k - 4, b);
            continue;
        }
        if (need == N_SOON) {                                            /* 위도 37.5 */
            for (k = i + 1; k < n && k <= i + SOON; k++) { s->steps++; if (is_digit(u[k])) { emit(s, doc, n, s->kw_kind[q], a, k + 24); break; } }
            continue;
        }
        if (need == N_BORN) {                                            /* 1964. 8. 20.생 but not 1 생략 */
            uint16_t w = b < n ? u[b] : 0;
            if (is_hangul(w) && w != 0xC774 && w != 0xC778 && w != 0xC73C && w != 0xC740 && w != 0xC758 && w != 0xC785 &&
                w != 0xC5EC && w != 0xB0A8 && w != 0xB4E4) continue;                   /* 이인으은의입여남들 */
            for (k = p; k >= 0 && k > p - 9; k--) {
                s->steps++;
                int t = cls[u[k]] & C_MASK;
                if (t == C_DIGIT || (t == C_SPELLED && u[k + 1] == 0xB144)) { emit(s, doc, n, s->kw_kind[q], k - 12, b); break; }   /* 구이년생 */
                if (u[k] != ' ' && u[k] != '.' && u[k] != ')' && u[k] != 0xB144 && u[k] != 0xC6D4 && u[k] != 0xC77C &&
                    u[k] != '(' && u[k] != 0xC74C && u[k] != 0xC591 && u[k] != 0xB825) break;              /* (음력)생 */
            }
            continue;
        }
        if (need == N_NUMBER) {                                          /* five digits with single marks between */
            int d = 0, gap = 0;
            for (k = i + 1; k < n && k <= i + AHEAD; k++) {
                s->steps++;
                int t = cls[u[k]] & C_MASK;
                if (t == C_DIGIT || t == C_SPELLED) { d++; gap = 0; if (d >= 5) { emit(s, doc, n, s->kw_kind[q], a, k + 16); break; } }
                else if (t == C_GAP && d && gap < 1) gap++;
                else { d = 0; gap = 0; }
            }
            for (d = 0, gap = 0, k = p; k >= 0 && k >= p - BEHIND; k--) {
                s->steps++;
                int t = cls[u[k]] & C_MASK;
                if (t == C_DIGIT || t == C_SPELLED) { d++; gap = 0; if (d >= 5) { emit(s, doc, n, s->kw_kind[q], k - 12, b); break; } }
                else if (t == C_GAP && d && gap < 1) gap++;
                else { d = 0; gap = 0; }
            }
            continue;
        }
        if (need == N_AGE) {                                            /* 서른네 살 */
            for (k = i + 1; k < n && k <= i + 5; k++) { s->steps++; if (u[k] == 0xC0B4) { emit(s, doc, n, s->kw_kind[q], a, k + 1); break; } }
            continue;
        }
        int hit = 0, spelled = 0, word = 0, numeral = 0, behind = 0; int64_t last_hit = b;
        for (k = i + 1; k < n && k <= i + (need != N_DIGIT ? NEAR : s->kw_kind[q] & (K_BIRTH | K_AGE) ? SHORT_AHEAD : AHEAD); k++) {
            s->steps++;
            int t = cls[u[k]] & C_MASK;
            if (need == N_TOKEN) {             /* a run of four ASCII characters, one of them a digit or a mark */
                if (u[k] > ' ' && u[k] < 127) { word++; numeral += t == C_DIGIT || u[k] == '_' || u[k] == '!' || u[k] == '@'; }
                else word = numeral = 0;
                spelled = t == C_SPELLED ? spelled + 1 : 0;
                if (word >= 20 || (word >= 4 && numeral) || spelled >= 4) { hit = 1; last_hit = k + 1; }
            }
            else if (need == N_ASCII) {
                word = t == C_DIGIT || t == C_LETTER ? word + 1 : 0;
                if (word >= 3) { hit = 1; last_hit = k + 1; }
            }
            else if (t == C_DIGIT) { hit = 1; last_hit = k + 1; }
            else if (t == C_SPELLED) { if (++spelled >= 4) { hit = 1; last_hit = k + 1; } }
            else spelled = t == C_GAP ? spelled : 0;
        }
        if (need == N_TOKEN) last_hit = k;                               /* the token may go on: secret_access_key = … */
        if (need == N_DIGIT) for (k = p; k >= 0 && k >= p - BEHIND; k--) {
            s->steps++;
            int t = cls[u[k]] & C_MASK;
            if (t == C_DIGIT) { hit = 1; a = k; }
            else if (t != C_SPELLED) behind = 0;
            else if (++behind >= 4) { hit = 1; a = k; }
        }
        if (hit) emit(s, doc, n, s->kw_kind[q], a, last_hit);
    }
}

/* A hyphen that was read out (에, 의, 다시, 대시, 하이픈) between digits: its length with spaces, or 0. */
static int64_t gap_word(const scan_t *s, int64_t i, int64_t n) {
    const uint16_t *u = s->u; const uint8_t *cls = s->cls;
    int64_t k = i;
    if (u[k] == 0xC5D0 || u[k] == 0xC758) k += 1;
    else if (k + 1 < n && u[k + 1] == 0xC2DC && (u[k] == 0xB2E4 || u[k] == 0xB300)) k += 2;
    else if (k + 2 < n && u[k] == 0xD558 && u[k + 1] == 0xC774 && u[k + 2] == 0xD508) k += 3;
    else return 0;
    if (k < n && u[k] == ' ') k++;
    return k < n && ((cls[u[k]] & C_MASK) == C_DIGIT || (cls[u[k]] & C_MASK) == C_SPELLED) ? k - i : 0;
}

/* (여성, 33): a sex and a mark before the digits. */
static int sex_before(const uint16_t *u, int64_t a) {
    int64_t k = a - 1;
    while (k > 0 && k > a - 3 && (u[k] == ' ' || u[k] == ',' || u[k] == 0xB7 || u[k] == '/')) k--;
    if (k >= 0 && (u[k] == 0xC131 || u[k] == 0xC790)) k--;                                  /* 성 자 */
    return k > 0 && k < a - 1 && (u[k] == 0xB0A8 || u[k] == 0xC5EC) && u[k - 1] == '(';     /* 남 여 */
}

/* 김모(34)가, 홍길동(53) 씨, B씨(38): what stands around the bracket. */
static int age_behind(const uint16_t *u, int64_t a, int64_t b, int64_t n) {
    uint16_t w = u[a - 2];
    int64_t k = b + 1 < n && u[b + 1] == ' ' ? b + 2 : b + 1;
    return (k < n && is_hangul(u[k])) || (b + 1 < n && u[b + 1] == ',') ||
           w == 0xC528 || w == 0xBAA8 || w == 0xAD70 || w == 0xC591;                            /* 씨모군양 */
}

/* What a run of plain digits [a, b) is followed or preceded by: plates, ages, road numbers. */
static void run_context(scan_t *s, int64_t doc, int64_t a, int64_t b, int64_t n) {
    const uint16_t *u = s->u; const uint8_t *cls = s->cls;
    int64_t len = b - a, j = b, p = a;
    if (len <= 3 && j < n) {                                             /* 12가 3456, 서울 1 가 1234 */
        if ((u[j] == ' ' || u[j] == '-' || u[j] == 0xB7) && j + 1 < n) j++;
        if (cls[u[j]] & F_PLATE) {
            int64_t k = j + 1; int g = 0, d = 0;
            while (k < n && g < 2 && ((cls[u[k]] & C_MASK) == C_GAP)) { k++; g++; }
            while (k < n && d < 6 && (is_digit(u[k]) || ((cls[u[k]] & C_MASK) == C_SPELLED && d < 4))) { k++; d++; }
            s->steps += k - j;
            uint16_t w = k < n ? u[k] : 0;
            int year = d == 4 && (w == '.' || w == 0xB144) &&
                       ((u[k - 4] == '1' && u[k - 3] == '9') || (u[k - 4] == '2' && u[k - 3] == '0'));
            int64_t r = k < n && u[k] == ' ' ? k + 1 : k, f = a > 0 && u[a - 1] == ' ' ? a - 1 : a;
            uint16_t r0 = r < n ? u[r] : 0, r1 = r + 1 < n ? u[r + 1] : 0, f0 = f > 0 ? u[f - 1] : 0, f1 = f > 1 ? u[f - 2] : 0;
            int ruling = (r0 == 0xD310 && r1 == 0xACB0) || (r0 == 0xACB0 && r1 == 0xC815) ||            /* 판결 결정 */
                         (r0 == 0xC804 && r1 == 0xC6D0) || (f0 == 0xACE0 && f1 == 0xC120);              /* 전원 선고 */
            int before = a > 0 && (is_hangul(u[a - 1]) || (u[a - 1] == ' ' && a > 1 && is_hangul(u[a - 2])));
            if (d >= 4 && d <= 5 && !(d == 5 && is_digit(u[k - 1])) && !year && !is_digit(w) && (len > 1 || before) &&
                !ruling && w != 0xC6D0 && w != 0xC5B5 && w != 0xB9CC)                            /* not 원, 억, 만 */
                emit(s, doc, n, K_PLATE, a - 8, k);
        }
        j = b;
        if (u[j] == ' ' && j + 1 < n) j++;
        if (u[j] == 0xC138 || u[j] == 0xC0B4) {                                       /* 세, 살 */
            int64_t k = j + 1;
            if (k < n && u[k] == ' ') k++;
            uint16_t w = k < n ? u[k] : 0, x = k + 1 < n ? u[k + 1] : 0;
            int limit = w == 0xBBF8 || w == 0xCD08 || w == 0xAE4C || w == 0xAE30 || w == 0xB300 || w == 0xC190 ||    /* 미초까기대손 */
                        (w == 0xC774 && (x == 0xC0C1 || x == 0xD558)) || (w == 0xBD80 && x == 0xD130); /* 이상 이하 부터 */
            if (!limit) emit(s, doc, n, K_AGE, a, j + 1);
        }
        if (b < n && u[b] == ')' && ((b + 1 < n && u[b + 1] == 0xC528) || sex_before(u, a) ||         /* 김모(34)씨 */
            (len == 2 && a > 2 && u[a - 1] == '(' && is_hangul(u[a - 2]) && age_behind(u, a, b, n))))
            emit(s, doc, n, K_AGE, a, b + 1);
        if (len == 2 && a > 1 && u[a - 1] == '(' && is_hangul(u[a - 2])) {                   /* 김모(34·여)씨 */
            int64_t k = b;
            while (k < n && k < b + 2 && (u[k] == 0xB7 || u[k] == ',' || u[k] == '/' || u[k] == ' ')) k++;
            if (k > b && k < n && (u[k] == 0xB0A8 || u[k] == 0xC5EC)) emit(s, doc, n, K_AGE, a, b + 1);   /* 남 여 */
        }
    }
    if (len == 3 && a > 1 && b + 3 < n && u[b] == '-' && is_digit(u[b + 1]) && is_digit(u[b + 2]) && is_digit(u[b + 3])) {
        uint16_t w = u[a - 1] == ' ' ? u[a - 2] : u[a - 1];                                  /* 외교 001-001 */
        if (w == 0xAD50 || w == 0xC0AC || w == 0xC678 || w == 0xC601 || w == 0xAE30 || w == 0xC815 || w == 0xD45C)
            emit(s, doc, n, K_PLATE, a - 3, b + 4);                                          /* 교사외영기정표 */
    }
    if (len == 4 && a > 2) {                                                                 /* 서울 가 1234 */
        int64_t q = u[a - 1] == ' ' ? a - 2 : a - 1;
        if ((cls[u[q]] & F_PLATE) && q > 1 && u[q - 1] == ' ' && is_hangul(u[q - 2]) && !(b < n && u[b] == 0xB144))
            emit(s, doc, n, K_PLATE, q - 8, b);
    }
    if (len == 5 && a > 0) {                                                                 /* 우 06236 */
        int64_t q = u[a - 1] == ' ' ? a - 2 : a - 1;
        if (q >= 0 && u[q] == 0xC6B0 && (q == 0 || !is_hangul(u[q - 1]))) emit(s, doc, n, K_SHORT, q, b);
    }
    if (len == 6 || len == 8) {                                          /* 910405, 여 */
        int64_t k = b;
        while (k < n && k < b + 3 && (u[k] == ' ' || u[k] == ',' || u[k] == '/' || u[k] == '(' || u[k] == 0xB7 || u[k] == '|')) k++;
        if (k > b && k < n && (u[k] == 0xB0A8 || u[k] == 0xC5EC) &&
            !(k + 1 < n && is_hangul(u[k + 1]) && u[k + 1] != 0xC131 && u[k + 1] != 0xC790)) emit(s, doc, n, K_BIRTH, a, k + 1);
    }
    if (len == 6) {                                                      /* 900101-1******, 900101-******* */
        int64_t k = b;
        while (k < n && k < b + 3 && (u[k] == ' ' || u[k] == '-')) k++;
        if (k > b && k < n && u[k] >= '1' && u[k] <= '8') k++;
        if (k > b && k + 1 < n && u[k] == u[k + 1] && (u[k] == '*' || u[k] == 'x' || u[k] == 'X' || u[k] == 0x25CF || u[k] == 0x25CB || u[k] == 0xB7))
            emit(s, doc, n, K_BIRTH, a, k + 7);
    }
    if (len <= 4 && b + 1 < n && u[b] == 0xB3D9) {                        /* 101동 1203호 */
        int64_t k = b + 1;
        while (k < n && k < b + 3 && (cls[u[k]] & C_MASK) == C_GAP) k++;
        if (k < n && is_digit(u[k])) emit(s, doc, n, K_ADDRESS, a, k);
    }
    if (len <= 5 && p > 1) {                                             /* 테헤란로 123 */
        if (u[p - 1] == ' ' && p > 1) p--;
        uint16_t w = u[p - 1], before = p > 1 ? u[p - 2] : 0;
        uint16_t next = b < n ? u[b] : 0;
        int counted = next == 0xC6D0 || next == 0xBA85 || next == 0xB144 || next == 0xC6D4 || next == 0xC77C || next == 0xC2DC ||
                      next == 0xBD84 || next == 0xAC1C || next == 0xD68C || next == 0xC138 || next == '%' || next == 0xD56D ||
                      next == 0xC870 || next == 0xC810 || next == 0xC13C || next == 0x339D || next == 0x339E ||
                      (next == '.' && b + 1 < n && is_digit(u[b + 1])) || (next == ',' && b + 1 < n && is_digit(u[b + 1])) ||
                      (next == '.' && len == 4 && (u[a] == '1' || u[a] == '2'));
        int adverb = p > 2 && !is_hangul(u[p - 3]) && w == 0xB85C &&                       /* 세로 가로 바로 서로 새로 따로 */
                     (before == 0xC138 || before == 0xAC00 || before == 0xBC14 || before == 0xC11C || before == 0xC0C8 || before == 0xB530);
        if ((w == 0xB85C || w == 0xAE38) && !adverb && before != 0xC73C && (is_hangul(before) || is_digit(before))) {
            if (!counted) emit(s, doc, n, K_ADDRESS, a, b);
        }
        else if (b + 1 < n && u[b] == 0xBC88 && (u[b + 1] == 0xC9C0 || u[b + 1] == 0xAE38)) emit(s, doc, n, K_ADDRESS, a, b);
        else if ((w == 0xB3D9 || w == 0xB9AC || w == 0xAC00) && p != a && is_hangul(before)) {   /* 역삼동 123-4 */
            int64_t k = b; int good = 0;
            if (k + 1 < n && u[k] == '-' && is_digit(u[k + 1])) good = 1;
            if (w != 0xAC00 && p > 2 && !counted) {
                if (is_hangul(u[p - 3])) good = 1;                           /* 신사동 660, 반포동 19의 1 */
                else if (p > 4 && u[p - 3] == ' ') {                         /* 삼척시 교동 566 */
                    uint16_t over = u[p - 4];
                    if (over == 0xC2DC || over == 0xAD70 || over == 0xAD6C || over == 0xC74D || over == 0xBA74) good = 1;
                }
            }
            if (good) emit(s, doc, n, K_ADDRESS, a, b);
        }
        else if (w == 0xAC00 && p != a && is_digit(before) && !counted) emit(s, doc, n, K_ADDRESS, a, b);  /* 문래동 5가 23 */
        else if (w == 0xC0B0 && p > 3) {                                                      /* 보라리 산 79, 산93 */
            uint16_t town = u[p - 2] == ' ' ? u[p - 3] : u[p - 2];
            if ((town == 0xB3D9 || town == 0xB9AC) && !counted) emit(s, doc, n, K_ADDRESS, a, b);
        }
    }
}

/* @, a colon or hyphen between hexadecimal digits, the degree sign. */
static void special(scan_t *s, int64_t doc, int64_t i, int64_t n) {
    const uint16_t *u = s->u;
    uint16_t c = u[i];
    if (c == '@') emit(s, doc, n, K_EMAIL | K_HANDLE, i - 1, i + 1);
    else if ((c == ':' || c == '-') && i > 0 && i + 4 < n && is_hex(u[i - 1])) {
        if (i > 1 && is_hex(u[i - 2]) && is_hex(u[i + 1]) && is_hex(u[i + 2]) && u[i + 3] == c && is_hex(u[i + 4]))
            emit(s, doc, n, K_NET, i - 2, i + 5);
        else if (c == ':') {
            int64_t k = i + 1; while (k < n && k < i + 5 && is_hex(u[k])) k++;
            if (k < n && u[k] == ':') emit(s, doc, n, K_NET, i - 4, k + 1);
        }
    }
    else if (c == 0xB0 && i + 2 < n && (is_digit(u[i + 1]) || is_digit(u[i + 2]))) emit(s, doc, n, K_GEO, i - 4, i + 20);

}

/* Leaves out events at which phase 2 would do nothing: no word of the list ends there, no digit follows the syllable.
 * Without branches, for a quarter of all units come here; u has two zeros before the text and one behind it. */
static void sift_events(scan_t *s, int64_t n) {
    uint16_t *u = s->u;
    const uint8_t *cls = s->cls, *pair = s->pair;
    uint32_t *ev = s->ev;
    int64_t kept = 0;
    u[n] = 0;
    for (int64_t e = 0; e < s->nev; e++) {
        int64_t i = ev[e];
        uint8_t t = cls[u[i]], k = t & C_MASK, next = cls[u[i + 1]] & C_MASK;
        uint16_t last = lower16(u[i]), before = lower16(u[i - 1]), over = lower16(u[i - 2]);
        uint8_t ends = pair[pair_of(0, last)] | pair[pair_of(before, last)] | (pair[pair_of(over, last)] & (before == ' '));
        ev[kept] = (uint32_t)i;
        kept += ((t & F_SPECIAL) != 0) | (k == C_DIGIT) | ((k == C_SPELLED) & ((uint8_t)(next - C_DIGIT) <= C_GAP - C_DIGIT)) |
                (((t & F_KEYWORD) != 0) & ends);
    }
    s->nev = kept;
}

static void scan_doc(scan_t *s, const uint8_t *d, int64_t bytes, int64_t doc) {
    int64_t n = fold_chunks(s, d, bytes);
    if (n < 0) n = fold_utf8(s, d, bytes);
    sift_events(s, n);
    const uint16_t *u = s->u; const uint8_t *cls = s->cls;
    int64_t first = s->nwin, i = 0;
    const uint32_t *ev = s->ev;
    for (int64_t e = 0; e < s->nev; e++) {
        if (ev[e] < i) continue;                       /* inside a cluster that was judged already */
        i = ev[e];
        uint8_t t = cls[u[i]];
        s->steps++;
        if ((t & F_KEYWORD) && may_end_keyword(s, u, i)) keyword(s, doc, i, n);
        if (t & F_SPECIAL) special(s, doc, i, n);
        int k = t & C_MASK;
        if (k != C_DIGIT && k != C_SPELLED) { i++; continue; }
        if (k == C_SPELLED) {                              /* most of these are plain syllables: look one unit ahead */
            int64_t j = i + 1; int g = 0;
            while (j < n && g < GAP && (cls[u[j]] & C_MASK) == C_GAP) { j++; g++; }
            if (j >= n || ((cls[u[j]] & C_MASK) != C_DIGIT && (cls[u[j]] & C_MASK) != C_SPELLED)) { i++; continue; }
        }
        if (s->mask & K_PASSPORT) {
            int64_t p = i;
            if (p > 0 && (cls[u[p - 1]] & C_MASK) == C_GAP) { p--; if (p > 0 && (cls[u[p - 1]] & C_MASK) == C_GAP) p--; }
            uint16_t c = p > 0 ? lower16(u[p - 1]) : 0; int64_t end = 0;
            if ((c == 'm' || c == 's' || c == 'r' || c == 'o' || c == 'd' || c == 'g') &&
                (p == 1 || (cls[u[p - 2]] & C_MASK) != C_LETTER) && passport_shape(s, p - 1, n, &end))
                emit(s, doc, n, K_PASSPORT, p - 1, end);
        }
        int64_t a = i, last = i, run = k == C_DIGIT ? i : -1; int gap = 0, hyphen = 0;
        int64_t total = 0;
        while (i < n) {                                                              /* the cluster */
            uint8_t tt = cls[u[i]];
            int q = tt & C_MASK;
            if (q == C_DIGIT || q == C_SPELLED) {
                if (q == C_DIGIT && run < 0) run = i;
                if (q == C_SPELLED && run >= 0) { run_context(s, doc, run, i, n); run = -1; }
                if (i > a && (tt & F_KEYWORD) && may_end_keyword(s, u, i)) keyword(s, doc, i, n);
                last = i; gap = 0; hyphen = 0; total++;
            } else {
                if (run >= 0) { run_context(s, doc, run, i, n); run = -1; }
                if (q == C_GAP) { if (++gap > GAP) break; if (u[i] == '-') hyphen = 1; }
                else if (gap <= 1 && (q == 0 || q == C_OTHER) && gap_word(s, i, n)) { i += gap_word(s, i, n); continue; }
                else if (q == C_NEWLINE && (hyphen || (i + 1 < n && u[i + 1] == '-'))) { if (++gap > GAP) break; }
                else break;
                if ((tt & F_SPECIAL) && u[i] != '-') break;
                if (tt & F_SPECIAL) special(s, doc, i, n);                        /* d7-82-52-11-4d-61 */
            }
            i++;
        }
        if (run >= 0 && i >= n) run_context(s, doc, run, n, n);
        s->steps += i - a;
        if (total >= 4) judge_cluster(s, doc, n, a, last + 1);
        if (total >= 4 && total <= 8 && k == C_SPELLED && a > 1 && (cls[u[a - 1]] & F_PLATE)) {                 /* 삼팔머 일이구공 */
            int before = cls[u[a - 2]] & C_MASK;
            if (before == C_SPELLED || before == C_DIGIT) emit(s, doc, n, K_PLATE, a - 8, a + 4);
        }
        i = last + 1;
    }
    for (int64_t w = first; w < s->nwin; w++) {        /* folded positions -> bytes and code points */
        window_t *x = &s->win[w];
        if (s->nout == s->capout) {
            int64_t cap = s->capout ? s->capout * 2 : 256;
            mark_t *m = (mark_t *)realloc(s->out, (size_t)cap * sizeof(mark_t));
            if (!m) { s->failed = 1; return; }
            s->out = m; s->capout = cap;
        }
        mark_t m; int64_t unused;
        m.doc = doc; m.kind = x->kind;
        locate(s, d, bytes, x->ctx0, &m.byte0, &m.cp0);
        locate(s, d, bytes, x->core0, &unused, &m.core0);
        locate(s, d, bytes, x->core1, &unused, &m.core1);
        locate(s, d, bytes, x->ctx1, &m.byte1, &unused);
        s->out[s->nout++] = m;
    }
    s->nwin = first;
}
#endif
