"""What a write is answered with: where the case stands now, and what made it so."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from rupture_protocol.cli import output
from rupture_protocol.cli.case.opening import opened
from rupture_protocol.cli.failures import typed
from rupture_protocol.cli.output import CANNOT_LOAD, Failed

if TYPE_CHECKING:
    from datetime import datetime

    from rupture_protocol.cli.case.options import Asked
    from rupture_protocol.engine.case import Actor, Case
    from rupture_protocol.engine.engine import Engine
    from rupture_protocol.store.casebook import Casebook


def carry_out(
    asked: Asked,
    write: Callable[[Casebook], Case],
    *,
    about: str | None = None,
    engines: Iterable[Engine] = (),
    made: str | None = None,
) -> None:
    """Writes, and says where the case stands.

    `about` is the id of a case that there is; None, where one is opened. `made` is an id that was made here.
    """
    from rupture_protocol.store.errors import OutcomeUnknown

    try:
        with opened(asked.store, engines, about=about, makes=about is None) as book:
            case = write(book)
            answer(case, book.engine(case.protocol), asked.at, asked.by, as_json=asked.as_json)
    except OutcomeUnknown as error:
        raise unknown(str(error), asked, made) from None


def unknown(message: str, asked: Asked, made: str | None) -> Failed:
    """A commit that was cut off: what to add to the same command, so that nothing is kept twice."""
    if asked.own_key:
        with_id = f"--id {typed(made)} " if made is not None else ""
        how = f"run the same command again, with `{with_id}--key {asked.key}` added"
    else:
        how = "run the same command again, with the same `--key`"
    return Failed(message, code=CANNOT_LOAD, help="under its key, it is kept once", next=how)


def answer(case: Case, engine: Engine, at: datetime, by: Actor | None, *, as_json: bool) -> None:
    """Where a case stands after a write."""
    if as_json:
        output.emit_json(answer_json(case))
        return
    from rupture_protocol.cli import telling
    from rupture_protocol.cli.case.telling import LOUD, did
    from rupture_protocol.cli.page import Page

    page, event = Page(), case.history[-1]
    page.heading(f"{case.id}: version {case.version}, {telling.state_name(engine.protocol, case.state)}")
    loud = event.kind in LOUD
    page.line(did(event), sign="!" if loud else "✓", sign_style="yellow" if loud else "green", indent=2)
    if engine.protocol.states[case.state].final:
        page.line(telling.ended(engine.protocol, case.state), indent=2)
    else:
        decision = engine.decide(case, at=max(at, event.at), actor=by)
        page.labelled("open now", telling.named(decision.open) or "nothing", indent=2)
        for question in decision.ask[:1]:
            who = f" ({telling.named(question.by)})" if question.by else ""
            page.labelled("ask first", f"{question.question}{who}", indent=2)
    output.talk(f"next: rupture case show {typed(case.id)}")


def answer_json(case: Case) -> dict[str, Any]:
    """A case as `rupture-case/1`, with the event that made it in place of its whole history."""
    from rupture_protocol.engine import wire

    return {**wire.case_head_to_json(case), "event": wire.event_to_json(case.history[-1])}
