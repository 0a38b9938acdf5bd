"""`rupture explain`: an issue code, a protocol, a trigger, a fact or a state, in words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rupture_protocol.cli import inputs, output

if TYPE_CHECKING:
    from rupture_protocol.language.facts import Fact
    from rupture_protocol.language.protocol import Interrupt, Protocol, Transition

EXPLAIN = "rupture-explain/1"
EPILOG = """
\b
Examples:
  rupture explain unknown-fact                     an issue code of `rupture check`
  rupture explain standard                         a protocol: what it is for, its states, facts, promises
  rupture explain acknowledge                      a trigger of `standard`
  rupture explain harm_severity --protocol my-clinic.yaml
"""


@click.command("explain", epilog=EPILOG)
@click.argument("name", metavar="CODE|PROTOCOL|TRIGGER")
@click.option("--protocol", metavar="PROTOCOL", help="Whose trigger, fact or state it is. Default: standard.")
@inputs.language_option()
@inputs.json_option("Print one JSON document, rupture-explain/1.")
def command(name: str, protocol: str | None, as_json: bool) -> None:
    """Explain an issue code, a protocol, or one of its triggers, facts and states."""
    from rupture_protocol import shipped
    from rupture_protocol.language import codes

    if protocol is not None:
        _show(_find(name, inputs.load_protocol(protocol)), as_json=as_json)
    elif name in codes.ALL or name in codes.FINDINGS:
        _code(name, as_json=as_json)
    elif shipped.find(name) is not None or _is_path(name):
        loaded = inputs.load_protocol(name)
        _show(_Explained("protocol", loaded.id, loaded), as_json=as_json)
    else:
        _show(_find(name, inputs.load_protocol("standard")), as_json=as_json)


def _is_path(name: str) -> bool:
    return name == inputs.STDIN or name.endswith((".yaml", ".yml")) or "/" in name or Path(name).is_file()


def _code(name: str, *, as_json: bool) -> None:
    from rupture_protocol.language import codes

    code = codes.ALL.get(name) or codes.FINDINGS[name]
    page = codes.page(name)
    if as_json:
        written = {"code": name, "severity": code.severity.value, "summary": code.summary, "page": page}
        output.emit_json({"schema": EXPLAIN, "kind": "code", "name": name, **written})
    else:
        output.emit(page.rstrip("\n"))


class _Explained:
    """Something of a protocol that has a name."""

    def __init__(self, kind: str, name: str, protocol: Protocol) -> None:
        self.kind = kind
        self.name = name
        self.protocol = protocol


def _find(name: str, protocol: Protocol) -> _Explained:
    """What bears the name: a trigger first, then a fact, a state, a named condition, a role, a promise."""
    from rupture_protocol.cli.describing import ways

    tables: dict[str, Any] = {
        "trigger": dict.fromkeys(each.trigger for each, _ in ways(protocol)),
        "fact": protocol.facts,
        "state": protocol.states,
        "condition": protocol.conditions,
        "role": protocol.roles,
        "promise": protocol.promises,
        "source": protocol.sources,
    }
    for kind, table in tables.items():
        if name in table:
            return _Explained(kind, name, protocol)
    from rupture_protocol import shipped
    from rupture_protocol.errors import shorten
    from rupture_protocol.language import codes
    from rupture_protocol.language.nearest import did_you_mean

    known = [
        *codes.ALL,
        *codes.FINDINGS,
        *shipped.names(),
        *(each for table in tables.values() for each in table),
    ]
    raise output.Failed(
        f"`{shorten(name)}` is no issue code, no protocol, and no name in `{protocol.id}`",
        code=output.REFUSED,
        help=did_you_mean(name, known),
        next=f"rupture explain {protocol.id}",
    )


def _show(explained: _Explained, *, as_json: bool) -> None:
    if as_json:
        output.emit_json(_to_json(explained))
        return
    from rupture_protocol.cli.describing import tell_fact, tell_protocol, tell_state, tell_way, ways
    from rupture_protocol.cli.page import Page

    page = Page()
    name, protocol = explained.name, explained.protocol
    match explained.kind:
        case "protocol":
            tell_protocol(protocol, page)
        case "trigger":
            for defined, source in ways(protocol):
                if defined.trigger == name:
                    tell_way(defined, source, protocol, page)
        case "fact":
            tell_fact(protocol.facts[name], protocol, page)
        case "state":
            tell_state(protocol.states[name], protocol, page)
        case _:
            page.heading(f"{name} ({explained.kind})")
            page.line(_sentence(explained))


def _sentence(explained: _Explained) -> str:
    from rupture_protocol.render.words import Words

    name, protocol = explained.name, explained.protocol
    match explained.kind:
        case "condition":
            return Words(protocol).condition(protocol.conditions[name])
        case "role":
            return protocol.roles[name].about
        case "promise":
            return Words(protocol).promise(protocol.promises[name])
        case _:
            source = protocol.sources[name]
            return f"{source.kind}: {source.title}{f' {source.url}' if source.url else ''}"


# As JSON ---------------------------------------------------------------------------------------------


def _to_json(explained: _Explained) -> dict[str, Any]:
    protocol, name = explained.protocol, explained.name
    ref = {"id": protocol.id, "version": protocol.version, "digest": protocol.digest}
    head: dict[str, Any] = {"schema": EXPLAIN, "kind": explained.kind, "name": name, "protocol": ref}
    from rupture_protocol.cli.describing import ways

    match explained.kind:
        case "protocol":
            return head | _protocol_json(protocol)
        case "trigger":
            found = [
                _way_json(each, source, protocol) for each, source in ways(protocol) if each.trigger == name
            ]
            return head | {"ways": found}
        case "fact":
            return head | _fact_json(protocol.facts[name])
        case "state":
            state = protocol.states[name]
            leads = {each.trigger: each.to for each in protocol.transitions_from(name)}
            marks = {"initial": state.initial, "final": state.final, "outcome": state.outcome}
            lists = {"ask": list(state.ask), "forget": list(state.forget), "transitions": leads}
            return head | {"title": state.title} | marks | lists
        case _:
            return head | {"text": _sentence(explained)}


def _protocol_json(protocol: Protocol) -> dict[str, Any]:
    from rupture_protocol.cli.describing import ways
    from rupture_protocol.render.words import Words

    words, about = Words(protocol), protocol.about
    written: dict[str, Any] = {"title": protocol.title, "language": protocol.language}
    if about is not None:
        written["about"] = {
            "purpose": about.purpose,
            "intended_users": list(about.intended_users),
            "not_for": list(about.not_for),
            "authors": list(about.authors),
            "reviewed": about.reviewed,
            "review_by": about.review_by,
        }
    written["roles"] = {name: role.about for name, role in protocol.roles.items()}
    written["states"] = {name: state.title for name, state in protocol.states.items()}
    written["triggers"] = sorted({each.trigger for each, _ in ways(protocol)})
    written["facts"] = {name: fact.ask for name, fact in protocol.facts.items()}
    written["promises"] = {name: words.promise(each) for name, each in protocol.promises.items()}
    written["sources"] = {
        name: {"title": each.title, "kind": each.kind.value, "url": each.url}
        for name, each in protocol.sources.items()
    }
    return written


def _way_json(defined: Transition | Interrupt, source: str | None, protocol: Protocol) -> dict[str, Any]:
    from rupture_protocol.language.protocol import Interrupt
    from rupture_protocol.render.words import Words

    guidance = defined.guidance
    return {
        "from": source,
        "to": defined.to,
        "title": defined.title,
        "interrupt": isinstance(defined, Interrupt),
        "by": list(defined.by),
        "requires": list(Words(protocol).requires(defined)),
        "guidance": None
        if guidance is None
        else {
            "text": guidance.text,
            "say": list(guidance.say),
            "avoid": list(guidance.avoid),
            "steps": list(guidance.steps),
        },
        "source": list(defined.source),
    }


def _fact_json(fact: Fact) -> dict[str, Any]:
    return {
        "type": fact.type.value,
        "title": fact.title,
        "question": fact.ask,
        "values": list(fact.values),
        "also": list(fact.also),
        "by": list(fact.by),
        "lasts": str(fact.lasts) if fact.lasts else None,
        "presumed": fact.presume,
        "sensitive": fact.sensitive,
        "source": list(fact.source),
    }
