"""Cells that no spreadsheet runs: an apostrophe before whatever one would take for a formula.

A cell runs where it begins with `=`, `+`, `-` or `@`; spaces, quotes and characters that nobody sees do not
help, and full-width twins count too. A spreadsheet that splits at semicolons or tabs, as in much of Europe,
also begins cells within ours: so an apostrophe stands there too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

APOSTROPHE = "'"
_STARTS_A_FORMULA = frozenset("=+-@|%\u2212")  # `|` and `%`: DDE in older spreadsheets; U+2212: minus
_BEGINS_A_CELL = frozenset(";\t\r\n")
_LEADS_OUT = frozenset("\t\r\n")
_QUOTES = frozenset("\"'`\u00b4\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb\u2039\u203a")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def defused(text: str) -> str:
    """A text as it is written into a cell."""
    marked, before = [], 0
    for place in _places(text):
        marked.append(text[before:place])
        before = place
    return APOSTROPHE.join((*marked, text[before:]))


def restored(cell: str) -> str:
    """The text that was written into a cell."""
    kept, before = [], 0
    for place in _places(cell):
        kept.append(cell[before:place])
        before = place + 1 if cell[place : place + 1] == APOSTROPHE else place
    return "".join((*kept, cell[before:]))


def as_cell(value: object) -> str:
    """A value in a cell. A plain number, below zero too, is a number to a spreadsheet and stays one."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case list() | tuple():
            return defused(", ".join(map(str, value)))
        case _:
            text = str(value)
            return text if _NUMBER.fullmatch(text) else defused(text)


def starts_a_formula(character: str) -> bool:
    """Whether a cell that begins with a character would be run."""
    return unicodedata.normalize("NFKC", character)[:1] in _STARTS_A_FORMULA


def _places(text: str) -> Iterator[int]:
    """Where apostrophes go, from left to right, each once: where a cell begins, or may begin."""
    begins: int | None = 0
    leads = True
    for at, character in enumerate(text):
        if character in _BEGINS_A_CELL:
            if leads and character in _LEADS_OUT:
                yield 0
            elif character == "\t" and begins is not None:
                yield begins  # a cell that begins in a line of its own, with a tab
            begins, leads = at + 1, False
        elif begins is None or _is_passed_over(character):
            continue
        else:
            # INVARIANT: a place at 0 comes once: `leads` ends where `begins` moves on.
            if starts_a_formula(character):
                yield begins
            begins, leads = None, False


def _is_passed_over(character: str) -> bool:
    """Whether a spreadsheet may look past a character for the beginning of a cell."""
    return (
        character.isspace() or character in _QUOTES or unicodedata.category(character) in ("Cc", "Cf", "Zs")
    )
