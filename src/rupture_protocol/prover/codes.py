"""Every code of the prover, once: its severity, and what it means in a sentence.

The codes of `language.codes` say what is wrong with a file; these say what is wrong with what it means.
"""

from __future__ import annotations

from rupture_protocol.errors import Severity
from rupture_protocol.language.codes import Code

_ERRORS = {
    "broken-promise": "a case can come where a promise does not hold",
    "dead-end": "everything that is read in a state is on record, and nothing is open",
    "trap": "a case can come where no final state can be reached any more",
    "unreachable-state": "no case can ever come to a state",
    "never-open": "no case can ever take a transition or an interrupt",
    "opens-more": "an extension opens what the protocol that it extends does not",
    "assume-cannot-hold": "no case fulfils what `assume` states, so it would prove anything",
}

_WARNINGS = {
    "not-decided": "the prover cannot say whether something holds",
    "never-true": "a condition is true in no situation",
    "always-true": "a condition is false in no situation",
    "never-matters": "a part of a guard changes nothing, whatever it comes to",
    "question-never-needed": "a fact has a question, and nothing reads it",
    "triggers-overlap": "two triggers of a state lead to the same target and are open at the same time",
    "trigger-shadowed": "a trigger is open only where another to the same target is open as well",
    "interrupt-not-open": "an interrupt is true, nothing comes before it, and it is not open",
    "needs-several-people": "one person alone cannot bring a case to an end",
}


def _table(severity: Severity, group: dict[str, str]) -> dict[str, Code]:
    return {name: Code(name, severity, summary) for name, summary in group.items()}


ALL: dict[str, Code] = {**_table(Severity.ERROR, _ERRORS), **_table(Severity.WARNING, _WARNINGS)}
