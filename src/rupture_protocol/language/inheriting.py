"""What an extension may say about each kind of thing that it inherits: one table for each."""

from __future__ import annotations

from rupture_protocol.language.inherited_lengths import due_within, lasting
from rupture_protocol.language.merging import (
    Merge,
    Rules,
    Slot,
    appended,
    conjoined,
    fixed,
    grown,
    replaced,
    shrunk,
    truth,
    worded,
)
from rupture_protocol.language.nodes import Node, items, names, plain

_NOT_GIVEN = "leave it out; what is added under a name of its own may have it"
_ANOTHER_FACT = fixed("leave it out; what is meant otherwise is a fact with a name of its own")
_ANOTHER_STEP = fixed("leave it out; another step is a transition with a name of its own")
_ANOTHER_PROMISE = fixed("leave it out; a stricter promise is one with a name of its own", one_or_more=True)
_ANOTHER_INTERRUPT = fixed(
    "only texts are added to an inherited interrupt; a wider one has its own name, and may share its `to`"
)


def _text(_merge: Merge, slot: Slot) -> Node | None:
    """A text below another, as paragraphs; each keeps its place."""
    if slot.base is None or slot.own is None or not isinstance(slot.own.data, str):
        return slot.own or slot.base
    had = slot.base.parts or (slot.base,)
    new = [each for each in slot.own.parts or (slot.own,) if all(each is not one for one in had)]
    parts = (*had, *new)
    return Node("\n".join(str(each.data) for each in parts), slot.base.place, parts) if new else slot.base


_GUIDANCE: Rules = {"text": _text, "say": appended, "avoid": appended, "steps": appended}
_OVERRIDE: Rules = {
    "by": shrunk("who may override"),
    "reasons": shrunk("to give as a reason to override"),
}


def guidance(merge: Merge, slot: Slot) -> Node | None:
    """More guidance below what is inherited."""
    if slot.base is None or slot.own is None:
        return slot.base or slot.own
    return merge.mapping(slot.base, slot.own, _GUIDANCE, slot.of, short="text", label="`guidance`")


def labels(merge: Merge, slot: Slot) -> Node | None:
    """Labels for values that have none yet."""
    if slot.base is None or slot.own is None:
        return slot.base or slot.own
    keys = {
        *(slot.base.data if slot.base.is_mapping else ()),
        *(slot.own.data if slot.own.is_mapping else ()),
    }
    return merge.mapping(slot.base, slot.own, dict.fromkeys(keys, worded), slot.of, label="`labels`")


def override(merge: Merge, slot: Slot) -> Node | None:
    """Fewer who may override, for fewer reasons; where one of two bases has none, nobody may."""
    if slot.base is None or slot.own is None:
        if merge.joining:
            return None
        message = f"{slot.of} is inherited and cannot be given `override`"
        return merge.refuse("redefined", message, slot, key=True, help=_NOT_GIVEN)
    return merge.mapping(slot.base, slot.own, _OVERRIDE, slot.of, label="`override`")


def despite(merge: Merge, slot: Slot) -> Node | None:
    """More interrupts that do not hold a step back; that they are its own, `additions` looks after.

    Of two bases, each says what its own interrupts do.
    """
    if not merge.joining:
        if slot.base is None or slot.own is None or slot.base.data == "all":
            return slot.base or slot.own
        return grown(merge, slot)
    if slot.base is not None and slot.own is not None and slot.base.data == slot.own.data == "all":
        return slot.base
    first = _named_in(slot.base, merge.base_interrupts)
    second = _named_in(slot.own, merge.own_interrupts)
    kept = [
        each
        for name, each in {**second, **first}.items()
        if (name in first or name not in merge.base_interrupts)
        and (name in second or name not in merge.own_interrupts)
    ]
    return slot.written.moved(kept) if kept else None


def _named_in(written: Node | None, interrupts: list[str]) -> dict[str, Node]:
    if written is not None and written.data == "all":
        return {name: Node(name, written.place) for name in interrupts}
    return {str(each.data): each for each in items(written)}


def arguments(merge: Merge, slot: Slot) -> Node | None:
    """Arguments of two bases stand one after the other; an extension argues about its own steps only."""
    return appended(merge, slot) if merge.joining else _ANOTHER_STEP(merge, slot)


def only(merge: Merge, slot: Slot) -> Node | None:
    """The only states in which a step is offered: of two bases, those that both name."""
    if not merge.joining:
        return _ANOTHER_STEP(merge, slot)
    if slot.base is None or slot.own is None:
        return slot.base or slot.own
    return slot.own.moved([each for each in items(slot.own) if plain(each) in names(items(slot.base))])


FACT: Rules = {
    "type": _ANOTHER_FACT,
    "title": worded,
    "values": _ANOTHER_FACT,
    "also": _ANOTHER_FACT,
    "minimum": _ANOTHER_FACT,
    "maximum": _ANOTHER_FACT,
    "unit": _ANOTHER_FACT,
    "ask": worded,
    "labels": labels,
    "by": shrunk("who may record"),
    "lasts": lasting,
    "varies": fixed("leave it out; what is meant otherwise is a fact with a name of its own", default=False),
    "presume": _ANOTHER_FACT,
    "sensitive": truth(tighter=True),
    "source": grown,
}

TRANSITION: Rules = {
    "to": _ANOTHER_STEP,
    "title": worded,
    "by": shrunk("who may take"),
    "when": conjoined,
    "needs": grown,
    "despite": despite,
    "not_same_person": grown,
    "override": override,
    "guidance": guidance,
    "source": grown,
    "for": arguments,
    "against": arguments,
}

ANYWHERE: Rules = {**TRANSITION, "except": grown, "only": only}

INTERRUPT: Rules = {
    **dict.fromkeys(("to", "when", "by", "source", "for", "against"), _ANOTHER_INTERRUPT),
    "title": worded,
    "guidance": guidance,
}

DEADLINE: Rules = {
    **dict.fromkeys(
        ("starts", "met_by", "when", "kind"),
        fixed("leave it out; another deadline has a name of its own"),
    ),
    "title": worded,
    "within": due_within,
    "source": grown,
}

PROMISE: Rules = {
    **dict.fromkeys(
        (
            "enter",
            "only_if",
            "needs",
            "only_after",
            "whenever",
            "offer",
            "always_reachable",
            "when",
            "source",
        ),
        _ANOTHER_PROMISE,
    ),
    "says": worded,
    "title": worded,
}

STATE: Rules = {
    **dict.fromkeys(("initial", "final"), fixed(_NOT_GIVEN, default=False)),
    **dict.fromkeys(("outcome", "forget", "wait"), fixed(_NOT_GIVEN)),
    "title": worded,
    "ask": grown,
}

ROLE: Rules = {"about": worded, "title": worded}
SOURCE: Rules = {
    "title": worded,
    "kind": fixed("leave it out; another source has an id of its own"),
    "url": worded,
}


def review_by(merge: Merge, slot: Slot) -> Node | None:
    """The day of the next review: no later than that of what is inherited."""
    if slot.base is None or slot.own is None or not isinstance(slot.own.data, str):
        return slot.own or slot.base
    if slot.own.data <= str(slot.base.data) or len(slot.own.data) != len(str(slot.base.data)):
        return slot.own
    if merge.joining:
        return slot.base
    message = "an extension is reviewed no later than what it extends"
    return merge.refuse("loosened", message, slot, help="leave it out, or write an earlier day")


ABOUT: Rules = {
    "purpose": replaced,
    "intended_users": replaced,
    "not_for": grown,
    "authors": grown,
    "reviewed": replaced,
    "review_by": review_by,
}


def only_without(thing: Node) -> Node:
    """An `anywhere` transition that has both `only` and `except`: what is left of `only`."""
    only, exclude = thing.get("only"), thing.get("except")
    if only is None or exclude is None:
        return thing
    left = [each for each in items(only) if plain(each) not in names(items(exclude))]
    kept = {key: each for key, each in thing.data.items() if key != "except"}
    return thing.moved({**kept, "only": exclude.moved(left)})
