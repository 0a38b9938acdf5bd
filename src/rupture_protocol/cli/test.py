"""`rupture test`: run scenarios, and say what they show of the protocol."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rupture_protocol.cli import inputs, output

if TYPE_CHECKING:
    from rupture_protocol.scenarios.coverage import Coverage
    from rupture_protocol.scenarios.mutation import Mutation
    from rupture_protocol.scenarios.reports import Ran
    from rupture_protocol.testing.files import Suite

TEST = "rupture-test/1"
EPILOG = """
\b
Examples:
  rupture test standard
  rupture test my-clinic.yaml --coverage --fail-under 90
  rupture test                            every *.scenarios.yaml from here down
  rupture test standard --write-missing - the scenarios that full coverage lacks
"""


@click.command("test", epilog=EPILOG)
@click.argument("sources", metavar="[FILE|PROTOCOL]...", nargs=-1)
@click.option("--coverage", is_flag=True, help="Say what the scenarios show, and what not, at its line.")
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Exit 1 where less is shown (with --mutate: or noticed).",
)
@click.option(
    "--inherited", is_flag=True, help="Of an extension, also count what it inherits: not only what it adds."
)
@click.option("--mutate", is_flag=True, help="Say which small changes of the protocol no scenario notices.")
@click.option(
    "--write-missing", metavar="FILE", help="Write the scenarios that full coverage lacks; - for stdout."
)
@click.option("--junit", metavar="FILE", help="Write the results as JUnit XML.")
@click.option("--html", metavar="FILE", help="Write one page with the results and the coverage.")
@inputs.path_option
@inputs.json_option("Print one JSON document, rupture-test/1.")
def command(
    sources: tuple[str, ...],
    coverage: bool,
    fail_under: float | None,
    inherited: bool,
    mutate: bool,
    write_missing: str | None,
    junit: str | None,
    html: str | None,
    as_json: bool,
) -> int:
    """Run scenarios: named cases, and what must be open, blocked, undecided, missing, asked, due or refused.

    FILE is a *.scenarios.yaml or a folder of them; PROTOCOL a protocol's file or name, for the scenarios
    beside it. Exits 1 where something is not as a scenario says, 3 where a file cannot be read.
    """
    if as_json and write_missing == inputs.STDIN:
        raise output.Failed(
            "`--json` and `--write-missing -` both print", code=output.USAGE, next="rupture test --help"
        )
    test = Test([_load(path) for path in _files(sources)], inherited=inherited)
    measured = test.coverages() if coverage or fail_under is not None or html or as_json else []
    hunted = test.mutations() if mutate else []
    if as_json:
        output.emit_json(test.to_json(measured, hunted))
    elif write_missing != inputs.STDIN:
        test.tell(measured if coverage or fail_under is not None else [], hunted)
    _write_reports(test, measured, junit, html)
    if write_missing is not None:
        _write_missing(test, write_missing)
    return _conclude(test, measured, hunted, fail_under)


class Test:
    """The suites that were asked for, and what became of their scenarios."""

    def __init__(self, suites: list[Suite], *, inherited: bool) -> None:
        from rupture_protocol.scenarios.reports import Ran

        self.suites = suites
        self.inherited = inherited
        self.ran = [Ran(suite.scenarios, suite.protocol, suite.run()) for suite in suites]

    def by_protocol(self) -> list[tuple[Suite, list[Ran]]]:
        """The files that are about one protocol, together."""
        found: dict[str, tuple[Suite, list[Ran]]] = {}
        for suite, ran in zip(self.suites, self.ran, strict=True):
            found.setdefault(suite.protocol.digest, (suite, []))[1].append(ran)
        return list(found.values())

    def coverages(self) -> list[Coverage]:
        """What they show, protocol by protocol."""
        from rupture_protocol.scenarios.coverage import Meter

        found = []
        for suite, ran in self.by_protocol():
            meter = Meter(suite.protocol, inherited=self.inherited)
            for each in ran:
                meter.watch(each.results)
            found.append(meter.coverage())
        return found

    def mutations(self) -> list[tuple[Suite, Mutation]]:
        """What they notice, protocol by protocol."""
        from rupture_protocol.scenarios.mutation import mutate

        output.talk("note: trying small changes of the protocol, one after another")
        return [
            (suite, mutate(suite.engine, [each.scenarios for each in ran], inherited=self.inherited))
            for suite, ran in self.by_protocol()
        ]

    def tell(self, measured: list[Coverage], hunted: list[tuple[Suite, Mutation]]) -> None:
        """All of it, as lines."""
        from rupture_protocol.scenarios.telling import tell, tell_coverage, tell_goals, tell_mutation

        for ran in self.ran:
            for result in ran.results:
                for line in tell(result, ran.scenarios):
                    output.emit(output.printable(line))
        for coverage in measured:
            output.emit(
                "\n".join([*tell_goals(coverage.missing, coverage.protocol), *tell_coverage(coverage)])
            )
        for suite, mutation in hunted:
            output.emit("\n".join(tell_mutation(mutation, suite.protocol)))

    def to_json(self, measured: list[Coverage], hunted: list[tuple[Suite, Mutation]]) -> dict[str, Any]:
        """A `rupture-test/1`."""
        from rupture_protocol.scenarios.wire import coverage_to_json, mutation_to_json, ran_to_json

        written: dict[str, Any] = {"schema": TEST, "files": [ran_to_json(each) for each in self.ran]}
        written["coverage"] = [coverage_to_json(each) for each in measured]
        if hunted:
            written["mutation"] = [mutation_to_json(each, suite.protocol) for suite, each in hunted]
        return written


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
        return load_scenarios(path, path=inputs.search_path())
    except InvalidScenarios as error:
        bad = error.issues[0]
        raise output.Failed(
            "these are not valid scenarios",
            code=output.CANNOT_LOAD,
            before=error.render(),
            next=f"rupture explain {bad.code}",
        ) from None


def _write_reports(test: Test, measured: list[Coverage], junit: str | None, html: str | None) -> None:
    from rupture_protocol.scenarios import reports

    if junit is not None:
        output.save(junit, reports.junit(test.ran))
    if html is not None:
        output.save(html, reports.html(test.ran, measured))


def _write_missing(test: Test, file: str) -> None:
    """The scenarios that full coverage lacks, of the one protocol that was tested."""
    from rupture_protocol.scenarios.missing import missing
    from rupture_protocol.scenarios.telling import tell_goals
    from rupture_protocol.scenarios.writing import write

    groups = test.by_protocol()
    if len(groups) != 1:
        raise output.Failed(
            "`--write-missing` is for the scenarios of one protocol",
            code=output.USAGE,
            next="rupture test --help",
        )
    suite, ran = groups[0]
    at = suite.scenarios.at
    results = [result for each in ran for result in each.results]
    found = missing(suite.engine, results, at=at, inherited=test.inherited)
    if not found.cases:
        output.talk("ok: no scenario is missing")
        return
    text = write(
        suite.scenarios.protocol, found.cases, at=at, head=_HEAD, origins=_followed(ran, found.cases)
    )
    if file == inputs.STDIN:
        output.emit(text.rstrip("\n"))
    else:
        output.save(file, text, anew=True)
    for line in tell_goals(found.left, suite.protocol):
        output.talk(f"note: no scenario was found for this: {line}")


_HEAD = "# Written by `rupture test --write-missing`. Give each case a name, and keep what tells something."


def _followed(ran: list[Ran], cases: Any) -> list[Any]:
    """The scenarios that some of these follow, which a file of its own has to hold as well."""
    known = {result.scenario.name: result.scenario for each in ran for result in each.results}
    wanted: dict[str, Any] = {}
    for case in cases:
        line = []
        follows = case.follows
        while follows is not None and follows not in wanted:
            line.append(known[follows])
            follows = known[follows].follows
        wanted.update({each.name: each for each in reversed(line)})
    return list(wanted.values())


def _conclude(
    test: Test, measured: list[Coverage], hunted: list[tuple[Suite, Mutation]], fail_under: float | None
) -> int:
    results = [result for each in test.ran for result in each.results]
    bad = [result for result in results if not result.passed]
    ran = f"{len(results)} scenario{'s' * (len(results) != 1)}"
    if bad:
        raise output.Failed(
            f"{len(bad)} of {ran} did not pass",
            code=output.REFUSED,
            help="what a scenario says is at the line shown; what is so instead, and why, behind it",
            next="rupture test --help",
        )
    shares = [each.share for each in measured] + [each.share for _, each in hunted]
    if fail_under is not None and any(share < fail_under for share in shares):
        raise output.Failed(
            f"{min(shares):.1f} % is shown, less than {fail_under:g} %",
            code=output.REFUSED,
            next="rupture test --write-missing missing.scenarios.yaml",
        )
    output.talk(f"ok: {ran} passed")
    return output.DONE
