"""How many people a protocol needs, as far as its rules about people go."""

from __future__ import annotations

from tests.prover.tiny import codes, proved, the

PEOPLE = """
roles: {therapist: One, client: Other}
facts: {agrees: {type: boolean, by: [client]}}
states:
  start: {initial: true, transitions: {go: {to: done, by: [therapist], when: {agrees: true}}}}
  done: {final: true}
"""


def test_one_person_who_cannot_finish_is_told() -> None:
    finding = the(proved(PEOPLE), "needs-several-people")
    assert "every way to an end needs `therapist`, `client`" in finding.issue.message
    alone = PEOPLE.replace("by: [client]", "by: [therapist]")
    assert "needs-several-people" not in codes(proved(alone))


ONE_EACH = """
roles: {clinician: One, supervisor: Two, client: Three}
facts: {agrees: {type: boolean, by: [client]}, advice: {type: boolean, by: [supervisor]}}
states:
  start: {initial: true, transitions: {own: {to: middle, by: [clinician], when: {agrees: true}}}}
  middle: {transitions: {review: {to: last, by: [clinician], not_same_person: [own]}}}
  last: {transitions: {go: {to: done, by: [clinician], when: {advice: true}}}}
  done: {final: true}
"""


def test_one_clinician_who_cannot_finish_is_told_that_there_must_be_two() -> None:
    finding = the(proved(ONE_EACH), "needs-several-people")
    said, _, needed = finding.issue.message.partition(": ")
    assert said == "with one person in each role this protocol cannot finish"
    assert needed == "there must be several people as `clinician`"
    either = ONE_EACH.replace("{to: last, by: [clinician],", "{to: last, by: [clinician, supervisor],")
    finding = the(proved(either), "needs-several-people")
    assert "one person, in one role," in finding.issue.message  # the supervisor reviews
    assert "every way to an end needs `clinician`, `supervisor`, `client`" in finding.issue.message


def test_what_is_taken_later_does_not_keep_anybody_from_what_comes_before() -> None:
    text = """
roles: {therapist: One}
states:
  start: {initial: true, transitions: {review: {to: middle, not_same_person: [own]}}}
  middle: {transitions: {own: {to: last}}}
  last: {transitions: {go: {to: done}, again: {to: done, not_same_person: [own]}}}
  done: {final: true}
"""
    assert "needs-several-people" not in codes(proved(text))
    assert "needs-several-people" in codes(proved(text.replace("go: {to: done}, ", "")))


def test_an_override_counts_for_those_who_may_override_only() -> None:
    text = """
roles: {therapist: One, supervisor: Two}
facts: {agrees: {type: boolean, by: [supervisor]}}
states:
  start:
    initial: true
    transitions:
      go: {to: done, by: [therapist], when: {agrees: true}, override: {by: [BY], reasons: [it_was_right]}}
  done: {final: true}
"""
    assert "needs-several-people" not in codes(proved(text.replace("BY", "supervisor")))
    twice = text.replace("BY", "therapist").replace(
        "it_was_right]}}", "it_was_right]}, not_same_person: [go]}"
    )
    assert "needs-several-people" not in codes(proved(twice))
    apart = text.replace("[BY]", "[supervisor]").replace("to: done, by", "to: middle, by")
    apart = apart.replace("  done:", "  middle: {transitions: {on: {to: done, by: [therapist]}}}\n  done:")
    assert "every way to an end needs `therapist`" in the(proved(apart), "needs-several-people").issue.message


def test_one_person_who_may_not_do_both_cannot_finish() -> None:
    text = """
roles: {therapist: One}
states:
  start: {initial: true, transitions: {consult: {to: middle}}}
  middle: {transitions: {go: {to: done, not_same_person: [consult]}}}
  done: {final: true}
"""
    assert "needs-several-people" in codes(proved(text))
    around = text.replace("consult: {to: middle}", "consult: {to: middle}, walk: {to: middle}")
    assert "needs-several-people" not in codes(proved(around))
