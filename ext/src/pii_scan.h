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
#include "pii_runs.h"
#include "pii_words.h"

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

/* A mailbox before @ and letters of a host behind it; a name behind it that is no package, decorator or call; a password before it. */
static void at_sign(scan_t *s, int64_t doc, int64_t i, int64_t n) {
    const uint16_t *u = s->u;
    int64_t p = i - 1, q = i + 1, k;
    uint32_t kind = 0;
    if (p > 0 && (u[p] == ' ' || u[p] == '\n')) p--;
    if (q + 1 < n && (u[q] == ' ' || u[q] == '\n')) q++;
    uint16_t w = p >= 0 ? u[p] : 0, x = q < n ? u[q] : 0;
    int mailbox = is_alnum(w) || is_hangul(w) || w == '.' || w == '_' || w == '%' || w == '+' || w == '-' || w == '*' || w == ')' || w == ']';
    if (mailbox && (is_alnum(x) || is_hangul(x))) {
        for (k = q; k < n && k < q + HOST_REACH && !kind; k++) {
            s->steps++;
            if (is_latin(u[k]) || is_hangul(u[k])) kind = K_EMAIL;
            else if (!is_digit(u[k]) && u[k] != '.' && u[k] != '-' && u[k] != ' ') break;
        }
    }
    w = i > 0 ? u[i - 1] : ' ';
    if (!is_alnum(w) && w != '.' && w != '_' && w != '/' && w != '-' && w != '@' && w != '`' && i + 1 < n &&
        (is_latin(u[i + 1]) || u[i + 1] == '_')) {
        k = i + 1;
        while (k < n && k < i + HOST_REACH && (is_alnum(u[k]) || u[k] == '_' || u[k] == '.')) k++;
        s->steps += k - i;
        x = k < n ? u[k] : 0;
        if (x != '/' && x != '(' && x != '-' && x != '@') kind |= K_HANDLE;
    }
    for (k = i - 1; k > 1 && k > i - URL_REACH && u[k] > ' ' && u[k] < 127 && u[k] != '@' && u[k] != '/'; k--) s->steps++;
    if (k > 1 && u[k] == '/' && u[k - 1] == '/' && u[k - 2] == ':') kind |= K_SECRET;              /* https://hong:pass@host */
    emit(s, doc, n, kind, i - 1, i + 1);
}

/* Behind the drawing that begins before digit i, d="M12 5.2c-.8 …": numbers of nobody, thousands of them in documents of
 * programs. 0 if there is none. */
static int64_t drawing(scan_t *s, int64_t i, int64_t n) {
    const uint16_t *u = s->u;
    int64_t p = i - 1, k;
    if (p > 0 && u[p] == ' ') p--;
    if (p < 4 || (u[p] != 'M' && u[p] != 'm') || u[p - 1] != '"' || u[p - 2] != '=' || u[p - 3] != 'd' ||
        (u[p - 4] != ' ' && u[p - 4] != '\n')) return 0;
    for (k = i; k < n && (is_digit(u[k]) || (u[k] && u[k] < 128 && memchr(" .,-+\nMmLlHhVvCcSsQqTtAaZze", u[k], 27))); k++) s->steps++;
    return k < n && u[k] == '"' ? k : 0;
}

/* @, a colon or hyphen between hexadecimal digits, the degree sign. */
static void special(scan_t *s, int64_t doc, int64_t i, int64_t n) {
    const uint16_t *u = s->u;
    uint16_t c = u[i];
    if (c == '@') at_sign(s, doc, i, n);
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
        if (k == C_LETTER && next == C_LETTER && !s->digit[u[i]]) continue;    /* Latin words end at their last letter */
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
        int64_t beyond = k == C_DIGIT ? drawing(s, i, n) : 0;
        if (beyond) { i = beyond; continue; }
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
