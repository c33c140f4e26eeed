/* Counts over UTF-8 bytes that a compiler can vectorise: sums of comparisons in blocks short enough for 8-bit sums. */
#ifndef DAMJANG_TIDY_H
#define DAMJANG_TIDY_H

#include <stdint.h>
#include <string.h>

/* counts: chars, hangul, ascii letters, other letters, symbols, spaces, newlines. p[size] must be readable. */
static void tidy_count(const uint8_t *p, int64_t size, int64_t counts[7]) {
    int64_t at = 0;
    memset(counts, 0, 7 * sizeof(int64_t));
    while (at < size) {
        int64_t block = size - at < 192 ? size - at : 192;
        uint8_t chars = 0, hangul = 0, letters = 0, wide = 0, starts = 0, digits = 0, graphs = 0, spaces = 0, lines = 0;
        const uint8_t *q = p + at;
        for (int64_t i = 0; i < block; i++) {
            uint8_t b = q[i], n = q[i + 1];
            chars += (uint8_t)((b & 0xC0) != 0x80);
            starts += (uint8_t)(b >= 0xC0);
            hangul += (uint8_t)((b == 0xEB) | (b == 0xEC) | ((b == 0xEA) & (n >= 0xB0)) | ((b == 0xED) & (n <= 0x9F)) |
                                ((b == 0xE1) & (n >= 0x84) & (n <= 0x87)) | ((b == 0xE3) & (n >= 0x84) & (n <= 0x86)));
            wide += (uint8_t)((b == 0xE2) | ((b == 0xE3) & (n == 0x80)) | ((b == 0xEF) & (n == 0xBC)));
            letters += (uint8_t)((uint8_t)((b | 32) - 97) < 26);
            digits += (uint8_t)((uint8_t)(b - 48) < 10);
            graphs += (uint8_t)((uint8_t)(b - 33) < 95); /* 33..127 */
            spaces += (uint8_t)((b == 32) | (b == 9) | (b == 10));
            lines += (uint8_t)(b == 10);
        }
        counts[0] += chars;
        counts[1] += hangul;
        counts[2] += letters;
        counts[3] += (uint8_t)(starts - wide);
        counts[4] += (uint8_t)(graphs - letters - digits) + wide;
        counts[5] += spaces;
        counts[6] += lines;
        at += block;
    }
}

/* A 64-bit hash of a line, eight bytes a step; never 0. */
static uint64_t tidy_line_hash(const uint8_t *p, int64_t size) {
    uint64_t h = 0x9E3779B97F4A7C15ull ^ (uint64_t)size, w;
    int64_t i = 0;
    for (; i + 8 <= size; i += 8) {
        memcpy(&w, p + i, 8);
        h = (h ^ w) * 0xD6E8FEB86659FD93ull;
        h ^= h >> 32;
    }
    w = 0;
    memcpy(&w, p + i, (size_t)(size - i));
    h = (h ^ w) * 0xD6E8FEB86659FD93ull;
    h ^= h >> 29;
    return h | 1;
}

#endif
