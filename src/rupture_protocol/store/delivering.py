"""Events after their commit, for those who follow them: each at least once, those of a case in their order.

The outbox has a row for every event, written with it. A subscriber has a cursor in it, which moves on when
it says so: whatever stops in between, the next one begins where this one was.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from rupture_protocol.engine.case import Event
from rupture_protocol.store import tables
from rupture_protocol.store.erasure import Erasure
from rupture_protocol.store.sound import sound


@dataclass(frozen=True, slots=True, repr=False)
class Delivery:
    """One event for a subscriber; `position` rises with the order in which events were committed.

    Of a case that was erased `event` is None, and `erased` says so: who keeps anything of it elsewhere erases
    that, too.
    """

    position: int
    case: str
    event: Event | None
    erased: Erasure | None = None

    def __repr__(self) -> str:
        what = "erased" if self.event is None else f"#{self.event.seq}"
        return f"<Delivery {self.position}: {self.case} {what}>"


def add_subscriber(connection: Connection, name: str, *, from_now: bool) -> None:
    """A cursor at the beginning, or behind all that is there; one that there is stays where it is."""
    if _cursor(connection, name) is not None:
        return
    latest = select(func.coalesce(func.max(tables.outbox.c.position), 0))
    position = connection.execute(latest).scalar_one() if from_now else 0
    try:
        with connection.begin_nested():
            connection.execute(insert(tables.subscriber), {"name": name, "position": position})
    except IntegrityError:
        return  # somebody else has just added it


def waiting(connection: Connection, name: str, limit: int) -> list[tuple[int, str, int]]:
    """Position, case and number of the events that a subscriber has not had, as they were committed."""
    row = tables.outbox.c
    query = (
        select(row.position, row.case_id, row.seq)
        .where(row.position > (_cursor(connection, name) or 0))
        .order_by(row.position)
        .limit(limit)
    )
    return list(sound(connection.execute(query), query.selected_columns, lambda *place: place))


def move_cursor(connection: Connection, name: str, position: int) -> None:
    """A subscriber has had everything up to a position; a cursor never goes back."""
    table = tables.subscriber
    connection.execute(
        update(table).where(table.c.name == name, table.c.position < position).values(position=position)
    )


def _cursor(connection: Connection, name: str) -> int | None:
    query = select(tables.subscriber.c.position).where(tables.subscriber.c.name == name)
    return connection.execute(query).scalar()
