"""A played script as a story: what happened, why it could, what was refused and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rupture_protocol.cli import events, telling
from rupture_protocol.cli.script import Correct, Expect, Override, Record, Take
from rupture_protocol.engine.options import Verdict
from rupture_protocol.engine.refusal import TransitionRefused
from rupture_protocol.language.conditions import All, AnyOf, NotHeldBack
from rupture_protocol.render.marks import why

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rupture_protocol.cli.page import Page
    from rupture_protocol.cli.playing import Outcome
    from rupture_protocol.cli.script import Script
    from rupture_protocol.engine.case import Event
    from rupture_protocol.engine.reasons import Reason
    from rupture_protocol.errors import RuptureError
    from rupture_protocol.language.protocol import Protocol

INDENT, BELOW = 4, 6


class Story:
    """Tells outcomes one after another."""

    def __init__(self, script: Script, protocol: Protocol, page: Page, *, show_sensitive: bool) -> None:
        self._protocol = protocol
        self._page = page
        self._show_sensitive = show_sensitive
        self._last: Outcome | None = None
        page.heading(script.title or protocol.title)
        page.line(f"{protocol.id} {protocol.version}; case {script.case}", style="dim")

    def tell(self, outcome: Outcome) -> None:
        """One step."""
        page = self._page
        page.blank()
        if outcome.event is not None:
            self._event(outcome, outcome.event)
        elif outcome.refusal is not None:
            self._refusal(outcome)
        else:
            self._expectation(outcome)
        self._last = outcome

    def end(self) -> None:
        """Where the case stands."""
        last = self._last
        if last is None:
            return
        self._page.blank()
        if self._protocol.states[last.state].final:
            self._page.heading(telling.ended(self._protocol, last.state))
        else:
            self._page.heading(f"The case stands in {telling.state_name(self._protocol, last.state)}.")

    def _head(self, outcome: Outcome, what: str, sign: str, style: str) -> None:
        who = f"{outcome.step.by}" if outcome.step.by else "nobody"
        number = f"{outcome.step.number:>2}."
        self._page.line(f"{telling.instant(outcome.at)}  {who}", sign=number, style="dim", sign_style="dim")
        self._page.line(what, sign=sign, sign_style=style, indent=INDENT)

    def _event(self, outcome: Outcome, event: Event) -> None:
        page, protocol = self._page, self._protocol
        if event.trigger is None:
            first, *more = events.said(event, protocol, show_sensitive=self._show_sensitive)
            self._head(outcome, first, "·", "")
            for each in more:
                page.line(each, indent=BELOW + 2)
        else:
            self._head(outcome, events.taken(event, protocol), "●", "green")
            self._reasons(outcome, event.trigger)
            self._what_now(outcome)
        if event.reason:
            page.labelled("reason", event.reason, indent=BELOW)
        if event.note:
            page.labelled("note", event.note, indent=BELOW)
        if event.occurred != event.at:
            page.labelled("happened", telling.instant(event.occurred), indent=BELOW)
        if outcome.failed:
            page.line("failed: this was there to be refused", sign="✗", sign_style="red", indent=BELOW)

    def _what_now(self, outcome: Outcome) -> None:
        then = outcome.after
        if then is None or not len(then):
            return
        self._page.labelled("open now", telling.named(then.open) or "nothing", indent=BELOW)
        if then.ask:
            first = then.ask[0]
            who = f" ({telling.named(first.by)})" if first.by else ""
            self._page.labelled("ask first", f"{first.question}{who}", indent=BELOW)

    def _reasons(self, outcome: Outcome, trigger: str) -> None:
        if outcome.before is None or trigger not in outcome.before:
            return
        option = outcome.before[trigger]
        page = self._page
        page.labelled("verdict", f"{option.verdict}: {option.because}", indent=BELOW)
        for said in dict.fromkeys(_grounds(option.reasons)):
            page.line(said, sign="·", indent=BELOW + 2)
        telling.tell_arguments(option, page, indent=BELOW)

    def _refusal(self, outcome: Outcome) -> None:
        page, error = self._page, outcome.refusal
        how = "refused" if outcome.failed else "refused, as expected"
        self._head(outcome, f"{_tried(outcome)}: {how}", "✗", "red")
        page.labelled("why", _why(error), indent=BELOW)
        if isinstance(error, TransitionRefused) and error.option is not None and error.option.missing:
            page.labelled("missing", telling.missing_of(error.option), indent=BELOW)
        elif error is not None and error.help:
            page.labelled("help", error.help, indent=BELOW)

    def _expectation(self, outcome: Outcome) -> None:
        page = self._page
        met = not outcome.failed
        page.line(
            f"expected: {_expected(outcome)}: {'met' if met else 'failed'}",
            sign=f"{outcome.step.number:>2}. {'✓' if met else '✗'}",
            sign_style="green" if met else "red",
        )
        for each in outcome.differences or ():
            page.line(each, sign="✗", sign_style="red", indent=BELOW)


def _grounds(reason: Reason) -> Iterator[str]:
    """What made a step possible, without what was true of every step: that no interrupt held it back."""
    match reason.condition:
        case NotHeldBack():
            return
        case All() | AnyOf():
            for part in reason.parts:
                if part.truth is reason.truth:
                    yield from _grounds(part)
        case _:
            yield reason.text


def _why(error: RuptureError | None) -> str:
    if isinstance(error, TransitionRefused) and error.option is not None:
        option = error.option
        if option.verdict is Verdict.UNDECIDED and str(error).endswith(option.because):
            return why(option)
    return str(error)


def _tried(outcome: Outcome) -> str:
    match outcome.step.action:
        case Take(trigger=trigger):
            return f"tries to take {trigger}"
        case Override(trigger=trigger):
            return f"tries to override {trigger}"
        case Record(facts=facts):
            return f"tries to record {telling.named(facts)}"
        case Correct(fact=fact):
            return f"tries to correct {fact}"
        case Expect():
            return "expects"


def _expected(outcome: Outcome) -> str:
    action = outcome.step.action
    if not isinstance(action, Expect):
        return ""
    said = [f"state {action.state}"] if action.state else []
    said += [
        f"{verdict} {telling.named(triggers)}" for verdict, triggers in action.verdicts.items() if triggers
    ]
    return "; ".join(said) or "nothing"
