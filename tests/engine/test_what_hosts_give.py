"""What a host gives besides facts: texts to be stored, ids that must not leak, a context that rounds."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Context, Decimal, localcontext

import pytest

from rupture_protocol import Actor, Engine, RecordRefused, RuptureError, ValueRefused, loads

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LEE = Actor("lee", role="therapist")
CAM = Actor("cam-carter", role="client")
HALF = "\ud800"

ENGINE = Engine(
    loads(
        """
format: 1
protocol: small
version: 1.0.0
title: Small
roles: {therapist: The clinician, client: The client}
facts:
  plan: text
  harm: {type: boolean, by: [therapist]}
  score: {type: number, minimum: 1.0000000001, maximum: 1.0000000003}
states:
  start:
    initial: true
    transitions: {go: {to: done, when: {score: {above: 1.0000000001, below: 1.0000000002}}}}
  done: {final: true}
"""
    )
)


def test_a_text_that_no_file_can_hold_is_refused() -> None:
    case = ENGINE.open("case", by=LEE, at=NOON)
    with pytest.raises(ValueRefused):
        ENGINE.record(case, {"plan": HALF}, by=LEE, at=NOON)
    with pytest.raises(RuptureError, match="UTF-8"):
        ENGINE.record(case, {"harm": True}, by=LEE, at=NOON, note=HALF)
    with pytest.raises(RuptureError, match="UTF-8"):
        ENGINE.open(f"case {HALF}", by=LEE, at=NOON)


def test_a_refused_record_does_not_name_who_was_refused() -> None:
    case = ENGINE.open("case", by=LEE, at=NOON)
    with pytest.raises(RecordRefused) as refused:
        ENGINE.record(case, {"harm": True}, by=CAM, at=NOON)
    assert "client" in str(refused.value)
    assert "carter" not in str(refused.value)


def test_a_host_that_rounds_does_not_change_what_is_missing() -> None:
    with localcontext(Context(prec=3)):
        decision = ENGINE.decide(ENGINE.imagine(), at=NOON)
        assert decision["go"].missing == (("score",),)
    midway = Decimal("1.00000000015")
    assert ENGINE.decide(ENGINE.imagine(facts={"score": midway}), at=NOON).open == ("go",)
