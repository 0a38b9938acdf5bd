"""Measures the engine against bare `transitions`: `python tests/benchmarks/run.py [--json]`.

Run by hand. What is asked of both is in `situations.py`, the other side in `bare.py`.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))  # `tests` is not installed

from tests.benchmarks import bare
from tests.benchmarks.measure import bytes_each, fresh, fresh_seconds, seconds
from tests.benchmarks.situations import (
    NOW,
    PEOPLE,
    SAFE,
    WALK,
    Situation,
    Situations,
    assert_same,
    engine,
    note,
    record,
)

import rupture_protocol
from rupture_protocol import Case, Engine
from rupture_protocol.engine.reasons import Reason
from rupture_protocol.language.conditions import NotHeldBack
from rupture_protocol.loading import loads, read_file


@dataclass(frozen=True)
class Figure:
    """One thing measured, and its target, if it has one.

    `ratio` is how many times as fast as bare, or for a write how many times as long as bare.
    """

    name: str
    ours: float
    unit: str
    bare: float | None = None
    ratio: float | None = None
    target: str = ""
    met: bool | None = None


def faster(name: str, ours: float, theirs: float, *, at_least: float | None = None) -> Figure:
    """How many times as fast as bare, and whether that is enough."""
    ratio = theirs / ours
    met = None if at_least is None else ratio >= at_least
    return Figure(name, ours * 1e6, "µs", theirs * 1e6, ratio, f"≥ {at_least:g} ×" if at_least else "", met)


def slower(name: str, ours: float, theirs: float, *, at_most: float | None = None) -> Figure:
    """How many times as long as bare, and whether that is little enough."""
    ratio = ours / theirs
    met = None if at_most is None else ratio <= at_most
    return Figure(name, ours * 1e6, "µs", theirs * 1e6, ratio, f"≤ {at_most:g} ×" if at_most else "", met)


def under(
    name: str, value: float, unit: str, *, limit: float | None = None, bare: float | None = None
) -> Figure:
    """A figure of its own, and whether it is small enough."""
    target, met = (f"< {limit:g} {unit}", value < limit) if limit else ("", None)
    return Figure(name, value, unit, bare, None, target, met)


# Asking --------------------------------------------------------------------------------------------------


def ask_verdicts(engine: Engine, situations: list[Situation]) -> None:
    """The verdict of every option."""
    for each in situations:
        engine.decide(each.case, at=NOW).verdicts  # noqa: B018  # reading it is what is measured


def ask_bare(situations: list[Situation]) -> None:
    """Whether each option may be taken."""
    for each in situations:
        for may in each.may:
            may(at=NOW)


def ask_reasons(engine: Engine, situations: list[Situation]) -> None:
    """Every node of every option's reason tree: what it came to, and its sentence."""
    for each in situations:
        for reasons in engine.decide(each.case, at=NOW).reasons.values():
            for node in reasons.walk():
                node.truth  # noqa: B018
                node.text  # noqa: B018


def ask_options(engine: Engine, situations: list[Situation]) -> None:
    """The same, from the options in the order in which they are offered."""
    for each in situations:
        for option in engine.decide(each.case, at=NOW).options:
            for node in option.reasons.walk():
                node.truth  # noqa: B018
                node.text  # noqa: B018


def ask_distinct_reasons(engine: Engine, situations: list[Situation]) -> None:
    """The same, with what lies below an interrupt read once, not again for each option it holds back."""
    for each in situations:
        seen: set[str] = set()
        for reasons in engine.decide(each.case, at=NOW).reasons.values():
            read_once(reasons, seen)


def read_once(node: Reason, seen: set[str]) -> None:
    """Reads a node and what is below it, unless that is an interrupt's that was read."""
    node.truth  # noqa: B018
    node.text  # noqa: B018
    if isinstance(node.condition, NotHeldBack):
        if node.condition.interrupt in seen:
            return
        seen.add(node.condition.interrupt)
    for part in node.parts:
        read_once(part, seen)


def node_count(engine: Engine, situations: list[Situation]) -> float:
    """How many nodes the trees of a state have."""
    decisions = [engine.decide(each.case, at=NOW) for each in situations]
    trees = [tree for decision in decisions for tree in decision.reasons.values()]
    return sum(len([*tree.walk()]) for tree in trees) / len(situations)


def asking(engine: Engine, situations: Situations) -> Iterator[Figure]:
    """The verdicts and the reasons of a state, per decision."""
    usual, empty, mixed = situations.usual(), situations.empty(), situations.random(200)
    for name, asked, target in (
        ("verdicts of all options: all known, nothing holds back", usual, 30.0),
        ("verdicts: nothing on record", empty, None),
        ("verdicts: random situations", mixed, None),
    ):
        took = seconds(partial(ask_verdicts, engine, asked), partial(ask_bare, asked))
        ours, theirs = (each / len(asked) for each in took)
        yield faster(name, ours, theirs, at_least=target)
    nodes = node_count(engine, usual)
    for name, ask, target in (
        (f"every reason tree read ({nodes:.0f} nodes)", ask_reasons, 5.0),
        ("the same from the options, ranked as they are offered", ask_options, 5.0),
        ("reason trees, each interrupt's once", ask_distinct_reasons, None),
    ):
        took = seconds(partial(ask, engine, usual), partial(ask_bare, usual))
        ours, theirs = (each / len(usual) for each in took)
        yield faster(name, ours, theirs, at_least=target)


# Writing -------------------------------------------------------------------------------------------------


def walk(engine: Engine) -> Case:
    """A case from harm noticed to going on, with all that is recorded."""
    at = NOW
    case = engine.open("case-1", by=PEOPLE["therapist"], at=at)
    for facts, trigger, role in WALK:
        at += timedelta(days=8) if trigger == "continue" else timedelta(minutes=5)
        case = record(engine, case, facts, at=at)
        case = engine.take(case, trigger, by=PEOPLE[role], at=at)
    return case


def walk_bare(model: bare.Model, steps: list[Callable[..., bool]]) -> None:
    """The same on a model that the machine knows."""
    at = NOW
    model.state = "noticed"
    model.facts, model.expires, model.entered, model.visits = {}, {}, {"noticed": at}, {"noticed": 1}
    for (facts, trigger, _), step in zip(WALK, steps, strict=True):
        at += timedelta(days=8) if trigger == "continue" else timedelta(minutes=5)
        note(model, facts, at=at)
        step(at=at)


def walk_bare_anew(situations: Situations) -> None:
    """The same on a model that is added to the machine and removed from it."""
    model = situations.model({}, at=NOW)
    walk_bare(model, [getattr(model, trigger) for _, trigger, _ in WALK])
    situations.machine.remove_model(model)


def writing(engine: Engine, situations: Situations) -> Iterator[Figure]:
    """A step, and a walk of seven."""
    here = situations.make("noticed", SAFE, {}, ago=timedelta(hours=2))
    model: Any = here.model
    trigger = model.acknowledge

    def take() -> None:
        engine.take(here.case, "acknowledge", by=PEOPLE["therapist"], at=NOW)

    def take_bare() -> None:
        model.state = "noticed"
        trigger(at=NOW)

    yield slower("take", *seconds(take, take_bare), at_most=2)
    steps = [getattr(model, trigger) for _, trigger, _ in WALK]
    ours, kept, anew = seconds(
        partial(walk, engine), partial(walk_bare, model, steps), partial(walk_bare_anew, situations)
    )
    yield slower("walk of seven steps, against a model that is kept", ours, kept)
    yield slower("walk of seven steps, against a model added for it", ours, anew)


# Memory --------------------------------------------------------------------------------------------------


def memory(engine: Engine, situations: Situations) -> Iterator[Figure]:
    """What a case keeps; beside it, what a model on the machine keeps."""

    def opened(number: int) -> Case:
        return engine.open(f"case-{number}", by=PEOPLE["therapist"], at=NOW + timedelta(seconds=number))

    def filled(number: int) -> Case:
        return record(engine, opened(number), TWENTY, at=NOW + timedelta(seconds=number + 1))

    def model(number: int) -> bare.Model:
        return situations.model({}, at=NOW)

    def filled_model(number: int) -> bare.Model:
        return situations.model(TWENTY, at=NOW + timedelta(seconds=number + 1))

    empty, full = bytes_each(opened, 10_000), bytes_each(filled, 2_000)
    bare_empty, bare_full = bytes_each(model, 500), bytes_each(filled_model, 500)
    yield under("an opened case", empty / 1024, "KiB", limit=2, bare=bare_empty / 1024)
    yield under("a case with 20 facts, three events", full / 1024, "KiB", bare=bare_full / 1024)


TWENTY = {**SAFE, "warning_sign": False}

# Loading and starting ------------------------------------------------------------------------------------

FIRST_LOAD = """
import time
start = time.process_time()
from rupture_protocol.loading import load
imported = time.process_time()
load("standard")
print(imported - start, time.process_time() - imported)
"""
HELP = "import sys; sys.argv[1:] = ['--help']; from rupture_protocol.cli import main; main()"


def loading() -> Iterator[Figure]:
    """How long a protocol of 2,000 lines takes."""
    data, file = read_file("standard")
    lines = data.count(b"\n")
    (took,) = seconds(partial(loads, data, file=file), rounds=15)
    yield under(f"load `standard` ({lines} lines)", took * 1000, "ms", limit=150)
    fresh(FIRST_LOAD)
    firsts = [[float(each) for each in fresh(FIRST_LOAD).split()] for _ in range(7)]
    imports, loads_ = (median(each) for each in zip(*firsts, strict=True))
    yield under("the first load in a fresh process", loads_ * 1000, "ms", limit=150)
    yield under("what it imports before that (pydantic, PyYAML)", imports * 1000, "ms")


def starting() -> Iterator[Figure]:
    """How long a process takes that only mentions the package, and one that prints help."""
    nothing, imported = fresh_seconds(["pass"], ["import rupture_protocol"])
    yield under("import rupture_protocol", (imported - nothing) * 1000, "ms", limit=25)
    heavy = fresh("import sys, rupture_protocol; print('pydantic' in sys.modules)").strip() == "True"
    yield Figure("pydantic imported by it", float(heavy), "", target="0", met=not heavy)
    try:
        fresh(HELP)
    except subprocess.CalledProcessError:  # without the extra `cli`
        return
    yield under("rupture --help", fresh_seconds([HELP])[0] * 1000, "ms", limit=150)


# The report ----------------------------------------------------------------------------------------------


def header() -> dict[str, str]:
    """On what it was measured."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "cpu": processor(),
        "rupture_protocol": str(Path(rupture_protocol.__file__).parent),
    }


def processor() -> str:
    """What the processor is called."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{models[0] if models else platform.machine()}, {len(models)} processors"


def row(figure: Figure) -> str:
    """A line of the table."""
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f} ×"
    other = "" if figure.bare is None else f"{figure.bare:.1f} {figure.unit}"
    met = {None: "", True: "met", False: "**missed**"}[figure.met]
    return (
        f"| {figure.name} | {ratio} | {figure.target} | {met} | {figure.ours:.1f} {figure.unit} | {other} |"
    )


def measured() -> Iterator[Figure]:
    """All of it, in order."""
    asked, machine = engine(), bare.build()
    situations = Situations(asked, machine)
    verdicts = assert_same(asked, situations.random(2_000))
    print(f"both agree on {sum(verdicts.values())} options: {verdicts}", file=sys.stderr)
    # Models are never forgotten by a machine, and it walks them all to add one: a new machine has none.
    situations = Situations(asked, bare.build())
    yield from asking(asked, situations)
    yield from writing(asked, Situations(asked, bare.build()))
    yield from memory(asked, Situations(asked, bare.build()))
    yield from loading()
    yield from starting()


def main() -> None:
    """Measures, and prints a table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    as_json: bool = parser.parse_args().json
    head: dict[str, Any] = header()
    if as_json:
        print(json.dumps({**head, "figures": [asdict(figure) for figure in measured()]}, indent=2))
        return
    print("; ".join(f"{name} {value}" for name, value in head.items()), end="\n\n")
    print("| what | ratio | target | | ours | bare |", "|---|--:|--:|---|--:|--:|", sep="\n")
    for figure in measured():
        print(row(figure), flush=True)


if __name__ == "__main__":
    main()
