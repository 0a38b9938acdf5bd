"""What an error shows to whoever prints it with the locals of its frames: nothing that was given to us.

Tools that report errors print the local variables of every frame. Ours hold values of facts, notes and what
was just opened, so they are cleared before an error leaves: the lines of the traceback stay.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from functools import wraps
from inspect import isfunction
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
C = TypeVar("C")


def discreet(verb: Callable[P, R]) -> Callable[P, R]:
    """A function whose errors leave with the locals of every frame below cleared, its own arguments too."""

    @wraps(verb)
    def told(*args: P.args, **kwargs: P.kwargs) -> R:
        before = sys.exception()
        try:
            return verb(*args, **kwargs)
        except BaseException as error:
            del args, kwargs
            forget_locals(error, before)
            raise

    return told


def with_discreet_verbs(*but: str) -> Callable[[type[C]], type[C]]:
    """Makes every public method of a class discreet, and how it is made.

    Args:
        but: Those that call what a host gave: its frames are the host's own.
    """

    def decorate(cls: type[C]) -> type[C]:
        for name, each in list(vars(cls).items()):
            public = name == "__init__" or not name.startswith("_")
            if isfunction(each) and public and name not in but:
                setattr(cls, name, discreet(each))
        return cls

    return decorate


def forget_locals(error: BaseException, before: BaseException | None = None) -> None:
    """Clears the locals of the frames of an error that are left, and of those that led to it.

    Args:
        before: What was being handled when we were called; it is none of ours.
    """
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is None or each is before or id(each) in seen:
            continue
        seen.add(id(each))
        traceback.clear_frames(each.__traceback__)
        if each.__suppress_context__:
            each.__context__ = None  # what it was raised `from None` to hide may say what was given
        waiting += (each.__cause__, each.__context__)
