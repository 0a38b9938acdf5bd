"""The engines that a casebook has, by protocol; those of a file that is gone are made of what was kept."""

from __future__ import annotations

from collections.abc import Iterable

from rupture_protocol.engine.case import ProtocolRef
from rupture_protocol.engine.engine import Engine
from rupture_protocol.errors import ProtocolNotFound, UnknownName, shorten
from rupture_protocol.language.nearest import did_you_mean
from rupture_protocol.language.ranges import parse_version
from rupture_protocol.store.kept_protocols import read_again
from rupture_protocol.store.ports import Session


class Engines:
    """The engines that were given, and those made again of what was kept."""

    def __init__(self, engines: Iterable[Engine]) -> None:
        self.given = tuple(engines)
        self._by_digest = {engine.ref.digest: engine for engine in self.given}

    def to_open_with(self, protocol: str | None) -> Engine:
        """The engine that a new case begins under: of several versions, the highest.

        Raises:
            UnknownName: There is none of that name, or none is named and there are several protocols.
        """
        names = sorted({engine.ref.id for engine in self.given})
        if protocol is None and len(names) == 1:
            protocol = names[0]
        if protocol is None:
            what = f"there are several: {', '.join(names)}" if names else "give engines to the casebook"
            raise UnknownName("a case is opened under a protocol, and none is named", help=what)
        found = [engine for engine in self.given if engine.ref.id == protocol]
        if not found:
            raise UnknownName(
                f"no engine is of the protocol `{shorten(protocol)}`", help=did_you_mean(protocol, names)
            )
        return max(found, key=_version)

    def learn(self, engine: Engine) -> None:
        """One more engine, for cases that are migrated to it; new cases are not opened under it."""
        self._by_digest.setdefault(engine.ref.digest, engine)

    def of(self, ref: ProtocolRef, session: Session) -> Engine:
        """The engine of exactly that protocol.

        Raises:
            ProtocolNotFound: None was given, and its files were not kept or no longer make it.
        """
        found = self._by_digest.get(ref.digest)
        if found is None:
            found = self._by_digest[ref.digest] = self._made_again(ref, session)
        return found

    def _made_again(self, ref: ProtocolRef, session: Session) -> Engine:
        protocol = read_again(session.protocol_files(ref.digest), ref.digest)
        if protocol is None:
            raise ProtocolNotFound(
                f"no engine is of {ref}, and its files were not kept", help="give the engine of that version"
            )
        like = next((engine for engine in self.given if engine.ref.id == ref.id), None)
        return Engine(protocol) if like is None else like.with_protocol(protocol)


def _version(engine: Engine) -> tuple[bool, object]:
    version = parse_version(engine.ref.version)
    return version is not None, version
