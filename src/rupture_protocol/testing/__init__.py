"""For those who test a protocol, or a host that embeds one: scenarios, cases in a line, made-up facts.

The library itself imports nothing of it. `facts_of`, `values_of` and `machine_for` need hypothesis,
`StoreContract` the extra `store`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rupture_protocol.scenarios.running import Result, Status, run
from rupture_protocol.testing.cases import Builder, FrozenClock, case
from rupture_protocol.testing.files import Suite, find_suites, load_scenarios

if TYPE_CHECKING:
    from rupture_protocol.testing.store_contract import StoreContract
    from rupture_protocol.testing.strategies import facts_of, machine_for, values_of

__all__ = [
    "Builder",
    "FrozenClock",
    "Result",
    "Status",
    "StoreContract",
    "Suite",
    "case",
    "facts_of",
    "find_suites",
    "load_scenarios",
    "machine_for",
    "run",
    "values_of",
]


def __getattr__(name: str) -> Any:
    # Extras are for those who have them, and only when they ask for what needs them.
    if name == "StoreContract":
        from rupture_protocol.testing.store_contract import StoreContract

        return StoreContract
    if name in ("facts_of", "machine_for", "values_of"):
        from rupture_protocol.testing import strategies

        return getattr(strategies, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
