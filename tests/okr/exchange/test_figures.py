"""Numbers as people write them are read, and what may mean two things is refused."""

from __future__ import annotations

import pytest

from okr.exchange.figures import Figure, decimal_mark, read_figure


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("40%", 40, "%"),
        ("12,5 %", 12.5, "%"),
        ("1 234,5", 1234.5, None),
        ("1\u00a0234\u00a0567", 1234567, None),
        ("1\u202f234,5", 1234.5, None),
        ("1'234.5", 1234.5, None),
        ("1,234.5", 1234.5, None),
        ("1.234,5", 1234.5, None),
        ("1,234,567", 1234567, None),
        ("1.234.567", 1234567, None),
        ("0,125", 0.125, None),
        ("0.125", 0.125, None),
        ("1234.567", 1234.567, None),
        ("-3,5", -3.5, None),
        ("−3", -3, None),
        ("-$5", -5, "$"),
        ("$-5", -5, "$"),
        ("$1,200.50", 1200.5, "$"),
        ("€2.5k", 2500, "€"),
        ("2,5 mln zł", 2500000, "zł"),
        ("300 tys.", 300000, None),
        ("1.1M", 1100000, None),
        ("3 mld", 3e9, None),
        ("14 days", 14, "days"),
        ("4,5 pkt", 4.5, "pkt"),
        ("+7", 7, None),
        ("007", 7, None),
    ],
)
def test_a_number_is_read_with_its_unit(text: str, value: float, unit: str | None) -> None:
    assert read_figure(text) == Figure(value, unit)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1,234", "may be 1234 or 1.234"),
        ("1.234", "may be 1234 or 1.234"),
        ("5m", "may mean millions"),
        ("5B", "may mean millions"),
        ("12 34", "not a number"),
        ("1,23,456", "not a number"),
        ("1.2.3", "not a number"),
        ("1,234.5,6", "not a number"),
        ("abc", "not a number"),
        ("around 5", "not a number"),
        ("#REF!", "not a number"),
        ("5-7", "not a number"),
        ("=1+1", "is a formula"),
        ("9" * 30, "absurdly large"),
        ("1e5", "not a number"),
        ("٣", "not a number"),
    ],
)
def test_what_is_no_number_or_may_be_two_is_refused(text: str, said: str) -> None:
    found = read_figure(text)
    assert isinstance(found, str), found
    assert said in found


def test_the_rest_of_the_sheet_decides_between_two_readings() -> None:
    assert read_figure("1,234", ".") == Figure(1234.0)
    assert read_figure("1,234", ",") == Figure(1.234)
    assert read_figure("1.234", ",") == Figure(1234.0)
    assert decimal_mark(["1,234", "99.5"]) == "."
    assert decimal_mark(["1,234,567"]) == "."
    assert decimal_mark(["99,5", "99.5"]) is None
    assert decimal_mark(["99", ""]) is None
