"""Cutting a process off at every step: from a certain call of the system on, none is carried out any more."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

STEPS = ("open", "write", "fsync", "replace", "unlink", "mkdir")


class CutOff(BaseException):
    """The process is no more."""


def cut_off_everywhere(
    monkeypatch: pytest.MonkeyPatch, before: Path, work: Path, act: Callable[[Path], object]
) -> Iterator[tuple[int, Path]]:
    """Copies of the folder `before` in which `act` was cut off: at its first step, its second, …, not at all.

    Yields:
        After how many steps, and the folder as it was left.
    """
    for steps in range(10_000):
        folder = work / str(steps)
        if before.exists():
            shutil.copytree(before, folder)
        with monkeypatch.context() as patched:
            left = [steps]
            for name in STEPS:
                patched.setattr(os, name, _limited(getattr(os, name), left))
            try:
                act(folder)
                whole = True
            except CutOff:
                whole = False
        yield steps, folder
        if whole:
            return


def _limited(real: Callable[..., Any], left: list[int]) -> Callable[..., Any]:
    def limited(*args: Any, **named: Any) -> Any:
        if left[0] <= 0:
            raise CutOff
        left[0] -= 1
        return real(*args, **named)

    return limited
