"""Padding before sealing: how long something is must not tell what it says."""

from __future__ import annotations


def padded(content: bytes, block: int) -> bytes:
    """The content, a byte 80 and as many zeros as make whole blocks (ISO/IEC 7816-4)."""
    return content + b"\x80" + bytes(-(len(content) + 1) % block)


def unpadded(data: bytes) -> bytes:
    """The content.

    Raises:
        ValueError: It is not padded.
    """
    content, mark, rest = data.rpartition(b"\x80")
    if not mark or rest.strip(b"\0"):
        raise ValueError("not padded")
    return content
