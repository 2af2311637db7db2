"""Waivers that name attributes: they excuse single cases of a test, and those only."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from tensorcts.backends.numpy_native import OPS
from tensorcts.conformance import waivers
from tensorcts.conformance.cache import Cache
from tensorcts.conformance.cases import Case
from tensorcts.conformance.checks import Test
from tensorcts.conformance.runner import Settings
from tensorcts.conformance.session import Session
from tensorcts.conformance.waivers import Waiver
from tensorcts.reference import dtypes, registry
from tensorcts.reports.records import Result

TODAY = datetime.date.today()
YESTERDAY = TODAY - datetime.timedelta(days=1)
FAULTY = dtypes.INTEGER


def off_by_one(x: Any, *, dtype: str) -> Any:
    cast = OPS["astype"](x, dtype=dtype)
    return cast + cast.dtype.type(1) if dtype in FAULTY else cast


def waiver(attributes: str, expires: datetime.date = TODAY, reason: str = "known") -> Waiver:
    return Waiver("astype-int16-*", reason, "here", expires, attributes=attributes)


@pytest.fixture
def result(cache: Cache, faulty: Callable[..., str]) -> Callable[..., Result]:
    """The result of a check of the cast with the off-by-one, under waivers."""

    def run(check: str, *held: Waiver) -> Result:
        session = Session([name], Settings(0, 300), held, cache=cache)
        return session.run(Test(registry.get("astype"), "int16", check), name)

    name = faulty({"astype": off_by_one})
    return run


@pytest.mark.parametrize("check", ["special_values", "shapes", "random"])
def test_only_the_cases_named_are_excused(result: Callable[..., Result], check: str) -> None:
    some, every = waiver("dtype='int*'"), waiver("dtype='*int*'")
    found = result(check, some)
    assert (found.verdict, found.waiver) == ("fail", "")
    assert found.attributes.startswith("dtype='uint")
    found = result(check, every)
    assert (found.verdict, found.waiver) == ("waived", "known (here)")
    assert found.attributes in {f"dtype='{name}'" for name in FAULTY}
    assert "reproduce(" in found.reproducer


def test_two_waivers_may_excuse_a_test_together(result: Callable[..., Result]) -> None:
    held = [waiver(f"dtype='{kind}*'", reason=kind) for kind in ("int", "uint")]
    found = result("special_values", *held)
    assert (found.verdict, found.waiver) == ("waived", "int (here); uint (here)")
    assert waivers.complaints(held, [found], [found.id]) == []


def test_what_is_excused_is_made_small_too(result: Callable[..., Result]) -> None:
    assert result("special_values", waiver("dtype='*int*'")).shapes == [[1]]


def test_an_expired_waiver_excuses_nothing(result: Callable[..., Result]) -> None:
    found = result("special_values", waiver("dtype='*int*'", YESTERDAY))
    assert found.verdict == "fail"
    assert f"its waiver expired on {YESTERDAY}" in found.message


def test_a_waiver_whose_cases_hold_is_stale(result: Callable[..., Result]) -> None:
    needed, stale = waiver("dtype='*int*'"), waiver("dtype='bool'", reason="other")
    found = result("special_values", needed, stale)
    assert waivers.complaints([needed, stale], [found], [found.id]) == [
        "the waiver 'astype-int16-*' with dtype='bool' is not needed: 1 tests pass"
    ]


@pytest.mark.parametrize(
    ("attributes", "pattern", "covered"),
    [
        ("dtype='int8'", "dtype='int8'", True),
        ("dtype='int8'", "dtype='int*'", True),
        ("dtype='uint8'", "dtype='int*'", False),
        ("dtype='int8'", "int8", False),
        ("axis=0, keepdims=True", "*keepdims=True*", True),
        ("", "", True),
        ("", "dtype='int8'", False),
        ("axis=0", "", True),
    ],
)
def test_patterns_match_the_whole_text(attributes: str, pattern: str, covered: bool) -> None:
    assert waiver(pattern).covers(attributes) is covered


def test_the_text_of_a_case_is_that_of_its_attributes() -> None:
    case = Case(registry.get("sum"), "float32", (), {"axis": (0, -1), "dtype": "int8"})
    assert case.attributes == "axis=(0, -1), dtype='int8'"
    assert Case(registry.get("exp"), "float32", ()).attributes == ""
