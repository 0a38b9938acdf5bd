"""A protocol is read once: a verification that is repeated hundreds of times would read it each time."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import pytest

from rupture_protocol.language.library import Text
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.store import verifying
from rupture_protocol.store.kept_protocols import read_again

_read_again = cache(read_again)


@pytest.fixture(autouse=True)
def read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(files: Iterable[Text], digest: str) -> Protocol | None:
        return _read_again(tuple(files), digest)

    monkeypatch.setattr(verifying, "read_again", read)
