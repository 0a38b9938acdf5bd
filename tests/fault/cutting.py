"""A connection that is cut at the commit: `python -m tests.fault.cutting --trials 2000`.

Each trial asks for one event and loses the wire before, in or after its commit. It must be answered that the
outcome is not known; asked for again under its key, the event is there once. The controls ask in ways that
the docs warn of: without a key, or taking no answer for a yes.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Final

from tests.fault.proxy import Cut, Proxy
from tests.fault.requests import Tally
from tests.fault.rows import Row, report
from tests.store.books import LEE, NOON, SUE, book_at
from tests.store.postgres import Postgres, running

from rupture_protocol import Casebook
from rupture_protocol.store.errors import OutcomeUnknown

WITH_KEY: Final = ""
CONTROLS: Final = {
    "asked again without a key": (Cut.AFTER, Cut.TORN),
    "no answer taken for a yes": (Cut.BEFORE,),
}
"""What a careless host does, and the cuts at which it must lose or double."""


def cuts(server: Postgres, where: Cut, trials: int, *, careless: str = WITH_KEY) -> Tally:
    """So many events, the commit of each of which is cut off there."""
    tally = Tally()
    proxy = Proxy(server.folder)
    schema = server.new_schema()
    try:
        with (
            book_at(server.address(schema=schema, host=proxy.folder)) as book,
            book_at(server.address(schema=schema)) as beside,
        ):
            book.open("c", by=LEE, at=NOON)
            for number in range(trials):
                _trial(book, beside, proxy, where, number, tally, careless)
            tally.broken += [str(each) for each in beside.verify()]
    finally:
        proxy.close()
    return tally


def _trial(
    book: Casebook, beside: Casebook, proxy: Proxy, where: Cut, number: int, tally: Tally, careless: str
) -> None:
    key = f"request {number}" if careless != "asked again without a key" else None
    before = beside.get("c").version

    def ask() -> None:
        book.record("c", {"count": number % 100}, by=SUE, at=NOON, idempotency_key=key)

    tally.trials += 1
    proxy.cut(where)
    try:
        ask()
    except OutcomeUnknown:
        pass
    else:
        tally.broken.append("it was answered although nobody could know")
    if careless != "no answer taken for a yes":
        ask()
    tally.acknowledged += 1
    added = beside.get("c").version - before
    tally.lost += added < 1
    tally.doubled += max(0, added - 1)


def rows(trials: int) -> Iterator[Row]:
    """What came of so many cuts at each place, and of some for each control."""
    with running() as server:
        for where in Cut:
            yield Row(f"PostgreSQL, cut {where}", cuts(server, where, trials))
        for careless, places in CONTROLS.items():
            for where in places:
                tally = cuts(server, where, min(trials, 200), careless=careless)
                yield Row(f"PostgreSQL, cut {where}", tally, control=careless)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=500, help="for each place")
    report(rows(parser.parse_args().trials))


if __name__ == "__main__":
    main()
