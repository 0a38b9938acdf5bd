"""What the docs show of the code: `python -m tests.docs.generate`.

Tables (keys, operators, limits, codes) are made anew, and so is what the commands of a page that is followed
print, wherever the page shows all of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.docs.following import refreshed

from rupture_protocol.exports import profiles
from rupture_protocol.language import bases, codes, source, tree
from rupture_protocol.language.condition_parser import _operators
from rupture_protocol.language.conditions import Operator
from rupture_protocol.language.consistency import MOST_STATES
from rupture_protocol.language.facts import FactType
from rupture_protocol.language.schema import json_schema
from rupture_protocol.language.schema_conditions import FORM_WORDS, OPERATOR_WORDS
from rupture_protocol.language.schema_words import ENUMS

DOCS = Path(__file__).parent.parent.parent / "docs"
_MARKED = re.compile(r"(<!-- generated: (.+?) -->\n).*?(<!-- end -->)", re.DOTALL)
_PAGES = "../src/rupture_protocol/pages"

SCHEMA = json_schema()
KINDS = {
    "text": "text",
    "name": "a name",
    "condition": "a [condition](#conditions)",
    "value": "a value, or a list",
    "duration": "a length of time",
    "day": "a day",
    "source-id": "a source's id",
    "version": "three whole numbers",
    "protocol-id": "an id",
    "language-tag": "a language tag",
    "decimal-text": "a decimal in quotes",
    "about": "[about](#about)",
    "source": "[sources](#sources)",
    "role": "[roles](#roles)",
    "fact": "[facts](#facts)",
    "guidance": "[guidance](#transitions)",
    "argument": "[arguments](#transitions)",
    "override": "[override](#transitions)",
    "interrupt": "[interrupts](#interrupts)",
    "transition": "[transitions](#transitions)",
    "anywhere": "[transitions](#transitions)",
    "wait": "[wait](#states)",
    "state": "[states](#states)",
    "mark": "a fact or a state",
    "deadline": "[deadlines](#deadlines)",
    "promise": "[promises](#promises)",
    "named-condition": "[conditions](#conditions)",
    "extends": "[what is extended](#extending)",
    "migration": "[migrations](#versions)",
}
"""What the definitions of the schema are called in a table."""

PLURALS = {
    "text": "texts",
    "name": "names",
    "condition": "[conditions](#conditions)",
    "argument": "[arguments](#transitions)",
    "migration": "[migrations](#versions)",
    "extends": "[what is extended](#extending)",
}


def kind(node: dict[str, Any]) -> str:
    """What kind of value a key takes, in words."""
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        listed = SCHEMA["$defs"][name].get("enum")
        return _quoted(listed) if listed else KINDS[name]
    if "anyOf" in node:
        one = [each for each in node["anyOf"] if each.get("type") != "array"]
        several = ", or a list" if len(one) < len(node["anyOf"]) else ""
        return " or ".join(kind(each) for each in one) + several
    if "const" in node:
        return f"`{node['const']}`"
    if "enum" in node:
        return _quoted(node["enum"])
    match node["type"]:
        case "array":
            return f"a list of {PLURALS[node['items']['$ref'].rpartition('/')[2]]}"
        case "object":
            entry = kind(node["additionalProperties"]).split(" or ")[0]
            return f"{entry}, by name"
        case "boolean":
            return "`true` or `false`"
        case other:
            return f"a {other}"


def _quoted(values: Iterable[str]) -> str:
    return ", ".join(f"`{value}`" for value in values)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def keys(shape: str, *, without: str | None = None) -> str:
    """The keys of a mapping of the format, those that must be there in bold."""
    definition = SCHEMA if shape == "protocol" else SCHEMA["$defs"][shape]
    known = SCHEMA["$defs"][without]["properties"] if without else {}
    rows = []
    for name, node in definition["properties"].items():
        if name in known:
            continue
        must = "**" if name in (*definition.get("required", ()), *_asked_of_a_whole(shape)) else ""
        default = node.get("default")
        ending = f" Left out: `{default}`." if default not in (None, False) else ""
        rows.append((f"{must}`{name}`{must}", kind(node), node["description"] + ending))
    return _table(("key", "takes", "means"), rows)


def _asked_of_a_whole(shape: str) -> list[str]:
    """The keys that must be there unless they are inherited."""
    whole = SCHEMA["$defs"]["whole"]
    sections: dict[str, Any] = {
        name.removesuffix("s"): node["additionalProperties"] for name, node in whole["properties"].items()
    }
    steps = sections["state"]["properties"]["transitions"]["additionalProperties"]
    asked = {"protocol": whole, **sections, "transition": steps}.get(shape, {})
    return list(asked.get("required", ()))


def types() -> str:
    """The types of facts."""
    return _table(
        ("`type`", "what it holds"), ((f"`{name}`", said) for name, said in ENUMS["fact-type"].items())
    )


def forms() -> str:
    """The forms of conditions."""
    facts = [
        ("`<fact>: value`", "Holds when the fact equals it."),
        ("`<fact>: [a, b]`", "Holds when the fact is one of them."),
        ("`<fact>: {…}`", "Holds when the fact compares so: see below."),
        ("`<condition>: true`", "Holds when the named condition does."),
        ("`<condition>: false`", "Holds when the named condition definitely does not."),
    ]
    return _table(("key", "means"), [*facts, *((f"`{form}`", said) for form, said in FORM_WORDS.items())])


def operators() -> str:
    """The operators, and the types of facts that each fits."""
    rows = []
    for operator in Operator:
        fits = [kind.value for kind in FactType if kind is not FactType.TEXT and operator in _operators(kind)]
        every = len(fits) == len(FactType) - 1
        rows.append((f"`{operator}`", "every type" if every else ", ".join(fits), OPERATOR_WORDS[operator]))
    return _table(("operator", "for", "holds when the fact"), rows)


def limits() -> str:
    """What a file may not go beyond."""
    rows = [
        ("a file", f"{source.LARGEST_FILE // 1024} KiB", "file-too-large"),
        ("mappings and lists in one another", f"{tree.DEEPEST} levels", "too-deep"),
        ("keys, values and list items", f"{tree.MOST_NODES:,}", "too-many-nodes"),
        ("one text", f"{tree.LONGEST_SCALAR:,} characters", "scalar-too-long"),
        ("one key", f"{tree.LONGEST_KEY} characters", "key-too-long"),
        ("states", f"{MOST_STATES}", "too-many-states"),
        ("files, with all that is extended", f"{bases.MOST_FILES}", "extends-too-large"),
        ("all of them together", f"{bases.LARGEST_TOGETHER // 2**20} MiB", "extends-too-large"),
        ("`extends` above one another", f"{bases.MOST_LEVELS} levels", "extends-too-deep"),
    ]
    return _table(("what", "at most", "code"), ((what, most, _linked(code)) for what, most, code in rows))


def _linked(code: str) -> str:
    folder = "codes" if code in codes.ALL else "findings"
    return f"[`{code}`]({_PAGES}/{folder}/{code}.md)"


def code_group(name: str) -> str:
    """The codes of one group, each with its page."""
    known, listed = {**codes.ALL, **codes.FINDINGS}, {**codes.GROUPS, **codes.FOUND}
    return _table(("code", "means that"), ((_linked(code), known[code].summary) for code in listed[name]))


SHAPES = {
    "a protocol": "protocol",
    "a source": "source",
    "a role": "role",
    "a fact": "fact",
    "a state": "state",
    "a transition": "transition",
    "an argument": "argument",
    "an interrupt": "interrupt",
    "a deadline": "deadline",
    "a mark": "mark",
    "a promise": "promise",
    "an entry of migrates": "migration",
    **{name: name for name in ("about", "wait", "override", "guidance", "extends")},
}
"""What the keys of the schema's definitions are called between markers."""


def readers(table: str) -> str:
    """Which profile gets what of one kind of thing, and in which form."""
    tables = {name: list(rows.values()) for name, rows in profiles.TABLES.items()}
    rows = {**tables, "kind": list(profiles.KINDS.values()), "sensitive": [profiles.HIDDEN]}[table]
    shown = [row for row in rows if set(map(row.of, profiles.Profile)) != {profiles.BELOW}]
    written = ((row.says, *(row.of(each).value for each in profiles.Profile)) for row in shown)
    return _table(("what", *(f"`{each}`" for each in profiles.Profile)), written)


PIECES: dict[str, Callable[[], str]] = {
    **{f"keys of {the}": partial(keys, shape) for the, shape in SHAPES.items()},
    "keys of anywhere alone": partial(keys, "anywhere", without="transition"),
    "types of facts": types,
    "forms of conditions": forms,
    "operators": operators,
    "limits": limits,
    **{f"readers of {table}": partial(readers, table) for table in (*profiles.TABLES, "kind", "sensitive")},
    **{f"codes, {name}": partial(code_group, name) for name in (*codes.GROUPS, *codes.FOUND)},
}
"""What can stand between markers in a page."""


def generated(page: str) -> str:
    """A page with what stands between its markers made anew."""
    return _MARKED.sub(lambda match: f"{match[1]}\n{PIECES[match[2]]()}\n{match[3]}", page)


def pages() -> list[Path]:
    """The pages of the docs."""
    return sorted(DOCS.glob("*.md"))


FOLLOWED = (DOCS / "tutorial.md",)
"""The pages that are followed from top to bottom."""


if __name__ == "__main__":
    for path in pages():
        path.write_text(generated(path.read_text("utf-8")), "utf-8")
    for path in FOLLOWED:
        with TemporaryDirectory() as folder:
            path.write_text(refreshed(path.read_text("utf-8"), Path(folder)), "utf-8")
