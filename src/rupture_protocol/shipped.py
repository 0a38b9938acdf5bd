"""Where the shipped protocols are, and how a name becomes a file."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def folder() -> Path:
    """The folder of the shipped protocols: in the package, or, installed as editable, in the checkout."""
    packaged = _PACKAGE / "protocols"
    return packaged if packaged.is_dir() else _PACKAGE.parent.parent / "protocols"


def names() -> tuple[str, ...]:
    """The names of the shipped protocols, sorted."""
    return tuple(sorted(path.stem for path in folder().glob("*.yaml") if "." not in path.stem))


def find(name: str) -> Path | None:
    """The file of the shipped protocol of that name; None if there is none."""
    return folder() / f"{name}.yaml" if name in names() else None
