"""The keyed content hash in plain Python: the definition that ext/contenthash.pyx follows.

digest = SipHash-2-4-128(key, le64(width << 56 | code points) + the code points at `width` bytes each, little-endian),
width 2 if all lie in the BMP (lone surrogates count as they are), else 4. The leading word keeps the two apart.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

SCHEME = "damjang-content-siphash128"
VERSION = 1
KEY = b"damjang dedup v1"  # published, for `damjang dedup`; a project derives its own from its key
_M64 = 0xFFFFFFFFFFFFFFFF


def _rotl(x: int, b: int) -> int:
    return ((x << b) | (x >> (64 - b))) & _M64


def _rounds(v: list[int], count: int) -> None:
    for _ in range(count):
        v[0] = (v[0] + v[1]) & _M64
        v[1] = _rotl(v[1], 13) ^ v[0]
        v[0] = _rotl(v[0], 32)
        v[2] = (v[2] + v[3]) & _M64
        v[3] = _rotl(v[3], 16) ^ v[2]
        v[0] = (v[0] + v[3]) & _M64
        v[3] = _rotl(v[3], 21) ^ v[0]
        v[2] = (v[2] + v[1]) & _M64
        v[1] = _rotl(v[1], 17) ^ v[2]
        v[2] = _rotl(v[2], 32)


def siphash128(key: bytes, message: bytes) -> bytes:
    """SipHash-2-4 with its 16-byte output."""
    k0, k1 = int.from_bytes(key[:8], "little"), int.from_bytes(key[8:], "little")
    v = [k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D ^ 0xEE, k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573]
    padded = message + bytes(7 - len(message) % 8) + bytes([len(message) & 0xFF])
    for i in range(0, len(padded), 8):
        word = int.from_bytes(padded[i : i + 8], "little")
        v[3] ^= word
        _rounds(v, 2)
        v[0] ^= word
    v[2] ^= 0xEE
    _rounds(v, 4)
    low = v[0] ^ v[1] ^ v[2] ^ v[3]
    v[1] ^= 0xDD
    _rounds(v, 4)
    high = v[0] ^ v[1] ^ v[2] ^ v[3]
    return low.to_bytes(8, "little") + high.to_bytes(8, "little")


def keyed(texts: Sequence[str | None], key: bytes) -> npt.NDArray[np.uint8]:
    """uint8[n, 16]: one digest a text."""
    out = np.empty((len(texts), 16), dtype=np.uint8)
    for row, text in zip(out, texts, strict=True):
        points = [ord(c) for c in text or ""]
        width = 4 if any(c > 0xFFFF for c in points) else 2
        head = (width << 56 | len(points)).to_bytes(8, "little")
        row[:] = np.frombuffer(siphash128(key, head + b"".join(c.to_bytes(width, "little") for c in points)), np.uint8)
    return out


def _fold(a: int, b: int) -> int:
    """The two halves of a 128-bit product, one over the other."""
    product = a * b
    return (product & _M64) ^ (product >> 64)


def _quick(points: list[int], seed: int) -> int:
    width = 4 if any(c > 0xFFFF for c in points) else 2
    blob = b"".join(c.to_bytes(width, "little") for c in points)
    whole = len(blob) // 16 * 16
    words = [int.from_bytes((blob + bytes(16))[i : i + 8], "little") for i in range(0, whole + 16, 8)]
    a, b, i = seed ^ len(blob), seed ^ 0x9E3779B97F4A7C15, 0
    while i + 4 <= whole // 8:
        a = _fold(words[i] ^ a, words[i + 1] ^ 0xA0761D6478BD642F)
        b = _fold(words[i + 2] ^ b, words[i + 3] ^ 0xE7037ED1A0B428DB)
        i += 4
    if i < whole // 8:
        a = _fold(words[i] ^ a, words[i + 1] ^ 0xA0761D6478BD642F)
    b = _fold(words[-2] ^ b, words[-1] ^ 0x8EBC6AF09C88C6E3)
    return _fold(a ^ 0x589965CC75374CC3, b ^ width)


def quick(texts: Sequence[str | None], *, seed: int = 0) -> npt.NDArray[np.uint64]:
    """uint64[n]: two chains of folded multiplications over the code points at `width` bytes each, as for `keyed`."""
    return np.array([_quick([ord(c) for c in text or ""], seed) for text in texts], dtype=np.uint64)


GLIMPSE = 64


def outline(texts: Sequence[str | None], *, seed: int = 0) -> npt.NDArray[np.uint64]:
    """uint64[n]: of a str of more than 512 code points its length and `quick` of 64 at its beginning, middle and end,
    each seeded by what came before; of a shorter one `quick`. (Of Arrow's UTF-8 the kernel hashes the whole: `quick`.)
    """
    out = np.empty(len(texts), dtype=np.uint64)
    for row, text in enumerate(texts):
        points = [ord(c) for c in text or ""]
        if len(points) <= 8 * GLIMPSE:
            out[row] = _quick(points, seed)
            continue
        mixed = (seed + len(points)) & _M64
        for piece in range(3):
            at = (len(points) - GLIMPSE) * piece // 2
            mixed = ((mixed ^ _quick(points[at : at + GLIMPSE], mixed)) * 0x9E3779B97F4A7C15) & _M64
        out[row] = mixed
    return out


def equal(texts: Sequence[str | None], left: Sequence[int], right: Sequence[int]) -> npt.NDArray[np.bool_]:
    """bool[m]: whether the texts of two rows are the same; None reads as empty."""
    return np.array([(texts[i] or "") == (texts[j] or "") for i, j in zip(left, right, strict=True)], dtype=np.bool_)
