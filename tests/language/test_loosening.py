"""An extension that loosens, redefines or removes something is refused at its line, with both places.

The line that is refused ends in `# !`.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from tests.shelf import BASE, HEAD, checked


@dataclass(frozen=True)
class Attempt:
    """What an extension writes, how it is refused, and what stands at the other place."""

    name: str
    written: str
    code: str
    inherited: str
    help: str = ""


ATTEMPTS = [
    Attempt("a recorder is added", """
facts:
  agrees: {by: [therapist, supervisor]}  # !
""", "loosened", "agrees: {type: boolean", "keep some of `therapist`, `client`"),
    Attempt("a role of its own may record", """
roles: {nurse: The nurse}
facts:
  seen: {by: [nurse]}  # !
""", "loosened", "seen: boolean"),
    Attempt("a role of its own may take a step", """
roles: {nurse: The nurse}
states:
  aware:
    transitions:
      go: {by: [therapist, nurse]}  # !
""", "loosened", "by: [therapist, supervisor]"),
    Attempt("a role of its own may take a step that all may", """
roles: {nurse: The nurse}
states:
  talking: {transitions: {finish: {by: [nurse]}}}  # !
""", "loosened", "finish:"),
    Attempt("nobody is left to record", """
facts:
  agrees: {by: []}  # !
""", "nobody-left", "agrees: {type: boolean"),
    Attempt("nobody is left to take a step", """
states: {aware: {transitions: {go: {by: []}}}}  # !
""", "nobody-left", "by: [therapist, supervisor]"),
    Attempt("nobody is left to override", """
states: {talking: {transitions: {finish: {override: {by: []}}}}}  # !
""", "nobody-left", "override: {by: [supervisor, therapist]"),
    Attempt("a record holds longer", """
facts:
  danger: {lasts: 3 days}  # !
""", "loosened", "lasts: 2 days", "as in `1 day`"),
    Attempt("a record holds longer when clocks change", """
facts:
  danger: {lasts: 48 hours}  # !
""", "loosened", "lasts: 2 days"),
    Attempt("a sensitive fact is no more", """
facts:
  harm: {sensitive: false}  # !
""", "loosened", "sensitive: true"),
    Attempt("a fact gets another type", """
facts:
  agrees: {type: choice}  # !
""", "redefined", "type: boolean"),
    Attempt("a fact gets another type in its short form", """
facts:
  seen: text  # !
""", "redefined", "seen: boolean"),
    Attempt("a fact gets more values", """
facts:
  harm: {values: [mild, severe, none]}  # !
""", "redefined", "values: [mild, severe]"),
    Attempt("a scale gets another judgement", """
facts:
  danger: {also: [not_assessable, unsure]}  # !
""", "redefined", "also: [not_assessable]"),
    Attempt("a limit moves", """
facts:
  age: {minimum: 16}  # !
""", "redefined", "minimum: 18"),
    Attempt("a fact stops varying", """
facts:
  danger: {varies: false}  # !
""", "redefined", "varies: true"),
    Attempt("a fact begins to vary", """
facts:
  seen: {varies: true}  # !
""", "redefined", "seen: boolean"),
    Attempt("something is presumed", """
facts:
  seen: {presume: true, source: code-1}  # !
""", "redefined", "seen: boolean"),
    Attempt("something else is presumed", """
facts:
  capacity: {presume: false}  # !
""", "redefined", "presume: true"),
    Attempt("a question is turned round", """
facts:
  agrees: {ask: "Does somebody disagree?"}  # !
""", "redefined", 'ask: "Do both agree?"'),
    Attempt("a label is turned round", """
facts:
  harm: {labels: {mild: Severe}}  # !
""", "redefined", "mild: Mild"),
    Attempt("a named condition means something else", """
conditions:
  unsafe: {danger: high, seen: true}  # !
""", "redefined", "unsafe: {title"),
    Attempt("a step leads elsewhere", """
states: {aware: {transitions: {go: {to: ended}}}}  # !
""", "redefined", "to: talking"),
    Attempt("a step goes on despite an inherited interrupt", """
states: {aware: {transitions: {go: {despite: [hold]}}}}  # !
""", "loosened", "hold:"),
    Attempt("a step goes on despite everything", """
states: {aware: {transitions: {go: {despite: all}}}}  # !
""", "loosened", "hold:"),
    Attempt("a step of its own goes on despite an inherited interrupt", """
states: {aware: {transitions: {skip: {to: consulted, despite: [hold]}}}}  # !
""", "loosened", "hold:"),
    Attempt("a step of its own from anywhere goes on despite everything", """
anywhere: {debrief: {to: consulted, despite: all}}  # !
""", "loosened", "hold:"),
    Attempt("a step may be overridden", """
states: {aware: {transitions: {go: {override: {by: [supervisor], reasons: [a]}}}}}  # !
""", "redefined", "go:"),
    Attempt("somebody else may override", """
states: {talking: {transitions: {finish: {override: {by: [supervisor, client]}}}}}  # !
""", "loosened", "override: {by"),
    Attempt("there is another reason to override", """
states: {talking: {transitions: {finish: {override: {reasons: [preference, hurry]}}}}}  # !
""", "loosened", "reasons: [preference"),
    Attempt("an argument is put into an inherited step", """
states: {aware: {transitions: {go: {for: [{because: Quick}]}}}}  # !
""", "redefined", "go:"),
    Attempt("a step is offered in other states", """
anywhere: {leave: {only: [talking, aware]}}  # !
""", "redefined", "only: [talking, consulted]"),
    Attempt("a step is offered nowhere any more", """
anywhere: {leave: {except: [talking, consulted]}}  # !
""", "removed", "leave:"),
    Attempt("a step is taken out", """
states: {aware: {transitions: {go: }}}  # !
""", "removed", "go:"),
    Attempt("what a step requires is taken out", """
states: {aware: {transitions: {go: {when: }}}}  # !
""", "removed", "when: {agrees: true}"),
    Attempt("an interrupt is taken out", """
interrupts: {hold: null}  # !
""", "removed", "hold:"),
    Attempt("an interrupt fires less often", """
interrupts: {hold: {when: {unsafe: true, seen: true}}}  # !
""", "redefined", "when: {unsafe: true}"),
    Attempt("an interrupt fires more often under the same name", """
interrupts: {hold: {when: {any: [{unsafe: true}, {seen: true}]}}}  # !
""", "redefined", "when: {unsafe: true}", "may share its `to`"),
    Attempt("an interrupt leads elsewhere", """
interrupts: {hold: {to: consulted}}  # !
""", "redefined", "to: held"),
    Attempt("fewer may take an interrupt", """
interrupts: {hold: {by: [supervisor]}}  # !
""", "redefined", "hold:"),
    Attempt("a second beginning", """
states:
  early: {initial: true, transitions: {start: {to: aware}}}  # !
""", "redefined", "initial: true"),
    Attempt("an inherited state begins", """
states: {talking: {initial: true}}  # !
""", "redefined", "talking:"),
    Attempt("the beginning is no more", """
states: {aware: {initial: false}}  # !
""", "redefined", "initial: true"),
    Attempt("an inherited state ends", """
states: {held: {final: true}}  # !
""", "redefined", "held:"),
    Attempt("an ending goes on", """
states: {ended: {transitions: {again: {to: aware}}}}  # !
""", "redefined", "final: true"),
    Attempt("an outcome changes", """
states: {ended: {outcome: cured}}  # !
""", "redefined", "outcome: ended"),
    Attempt("an inherited state waits", """
states: {talking: {wait: {reason: We wait}}}  # !
""", "redefined", "talking:"),
    Attempt("a wait ends otherwise", """
states: {held: {wait: {reason: until it is safe}}}  # !
""", "redefined", "wait: {reason"),
    Attempt("an inherited state forgets", """
states: {consulted: {forget: [harm]}}  # !
""", "redefined", "consulted:"),
    Attempt("something is not forgotten any more", """
states: {talking: {forget: [harm]}}  # !
""", "redefined", "forget: [seen]"),
    Attempt("a deadline is later", """
deadlines: {notice: {within: 11 working days}}  # !
""", "loosened", "within: 10 working days", "as in `5 working days`"),
    Attempt("a deadline is counted in another unit", """
deadlines: {notice: {within: 9 days}}  # !
""", "loosened", "within: 10 working days"),
    Attempt("a deadline runs less often", """
deadlines: {notice: {when: {seen: true}}}  # !
""", "redefined", "notice:"),
    Attempt("a deadline is met by something else", """
deadlines: {notice: {met_by: {fact: seen}}}  # !
""", "redefined", "met_by: {fact: asked_on}"),
    Attempt("a deadline starts later", """
deadlines: {notice: {starts: {state: ended}}}  # !
""", "redefined", "starts: {state: talking}"),
    Attempt("a deadline is shown as law", """
deadlines: {notice: {kind: law}}  # !
""", "redefined", "kind: code"),
    Attempt("a promise counts less often", """
promises: {asked: {when: {seen: true}}}  # !
""", "redefined", "asked:"),
    Attempt("a promise promises something else", """
promises: {asked: {enter: ended, needs: [seen]}}  # !
""", "redefined", "needs: [harm]"),
    Attempt("a promise is taken out", """
promises: {safe: null}  # !
""", "removed", "safe:"),
    Attempt("a source becomes law", """
sources: {code-1: {kind: law}}  # !
""", "redefined", "kind: code"),
    Attempt("a role becomes somebody else", """
roles: {supervisor: Anybody}  # !
""", "redefined", "supervisor: The supervisor"),
    Attempt("an inherited state is given a trigger that it does not offer", """
states: {consulted: {transitions: {go: {to: talking}}}}  # !
""", "name-clash", "go:"),
    Attempt("a state's own step hides one from anywhere", """
states: {aware: {transitions: {refer: {to: referred}}}}  # !
""", "name-clash", "refer:"),
    Attempt("an interrupt is called as a step", """
interrupts: {go: {to: held, when: {seen: true}}}  # !
""", "name-clash", "go:"),
    Attempt("a fact is called as a condition", """
facts:
  fine: boolean  # !
""", "name-clash", "fine: {agrees"),
    Attempt("a fact takes the title of conditions away", """
facts:
  title: boolean  # !
""", "name-clash", "title: In danger"),
    Attempt("the review is put off", """
about:
  review_by: "2028-01-01"  # !
""", "loosened", 'review_by: "2027-11-01"'),
]  # fmt: skip


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: attempt.name)
def test_it_is_refused_at_its_line_with_both_places(attempt: Attempt) -> None:
    text = HEAD + attempt.written
    line = next(at for at, each in enumerate(text.splitlines(), 1) if each.endswith("# !"))
    found = checked(text, base=BASE)

    assert found.protocol is None
    (issue,) = found.errors
    assert (issue.code, issue.span.file, issue.span.line) == (attempt.code, "clinic.yaml", line)
    (note,) = issue.also
    assert note.span.file == "base.yaml"
    assert attempt.inherited in BASE.splitlines()[note.span.line - 1]
    assert issue.help
    assert attempt.help in issue.help


def test_there_are_enough_of_them() -> None:
    assert len(ATTEMPTS) >= 30
