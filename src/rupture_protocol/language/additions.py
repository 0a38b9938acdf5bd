"""What is new on top of a base: what it may not be called, hold back or lead into."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rupture_protocol.errors import shorten
from rupture_protocol.language.merging import Merge
from rupture_protocol.language.nodes import Node, items
from rupture_protocol.language.places import Path

Named = dict[str, Node]


@dataclass(frozen=True, slots=True)
class Additions:
    """One tree that is put on another: `own` on `base`."""

    merge: Merge
    base: Node
    own: Node

    def refused(self) -> list[Path]:
        """Note what may not be added, and its paths; new ways into what is inherited are noted, and stay."""
        refused = [*self._clashes(), *self._second_beginnings(), *self._out_of_endings()]
        if not self.merge.joining:
            refused += self._against_interrupts()
            self._new_ways(set(refused))
        return refused

    # Names -----------------------------------------------------------------------------------------

    def _clashes(self) -> Iterator[Path]:
        """One name for two things: a trigger has one meaning, facts and conditions share one namespace."""
        facts, conditions = _entries(self.base, "facts"), _entries(self.base, "conditions")
        for section, others, what in (("facts", conditions, "a condition"), ("conditions", facts, "a fact")):
            for name, node in _entries(self.own, section).items():
                if name in others:
                    yield self._clash(node, others[name], name, what, (section, name))
                elif name == "title" and name not in facts and name not in conditions:
                    yield from self._hides_titles(node, (section, name))
        yield from self._trigger_clashes()

    def _trigger_clashes(self) -> Iterator[Path]:
        steps = {trigger: node for _, trigger, node in _steps(self.base)}
        anywhere, interrupts = _entries(self.base, "anywhere"), _entries(self.base, "interrupts")
        kinds = [
            ("states", steps, "a state's own transition"),
            ("anywhere", anywhere, "an `anywhere` transition"),
            ("interrupts", interrupts, "an interrupt"),
        ]
        new: list[tuple[str, str, Path, Node]] = [
            ("states", trigger, ("states", state, "transitions", trigger), node)
            for state, trigger, node in _steps(self.own)
        ]
        new += [
            (section, name, (section, name), node)
            for section in ("anywhere", "interrupts")
            for name, node in _entries(self.own, section).items()
        ]
        for section, name, path, node in new:
            for other, known, what in kinds:
                if other != section and name in known:
                    yield self._clash(node, known[name], name, what, path)
            if section == "states" and self._second_meaning(path):
                yield self._clash(node, steps[name], name, "a transition of another inherited state", path)

    def second_meanings(self) -> None:
        """Note the inherited states that are given a trigger which the base has, but does not offer there."""
        known = {trigger: node for _, trigger, node in _steps(self.base)}
        for state, trigger, node in _steps(self.own):
            path: Path = ("states", state, "transitions", trigger)
            if self._second_meaning(path):
                self._clash(node, known[trigger], trigger, "a transition of another shared state", path)

    def _second_meaning(self, path: Path) -> bool:
        """Whether an inherited state is given a trigger that the base has, but does not offer there."""
        # The law is about every trigger and state of the base, so what it does not offer there stays closed.
        state, trigger = path[1], path[3]
        states = _entries(self.base, "states")
        here = states.get(str(state))
        known = {name for _, name, _ in _steps(self.base)}
        return here is not None and trigger in known and trigger not in _entries(here, "transitions")

    def _clash(self, node: Node, other: Node, name: str, what: str, path: Path) -> Path:
        message = f"`{shorten(name)}` is {what} already"
        if self.merge.joining:
            self.merge.contradict(message, node, other, key=True)
        else:
            help_ = "give it a name of its own"
            self.merge.note("name-clash", message, node, other, key=True, help=help_)
        return path

    def _hides_titles(self, node: Node, path: Path) -> Iterator[Path]:
        """`title:` in a condition is its title, unless a fact is called so: it would be read otherwise."""
        for condition in _entries(self.base, "conditions").values():
            title = condition.get("title")
            if title is not None:
                yield self._clash(node, title, "title", "the title of an inherited condition", path)
                return

    # Beginnings and endings ------------------------------------------------------------------------

    def _second_beginnings(self) -> Iterator[Path]:
        states = _entries(self.base, "states")
        begin = next((each for each in states.values() if _is_true(each, "initial")), None)
        for name, state in _entries(self.own, "states").items():
            if begin is None or not _is_true(state, "initial") or _is_true(states.get(name), "initial"):
                continue
            if name in states and not self.merge.joining:
                continue  # an inherited state cannot be given it: that is complained about in its place
            written, had = state.data["initial"], begin.data["initial"]
            message = "a case begins in one state, which is inherited"
            if self.merge.joining:
                self.merge.contradict("a case begins in one state", written, had, key=True)
            else:
                self.merge.note("redefined", message, written, had, key=True, help="leave `initial` out")
            yield "states", name, "initial"

    def _out_of_endings(self) -> Iterator[Path]:
        states = _entries(self.base, "states")
        for name, state in _entries(self.own, "states").items():
            ending, steps = states.get(name), state.get("transitions")
            if ending is None or steps is None or not _is_true(ending, "final"):
                continue
            message = f"`{name}` is an ending, so nothing leads out of it"
            if self.merge.joining:
                self.merge.contradict(message, steps, ending.data["final"], key=True)
            else:
                help_ = "a case that has ended stays so; open another"
                self.merge.note("redefined", message, steps, ending.data["final"], key=True, help=help_)
            yield "states", name, "transitions"

    # Steps -----------------------------------------------------------------------------------------

    def _against_interrupts(self) -> Iterator[Path]:
        """`despite` names only interrupts that the extension adds itself."""
        inherited = _entries(self.base, "interrupts")
        for path, step in _all_steps(self.own):
            named = step.get("despite")
            for each in items(named):
                name = str(each.data)
                held = inherited.get(name) or (
                    next(iter(inherited.values()), None) if name == "all" else None
                )
                if named is None or held is None:
                    continue
                what = "every interrupt" if name == "all" else f"`{shorten(name)}`"
                message = f"`{path[-1]}` cannot go on despite {what}, which is inherited"
                help_ = "name only interrupts that the extension adds itself"
                self.merge.note("loosened", message, each, held, key=False, help=help_)
                yield *path, "despite"
                break

    def _new_ways(self, refused: set[Path]) -> None:
        """An added way into an inherited state: what was tightened on the old ones does not bind it."""
        states = _entries(self.base, "states")
        had = {path for path, _ in _all_steps(self.base)}
        for path, step in _all_steps(self.own):
            to = step.get("to")
            if path in had or path in refused or path[:2] in refused or path[:3] in refused:
                continue
            into = states.get(str(to.data)) if to is not None else None
            if to is None or into is None:
                continue
            self.merge.note(
                "added-way",
                f"`{path[-1]}` is a new way into `{to.data}`, which is inherited",
                to,
                into,
                help="what was tightened on other ways does not bind it: what must hold on each is a promise",
            )


def without(node: Node, paths: list[Path]) -> Node:
    """The tree without what is at these paths."""
    if not paths or not node.is_mapping:
        return node
    gone = {path[0] for path in paths if len(path) == 1}
    inner = {key: [path[1:] for path in paths if path[0] == key and len(path) > 1] for key in node.data}
    return node.moved({key: without(each, inner[key]) for key, each in node.data.items() if key not in gone})


def _entries(node: Node, key: str) -> Named:
    section = node.get(key)
    return section.data if section is not None and section.is_mapping else {}


def _steps(root: Node) -> Iterator[tuple[str, str, Node]]:
    """Every state's own transitions: the state, the trigger, the transition."""
    for name, state in _entries(root, "states").items():
        for trigger, step in _entries(state, "transitions").items():
            yield name, trigger, step


def _all_steps(root: Node) -> Iterator[tuple[Path, Node]]:
    for state, trigger, step in _steps(root):
        yield ("states", state, "transitions", trigger), step
    for trigger, step in _entries(root, "anywhere").items():
        yield ("anywhere", trigger), step


def _is_true(node: Node | None, key: str) -> bool:
    written = node.get(key) if node is not None else None
    return written is not None and written.data is True
