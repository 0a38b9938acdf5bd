"""Whether a language is written from right to left."""

from __future__ import annotations

_LANGUAGES = frozenset(
    {
        "ar", "arc", "ckb", "dv", "fa", "glk", "he", "ji", "khw", "ks", "lrc", "mzn", "nqo", "pnb", "prs",
        "ps", "sd", "syr", "ug", "ur", "yi",
    }
)  # fmt: skip
"""Those that are where their tag names no script."""
_SCRIPTS = frozenset(
    {"adlm", "arab", "aran", "hebr", "mand", "nkoo", "rohg", "samr", "syrc", "thaa"}
)  # fmt: skip


def direction(language: str) -> str | None:
    """`rtl` for a language tag that says so, as HTML wants it in `dir`; None where nothing need be said.

    >>> direction("he"), direction("az-Arab"), direction("ar-Latn"), direction("de-CH")
    ('rtl', 'rtl', None, None)
    """
    first, *others = language.lower().split("-")
    scripts = [each for each in others if len(each) == 4 and each.isalpha()]
    is_so = scripts[0] in _SCRIPTS if scripts else first in _LANGUAGES
    return "rtl" if is_so else None
