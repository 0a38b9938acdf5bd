"""Keeping a case that was walked, to go on with it as `rupture case`."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from rupture_protocol.cli import output

if TYPE_CHECKING:
    from rupture_protocol.engine.case import Case
    from rupture_protocol.engine.engine import Engine

QUESTION = "keep this case, to go on with it as `rupture case`? y/N> "


def wants_to_keep() -> bool:
    """Asks, in a terminal. Leaving is a no; without the extra `store` there is nothing to ask."""
    if find_spec("sqlalchemy") is None:
        return False
    try:
        return input(output.Quiet().shown(QUESTION)).strip().lower() in ("y", "yes")
    except EOFError:
        return False


def keep(case: Case, engine: Engine, store: str | None) -> None:
    """Keeps a case under an id of its own, with the times at which it was walked."""
    import secrets

    from rupture_protocol.cli.case.opening import opened

    named = engine.replay(f"case-{secrets.token_hex(6)}", case.history)
    with opened(store, [engine], makes=True) as book:
        book.add(named)
    output.emit(f"kept: {named.id}, version {named.version}")
    output.talk(f"next: rupture case show {named.id}")
