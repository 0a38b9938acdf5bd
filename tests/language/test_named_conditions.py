"""Named conditions: free of circles, not too deep, and cheap however they use one another."""

from __future__ import annotations

import time

import pytest

from rupture_protocol.errors import Issue
from rupture_protocol.language.named_conditions import DEEPEST
from rupture_protocol.loading import Checked, checks

HEAD = "format: 1\nprotocol: example\nversion: 1.0.0\ntitle: Repairing harm\nfacts: {a: boolean}\n"
STATES = """\
states:
  aware: {initial: true, transitions: {close: {to: closed, when: {%s: true}}}}
  closed: {final: true}
"""


def checked(conditions: dict[str, str], *, guard: str = "a") -> Checked:
    written = "".join(f"  {name}: {condition}\n" for name, condition in conditions.items())
    return checks(f"{HEAD}conditions:\n{written}{STATES % guard}")


def circles(conditions: dict[str, str]) -> list[str]:
    found: tuple[Issue, ...] = checked(conditions).errors
    assert {issue.code for issue in found} <= {"circular-condition"}
    return [issue.message for issue in found]


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"x": "{x: true}"}, ["`x` leads back to itself"]),
        ({"x": "{not: {any: [{a: true}, {x: false}]}}"}, ["`x` leads back to itself"]),
        ({"x": "{y: true}", "y": "{x: true}"}, ["`x` leads back to itself through `y`"]),
        (
            {"w": "{x: true}", "x": "{y: true}", "y": "{z: true}", "z": "{x: true}"},
            ["`x` leads back to itself through `y` and others"],
        ),
        (
            {"x": "{y: true}", "y": "{x: true, z: true}", "z": "{y: true}"},
            ["`x` leads back to itself through `y`", "`z` leads back to itself through `y`"],
        ),
        (
            {"p": "{p: true}", "q": "{q: false}", "r": "{p: true, q: true, a: true}"},
            ["`p` leads back to itself", "`q` leads back to itself"],
        ),
        ({"x": "{y: true, z: true}", "y": "{z: true}", "z": "{a: true}"}, []),
    ],
)
def test_each_circle_is_noted_once(conditions: dict[str, str], expected: list[str]) -> None:
    assert circles(conditions) == expected


def chain(length: int) -> dict[str, str]:
    """`c0` reads a fact, each other one the one before it: the last is `length` deep."""
    return {"c0": "{a: true}", **{f"c{at}": f"{{c{at - 1}: true}}" for at in range(1, length)}}


def test_a_chain_as_deep_as_is_allowed_loads() -> None:
    assert checked(chain(DEEPEST)).errors == ()


def test_a_chain_one_deeper_is_an_error() -> None:
    assert [issue.code for issue in checked(chain(DEEPEST + 1)).errors] == ["conditions-too-deep"]


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("length", [2_000, 4_900])
def test_a_long_chain_is_an_error_and_no_crash(length: int, *, backwards: bool) -> None:
    links = list(chain(length).items())
    started = time.process_time()

    found = checked(dict(links[::-1] if backwards else links)).errors

    assert [issue.code for issue in found] == ["conditions-too-deep"]
    assert time.process_time() - started < 5


def test_a_long_circle_is_one_error() -> None:
    links = {f"c{at}": f"{{c{(at + 1) % 4_900}: true}}" for at in range(4_900)}
    started = time.process_time()

    assert circles(links) == ["`c0` leads back to itself through `c1` and others"]
    assert time.process_time() - started < 5


def test_many_conditions_that_lead_into_one_circle_are_one_error() -> None:
    into = {f"d{at}": f"{{c{at}: true}}" for at in range(800)}
    links = {f"c{at}": f"{{c{(at + 1) % 800}: true}}" for at in range(800)}
    started = time.process_time()

    assert circles({**into, **links}) == ["`c0` leads back to itself through `c1` and others"]
    assert time.process_time() - started < 5


def test_conditions_that_double_one_another_load_fast() -> None:
    # Written out, the last one would have 2^31 parts.
    doubled = {f"c{at}": f"{{any: [{{c{at - 1}: true}}, {{c{at - 1}: false}}]}}" for at in range(1, 32)}
    started = time.process_time()

    found = checked({"c0": "{a: true}", **doubled}, guard="c31")

    assert found.errors == ()
    assert {issue.code for issue in found.issues} == {"no-about", "no-source", "no-guidance", "no-question"}
    assert time.process_time() - started < 2
