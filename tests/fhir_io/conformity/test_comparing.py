"""How values compare: by span of time, by unit, or not at all."""

from decimal import Decimal
from typing import Any

import pytest

from service.fhir_io.conformity.units import UCUM, factor, incomparable
from service.fhir_io.conformity.values import order, same


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("2026", "2027", -1),
        ("2026-02", "2026-01", 1),
        ("2026", "2026", 0),
        ("2026", "2026-01", None),
        ("2026-01", "2026", None),
        ("2024-02-29", "2024-03", -1),
        ("2026-01-01", "2026-01-01T12:00:00Z", None),
        ("2026-01-01", "2026-01-02T13:00:00Z", None),
        ("2026-01-01", "2026-01-03T00:00:00Z", -1),
        ("2026-01-03", "2026-01-01T00:00:00Z", 1),
        ("2026-01-01T00:00:00+14:00", "2025-12-31T10:00:00Z", 0),
        ("2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00.25Z", 1),
        ("2026-01-01T00:00:60Z", "2026-01-01T00:00:59Z", 0),
        # Beyond what can be computed, nothing is said.
        ("0001-01-01T00:00:00+14:00", "0001-01-02T00:00:00Z", None),
        ("9999", "9999-12-31T00:00:00Z", None),
    ],
)
def test_dates(one: str, other: str, expected: int | None) -> None:
    assert order(("DateTime", one), ("DateTime", other)) == expected
    assert order(("DateTime", other), ("DateTime", one)) == (None if expected is None else -expected)


@pytest.mark.parametrize(
    ("unit", "other", "expected"),
    [
        ("km", "m", 1000),
        ("mg", "g", Decimal("0.001")),
        ("h", "min", 60),
        ("ms", "s", Decimal("0.001")),
        ("mL", "ml", 1),
        ("mmol", "mol", Decimal("0.001")),
        ("Cel", "Cel", 1),
        ("Cel", "K", None),
        ("m", "g", None),
    ],
)
def test_units(unit: str, other: str, expected: Any) -> None:
    assert factor(unit, other) == expected


def test_only_known_units_are_known_to_differ() -> None:
    assert incomparable("m", "g")
    assert not incomparable("m", "km")
    assert not incomparable("kPa", "mm[Hg]")


def test_what_has_no_order() -> None:
    assert order(("String", "a"), ("String", "b")) is None
    assert order(("Boolean", True), ("Boolean", False)) is None
    assert order(("Integer", 1), ("String", "a")) is None


def test_quantities_without_a_value() -> None:
    unit = {"system": UCUM, "code": "kg"}
    assert order(("Quantity", unit), ("Quantity", {**unit, "value": 1})) is None
    assert same(("Quantity", unit), ("Quantity", unit)) is True


def test_a_number_is_the_same_however_it_is_written() -> None:
    assert same(("Decimal", Decimal("1.50")), ("Decimal", Decimal("1.5"))) is True
    assert same(("Integer", 2), ("Decimal", Decimal("2.0"))) is True
    assert same(("Decimal", Decimal(100)), ("Integer", 100)) is True
