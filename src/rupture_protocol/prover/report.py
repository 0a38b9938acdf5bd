"""The report of a proof: what is proved, what fails and how, what is not decided, and what that means."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from rupture_protocol.errors import Severity, Span
from rupture_protocol.prover.results import Answer, Finding, Result

SCHEMA = "rupture-proof/1"

DISCLAIMER = (
    "This proves what the YAML says, for every combination of facts. It does not prove that the protocol "
    "is clinically right."
)

IN_SHORT = "this proves the YAML, not that it is clinically right"

LAW = "the_law_of_"
"""How the results begin that hold an extension to what it extends."""

SEMANTICS = (
    "Kleene's strong three-valued logic over every region of every fact, not recorded included; safety "
    "with every fact free to change, ways out with only those that vary or expire; precautions and overrides "
    "count as steps; time since a state and dates against now are inputs cut at their constants."
)


@dataclass(frozen=True, slots=True)
class Counts:
    """How large the proof was."""

    states: int
    options: int
    facts: int
    situations: int
    nodes: int


@dataclass(frozen=True, slots=True)
class Report:
    """What `prove` says of a protocol. Two reports of the same proof are equal, however long they took."""

    protocol: str
    version: str
    digest: str
    library: str
    results: tuple[Result, ...]
    assumes: tuple[str, ...]
    counts: Counts
    seconds: float = field(compare=False)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything found, in file order."""
        found = (finding for result in self.results for finding in result.findings)
        return tuple(sorted(found, key=lambda each: (each.issue.span, each.code)))

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that refuse the protocol."""
        return tuple(each for each in self.findings if each.severity is Severity.ERROR)

    @property
    def promises(self) -> tuple[Result, ...]:
        """What was written under `promises:`, in file order."""
        return tuple(each for each in self.results if each.promise)

    def __getitem__(self, name: str) -> Result:
        """The result of that name: a promise's, or that of a check."""
        found = next((each for each in self.results if each.name == name), None)
        if found is None:
            raise KeyError(name)
        return found

    @property
    def head(self) -> str:
        """Which protocol it is about, and which library has proved it."""
        what = f"{self.protocol} {self.version}, digest {self.digest[:12]}"
        return f"{what}, proved by rupture_protocol {self.library}"

    @property
    def small_print(self) -> tuple[str, ...]:
        """What has proved it, how a proof reads a protocol, and what it does not prove."""
        return (
            f"Proved by rupture_protocol {self.library}.",
            SEMANTICS,
            DISCLAIMER,
        )

    def summary(self) -> str:
        """In two lines or a few: what the promises came to, the law, what was assumed, what it all means."""
        laws = [f"{each.answer.value}: {each.says}" for each in self.results if each.name.startswith(LAW)]
        assumed = [f"assumed: {each}" for each in self.assumes]
        return "\n".join([self.head, f"{_counted(self.promises)}; {IN_SHORT}", *laws, *assumed])

    def render(self, *, findings: bool = True) -> str:
        """The report as a person reads it; the findings may be left out, where they are shown elsewhere."""
        lines = [self.head, ""]
        for result in self.results:
            sign, word = _SIGNS[result.answer], result.answer.value
            if result.answer is Answer.FAILS and not any(
                each.severity is Severity.ERROR for each in result.findings
            ):
                sign, word = "!", "look at it"
            lines.append(f"{sign} {word:11}  {result.name}: {result.says}")
            if result.why:
                lines.append(f"  {'':11}  {result.why}")
        lines += [f"assumed: {each}" for each in self.assumes]
        if findings:
            lines += [f"\n{finding.render()}" for finding in self.findings]
        counts = self.counts
        lines += [
            "",
            f"{counts.states} states, {counts.options} options, {counts.facts} facts, "
            f"{counts.situations:.3g} situations, {counts.nodes} nodes",
            f"semantics: {SEMANTICS}",
            DISCLAIMER,
        ]
        return "\n".join(lines)


def _counted(promises: tuple[Result, ...]) -> str:
    """How many promises came to what."""
    if not promises:
        return "no promises stated"
    count = Counter(each.answer for each in promises)
    proved = count[Answer.PROVED]
    said = [f"{proved or 'no'} promise{'' if proved == 1 else 's'} proved for all combinations of facts"]
    said += [
        f"{count[answer]} {word}"
        for answer, word in ((Answer.FAILS, "broken"), (Answer.NOT_DECIDED, "not decided"))
        if count[answer]
    ]
    return ", ".join(said)


_SIGNS = {Answer.PROVED: "✓", Answer.FAILS: "✗", Answer.NOT_DECIDED: "?"}


def report_to_json(report: Report) -> dict[str, Any]:
    """A report as `rupture-proof/1`: what `json.dumps` takes."""
    return {
        "schema": SCHEMA,
        "protocol": {"id": report.protocol, "version": report.version, "digest": report.digest},
        "library": report.library,
        "semantics": SEMANTICS,
        "results": [_result(each) for each in report.results],
        "assumes": list(report.assumes),
        "findings": [_finding(each) for each in report.findings],
        "counts": {
            "states": report.counts.states,
            "options": report.counts.options,
            "facts": report.counts.facts,
            "situations": report.counts.situations,
            "nodes": report.counts.nodes,
        },
        "note": DISCLAIMER,
    }


def _result(result: Result) -> dict[str, Any]:
    return {
        "name": result.name,
        "says": result.says,
        "answer": result.answer.value,
        "promise": result.promise,
        "why": result.why,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    issue = finding.issue
    return {
        "code": issue.code,
        "severity": issue.severity.value,
        "message": issue.message,
        **_place(issue.span),
        "help": issue.help,
        "also": [{"text": each.text, **_place(each.span)} for each in issue.also],
        "story": None if issue.story is None else issue.story.to_json(),
    }


def _place(span: Span) -> dict[str, Any]:
    return {"file": span.file, "line": span.line, "column": span.column, "end_column": span.end_column}
