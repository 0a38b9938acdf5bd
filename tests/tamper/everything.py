"""All attacks, in the order of their levels."""

from tests.tamper import on_chain, on_signatures, on_checkpoints, beyond  # isort: skip
from tests.tamper.attacks import ATTACKS

__all__ = ["ATTACKS", "beyond", "on_chain", "on_checkpoints", "on_signatures"]
