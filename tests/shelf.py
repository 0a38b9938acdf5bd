"""A library in memory: protocols by the names of their files, in one folder that is the search path, too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rupture_protocol import Protocol
from rupture_protocol.language.bases import assemble
from rupture_protocol.language.checking import Checked
from rupture_protocol.language.library import NotThere, Text


@dataclass(frozen=True)
class Shelf:
    """Texts by the names of their files."""

    files: Mapping[str, str]

    def text(self, name: str) -> Text:
        return Text(name, self.files[name].encode(), name, "the shelf")

    def named(self, protocol: str) -> Iterator[Text]:
        if f"{protocol}.yaml" in self.files:
            yield self.text(f"{protocol}.yaml")

    def beside(self, text: Text, name: str) -> Text:
        if name not in self.files:
            raise NotThere(f"there is no file `{name}` here", help="it must be in the same folder")
        return self.text(name)

    def translations(self, text: Text) -> Mapping[str, Text]:
        stem = text.name.removesuffix(".yaml")
        beside = [name for name in self.files if name.startswith(f"{stem}.")]
        return {name.split(".")[1]: self.text(name) for name in beside if name.count(".") == 2}

    def names(self) -> tuple[str, ...]:
        return tuple(name.removesuffix(".yaml") for name in self.files)


def checked(file: str, **files: str) -> Checked:
    """What is said of a file, others beside it: `base="…"` is `base.yaml`."""
    shelf = Shelf(
        {f"{name.replace('_', '-')}.yaml": text for name, text in {**files, "clinic": file}.items()}
    )
    return assemble(shelf.text("clinic.yaml"), shelf)


def protocol(file: str, **files: str) -> Protocol:
    """The protocol that a file and those beside it make up; it must have no errors."""
    found = checked(file, **files)
    assert found.protocol is not None, "\n".join(issue.render() for issue in found.errors)
    return found.protocol


HEAD = """\
format: 1
protocol: clinic
version: 2.0.0
title: Our clinic
extends: {file: base.yaml}
"""
"""The first lines of an extension of `base.yaml`."""

BASE = """\
format: 1
protocol: base
version: 1.2.0
title: Repairing harm
about:
  purpose: To repair
  intended_users: [therapists]
  not_for: [emergencies]
  review_by: "2027-11-01"
sources:
  code-1: {title: A code, kind: code}
roles:
  therapist: The clinician
  supervisor: The supervisor
  client: {about: The client, title: Client}
facts:
  agrees: {type: boolean, ask: "Do both agree?", by: [therapist, client]}
  danger:
    {type: scale, values: [none, some, high], also: [not_assessable], ask: "?", lasts: 2 days, varies: true}
  harm:
    type: choice
    values: [mild, severe]
    labels: {mild: Mild}
    sensitive: true
  capacity: {type: boolean, presume: true, source: code-1}
  age: {type: integer, minimum: 18, maximum: 120, unit: a}
  asked_on: date
  seen: boolean
conditions:
  unsafe: {title: In danger, danger: high}
  fine: {agrees: true, seen: true}
states:
  aware:
    initial: true
    title: Harm noticed
    ask: [danger]
    transitions:
      go:
        to: talking
        by: [therapist, supervisor]
        when: {agrees: true}
        needs: [harm]
        guidance: {say: [I am sorry]}
        source: code-1
      ask_first: {to: consulted, despite: all}
  talking:
    forget: [seen]
    transitions:
      finish:
        to: ended
        not_same_person: [go]
        override: {by: [supervisor, therapist], reasons: [preference, not_fitting]}
        for: [{because: It is time}]
  consulted:
    transitions:
      back: {to: aware, title: Go back}
  held:
    wait: {reason: until it is safe, until: {unsafe: false}}
    transitions:
      resume: {to: aware}
  ended: {final: true, outcome: ended}
  referred: {final: true}
anywhere:
  refer:
    to: referred
    except: [aware]
  leave:
    to: ended
    only: [talking, consulted]
interrupts:
  hold:
    to: held
    when: {unsafe: true}
    title: Stop
deadlines:
  notice:
    starts: {state: talking}
    within: 10 working days
    met_by: {fact: asked_on}
    kind: code
    source: code-1
  call:
    starts: {fact: asked_on}
    met_by: {state: ended}
promises:
  safe: {whenever: {unsafe: true}, offer: hold, says: Safety first}
  asked: {enter: ended, needs: [harm]}
assume:
  - {not: {agrees: true, harm: severe}}
"""

SOUND = BASE.replace(
    "        to: ended\n        not_same", "        to: ended\n        needs: [harm]\n        not_same"
).replace("    to: ended\n    only", "    to: ended\n    needs: [harm]\n    only")
"""The same, with guards that keep its promises by themselves, so that what extends it can be loaded."""
"""A base with something of everything."""
