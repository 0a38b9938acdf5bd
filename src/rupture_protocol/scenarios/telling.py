"""Results in lines: every difference at its place, and what is not shown at the protocol's line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rupture_protocol.language.protocol import Protocol
from rupture_protocol.language.source import Path
from rupture_protocol.scenarios.coverage import PLURAL, Coverage, Goal, Kind
from rupture_protocol.scenarios.model import Scenarios
from rupture_protocol.scenarios.mutation import Mutation
from rupture_protocol.scenarios.running import Result

LACKS = {
    Kind.STATE: "`{name}` is never entered",
    Kind.TRANSITION: "`{name}` is never taken",
    Kind.INTERRUPT: "`{name}` is never taken",
    Kind.TRUE_FALSE: "`{name}` is never seen to turn on whether {says}",
    Kind.KNOWN_UNKNOWN: "`{name}` is never seen to turn on whether it is known that {says}",
}


NOT_COUNTED = "; what is inherited is not counted (`--inherited` counts it)"


def tell(result: Result, scenarios: Scenarios) -> Iterator[str]:
    """Every difference of one scenario, with its place and what would help."""
    for each in result.differences:
        yield f"{scenarios.span(each.path)}: {result.scenario.name}: {each.message}"
        if each.help:
            yield f"      help: {each.help}"


def tell_coverage(coverage: Coverage) -> Iterator[str]:
    """How much is shown, kind by kind."""
    for kind in Kind:
        met, all_ = coverage.of(kind)
        if all_:
            yield f"{met:>4} of {all_:<4} {PLURAL[kind]}"
    left_out = "" if coverage.inherited or not coverage.protocol.bases else NOT_COUNTED
    if not coverage.goals:
        yield f"there is nothing to show yet{left_out}"
        return
    yield f"{coverage.share:.1f} % of {_goals(len(coverage.goals))}{left_out}"


def _goals(count: int) -> str:
    return f"{count} goal{'s' * (count != 1)}"


def tell_goals(goals: Iterable[Goal], protocol: Protocol) -> Iterator[str]:
    """What is not shown, at its line."""
    for goal in goals:
        yield f"{place(protocol, goal.path)}{lacks(goal)}"


def lacks(goal: Goal) -> str:
    """What a goal that is not met means."""
    return LACKS[goal.kind].format(name=goal.name, says=goal.says)


def tell_mutation(mutation: Mutation, protocol: Protocol) -> Iterator[str]:
    """The mutants that nobody notices, at their lines, and how many were noticed."""
    for mutant in mutation.unnoticed:
        yield f"{place(protocol, mutant.path)}nobody notices: {mutant.says} ({mutant.kind})"
    yield f"{mutation.noticed} of {len(mutation.mutants)} mutants noticed, {mutation.share:.1f} %"


def place(protocol: Protocol, path: Path) -> str:
    """Where something of a protocol is written, to stand before a sentence; empty where it has no file."""
    span = protocol.span(path)
    return f"{span}: " if span else ""
