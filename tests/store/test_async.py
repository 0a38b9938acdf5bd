"""The async twin: the same names and answers, awaited."""

from __future__ import annotations

import asyncio
import inspect
import threading
from datetime import datetime
from typing import Any

import pytest
from tests.store.books import LEE, NOON, SUE, small_engine

from rupture_protocol import AsyncCasebook, Case, Casebook, CaseNotFound, Engine
from rupture_protocol.store.delivering import Delivery


def test_every_public_name_of_the_casebook_has_its_twin() -> None:
    ours = {name for name in vars(Casebook) if not name.startswith("_")}
    assert ours <= set(vars(AsyncCasebook))
    for name in ours - {"close", "deliver"}:
        twin, method = getattr(AsyncCasebook, name), getattr(Casebook, name)
        assert inspect.iscoroutinefunction(twin)
        assert list(inspect.signature(twin).parameters) == list(inspect.signature(method).parameters)


def test_a_case_goes_its_way_awaited(where: str) -> None:
    async def way() -> None:
        async with AsyncCasebook(where, [small_engine()]) as book:
            await book.open("c", by=LEE, at=NOON, idempotency_key="a")
            await asyncio.gather(
                *(book.record("c", {"count": number}, by=SUE, at=NOON) for number in range(20))
            )
            case = await book.get("c")
            assert case.version == 21
            assert {event.facts["count"] for event in case.history[1:]} == set(range(20))
            had: list[Delivery] = []

            async def handle(delivery: Delivery) -> None:
                had.append(delivery)

            assert await book.deliver("ehr", handle) == 21
            assert [each.event for each in had] == list(case.history)
            with pytest.raises(CaseNotFound):
                await book.get("x")

    asyncio.run(way())


def test_who_is_cancelled_waits_for_what_is_under_way_and_the_key_tells(where: str) -> None:
    begun, go_on = threading.Event(), threading.Event()

    class Slow(Engine):
        def record(self, case: Case, facts: Any, **more: Any) -> Case:
            begun.set()
            go_on.wait(10)
            return super().record(case, facts, **more)

    async def way() -> None:
        engine = Slow(small_engine().protocol)
        async with AsyncCasebook(where, [engine]) as book:
            await book.open("c", by=LEE, at=NOON)
            writing = asyncio.ensure_future(record(book, NOON))
            await asyncio.to_thread(begun.wait, 10)
            writing.cancel()
            await asyncio.sleep(0)
            assert not writing.done()
            go_on.set()
            with pytest.raises(asyncio.CancelledError):
                await writing
            kept = await book.get("c")
            assert kept.version == 2
            assert await record(book, NOON) == kept

    def record(book: AsyncCasebook, at: datetime) -> Any:
        return book.record("c", {"risk": "low"}, by=LEE, at=at, idempotency_key="k")

    asyncio.run(way())
