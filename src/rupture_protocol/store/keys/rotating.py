"""Rotation: other keys come into use, what lay under the old ones is wrapped anew, the old secrets go.

It may be cut off anywhere: everything stays readable, and running it again finishes it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from rupture_protocol.store.keys import files
from rupture_protocol.store.keys.key_store import FolderKeyStore
from rupture_protocol.store.keys.ring import Ring, read_ring, write_ring
from rupture_protocol.store.keys.secret_files import SIGNING, WRAPPING, secret_file


def rotate(
    folder: Path,
    kept: FolderKeyStore,
    *,
    following: Callable[[Ring, datetime], Ring],
    rewrapped: Callable[[bytes], bytes],
    at: datetime | None,
) -> None:
    """Brings other keys into use.

    Args:
        folder: Where the ring is, and secrets in files.
        kept: The wrapped keys.
        following: The ring that comes after the one there is, from a moment on; its secrets are on the disk.
        rewrapped: A wrapped key, wrapped under the key that is in use then.
        at: When that is; None is now.

    Raises:
        KeysDamaged: A wrapped key is not what was written; nothing is destroyed.
        StoreError: It cannot be written.
    """
    with files.told_as_ours(), files.locked(folder / "rotating"):
        with kept.locked():
            # INVARIANT: whoever puts a key after this puts it under the new one, so that `rewrap`, which
            # begins after this, meets every key that lies under an old one.
            before = read_ring(folder)
            now = following(before, at or datetime.now(UTC))
            if now != before:
                write_ring(folder, now)
        kept.rewrap(rewrapped)
        for signing in now.signing[:-1]:
            files.destroy(secret_file(folder, SIGNING, signing.id))
        for wrapping in now.wrapping[:-1]:
            files.destroy(secret_file(folder, WRAPPING, wrapping.id))
        finished = now.finished(before, at or datetime.now(UTC))
        if finished != now:
            with kept.locked():
                write_ring(folder, finished)


def is_unfinished(ring: Ring) -> bool:
    """Whether a rotation was begun, and keys may still lie under an old one."""
    return len(ring.wrapping) > 1
