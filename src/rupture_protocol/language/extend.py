"""An extension on its bases → one tree, in which every value keeps the file and line it came from.

Tighten-only by construction: what `inheriting` has no rule for is not merged, and `additions` looks after
what is new. What may not be is noted with both places and left out, so that the rest is looked at, too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from rupture_protocol.language import inheriting
from rupture_protocol.language.additions import Additions, without
from rupture_protocol.language.inheriting import only_without
from rupture_protocol.language.merging import Merge, Rule, Rules, Slot, appended, own_only, replaced
from rupture_protocol.language.nodes import Node, items, long_form, plain, same


def extend(base: Node, own: Node, *, translated: bool = False) -> tuple[Node, Merge]:
    """An extension's tree on the tree of what it extends, and the issues of that."""
    base = base.moved({key: node for key, node in base.data.items() if _PROTOCOL.get(key) is not own_only})
    merge = Merge(base, own, translated=translated)
    screened = without(own, Additions(merge, base, own).refused())
    return Node(_put(base, screened, merge).data, own.place), merge


def join(first: Node, second: Node, *, named: Node) -> tuple[Node, Merge]:
    """Two bases added up: what both ask for, once; `named` is where the extension names the second."""
    merge = Merge(first, second, joined_by=named)
    refused = Additions(merge, first, second).refused()
    Additions(merge, second, first).second_meanings()  # each of them keeps the law
    return _put(first, without(second, refused), merge), merge


def _put(base: Node, own: Node, merge: Merge) -> Node:
    if not own.is_mapping:
        return base
    if merge.joining:
        own = _with_roles(own)
    return merge.mapping(_with_roles(base), own, _PROTOCOL, "the protocol")


# Roles -------------------------------------------------------------------------------------------------


def _roles(root: Node) -> set[str]:
    roles = root.get("roles")
    return set(roles.data) if roles and roles.is_mapping else set()


def _with_roles(root: Node) -> Node:
    """The tree with every `by` written out: those who may are the roles of this protocol, not of another."""
    roles = list(root.data["roles"].data) if _roles(root) else []
    if not roles:
        return root

    def given(thing: Node, short: str | None = None) -> Node:
        thing = long_form(thing, short)
        if not thing.is_mapping or "by" in thing.data:
            return thing
        place = replace(thing.place, value=thing.place.key or thing.place.value)
        return thing.moved({**thing.data, "by": Node([Node(each, place) for each in roles], place)})

    def each(section: Node, change: Callable[[Node], Node]) -> Node:
        return section.moved({name: change(thing) for name, thing in section.data.items()})

    def state(thing: Node) -> Node:
        steps = thing.get("transitions")
        return thing.moved({**thing.data, "transitions": each(steps, given)}) if steps else thing

    changes: dict[str, Callable[[Node], Node]] = {
        "facts": lambda thing: given(thing, "type"),
        "states": state,
        "anywhere": given,
        "interrupts": given,
    }
    return root.moved(
        {key: each(node, changes[key]) if key in changes else node for key, node in root.data.items()}
    )


# Sections ----------------------------------------------------------------------------------------------


def _section(key: str, rules: Rules, *, short: str | None = None) -> Rule:
    """A mapping of things by name: those that are inherited after their rules, the others added behind."""

    def inherited(merge: Merge, slot: Slot) -> Node | None:
        if slot.base is None or slot.own is None:
            return slot.base or slot.own
        made = merge.mapping(slot.base, slot.own, rules, f"`{slot.key}`", short=short)
        return _placed(merge, slot, made)

    return _by_name(key, inherited)


def _by_name(key: str, rule: Rule) -> Rule:
    def section(merge: Merge, slot: Slot) -> Node | None:
        if slot.base is None or slot.own is None:
            return slot.base or slot.own
        own = slot.own.data if slot.own.is_mapping else {}
        return merge.mapping(slot.base, slot.own, dict.fromkeys(own, rule), f"`{key}`")

    return section


def _placed(merge: Merge, slot: Slot, made: Node) -> Node:
    """Where an `anywhere` transition is offered: something must be left of `only`."""
    placed = only_without(made) if made.is_mapping and "only" in made.data else made
    only = placed.get("only")
    if only is None or items(only) or slot.base is None or slot.own is None:
        return placed
    if merge.joining:
        other = slot.base.get("only") or slot.base
        merge.contradict(f"`{slot.key}` is offered nowhere", only, other)
    else:
        message = f"`{slot.key}` is inherited and cannot be taken away: nowhere is it offered any more"
        merge.note("removed", message, only, slot.base, help="keep one of the states")
    return slot.base


def _transitions(merge: Merge, slot: Slot) -> Node | None:
    return _section("transitions", inheriting.TRANSITION)(merge, slot)


def _condition(merge: Merge, slot: Slot) -> Node | None:
    """A named condition means what it means; a title may be given where there is none."""
    if slot.base is None or slot.own is None:
        return slot.base or slot.own
    one, other = plain(slot.base), plain(slot.own)
    if same(one, other) or (merge.translated and same({**one, "title": ""}, {**other, "title": ""})):
        return slot.base
    help_ = "add a condition with a name of its own; a transition's `when` is added to the inherited one"
    return merge.refuse(
        "redefined", f"the condition `{slot.key}` is inherited and cannot be changed", slot, help=help_
    )


_STATE: Rules = {**inheriting.STATE, "transitions": _transitions}

_PROTOCOL: Rules = {
    **dict.fromkeys(("format", "protocol", "version", "title", "language"), replaced),
    **dict.fromkeys(("derived_from", "migrates", "extends"), own_only),
    "about": lambda merge, slot: _about(merge, slot),
    "sources": _section("sources", inheriting.SOURCE),
    "roles": _section("roles", inheriting.ROLE, short="about"),
    "facts": _section("facts", inheriting.FACT, short="type"),
    "conditions": _by_name("conditions", _condition),
    "states": _section("states", _STATE),
    "anywhere": _section("anywhere", inheriting.ANYWHERE),
    "interrupts": _section("interrupts", inheriting.INTERRUPT),
    "deadlines": _section("deadlines", inheriting.DEADLINE),
    "promises": _section("promises", inheriting.PROMISE),
    "assume": appended,
}


def _about(merge: Merge, slot: Slot) -> Node | None:
    if slot.base is None or slot.own is None:
        return slot.base or slot.own
    return merge.mapping(slot.base, slot.own, inheriting.ABOUT, "`about`")
