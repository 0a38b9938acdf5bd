"""Secrets in files: 32 bytes each, in base64, for their owner alone."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from rupture_protocol.store.errors import KeysDamaged, KeysMissing
from rupture_protocol.store.keys import files

K = TypeVar("K")

SIGNING, WRAPPING = "signing", "wrapping"
SECRET_SIZE = 32
FROM_BACKUP = "bring the keys back from a backup"


def secret_file(folder: Path, kind: str, key: str) -> Path:
    """Where the secret of a key is."""
    return folder / kind / f"{key}.key"


def write_secret(folder: Path, kind: str, key: str, secret: bytes) -> None:
    """Brings a secret to the disk; whoever calls this holds the lock."""
    file = secret_file(folder, kind, key)
    files.make_folder(file.parent)
    for left in file.parent.glob(f"*{files.PART}"):
        files.destroy(left)  # of somebody who was cut off; it never came into use
    files.write(file, base64.b64encode(secret) + b"\n")


def read_secret(folder: Path, kind: str, key: str, made_of: Callable[[bytes], K]) -> K:
    """What is made of a secret.

    Raises:
        KeysMissing: It is not there, or no more.
        KeysDamaged: It is not what was written.
    """
    with files.told_as_ours():
        data = files.read(secret_file(folder, kind, key))
    if data is None or files.is_destroyed(data):
        raise KeysMissing(f"a secret key of this store is not here: `{kind}/{key}.key`", help=FROM_BACKUP)
    try:
        return made_of(decoded(data))
    except ValueError:
        raise KeysDamaged(
            f"a secret key is not what was written: `{kind}/{key}.key`", help=FROM_BACKUP
        ) from None


def decoded(text: bytes) -> bytes:
    """A secret from base64.

    Raises:
        ValueError: It is none.
    """
    try:
        secret = base64.b64decode(text.strip(), validate=True)
    except binascii.Error:
        raise ValueError("no base64") from None
    if len(secret) != SECRET_SIZE:
        raise ValueError("another length")
    return secret
