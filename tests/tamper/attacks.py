"""An attack: what somebody does to the store, what they need for it, and what promises to find it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from tests.tamper.target import Target


class Level(Enum):
    """What promises to find an attack; each finds what those before it find, too."""

    CHAIN = "chain"
    SIGNATURES = "signatures"
    CHECKPOINT = "checkpoint"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Attack:
    """What is done. `do` may give the checkpoint that somebody wants the store to be held against."""

    name: str
    level: Level
    do: Callable[[Target], Path | None]
    why: str = ""
    """Why nothing finds it, where nothing does."""


ATTACKS: list[Attack] = []


def attack(level: Level, name: str, *, why: str = "") -> Callable[[Callable[[Target], Path | None]], None]:
    """Adds an attack to the list."""

    def add(do: Callable[[Target], Path | None]) -> None:
        ATTACKS.append(Attack(name, level, do, why))

    return add


def change(level: Level, name: str, *statements: str, **values: object) -> None:
    """Adds an attack that is made of statements in SQL."""

    def do(target: Target) -> None:
        target.run(*statements, **values)

    ATTACKS.append(Attack(name, level, do))
