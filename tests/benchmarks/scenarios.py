"""Measures scenarios against their targets: `python tests/benchmarks/scenarios.py`. Run by hand."""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # `tests` is not installed

from rupture_protocol.scenarios.coverage import Meter
from rupture_protocol.scenarios.missing import missing
from rupture_protocol.scenarios.mutation import mutate
from rupture_protocol.scenarios.running import Result
from rupture_protocol.testing import find_suites, load_scenarios

TARGET = 2.0
"""Seconds for 100 scenarios, reading included."""


def main() -> None:
    """Print each figure; those of `standard`, from its own scenarios."""
    start = time.process_time()
    suites = [load_scenarios(path) for path in find_suites("standard")]
    results: list[Result] = [result for suite in suites for result in suite.run()]
    each = (time.process_time() - start) / len(results)
    hundred = each * 100
    print(f"read and run {len(results)} scenarios; 100: {hundred:.2f} s (target {TARGET} s)")
    engine = suites[0].engine

    start = time.process_time()
    meter = Meter(engine.protocol)
    meter.watch(results)
    print(f"coverage {meter.coverage().share:.1f} %: {time.process_time() - start:.2f} s")

    start = time.process_time()
    found = missing(engine, (), at=suites[0].scenarios.at)
    print(f"write all {len(found.cases)} from nothing: {time.process_time() - start:.1f} s")

    start = time.process_time()
    mutation = mutate(engine, [suite.scenarios for suite in suites])
    share = f"{mutation.share:.1f} %: {time.process_time() - start:.0f} s"
    print(f"mutants noticed: {mutation.noticed} of {len(mutation.mutants)}, {share}")
    if hundred > TARGET:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
