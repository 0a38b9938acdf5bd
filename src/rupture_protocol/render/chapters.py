"""The chapters of a protocol's page: what it says, chapter by chapter, in the order of a meeting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rupture_protocol.language.facts import Fact
from rupture_protocol.language.protocol import Interrupt, Promise, Protocol, Source, State, Transition
from rupture_protocol.render.listing import kind_of, pairs, table_of
from rupture_protocol.render.marks import Mark, Marks
from rupture_protocol.render.markup import Markup, element, joined, sentence
from rupture_protocol.render.page import Chapter, figure
from rupture_protocol.render.svg import svg
from rupture_protocol.render.ways import Ways, cited, named
from rupture_protocol.render.words import Words

NOT_PROVED = "stated, not proved"


class Chapters:
    """The chapters of one protocol."""

    def __init__(self, protocol: Protocol, proofs: Mapping[str, str], marks: Marks) -> None:
        self._protocol = protocol
        self._proofs = proofs
        self._marks = marks
        self._words = Words(protocol)
        self._ways = Ways(protocol)

    def all(self) -> Iterator[Chapter]:
        """Every chapter that has something to say."""
        told = (
            ("about", "What it is for", self._about()),
            ("case", "Where the case stands", self._case()),
            ("diagram", "The way, in a picture", self._diagram()),
            ("states", "The steps, and what each requires", self._states()),
            ("anywhere", "What can be done from many states", self._anywhere()),
            ("interrupts", "What comes before everything else", self._interrupts()),
            ("promises", "What is promised", self._promises()),
            ("conditions", "The conditions by name", self._conditions()),
            ("deadlines", "By when", self._deadlines()),
            ("facts", "What is recorded, and by whom", self._facts()),
            ("sources", "What it rests on", self._sources()),
        )
        for id_, heading, parts in told:
            said = tuple(parts)
            if said:
                yield Chapter(id_, heading, said)

    def _about(self) -> Iterator[Markup]:
        protocol, about = self._protocol, self._protocol.about
        if about is not None:
            said = (
                ("Purpose", about.purpose),
                ("For", "; ".join(about.intended_users)),
                ("Not for", "; ".join(about.not_for)),
                ("By", "; ".join(about.authors)),
                ("Reviewed", about.reviewed and about.reviewed.isoformat()),
                ("To be reviewed by", about.review_by and about.review_by.isoformat()),
                ("Derived from", protocol.derived_from),
            )
            yield pairs((name, joined((text,))) for name, text in said if text)
        if protocol.roles:
            yield element("h3", "Who takes part")
            yield pairs(
                (role.title or name, joined((role.about, *_name_too(role.title, name))))
                for name, role in protocol.roles.items()
            )

    def _case(self) -> Iterator[Markup]:
        """Only where a case was given: what each way out comes to, and why; never a value."""
        if self._marks.here is None:
            return
        state = self._protocol.states[self._marks.here]
        yield element("p", "State: ", named(state.title, state.name))
        ways: list[Transition | Interrupt] = [*self._protocol.interrupts.values()]
        ways += self._protocol.transitions_from(state.name)
        yield element("ul", *(_told(way, mark) for way in ways if (mark := self._marks.of(way)) is not None))

    def _diagram(self) -> Iterator[Markup]:
        caption = (
            "From above to below: the way from the beginning to an ending. At the side: what comes first, "
            "wherever a case stands. All that it shows is in words below."
        )
        lines = f" {self._marks.lines}" if self._marks.lines else ""
        yield figure(svg(self._protocol, marks=self._marks), f"{caption}{lines}")

    def _states(self) -> Iterator[Markup]:
        for state in self._protocol.states.values():
            yield element("h3", named(state.title, state.name), id=f"state-{state.name}")
            yield from self._state(state)

    def _state(self, state: State) -> Iterator[Markup]:
        if state.initial:
            yield element("p", "A case begins here.")
        if state.final:
            outcome = f": {state.outcome}" if state.outcome else ""
            yield element("p", f"An ending{outcome}.")
        if state.ask:
            yield element("p", "Asked here: ", self._row(state.ask), ".")
        if state.forget:
            yield element("p", "Asked afresh on entering: ", self._row(state.forget), ".")
        if state.wait is not None:
            until = "" if state.wait.until is None else f", until {self._words.condition(state.wait.until)}"
            yield element("p", f"Waiting is right here: {state.wait.reason}", sentence(until))
        for each in state.transitions.values():
            yield self._ways.transition(each)
        if not state.final and not state.transitions:
            yield element("p", "No step of its own: it is left by what can be done from many states.")

    def _anywhere(self) -> Iterator[Markup]:
        for each in self._protocol.anywhere.values():
            yield self._ways.transition(each)

    def _interrupts(self) -> Iterator[Markup]:
        if self._protocol.interrupts:
            yield element(
                "p",
                "The most urgent one stands first. While one is true, or cannot be ruled out, it holds back "
                "what comes after it: the interrupts below it, and every step that does not say otherwise.",
            )
        for number, each in enumerate(self._protocol.interrupts.values(), start=1):
            yield self._ways.interrupt(each, number)

    def _promises(self) -> Iterator[Markup]:
        protocol = self._protocol
        if protocol.promises:
            rows = (
                (named(each.title, name), self._promise(each), joined((self._proofs.get(name, NOT_PROVED),)))
                for name, each in protocol.promises.items()
            )
            yield table_of("Promises hold in every case", ("Promise", "What it says", "Proof"), rows)
        if protocol.assume:
            yield element("p", "Taken for granted of a sound record:")
            said = (element("li", sentence(self._words.condition(each))) for each in protocol.assume)
            yield element("ul", *said)

    def _promise(self, promise: Promise) -> Markup:
        said = [element("p", sentence(self._words.promise(promise)))]
        if promise.says:
            said.append(element("p", sentence(self._words.promised(promise)), class_="soft"))
        return joined((*said, *cited(self._protocol, promise.source)))

    def _conditions(self) -> Iterator[Markup]:
        conditions = self._protocol.conditions
        if conditions:
            titles = self._protocol.condition_titles
            yield pairs(
                (named(titles.get(name), name), sentence(self._words.condition(each)))
                for name, each in conditions.items()
            )

    def _deadlines(self) -> Iterator[Markup]:
        deadlines = self._protocol.deadlines
        if deadlines:
            rows = (
                (
                    named(each.title, name),
                    joined((sentence(self._words.deadline(each)), *cited(self._protocol, each.source))),
                    kind_of(each.kind.value),
                )
                for name, each in deadlines.items()
            )
            yield table_of("What is due", ("Deadline", "When", "Kind"), rows)

    def _facts(self) -> Iterator[Markup]:
        facts = self._protocol.facts
        if facts:
            rows = (
                (named(each.title, name), self._fact(each), self._recorders(each))
                for name, each in facts.items()
            )
            yield table_of("What can be put on record", ("Fact", "Question", "Recorded by"), rows)

    def _fact(self, fact: Fact) -> Markup:
        values = ", ".join(fact.label(value) for value in (*fact.values, *fact.also))
        takes = joined((values,)) if values else sentence(fact.expects())
        notes = [
            f"holds for {fact.lasts}" if fact.lasts else None,
            "changes as life goes on" if fact.varies else None,
            "sensitive" if fact.sensitive else None,
            f"presumed until recorded: {fact.label(fact.presume)}" if fact.presume is not None else None,
        ]
        noted = "; ".join(each for each in notes if each)
        return joined(
            (
                element("p", fact.ask) if fact.ask else None,
                element(
                    "p",
                    "Takes: ",
                    takes,
                    f". {noted[:1].upper()}{noted[1:]}." if noted else ".",
                    class_="soft",
                ),
                *cited(self._protocol, fact.source),
            )
        )

    def _recorders(self, fact: Fact) -> Markup:
        roles = self._protocol.roles
        return joined((", ".join(roles[name].title or name for name in fact.by) or "anybody",))

    def _sources(self) -> Iterator[Markup]:
        sources = self._protocol.sources
        if sources:
            rows = (
                (element("code", name), _source(each), kind_of(each.kind.value))
                for name, each in sources.items()
            )
            yield table_of(
                "What a clinic has set itself is never shown as law", ("Source", "Title", "Kind"), rows
            )

    def _row(self, facts: Iterable[str]) -> Markup:
        titles = [self._protocol.facts[name].title or name for name in facts]
        return joined((", ".join(titles),))


def _told(way: Transition | Interrupt, mark: Mark) -> Markup:
    """What one way out of where a case stands comes to, and why."""
    verdict = element("strong", mark.text, class_=mark.look)
    return element("li", verdict, ": ", named(way.title, way.trigger), ": ", sentence(mark.because))


def _source(source: Source) -> Markup:
    """A link only where it leads to a web page: a source may not make a reader's click do anything else."""
    if source.url and source.url.lower().startswith(("https://", "http://")):
        link = element("a", source.url, href=source.url, rel="noopener noreferrer")
        return joined((source.title, " ", link))
    return joined((source.title, f" {source.url}" if source.url else None))


def _name_too(title: str | None, name: str) -> tuple[Markup, ...]:
    return (joined((" (", element("code", name), ")")),) if title else ()
