/* Label words of the gate (anonymizers/gate_words.py): which end at a unit, and whether what they need stands near. */
#ifndef DAMJANG_PII_WORDS_H
#define DAMJANG_PII_WORDS_H
#include "pii_fold.h"

static inline uint32_t pair_of(uint16_t before, uint16_t last) { return (before * 40503u + last) & 0xFFFF; }

static inline int is_latin(uint16_t c) { return c < 128 && lower16(c) >= 'a' && lower16(c) <= 'z'; }
static inline int is_alnum(uint16_t c) { return is_latin(c) || is_digit(c); }

/* Whether the address that ends before p + 1 is that of a link: ](https://, href="www. */
static int is_link(scan_t *s, int64_t p) {
    const uint16_t *u = s->u;
    int64_t f = p;
    while (f >= 0 && f > p - URL_HEAD && (is_latin(u[f]) || u[f] == ':' || u[f] == '/' || u[f] == '.')) f--;
    s->steps += p - f;
    return f >= 0 && ((u[f] == '(' && f > 0 && u[f - 1] == ']') || u[f] == '[' || u[f] == '"' || u[f] == '\'' || u[f] == '<' || u[f] == '=' || u[f] == '`');
}

/* 카톡 id:, ID:, user id, login_id; not `id: 3` and userId of a program. The word ends at i; p stands before it. */
static int is_named_id(const uint16_t *u, int64_t p, int64_t i) {
    int64_t j = i;
    while (j > p + 1 && !(lower16(u[j - 1]) == 'i' && lower16(u[j]) == 'd')) j--;
    j--;                                                                                          /* of the i */
    if (j <= p) return 0;
    if (u[j] == 'I' && u[j + 1] == 'D') return 1;
    if (j > p + 1) return u[j - 1] == ' ' || u[j - 1] == '_';
    return p >= 0 && (is_hangul(u[p]) || (u[p] == ' ' && p > 0 && is_hangul(u[p - 1])));
}

/* Whether u[k] parts cells: a comma, semicolon or bar; a slash only between spaces. */
static inline int parts_cells(const uint16_t *u, int64_t k, int64_t n) {
    uint16_t c = k >= 0 && k < n ? u[k] : 0;
    return c == ',' || c == ';' || c == '|' || (c == '/' && k > 0 && k + 1 < n && u[k - 1] == ' ' && u[k + 1] == ' ');
}

/* Spares most calls of keyword(). */
static inline int may_end_keyword(const scan_t *s, const uint16_t *u, int64_t i) {
    uint16_t last = lower16(u[i]);
    int64_t p = i - 1;
    if (s->pair[pair_of(0, last)]) return 1;
    if (p < 0) return 0;
    if (s->pair[pair_of(lower16(u[p]), last)]) return 1;
    return u[p] == ' ' && p > 0 && s->pair[pair_of(lower16(u[p - 1]), last)];              /* 비밀 번호 */
}

static inline int looks_like_digit(uint16_t c) { return c == 'O' || c == 'o' || c == 'l' || c == 'I'; }

/* Where the fifth digit stands from `from` to `to` (included), -1 if nowhere: a mark, or a spaced hyphen, may stand between
   neighbours; behind a digit O and l count (7O1827). */
static int64_t fifth(scan_t *s, int64_t from, int64_t to, int step) {
    const uint16_t *u = s->u; const uint8_t *cls = s->cls;
    int d = 0, gap = 0;
    for (int64_t k = from; step > 0 ? k <= to : k >= to; k += step) {
        int t = cls[u[k]] & C_MASK;
        s->steps++;
        if (t == C_DIGIT || t == C_SPELLED || (d && !gap && looks_like_digit(u[k]))) { d++; gap = 0; if (d >= 5) return k; }
        else if (t == C_GAP && d && u[k] != ',' && gap < (u[k] == ' ' || u[k] == '-' ? 3 : 1)) gap++;
        else { d = 0; gap = 0; }
    }
    return -1;
}

static void keyword(scan_t *s, int64_t doc, int64_t i, int64_t n) {
    const uint16_t *u = s->u; const uint8_t *cls = s->cls;
    uint16_t last = lower16(u[i]);
    int32_t q = s->kw_first[last], stop = q + s->kw_count[last];
    uint16_t near = i > 0 ? lower16(u[i - 1]) : 0, far = near == ' ' && i > 1 ? lower16(u[i - 2]) : near;
    for (; q < stop; q++) {
        uint16_t second = s->kw_second[q];
        if (second && second != near && second != far) continue;
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
        int need = s->kw_need[q] & N_MASK; int64_t a = p + 1, b = i + 1, k;
        if ((s->kw_need[q] & W_LEFT) && p >= 0 && is_hangul(u[p])) continue;                     /* 동대문 */
        if ((s->kw_need[q] & W_RIGHT) && b < n && is_latin(u[b])) continue;                      /* instance */
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
            int left = parts_cells(u, f, n), right = parts_cells(u, g, n);
            if ((l == '\n' || left) && (r == '\n' || right) && (left || right))
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
            for (k = p; k >= 0 && k > p - 14; k--) {
                s->steps++;
                int t = cls[u[k]] & C_MASK;
                if (t == C_DIGIT || (t == C_SPELLED && u[k + 1] == 0xB144)) { emit(s, doc, n, s->kw_kind[q], k - 12, b); break; }   /* 구이년생 */
                if (t == C_SPELLED || u[k] == 0xC2ED || u[k] == 0xC2DC || u[k] == 0xC720) continue;              /* 시월 십일일 */
                if (u[k] == 0xB144 && k > 0 && (u[k - 1] == 0xC2ED || (cls[u[k - 1]] & C_MASK) == C_SPELLED)) {   /* 육십년 … 생 */
                    emit(s, doc, n, s->kw_kind[q], k - 12, b); break;
                }
                if (u[k] != ' ' && u[k] != '.' && u[k] != ')' && u[k] != 0xB144 && u[k] != 0xC6D4 && u[k] != 0xC77C &&
                    u[k] != '(' && u[k] != 0xC74C && u[k] != 0xC591 && u[k] != 0xB825) break;              /* (음력)생 */
            }
            continue;
        }
        if (need == N_NUMBER) {                                          /* five digits with short gaps between */
            int64_t at = fifth(s, i + 1, i + AHEAD < n - 1 ? i + AHEAD : n - 1, 1);
            if (at >= 0) emit(s, doc, n, s->kw_kind[q], a, at + 16);
            at = fifth(s, p, p > BEHIND ? p - BEHIND : 0, -1);
            if (at >= 0) emit(s, doc, n, s->kw_kind[q], at - 12, b);
            continue;
        }
        if (need == N_HEX) {                                             /* 공유기 64e599f1077c */
            int d = 0;
            for (k = i + 1; k < n && k <= i + AHEAD; k++) {
                s->steps++;
                if (is_hex(u[k])) { if (++d >= HEX_RUN) { emit(s, doc, n, s->kw_kind[q], a, k + 8); break; } }
                else if (!(d && (u[k] == ':' || u[k] == '-' || u[k] == '.' || u[k] == ' ') && is_hex(u[k - 1]))) d = 0;
            }
            continue;
        }
        if (need == N_URL && is_link(s, p)) continue;
        if (need == N_ID && !is_named_id(u, p, i)) continue;
        if (need == N_ASCII && !(s->kw_kind[q] & K_EMAIL) && b + 1 < n &&                       /* twitter.com, [twitter](…, 아이디어 */
            ((u[b] == '.' && is_latin(u[b + 1])) || (u[b] == ']' && u[b + 1] == '(') || u[b] == 0xC5B4)) continue;
        int hit = 0, spelled = 0, word = 0, numeral = 0, behind = 0; int64_t last_hit = b;
        for (k = i + 1; k < n && k <= i + (need != N_DIGIT ? NEAR : (s->kw_kind[q] & (K_BIRTH | K_AGE)) && i - p < 4 ? SHORT_AHEAD : AHEAD); k++) {
            s->steps++;
            int t = cls[u[k]] & C_MASK;
            if (need == N_TOKEN || need == N_ID) { /* a run of four ASCII characters, one of them a digit or a mark */
                if (u[k] > ' ' && u[k] < 127) { word++; numeral += t == C_DIGIT || u[k] == '_' || u[k] == '!' || u[k] == '@'; }
                else word = numeral = 0;
                spelled = t == C_SPELLED ? spelled + 1 : 0;
                if (word >= 20 || (word >= 4 && numeral) || spelled >= 4) { hit = 1; last_hit = k + 1; }
            }
            else if (need == N_ASCII || need == N_URL) {
                word = t == C_DIGIT || t == C_LETTER ? word + 1 : 0;
                if (word >= 3) { hit = 1; last_hit = k + 1; }
            }
            else if (t == C_DIGIT) { hit = 1; last_hit = k + 1; }
            else if (t == C_SPELLED) { if (++spelled >= 4) { hit = 1; last_hit = k + 1; } }
            else spelled = t == C_GAP ? spelled : 0;
        }
        if (need == N_TOKEN || need == N_ID) last_hit = k;                               /* the token may go on: secret_access_key = … */
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
#endif
