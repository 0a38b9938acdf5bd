"""What a reader would miss in a protocol that can be used: warnings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from rupture_protocol.language.comparing import compare
from rupture_protocol.language.conditions import AGAINST_NOW, Compare, Condition, Named, Not, parts
from rupture_protocol.language.facts import Fact
from rupture_protocol.language.protocol import Interrupt, Protocol, Transition
from rupture_protocol.language.report import Report

CANNOT_BE_KNOWN = frozenset({"not_assessable", "cannot_be_known", "cannot_assess", "cannot_tell"})
"""Values of a choice that say that its answer cannot be known."""


def advise(protocol: Protocol, report: Report, *, today: date | None = None) -> None:
    """Note what is missing for readers, or risky in an interrupt."""
    if protocol.about is None:
        report(
            "no-about",
            "nothing says what this protocol is for, and for whom",
            (),
            help="an `about:` with `purpose`, `intended_users` and `not_for`",
        )
    elif today and protocol.about.review_by and today > protocol.about.review_by:
        report(
            "review-overdue",
            "the protocol is past its `review_by` date",
            ("about", "review_by"),
            help="review it, then move the date",
        )
    _advise_on_steps(protocol, report)
    _advise_on_questions(protocol, report)
    _advise_on_interrupts(protocol, report)


def all_transitions(protocol: Protocol) -> Iterator[Transition]:
    """Every ordinary transition of a protocol, in file order."""
    for state in protocol.states.values():
        yield from state.transitions.values()
    yield from protocol.anywhere.values()


def _advise_on_steps(protocol: Protocol, report: Report) -> None:
    steps: list[Transition | Interrupt] = [*all_transitions(protocol), *protocol.interrupts.values()]
    for step in steps:
        if not step.source:
            report(
                "no-source",
                f"`{step.trigger}` has no source",
                step.path,
                key=True,
                help="`source:`, with the id of a source; a clinic's own rule is one of `kind: clinic`",
            )
        if step.guidance is None:
            report(
                "no-guidance",
                f"`{step.trigger}` has no guidance",
                step.path,
                key=True,
                help="`guidance:`, with `say`, `avoid` and `steps`",
            )
    for deadline in protocol.deadlines.values():
        if not deadline.source:
            report(
                "no-source",
                f"`{deadline.name}` has no source",
                ("deadlines", deadline.name),
                key=True,
                help="`source:`, with the id of a source",
            )


def _advise_on_questions(protocol: Protocol, report: Report) -> None:
    for name in facts_read(protocol):
        if protocol.facts[name].ask is None:
            report(
                "no-question",
                f"`{name}` decides something, but no question asks for it",
                ("facts", name),
                key=True,
                help="`ask:`, with the question put to a person",
            )


def facts_read(protocol: Protocol) -> tuple[str, ...]:
    """The facts that guards read or need, in the file order of the facts."""
    read: set[str] = set()
    for transition in all_transitions(protocol):
        read |= set(transition.needs)
        read |= facts_in(transition.when, protocol)
    for interrupt in protocol.interrupts.values():
        read |= facts_in(interrupt.when, protocol)
    for promise in protocol.promises.values():
        read |= facts_in(getattr(promise, "only_if", None), protocol) | set(getattr(promise, "needs", ()))
    return tuple(name for name in protocol.facts if name in read)


def facts_in(condition: Condition | None, protocol: Protocol) -> set[str]:
    """The facts that a condition reads, also through named conditions."""
    return {leaf.fact for leaf, _ in _leaves(condition, protocol)} if condition else set()


def _leaves(start: Condition, protocol: Protocol) -> Iterator[tuple[Compare, bool]]:
    """The comparisons in a condition, and whether each speaks for it (or, under `not`, against it)."""
    waiting = [(start, True)]
    # Named conditions that use one another twice each would, written out, be more than any machine holds.
    seen: set[tuple[str, bool]] = set()
    while waiting:
        condition, positive = waiting.pop()
        match condition:
            case Compare():
                yield condition, positive
            case Named(name=name, holds=holds):
                meant = (name, positive == holds)
                if meant not in seen:
                    seen.add(meant)
                    waiting.append((protocol.conditions[name], meant[1]))
            case Not(part=part):
                waiting.append((part, not positive))
            case _:
                waiting += [(part, positive) for part in reversed(parts(condition))]


def _advise_on_interrupts(protocol: Protocol, report: Report) -> None:
    reading: dict[str, tuple[str, list[tuple[Compare, bool]]]] = {}
    for interrupt in protocol.interrupts.values():
        for leaf, positive in _leaves(interrupt.when, protocol):
            reading.setdefault(leaf.fact, (interrupt.trigger, []))[1].append((leaf, positive))
    for name, (trigger, leaves) in reading.items():
        fact = protocol.facts[name]
        if not _can_be_unknowable(fact):
            report(
                "cannot-be-known",
                f"`{trigger}` reads `{name}`, which has no value for *cannot be known*",
                ("facts", name),
                key=True,
                help="a value as `not_assessable`, and what it means in the condition",
            )
        if fact.presume is not None and not any(_holds(fact, leaf) is positive for leaf, positive in leaves):
            report(
                "presumes-harmless",
                f"`{trigger}` reads `{name}`, whose harmless answer is presumed",
                ("facts", name, "presume"),
                key=True,
                help="be sure that this is meant: nobody need look before it counts as harmless",
            )


def _can_be_unknowable(fact: Fact) -> bool:
    return bool(fact.also) or bool(CANNOT_BE_KNOWN & set(fact.values))


def _holds(fact: Fact, leaf: Compare) -> bool | None:
    """Whether a comparison holds for the presumed value; None where that is against now."""
    if leaf.operator in AGAINST_NOW:
        return None
    return compare(fact, leaf.operator, fact.presume, leaf.values)
