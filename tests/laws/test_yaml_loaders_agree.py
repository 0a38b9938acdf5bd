"""The law: what is read, where it is, and all that is wrong with it do not depend on PyYAML's loader."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from rupture_protocol.language import source
from rupture_protocol.language.masking import Masked
from rupture_protocol.language.tree import Tree

pytestmark = pytest.mark.skipif(not getattr(yaml, "__with_libyaml__", False), reason="PyYAML without libyaml")

PROTOCOL = """\
# a protocol
format: 1
protocol: standard   # id
title: "Repairing: unintended \\\\u00e9 harm"
about: {purpose: 'it''s', n: [1, 2.5, true, null, ~, yes]}
facts:
  level:
    values: [none, low, "a b": c, {x: y}]
    ask: >-
      How high
        is it?

      now
    note: |2
       two
      x
  other: plain text
    over lines # c
  list:
  - a
  - b: c
    d:
  -
    - - x
"""

PIECES = [
    "a", "b", "x y", "0", "1.5", "-", ":", ": ", " :", "?", "? ", " ?", "- ", "[", "]", "{", "}", ",", ", ",
    "#", " #", "&", "&a ", "*", "*a", "!", "!!", "!!str ", "!a ", "|", "|\n", ">", ">-\n", "|+2\n", "|#",
    "'", '"', "''", "\\", "\\n", "\\u0041", "\\x41", "\\ud83d", "\\U0001F600", "\\u202e", "\\ ", "\\\n",
    "\\u", "%", "%YAML 1.2\n", "@", "`", "\t", "\n", "\n\n", "\r", "\r\n", " ", "  ", "    ", "\n  ",
    "\n - ", "\n  - ", "---", "...", "\n---\n", "\n...\n", "--- ", "<<: ", "=", "~", "\x85",
    "\u2028", "\ufeff", "\u200b", "é", "e\u0301", "漢", "😀", "שלום", "a: ", "k: v\n", "\n a: b",
    "a:b", "a?", "?a", ":a", "::", "a:,", "a:]", "{a:", "[a:", "null", "12:30", "\x00", "\x7f",
    "\ufffd", "\U000e0001", "\xa0", "\u3000",
]  # fmt: skip


def readings(data: bytes) -> list[object]:
    """What each loader makes of a file: data with its types, places, and issues as an author reads them."""
    found: list[object] = []
    with pytest.MonkeyPatch.context() as patch:
        for loader in (yaml.CSafeLoader, yaml.SafeLoader):
            patch.setattr(source, "_loader", lambda loader=loader: loader)
            document, issues = source.read(data, file="f.yaml")
            read = document and (repr(document.data), document.places)
            found.append((read, [(issue.render(), issue.caret, issue.underline) for issue in issues]))
    return found


def agree(data: bytes) -> bool:
    """The law's check."""
    return all(one == other for one, other in pairwise(readings(data)))


@settings(max_examples=1_000, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_the_loaders_agree_on_any_heap_of_indicators(pieces: list[str]) -> None:
    assert agree("".join(pieces).encode())


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60))
def test_the_loaders_agree_on_any_bytes(data: bytes) -> None:
    assert agree(data)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_the_loaders_agree_on_any_text(text: str) -> None:
    assert agree(text.encode(errors="surrogatepass"))


def damaged(seed: int) -> bytes:
    """A protocol with a few pieces put in and a few characters lost."""
    chance = random.Random(seed)
    lines = PROTOCOL.splitlines(keepends=True)
    start = chance.randrange(len(lines))
    text = PROTOCOL if chance.random() < 0.3 else "".join(lines[start : start + chance.randint(1, 12)])
    for _ in range(chance.randint(1, 4)):
        at = chance.randint(0, len(text))
        lost = chance.choice([0, 0, 1, 3])
        text = text[:at] + chance.choice(["", *PIECES]) + text[at + lost :]
    return text.encode()


def test_the_loaders_agree_on_damaged_protocols() -> None:
    assert [seed for seed in range(1_500) if not agree(damaged(seed))] == []


@pytest.mark.parametrize(
    "text",
    ["a: [why?]", "a:\tb", 'a: "\\ud83d"', "a: [b:]", "a\t# c", "|#", "!&*a!a \n a: b", "a: 'x"],
)
def test_the_loaders_agree_where_pyyamls_do_not(text: str) -> None:
    assert agree(text.encode())


@pytest.mark.parametrize("written", ["a: [why?]", "a:\tb", "[ a b\t]"])
def test_a_reader_without_the_mask_is_caught(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Masked, "of", lambda text, *, hidden: Masked(text, f"{text}\n"))

    assert not agree(written.encode())


def test_a_reader_that_trusts_the_c_loader_with_tags_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Tree, "_refuse_properties", lambda self, event, position: None)

    assert not agree(b"!&*a!a \n a: b=")
