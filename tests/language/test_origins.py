"""The whole resolved protocol, each value with the place it comes from."""

from __future__ import annotations

from tests.shelf import BASE, HEAD, protocol

from rupture_protocol import load, loads
from rupture_protocol.language.origins import origins

OWN = """\
states:
  aware:
    transitions:
      go: {when: {seen: true}, guidance: {say: [Thank you]}}
interrupts: {hold: {guidance: Call us}}
"""


def shown(text: str) -> str:
    """The lines without the space before where they come from."""
    return "\n".join("  # ".join(part.rstrip() for part in line.split("  # ")) for line in text.splitlines())


def test_each_value_has_the_file_and_line_it_comes_from() -> None:
    found = shown("\n".join(origins(protocol(HEAD + OWN, base=BASE))))

    assert """\
        when:
          all:
            -
              agrees: true  # base.yaml:41
            -
              seen: true  # clinic.yaml:9
""" in found  # fmt: skip
    assert """\
        guidance:
          say:
            - I am sorry  # base.yaml:43
            - Thank you  # clinic.yaml:9
""" in found  # fmt: skip
    assert "protocol: clinic  # clinic.yaml:2" in found


def test_what_it_shows_is_the_resolved_protocol_again() -> None:
    found = protocol(HEAD + OWN, base=BASE)

    assert loads("\n".join(origins(found))) == found


def test_a_text_that_several_files_make_up_has_several_places() -> None:
    middle = HEAD.replace("clinic", "middle") + "interrupts: {hold: {guidance: Call them}}\n"
    found = protocol(HEAD.replace("base", "middle") + OWN, middle=middle, base=BASE)

    assert 'text: "Call them\\nCall us"  # middle.yaml:6, clinic.yaml:10' in shown("\n".join(origins(found)))


def test_the_shipped_protocol_is_shown_whole() -> None:
    standard = load("standard")

    assert loads("\n".join(origins(standard))) == standard
