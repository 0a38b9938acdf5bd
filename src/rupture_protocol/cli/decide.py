"""`rupture decide`: what may be done in a situation, what not and why, and what to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from rupture_protocol.cli import inputs, output

if TYPE_CHECKING:
    from datetime import datetime

    from rupture_protocol.engine.decision import Decision
    from rupture_protocol.language.protocol import Protocol

EPILOG = """
\b
Examples:
  rupture decide standard --fact safety_suicide_level=none --fact harm_severity=mild
  rupture decide standard --state consulted --visited aware,acknowledged --json
  echo '{"client_agrees": true}' | rupture decide my-clinic.yaml --facts - --role supervisor
"""


@click.command("decide", epilog=EPILOG)
@click.argument("protocol", metavar="PROTOCOL")
@click.option("--state", metavar="S", help="The state the case is in. Default: the initial one.")
@click.option("--visited", metavar="A,B", help="The states it has been in besides. Default: the initial one.")
@click.option(
    "--fact", "facts", metavar="NAME=VALUE", multiple=True, help="What is on record: one fact; a set is a,b."
)
@click.option("--facts", "facts_file", metavar="FILE", help="Facts as a JSON or YAML mapping; - is stdin.")
@click.option("--role", metavar="ROLE", help="Who asks: each option then says whether that role may take it.")
@inputs.path_option
@inputs.language_option()
@inputs.at_option
@inputs.sensitive_option
@inputs.json_option("Print one JSON document, rupture-decision/1.")
def command(
    protocol: str,
    state: str | None,
    visited: str | None,
    facts: tuple[str, ...],
    facts_file: str | None,
    role: str | None,
    at: datetime | None,
    show_sensitive: bool,
    as_json: bool,
) -> None:
    """Say what may be done now, what not and exactly why, and what to ask.

    PROTOCOL is the name of a shipped one, a file, or - for stdin. The facts are hypothetical: who may record
    them plays no part. A value of `unknown` says that somebody was asked, and it is not known.
    """
    if protocol == facts_file == inputs.STDIN:
        raise output.Failed(
            "stdin cannot be both the protocol and the facts", code=output.USAGE, next="rupture decide --help"
        )
    loaded = inputs.load_protocol(protocol)
    decision = decision_in(loaded, protocol, state, visited, facts, facts_file, role, at or inputs.now())
    if as_json:
        from rupture_protocol.engine import wire

        output.emit_json(wire.decision_to_json(decision))
        return
    from rupture_protocol.cli.page import Page
    from rupture_protocol.cli.telling import tell

    tell(decision, Page(), show_sensitive=show_sensitive)


def decision_in(
    protocol: Protocol,
    source: str,
    state: str | None,
    visited: str | None,
    facts: tuple[str, ...],
    facts_file: str | None,
    role: str | None,
    at: datetime,
) -> Decision:
    """The decision in a situation as it was typed; `source` is what the protocol was called."""
    from rupture_protocol import Actor, Engine
    from rupture_protocol.errors import UnknownName, ValueRefused

    try:
        given = inputs.given_facts(protocol, facts, facts_file)
        if role is not None and protocol.roles:
            protocol.role(role)
        been = [protocol.initial] if visited is None else _names(visited)
        engine = Engine(protocol)
        case = engine.imagine(state=state, visited=been, facts=given)
    except (UnknownName, ValueRefused) as error:
        shown = output.printable(source)
        next_ = "rupture decide --help" if source == inputs.STDIN else f"rupture explain {shown}"
        raise output.Failed(str(error), code=output.REFUSED, help=error.help, next=next_) from None
    return engine.decide(case, at=at, actor=None if role is None else Actor("", role))


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]
