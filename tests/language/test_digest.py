"""The digest stands for what a protocol means: no more, and nothing less."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from decimal import Decimal

import pytest
from tests.corpus.cases import VALID

from rupture_protocol.language.digest import canonical_json
from rupture_protocol.loading import loads

PROTOCOL = """\
format: 1
protocol: example
version: 1.0.0
title: Repairing harm
about: {purpose: To repair harm}
sources:
  own: {title: Our rule, kind: clinic}
roles:
  therapist: The clinician
  supervisor: The supervisor
facts:
  agrees: {type: boolean, presume: false, source: own, ask: "Agreed?"}
  danger: {type: scale, values: [low, high], lasts: 24 hours, labels: {low: Low, high: High}}
  dose: {type: number, minimum: 0.5, presume: 1, source: own}
conditions:
  unsafe: {danger: high}
  low_dose: {dose: {below: 2}}
states:
  aware:
    initial: true
    ask: [danger, agrees]
    transitions:
      close: {to: closed, when: {agrees: true, unsafe: false}, by: [therapist], guidance: Slowly}
      stop: {to: closed, needs: [danger], for: [{because: It is time}]}
  closed: {final: true}
interrupts:
  hold: {to: aware, when: {unsafe: true}}
  calm: {to: aware, when: {danger: high, agrees: false}}
deadlines:
  notice: {starts: {state: aware}, met_by: {state: closed}, within: 10 days}
promises:
  way_out: {always_reachable: closed}
assume: [{visited: aware}]
"""


def digest(*changes: tuple[str, str]) -> str:
    text = PROTOCOL
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return loads(text).digest


SAME = digest()


def test_a_digest_is_64_hex_digits() -> None:
    assert len(SAME) == 64
    assert set(SAME) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("format: 1\n", "# a comment\nformat: 1  # another\n"),
        ("title: Repairing harm", "title: 'Repairing harm'"),
        ("title: Repairing harm", 'title: "Repairing\\x20harm"'),
        ("states:\n", "\n\nstates:\n"),
        ("closed: {final: true}", "closed:\n    final: true"),
        ("protocol: example\nversion: 1.0.0\n", "version: 1.0.0\nprotocol: example\n"),
        ("{to: closed, needs: [danger], ", "{needs:   [danger], to: closed, "),
        ("{always_reachable: closed}", "{always_reachable: [closed]}"),
        ("guidance: Slowly", "guidance: {text: Slowly}"),
        ("therapist: The clinician", "therapist: {about: The clinician}"),
        ("{agrees: true, unsafe: false}", "{all: [{agrees: true}, {unsafe: false}]}"),
        ("{danger: high}", "{danger: {is: high}}"),
        ("closed: {final: true}", "closed: {final: true, initial: false}"),
        ("minimum: 0.5", "minimum: 0.50"),
        ("presume: 1,", "presume: 1.0,"),
        ("{below: 2}", "{below: 2.00}"),
        ("because: It is time", "because: It is time, strength: plain"),
        ("within: 10 days", "within: 10 days, kind: clinic"),
        ("type: boolean, presume: false", "type: boolean, varies: false, sensitive: false, presume: false"),
    ],
)
def test_the_way_a_protocol_is_written_does_not_change_its_digest(old: str, new: str) -> None:
    assert digest((old, new)) == SAME


def test_the_name_of_the_file_does_not_change_the_digest() -> None:
    assert loads(PROTOCOL, file="another.yaml").digest == SAME


def test_line_breaks_and_a_byte_order_mark_do_not_change_the_digest() -> None:
    assert loads(b"\xef\xbb\xbf" + PROTOCOL.replace("\n", "\r\n").encode()).digest == SAME


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("protocol: example", "protocol: another"),
        ("version: 1.0.0", "version: 1.0.1"),
        ("title: Repairing harm", "title: Repairing  harm"),
        ("purpose: To repair harm", "purpose: To repair"),
        ("{purpose: To repair harm}", "{authors: [To repair harm]}"),
        ("kind: clinic}", "kind: research}"),
        ("therapist: The clinician", "therapist: A clinician"),
        ("presume: false, source: own, ", ""),
        ("presume: false", "presume: true"),
        ('ask: "Agreed?"', 'ask: "Agreed??"'),
        ("values: [low, high]", "values: [high, low]"),
        ("values: [low, high]", "values: [low, high], also: [not_assessable]"),
        ("type: scale", "type: choice"),
        ("lasts: 24 hours", "lasts: 1 day"),
        ("low: Low", "low: LOW"),
        ("minimum: 0.5", "minimum: 0.4"),
        ("minimum: 0.5", "maximum: 5"),
        ("presume: 1,", "presume: 0.9,"),
        ("unsafe: {danger: high}", "unsafe: {danger: low}"),
        ("unsafe: {danger: high}", "unsafe: {danger: {is_not: high}}"),
        ("unsafe: {danger: high}", "unsafe: {not: {danger: high}}"),
        ("unsafe: {danger: high}", "unsafe: {title: Unsafe, danger: high}"),
        ("unsafe: false}", "unsafe: true}"),
        ("{agrees: true, unsafe: false}", "{any: [{agrees: true}, {unsafe: false}]}"),
        ("ask: [danger, agrees]", "ask: [agrees, danger]"),
        ("by: [therapist]", "by: [supervisor]"),
        ("needs: [danger]", "needs: [agrees]"),
        ("needs: [danger], ", ""),
        ("guidance: Slowly", "guidance: {say: Slowly}"),
        ("because: It is time", "because: It is time, strength: strong"),
        ("for: [{because", "against: [{because"),
        ("stop: {to: closed, ", "stop: {to: closed, despite: all, "),
        ("stop: {to: closed, ", "stop: {to: closed, not_same_person: [close], "),
        ("stop: {to: closed, ", "stop: {to: closed, override: {by: [supervisor], reasons: [other]}, "),
        ("closed: {final: true}", "closed: {final: true, outcome: closed}"),
        ("    initial: true\n", "    initial: true\n    forget: [agrees]\n"),
        ("    initial: true\n", "    initial: true\n    wait: {reason: so}\n"),
        ("within: 10 days", "within: 10 working days"),
        (", within: 10 days", ""),
        ("{starts: {state: aware}", "{starts: {fact: agrees}"),
        ("way_out: {always", "way_out: {when: {agrees: true}, always"),
        ("[{visited: aware}]", "[]"),
        ("interrupts:\n", "anywhere:\n  leave: {to: closed}\ninterrupts:\n"),
    ],
)
def test_whatever_a_protocol_means_is_in_its_digest(old: str, new: str) -> None:
    assert digest((old, new)) != SAME


def test_the_order_of_interrupts_is_their_urgency_and_so_in_the_digest() -> None:
    hold = "  hold: {to: aware, when: {unsafe: true}}\n"
    calm = "  calm: {to: aware, when: {danger: high, agrees: false}}\n"

    assert digest((hold + calm, calm + hold)) != SAME


def test_the_order_of_states_and_transitions_is_in_the_digest() -> None:
    close = (
        "      close: {to: closed, when: {agrees: true, unsafe: false}, by: [therapist], guidance: Slowly}\n"
    )
    stop = "      stop: {to: closed, needs: [danger], for: [{because: It is time}]}\n"

    assert digest((close + stop, stop + close)) != SAME


def test_a_digest_is_the_same_in_every_process() -> None:
    program = "import sys; from rupture_protocol.loading import loads; print(loads(sys.stdin.read()).digest)"
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            input=PROTOCOL,
            text=True,
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
        ).stdout.strip()
        for seed in ("0", "1", "4242")
    }

    assert found == {SAME}


def test_no_two_of_the_valid_files_have_one_digest_unless_they_say_the_same() -> None:
    digests = {path.stem: loads(path.read_bytes()).digest for path in VALID.glob("*.yaml")}
    same = {name for name in digests if list(digests.values()).count(digests[name]) > 1}

    assert same == {"smallest", "json"}


def test_canonical_json_sorts_keys_by_utf_16_and_writes_no_white_space() -> None:
    # RFC 8785, 3.2.3: U+1F600 is a surrogate pair in UTF-16, and so comes before U+FB33.
    data = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}

    assert list(json.loads(canonical_json(data)).values()) == [2, 4, 6, 7, 1, 5, 3]
    assert canonical_json({"b": [True, None], "a": "é\n"}) == '{"a":"é\\n","b":[true,null]}'


@pytest.mark.parametrize("value", [1.5, Decimal(1), {1}, object()])
def test_canonical_json_holds_no_float_and_nothing_that_json_does_not_know(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_json([value])
