"""The units of UCUM that are converted: those of length, mass, volume, time and amount."""

from __future__ import annotations

from decimal import Decimal

UCUM = "http://unitsofmeasure.org"

_PREFIXES = {
    "": Decimal(1),
    "k": Decimal("1e3"),
    "d": Decimal("1e-1"),
    "c": Decimal("1e-2"),
    "m": Decimal("1e-3"),
    "u": Decimal("1e-6"),
    "n": Decimal("1e-9"),
    "p": Decimal("1e-12"),
    "f": Decimal("1e-15"),
}
_METRIC = {"m": "length", "g": "mass", "L": "volume", "l": "volume", "mol": "amount", "s": "time"}
_OTHERS = {
    "[in_i]": ("length", Decimal("0.0254")),
    "[ft_i]": ("length", Decimal("0.3048")),
    "[yd_i]": ("length", Decimal("0.9144")),
    "[mi_i]": ("length", Decimal("1609.344")),
    "[oz_av]": ("mass", Decimal("28.349523125")),
    "[lb_av]": ("mass", Decimal("453.59237")),
    "t": ("mass", Decimal("1e6")),
    "min": ("time", Decimal(60)),
    "h": ("time", Decimal(3600)),
    "d": ("time", Decimal(86400)),
    "wk": ("time", Decimal(604800)),
    "mo": ("time", Decimal(2629800)),
    "a": ("time", Decimal(31557600)),
}
_UNITS = {
    f"{prefix}{unit}": (kind, factor) for unit, kind in _METRIC.items() for prefix, factor in _PREFIXES.items()
} | _OTHERS
"""UCUM code → what it measures and how many of its base unit it is (https://ucum.org/ucum, tables 2 to 9)."""


def factor(unit: str, other: str) -> Decimal | None:
    """How many of `other` one `unit` is; None when they do not measure the same, or are not known."""
    if unit == other:
        return Decimal(1)
    one, two = _UNITS.get(unit), _UNITS.get(other)
    if one is None or two is None or one[0] != two[0]:
        return None
    return one[1] / two[1]


def incomparable(unit: str, other: str) -> bool:
    """Whether two units are known to measure different things."""
    one, two = _UNITS.get(unit), _UNITS.get(other)
    return one is not None and two is not None and one[0] != two[0]
