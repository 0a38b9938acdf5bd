"""`ProtocolShape` → `Protocol`: conditions read, defaults filled in, every reference looked up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from rupture_protocol.frozen import Frozen
from rupture_protocol.language import shapes
from rupture_protocol.language.condition_parser import ConditionParser
from rupture_protocol.language.conditions import FORMS, Condition
from rupture_protocol.language.named_conditions import resolve_conditions
from rupture_protocol.language.protocol import (
    EVERY_INTERRUPT,
    About,
    Argument,
    Deadline,
    EnterPromise,
    Guidance,
    Interrupt,
    Mark,
    Migration,
    OfferPromise,
    Override,
    Promise,
    Protocol,
    ReachPromise,
    Role,
    Source,
    State,
    Transition,
    Wait,
)
from rupture_protocol.language.quantities import parse_date, parse_duration
from rupture_protocol.language.references import References
from rupture_protocol.language.report import Report
from rupture_protocol.language.resolve_facts import FactResolver
from rupture_protocol.language.source import Path


class Resolver:
    """Builds the parts of one protocol; what cannot be built is noted in the report."""

    def __init__(self, shape: shapes.ProtocolShape, report: Report) -> None:
        self.shape = shape
        self.report = report
        self.references = References(report)
        self.declared = self.references.declared
        self._triggers = self.declared.triggers
        facts = FactResolver(self.references)
        self.facts = _built(shape.facts, facts.resolve)
        self.parser = ConditionParser(
            report,
            self.facts,
            dict.fromkeys(self.declared.facts).keys(),
            dict.fromkeys(self.declared.conditions).keys(),
            dict.fromkeys(self.declared.states).keys(),
        )

    def protocol(self) -> Protocol:
        """The whole protocol; meaningful only if the report has no error in the end."""
        shape = self.shape
        self._check_names()
        conditions, titles = resolve_conditions(shape.conditions or {}, self.parser)
        return Protocol(
            id=shape.protocol,
            version=shape.version,
            title=shape.title,
            language=shape.language,
            derived_from=shape.derived_from,
            about=self._about(shape.about),
            sources=Frozen(
                {i: Source(i, each.title, each.kind, each.url) for i, each in (shape.sources or {}).items()}
            ),
            roles=Frozen(
                {name: Role(name, each.about, each.title) for name, each in (shape.roles or {}).items()}
            ),
            facts=self.facts,
            conditions=Frozen(conditions),
            condition_titles=Frozen(titles),
            states=Frozen({name: self._state(name, each) for name, each in shape.states.items()}),
            anywhere=Frozen(
                {
                    name: self._transition(name, each, ("anywhere", name))
                    for name, each in (shape.anywhere or {}).items()
                }
            ),
            interrupts=_built(shape.interrupts, self._interrupt),
            deadlines=_built(shape.deadlines, self._deadline),
            promises=_built(shape.promises, self._promise),
            assume=tuple(
                condition
                for at, each in enumerate(shape.assume or ())
                if (condition := self.parser.parse(each, ("assume", at)))
            ),
            migrates=tuple(
                self._migration(each, ("migrates", at)) for at, each in enumerate(shape.migrates or ())
            ),
            document=self.report.document,
        )

    # Names -----------------------------------------------------------------------------------------

    def _check_names(self) -> None:
        for section in ("facts", "conditions"):
            for name in getattr(self.declared, section):
                if name in FORMS:
                    self.report(
                        "reserved-name",
                        f"`{name}` is a form of condition, so nothing can be called that",
                        (section, name),
                        key=True,
                    )
        for name in self.declared.conditions:
            if name in self.declared.facts:
                self.report(
                    "name-clash",
                    f"`{name}` is a fact already",
                    ("conditions", name),
                    key=True,
                    help="facts and conditions share one namespace",
                )
        if EVERY_INTERRUPT in self.declared.interrupts:
            self.report(
                "reserved-name",
                f"`despite: {EVERY_INTERRUPT}` means every interrupt, so none can be called that",
                ("interrupts", EVERY_INTERRUPT),
                key=True,
            )
        taken = dict.fromkeys(
            (trigger for state in self.shape.states.values() for trigger in state.transitions or ()),
            "a state's own transition",
        )
        for section, what in (("anywhere", "an `anywhere` transition"), ("interrupts", "an interrupt")):
            for name in getattr(self.shape, section) or ():
                if name in taken:
                    self.report(
                        "name-clash",
                        f"`{name}` is {taken[name]} already",
                        (section, name),
                        key=True,
                        help="in a state a trigger has one meaning",
                    )
                taken.setdefault(name, what)

    # Parts -----------------------------------------------------------------------------------------

    def _about(self, shape: shapes.AboutShape | None) -> About | None:
        if shape is None:
            return None
        return About(
            purpose=shape.purpose,
            intended_users=tuple(shape.intended_users or ()),
            not_for=tuple(shape.not_for or ()),
            authors=tuple(shape.authors or ()),
            reviewed=parse_date(shape.reviewed) if shape.reviewed else None,
            review_by=parse_date(shape.review_by) if shape.review_by else None,
        )

    def _state(self, name: str, shape: shapes.StateShape) -> State:
        path: Path = ("states", name)
        own = shape.transitions or {}
        wait = None
        if shape.wait:
            wait = Wait(shape.wait.reason, self._when(shape.wait, (*path, "wait"), "until"))
        if shape.final and shape.initial:
            self.report("initial-and-final", f"`{name}` is the beginning and an ending", path, key=True)
        if shape.final and own:
            self.report(
                "final-with-transitions",
                f"`{name}` is final, so nothing leads out of it",
                (*path, "transitions"),
                key=True,
            )
        # A `final` that is broken has been complained about already.
        if shape.outcome and self.report.written((*path, "final")) in (None, False):
            self.report(
                "outcome-not-final",
                f"`{name}` is not final, so it has no outcome",
                (*path, "outcome"),
                key=True,
                help="write `final: true`, or leave `outcome` out",
            )
        return State(
            name=name,
            title=shape.title,
            initial=shape.initial,
            final=shape.final,
            outcome=shape.outcome,
            ask=self._facts(shape.ask, (*path, "ask")),
            forget=self._facts(shape.forget, (*path, "forget")),
            wait=wait,
            transitions=Frozen(
                {
                    trigger: self._transition(trigger, each, (*path, "transitions", trigger))
                    for trigger, each in own.items()
                }
            ),
        )

    def _transition(self, trigger: str, shape: shapes.TransitionShape, path: Path) -> Transition:
        only: tuple[str, ...] | None = None
        exclude: tuple[str, ...] = ()
        if isinstance(shape, shapes.AnywhereShape):
            only = self._states(shape.only, (*path, "only")) if shape.only else None
            exclude = self._states(shape.exclude, (*path, "except"))
            if shape.only and shape.exclude:
                self.report(
                    "only-and-except",
                    "`only` and `except` say the same thing twice",
                    (*path, "except"),
                    key=True,
                    help="keep one of them",
                )
        interrupts = (EVERY_INTERRUPT,) if shape.despite == [EVERY_INTERRUPT] else self.declared.interrupts
        return Transition(
            trigger=trigger,
            to=self._target(shape.to, path),
            path=path,
            title=shape.title,
            by=self.references.roles(shape.by, (*path, "by")),
            when=self._when(shape, path),
            needs=self._facts(shape.needs, (*path, "needs")),
            despite=self.references.names("interrupt", shape.despite, (*path, "despite"), interrupts),
            not_same_person=self.references.names(
                "trigger", shape.not_same_person, (*path, "not_same_person"), self._triggers
            ),
            override=self._override(shape.override, path),
            guidance=_guidance(shape.guidance),
            source=self.references.sources(shape.source, path),
            arguments_for=self._arguments(shape.arguments_for, (*path, "for")),
            arguments_against=self._arguments(shape.arguments_against, (*path, "against")),
            only=only,
            exclude=exclude,
        )

    def _interrupt(self, trigger: str, shape: shapes.InterruptShape) -> Interrupt | None:
        path: Path = ("interrupts", trigger)
        to = self._target(shape.to, path)
        by = self.references.roles(shape.by, (*path, "by"))
        when = self._when(shape, path)
        source = self.references.sources(shape.source, path)
        pro = self._arguments(shape.arguments_for, (*path, "for"))
        con = self._arguments(shape.arguments_against, (*path, "against"))
        if when is None:
            return None
        return Interrupt(
            trigger, to, when, path, shape.title, by, _guidance(shape.guidance), source, pro, con
        )

    def _facts(self, written: Iterable[str] | None, path: Path) -> tuple[str, ...]:
        return self.references.names("fact", written, path, self.declared.facts)

    def _states(self, written: Iterable[str] | None, path: Path) -> tuple[str, ...]:
        return self.references.names("state", written, path, self.declared.states)

    def _target(self, name: str, path: Path) -> str:
        self._states([name], (*path, "to"))
        return name

    def _when(self, shape: Any, path: Path, key: str = "when") -> Condition | None:
        written = getattr(shape, key)
        return None if written is None else self.parser.parse(written, (*path, key))

    def _override(self, shape: shapes.OverrideShape | None, path: Path) -> Override | None:
        if shape is None:
            return None
        by = self.references.names("role", shape.by, (*path, "override", "by"), self.declared.roles)
        return Override(
            by,
            self.references.names(
                "reason", shape.reasons, (*path, "override", "reasons"), tuple(shape.reasons)
            ),
        )

    def _arguments(self, written: list[shapes.ArgumentShape] | None, path: Path) -> tuple[Argument, ...]:
        return tuple(
            Argument(
                because=each.because,
                when=self._when(each, (*path, at)),
                strong=each.strength == "strong",
                source=self.references.sources(each.source, (*path, at)),
            )
            for at, each in enumerate(written or ())
        )

    def _deadline(self, name: str, shape: shapes.DeadlineShape) -> Deadline | None:
        path: Path = ("deadlines", name)
        starts = self._mark(shape.starts, (*path, "starts"))
        met_by = self._mark(shape.met_by, (*path, "met_by"))
        when = self._when(shape, path)
        source = self.references.sources(shape.source, path)
        if starts is None or met_by is None:
            return None
        return Deadline(
            name=name,
            starts=starts,
            met_by=met_by,
            kind=shape.kind,
            title=shape.title,
            when=when,
            within=parse_duration(shape.within) if shape.within else None,
            source=source,
        )

    def _mark(self, shape: shapes.MarkShape, path: Path) -> Mark | None:
        if self.report.is_written((*path, "fact")) == self.report.is_written((*path, "state")):
            self.report(
                "mark-form",
                f"`{path[-1]}` names either a fact or a state",
                path,
                key=True,
                help="as in `{fact: event_aware_date}` or `{state: acknowledged}`",
            )
            return None
        if shape.fact is not None:
            self._facts([shape.fact], (*path, "fact"))
        if shape.state is not None:
            self._states([shape.state], (*path, "state"))
        return Mark(shape.fact, shape.state)

    def _promise(self, name: str, shape: shapes.PromiseShape) -> Promise | None:
        path: Path = ("promises", name)
        said: dict[str, Any] = {
            "says": shape.says,
            "title": shape.title,
            "source": self.references.sources(shape.source, path),
            "when": self._when(shape, path),
        }
        given = {key for key in _PROMISE_KEYS if self.report.is_written((*path, key))}
        if "enter" in given and given - {"enter"} and given <= {"enter", "only_if", "needs", "only_after"}:
            return EnterPromise(
                name,
                self._states(shape.enter, (*path, "enter")),
                self._when(shape, path, "only_if"),
                self._facts(shape.needs, (*path, "needs")),
                self._states(shape.only_after, (*path, "only_after")),
                **said,
            )
        if given == {"whenever", "offer"}:
            offered = shape.offer or ""
            if offered:
                self.references.names("trigger", [offered], (*path, "offer"), self._triggers)
            whenever = self._when(shape, path, "whenever")
            return OfferPromise(name, whenever, offered, **said) if whenever else None
        if given == {"always_reachable"}:
            states = self._states(shape.always_reachable, (*path, "always_reachable"))
            return ReachPromise(name, states, **said)
        self.report(
            "promise-form", f"`{name}` is none of the forms of a promise", path, key=True, help=_PROMISE_HELP
        )
        return None

    def _migration(self, shape: shapes.MigrationShape, path: Path) -> Migration:
        """Names of now for names of then; two facts of then cannot both be one of now."""
        for key, kind, known in (
            ("states", "state", self.declared.states),
            ("facts", "fact", self.declared.facts),
        ):
            seen: set[str] = set()
            for old, new in (getattr(shape, key) or {}).items():
                if new not in known:
                    self.report.unknown(kind, new, known, (*path, key, old))
                elif new in seen and kind == "fact":
                    self.report("repeated", f"`{new}` is written twice", (*path, key, old))
                seen.add(new)
        return Migration(shape.versions, Frozen(shape.states or {}), Frozen(shape.facts or {}))


Shape = TypeVar("Shape")
Built = TypeVar("Built")


def _built(
    written: Mapping[str, Shape] | None, build: Callable[[str, Shape], Built | None]
) -> Frozen[str, Built]:
    """The pieces that can be built, by name."""
    built = ((name, build(name, shape)) for name, shape in (written or {}).items())
    return Frozen({name: piece for name, piece in built if piece is not None})


_PROMISE_KEYS = ("enter", "only_if", "needs", "only_after", "whenever", "offer", "always_reachable")
_PROMISE_HELP = (
    "`enter` with `only_if`, `needs` or `only_after`; `whenever` with `offer`; or `always_reachable`"
)


def _guidance(shape: shapes.GuidanceShape | None) -> Guidance | None:
    if shape is None:
        return None
    return Guidance(shape.text, tuple(shape.say or ()), tuple(shape.avoid or ()), tuple(shape.steps or ()))
