"""The answer to "what now?": a decision, its options, and everything they rest on.

Verdicts are there at once; reasons, what is missing and the rest are worked out when they are read,
from values that cannot change, so reading them late or twice says the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from itertools import repeat
from typing import Any, NoReturn

from rupture_protocol.engine import questions
from rupture_protocol.engine.asked import Asked
from rupture_protocol.engine.case import Actor, Case, ProtocolRef, Record
from rupture_protocol.engine.deadlines import Due, deadlines_of, steady_until
from rupture_protocol.engine.evaluate import Situation, Trace, evaluate
from rupture_protocol.engine.notices import Notice, notices_on
from rupture_protocol.engine.options import Step, Verdict
from rupture_protocol.engine.permissions import not_taker
from rupture_protocol.engine.prepared import Prepared
from rupture_protocol.engine.questions import Change, Question
from rupture_protocol.engine.reasons import Reason, because, presumed_facts
from rupture_protocol.engine.truth import FALSE, TRUE
from rupture_protocol.errors import UnknownName, shorten
from rupture_protocol.language.nearest import did_you_mean
from rupture_protocol.language.protocol import Argument, Guidance, Override, Protocol, Transition


class Option:
    """One way out of the state a case is in: its verdict, and why."""

    _asked: Asked
    _step: Step
    verdict: Verdict

    def __init__(self, asked: Asked, step: Step, verdict: Verdict) -> None:
        self.__dict__.update(_asked=asked, _step=step, verdict=verdict)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"an option is frozen: `{name}` cannot be set")

    def __repr__(self) -> str:
        return f"<Option {self.trigger} {self.verdict}>"

    @property
    def decided_under(self) -> Protocol:
        """The protocol it belongs to."""
        return self._asked.prepared.protocol

    @property
    def trigger(self) -> str:
        """What takes it."""
        return self._step.trigger

    @property
    def to(self) -> str:
        """The state it leads to."""
        return self._step.to

    @property
    def title(self) -> str | None:
        """What it is called in sentences."""
        return self._step.defined.title

    @property
    def interrupt(self) -> bool:
        """Whether it is an interrupt."""
        return self._step.urgency is not None

    @property
    def by(self) -> tuple[str, ...]:
        """The roles that may take it; empty: anybody, as the protocol has no roles."""
        return self._step.defined.by

    @property
    def guidance(self) -> Guidance | None:
        """Words to adapt, never a script."""
        return self._step.defined.guidance

    @property
    def source(self) -> tuple[str, ...]:
        """The ids of the sources it rests on."""
        return self._step.defined.source

    @property
    def override(self) -> Override | None:
        """Who may take it though it is not open, and for which reasons."""
        return self._step.defined.override if isinstance(self._step.defined, Transition) else None

    @cached_property
    def precaution(self) -> bool:
        """Whether it is an undecided interrupt that may be taken all the same, to be safe."""
        if self._step.urgency is None or self.verdict is not Verdict.UNDECIDED:
            return False
        # Whoever is held for something more urgent is not moved on by something that may not be so.
        more_urgent = self._asked.interrupts[: self._step.urgency]
        return all(trace.truth is FALSE for to, trace in more_urgent if to == self._asked.case.state)

    @cached_property
    def may(self) -> bool | None:
        """Whether the asking person may take it, by role and as a person; None if nobody asks.

        Says nothing about its verdict.
        """
        actor = self._asked.actor
        return None if actor is None else not_taker(self._step, self._asked.case, actor) is None

    @property
    def reasons(self) -> Reason:
        """Why, as a tree: one sentence a node, with the record it rests on and the place in the YAML."""
        return self._asked.reasons[self._step.defined.trigger]

    @cached_property
    def because(self) -> str:
        """Why, in one sentence that names facts, never their values."""
        return because(self.reasons)

    @cached_property
    def missing(self) -> questions.Missing:
        """The smallest sets of unrecorded facts that, with suitable values, would open it; at most 8."""
        if self.verdict is Verdict.OPEN:
            return ()
        return questions.missing(self._step, self._asked.situation)

    @cached_property
    def opens_with(self) -> tuple[Mapping[str, Change], ...]:
        """The smallest changes of recorded facts that would open it while it is blocked; at most 3."""
        if self.verdict is not Verdict.BLOCKED:
            return ()
        return questions.opens_with(self._step, self._asked.situation)

    @cached_property
    def presumed(self) -> tuple[str, ...]:
        """The facts it rests on without a record."""
        return tuple(dict.fromkeys(presumed_facts(self.reasons)))

    @cached_property
    def arguments_for(self) -> tuple[Argument, ...]:
        """What speaks for it now. Arguments never open or block."""
        return self._counting(self._step.defined.arguments_for)

    @cached_property
    def arguments_against(self) -> tuple[Argument, ...]:
        """What speaks against it now."""
        return self._counting(self._step.defined.arguments_against)

    @property
    def strength(self) -> int:
        """The net strength of its arguments: a strong one counts 2, a plain one 1."""
        defined = self._step.defined
        if not (defined.arguments_for or defined.arguments_against):
            return 0
        pro = sum(each.weight for each in self.arguments_for)
        return pro - sum(each.weight for each in self.arguments_against)

    def _counting(self, arguments: tuple[Argument, ...]) -> tuple[Argument, ...]:
        if not arguments:
            return ()
        situation = self._asked.situation
        return tuple(
            each for each in arguments if each.when is None or evaluate(each.when, situation).truth is TRUE
        )


class Decision(Mapping[str, Option]):
    """Where a case stands at a moment: every option by its trigger, and what to ask and to do next.

    Frozen: it is made of values that do not change. `decision_to_json` writes it as JSON.
    """

    case: Case
    facts: Mapping[str, Record]
    at: datetime
    actor: Actor | None
    _prepared: Prepared
    _verdicts: tuple[Verdict, ...]
    _notices: tuple[Notice, ...]

    def __init__(
        self,
        prepared: Prepared,
        case: Case,
        facts: Mapping[str, Record],
        at: datetime,
        verdicts: tuple[Verdict, ...],
        *,
        actor: Actor | None = None,
        notices: tuple[Notice, ...] = (),
    ) -> None:
        self.__dict__.update(
            case=case,
            facts=facts,
            at=at,
            actor=actor,
            _prepared=prepared,
            _verdicts=verdicts,
            _notices=notices,
        )

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a decision is frozen: `{name}` cannot be set")

    def __repr__(self) -> str:
        return f"<Decision {self.protocol.id} in {self.state}, {len(self._steps)} options>"

    @property
    def protocol(self) -> Protocol:
        """The protocol it was decided under."""
        return self._prepared.protocol

    @property
    def protocol_ref(self) -> ProtocolRef:
        """Which protocol, exactly."""
        return self.case.protocol

    @property
    def state(self) -> str:
        """The state the case is in."""
        return self.case.state

    @cached_property
    def _asked(self) -> Asked:
        return Asked(self._prepared, self.case, self.facts, self.at, self.actor)

    @property
    def situation(self) -> Situation:
        """All that a condition can depend on: the case at this moment, with what is supposed."""
        return self._asked.situation

    @property
    def reasons(self) -> Mapping[str, Reason]:
        """Why, for every option by its trigger: the same trees that the options have."""
        return self._asked.reasons

    @property
    def interrupts(self) -> tuple[tuple[str, Trace], ...]:
        """Every interrupt's target and what its condition comes to, most urgent first."""
        return self._asked.interrupts

    # A mapping from trigger to option ---------------------------------------------------------------

    def __getitem__(self, trigger: str) -> Option:
        option = self._by_trigger.get(trigger)
        if option is None:
            raise UnknownName(
                f"no option `{shorten(str(trigger))}` in `{self.state}`",
                help=did_you_mean(str(trigger), self._by_trigger),
            )
        return option

    def __contains__(self, trigger: object) -> bool:
        return trigger in self._by_trigger

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_trigger)

    def __len__(self) -> int:
        return len(self._steps)

    @property
    def _steps(self) -> tuple[Step, ...]:
        return self._prepared.offer(self.case.state).steps

    @cached_property
    def _by_trigger(self) -> dict[str, Option]:
        options = map(Option, repeat(self._asked), self._steps, self._verdicts)
        return dict(zip(self._prepared.offer(self.case.state).places, options, strict=True))

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """The verdict of every option, in file order: all that the fast evaluator says."""
        return dict(zip(self._prepared.offer(self.case.state).places, self._verdicts, strict=True))

    @cached_property
    def options(self) -> tuple[Option, ...]:
        """All options: interrupts by urgency, then what is open by strength of arguments, then the rest."""
        options = list(self._by_trigger.values())
        interrupts = [option for option in options if option.interrupt]
        return (*interrupts, *sorted(options[len(interrupts) :], key=_offered))

    @property
    def open(self) -> tuple[str, ...]:
        """The triggers that are open, in the order in which they are offered."""
        return tuple(option.trigger for option in self.options if option.verdict is Verdict.OPEN)

    @cached_property
    def also(self) -> tuple[str, ...]:
        """The interrupts that are true as well, but less urgent than one that is."""
        if self._final:
            return ()
        names = self.protocol.interrupts
        true = [name for name, (_, trace) in zip(names, self.interrupts, strict=True) if trace.truth is TRUE]
        return tuple(true[1:])

    @cached_property
    def ask(self) -> tuple[Question, ...]:
        """What to ask, most useful first, with who may answer."""
        if self._final:
            return ()
        missed = {step.trigger: self[step.trigger].missing for step in self._steps}
        return questions.ask(self._steps, missed, [trace for _, trace in self.interrupts], self.situation)

    @cached_property
    def deadlines(self) -> tuple[Due, ...]:
        """How every deadline stands."""
        return deadlines_of(self.case, self.situation)

    @cached_property
    def deadlines_until(self) -> datetime | None:
        """Until when `deadlines` says the same without another event, but for what becomes overdue.

        None: for good. What a store that lists deadlines needs to know.
        """
        return steady_until(self.case, self.situation)

    @cached_property
    def notices(self) -> tuple[Notice, ...]:
        """What a reader should know besides."""
        return (*notices_on(self.situation), *self._notices)

    @property
    def _final(self) -> bool:
        return self.protocol.states[self.state].final

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Decision) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash((self.protocol_ref, self.state, self.at, self._verdicts))

    def _key(self) -> tuple[Any, ...]:
        return (
            self.protocol_ref,
            self.case,
            self.state,
            self.at,
            self.actor,
            self.facts,
            self._prepared.calendar,
            self._verdicts,
            self._notices,
        )


_LAST = {Verdict.OPEN: 0, Verdict.UNDECIDED: 1, Verdict.BLOCKED: 2}


def _offered(option: Option) -> tuple[int, int]:
    return _LAST[option.verdict], -option.strength if option.verdict is Verdict.OPEN else 0
