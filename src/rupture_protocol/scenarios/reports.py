"""Results as JUnit XML and as one page of HTML. Text is in `telling`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from xml.sax.saxutils import quoteattr

from rupture_protocol.language.protocol import Protocol
from rupture_protocol.scenarios.coverage import PLURAL, Coverage, Kind
from rupture_protocol.scenarios.model import Scenarios
from rupture_protocol.scenarios.running import Result, Status
from rupture_protocol.scenarios.telling import lacks, tell

SAYS_NOTHING_CLINICAL = (
    "This shows that the protocol does what its scenarios say. "
    "It does not show that the protocol is clinically right."
)


@dataclass(frozen=True, slots=True)
class Ran:
    """The scenarios of one file, their protocol, and what became of them."""

    scenarios: Scenarios
    protocol: Protocol
    results: tuple[Result, ...]


def junit(ran: Iterable[Ran]) -> str:
    """JUnit XML, as continuous integration reads it: a suite a file, a test case a scenario."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites name="rupture test">']
    for each in ran:
        lines += _suite(each)
    return "\n".join([*lines, "</testsuites>", ""])


def _suite(ran: Ran) -> Iterator[str]:
    failed = sum(result.status is Status.FAILED for result in ran.results)
    skipped = sum(result.status is Status.NOT_RUN for result in ran.results)
    name = _attribute(ran.scenarios.file)
    counts = f'tests="{len(ran.results)}" failures="{failed}" errors="0" skipped="{skipped}"'
    yield f"  <testsuite name={name} {counts}>"
    for result in ran.results:
        span = ran.scenarios.span(result.scenario.path, key=True)
        where = f'classname={_attribute(ran.protocol.id)} file={name} line="{span.line}" time="0"'
        head = f"    <testcase name={_attribute(result.scenario.name)} {where}"
        if result.passed:
            yield f"{head}/>"
            continue
        tag = "failure" if result.status is Status.FAILED else "skipped"
        text = escape(_allowed("\n".join(tell(result, ran.scenarios))), quote=False)
        message = _attribute(result.differences[0].message)
        yield f"{head}>"
        yield f"      <{tag} message={message}>{text}</{tag}>"
        yield "    </testcase>"
    yield "  </testsuite>"


def _attribute(text: str) -> str:
    return quoteattr(_allowed(text))


def _allowed(text: str) -> str:
    """Text without what XML 1.0 cannot hold."""
    return "".join("\ufffd" if _is_forbidden(char) else char for char in text)


def _is_forbidden(char: str) -> bool:
    return (char < " " and char not in "\t\n\r") or char in "\ufffe\uffff" or "\ud800" <= char <= "\udfff"


# One page -------------------------------------------------------------------------------------------

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
body { color: #1b1b1b; background: #fff; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; font-weight: 600; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid #ccc; }
.bad { color: #8a1010; font-weight: 600; } .ok { color: #14591d; font-weight: 600; }
code { font-size: .9em; } li { margin: .2rem 0; }
@media (prefers-color-scheme: dark) {
  body { background: #161616; color: #e8e8e8; } th, td { border-color: #444; }
  .bad { color: #ff9d9d; } .ok { color: #9fe0a8; }
}
"""


def html(ran: Sequence[Ran], coverages: Iterable[Coverage] = ()) -> str:
    """One self-contained page: every scenario, and what they show. No script, nothing loaded."""
    results = [result for each in ran for result in each.results]
    passed = sum(result.passed for result in results)
    title = f"Scenarios: {', '.join(dict.fromkeys(each.protocol.title for each in ran))}"
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>",
        f"<h1>{escape(title)}</h1>",
        f"<p>{passed} of {len(results)} scenarios passed. {SAYS_NOTHING_CLINICAL}</p>",
    ]
    for each in ran:
        parts += _file(each)
    for coverage in coverages:
        parts += _coverage(coverage)
    return "\n".join([*parts, "</main></body></html>", ""])


def _file(ran: Ran) -> Iterator[str]:
    protocol = ran.protocol
    yield f"<h2>{escape(ran.scenarios.file)}</h2>"
    which = f"<code>{escape(protocol.id)}</code> {escape(protocol.version)}"
    yield f"<p>{which}, digest <code>{protocol.digest[:12]}</code></p>"
    yield '<table><caption>Scenarios</caption><thead><tr><th scope="col">Scenario</th>'
    yield '<th scope="col">Result</th><th scope="col">Line</th></tr></thead><tbody>'
    for result in ran.results:
        line = ran.scenarios.span(result.scenario.path, key=True).line
        mark = f'<span class="{"ok" if result.passed else "bad"}">{result.status}</span>'
        found = "".join(f"<li>{escape(each)}</li>" for each in tell(result, ran.scenarios))
        more = f"<ul>{found}</ul>" if found else ""
        yield f"<tr><td>{escape(result.scenario.says)}{more}</td><td>{mark}</td><td>{line}</td></tr>"
    yield "</tbody></table>"


def _coverage(coverage: Coverage) -> Iterator[str]:
    yield f"<h2>What they show of {escape(coverage.protocol.title)}</h2>"
    yield f"<p>{coverage.share:.1f} % of {len(coverage.goals)} goals.</p>"
    yield '<table><caption>Coverage</caption><thead><tr><th scope="col">What</th><th scope="col">Shown</th>'
    yield '<th scope="col">Of</th></tr></thead><tbody>'
    for kind in Kind:
        met, whole = coverage.of(kind)
        yield f'<tr><th scope="row">{PLURAL[kind]}</th><td>{met}</td><td>{whole}</td></tr>'
    yield "</tbody></table>"
    if coverage.missing:
        yield "<h3>Not shown yet</h3><ul>"
        for goal in coverage.missing:
            span = coverage.protocol.span(goal.path)
            where = f" <code>{escape(str(span))}</code>" if span else ""
            yield f"<li>{escape(lacks(goal))}{where}</li>"
        yield "</ul>"
