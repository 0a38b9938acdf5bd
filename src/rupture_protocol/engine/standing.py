"""Whether a case may stand where another version would put it: no promise passed by, no danger let go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rupture_protocol.engine.case import STEPS, EventKind, Record, Standing
from rupture_protocol.engine.decision import Decision
from rupture_protocol.engine.evaluate import Situation, evaluate
from rupture_protocol.engine.fold import fold, opened
from rupture_protocol.engine.migration import may_stand
from rupture_protocol.engine.notices import CONTRADICTED
from rupture_protocol.engine.options import Verdict, facts_of, promised
from rupture_protocol.engine.remarks import MigrationRefused, Remark
from rupture_protocol.engine.truth import FALSE, TRUE, Truth
from rupture_protocol.frozen import Frozen
from rupture_protocol.language.conditions import Condition
from rupture_protocol.language.protocol import Protocol


def check_standing(before: Decision, after: Decision) -> None:
    """Refuse a migration that would put the case where the new version would never have let it come.

    Args:
        before: Where the case stands under the old version.
        after: Where it would stand under the new one, at the same moment.

    Raises:
        MigrationRefused: With every reason there is.
    """
    reasons = tuple(_reasons(before, after))
    if reasons:
        raise MigrationRefused(reasons, decision=after)


def _reasons(before: Decision, after: Decision) -> Iterator[Remark]:
    version = after.protocol.version
    yield from _promises(after)
    if CONTRADICTED in after.notices and CONTRADICTED not in before.notices:
        text = f"its record contradicts what {version} assumes, so no proof would cover it"
        yield Remark("assumption-contradicted", after.protocol.id, text)
    holding = [name for name, truth in interrupts_of(before).items() if truth is TRUE]
    if holding and set(interrupts_of(after).values()) <= {FALSE}:
        text = f"`{holding[0]}` holds the case back now, and nothing would in {version}"
        yield Remark("let-go", holding[0], text, "end the danger on the record first, then migrate")
    if _is_stuck(after) and not _is_stuck(before):
        text = f"every way out of `{after.state}` would be closed"
        yield Remark("dead-end", after.state, text)


def interrupts_of(decision: Decision) -> dict[str, Truth]:
    """What the condition of each interrupt comes to, by its name."""
    truths = (trace.truth for _, trace in decision.interrupts)
    return dict(zip(decision.protocol.interrupts, truths, strict=True))


def _is_stuck(decision: Decision) -> bool:
    """Whether every way out is blocked, and waiting is not right there."""
    if any(verdict is not Verdict.BLOCKED for verdict in decision.verdicts.values()):
        return False
    wait = decision.protocol.states[decision.state].wait
    return wait is None or (wait.until is not None and evaluate(wait.until, decision.situation).truth is TRUE)


# Promises about entering the state -------------------------------------------------------------------


def _promises(after: Decision) -> Iterator[Remark]:
    """The `enter` promises of the state that held neither when the case came there nor hold now."""
    protocol, state = after.protocol, after.state
    then = _when_it_came(after)
    if then is None:
        return
    broken: dict[str, Condition] = {}
    for condition in promised(protocol, state):
        met = any(evaluate(condition, each).truth is TRUE for each in (then, after.situation))
        if not met:
            broken.setdefault(str(condition.path[1]), condition)
    for name, condition in broken.items():
        text = f"`{state}` would not have let it in: the promise `{name}` is not met"
        says = protocol.promises[name].says or _about(condition, protocol)
        yield Remark("promise-not-met", name, text, says)


def _about(condition: Condition, protocol: Protocol) -> str | None:
    read = facts_of(condition, protocol)
    facts = ", ".join(f"`{name}`" for name in protocol.facts if name in read)
    return f"it asks about {facts}" if facts else None


def _when_it_came(after: Decision) -> Situation | None:
    """The situation in which the case took the step into its state, in the names of now.

    None where no step led there, or a precaution did, which needs no proof.
    """
    history, situation = after.case.read, after.situation
    steps = [at for at, event in enumerate(history) if event.kind in STEPS and event.to == after.state]
    if not steps or history[steps[-1]].kind is EventKind.PRECAUTION:
        return None
    case = opened("", history[0])
    for event in history[1 : steps[-1]]:
        case = fold(situation.protocol, situation.calendar, case, event)
    facts = Frozen({name: _standing(record, situation.protocol) for name, record in case.facts.items()})
    at = history[steps[-1]].at
    return Situation(situation.protocol, case.state, facts, case.visits, at, situation.calendar)


def _standing(record: Record, protocol: Protocol) -> Record:
    if may_stand(record, protocol.facts[record.fact]):
        return record
    return replace(record, value=None, standing=Standing.FORGOTTEN, expires=None)
