"""What the machine allows: a bare C loop over one buffer that does only the arithmetic, memory, and UTF-8 decoding."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

SOURCE = r"""
#include <stdint.h>
#define N 2048
static uint32_t mix(uint32_t h) {
    h ^= h >> 16; h *= 0x7FEB352Du; h ^= h >> 15; h *= 0x846CA68Bu; return h ^ (h >> 16);
}
/* The window hashes of a document, then the least in each of 128 bins: no objects, no output but the bins. */
uint32_t arithmetic(const uint16_t *p, const int64_t *start, int64_t docs, int binning) {
    const uint32_t m0 = 0x9E3779B1u, m1 = 0x85EBCA77u, m2 = 0xC2B2AE3Du, m3 = 0x27D4EB2Fu, m4 = 0x165667B1u;
    uint32_t hash[N], bins[128], all = 0;
    for (int64_t d = 0; d < docs; d++) {
        for (int b = 0; b < 128; b++) bins[b] = 0xFFFFFFFFu;
        uint32_t least = 0xFFFFFFFFu;
        for (int64_t i = start[d]; i + 4 < start[d + 1]; i += N) {
            int64_t n = start[d + 1] - 4 - i < N ? start[d + 1] - 4 - i : N;
            const uint16_t *q = p + i;
            for (int64_t k = 0; k < n; k++)
                hash[k] = mix(q[k] * m0 + q[k + 1] * m1 + q[k + 2] * m2 + q[k + 3] * m3 + q[k + 4] * m4);
            if (binning)
                for (int64_t k = 0; k < n; k++) {
                    uint32_t b = hash[k] >> 25;
                    bins[b] = hash[k] < bins[b] ? hash[k] : bins[b];
                }
            else
                for (int64_t k = 0; k < n; k++) least = hash[k] < least ? hash[k] : least;
        }
        for (int b = 0; b < 128; b++) all += bins[b];
        all += least;
    }
    return all;
}
"""


def arithmetic_loop(texts: list[str], *, binning: bool) -> Callable[[], object] | None:
    """The loop over these texts (within the BMP) as one UTF-16 buffer, -O3 -march=native; None without a compiler.

    binning=False hashes only: the sum of products and its mix, the least of all in one register.
    """
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not compiler:
        return None
    folder = Path(tempfile.mkdtemp())
    (folder / "limit.c").write_text(SOURCE)
    built = folder / "limit.so"
    flags = ["-O3", "-march=native", "-shared", "-fPIC"]
    subprocess.run([compiler, *flags, str(folder / "limit.c"), "-o", str(built)], check=True)
    call = ctypes.CDLL(str(built)).arithmetic
    call.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int]
    units = np.frombuffer("".join(texts).encode("utf-16-le", "surrogatepass"), dtype=np.uint16)
    starts = np.concatenate([[0], np.cumsum([len(text) for text in texts])]).astype(np.int64)
    if starts[-1] != len(units):
        return None  # a text beyond the BMP
    return lambda: call(units.ctypes.data, starts.ctypes.data, len(texts), int(binning))


def memory_read(size: int = 1 << 28) -> tuple[Callable[[], object], float]:
    """(a pass over `size` bytes, its MB)."""
    words = np.ones(size // 8, dtype=np.uint64)
    return lambda: words.max(), size / 1e6


def decode(texts: list[str]) -> Callable[[], object]:
    """CPython's UTF-8 decoder over the texts."""
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    return lambda: [blob.decode("utf-8", "surrogatepass") for blob in encoded]
