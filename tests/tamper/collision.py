"""A ciphertext that two keys open: AES-GCM says that a key fits, and not that it is the only one.

The tag is linear in the bits of the ciphertext, for each key. So where half of some letters may be anything,
they can be chosen so that both keys make the same tag.
"""

from __future__ import annotations

from collections.abc import Iterator

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FREE = b"`" * 40
"""What stands where letters may be chosen: from ` to o, four bits of each are free."""


def opened_by_both(keys: tuple[bytes, bytes], nonce: bytes, plaintext: bytes, about: bytes) -> bytes:
    """Ciphertext and tag that both keys open: the first one to the plaintext, but for the free letters."""
    sealed = bytearray(AESGCM(keys[0]).encrypt(nonce, plaintext, about)[:-16])
    at = plaintext.index(FREE)
    places = [(byte, bit) for byte in range(at, at + len(FREE)) for bit in range(4)]
    difference = _tag(keys[0], nonce, sealed, about) ^ _tag(keys[1], nonce, sealed, about)
    for byte, bit in _that_make(difference, places, keys, len(sealed)):
        sealed[byte] ^= 1 << bit
    tags = {_tag(key, nonce, sealed, about) for key in keys}
    return bytes(sealed) + tags.pop().to_bytes(16, "big")


def _that_make(
    difference: int, places: list[tuple[int, int]], keys: tuple[bytes, bytes], size: int
) -> Iterator[tuple[int, int]]:
    """Which bits have to flip, so that the tags of both keys differ by that (Gauss, over two elements)."""
    powers = [_powers(key, (size + 15) // 16 + 1) for key in keys]
    rows: dict[int, tuple[int, int]] = {}
    for number, (byte, bit) in enumerate(places):
        alone = 1 << (8 * (15 - byte % 16) + bit)
        value = 0
        for power in powers:
            value ^= _times(alone, power[len(power) - 1 - byte // 16])
        chosen = 1 << number
        value, chosen = _reduced(value, chosen, rows)
        if value:
            rows[value.bit_length()] = value, chosen
    left, chosen = _reduced(difference, 0, rows)
    if left:
        raise AssertionError("too few letters are free")
    return (place for number, place in enumerate(places) if chosen >> number & 1)


def _reduced(value: int, chosen: int, rows: dict[int, tuple[int, int]]) -> tuple[int, int]:
    while value and value.bit_length() in rows:
        other, also = rows[value.bit_length()]
        value, chosen = value ^ other, chosen ^ also
    return value, chosen


def _powers(key: bytes, count: int) -> list[int]:
    """H, H², … of a key."""
    first = int.from_bytes(_aes(key, bytes(16)), "big")
    powers = [first]
    while len(powers) < count:
        powers.append(_times(powers[-1], first))
    return powers


def _tag(key: bytes, nonce: bytes, sealed: bytearray, about: bytes) -> int:
    hashed = 0
    lengths = (8 * len(about)).to_bytes(8, "big") + (8 * len(sealed)).to_bytes(8, "big")
    padded = b"".join(part + bytes(-len(part) % 16) for part in (about, bytes(sealed), lengths))
    subkey = int.from_bytes(_aes(key, bytes(16)), "big")
    for at in range(0, len(padded), 16):
        hashed = _times(hashed ^ int.from_bytes(padded[at : at + 16], "big"), subkey)
    return hashed ^ int.from_bytes(_aes(key, nonce + b"\0\0\0\1"), "big")


def _times(one: int, other: int) -> int:
    """A product in GF(2^128), as GCM writes its elements."""
    product = 0
    for place in range(127, -1, -1):
        if other >> place & 1:
            product ^= one
        one = one >> 1 ^ (0xE1 << 120 if one & 1 else 0)
    return product


def _aes(key: bytes, block: bytes) -> bytes:
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    return encryptor.update(block) + encryptor.finalize()
