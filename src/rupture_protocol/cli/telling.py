"""A decision in words: what is open, what is closed and why, what to ask, what is due.

Alone here: which of it a person reads first. The JSON holds all of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rupture_protocol.engine.case import Standing
from rupture_protocol.engine.deadlines import DeadlineState
from rupture_protocol.engine.options import Verdict
from rupture_protocol.render.marks import SIGNS as OF_PICTURES
from rupture_protocol.render.marks import VERDICTS, why

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from rupture_protocol.cli.page import Page
    from rupture_protocol.engine.case import Case
    from rupture_protocol.engine.deadlines import Due
    from rupture_protocol.engine.decision import Decision, Option
    from rupture_protocol.language.facts import Unknown, Value
    from rupture_protocol.language.protocol import Guidance, Protocol

_COLOURS = {Verdict.OPEN: "green", Verdict.BLOCKED: "red", Verdict.UNDECIDED: "yellow"}
SIGNS = {verdict: (OF_PICTURES[look], _COLOURS[verdict]) for verdict, look in VERDICTS.items()}
MOST_QUESTIONS = 8
_SHOWN_DUE = frozenset({DeadlineState.RUNNING, DeadlineState.OVERDUE, DeadlineState.MET_LATE})
_LATE = frozenset({DeadlineState.OVERDUE, DeadlineState.MET_LATE})


def instant(moment: datetime) -> str:
    """An instant as a person reads it."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def state_name(protocol: Protocol, name: str) -> str:
    """A state's title and name."""
    title = protocol.states[name].title
    return f"{title} ({name})" if title else name


def named(items: Iterable[str]) -> str:
    """Names in a row."""
    return ", ".join(items)


def tell(decision: Decision, page: Page, *, show_sensitive: bool = False) -> None:
    """The whole decision."""
    protocol = decision.protocol
    page.heading(state_name(protocol, decision.state))
    page.line(f"{protocol.title}, {protocol.id} {protocol.version}, at {instant(decision.at)}", style="dim")
    tell_wait(decision, page)
    tell_facts(decision.case, protocol, page, show_sensitive=show_sensitive)
    if protocol.states[decision.state].final:
        page.blank()
        page.line(ended(protocol, decision.state))
    tell_options(decision, page)
    tell_questions(decision, page)
    tell_deadlines(decision.deadlines, page)
    tell_notices(decision, page)


def ended(protocol: Protocol, state: str) -> str:
    """That a case is over, and how."""
    outcome = protocol.states[state].outcome
    return f"The case has ended: {outcome}." if outcome else "The case has ended."


def tell_wait(decision: Decision, page: Page) -> None:
    """That waiting is right here, where the protocol says so."""
    wait = decision.protocol.states[decision.state].wait
    if wait is not None:
        page.labelled("waiting", wait.reason)


def tell_facts(case: Case, protocol: Protocol, page: Page, *, show_sensitive: bool = False) -> None:
    """What is on record, as far as it may be shown."""
    if case.facts:
        page.blank()
        page.heading("On record")
    for name, record in case.facts.items():
        fact = protocol.facts[name]
        if record.standing is not Standing.RECORDED or record.value is None:
            said = str(record.standing)
        else:
            said = shown_value(protocol, name, record.value, show_sensitive=show_sensitive)
        page.line(f"{fact.title or name}: {said}" + (f"  ({name})" if fact.title else ""), indent=2)


def shown_value(protocol: Protocol, name: str, value: Value | Unknown, *, show_sensitive: bool) -> str:
    """A fact's value in text output; that of a sensitive one only when asked for."""
    from rupture_protocol.language.facts import Unknown

    fact = protocol.facts[name]
    if isinstance(value, Unknown):
        return "not known"
    if fact.sensitive and not show_sensitive:
        return "recorded (sensitive: not shown)"
    return f"{fact.label(value)}{f' {fact.unit}' if fact.unit else ''}"


def shown_facts(
    protocol: Protocol, facts: Mapping[str, Value | Unknown], *, show_sensitive: bool
) -> list[str]:
    """Facts and their values, a sentence each."""
    said = []
    for name, value in facts.items():
        shown = shown_value(protocol, name, value, show_sensitive=show_sensitive)
        said.append(f"{protocol.facts[name].title or name}: {shown}")
    return said


def tell_options(decision: Decision, page: Page) -> None:
    """Every option, in the order in which they are offered; interrupts that are blocked in one line."""
    if not len(decision):
        return
    page.blank()
    page.heading("Options")
    ruled_out = []
    for option in decision.options:
        if option.interrupt and option.verdict is Verdict.BLOCKED:
            ruled_out.append(option.trigger)
        else:
            tell_option(option, page)
    if ruled_out:
        page.line(
            f"blocked  interrupts not called for, or after a more urgent one: {named(ruled_out)}",
            sign="✗",
            sign_style="red",
            indent=2,
        )
    if decision.also:
        page.line(f"also true, but less urgent: {named(decision.also)}", indent=2)


def tell_option(option: Option, page: Page) -> None:
    """One option: its verdict, why, what it lacks, who may take it."""
    sign, colour = SIGNS[option.verdict]
    title = f": {option.title}" if option.title else ""
    kind = "  (interrupt)" if option.interrupt else ""
    page.line(
        f"{option.verdict:<9} {option.trigger} → {option.to}{title}{kind}",
        sign=sign,
        sign_style=colour,
        indent=2,
    )
    if option.precaution:
        page.line("may be taken now as a precaution, without proof", indent=4)
    page.labelled("why", why(option), indent=4)
    if option.missing and not option.interrupt:
        page.labelled("missing", missing_of(option), indent=4)
    for change in option.opens_with[:1]:
        who = "; ".join(f"{name} (recorded by {named(each.by)})" for name, each in change.items())
        page.labelled("opens with", f"another value of {who}", indent=4)
    if option.presumed and not option.interrupt:
        page.labelled("presumed", named(option.presumed), indent=4)
    if option.by:
        page.labelled("who", named(option.by) + _whether_may(option), indent=4)
    tell_arguments(option, page)


def missing_of(option: Option) -> str:
    """The smallest set of facts that would open an option, and how many other sets there are."""
    first, *others = option.missing
    return named(first) + (f" (or {len(others)} other set{'s' * (len(others) > 1)})" if others else "")


def _whether_may(option: Option) -> str:
    if option.may is None:
        return ""
    return "; you may" if option.may else "; you may not"


def tell_arguments(option: Option, page: Page, *, indent: int = 4) -> None:
    """What speaks for and against an option, with the kind of its source."""
    sources = option.decided_under.sources
    for label, arguments in (("for", option.arguments_for), ("against", option.arguments_against)):
        for each in arguments:
            cited = named(f"{sources[name].kind}: {name}" for name in each.source)
            strong = " (strong)" if each.strong else ""
            page.labelled(label, f"{each.because}{strong}{f' [{cited}]' if cited else ''}", indent=indent)


def tell_questions(decision: Decision, page: Page, *, most: int = MOST_QUESTIONS) -> None:
    """What to ask next, and who may answer."""
    if not decision.ask:
        return
    page.blank()
    page.heading("Ask next")
    for number, each in enumerate(decision.ask[:most], start=1):
        who = f"{each.fact}; {named(each.by)}" if each.by else each.fact
        page.line(f"{each.question}  ({who})", sign=f"{number}.", indent=2)
    if len(decision.ask) > most:
        page.line(f"and {len(decision.ask) - most} more", indent=5)


def tell_deadlines(dues: Iterable[Due], page: Page) -> None:
    """What is running, overdue or was met late."""
    shown = [due for due in dues if due.state in _SHOWN_DUE]
    if shown:
        page.blank()
        page.heading("Deadlines")
    for due in shown:
        late = due.state in _LATE
        when = f"due {instant(due.due)}" if due.due else "as soon as practicable"
        name = due.deadline.title or due.deadline.name
        page.line(
            f"{due.state}  {name}, {when} ({due.deadline.kind})",
            sign="!" if late else "·",
            sign_style="red" if late else "",
            indent=2,
        )


def tell_notices(decision: Decision, page: Page) -> None:
    """What a reader should know besides."""
    if decision.notices:
        page.blank()
    for notice in decision.notices:
        page.labelled("note", notice.text)


def tell_guidance(guidance: Guidance | None, page: Page, *, indent: int = 0) -> None:
    """Words to adapt, never a script."""
    if guidance is None:
        return
    if guidance.text:
        page.line(guidance.text, indent=indent)
    page.items("to say, in words of your own", guidance.say, indent=indent)
    page.items("to avoid", guidance.avoid, indent=indent)
    page.items("steps", guidance.steps, indent=indent)
