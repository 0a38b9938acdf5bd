"""What makes a protocol meaningless as a whole, though each of its parts is well written."""

from __future__ import annotations

from rupture_protocol.language.protocol import Deadline, DeadlineKind, Protocol, SourceKind
from rupture_protocol.language.references import Declared
from rupture_protocol.language.report import Report

MOST_STATES = 500


def check_consistency(protocol: Protocol, declared: Declared, report: Report) -> None:
    """Note what does not go together."""
    if len(declared.states) > MOST_STATES:
        report("too-many-states", f"more than {MOST_STATES} states", ("states",), key=True)
    if set(declared.states) == set(protocol.states):
        _check_ends(protocol, report)
    for deadline in protocol.deadlines.values():
        _check_kind(deadline, protocol, report)


def _check_ends(protocol: Protocol, report: Report) -> None:
    initial = [name for name, state in protocol.states.items() if state.initial]
    broken = _broken_ends(report)
    if not initial and "initial" not in broken:
        report(
            "no-initial",
            "no state is `initial`",
            ("states",),
            key=True,
            help="write `initial: true` in the state where a case begins",
        )
    for name in initial[1:]:
        report(
            "several-initial",
            f"`{initial[0]}` is `initial` already",
            ("states", name, "initial"),
            key=True,
            help="a case begins in one state",
        )
    if not any(state.final for state in protocol.states.values()) and "final" not in broken:
        report(
            "no-final",
            "no state is `final`",
            ("states",),
            key=True,
            help="write `final: true` in the states where a case ends",
        )


def _broken_ends(report: Report) -> set[str]:
    """Which of `initial` and `final` some state writes so that it has been complained about."""
    data = report.document.data
    states = data.get("states") if isinstance(data, dict) else None
    written = (
        [state for state in states.values() if isinstance(state, dict)] if isinstance(states, dict) else []
    )
    return {
        key
        for key in ("initial", "final")
        if any(not isinstance(state.get(key, False), bool) for state in written)
    }


def _check_kind(deadline: Deadline, protocol: Protocol, report: Report) -> None:
    if deadline.kind not in (DeadlineKind.LAW, DeadlineKind.CODE):
        return
    kinds = {protocol.sources[source].kind for source in deadline.source if source in protocol.sources}
    if kinds and kinds <= {SourceKind.CLINIC}:
        report(
            "kind-not-sourced",
            f"`{deadline.name}` is shown as {deadline.kind}, but its source is the clinic's own",
            ("deadlines", deadline.name, "kind"),
            help="write `kind: clinic`, or cite the rule itself",
        )
