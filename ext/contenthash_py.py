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
