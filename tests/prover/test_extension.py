"""An extension is proved before anybody gets it."""

from __future__ import annotations

import pytest

from rupture_protocol import InvalidProtocol, loads
from rupture_protocol.language.codes import FINDINGS, page
from rupture_protocol.prover.extension import broken_by

HEAD = """
format: 1
protocol: riverside
version: 1.0.0
extends: {protocol: standard, version: ">=1,<2"}
states:
"""

TIGHTER = f"""{HEAD}
  modified:
    transitions:
      continue: {{when: {{harm_severity: {{below: severe}}}}}}
"""

SHORTCUT = f"""{HEAD}
  consulted:
    transitions:
      go_on_anyway: {{to: continued, when: {{consult_done: true}}}}
"""


def test_an_extension_that_keeps_every_promise_loads() -> None:
    protocol = loads(TIGHTER)
    assert protocol.id == "riverside"
    assert not [issue for issue in broken_by(protocol) if issue.severity == "error"]


def test_one_that_breaks_a_promise_is_refused_with_a_story() -> None:
    with pytest.raises(InvalidProtocol) as refused:
        loads(SHORTCUT)
    broken = [issue for issue in refused.value.issues if issue.code == "broken-promise"]
    assert "only_by_agreement" in broken[0].message
    assert broken[0].story is not None
    assert "go_on_anyway" in broken[0].story.ends
    assert "story:" in refused.value.render()
    assert (
        broken[0].excerpt.strip().startswith("only_by_agreement")
    )  # the line of the base, not of the extension


def test_what_an_extension_assumes_does_not_save_a_promise_of_its_base() -> None:
    assumed = (
        f"{SHORTCUT}\nassume: [{{client_continuation_choice: continue, therapist_willing_to_continue: true}}]"
    )
    with pytest.raises(InvalidProtocol) as refused:
        loads(assumed)
    assert "broken-promise" in {issue.code for issue in refused.value.issues}


@pytest.mark.parametrize("code", FINDINGS)
def test_every_finding_has_its_page(code: str) -> None:
    assert page(code).startswith(f"# {code}\n\n**{FINDINGS[code].severity.value.capitalize()}:**")
