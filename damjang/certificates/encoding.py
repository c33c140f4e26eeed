"""Base64 with one spelling: padded, standard alphabet, no stray bits. A mutated character never decodes to the same."""

from __future__ import annotations

import base64
import binascii

from damjang.certificates.errors import Malformed


def encode64(data: bytes) -> str:
    """RFC 4648 §4."""
    return base64.b64encode(data).decode()


def decode64(text: str, what: str) -> bytes:
    """The inverse of `encode64`, and nothing else; raises Malformed, naming `what`."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        raise Malformed(f"{what}: not base64") from None
    if encode64(data) != text:
        raise Malformed(f"{what}: not canonical base64")
    return data
