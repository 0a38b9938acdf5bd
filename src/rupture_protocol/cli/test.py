"""`rupture test`: run scenarios, and say what they show of the protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from rupture_protocol.cli import inputs, output

if TYPE_CHECKING:
    from pathlib import Path

    from rupture_protocol.scenarios.running import Result
    from rupture_protocol.testing.files import Suite

TEST = "rupture-test/1"
EPILOG = """
\b
Examples:
  rupture test standard
  rupture test my-clinic.yaml
  rupture test                        every *.scenarios.yaml from here down
"""


@click.command("test", epilog=EPILOG)
@click.argument("sources", metavar="[FILE|PROTOCOL]...", nargs=-1)
@inputs.json_option("Print one JSON document, rupture-test/1.")
def command(sources: tuple[str, ...], as_json: bool) -> int:
    """Run scenarios: named cases, and what must be open, blocked, undecided, missing, asked, due or refused.

    FILE is a *.scenarios.yaml or a folder of them; PROTOCOL a protocol's file or name, for the scenarios beside
    it. Exits 1 where something is not as a scenario says, 3 where a file cannot be read.
    """
    suites = [_load(path) for path in _files(sources)]
    outcomes = [(suite, suite.run()) for suite in suites]
    if as_json:
        output.emit_json({"schema": TEST, "files": [_to_json(suite, results) for suite, results in outcomes]})
    else:
        for suite, results in outcomes:
            _tell(suite, results)
    return _conclude(outcomes)


def _files(sources: tuple[str, ...]) -> list[Path]:
    from rupture_protocol.testing.files import find_suites

    found: dict[Path, None] = {}
    for source in sources or (".",):
        paths = find_suites(source)
        if not paths:
            raise output.Failed(
                f"there are no scenarios for `{inputs.shown_name(source)}`",
                code=output.CANNOT_LOAD,
                help="they are in NAME.scenarios.yaml, beside NAME.yaml",
                next="rupture test --help",
            )
        found.update(dict.fromkeys(paths))
    return list(found)


def _load(path: Path) -> Suite:
    from rupture_protocol.testing.files import InvalidScenarios, load_scenarios

    try:
        return load_scenarios(path)
    except InvalidScenarios as error:
        bad = error.issues[0]
        raise output.Failed(
            "these are not valid scenarios",
            code=output.CANNOT_LOAD,
            before=error.render(),
            next=f"rupture explain {bad.code}",
        ) from None


def _tell(suite: Suite, results: tuple[Result, ...]) -> None:
    """Every difference at its place."""
    for result in results:
        for difference in result.differences:
            span = suite.scenarios.span(difference.path)
            output.emit(f"{span}: {result.scenario.name}: {output.printable(difference.message)}")
            if difference.help:
                output.emit(f"      help: {output.printable(difference.help)}")


def _conclude(outcomes: list[tuple[Suite, tuple[Result, ...]]]) -> int:
    results = [result for _, some in outcomes for result in some]
    bad = [result for result in results if not result.passed]
    ran = f"{len(results)} scenario{'s' * (len(results) != 1)}"
    if not bad:
        output.talk(f"ok: {ran} passed")
        return output.DONE
    raise output.Failed(
        f"{len(bad)} of {ran} did not pass",
        code=output.REFUSED,
        help="what a scenario says is at the line shown; what is so instead, and why, behind it",
        next="rupture test --help",
    )


def _to_json(suite: Suite, results: tuple[Result, ...]) -> dict[str, Any]:
    protocol = suite.protocol
    return {
        "file": suite.scenarios.file,
        "protocol": {"id": protocol.id, "version": protocol.version, "digest": protocol.digest},
        "scenarios": [_result(suite, result) for result in results],
    }


def _result(suite: Suite, result: Result) -> dict[str, Any]:
    span = suite.scenarios.span(result.scenario.path, key=True)
    return {
        "name": result.scenario.name,
        "title": result.scenario.title,
        "line": span.line,
        "status": result.status.value,
        "differences": [
            {"message": each.message, "line": suite.scenarios.span(each.path).line, "help": each.help}
            for each in result.differences
        ],
    }
