"""A document as a tree of nodes, each of which keeps its place: what extending works on.

Alone here: that a node is itself, so what two bases share is seen to be one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rupture_protocol.language.places import File, Path, Place
from rupture_protocol.language.source import BROKEN, Document


@dataclass(eq=False, slots=True)
class Node:
    """A written value and its place; a mapping holds nodes by key, a list holds nodes.

    `parts` are the conditions that were joined in it, each where it is written.
    """

    data: Any
    place: Place
    parts: tuple[Node, ...] = ()

    def get(self, key: str) -> Node | None:
        """The node under a key; None where there is none, or this is no mapping."""
        return self.data.get(key) if isinstance(self.data, dict) else None

    @property
    def is_mapping(self) -> bool:
        """Whether it holds nodes by key."""
        return isinstance(self.data, dict)

    @property
    def is_written(self) -> bool:
        """Whether something stands there that has not been complained about."""
        return self.data is not None and self.data is not BROKEN

    def moved(self, data: Any) -> Node:
        """Other data at the same place."""
        return Node(data, self.place)


def to_nodes(document: Document) -> tuple[Node, File]:
    """The tree of one file, every place of which names that file."""
    file = File(document.file, document.lines)

    def node(data: Any, path: Path) -> Node:
        written = document.places.get(path)
        place = Place(written.value, written.key, file) if written else Place((1, 1, 1), None, file)
        if isinstance(data, dict):
            data = {key: node(each, (*path, key)) for key, each in data.items()}
        elif isinstance(data, list):
            data = [node(each, (*path, at)) for at, each in enumerate(data)]
        return Node(data, place)

    return node(document.data, ()), file


def to_document(root: Node, file: File) -> Document:
    """The document that a tree of several files makes up; it is called as `file`, the one that extends."""
    places: dict[Path, Place] = {}

    def data(node: Node, path: Path) -> Any:
        places[path] = node.place
        if isinstance(node.data, dict):
            return {key: data(each, (*path, key)) for key, each in node.data.items()}
        if isinstance(node.data, list):
            return [data(each, (*path, at)) for at, each in enumerate(node.data)]
        for at, each in enumerate(node.parts):  # of a text that several files make up
            places[(*path, at)] = each.place
        return node.data

    return Document(file.name, data(root, ()), places, file.lines)


def plain(node: Node | None) -> Any:
    """What is written, without its places."""
    if node is None:
        return None
    if isinstance(node.data, dict):
        return {key: plain(each) for key, each in node.data.items()}
    return [plain(each) for each in node.data] if isinstance(node.data, list) else node.data


def same(one: Any, other: Any) -> bool:
    """Whether two pieces of plain data are written alike: `true` is not `1`, `3` is `3.0`."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(each, other[key]) for key, each in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    numbers = (int, Decimal)
    alike = type(one) is type(other) or (isinstance(one, str) and isinstance(other, str))
    if isinstance(one, numbers) and isinstance(other, numbers):
        alike = isinstance(one, bool) == isinstance(other, bool)
    return alike and bool(one == other)


def items(node: Node | None) -> list[Node]:
    """The nodes of a list; a value written alone is a list of one."""
    if node is None or not node.is_written:
        return []
    return list(node.data) if isinstance(node.data, list) else [node]


def names(nodes: Iterable[Node]) -> list[str]:
    """The texts among these nodes."""
    return [str(each.data) for each in nodes if isinstance(each.data, str)]


def long_form(node: Node, key: str | None) -> Node:
    """A short form as its mapping: `boolean` as `{type: boolean}`."""
    if key is None or not isinstance(node.data, str):
        return node
    return node.moved({key: Node(node.data, node.place)})
