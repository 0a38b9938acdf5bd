"""Every limit: what is at it is read, what is one beyond is an error that names it."""

from __future__ import annotations

import time

import pytest

from rupture_protocol.language.consistency import MOST_STATES
from rupture_protocol.language.facts import BIGGEST_INTEGER, LONGEST_TEXT
from rupture_protocol.loading import checks

HEAD = "format: 1\nprotocol: example\nversion: 1.0.0\ntitle: Repairing harm\n"
STATES = "states:\n  aware: {initial: true, transitions: {close: {to: closed}}}\n  closed: {final: true}\n"


def codes(text: str | bytes) -> list[str]:
    started = time.process_time()
    found = [issue.code for issue in checks(text).errors]
    assert time.process_time() - started < 5
    return found


def deep(levels: int) -> str:
    """A protocol of so many levels: the file, `conditions`, `deep`, a comparison, and `not`s between."""
    nots = levels - 4
    return (
        HEAD
        + "facts: {a: date}\nconditions:\n  deep: "
        + "{not: " * nots
        + "{a: {within: 1 day}}"
        + "}" * nots
        + "\n"
        + STATES
    )


def nodes(count: int) -> str:
    """A protocol of so many keys, values, mappings and lists."""
    fixed = 1 + 8 + 16 + 2 + 2 + 3
    rest = count - fixed
    authors = "about: {authors: [one" + ", two" * (rest % 2) + "]}\n"
    return HEAD + STATES + authors + "facts:\n" + "".join(f"  f{at}: date\n" for at in range(rest // 2))


def sized(size: int) -> str:
    text = HEAD + STATES
    return text + "#" * (size - len(text))


def states(count: int) -> str:
    return HEAD + STATES + "".join(f"  s{at}: {{title: Here}}\n" for at in range(count - 2))


def scalar(length: int) -> str:
    return HEAD + f"derived_from: {'x' * length}\n" + STATES


def key(length: int) -> str:
    return HEAD + f"facts: {{{'x' * length}: boolean}}\n" + STATES


LIMITS = {
    "file-too-large": (sized, 256 * 1024),
    "too-deep": (deep, 32),
    "too-many-nodes": (nodes, 20_000),
    "scalar-too-long": (scalar, 8_192),
    "key-too-long": (key, 128),
    "too-many-states": (states, MOST_STATES),
}


@pytest.mark.parametrize("code", LIMITS)
def test_what_is_at_a_limit_is_read(code: str) -> None:
    make, limit = LIMITS[code]

    assert codes(make(limit)) == []


@pytest.mark.parametrize("code", LIMITS)
def test_what_is_one_beyond_a_limit_is_an_error_that_names_it(code: str) -> None:
    make, limit = LIMITS[code]

    assert codes(make(limit + 1)) == [code]
    (issue,) = checks(make(limit + 1)).errors
    named = f"{limit:,}" if limit != 256 * 1024 else "256 KiB"
    assert named in issue.message


def test_a_limit_of_bytes_counts_bytes() -> None:
    text = (HEAD + STATES).encode()
    rest = 256 * 1024 - len(text)
    wide = "é" * (rest // 2)

    assert codes(text + b"#" + wide.encode()[: rest - 1 - (rest - 1) % 2] + b" " * ((rest - 1) % 2)) == []
    assert codes(text + b"#" + wide.encode() + b"  ") == ["file-too-large"]


def test_a_whole_number_is_one_that_json_keeps() -> None:
    for sign in ("", "-"):
        fact = f"facts: {{f: {{type: integer, minimum: {sign}%s}}}}\n"
        assert codes(HEAD + fact % BIGGEST_INTEGER + STATES) == []
        assert codes(HEAD + fact % (BIGGEST_INTEGER + 1) + STATES) == ["number-too-large"]
        assert codes(HEAD + fact % ("9" * 5_000) + STATES) == ["number-too-large"]


def test_a_decimal_has_34_digits() -> None:
    fact = "facts: {f: {type: number, maximum: 0.%s}}\n"

    assert codes(HEAD + fact % ("1" * 33) + STATES) == []
    assert codes(HEAD + fact % ("1" * 34) + STATES) == ["number-too-large"]


def test_a_text_fact_is_as_long_as_a_scalar() -> None:
    assert LONGEST_TEXT == 8_192


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "{a: " * 60_000,
        "- " * 100_000,
        "a: " * 80_000,
        "? " * 100_000,
        "!" * 200_000,
        "&a " * 80_000,
        "*a " * 80_000,
        '"' + "\\x41" * 60_000 + '"',
        "'" * 200_000,
        "#" * 262_144,
        "\n" * 262_144,
        "-\n" * 131_000,
        "a\n" * 131_000,
        "%" * 200_000,
        "|\n" + " a\n" * 80_000,
        "[" + "," * 200_000,
        "[" + "a," * 120_000 + "]",
        "\t" * 200_000,
        ": " * 120_000,
        "\u202e" * 80_000,
        "\x00" * 200_000,
        "x" * 262_144,
        HEAD + "states: {" + "a: {}, " * 30_000 + "}",
        HEAD + STATES + "conditions: {c: {any: [" + "{c: true}, " * 4_900 + "]}}",
    ],
    ids=lambda text: repr(text[:12]),
)
def test_no_text_that_is_allowed_to_be_so_long_takes_long(text: str) -> None:
    assert codes(text)


def test_thousands_of_wrong_names_take_no_minutes() -> None:
    facts = "".join(f"  fact_number_{at}: date\n" for at in range(2_000))
    wrong = ", ".join(f"fact_nomber_{at}" for at in range(3_000))
    text = HEAD + f"facts:\n{facts}" + STATES.replace("initial: true", f"initial: true, ask: [{wrong}]")

    found = codes(text)

    assert found == ["unknown-fact"] * 3_000


def test_a_list_of_thousands_of_names_takes_no_minutes() -> None:
    facts = "".join(f"  f{at}: date\n" for at in range(6_000))
    names = ", ".join(f"f{at}" for at in range(6_000))
    text = HEAD + f"facts:\n{facts}" + STATES.replace("initial: true", f"initial: true, ask: [{names}]")

    assert codes(text) == []
