"""What `rupture walk` shows of a case: all of it when that is new, else what has changed, and the question.

Alone here: the numbers under which options are offered, which stay what they were until all is shown again.
"""

from __future__ import annotations

from rupture_protocol.cli import telling
from rupture_protocol.cli.page import Page
from rupture_protocol.engine.decision import Decision, Option
from rupture_protocol.engine.options import Verdict
from rupture_protocol.engine.questions import Question
from rupture_protocol.language.facts import Fact, FactType
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.render.marks import why


class View:
    """What has been shown so far. `listed` holds the triggers in the order of their numbers."""

    def __init__(self, protocol: Protocol, page: Page) -> None:
        self._protocol = protocol
        self._page = page
        self._shown: dict[str, Verdict] | None = None
        self.listed: tuple[str, ...] = ()

    def forget(self) -> None:
        """Show everything the next time."""
        self._shown = None

    def show(self, decision: Decision, role: str, question: Question | None) -> None:
        """Where the case stands: all of it when that is new, else what has changed."""
        page = self._page
        verdicts = {option.trigger: option.verdict for option in decision.options}
        page.blank()
        if self._shown is None:
            page.line("─" * page.width, style="dim")
            page.heading(telling.state_name(self._protocol, decision.state))
            page.line(f"you are {role}; {telling.instant(decision.at)}", style="dim")
            telling.tell_wait(decision, page)
            self._show_options(decision)
            telling.tell_deadlines(decision.deadlines, page)
            page.blank()
        else:
            changed = [name for name, verdict in verdicts.items() if self._shown.get(name) is not verdict]
            for trigger in changed:
                self._show_change(decision[trigger])
            if changed:
                page.blank()
        self._shown = verdicts
        self._show_question(question, role)

    def _show_change(self, option: Option) -> None:
        if _ruled_out(option):
            self._page.line(f"blocked for now  {option.trigger}", sign="·", style="dim")
            return
        sign, colour = telling.SIGNS[option.verdict]
        said = "" if option.verdict is Verdict.OPEN else f": {why(option)}"
        number = ""
        if option.verdict is Verdict.OPEN or option.precaution:
            number = f"t{self._number(option.trigger)} "
        sign = f"{number}{sign}"
        self._page.line(f"now {option.verdict}  {option.trigger}{said}", sign=sign, sign_style=colour)

    def _number(self, trigger: str) -> int:
        """The number under which an option is listed, a new one where it was not yet."""
        if trigger not in self.listed:
            self.listed = (*self.listed, trigger)
        return self.listed.index(trigger) + 1

    def _show_options(self, decision: Decision) -> None:
        page = self._page
        takeable = _takeable(decision)
        # A number means what was last seen under it, whatever is recorded in between.
        self.listed = tuple(option.trigger for option in takeable)
        for number, option in enumerate(takeable, start=1):
            title = f": {option.title}" if option.title else ""
            kind = "open" if option.verdict is Verdict.OPEN else "as a precaution"
            may = "" if option.may else f" (by {telling.named(option.by)})"
            sign = "●" if option.verdict is Verdict.OPEN else "!"
            said = f"{kind}  {option.trigger}{title}{may}"
            colour = telling.SIGNS[option.verdict][1]
            page.line(said, sign=f"t{number} {sign}", sign_style=colour, indent=2)
        for option in decision.options:
            if option.verdict is not Verdict.OPEN and not option.precaution and not _ruled_out(option):
                sign, colour = telling.SIGNS[option.verdict]
                said = f"{option.verdict}  {option.trigger}: {why(option)}"
                page.line(said, sign=sign, sign_style=colour, indent=2)
        if decision.also:
            page.line(f"also true, but less urgent: {telling.named(decision.also)}", indent=2)

    def _show_question(self, question: Question | None, role: str) -> None:
        page = self._page
        if question is None:
            page.line("No question is open. Take an option, or record a fact: `r name=value`.")
            return
        fact = self._protocol.facts[question.fact]
        page.heading(question.question)
        if question.by and role not in question.by:
            page.line(
                f"{fact.name} is recorded by {telling.named(question.by)}: `as {question.by[0]}`, or `s`",
                indent=2,
            )
        else:
            page.line(fact.name, indent=2, style="dim")
        for number, value in enumerate(values_of(fact), start=1):
            label = fact.labels.get(value, value)
            alike = label.lower().replace(" ", "_") == value
            page.line(label if alike else f"{label} ({value})", sign=f"{number}", indent=2)
        if fact.type is FactType.TEXT:
            page.line("takes text, typed as `= text`", indent=2)
        elif not values_of(fact):
            page.line(f"takes {fact.expects()}", indent=2)


def _takeable(decision: Decision) -> list[Option]:
    """What is open, then what may be taken as a precaution, as it is numbered."""
    is_open = [option for option in decision.options if option.verdict is Verdict.OPEN]
    return is_open + [option for option in decision.options if option.precaution]


def _ruled_out(option: Option) -> bool:
    return option.interrupt and option.verdict is Verdict.BLOCKED


def values_of(fact: Fact) -> tuple[str, ...]:
    """The values that a fact lists, as they are numbered."""
    return ("true", "false") if fact.type is FactType.BOOLEAN else fact.values + fact.also
