"""Which store the command line keeps cases in, and opening it. Reading never makes one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rupture_protocol.cli import inputs
from rupture_protocol.cli.output import CANNOT_LOAD, Failed

if TYPE_CHECKING:
    from rupture_protocol.engine.engine import Engine
    from rupture_protocol.store.casebook import Casebook

_SQLITE = re.compile(r"sqlite(?:\+\w+)?:///([^?]+)")
_EXTRA = {"sqlalchemy": "store", "cryptography": "store", "platformdirs": "cli"}


@contextmanager
def opened(
    store: str | None, engines: Iterable[Engine] = (), *, about: str | None = None, makes: bool = False
) -> Iterator[Casebook]:
    """The casebook at that address, or in the user's data folder.

    Args:
        store: An address or the path of a file; None is the file in the user's data folder.
        engines: Those of the protocols that cases are opened under.
        about: The id of the case that is asked about.
        makes: Whether one that is not there is made.

    Raises:
        CaseNotFound: No case was ever kept in the user's data folder, so not that one either.
        NothingKept: There is no such store, and none is made.
        Failed: What it needs is not installed.
        StoreError: It cannot be used.
    """
    try:
        from rupture_protocol.store.casebook import Casebook

        where = address_of(store) if makes else there(store, about=about)
    except ModuleNotFoundError as error:
        raise missing_extra(error) from None
    with Casebook(where, engines) as book:
        yield book


def there(store: str | None, *, about: str | None = None) -> str | Path:
    """The address or path of a store that there is. Raises as `opened`."""
    where = address_of(store)
    if _is_there(where):
        return where
    if store is None and about is not None:
        from rupture_protocol.store.errors import CaseNotFound

        raise CaseNotFound(about)
    raise NothingKept(None if store is None else inputs.shown_name(str(_file_of(where))))


class NothingKept(Failed):
    """No store is there. `told` is what it is called, where one was asked for by name."""

    def __init__(self, told: str | None) -> None:
        super().__init__(
            "no case is kept yet" if told is None else f"there is no store `{told}`",
            code=CANNOT_LOAD,
            help="`rupture case open` makes one",
            next="rupture case open --help" if told is None else "check the address of `--store`",
        )
        self.told = told


def nothing_yet(missing: NothingKept) -> None:
    """Goes on where no case was ever kept; a store that was asked for by name must be there."""
    if missing.told is not None:
        raise missing


def address_of(store: str | None) -> str | Path:
    """The address of a store, or the path of its file."""
    if store is None:
        return default_file()
    return store if "://" in store else Path(store)


def default_file() -> Path:
    """The file in the user's data folder."""
    from platformdirs import user_data_path

    return user_data_path("rupture", appauthor=False) / "cases.db"


def missing_extra(error: ModuleNotFoundError) -> Exception:
    """What to say where something is not installed that keeping cases needs."""
    name = (error.name or "").partition(".")[0]
    if name not in _EXTRA:
        return error
    return Failed(
        f"keeping cases needs {name}",
        code=CANNOT_LOAD,
        next='pip install "rupture-protocol[cli,store]"',
    )


def _is_there(where: str | Path) -> bool:
    file = _file_of(where)
    try:
        return file is None or file.exists()
    except (OSError, ValueError):
        return True  # opening it says what is wrong


def _file_of(where: str | Path) -> Path | None:
    """The file that a store is in; None where it is in none that can be looked for."""
    if isinstance(where, Path):
        return where
    found = _SQLITE.match(where)
    return Path(found[1]) if found else None
