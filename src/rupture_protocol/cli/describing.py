"""What a protocol holds, told in words: the whole of it, a way, a fact, a state.

Alone here: what of each a person wants to know. Nothing of a case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rupture_protocol.cli.telling import tell_guidance
from rupture_protocol.language.protocol import Interrupt, Transition
from rupture_protocol.render.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rupture_protocol.cli.page import Page
    from rupture_protocol.language.facts import Fact
    from rupture_protocol.language.protocol import Protocol, State


def ways(protocol: Protocol) -> Iterator[tuple[Transition | Interrupt, str | None]]:
    """Every transition with the state that it leaves; None where that is any state."""
    for interrupt in protocol.interrupts.values():
        yield interrupt, None
    for state in protocol.states.values():
        for transition in state.transitions.values():
            yield transition, state.name
    for transition in protocol.anywhere.values():
        yield transition, None


def tell_protocol(protocol: Protocol, page: Page) -> None:
    """What a protocol is for, and all its names."""
    words = Words(protocol)
    page.heading(protocol.title)
    page.line(f"{protocol.id} {protocol.version}, digest {protocol.digest[:12]}", style="dim")
    about = protocol.about
    if about is not None:
        page.labelled("purpose", about.purpose or "")
        page.labelled("for", "; ".join(about.intended_users))
        page.labelled("not for", "; ".join(about.not_for))
        page.labelled("by", "; ".join(about.authors))
        page.labelled(
            "reviewed", f"{about.reviewed or 'not said'}; review by {about.review_by or 'not said'}"
        )
    _tell_list(page, "Roles", {name: role.about for name, role in protocol.roles.items()})
    _tell_list(page, "States", {name: _state_line(state) for name, state in protocol.states.items()})
    triggers: dict[str, str] = {}
    for defined, _ in ways(protocol):
        triggers.setdefault(defined.trigger, defined.title or "")
    _tell_list(page, "Triggers", triggers)
    _tell_list(page, "Facts", {name: fact.ask or fact.title or "" for name, fact in protocol.facts.items()})
    _tell_list(page, "Promises (stated, not yet proved)", {
        name: words.promise(each) for name, each in protocol.promises.items()
    })  # fmt: skip
    _tell_list(page, "Deadlines", {name: words.deadline(each) for name, each in protocol.deadlines.items()})
    _tell_list(
        page, "Sources", {name: f"{each.kind}: {each.title}" for name, each in protocol.sources.items()}
    )


def _tell_list(page: Page, heading: str, items: dict[str, str]) -> None:
    if items:
        page.blank()
        page.heading(heading)
    for name, text in items.items():
        page.line(f"{name}: {text}" if text else name, indent=2, sign="·")


def _state_line(state: State) -> str:
    marks = [state.title or ""] + ["where a case begins"] * state.initial
    marks += [f"an ending{f' ({state.outcome})' if state.outcome else ''}"] * state.final
    return ", ".join(each for each in marks if each)


def tell_way(defined: Transition | Interrupt, source: str | None, protocol: Protocol, page: Page) -> None:
    """What one transition or interrupt requires, and the words that help with it."""
    page.heading(f"{defined.trigger}: {source or 'any state'} → {defined.to}")
    if defined.title:
        page.line(defined.title)
    if isinstance(defined, Interrupt):
        page.line("An interrupt: while it is true or cannot be ruled out, it holds back what comes after it.")
    page.items("requires", Words(protocol).requires(defined))
    page.labelled("taken by", ", ".join(defined.by))
    tell_guidance(defined.guidance, page)
    for each in (*defined.arguments_for, *defined.arguments_against):
        label = "for" if each in defined.arguments_for else "against"
        where = "" if each.when is None else f" (where {Words(protocol).condition(each.when)})"
        page.labelled(label, f"{each.because}{where}")
    page.items(
        "source",
        (f"{protocol.sources[name].kind}: {protocol.sources[name].title}" for name in defined.source),
    )
    page.blank()


def tell_fact(fact: Fact, protocol: Protocol, page: Page) -> None:
    """What a fact is asked with, takes, and who records it."""
    page.heading(f"{fact.title or fact.name} ({fact.name})")
    page.labelled("question", fact.ask or "")
    page.labelled("takes", fact.expects())
    page.labelled("recorded by", ", ".join(fact.by))
    page.labelled("holds for", str(fact.lasts) if fact.lasts else "")
    page.labelled("presumed until recorded", "" if fact.presume is None else fact.label(fact.presume))
    if fact.sensitive:
        page.line("sensitive: its value is left out of text output unless asked for")
    page.items(
        "source", (f"{protocol.sources[name].kind}: {protocol.sources[name].title}" for name in fact.source)
    )


def tell_state(state: State, protocol: Protocol, page: Page) -> None:
    """What a state asks for, and where it leads."""
    page.heading(f"{state.title or state.name} ({state.name})")
    page.line(_state_line(state))
    page.labelled("asks for", ", ".join(state.ask))
    page.labelled("asked afresh on entering", ", ".join(state.forget))
    if state.wait is not None:
        page.labelled("wait", state.wait.reason)
    leads = [f"{each.trigger} → {each.to}" for each in protocol.transitions_from(state.name)]
    page.items("leads on by", leads)
