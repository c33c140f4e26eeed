/* SIMD levels, chosen at run time: 0 portable C, 1 AVX2, 2 AVX-512 (F, BW, VL, VBMI2). Every level gives equal bits. */
#ifndef DAMJANG_SIMD_H
#define DAMJANG_SIMD_H

#if (defined(__x86_64__) || defined(_M_X64)) && defined(__GNUC__)
#define DAMJANG_X86 1
#include <immintrin.h>
#define AVX2_TARGET __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt")))
#define AVX512_TARGET                                                                                                  \
    __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt,avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2")))
#endif

static inline int simd_best(void) {
#ifdef DAMJANG_X86
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("bmi2"))
        return 2;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2")) return 1;
#endif
    return 0;
}
#endif
