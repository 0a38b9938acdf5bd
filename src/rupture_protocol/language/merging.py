"""What becomes of a key of what is inherited: kept, grown, shrunk, joined, or refused with both places.

Each rule serves twice. *Extending*, an extension says something about what it inherits: it may only tighten.
*Joining*, two bases say something about one thing: what each asks for is added up, and where they cannot
both hold, they contradict each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from rupture_protocol.errors import Issue, Note, shorten
from rupture_protocol.language.nodes import Node, items, long_form, names, plain, same
from rupture_protocol.language.places import File
from rupture_protocol.language.source import issue_at, note_at

INHERITED = "inherited from here"
_NOWHERE = File("", ())


@dataclass(frozen=True, slots=True)
class Slot:
    """One key of a thing that is inherited: what it says so far, and what is said now."""

    key: str
    of: str
    """The thing, as messages call it."""
    owner: Node
    other: Node
    """The mapping in which something is said now, as `owner` is that in which it was."""
    base: Node | None
    own: Node | None

    @property
    def written(self) -> Node:
        """What is said now; where nothing is, the thing of which nothing is said."""
        return self.own or self.other


Rule = Callable[["Merge", Slot], Node | None]
Rules = Mapping[str, Rule]


class Merge:
    """Puts one tree on top of another; what it may not do is noted, and left out."""

    def __init__(
        self, base: Node, own: Node, *, joined_by: Node | None = None, translated: bool = False
    ) -> None:
        """`joined_by`: where an extension names both bases; None where an extension is put on its base.

        `translated`: the texts are in another language, so that the same ones may not look it.
        """
        self.issues: list[Issue] = []
        self.translated = translated
        self.joined_by = joined_by
        self.base_interrupts = _keys(base.get("interrupts"))
        self.own_interrupts = _keys(own.get("interrupts"))

    @property
    def joining(self) -> bool:
        """Whether two bases are put together."""
        return self.joined_by is not None

    def note(
        self,
        code: str,
        message: str,
        own: Node,
        base: Node | None = None,
        *,
        key: bool = False,
        said: str = INHERITED,
        help: str | None = None,
    ) -> None:
        """Note an issue with what is written, and the other place that it is about."""
        found = issue_at(own.place, _NOWHERE, code, message, key=key, help=help)
        # A mapping is over many lines: its key says which one it is.
        also = [note_at(base.place, _NOWHERE, said, key=key or base.is_mapping)] if base else []
        self.issues.append(replace(found, also=(*also, *self._together())))

    def refuse(self, code: str, message: str, slot: Slot, *, key: bool = False, help: str) -> Node | None:
        """Note that this may not be written; what is inherited stays."""
        if self.joining:
            key = slot.own is None
            self.contradict(f"`{slot.key}` of {slot.of}", slot.written, slot.base or slot.owner, key=key)
        else:
            owner = slot.base is None
            self.note(code, message, slot.written, slot.base or slot.owner, key=key or owner, help=help)
        return slot.base

    def contradict(self, what: str, own: Node, base: Node, *, key: bool = False) -> None:
        """Note that two bases cannot both hold."""
        self.note(
            "contradiction",
            f"the bases contradict each other: {what}",
            own,
            base,
            key=key,
            said="the other base says",
            help="extend one of them only, or have one of them changed",
        )

    def _together(self) -> list[Note]:
        if self.joined_by is None:
            return []
        return [note_at(self.joined_by.place, _NOWHERE, "extended together here")]

    def mapping(
        self, base: Node, own: Node, rules: Rules, of: str, *, short: str | None = None, label: str = ""
    ) -> Node:
        """A thing that both write: each key after its rule; one without a rule is complained about later."""
        base, own = long_form(base, short), long_form(own, short)
        if base is own or not own.is_written:
            return base
        if not own.is_mapping:
            self.note("wrong-type", f"{label or of} must be a mapping", own, base, help="keys and values")
            return base
        merged = dict(base.data)
        for key in {**(base.data if self.joining else {}), **own.data}:
            slot = Slot(key, of, base, own, base.get(key), own.get(key))
            made = self._one(slot, rules)
            if made is None:
                merged.pop(key, None)
            else:
                merged[key] = made
        return base.moved(merged)

    def _one(self, slot: Slot, rules: Rules) -> Node | None:
        rule = rules.get(slot.key)
        if rule is None or (slot.base is slot.own):
            return slot.own or slot.base
        if slot.own is not None and not slot.own.is_written:
            return self._nothing(slot)
        return rule(self, slot)

    def _nothing(self, slot: Slot) -> Node | None:
        """A key with nothing after it: an attempt to remove, where something is inherited."""
        if slot.base is None or slot.own is None or slot.own.data is not None:
            return slot.base or slot.own
        self.note(
            "removed",
            f"`{slot.key}` of {slot.of} is inherited and cannot be taken away",
            slot.own,
            slot.base,
            key=True,
            help="leave the key out; what is too loose may be tightened",
        )
        return slot.base


def _keys(section: Node | None) -> list[str]:
    return list(section.data) if section is not None and section.is_mapping else []


# Rules -------------------------------------------------------------------------------------------------


def fixed(help: str, *, default: Any = None, one_or_more: bool = False) -> Rule:
    """What nothing can be done about: saying the same again is all."""

    def rule(merge: Merge, slot: Slot) -> Node | None:
        said = [default if each is None else plain(each) for each in (slot.base, slot.own)]
        if one_or_more:
            said = [[each] if isinstance(each, str) else each for each in said]
        if same(*said):
            return slot.base or slot.own
        if slot.base is not None:
            message = f"`{slot.key}` of {slot.of} is inherited and cannot be changed"
        else:
            message = f"{slot.of} is inherited and cannot be given `{slot.key}`"
        return merge.refuse("redefined", message, slot, key=slot.base is None, help=help)

    return rule


def replaced(_merge: Merge, slot: Slot) -> Node | None:
    """What is a protocol's own: said anew. Of two bases, the first has the word."""
    return (slot.base or slot.own) if _merge.joining else (slot.own or slot.base)


def own_only(merge: Merge, slot: Slot) -> Node | None:
    """What is never inherited."""
    return None if merge.joining else slot.own


def worded(merge: Merge, slot: Slot) -> Node | None:
    """A text: may be given where there is none. Of two bases, the first has the word."""
    if slot.base is None or slot.own is None or merge.joining or merge.translated:
        return slot.base or slot.own
    if same(plain(slot.base), plain(slot.own)):
        return slot.base
    message = f"`{slot.key}` of {slot.of} is inherited and cannot be reworded"
    help_ = "a text may be given where there is none, and guidance be added; a translation says it otherwise"
    return merge.refuse("redefined", message, slot, help=help_)


def grown(_merge: Merge, slot: Slot) -> Node | None:
    """A list to which more is added; what both say counts once."""
    if slot.base is None or slot.own is None:
        return slot.base or slot.own
    merged = items(slot.base)
    known = [plain(each) for each in merged]
    for each in items(slot.own):
        if not any(each is one for one in merged) and not any(same(plain(each), one) for one in known):
            merged.append(each)
    return slot.base.moved(merged)


def appended(_merge: Merge, slot: Slot) -> Node | None:
    """Texts, one after the other: those of one place count once, the same words at two places twice."""
    if slot.base is None or slot.own is None:
        return slot.base or slot.own
    first = items(slot.base)
    return slot.base.moved(
        first + [each for each in items(slot.own) if all(each is not one for one in first)]
    )


def truth(*, tighter: bool) -> Rule:
    """A yes or no that may only go one way."""

    def rule(merge: Merge, slot: Slot) -> Node | None:
        base, own = slot.base, slot.own
        if own is None or (base is not None and base.data is own.data):
            return base or own
        if not isinstance(own.data, bool):
            return own  # complained about later
        if own.data is tighter or base is None or merge.joining:
            return base if base is not None and base.data is tighter else own
        message = f"`{slot.key}` of {slot.of} is inherited and cannot be taken back"
        return merge.refuse("loosened", message, slot, help="leave the key out")

    return rule


def shrunk(what: str) -> Rule:
    """A list of which some are kept: who may do something."""

    def rule(merge: Merge, slot: Slot) -> Node | None:
        if slot.base is None or slot.own is None:
            # Whatever is inherited has its `by` written out before this, if there are roles at all.
            return slot.own or slot.base
        had, kept = items(slot.base), items(slot.own)
        allowed = names(had)
        if merge.joining:
            kept = [each for each in had if each.data in names(kept)]
        else:
            for each in [each for each in kept if isinstance(each.data, str) and each.data not in allowed]:
                message = f"`{slot.key}` of {slot.of} can only get shorter: `{shorten(each.data)}` is added"
                listed = ", ".join(f"`{shorten(name)}`" for name in allowed)
                merge.note("loosened", message, each, slot.base, help=f"keep some of {listed}")
                kept = [other for other in kept if other is not each]
            if not kept and items(slot.own):
                return slot.base
        if kept:
            return slot.own.moved(kept)
        message = f"nobody is left {what} {slot.of}"
        if merge.joining:
            merge.contradict(message, slot.written, slot.base)
        else:
            merge.note("nobody-left", message, slot.own, slot.base, help="keep at least one")
        return slot.base

    return rule


def conjoined(_merge: Merge, slot: Slot) -> Node | None:
    """A condition beside another: both must hold, each keeps its place."""
    if slot.base is None or slot.own is None:
        return slot.base or slot.own
    had = slot.base.parts or (slot.base,)
    known = [plain(each) for each in had]
    new = [each for each in slot.own.parts or (slot.own,) if not any(same(plain(each), one) for one in known)]
    parts = [*had, *new]
    if not new:
        return slot.base
    listed = slot.base.moved(parts)
    return Node({"all": listed}, slot.base.place, tuple(parts))
