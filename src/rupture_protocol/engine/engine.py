"""The engine: the verbs that ask about a case, and those that write to it.

Pure: time and actor are arguments, a case is a value, and every write returns a new one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from rupture_protocol.discreet import forget_locals, with_discreet_verbs
from rupture_protocol.engine import wire
from rupture_protocol.engine.calendar import Calendar
from rupture_protocol.engine.case import (
    Actor,
    Case,
    Event,
    EventKind,
    ProtocolRef,
    Standing,
)
from rupture_protocol.engine.decision import Decision
from rupture_protocol.engine.evaluate import evaluate
from rupture_protocol.engine.fold import fold, opened
from rupture_protocol.engine.moments import occurred_by, utc
from rupture_protocol.engine.notices import DEFAULT_CALENDAR, IMAGINED, SUPPOSED, Notice
from rupture_protocol.engine.options import Step, Verdict
from rupture_protocol.engine.permissions import not_overrider, not_recorder, not_taker
from rupture_protocol.engine.prepared import Prepared
from rupture_protocol.engine.refusal import TransitionRefused
from rupture_protocol.engine.replay import replay, restore
from rupture_protocol.engine.supposing import imagined_case, supposed_records, value_of
from rupture_protocol.engine.truth import TRUE
from rupture_protocol.errors import (
    InvalidCase,
    RecordRefused,
    Refused,
    RuptureError,
    TimeRefused,
    UnknownName,
    shorten,
)
from rupture_protocol.frozen import Frozen
from rupture_protocol.language.facts import UNKNOWN, Unknown, is_storable
from rupture_protocol.language.nearest import did_you_mean
from rupture_protocol.language.protocol import Protocol

if TYPE_CHECKING:
    from transitions import Machine


@with_discreet_verbs("decide")
class Engine:
    """What a protocol says about cases. Holds no case and no state; safe to share between threads and tasks.

    Args:
        protocol: As `load` returns it.
        calendar: The clinic's working days, closed days and time zone. Left out, it is Monday to Friday
            in UTC, and every decision says so.
    """

    def __init__(self, protocol: Protocol, *, calendar: Calendar | None = None) -> None:
        self.protocol = protocol
        self.calendar = calendar or Calendar()
        self.ref = ProtocolRef(protocol.id, protocol.version, protocol.digest)
        self._given_calendar = calendar is not None
        self._prepared = Prepared(protocol, self.calendar)

    def __repr__(self) -> str:
        return f"<Engine {self.ref.id} {self.ref.version}>"

    def __reduce__(self) -> tuple[Any, ...]:
        # What is prepared is made again elsewhere: compiled code does not travel.
        calendar = self.calendar if self._given_calendar else None
        return partial(type(self), calendar=calendar), (self.protocol,)

    def with_protocol(self, protocol: Protocol) -> Engine:
        """An engine of another protocol, with the same calendar."""
        return type(self)(protocol, calendar=self.calendar if self._given_calendar else None)

    @cached_property
    def machine(self) -> Machine:
        """The `transitions` machine of the protocol, for hosts that know it.

        Trigger it as `machine.events["acknowledge"].trigger(model, case=case, at=now, by=actor)`, on a
        model whose `state` is the case's: it refuses what the engine refuses, and whatever it is not told.
        """
        from rupture_protocol.engine.machine import build_machine

        return build_machine(self.protocol, self._prepared.every_step(), self._admits)

    @cached_property
    def _move(self) -> Callable[[Step], str]:
        """Takes a step on the machine; `transitions` is heavy, and who only asks never needs it."""
        from rupture_protocol.engine.machine import advance

        return partial(advance, self.machine)

    # Asking ----------------------------------------------------------------------------------------

    def decide(
        self,
        case: Case,
        *,
        at: datetime,
        actor: Actor | None = None,
        suppose: Mapping[str, object] | None = None,
    ) -> Decision:
        """What may be done now, what not and why, and what is not known yet that would decide it.

        Never raises because of what is or is not recorded.

        Args:
            case: As the engine's verbs return it.
            at: The moment asked about, an aware datetime.
            actor: Who asks: each option then says whether that person `may` take it. Changes no verdict.
            suppose: Facts as if they were recorded now, by anybody (`UNKNOWN`: as if they were not).

        Raises:
            TimeRefused: `at` has no offset.
            InvalidCase: The case belongs to another protocol.
            UnknownName, ValueRefused: `suppose` names no fact, or has a value the fact cannot have.
        """
        self._check_belongs(case)
        moment = utc(at)
        facts = case.facts
        if suppose:
            before = sys.exception()
            try:
                facts = Frozen({**facts, **supposed_records(self.protocol, suppose)})
            except RuptureError as error:
                # As `discreet` does it, which would cost every other decision a twentieth of its time.
                del suppose
                forget_locals(error, before)
                raise
        return Decision(
            self._prepared,
            case,
            facts,
            moment,
            self._prepared.offer(case.state).verdicts(facts, case.visits, moment),
            actor=actor,
            notices=self._notices(case, supposed=bool(suppose)),
        )

    def imagine(
        self,
        *,
        state: str | None = None,
        visited: Iterable[str] = (),
        facts: Mapping[str, object] | None = None,
    ) -> Case:
        """A case without a history, for questions only: no write accepts it.

        Args:
            state: Where it stands; the initial state, where left out.
            visited: The states it has been in besides, one entry for each visit. How long ago is not known.
            facts: What is on record; recorder rules do not apply.

        Raises:
            UnknownName, ValueRefused: A state or fact that is not there, a value that the fact cannot have.
        """
        return imagined_case(self.protocol, self.ref, state or self.protocol.initial, visited, facts or {})

    # Writing ---------------------------------------------------------------------------------------

    def open(
        self,
        case_id: str,
        *,
        by: Actor,
        at: datetime,
        occurred: datetime | None = None,
        note: str | None = None,
    ) -> Case:
        """A new case, in the initial state.

        Args:
            case_id: The host's own id; nothing that names a client.
            by: Who opens it.
            at: When it is recorded, an aware datetime.
            occurred: When it happened, if that was earlier.
            note: Anything worth keeping.

        Raises:
            TimeRefused: An instant without an offset, or `occurred` after `at`.
            UnknownName: A role that the protocol does not have.
        """
        if not case_id:
            raise RuptureError("a case has an id that is not empty")
        self._check_role(by)
        self._check_texts(case_id, note, by.id)
        moment = utc(at)
        event = Event(
            1,
            EventKind.OPENED,
            moment,
            occurred_by(occurred, moment),
            by,
            self.ref,
            note,
            to=self.protocol.initial,
        )
        return opened(case_id, event)

    def record(
        self,
        case: Case,
        facts: Mapping[str, object],
        *,
        by: Actor,
        at: datetime,
        occurred: datetime | None = None,
        note: str | None = None,
    ) -> Case:
        """The case with these facts on record, all or none. The same value again is an event too.

        Args:
            facts: Values by name; `UNKNOWN` says that somebody was asked and it is not known.
            by: Who records; not who has acted in a role that may not record one of them.
            at: When it is recorded, an aware datetime, not before the last event.
            occurred: When it happened, if that was earlier; `lasts` and deadlines count from it. What is
                recorded late does not displace a record of something later: that one goes on to stand.
            note: Anything worth keeping.

        Raises:
            UnknownName, ValueRefused: A fact that is not there, or a value that it cannot have.
            RecordRefused: One that this person may not record.
            TimeRefused: An instant without an offset, before the last event, or `occurred` after `at`.
        """
        moment = self._begin(case, by, at)
        if not facts:
            raise RuptureError("nothing to record", help="give at least one fact")
        values = Frozen({name: value_of(self.protocol, name, value) for name, value in facts.items()})
        self._check_recorder(case, values, by)
        event = self._event(case, EventKind.RECORDED, moment, occurred, by, note, facts=values)
        return fold(self.protocol, self.calendar, case, event)

    def correct(
        self,
        case: Case,
        fact: str,
        *,
        reason: str,
        by: Actor,
        at: datetime,
        to: object = UNKNOWN,
        occurred: datetime | None = None,
        note: str | None = None,
    ) -> Case:
        """The case in which the last record of a fact was wrong: replaced by another value, or withdrawn.

        The wrong record stays in the history. A withdrawn fact is not on record: neither the record before
        it nor a presumption takes its place, so it is asked for again.

        Args:
            fact: The fact whose last record was wrong.
            reason: Why.
            to: The right value; left out, the record is withdrawn.
            occurred: When what is right happened; left out, when the wrong record said.

        Raises:
            Refused: There is no record to correct.
            UnknownName, ValueRefused, RecordRefused, TimeRefused: As for `record`.
        """
        moment = self._begin(case, by, at)
        name = self.protocol.fact(fact).name
        value = value_of(self.protocol, name, to)
        wrong = case.facts.get(name)
        if wrong is None or wrong.standing is Standing.WITHDRAWN:
            raise Refused(f"`{name}` has no record to correct", help="record it")
        if not reason:
            raise RuptureError("a correction says why", help="give a `reason`")
        self._check_recorder(case, (name,), by)
        event = self._event(
            case,
            EventKind.CORRECTED,
            moment,
            occurred or wrong.occurred,
            by,
            note,
            facts=Frozen({name: value}),
            withdrawn=isinstance(value, Unknown),
            reason=reason,
            corrects=wrong.seq,
        )
        return fold(self.protocol, self.calendar, case, event)

    def take(
        self,
        case: Case,
        trigger: str,
        *,
        by: Actor,
        at: datetime,
        occurred: datetime | None = None,
        note: str | None = None,
    ) -> Case:
        """The case after a step that is open, or an undecided interrupt that is taken as a precaution.

        Raises:
            TransitionRefused: It is not open, or not to this person; `.option` and `.decision` say why.
            UnknownName, TimeRefused: As for `record`.
        """
        moment = self._begin(case, by, at)
        step, verdict = self._step(case, trigger, by, moment)
        decision = None
        kind = EventKind.TAKEN
        if verdict is not Verdict.OPEN:
            decision = self.decide(case, at=moment, actor=by)
            if not decision[trigger].precaution:
                raise _refusal(decision, trigger, decision[trigger].because)
            kind = EventKind.PRECAUTION
        self._check_taker(case, step, by, moment)
        return self._advance(case, step, verdict, kind, moment, occurred, by, note)

    def override(
        self,
        case: Case,
        trigger: str,
        *,
        reason: str,
        by: Actor,
        at: datetime,
        occurred: datetime | None = None,
        note: str | None = None,
    ) -> Case:
        """The case after a step that is not open, taken on the record by somebody who may.

        It lifts `when` and `needs` only: never an interrupt, a promise, or `not_same_person`.

        Args:
            reason: One of the coded reasons that the protocol lists for this transition.

        Raises:
            TransitionRefused: It cannot be overridden here, not by this person, or not for that reason.
            UnknownName, TimeRefused: As for `record`.
        """
        moment = self._begin(case, by, at)
        step, verdict = self._step(case, trigger, by, moment)
        self._check_override(case, step, reason, by, self.decide(case, at=moment, actor=by))
        return self._advance(case, step, verdict, EventKind.OVERRIDE, moment, occurred, by, note, reason)

    def migrate(
        self,
        case: Case,
        *,
        to: Engine,
        by: Actor,
        at: datetime,
        occurred: datetime | None = None,
        note: str | None = None,
    ) -> Case:
        """The case under another version of its protocol, which says how in its `migrates`.

        Its history stays as it is; the state, the visits and what is on record carry over under the names
        that the new version has for them. A record by somebody who may no longer make it counts as forgotten.

        Args:
            to: The engine of the other version.

        Raises:
            MigrationRefused: The case has ended, the version does not say how, something has no counterpart,
                or the case would stand where it may not; `.reasons` has every reason.
            UnknownName, TimeRefused: As for `record`.
        """
        from rupture_protocol.engine.migration import Carry
        from rupture_protocol.engine.standing import check_standing

        moment = self._begin(case, by, at)
        to._check_role(by)
        self._check_texts(note, by.id)
        happened = occurred_by(occurred, moment)
        event = Event(len(case.history) + 1, EventKind.MIGRATED, moment, happened, by, to.ref, note)
        migrated = Carry(self.protocol, to.protocol, to.calendar).over(case, event)
        check_standing(self.decide(case, at=moment), to.decide(migrated, at=moment))
        return migrated

    def hold(
        self,
        case: Case,
        *,
        reason: str,
        by: Actor,
        at: datetime,
        occurred: datetime | None = None,
        note: str | None = None,
    ) -> Case:
        """The case under a legal hold: whoever keeps it may not erase it before `release`. All else goes on.

        Args:
            reason: Why.
            by: Who says so; the host has made sure that they may, and the role need not be the protocol's.

        Raises:
            Refused: It is held already.
            TimeRefused: As for `record`.
        """
        if case.held:
            raise Refused("the case is under a legal hold already")
        return self._hold(case, EventKind.HELD, reason, by, at, occurred, note)

    def release(
        self,
        case: Case,
        *,
        reason: str,
        by: Actor,
        at: datetime,
        occurred: datetime | None = None,
        note: str | None = None,
    ) -> Case:
        """The case without its legal hold. Arguments as for `hold`.

        Raises:
            Refused: It is not held.
            TimeRefused: As for `record`.
        """
        if not case.held:
            raise Refused("the case is under no legal hold")
        return self._hold(case, EventKind.RELEASED, reason, by, at, occurred, note)

    # Keeping ---------------------------------------------------------------------------------------

    def replay(self, case_id: str, events: Iterable[Event], *, before: Iterable[Engine] = ()) -> Case:
        """The case that these events make, each of them checked as if it were written now.

        Args:
            before: The engines of the versions that the case was migrated from.

        Raises:
            InvalidCase: An event could not have happened so, or belongs to another protocol.
        """
        return replay(self, case_id, events, before)

    def restore(self, case_id: str, events: Iterable[Event], *, before: Iterable[Engine] = ()) -> Case:
        """The case that these events make, taken at their word: for a store that knows them to be as written.

        `replay` decides everything again, so a holiday entered since may make it refuse what was right then.

        Raises:
            InvalidCase: They cannot be put together, or belong to another protocol.
        """
        case = restore(self, case_id, events, before)
        self._check_belongs(case)
        return case

    def dump_case(self, case: Case) -> str:
        """A case as JSON text, `rupture-case/1`, for a host's own store.

        Raises:
            InvalidCase: The case is imagined, or belongs to another protocol.
        """
        self._check_belongs(case)
        if case.imagined:
            raise InvalidCase("an imagined case has no history to keep")
        return wire.dumps(wire.case_to_json(case))

    def load_case(self, data: str | bytes | Mapping[str, Any], *, before: Iterable[Engine] = ()) -> Case:
        """A case from its JSON: replayed, and held against the digest of the protocol.

        Args:
            before: The engines of the versions that the case was migrated from.

        Raises:
            InvalidCase: It is not a `rupture-case/1`, does not add up, or belongs to another protocol.
        """
        older = tuple(before)
        case_id, events, claimed = wire.case_from_json(data, self.protocol, [each.protocol for each in older])
        case = self.replay(case_id, events, before=older)
        if claimed != (case.state, case.version):
            raise InvalidCase("the case's state or version is not what its history makes")
        return case

    # Within ----------------------------------------------------------------------------------------

    def _step(self, case: Case, trigger: str, by: Actor, moment: datetime) -> tuple[Step, Verdict]:
        offer = self._prepared.offer(case.state)
        place = offer.places.get(trigger)
        if place is None:
            self._check_trigger(trigger)
            decision = self.decide(case, at=moment, actor=by)
            ended = self.protocol.states[case.state].final
            raise TransitionRefused(
                decision, trigger, "the case has ended" if ended else "it is not offered here"
            )
        return offer.steps[place], offer.verdicts(case.facts, case.visits, moment)[place]

    def _advance(
        self,
        case: Case,
        step: Step,
        verdict: Verdict,
        kind: EventKind,
        moment: datetime,
        occurred: datetime | None,
        by: Actor,
        note: str | None,
        reason: str | None = None,
    ) -> Case:
        event = Event(
            len(case.history) + 1,
            kind,
            moment,
            occurred_by(occurred, moment),
            by,
            self.ref,
            note,
            trigger=step.defined.trigger,
            source=step.state,
            to=self._move(step),
            verdict=verdict.value,
            rests_on=_rests_on(case, step),
            reason=reason,
        )
        return fold(self.protocol, self.calendar, case, event)

    def _hold(
        self,
        case: Case,
        kind: EventKind,
        reason: str,
        by: Actor,
        at: datetime,
        occurred: datetime | None,
        note: str | None,
    ) -> Case:
        moment = self._begin(case, by, at, any_role=True)
        if not reason:
            raise RuptureError("a legal hold and its release say why", help="give a `reason`")
        event = self._event(case, kind, moment, occurred, by, note, reason=reason)
        return fold(self.protocol, self.calendar, case, event)

    def _event(
        self,
        case: Case,
        kind: EventKind,
        moment: datetime,
        occurred: datetime | None,
        by: Actor,
        note: str | None,
        **more: Any,
    ) -> Event:
        self._check_texts(note, by.id, more.get("reason"))
        return Event(
            len(case.history) + 1, kind, moment, occurred_by(occurred, moment), by, self.ref, note, **more
        )

    def _check_texts(self, *texts: str | None) -> None:
        if not all(text is None or is_storable(text) for text in texts):
            raise RuptureError("an id, a note or a reason is text that can be stored as UTF-8")

    def _begin(self, case: Case, by: Actor, at: datetime, *, any_role: bool = False) -> datetime:
        """What every write checks first; the moment in UTC."""
        self._check_belongs(case)
        if case.imagined:
            raise Refused("an imagined case is for questions only", help="`open` a case to write to it")
        if not any_role:
            self._check_role(by)
        moment = utc(at)
        if moment < case.history[-1].at:
            raise TimeRefused(
                "`at` is before the last event of the case", help="say when it happened in `occurred`"
            )
        return moment

    def _check_belongs(self, case: Case) -> None:
        if case.protocol is not self.ref and case.protocol != self.ref:
            raise InvalidCase(
                f"the case was opened under {case.protocol}", help=f"this engine has {self.ref}"
            )

    def _check_role(self, by: Actor) -> None:
        if self.protocol.roles and by.role not in self.protocol.roles:
            self.protocol.role(by.role)

    def _check_trigger(self, trigger: str) -> None:
        known = {step.trigger for step in self._prepared.every_step()}
        if trigger not in known:
            raise UnknownName(
                f"unknown trigger `{shorten(trigger)}`", help=did_you_mean(trigger, sorted(known))
            )

    def _check_recorder(self, case: Case, names: Iterable[str], by: Actor) -> None:
        roles = case.roles_of(by)
        for name in names:
            fact = self.protocol.facts[name]
            why = not_recorder(fact, by, roles)
            if why:
                raise RecordRefused(why, help=f"it is recorded by {', '.join(fact.by)}")

    def _check_taker(self, case: Case, step: Step, by: Actor, moment: datetime) -> None:
        why = not_taker(step, case, by)
        if why:
            decision = self.decide(case, at=moment, actor=by)
            raise _refusal(decision, step.trigger, why)

    def _check_override(self, case: Case, step: Step, reason: str, by: Actor, decision: Decision) -> None:
        option = decision[step.trigger]
        if option.verdict is Verdict.OPEN:
            raise _refusal(decision, step.trigger, "it is open, and needs no override")
        if option.override is None:
            raise _refusal(decision, step.trigger, f"it cannot be overridden: {option.because}")
        why = not_overrider(step, option.override, case, by, reason)
        if why:
            raise _refusal(decision, step.trigger, why)
        if evaluate(step.net, decision.situation).truth is not TRUE:
            why = f"an override lifts neither an interrupt nor a promise: {option.because}"
            raise _refusal(decision, step.trigger, why)

    def _admits(self, step: Step, case: Any, at: Any, by: Any) -> bool:
        """Whether a host that drives the machine directly may take a step. Whatever is amiss, it may not."""
        if not isinstance(case, Case) or not isinstance(at, datetime) or not isinstance(by, Actor):
            return False
        if case.state != step.state:
            return False
        try:
            moment = self._begin(case, by, at)
            found, verdict = self._step(case, step.trigger, by, moment)
            self._check_taker(case, found, by, moment)
        except Exception:  # whatever it is, it must not let a step through
            return False
        return verdict is Verdict.OPEN

    def _notices(self, case: Case, *, supposed: bool) -> tuple[Notice, ...]:
        noted = () if self._given_calendar else (DEFAULT_CALENDAR,)
        if case.imagined:
            noted = (IMAGINED, *noted)
        return (SUPPOSED, *noted) if supposed else noted


def _refusal(decision: Decision, trigger: str, why: str) -> TransitionRefused:
    return TransitionRefused(decision, trigger, why, option=decision[trigger])


def _rests_on(case: Case, step: Step) -> tuple[int, ...]:
    """The events whose records the step's requirement reads."""
    facts = case.facts
    return tuple(sorted({facts[name].seq for name in step.facts if name in facts}))
