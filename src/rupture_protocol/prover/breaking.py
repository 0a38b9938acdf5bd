"""A broken promise as an issue: where an author can mend it, what was promised, and what to write instead.

Alone here: which of two places is shown first. What an author can mend is in their own file, not in a base.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rupture_protocol.errors import Issue, Story
from rupture_protocol.language.dump import written_condition
from rupture_protocol.language.flow import flow
from rupture_protocol.language.places import Path
from rupture_protocol.language.protocol import EnterPromise, OfferPromise, Promise, Protocol
from rupture_protocol.language.source import Document
from rupture_protocol.prover.results import issue_at

PROMISED = "promised here"
LONGEST_ADVICE = 100


def broken(protocol: Protocol, promise: Promise, story: Story) -> Issue:
    """What is to be said of a promise that does not hold, and of the story that shows it."""
    here: Path = ("promises", promise.name)
    document = protocol.document
    place = None if document is None else _to_mend(document, promise, story)
    if document is None or place is None:
        also = {} if story.last is None else {"by the step here": story.last}
        message = _message(promise, story)
        return issue_at(protocol, "broken-promise", message, here, story=story, also=also)
    trigger = promise.offer if isinstance(promise, OfferPromise) else str(place[-2])
    advice = _advice(promise, trigger, place)
    found = document.issue("broken-promise", _message(promise, story, trigger), place, help=advice)
    return replace(found, story=story, also=(document.note(PROMISED, here, key=True),))


def _message(promise: Promise, story: Story, trigger: str | None = None) -> str:
    """What breaks which promise, in its author's words; where there are none, what the story comes to."""
    broken = f"the promise `{promise.name}` can be broken"
    if promise.says is None:
        return f"{broken}: {story.ends}"
    return f"{broken}{f' by `{trigger}`' if trigger else ''}: “{promise.says}”"


def _to_mend(document: Document, promise: Promise, story: Story) -> Path | None:
    """Where the step says what breaks the promise, unless only the promise is in the author's own file."""
    own = document.file
    promised_here = document.span(("promises", promise.name)).file == own
    match promise:
        case EnterPromise() if story.last is not None:
            to = (*story.last, "to")
            return to if not promised_here or document.span(to).file == own else None
        case OfferPromise(offer=trigger) if not promised_here:
            asked = (path for path in document.places if _asks(path, trigger))
            return next((path for path in asked if document.span(path).file == own), None)
        case _:
            return None


def _asks(path: Path, trigger: str) -> bool:
    """Whether what is written there is asked for by an option of that trigger."""
    rest = path[4:] if path[:1] == ("states",) else path[2:]
    return len(rest) > 0 and rest[0] == "when" and path[: -len(rest)][-1] == trigger


def _advice(promise: Promise, trigger: str, place: Path) -> str:
    """What to write instead: what is promised, as the step may ask for it."""
    if not isinstance(promise, EnterPromise):
        return f"leave it out: `{trigger}` must stay open wherever that was promised"
    if place[0] == "interrupts":
        return "lead it to a state of its own"
    asked = " and ".join(f"`{key}: {flow(value)}`" for key, value in _asked(promise).items())
    if promise.when is not None or len(asked) > LONGEST_ADVICE:
        return f"let `{trigger}` ask for what was promised, or lead it elsewhere"
    return f"let `{trigger}` ask for it, with {asked}; or lead it elsewhere"


def _asked(promise: EnterPromise) -> dict[str, Any]:
    """The keys with which a step asks for what a promise says."""
    when = {} if promise.only_if is None else written_condition(promise.only_if)
    if promise.only_after:
        after = {"visited": list(promise.only_after)}
        when = {"all": [when, after]} if "visited" in when else {**when, **after}
    needs = {"needs": list(promise.needs)} if promise.needs else {}
    return {**({"when": when} if when else {}), **needs}
