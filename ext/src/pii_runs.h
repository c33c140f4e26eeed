/* What a run of plain digits is followed or preceded by: plates, ages, postcodes, flats, road and lot numbers. */
#ifndef DAMJANG_PII_RUNS_H
#define DAMJANG_PII_RUNS_H
#include "pii_fold.h"

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
        if ((u[j] == ' ' || u[j] == '-' || u[j] == '.' || u[j] == 0xB7) && j + 1 < n) j++;
        if (cls[u[j]] & F_PLATE) {
            int64_t k = j + 1; int g = 0, d = 0;
            while (k < n && g < 2 && ((cls[u[k]] & C_MASK) == C_GAP)) { k++; g++; }
            while (k < n && d < 6 && (is_digit(u[k]) || ((cls[u[k]] & C_MASK) == C_SPELLED && d < 4))) { k++; d++; }
            if (d == 1 && k + 5 < n && u[k] == ' ' && is_digit(u[k + 1]) && u[k + 2] == ' ' && is_digit(u[k + 3]) &&
                u[k + 4] == ' ' && is_digit(u[k + 5])) { k += 6; d = 4; }                       /* 31 다 9 4 0 2 */
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
                      next == 0xC870 || next == 0xC810 || next == 0xC13C || next == 0xCC28 || next == 0xC5EC || next == 0xC2B9 ||
                      next == 0xD3B8 || next == 0xBC30 || next == 0xC704 || next == 0xAE09 || next == 0xAE08 || next == 0x339D || next == 0x339E ||
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
#endif
