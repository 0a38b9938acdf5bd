"""A transition or an interrupt on a protocol's page: where it leads, what it requires, what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rupture_protocol.language.protocol import (
    EVERY_INTERRUPT,
    Argument,
    Guidance,
    Interrupt,
    Protocol,
    Transition,
)
from rupture_protocol.render.markup import Markup, element, joined, sentence
from rupture_protocol.render.words import Words


class Ways:
    """The ways of one protocol, each as a block of the page."""

    def __init__(self, protocol: Protocol) -> None:
        self._protocol = protocol
        self._words = Words(protocol)

    def transition(self, transition: Transition) -> Markup:
        """A transition: its guard in sentences, who takes it, from where it is offered."""
        return self._block(transition, "", "Requires nothing.", self._placed(transition))

    def interrupt(self, interrupt: Interrupt, urgency: int) -> Markup:
        """An interrupt, with its place among the others."""
        return self._block(interrupt, f"{urgency}. ", "Always.", ())

    def _block(
        self, defined: Transition | Interrupt, number: str, otherwise: str, notes: Iterable[Markup]
    ) -> Markup:
        to = self._protocol.states[defined.to]
        requires = self._words.requires(defined)
        lead = "When" if isinstance(defined, Interrupt) else "Requires"
        return element(
            "article",
            element("h4", number, named(defined.title, defined.trigger)),
            element("p", "leads to ", element("a", to.title or to.name, href=f"#state-{to.name}")),
            element("p", f"{lead}:" if requires else otherwise),
            element("ul", *(element("li", sentence(each)) for each in requires)) if requires else None,
            *notes,
            element("p", f"By: {self._roles(defined.by)}") if defined.by else None,
            *self._arguments("Speaks for it", defined.arguments_for),
            *self._arguments("Speaks against it", defined.arguments_against),
            *_guidance(defined.guidance),
            *cited(self._protocol, defined.source),
            class_="way",
        )

    def _placed(self, transition: Transition) -> Iterator[Markup]:
        if transition.only is not None:
            yield element("p", f"Only in: {self._states(transition.only)}")
        if transition.exclude:
            yield element("p", f"Not in: {self._states(transition.exclude)}")
        if transition.despite == (EVERY_INTERRUPT,):
            yield element("p", "No interrupt holds it back.")
        elif transition.despite:
            interrupts = self._protocol.interrupts
            titles = (interrupts[name].title or name for name in transition.despite)
            yield element("p", f"Goes on despite: {'; '.join(titles)}")
        if transition.override is not None:
            reasons = ", ".join(each.replace("_", " ") for each in transition.override.reasons)
            yield element("p", f"Reasons for an override: {reasons}")

    def _arguments(self, label: str, arguments: Iterable[Argument]) -> Iterator[Markup]:
        for each in arguments:
            where = "" if each.when is None else f" (where {self._words.condition(each.when)})"
            strongly = ", strongly" if each.strong else ""
            yield element("p", f"{label}{strongly}: {each.because}", sentence(where))
            yield from cited(self._protocol, each.source)

    def _roles(self, names: Iterable[str]) -> str:
        return ", ".join(self._protocol.roles[name].title or name for name in names)

    def _states(self, names: Iterable[str]) -> str:
        return "; ".join(self._protocol.states[name].title or name for name in names)


def _guidance(guidance: Guidance | None) -> Iterator[Markup]:
    """Words to adapt, folded away: a meeting decides on rules first."""
    if guidance is None:
        return
    parts = [element("p", guidance.text)] if guidance.text else []
    for label, said in (("To say", guidance.say), ("To avoid", guidance.avoid), ("Steps", guidance.steps)):
        if said:
            parts += [element("p", f"{label}:"), element("ul", *(element("li", each) for each in said))]
    yield element("details", element("summary", "Guidance: words to adapt, never a script"), *parts)


def named(title: str | None, name: str) -> Markup:
    """What a person calls it, and what the protocol calls it."""
    return joined((title, " ", element("code", name))) if title else element("code", name)


def cited(protocol: Protocol, sources: Iterable[str]) -> Iterator[Markup]:
    """The sources that something rests on, with their kind."""
    listed = [protocol.sources[name] for name in sources]
    if listed:
        said = "; ".join(f"{each.title} ({each.kind})" for each in listed)
        yield element("p", f"Source: {said}", class_="soft source")
