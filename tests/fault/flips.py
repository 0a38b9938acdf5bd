"""A bit flips in the database file: `python -m tests.fault.flips --trials 100000`.

Whatever an answer is then, it is the right one, or an error says that something is wrong, or `verify` does.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.fault.disk import image_of, lay_out
from tests.fault.power import Bench, Setting, scratch
from tests.fault.requests import CASES, Tally, requests
from tests.fault.rows import Row, report
from tests.store.books import NOON

from rupture_protocol import Casebook, RuptureError

REQUESTS = 10
LATE = NOON + timedelta(days=30)
QUESTIONS: dict[str, Callable[[Casebook], object]] = {
    **{f"get {name}": lambda book, name=name: book.get(name) for name in CASES},  # type: ignore[misc]
    "find": lambda book: book.find(),
    "find by actor": lambda book: book.find(actor="lee"),
    "find by state": lambda book: book.find(state="acknowledged"),
    "due": lambda book: book.due(LATE),
    "pending": lambda book: [(each.position, each.case, each.event) for each in book.pending("anybody")],
}


def answers(book: Casebook, again: int) -> dict[str, Any]:
    """What a casebook says to every question, and to a request that it has answered before."""
    asked = QUESTIONS | {"the same request": lambda book: requests(again + 1)[again].send(book)}
    return {name: _answer(lambda ask=ask: ask(book)) for name, ask in asked.items()}  # type: ignore[misc]


def _answer(ask: Callable[[], object]) -> object:
    try:
        return ask()
    except RuptureError as error:
        return error


def flips(trials: int, *, seed: int = 0, weaker: bool = False) -> Tally:
    """So many flips of one bit each, spread over the whole file. A wrong answer that nothing tells is lost.

    The weaker one is never verified. What is sealed tells by itself that it was changed, so there they are
    spread over the lists.
    """
    total = Tally()
    chance = random.Random(seed)
    with scratch() as folder:
        made = Bench(Setting("DELETE", variety=1).driver(), folder / "made")  # small pages, mostly full
        with made.opened() as book:
            told = [request.send(book) for request in requests(REQUESTS)]
            right = answers(book, 0)
        bench = Bench(None, folder / "flipped")
        ((name, data),) = image_of(made.folder).items()
        lay_out({name: data}, bench.folder)
        if _on(bench, lambda book: answers(book, 0)) != right:
            raise AssertionError("what nothing was done to is answered otherwise")
        places = _of_lists(made.folder / name, data) if weaker else range(len(data))
        for number in range(trials):
            at = (number + chance.random()) / trials * len(places)
            bit = places[int(at)] * 8 + int(at * 8) % 8
            flipped = bytearray(data)
            flipped[bit // 8] ^= 1 << bit % 8
            total += _flipped(bench, {name: bytes(flipped)}, right, told, number % REQUESTS, weaker)
    return total


def _of_lists(file: Path, data: bytes) -> list[int]:
    """Where in the file its lists begin: the first page of each."""
    size = int.from_bytes(data[16:18], "big")
    with closing(sqlite3.connect(file)) as connection:
        pages = connection.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name IN ('case_summary', 'outbox')"
        ).fetchall()
    return [place for (page,) in pages for place in range((page - 1) * size, page * size)]


def _flipped(
    bench: Bench, image: dict[str, bytes], right: dict[str, Any], told: list[Any], again: int, weaker: bool
) -> Tally:
    tally = Tally(1, len(told))
    lay_out(image, bench.folder)
    said = _on(bench, lambda book: answers(book, again))
    if isinstance(said, RuptureError):
        return tally
    expected = right | {"the same request": told[again]}
    wrong = [name for name, each in said.items() if each != expected[name]]
    wrong = [name for name in wrong if not isinstance(said[name], RuptureError)]
    if wrong:
        lay_out(image, bench.folder)
        findings = () if weaker else _on(bench, lambda book: book.verify())
        if findings == ():
            tally.lost = 1
            tally.broken.append(f"wrong, and nothing tells: {', '.join(wrong)}")
    return tally


def _on(bench: Bench, ask: Callable[[Casebook], Any]) -> Any:
    def opened() -> Any:
        with bench.opened() as book:
            return ask(book)

    return _answer(opened)


def rows(trials: int, *, seed: int = 0) -> Iterator[Row]:
    """What came of it, and of a store that is never verified."""
    yield Row("bit flips in the file", flips(trials, seed=seed))
    yield Row("bit flips in the file", flips(min(trials, 1000), seed=seed, weaker=True), "not verified")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    report(rows(given.trials, seed=given.seed))


if __name__ == "__main__":
    main()
