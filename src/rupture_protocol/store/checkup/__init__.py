"""What a database is like where cases are kept, and what there is to do. Nothing here changes anything."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.exc import ArgumentError

from rupture_protocol.store.checkup.remarks import Checkup, Remark
from rupture_protocol.store.connecting import address_of, file_of


def check_up(store: str | Path, *, timeout: float = 5.0) -> Checkup:
    """What a store is like. Total: whatever is wrong is a remark, never an exception; none holds a password.

    Args:
        store: The address of a database, or the `Path` of a file of SQLite.
        timeout: How long to wait for others, in seconds.
    """
    try:
        address = address_of(store)
    except ArgumentError:
        return Checkup("unknown", "", (_NO_ADDRESS,))
    match address.get_backend_name():
        case "sqlite":
            from rupture_protocol.store.checkup.sqlite import remarks_on

            file = file_of(address)
            return Checkup("sqlite", str(file or ""), tuple(remarks_on(file)) if file else (_NO_FILE,))
        case "postgresql":
            from rupture_protocol.store.checkup.postgresql import remarks_at, told

            return Checkup("postgresql", told(address), tuple(remarks_at(address, timeout)))
        case _:
            return Checkup("unknown", "", (_NO_ADDRESS,))


_NO_ADDRESS = Remark(
    "address", "it is neither SQLite nor PostgreSQL", "write a file, `sqlite:///…` or `postgresql://…`"
)
_NO_FILE = Remark("address", "a store in memory keeps nothing", "give the path of a file")

__all__ = ["Checkup", "Remark", "check_up"]
