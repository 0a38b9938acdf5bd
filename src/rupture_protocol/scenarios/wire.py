"""Results as JSON: the parts of a `rupture-test/1`."""

from __future__ import annotations

from typing import Any

from rupture_protocol.language.protocol import Protocol
from rupture_protocol.language.source import Path
from rupture_protocol.scenarios.coverage import Coverage, Kind
from rupture_protocol.scenarios.mutation import Mutation
from rupture_protocol.scenarios.reports import Ran
from rupture_protocol.scenarios.running import Result
from rupture_protocol.scenarios.telling import lacks


def ran_to_json(ran: Ran) -> dict[str, Any]:
    """One of `files`."""
    return {
        "file": ran.scenarios.file,
        "protocol": _protocol(ran.protocol),
        "scenarios": [_result(ran, result) for result in ran.results],
    }


def coverage_to_json(coverage: Coverage) -> dict[str, Any]:
    """One of `coverage`."""
    counts = {kind.value: dict(zip(("met", "of"), coverage.of(kind), strict=True)) for kind in Kind}
    missing = [
        {"kind": goal.kind.value, "says": lacks(goal), **_place(coverage.protocol, goal.path)}
        for goal in coverage.missing
    ]
    return {
        "protocol": _protocol(coverage.protocol),
        "inherited": coverage.inherited or not coverage.protocol.bases,
        "percent": round(coverage.share, 1),
        "counts": counts,
        "missing": missing,
    }


def mutation_to_json(mutation: Mutation, protocol: Protocol) -> dict[str, Any]:
    """One of `mutation`."""
    unnoticed = [
        {"kind": each.kind, "says": each.says, **_place(protocol, each.path)} for each in mutation.unnoticed
    ]
    return {
        "protocol": _protocol(protocol),
        "mutants": len(mutation.mutants),
        "noticed": mutation.noticed,
        "percent": round(mutation.share, 1),
        "unnoticed": unnoticed,
    }


def _protocol(protocol: Protocol) -> dict[str, str]:
    return {"id": protocol.id, "version": protocol.version, "digest": protocol.digest}


def _place(protocol: Protocol, path: Path) -> dict[str, Any]:
    span = protocol.span(path)
    return {} if span is None else {"file": span.file, "line": span.line, "column": span.column}


def _result(ran: Ran, result: Result) -> dict[str, Any]:
    return {
        "name": result.scenario.name,
        "title": result.scenario.title,
        "line": ran.scenarios.span(result.scenario.path, key=True).line,
        "status": result.status.value,
        "differences": [
            {
                "message": each.message,
                "help": each.help,
                "line": ran.scenarios.span(each.path).line,
                "column": ran.scenarios.span(each.path).column,
            }
            for each in result.differences
        ],
    }
