"""A writer's turn on SQLite. Alone here: how one who writes waits for the others.

SQLite's own way of waiting asks ever less often, in the end ten times a second: whoever has waited long is
overtaken by those who just came, and where many write all the time may wait for seconds. Here whoever has
waited longer asks more often, and at random, so that no two ask in step.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

_BUSY = 5
_AT_FIRST, _AT_LEAST = 0.01, 0.0005
"""How long a sleep may be at first, and how short it gets, in seconds."""
_PATIENT = 0.05
"""After that time, sleeps are half as long; after twice that, a third; and so on."""
_LONGEST = 2_000_000
"""As many seconds as SQLite can count in thousandths."""
_chance = random.SystemRandom()  # a host's own random numbers stay as they would be; forks differ


def begin(connection: Connection, statement: str, *, timeout: float) -> None:
    """Begins a transaction that writes, when it is its turn.

    Raises:
        OperationalError: Others held the file for so many seconds, or anything else went wrong.
    """
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA busy_timeout = 0").fetchall()
    try:
        if not _begins_at_once(connection, statement) and not _begins(cursor, statement, timeout):
            connection.exec_driver_sql(statement)  # it says what is wrong
    except BaseException:
        connection.invalidate()  # it would not wait where it should
        raise
    # Within a transaction it is SQLite that waits: a commit, for readers to end.
    cursor.execute(f"PRAGMA busy_timeout = {int(min(timeout, _LONGEST) * 1000)}").fetchall()
    cursor.close()


def _begins_at_once(connection: Connection, statement: str) -> bool:
    try:
        connection.exec_driver_sql(statement)
    except OperationalError as refused:
        if not _is_busy(refused.orig):
            raise
        return False
    return True


def _begins(cursor: Any, statement: str, timeout: float) -> bool:
    """Asks again and again, and says whether it was its turn in time."""
    for pause in pauses(timeout):
        time.sleep(pause)
        try:
            cursor.execute(statement)
        except Exception as refused:
            if not _is_busy(refused):
                break
        else:
            return True
    return False


def pauses(timeout: float) -> Iterator[float]:
    """How long to sleep before each time of asking again, until the time is over."""
    began = time.monotonic()
    while (waited := time.monotonic() - began) < timeout:
        longest = max(_AT_LEAST, _AT_FIRST / (1 + waited / _PATIENT))
        yield min(_chance.uniform(0, longest), timeout - waited)


def _is_busy(error: object) -> bool:
    code = getattr(error, "sqlite_errorcode", 0)
    return isinstance(code, int) and code & 0xFF == _BUSY
