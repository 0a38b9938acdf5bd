"""`FactShape` → `Fact`: what its values, limits, labels and presumption mean together."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from rupture_protocol.errors import ValueRefused, shorten
from rupture_protocol.frozen import Frozen
from rupture_protocol.language.facts import LISTED, NUMERIC, Fact, FactType, Value
from rupture_protocol.language.quantities import Duration, Unit, parse_duration
from rupture_protocol.language.references import References
from rupture_protocol.language.shapes import FactShape
from rupture_protocol.language.source import BROKEN, Path, Plain

_BELONGS_TO = {
    "values": "a choice, a scale or a set",
    "also": "a scale",
    "minimum": "an integer or a number",
    "maximum": "an integer or a number",
    "unit": "an integer or a number",
}


class FactResolver:
    """Builds the facts of one protocol."""

    def __init__(self, references: References) -> None:
        self._references = references
        self._report = references.report

    def resolve(self, name: str, shape: FactShape) -> Fact | None:
        """The fact, or None if what its values are cannot be said."""
        path: Path = ("facts", name)
        if not self._values_fit(name, shape, path):
            return None
        fact = Fact(
            name=name,
            type=shape.type,
            title=shape.title,
            # `unknown` has been complained about; as a value it must not be offered by other complaints.
            values=tuple(value for value in shape.values or () if value != "unknown"),
            also=tuple(shape.also or ()),
            minimum=_limit(shape.minimum, shape.type),
            maximum=_limit(shape.maximum, shape.type),
            unit=shape.unit,
            ask=shape.ask,
            labels=Frozen(shape.labels or {}),
            by=self._references.roles(shape.by, (*path, "by")),
            lasts=self._lasts(shape.lasts, path),
            varies=shape.varies,
            sensitive=shape.sensitive,
            source=self._references.sources(shape.source, path),
        )
        self._check_labels(fact, {*fact.values, *fact.also, *(shape.values or ())}, path)
        return self._presuming(fact, shape, path)

    def _values_fit(self, name: str, shape: FactShape, path: Path) -> bool:
        fits = True
        rules: list[tuple[str, Any, bool]] = [
            ("values", shape.values, shape.type in LISTED),
            ("also", shape.also, shape.type is FactType.SCALE),
            ("minimum", shape.minimum, shape.type in NUMERIC),
            ("maximum", shape.maximum, shape.type in NUMERIC),
            ("unit", shape.unit, shape.type in NUMERIC),
        ]
        for key, written, allowed in rules:
            if written is not None and not allowed:
                self._report(
                    "fact-values",
                    f"{shape.type.with_article} has no `{key}`",
                    (*path, key),
                    key=True,
                    help=f"`{key}` belongs to {_BELONGS_TO[key]}",
                )
                fits = fits and key != "values"
        # `values` may be written and broken: then it has been complained about already.
        if shape.type in LISTED and shape.values is None:
            if not self._report.is_written(("facts", name, "values")):
                self._report(
                    "fact-values",
                    f"{shape.type.with_article} needs its `values`",
                    path,
                    key=True,
                    help="as in `values: [none, mild, severe]`",
                )
            return False
        self._check_values(shape, path)
        self._check_limits(shape, path)
        return fits

    def _check_values(self, shape: FactShape, path: Path) -> None:
        seen: set[str] = set()
        for key in ("values", "also"):
            for at, value in enumerate(getattr(shape, key) or ()):
                if value == "unknown":
                    self._report(
                        "unknown-as-value",
                        "`unknown` is not a value",
                        (*path, key, at),
                        help="leave it out; that it cannot be known is a value, as `not_assessable`",
                    )
                elif value in seen:
                    self._report("repeated", f"`{shorten(value)}` is written twice", (*path, key, at))
                elif "," in value or value != value.strip():
                    self._report(
                        "fact-values",
                        "a value has no comma, and no space at its ends",
                        (*path, key, at),
                        help="keep values short, and say the rest in `labels`",
                    )
                seen.add(value)

    def _check_limits(self, shape: FactShape, path: Path) -> None:
        low, high = shape.minimum, shape.maximum
        if low is not None and high is not None and low > high:
            self._report("out-of-range", "`minimum` is larger than `maximum`", (*path, "minimum"))
        if shape.type is FactType.INTEGER:
            for key in ("minimum", "maximum"):
                limit = getattr(shape, key)
                if limit is not None and not isinstance(limit, int):
                    self._report("fact-values", f"the `{key}` of an integer is a whole number", (*path, key))

    def _check_labels(self, fact: Fact, written: set[str], path: Path) -> None:
        known = ("true", "false") if fact.type is FactType.BOOLEAN else fact.values + fact.also
        for value in fact.labels:
            if value not in known and value not in written:
                advice = self._report.did_you_mean(value, known) or f"`{fact.name}` takes {fact.expects()}"
                self._report(
                    "unknown-value",
                    f"`{shorten(value)}` is not a value of `{fact.name}`",
                    (*path, "labels", value),
                    key=True,
                    help=advice,
                )

    def _lasts(self, text: str | None, path: Path) -> Duration | None:
        lasts = parse_duration(text) if text else None
        if lasts is not None and lasts.unit is Unit.WORKING_DAYS:
            self._report(
                "bad-duration",
                "working days count in deadlines only",
                (*path, "lasts"),
                help="write `days` or `weeks`",
            )
        return lasts

    def _presuming(self, fact: Fact, shape: FactShape, path: Path) -> Fact:
        if shape.presume is None or shape.presume is BROKEN:
            return fact
        if fact.type is FactType.TEXT:
            self._report(
                "fact-values",
                "a text is not presumed",
                (*path, "presume"),
                key=True,
                help="leave `presume` out: no condition reads a text",
            )
            return fact
        if not self._report.is_written((*path, "source")):
            self._report(
                "presume-without-source",
                f"`{fact.name}` is presumed, but nothing says on what ground",
                (*path, "presume"),
                key=True,
                help="cite it with `source:`",
            )
        value = self._presumed(fact, shape.presume, (*path, "presume"))
        return fact if value is None else replace(fact, presume=value)

    def _presumed(self, fact: Fact, written: Any, path: Path) -> Value | None:
        if (
            isinstance(written, Plain)
            and not fact.values
            and fact.type not in (FactType.DATE, FactType.DATETIME)
        ):
            self._report(
                "quote-it",
                f"`{shorten(written)}` is read in different ways",
                path,
                help=f"`{fact.name}` takes {fact.expects()}",
            )
            return None
        try:
            return fact.parse(written)
        except ValueRefused as refused:
            known = isinstance(written, str) and bool(fact.values)
            words = (
                f"`{shorten(written)}` is not a value of `{fact.name}`"
                if known
                else f"not a value that `{fact.name}` can have"
            )
            self._report("unknown-value" if known else "wrong-type", words, path, help=refused.help)
            return None


def _limit(written: Decimal | int | None, kind: FactType) -> Decimal | int | None:
    """A limit in the fact's own kind of number: of a number, `3` and `3.0` are one limit."""
    return Decimal(written) if kind is FactType.NUMBER and written is not None else written
