"""Lists, made anew from what is true: after a backup was put back that is older than the last erasing."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import delete, select

from rupture_protocol.engine.case import Case
from rupture_protocol.engine.engine import Engine
from rupture_protocol.store import tables
from rupture_protocol.store.errors import CaseErased, KeysMissing
from rupture_protocol.store.sound import sound
from rupture_protocol.store.sql import SqlSession, SqlStore
from rupture_protocol.store.summary import agenda_of, summary_of


def make_lists(
    store: SqlStore,
    case_of: Callable[[SqlSession, str], Case],
    engine_of: Callable[[SqlSession, Case], Engine],
) -> tuple[int, tuple[str, ...]]:
    """Makes the lists of a store anew, in one transaction: how many cases are in them, and which cannot be.

    A case whose key is gone was erased since; it cannot be read, and is in no list.

    Raises:
        IntegrityViolation: A case is not what was written.
        KeysMissing: The store's keys are not here.
        StoreError: The store cannot be written to.
    """
    listed, unread = 0, []
    with store.session(write=True) as session:
        heads = tables.case_head.c
        rows = session.connection.execute(select(heads.case_id).order_by(heads.case_id))
        ids = tuple(sound(rows, [heads.case_id], str))
        session.connection.execute(delete(tables.case_summary))
        session.begin_lists(session.vault.make_lists(session.generation + 1))
        for case_id in ids:
            try:
                case = case_of(session, case_id)
            except CaseErased:
                continue
            except KeysMissing:
                unread.append(case_id)
                continue
            engine = engine_of(session, case)
            session.describe(summary_of(engine, case), agenda_of(engine, case))
            listed += 1
        generation = session.generation
    store.vault.destroy_lists_before(generation)
    return listed, tuple(unread)
