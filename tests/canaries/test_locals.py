"""An error that leaves a verb holds no value in the locals of our frames, whichever way it was called."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.canaries.doing import SUE
from tests.canaries.planted import REFUSED, VALUES, engine, found_in, text
from tests.canaries.watching import TESTS, told_by
from tests.store.books import NOON, address

from rupture_protocol import RuptureError
from rupture_protocol.discreet import discreet
from rupture_protocol.store.aio import AsyncCasebook

ASKED: dict[str, Any] = {"by": SUE, "at": NOON, "note": text("note of record")}


def refused(call: Callable[[], object]) -> BaseException:
    with pytest.raises(RuptureError) as raised:
        call()
    return raised.value


@pytest.mark.parametrize("name", REFUSED)
def test_of_the_engine(name: str) -> None:
    case = engine().open("c", by=SUE, at=NOON)
    case = engine().record(case, VALUES, **ASKED)
    wrong = {name: REFUSED[name]}
    for call in (
        partial(engine().record, case, wrong, **ASKED),
        partial(engine().correct, case, name, to=REFUSED[name], reason=text("reason of correct"), **ASKED),
        partial(engine().decide, case, at=NOON, suppose=wrong),
        partial(engine().imagine, facts=wrong),
        partial(engine().load_case, engine().dump_case(case)[:-30]),
        partial(engine().protocol.fact(name).parse, REFUSED[name]),
    ):
        assert found_in(told_by(refused(call))) == []


def test_of_the_casebook_that_is_awaited(tmp_path: Path) -> None:
    async def record() -> None:
        async with AsyncCasebook(address(tmp_path), [engine()]) as book:
            await book.open("c", by=SUE, at=NOON)
            await book.record("c", VALUES | {"day": text("wrong value")}, **ASKED)

    error = refused(lambda: asyncio.run(record()))
    assert found_in(told_by(error)) == []
    assert any("casebook" in frame.filename for frame in traceback.extract_tb(error.__traceback__))


def test_the_lines_of_a_traceback_stay() -> None:
    case = engine().open("c", by=SUE, at=NOON)
    error = refused(partial(engine().record, case, {"plan": 5}, **ASKED))
    ours = [
        frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith(TESTS)
    ]
    assert len(ours) > 3
    assert all(frame.line for frame in ours)


def test_an_error_that_is_raised_again_goes_on_as_it_is() -> None:
    @discreet
    def fail(what: str) -> None:
        raise KeyError(what)

    with pytest.raises(KeyError, match="x") as raised:
        fail("x")
    assert raised.value.__context__ is None
    assert fail.__name__ == "fail"
