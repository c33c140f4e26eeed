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
#include "pii_fold.h"
#include "pii_numbers.h"

static inline uint32_t pair_of(uint16_t before, uint16_t last) { return (before * 40503u + last) & 0xFFFF; }

static inline int parts_cells(uint16_t c) { return c == ',' || c == ';' || c == '|'; }

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
            for (k = p; k >= 0 && gap < 3 && ((cls[u[k]] & C_MASK) == C_GAP || u[k] == '\n'); k--) gap++;
            for (; k >= 0 && d < 6 && (cls[u[k]] & C_MASK) == C_DIGIT; k--) d++;
            s->steps += gap + d;
            if (d == 5 || (d == 3 && k >= 0 && u[k] == '-')) emit(s, doc, n, s->kw_kind[q], k - 4, b);
            continue;
        }
        if (need == N_CELL) {                                            /* a cell of a header: ,나이, |"학번"| */
            int64_t f = p, g = i + 1;
            while (f >= 0 && f > p - 3 && (u[f] == ' ' || u[f] == '"' || u[f] == '\'')) f--;
            while (g < n && g < i + 4 && (u[g] == ' ' || u[g] == '"' || u[g] == '\'')) g++;
            uint16_t l = f < 0 ? '\n' : u[f], r = g >= n ? '\n' : u[g];
            s->steps += p - f + g - i;
            if ((l == '\n' || parts_cells(l)) && (r == '\n' || parts_cells(r)) && (parts_cells(l) || parts_cells(r)))
                emit(s, doc, n, s->kw_kind[q], a, b);
            continue;
        }
        if (need == N_SOON) {                                            /* 위도 37.5 */
            for (k = i + 1; k < n && k <= i + SOON; k++) { s->steps++; if (is_digit(u[k])) { emit(s, doc, n, s->kw_kind[q], a, k + 24); break; } }
            continue;
        }
        if (need == N_BORN) {                                            /* 1964. 8. 20.생 but not 1 생략 */
            uint16_t w = b < n ? u[b] : 0;
            if (is_hangul(w) && w != 0xC774 && w != 0xC778 && w != 0xC73C && w != 0xC740 && w != 0xC758 && w != 0xC785 &&
                w != 0xC5EC && w != 0xB0A8 && w != 0xB4E4 && w != 0xC784 && w != 0xC57C && w != 0xB77C && w != 0xB3C4)
                continue;                                                              /* 이인으은의입여남들임야라도 */
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

/* … 101동 1203호 (06236), 테헤란로 12 (06236): a flat, a floor, a bracket, or a number before a bracket; then marks. */
static int behind_address(const uint16_t *u, int64_t a) {
    int64_t k = a - 1; int opened = 0;
    while (k > 0 && k > a - 5 && (u[k] == ' ' || u[k] == ',' || u[k] == '(' || u[k] == '[' || u[k] == '/' || u[k] == '|')) {
        opened |= u[k] == '(' || u[k] == '[';
        k--;
    }
    return k > 0 && k < a - 1 && (u[k] == 0xD638 || u[k] == 0xCE35 || u[k] == 0xB3D9 || u[k] == 0xC9C0 || u[k] == ')' ||
                                  (opened && is_digit(u[k])));                                  /* 호층동지 */
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
        if (len <= 2 && a > 1 && u[a - 1] == '(' && is_hangul(u[a - 2])) {                   /* 김모(34·여)씨 */
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
        if (u[a] <= '6' && behind_address(u, a)) emit(s, doc, n, K_ADDRESS, a, b);
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
        if (total >= 4 && total <= 8 && k == C_SPELLED && a > 3) {                                              /* 삼팔머 일이구공 */
            int64_t letter = u[a - 1] == ' ' ? a - 2 : a - 1, head = u[letter - 1] == ' ' ? letter - 2 : letter - 1;
            int before = cls[u[head]] & C_MASK;
            if ((cls[u[letter]] & F_PLATE) && (before == C_SPELLED || before == C_DIGIT || u[head] == 0xC2ED))   /* 십 */
                emit(s, doc, n, K_PLATE, a - 8, a + 4);
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
