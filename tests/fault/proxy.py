"""A wire that can be cut: it lies between a client and PostgreSQL, and breaks where a commit passes through.

It understands no more of the protocol than where a message begins and ends: the first has a length, each
later one a letter and a length. psycopg asks for a commit in a message of its own.
"""

from __future__ import annotations

import enum
import socket
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from shutil import rmtree

PORT = 5432  # part of the sockets' names only
_ASKED = b"COMMIT\0"
_DONE = b"C\0\0\0\x0bCOMMIT\0"  # CommandComplete


class Cut(enum.StrEnum):
    """Where the wire breaks."""

    BEFORE = "before the commit reaches the server"
    WITHIN = "as the commit is on its way"
    AFTER = "before its answer reaches the client"
    TORN = "in the middle of its answer"


class Proxy:
    """A socket like PostgreSQL's that passes everything on, until the next commit after `cut`."""

    def __init__(self, server: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="rupture-wire-", dir="/tmp"))
        self.cuts = 0
        self._server = str(server / f".s.PGSQL.{PORT}")
        self._next: Cut | None = None
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.folder / f".s.PGSQL.{PORT}"))
        self._listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self, where: Cut) -> None:
        """The wire that carries the next commit breaks there."""
        self._next = where

    def close(self) -> None:
        """Takes no more connections."""
        self._listener.close()
        rmtree(self.folder, ignore_errors=True)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                try:
                    server.connect(self._server)
                except OSError:
                    client.close()
                    continue
                wire = _Wire(self, client, server)
                threading.Thread(target=wire.carry_requests, daemon=True).start()
                threading.Thread(target=wire.carry_answers, daemon=True).start()

    def take_next(self) -> Cut | None:
        found, self._next = self._next, None
        self.cuts += found is not None
        return found


class _Wire:
    """One connection through it."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self.proxy = proxy
        self.client = client
        self.server = server
        self.cut: Cut | None = None

    def carry_requests(self) -> None:
        with suppress(OSError, _Broken):
            self.server.sendall(_message(self.client, letter=False))
            while True:
                message = _message(self.client)
                if message.endswith(_ASKED) and (cut := self.proxy.take_next()) is not None:
                    if cut is Cut.BEFORE:
                        break
                    self.cut = cut
                    if cut is Cut.WITHIN:
                        self.server.sendall(message)
                        break
                self.server.sendall(message)
        self._break()

    def carry_answers(self) -> None:
        with suppress(OSError, _Broken):
            while True:
                message = _message(self.server)
                if self.cut is not None and message == _DONE:
                    if self.cut is Cut.TORN:
                        self.client.sendall(message[:7])
                    break
                self.client.sendall(message)
        self._break()

    def _break(self) -> None:
        for end in (self.client, self.server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


class _Broken(Exception):
    """Nothing more comes."""


def _message(end: socket.socket, *, letter: bool = True) -> bytes:
    head = _read(end, 5 if letter else 4)
    length = int.from_bytes(head[-4:], "big") - 4
    return head + _read(end, length)


def _read(end: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        more = end.recv(size - len(found))
        if not more:
            raise _Broken
        found += more
    return found
