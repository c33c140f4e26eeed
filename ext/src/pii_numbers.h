/* What a cluster of digits may be: numbers with their groups, thirteen digits with a birth date, money, dates, passports. */
#ifndef DAMJANG_PII_NUMBERS_H
#define DAMJANG_PII_NUMBERS_H
#include "pii_fold.h"

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
#endif
