"""The casebook for asyncio: the same names, each carried out in a thread of its own.

Databases wait, and a thread waits as well as a driver of another kind; so one implementation serves both.
"""

from __future__ import annotations

import asyncio
import contextvars
import os
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial, wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from rupture_protocol.discreet import forget_locals
from rupture_protocol.engine.engine import Engine
from rupture_protocol.store.casebook import Casebook
from rupture_protocol.store.delivering import Delivery
from rupture_protocol.store.keys.keys import Keys
from rupture_protocol.store.ports import Store

P = ParamSpec("P")
R = TypeVar("R")

THREADS = 8
"""No more than the database keeps connections for."""


def _twin(
    method: Callable[Concatenate[Casebook, P], R],
) -> Callable[Concatenate[AsyncCasebook, P], Coroutine[Any, Any, R]]:
    """The same method, awaited."""

    @wraps(method)
    async def awaited(self: AsyncCasebook, /, *args: P.args, **kwargs: P.kwargs) -> R:
        before, call = sys.exception(), partial(method, self.book, *args, **kwargs)
        try:
            return await self._run(call)
        except BaseException as error:
            del args, kwargs, call
            forget_locals(error, before)
            raise

    return awaited


class AsyncCasebook:
    """A `Casebook` for asyncio, with the same names and arguments, and the same exceptions.

    Who is cancelled while something is written waits until it is written or undone, and is cancelled then:
    afterwards nothing is under way. Whether it was written, the same idempotency key tells.

    Args:
        store, engines, timeout, keys: As for `Casebook`.
    """

    def __init__(
        self,
        store: str | Path | Store,
        engines: Iterable[Engine] = (),
        *,
        timeout: float = 5.0,
        keys: Keys | Path | None = None,
    ) -> None:
        self.book = Casebook(store, engines, timeout=timeout, keys=keys)
        self._threads: tuple[int, ThreadPoolExecutor] | None = None

    def __repr__(self) -> str:
        return f"<AsyncCasebook {self.book.store!r}>"

    async def __aenter__(self) -> AsyncCasebook:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the store, if it can be closed."""
        await self._run(self.book.close)
        if self._threads is not None:
            self._threads[1].shutdown()
            self._threads = None

    get = _twin(Casebook.get)
    history = _twin(Casebook.history)
    refusals = _twin(Casebook.refusals)
    proof = _twin(Casebook.proof)
    decide = _twin(Casebook.decide)
    engine = _twin(Casebook.engine)
    verify = _twin(Casebook.verify)
    checkpoint = _twin(Casebook.checkpoint)
    open = _twin(Casebook.open)
    record = _twin(Casebook.record)
    correct = _twin(Casebook.correct)
    take = _twin(Casebook.take)
    override = _twin(Casebook.override)
    migrate = _twin(Casebook.migrate)
    hold = _twin(Casebook.hold)
    release = _twin(Casebook.release)
    erase = _twin(Casebook.erase)
    add = _twin(Casebook.add)
    find = _twin(Casebook.find)
    due = _twin(Casebook.due)
    subscribe = _twin(Casebook.subscribe)
    pending = _twin(Casebook.pending)
    done = _twin(Casebook.done)

    async def deliver(self, name: str, handler: Callable[[Delivery], Awaitable[object]]) -> int:
        """As `Casebook.deliver`; the handler is awaited."""
        count = 0
        while batch := await self.pending(name):
            for delivery in batch:
                await handler(delivery)
                await self.done(name, delivery)
                count += 1
        return count

    async def _run(self, call: Callable[[], R]) -> R:
        context = contextvars.copy_context()
        running = asyncio.get_running_loop().run_in_executor(self._executor(), context.run, call)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            await asyncio.wait([running])
            raise

    def _executor(self) -> ThreadPoolExecutor:
        # A forked process has the object, and none of its threads.
        if self._threads is None or self._threads[0] != os.getpid():
            self._threads = os.getpid(), ThreadPoolExecutor(THREADS, "rupture-casebook")
        return self._threads[1]
