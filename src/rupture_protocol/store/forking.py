"""What a forked process may not share with its parent: connections, and what SQLite knows of its locks.

SQLite keeps one account of its locks for all connections of a process to a file. A fork copies the account
and not the locks: a child that connects anew beside an inherited connection believes that it holds what it
does not, and can lose what it writes. So there must be none to inherit.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable
from typing import Any, NoReturn

from sqlalchemy import Engine, event

from rupture_protocol.store.errors import StoreUnavailable


def share_nothing_with_children(engine: Engine) -> None:
    """A forked process makes connections of its own; those of SQLite are closed before the fork."""
    if not hasattr(os, "register_at_fork"):
        return
    kept = weakref.ref(engine)
    os.register_at_fork(after_in_child=lambda: _with(kept, _forget))
    if engine.dialect.name == "sqlite":
        open_ = _count_connections(engine)
        os.register_at_fork(
            before=lambda: _with(kept, Engine.dispose),
            after_in_child=lambda: _with(kept, _refuse) if open_ else None,
        )


def _with(kept: weakref.ref[Engine], act: Callable[[Engine], object]) -> None:
    engine = kept()
    if engine is not None:
        act(engine)


def _forget(engine: Engine) -> None:
    _INHERITED.append(engine.pool)  # closing them would speak to the parent's server or file
    engine.dispose(close=False)


def _count_connections(engine: Engine) -> set[int]:
    open_: set[int] = set()
    event.listen(engine, "connect", lambda connection, _record: open_.add(id(connection)))
    event.listen(engine, "close", lambda connection, _record: open_.discard(id(connection)))
    return open_


def _refuse(engine: Engine) -> None:
    def refuse(*_: Any) -> NoReturn:
        raise StoreUnavailable(
            "this process was forked while the store was in use", help="fork while nothing is read or written"
        )

    event.listen(engine, "do_connect", refuse)


_INHERITED: list[object] = []
