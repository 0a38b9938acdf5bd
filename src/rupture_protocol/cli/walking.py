"""The conversation of `rupture walk`: shows where a case stands, reads a line, does what it says.

Alone here: what can be typed. The engine decides; what it refuses is told, and the walk goes on.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from rupture_protocol.cli import inputs, telling
from rupture_protocol.cli.describing import tell_fact, tell_way, ways
from rupture_protocol.cli.page import Page
from rupture_protocol.cli.viewing import View, values_of
from rupture_protocol.engine.calendar import after
from rupture_protocol.engine.case import Actor, Case
from rupture_protocol.engine.decision import Decision
from rupture_protocol.engine.engine import Engine
from rupture_protocol.engine.questions import Question
from rupture_protocol.errors import Refused, RuptureError, shorten
from rupture_protocol.language.facts import UNKNOWN, Fact, FactType, Unknown, Value
from rupture_protocol.language.nearest import did_you_mean
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.language.quantities import DURATION_HELP, parse_duration
from rupture_protocol.scenarios.model import Scenario
from rupture_protocol.scenarios.saving import Attempt, scenario_of
from rupture_protocol.scenarios.steps import Action, Override, Record, Take

HELP = (
    ("2, mild, 2,3", "answer the question, by number or value; a set is a list"),
    ("= text", "answer with exactly this text"),
    ("u / s", "it is not known / skip the question"),
    ("? / ? name", "explain the question / an option, a fact"),
    ("t1 or its name", "take an option"),
    ("r name=value", "record any fact"),
    ("w name=value", "what if: how the options would change"),
    ("as role", "speak as somebody else: each role is a person of its own"),
    ("o option reason", "override, with a coded reason"),
    ("later 2 days", "let time pass"),
    ("l", "list the options again"),
    ("facts", "what is on record"),
    ("q", "quit"),
)
_TAKE = re.compile(r"t ?([0-9]{1,3})")
_TRUTHS = {"y": "true", "yes": "true", "n": "false", "no": "false"}


class Quit(Exception):
    """The person has had enough."""


class Walk:
    """One walk through one protocol."""

    def __init__(self, protocol: Protocol, *, at: datetime | None, show_sensitive: bool) -> None:
        self._protocol = protocol
        self.engine = Engine(protocol)
        self._page = Page()
        self._show_sensitive = show_sensitive
        self._fixed = at
        self._later = timedelta(0)
        self._role = next(iter(protocol.roles), "clinician")
        self._skipped: set[str] = set()
        self._view = View(protocol, self._page)
        self._refused: list[Attempt] = []
        self.case: Case = self.engine.open("walk", by=self._me, at=self._now())
        self._commands: dict[str, Callable[[Decision, str], None]] = {
            "?": self._explain,
            "u": self._unknown,
            "s": self._skip,
            "t": self._take,
            "r": self._record,
            "w": self._what_if,
            "as": self._as,
            "o": self._override,
            "later": self._let_pass,
            "l": self._list,
            "facts": self._facts,
            "h": self._help,
            "help": self._help,
            "q": self._quit,
            "quit": self._quit,
            "exit": self._quit,
        }

    def run(self) -> None:
        """Until the case has ended, or the person quits."""
        with suppress(ImportError):  # line editing, where there is any
            import readline  # noqa: F401

        page = self._page
        page.heading(f"{self._protocol.title} ({self._protocol.id} {self._protocol.version})")
        page.line("A made-up case, in memory. `h` lists what can be typed, `q` quits.", style="dim")
        try:
            while not self._protocol.states[self.case.state].final:
                decision = self._decide()
                self._view.show(decision, self._role, self._question(decision))
                self._obey(decision, self._read())
        except (Quit, EOFError):
            page.blank()
            return
        page.blank()
        page.heading(telling.state_name(self._protocol, self.case.state))
        page.line(telling.ended(self._protocol, self.case.state))

    def scenario(self) -> Scenario:
        """What was walked, as a scenario."""
        return scenario_of(self.case, self._decide(), name="walked", refused=self._refused)

    def _tell_error(self, error: RuptureError) -> None:
        self._page.line(str(error), sign="✗", sign_style="red")
        if error.help:
            self._page.labelled("help", error.help, indent=2)

    # What is typed --------------------------------------------------------------------------------

    def _read(self) -> str:
        return input(f"{self._role}> ").strip()

    def _obey(self, decision: Decision, line: str) -> None:
        word, _, rest = line.partition(" ")
        numbered = _TAKE.fullmatch(line)
        try:
            if not line:
                return
            if numbered:
                self._take(decision, numbered[1])
            elif line.startswith("?"):
                self._explain(decision, line[1:].strip())
            elif line.startswith("="):
                self._answer(decision, line[1:].strip(), exact=True)
            elif word in self._commands:
                self._commands[word](decision, rest.strip())
            elif line in decision and not self._answers(decision, line):
                self._take(decision, line)
            else:
                self._answer(decision, line)
        except RuptureError as error:
            self._tell_error(error)

    def _answers(self, decision: Decision, text: str) -> bool:
        """Whether a text is a value that the question lists: then it is no trigger's name."""
        question = self._question(decision)
        return question is not None and text in values_of(self._protocol.facts[question.fact])

    def _answer(self, decision: Decision, text: str, *, exact: bool = False) -> None:
        question = self._question(decision)
        if question is None:
            if text.isdecimal():
                self._take(decision, text)
                return
            raise RuptureError("no question is open", help="`h` lists what can be typed")
        fact = self._protocol.facts[question.fact]
        self._put(fact.name, fact.parse(text) if exact else _typed(fact, text))

    def _put(self, name: str, value: Value | Unknown) -> None:
        self._try(Record({name: value}), self.engine.record, {name: value})
        self._page.line(f"recorded: {name}", sign="✓", sign_style="green")

    def _unknown(self, decision: Decision, _rest: str) -> None:
        question = self._asked(decision)
        self._put(question.fact, UNKNOWN)
        self._skipped.add(question.fact)  # it was just asked: something else comes first now

    def _skip(self, decision: Decision, _rest: str) -> None:
        self._skipped.add(self._asked(decision).fact)

    def _record(self, _decision: Decision, rest: str) -> None:
        name, value = self._named_value(rest)
        self._put(name, value)

    def _take(self, _decision: Decision, which: str) -> None:
        if which.isdecimal():
            if not 0 < int(which[:4]) <= len(self._view.listed):
                raise RuptureError(f"there is no option t{which[:4]}", help="`l` lists the options")
            which = self._view.listed[int(which[:4]) - 1]
        self._try(Take(which), self.engine.take, which)
        self._moved(which)

    def _override(self, _decision: Decision, rest: str) -> None:
        trigger, _, reason = rest.partition(" ")
        reason = reason.strip()
        self._try(Override(trigger, reason), self.engine.override, trigger, reason=reason)
        self._moved(trigger)

    def _try(self, action: Action, write: Callable[..., Case], what: object, **more: str) -> None:
        """Do something to the case; what the protocol refuses is kept in mind for the scenario."""
        at = self._now()
        try:
            self.case = write(self.case, what, by=self._me, at=at, **more)
        except Refused:
            self._refused.append(Attempt(len(self.case.history), action, self._me, at))
            raise

    def _moved(self, trigger: str) -> None:
        self._skipped.clear()
        self._view.forget()
        self._page.line(f"taken: {trigger}", sign="✓", sign_style="green")

    def _what_if(self, decision: Decision, rest: str) -> None:
        if "=" not in rest and rest:
            fact = self._protocol.facts[self._asked(decision).fact]
            name, value = fact.name, _typed(fact, rest)
        else:
            name, value = self._named_value(rest)
        then = self.engine.decide(self.case, at=self._now(), suppose={name: value})
        changed = [each for each in decision if decision[each].verdict is not then[each].verdict]
        self._page.heading(f"If {name} were so")
        for trigger in changed:
            option = then[trigger]
            before = decision[trigger].verdict
            self._page.line(f"{trigger}: {before} → {option.verdict}: {option.because}", sign="·", indent=2)
        if not changed:
            self._page.line("no option would change", indent=2)

    def _explain(self, decision: Decision, name: str) -> None:
        page = self._page
        name = name or self._asked(decision).fact
        page.blank()
        if name in self._protocol.facts:
            tell_fact(self._protocol.facts[name], self._protocol, page)
            return
        found = [each for each in ways(self._protocol) if each[0].trigger == name]
        here = [each for each in found if each[1] in (None, decision.state)] or found
        if not here:
            known = [*self._protocol.facts, *decision]
            raise RuptureError(f"unknown name `{shorten(name)}`", help=did_you_mean(name, known))
        for defined, source in here:
            tell_way(defined, source, self._protocol, page)
        if name in decision:
            telling.tell_option(decision[name], page)

    def _as(self, _decision: Decision, role: str) -> None:
        if not self._protocol.roles:
            raise RuptureError("this protocol has no roles: anybody may do anything")
        if not role:
            self._page.items(
                "roles", (f"{name}: {each.about}" for name, each in self._protocol.roles.items())
            )
            return
        self._role = self._protocol.role(role).name
        self._view.forget()

    def _list(self, _decision: Decision, _rest: str) -> None:
        self._view.forget()

    def _let_pass(self, _decision: Decision, text: str) -> None:
        length = parse_duration(text)
        if length is None:
            raise RuptureError("that is not a length of time", help=DURATION_HELP)
        now = self._now()
        self._later += after(now, length, self.engine.calendar) - now
        self._view.forget()

    def _facts(self, _decision: Decision, _rest: str) -> None:
        telling.tell_facts(self.case, self._protocol, self._page, show_sensitive=self._show_sensitive)

    def _help(self, _decision: Decision, _rest: str) -> None:
        for typed, meaning in HELP:
            self._page.line(f"{typed:<16} {meaning}", indent=2)

    def _quit(self, _decision: Decision, _rest: str) -> None:
        raise Quit

    # Within ---------------------------------------------------------------------------------------

    @property
    def _me(self) -> Actor:
        return Actor(self._role, self._role)

    def _now(self) -> datetime:
        return (self._fixed or inputs.now()) + self._later

    def _decide(self) -> Decision:
        return self.engine.decide(self.case, at=self._now(), actor=self._me)

    def _question(self, decision: Decision) -> Question | None:
        return next((each for each in decision.ask if each.fact not in self._skipped), None)

    def _asked(self, decision: Decision) -> Question:
        question = self._question(decision)
        if question is None:
            raise RuptureError("no question is open", help="name a fact, or take an option")
        return question

    def _named_value(self, text: str) -> tuple[str, Value | Unknown]:
        name, equals, value = text.partition("=")
        if not equals:
            raise RuptureError("a fact and its value are written `name=value`")
        fact = self._protocol.fact(name.strip())
        return fact.name, _typed(fact, value.strip())


def _typed(fact: Fact, text: str) -> Value | Unknown:
    """A value as it is typed: by its number in the list shown, or as it is."""
    values = values_of(fact)
    if fact.type is FactType.BOOLEAN:
        text = _TRUTHS.get(text.lower(), text)
    if fact.type is FactType.SET:
        return fact.parse_text(",".join(_numbered(part.strip(), values) for part in text.split(",")))
    return fact.parse_text(_numbered(text, values))


def _numbered(text: str, values: tuple[str, ...]) -> str:
    if text.isascii() and text.isdecimal() and text not in values and 0 < int(text[:4]) <= len(values):
        return values[int(text[:4]) - 1]
    return text
