"""What a protocol writes itself, and what it inherits: an extension's scenarios show what it adds."""

from __future__ import annotations

from collections.abc import Callable

from rupture_protocol.language.protocol import Protocol
from rupture_protocol.language.source import Path


def counts(protocol: Protocol, *, inherited: bool) -> Callable[[Path], bool]:
    """Whether what is written at a path counts: in an extension, what is in its own file, or all."""
    document = protocol.document
    if inherited or not protocol.bases or document is None:
        return lambda _path: True
    return lambda path: document.span(path).file == document.file
