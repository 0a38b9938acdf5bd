"""Files for their owner alone, that are on the disk when a function returns: whole, or not at all.

Alone here: how a file is written, replaced and destroyed, and what an error of the system means for keys.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rupture_protocol.store.errors import StoreBusy, StoreError, StoreFull, StoreReadOnly, StoreUnavailable

LARGEST = 1 << 20
"""No file of keys is larger, in bytes: what is, was not written here."""
PART = ".part"
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
_NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}


@contextmanager
def told_as_ours() -> Iterator[None]:
    """Errors of the system become those of a store, without a path or anything that was read."""
    try:
        yield
    except OSError as error:
        raise _ours(error) from None


def _ours(error: OSError) -> StoreError:
    reason = (error.strerror or "it is not known why").lower()
    if error.errno in _NO_ROOM:
        return StoreFull("there is no room for the keys", help="make room, then try again")
    if error.errno in _NOT_ALLOWED:
        return StoreReadOnly(
            f"the folder of the keys cannot be used: {reason}",
            help="it must belong to whoever runs this, or `RUPTURE_KEYS` name another",
        )
    return StoreUnavailable(
        f"the folder of the keys cannot be used: {reason}", help="`RUPTURE_KEYS` says where keys are"
    )


def make_folder(folder: Path) -> None:
    """A folder, and those above it that are not there, each for its owner alone."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        with suppress(FileExistsError):  # somebody else has just made it
            os.mkdir(each, 0o700)  # noqa: PTH102  # its mode from the start
        keep_names(each.parent)


def is_private(folder: Path) -> bool:
    """Whether nobody but its owner may enter a folder, as far as the system tells."""
    return os.name != "posix" or not folder.stat().st_mode & 0o077


def read(file: Path) -> bytes | None:
    """What a file holds, up to a byte more than any of ours has; None where there is none."""
    try:
        handle = os.open(file, os.O_RDONLY | _BINARY)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        data = os.read(handle, LARGEST + 1)
        while more := os.read(handle, max(LARGEST + 1 - len(data), 0)):
            data += more
        return data
    finally:
        os.close(handle)


def write(file: Path, data: bytes) -> None:
    """A file that holds this, in place of any that was there. Others see the old or the new one, whole.

    What is written lies beside it first, under one name: whoever writes there holds the lock of the folder.
    """
    part = file.with_name(file.name + PART)
    with suppress(FileNotFoundError):
        os.unlink(part)  # noqa: PTH108  # of somebody who was cut off
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
    try:
        _write_all(handle, data)
        os.fsync(handle)
    finally:
        os.close(handle)
    os.replace(part, file)  # noqa: PTH105
    keep_names(file.parent)


def create(file: Path, data: bytes) -> None:
    """A new file that holds this: whole, or not at all.

    Raises:
        FileExistsError: There is one of that name.
    """
    part = file.with_name(f".{file.name}.{os.urandom(8).hex()}{PART}")
    try:
        write(part, data)
        os.link(part, file)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(part)  # noqa: PTH108
    keep_names(file.parent)


def destroy(file: Path) -> None:
    """Overwrites a file, and then removes it. Nothing where there is none."""
    for each in (file, file.with_name(file.name + PART)):
        with suppress(FileNotFoundError):
            _overwrite(each)
            os.unlink(each)  # noqa: PTH108
    if file.parent.exists():
        keep_names(file.parent)  # also where somebody was cut off just before this


def is_destroyed(data: bytes) -> bool:
    """Whether these are the bytes of a file that somebody was about to remove."""
    return bool(data) and not data.strip(b"\0")


def keep_names(folder: Path) -> None:
    """Brings the names in a folder to the disk; on Windows that cannot be asked for."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def locked(file: Path, timeout: float = 10.0) -> Iterator[None]:
    """Holds a lock against all other processes and threads; it ends with the process, however that ends.

    Raises:
        StoreBusy: Somebody else held it for too long, in seconds.
    """
    handle = os.open(file, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    try:
        _wait_for(lambda: _lock(handle), timeout)
        try:
            yield
        finally:
            _unlock(handle)  # a forked child may have the handle, too
    finally:
        os.close(handle)


def _wait_for(attempt: Callable[[], bool], timeout: float) -> None:
    until = time.monotonic() + timeout
    while not attempt():
        if time.monotonic() > until:
            raise StoreBusy("the keys are held by others for too long", help="try again")
        time.sleep(0.005)


def _write_all(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]


def _overwrite(file: Path) -> None:
    handle = os.open(file, os.O_WRONLY | _BINARY)
    try:
        _write_all(handle, bytes(os.fstat(handle).st_size))
        os.fsync(handle)
    finally:
        os.close(handle)


_BINARY = getattr(os, "O_BINARY", 0)

if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def _lock(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)
