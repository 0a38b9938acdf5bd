"""Canonical JSON is that of RFC 8785: the package `rfc8785` writes the same bytes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import rfc8785
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from tests.store.books import LEE, NOON, SUE, small_engine

from rupture_protocol.store.entry import content_of, from_bytes, header_of, to_bytes

LARGEST = 2**53 - 1
TEXT = st.text(max_size=12)  # hypothesis leaves out lone surrogates here, which no UTF-8 holds
PLAIN = st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | TEXT
JSON = st.recursive(
    PLAIN, lambda part: st.lists(part, max_size=4) | st.dictionaries(TEXT, part, max_size=4), max_leaves=12
)
MAPPINGS = st.dictionaries(TEXT, JSON, max_size=5)
ENGINE = small_engine()
SETTINGS = settings(max_examples=200, deadline=None)


def is_rfc_8785(written: Callable[[dict[str, Any]], bytes], data: dict[str, Any]) -> bool:
    return written(data) == rfc8785.dumps(data)


@SETTINGS
@given(MAPPINGS)
def test_what_is_kept_is_written_as_rfc_8785_says(data: dict[str, Any]) -> None:
    assert is_rfc_8785(to_bytes, data)


@SETTINGS
@given(MAPPINGS)
def test_what_was_written_is_read_as_it_was_and_written_the_same_again(data: dict[str, Any]) -> None:
    assert from_bytes(to_bytes(data)) == data
    assert to_bytes(from_bytes(to_bytes(data))) == to_bytes(data)


@settings(SETTINGS, max_examples=60)
@given(remark=st.text(max_size=40), note=st.text(max_size=40), count=st.integers(0, 100))
def test_events_are_kept_as_rfc_8785_says(remark: str, note: str, count: int) -> None:
    case = ENGINE.open("c", by=LEE, at=NOON)
    facts = {"count": count, "remark": f"It was: {remark}"}
    case = ENGINE.record(case, facts, by=SUE, at=NOON, note=f"And: {note}")
    for event in case.history:
        assert is_rfc_8785(to_bytes, header_of("c", event, event_id="e", store_id="s", key="k"))
        assert is_rfc_8785(to_bytes, content_of(event, request="request", salt="salt"))


def by_code_point(data: dict[str, Any]) -> bytes:
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def in_ascii(data: dict[str, Any]) -> bytes:
    return json.dumps(data, sort_keys=True, separators=(",", ":")).encode()


def with_spaces(data: dict[str, Any]) -> bytes:
    return json.dumps(data, sort_keys=True, ensure_ascii=False).encode()


def as_it_comes(data: dict[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


@pytest.mark.parametrize("written", [by_code_point, in_ascii, with_spaces, as_it_comes])
def test_json_that_is_nearly_canonical_is_told_from_it(written: Callable[[dict[str, Any]], bytes]) -> None:
    keys = st.sampled_from(["a", "b", "\U0001f600", "\ufb33"])
    nearly = st.dictionaries(keys, PLAIN, max_size=4)
    quick = settings(SETTINGS, phases=[Phase.generate], max_examples=1000)
    try:
        find(nearly, lambda data: not is_rfc_8785(written, data), settings=quick)
    except NoSuchExample:
        pytest.fail("the law would not notice")
