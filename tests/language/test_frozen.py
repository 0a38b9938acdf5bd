"""A mapping that cannot change."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from rupture_protocol.frozen import NOTHING, Frozen

TABLE: Frozen[str, int] = Frozen({"b": 1, "a": 2})


def assign(table: dict[str, int]) -> None:
    table["c"] = 3


def delete(table: dict[str, int]) -> None:
    del table["a"]


def merge(table: dict[str, int]) -> None:
    table |= {"c": 3}


@pytest.mark.parametrize(
    "change",
    [
        assign,
        delete,
        merge,
        lambda table: table.clear(),
        lambda table: table.pop("a"),
        lambda table: table.popitem(),
        lambda table: table.setdefault("c", 3),
        lambda table: table.update(c=3),
    ],
)
def test_it_refuses_every_change(change: Callable[[Any], object]) -> None:
    with pytest.raises(TypeError, match="frozen"):
        change(TABLE)
    assert TABLE == {"b": 1, "a": 2}


def test_it_keeps_its_order_and_equals_a_dict() -> None:
    assert list(TABLE) == ["b", "a"]
    assert TABLE == {"a": 2, "b": 1}


def test_equal_ones_have_one_hash() -> None:
    assert hash(TABLE) == hash(Frozen({"a": 2, "b": 1}))


def test_it_survives_pickling_and_copying_frozen() -> None:
    for again in (pickle.loads(pickle.dumps(TABLE)), copy.copy(TABLE), copy.deepcopy(TABLE)):
        assert again == TABLE
        assert type(again) is Frozen
        assert list(again) == list(TABLE)


def test_changes_make_another_one() -> None:
    changed = TABLE.with_({"a": 3, "c": 4})

    assert changed == {"b": 1, "a": 3, "c": 4}
    assert type(changed) is Frozen
    assert TABLE["a"] == 2
    assert NOTHING == {}
