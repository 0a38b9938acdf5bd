"""A verification that does not look at everything: what it finds less shows what each check is good for.

It is also how an attack is taken apart: which checks see it, and which would, if those were not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from rupture_protocol.store import case_check, verifying
from rupture_protocol.store.case_check import CaseCheck
from rupture_protocol.store.chain import verified
from rupture_protocol.store.entry import Entry
from rupture_protocol.store.reading import contents
from rupture_protocol.store.vault import KeyedVault


def _nothing(*_: object, **__: object) -> Iterator[Any]:
    return iter(())


def _unchained(entries: Any, **given: str) -> Iterator[tuple[dict[str, Any], str]]:
    return ((header, "") for header, _ in verified(entries, **given))


def _unsigned(self: KeyedVault, entry: Entry) -> str:
    return ""


def _ageless(self: KeyedVault, entry: Entry) -> int:
    return 0


def _whatever_opens(*given: Any) -> Iterator[tuple[bytes, str]]:
    """Contents as their key opens them, whichever key that is."""
    return ((content, "") for content, _ in contents(*given))


OFF: dict[str, Callable[[], Any]] = {
    "chain": lambda: patch.object(case_check, "verified", _unchained),
    "signatures": lambda: patch.multiple(KeyedVault, signature_is_wrong=_unsigned, age_of_signer=_ageless),
    "commitments": lambda: patch.object(case_check, "contents", _whatever_opens),
    "contents": lambda: patch.object(CaseCheck, "_events", _nothing),
    "history": lambda: patch.object(CaseCheck, "_history", _nothing),
    "erasure": lambda: patch.object(CaseCheck, "_erasure", _nothing),
    "head": lambda: patch.object(CaseCheck, "_head", _nothing),
    "keys of requests": lambda: patch.object(CaseCheck, "_keys", _nothing),
    "outbox": lambda: patch.object(CaseCheck, "_outbox", _nothing),
    "lists": lambda: patch.object(CaseCheck, "_lists", _nothing),
    "refusals": lambda: patch.object(CaseCheck, "_refusals", _nothing),
    "protocols": lambda: patch.object(verifying, "_protocol_findings", _nothing),
    "database": lambda: patch.object(verifying, "_store_findings", _nothing),
}
"""Each check that there is, and how it is left out."""


@contextmanager
def without(*checks: str) -> Iterator[None]:
    """Nobody looks at these."""
    with ExitStack() as stack:
        for each in checks:
            stack.enter_context(OFF[each]())
        yield
