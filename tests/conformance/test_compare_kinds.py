"""The comparison by kinds of numbers: integers, complex ones, zeros, subnormals, several truths."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tensorcts.conformance.compare import Comparison, compare, truth_text, without_subnormals
from tensorcts.conformance.oracle import Expected
from tensorcts.reference import dtypes
from tensorcts.tolerances.rules import SIGMAS, Rule

EXACT, ULPS, DERIVED = Rule("exact", ""), Rule("ulp", "", 4.0), Rule("derived", "")
NAN, TINY, NORMAL = np.nan, 2.0**-140, 2.0**-126


def expected(hi: Any, dtype: str = "float32", rule: Rule = EXACT, **more: Any) -> Expected:
    hi = np.asarray(hi, dtypes.numpy_dtype(dtypes.wide(dtype)))
    lo, sigma = (more.pop(name, default) for name, default in (("lo", 0.0), ("sigma", None)))
    spread = None if sigma is None else np.full(hi.shape, sigma)
    return Expected(dtype, rule, hi, np.full(hi.shape, lo), spread, None, **more)


def judged(
    got: Any, truth: Any, dtype: str = "float32", rule: Rule = EXACT, **more: Any
) -> Comparison:
    flags = {"zero_sign": more.pop("zero_sign", True), "flush": more.pop("flush", "no")}
    wanted = expected(truth, dtype, rule, **more)
    return compare(np.asarray(got).astype(dtypes.numpy_dtype(dtype)), wanted, **flags)


# -- Integers and bools ----------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [*dtypes.INTEGER, "bool"])
def test_integers_are_equal_or_wrong(dtype: str) -> None:
    right, wrong = judged([1, 0, 1], [1, 0, 1], dtype), judged([1, 1, 0], [1, 0, 1], dtype)
    assert right == Comparison("pass", count=3)
    assert (wrong.outcome, wrong.message) == ("fail", "2 of 3 elements are wrong")
    assert (wrong.index, wrong.allowed, wrong.vacuous) == ((1,), "exact", 0)
    assert (wrong.ulp, wrong.z, wrong.tightness) == (None, None, None)


def test_integers_that_float64_can_not_tell_apart_are_not_equal() -> None:
    assert judged([2**60 + 1], [2**60], "int64").outcome == "fail"


def test_a_bool_is_a_byte_of_0_or_1() -> None:
    """Any other counts as true here and as another number there."""
    got = np.array([2, 1], np.uint8).view(bool)
    found = compare(got, expected([True, True], "bool"), zero_sign=True)
    assert (found.outcome, found.message) == ("fail", "1 bools are bytes other than 0 and 1")
    free = Expected("bool", EXACT, np.ones(2, bool), np.zeros(2), None, np.array([True, False]))
    assert compare(got, free, zero_sign=True).outcome == "pass"


# -- Zeros -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", [ULPS, DERIVED])
def test_the_sign_of_a_zero_counts_under_every_rule(rule: Rule) -> None:
    sigma = None if rule is ULPS else 1e-9
    for got, truth in ((-0.0, 0.0), (0.0, -0.0)):
        found = judged([1.0, got], [1.0, truth], rule=rule, sigma=sigma)
        assert (found.outcome, found.index) == ("fail", (1,))
        free = judged([1.0, got], [1.0, truth], rule=rule, sigma=sigma, zero_sign=False)
        assert free.outcome == "pass"


def test_what_only_rounds_to_zero_has_the_sign_that_it_has() -> None:
    assert judged([-0.0], [1e-46], rule=ULPS).outcome == "vacuous"
    assert judged([-0.0], [0.0], rule=ULPS, lo=1e-46).outcome == "pass"
    assert judged([-1e-45], [0.0], rule=ULPS).outcome == "pass"


# -- Figures ---------------------------------------------------------------------------------------


def test_the_figures_of_what_passes() -> None:
    ulp = 2.0**-23
    assert judged([1.5, 1.0], [1.5, 1.0]) == Comparison("pass", "", 0.0, None, None, 2)
    off = judged([1.5 + ulp, 1.0], [1.5, 1.0], rule=ULPS)
    assert off == Comparison("pass", "", 1.0, None, 0.25, 2)
    derived = judged([1.5 + ulp], [1.5], rule=DERIVED, sigma=ulp)
    assert derived == Comparison("pass", "", 1.0, 1 / 1.5, 1 / (0.5 + SIGMAS), 1)
    assert judged([1.5], [1.5], rule=DERIVED, sigma=ulp).z == 0


def test_what_rounds_right_is_as_far_off_as_rounding_takes_it() -> None:
    assert judged([1.5, 1.0], [1.5 + 2.0**-25, 1.0]).ulp == 0.25
    past = judged([1.0, NAN], [1.0, 1e3], "float8_e4m3fn")  # which has no infinity to overflow to
    assert (past.outcome, past.ulp) == ("pass", 0.0)


def test_what_is_not_judged_adds_no_figure() -> None:
    free = np.array([True, False])
    wanted = Expected("float32", ULPS, np.zeros(2), np.zeros(2), None, free)
    found = compare(np.float32([7, 0]), wanted, zero_sign=True)
    assert found == Comparison("pass", "", 0.0, None, 0.0, 2, 1)


def test_a_truth_beyond_float64_is_shown_with_its_second_term() -> None:
    assert truth_text(expected([1.0], lo=1e-20), (0,)) == "1.0 + 1e-20"
    assert truth_text(expected([1.0]), (0,)) == "1.0"
    assert truth_text(expected([1j], "complex64"), (0,)) == "1j"


# -- Several truths --------------------------------------------------------------------------------


@pytest.mark.parametrize("sigma", [None, 1e-7])
def test_a_result_is_measured_beside_the_truth_that_it_agrees_with(sigma: float | None) -> None:
    rule = ULPS if sigma is None else DERIVED
    allowing = expected([1.0, 2.0], rule=rule, sigma=sigma, alternatives=(np.array([5.0, 6.0]),))
    right = compare(np.float32([5, 2]), allowing, zero_sign=True)
    assert (right.outcome, right.ulp, right.tightness) == ("pass", 0.0, 0.0)
    assert right.z == (None if sigma is None else 0.0)
    wrong = compare(np.float32([1, 3]), allowing, zero_sign=True)
    assert (wrong.outcome, wrong.index, wrong.ulp) == ("fail", (1,), 2.0**23)
    assert wrong.tightness is not None and wrong.allowed.endswith(" ulp")


def test_a_weak_bound_stays_weak_beside_another_truth() -> None:
    weak = expected([1.0], rule=DERIVED, sigma=1.0, alternatives=(np.array([2.0]),))
    assert compare(np.float32([2]), weak, zero_sign=True).outcome == "vacuous"


def test_another_truth_is_a_number_by_itself() -> None:
    """Complex where the first is, and without that one's second term."""
    both = expected([1j], "complex64", alternatives=(np.array([2 + 3j]),))
    assert compare(np.complex64([2 + 3j]), both, zero_sign=True).outcome == "pass"
    small = expected([1.0], lo=2.0**-60, alternatives=(np.array([2.0**-60]),))
    assert compare(np.float32([2.0**-60]), small, zero_sign=True).outcome == "pass"


def test_a_zero_that_may_come_has_its_sign_too() -> None:
    either = expected([1.0], alternatives=(np.array([-0.0]),))
    for got, outcome in ((-0.0, "pass"), (1.0, "pass"), (0.0, "fail")):
        assert compare(np.float32([got]), either, zero_sign=True).outcome == outcome


def test_what_is_admitted_is_right_whatever_the_truth() -> None:
    mask = np.array([True, False])
    for got, outcome in (([7, 2], "pass"), ([1, 7], "fail"), ([7, 7], "fail")):
        found = compare(
            np.float32(got), expected([1.0, 2.0], rule=ULPS), zero_sign=True, admitted=mask
        )
        assert found.outcome == outcome
        assert outcome == "fail" or found.ulp == 0.0


# -- Complex numbers -------------------------------------------------------------------------------


def test_the_last_rounding_of_a_complex_number_takes_half_an_ulp_in_each_part() -> None:
    ulp = sigma = 2.0**-23
    bound = (np.sqrt(0.5) + SIGMAS) * ulp
    for share, outcome in ((0.99, "pass"), (1.02, "fail")):
        got = [1.5 + share * bound * 1j]
        found = judged(got, [1.5 + 0j], "complex64", DERIVED, sigma=sigma)
        assert found.outcome == outcome
        assert found.z == pytest.approx(share * bound / ulp / (1 + np.sqrt(0.5)))


def test_nan_in_either_part_is_no_error_under_a_bound() -> None:
    found = judged([complex(1, NAN)], [complex(NAN, 0)], "complex64", ULPS)
    assert (found.outcome, found.ulp) == ("pass", 0.0)


# -- Subnormals ------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float32", "complex64", "bfloat16"])
def test_subnormals_become_zeros_of_their_sign(dtype: str) -> None:
    x = np.array([TINY, -TINY, 1, NORMAL, -0.0, NAN]).astype(dtypes.numpy_dtype(dtype))
    flushed = without_subnormals(x)
    real = flushed.real.astype(np.float64)
    np.testing.assert_array_equal(real, np.array([0, 0, 1, NORMAL, 0, NAN]))
    np.testing.assert_array_equal(np.signbit(real[:5]), [False, True, False, False, True])
    assert flushed.dtype == x.dtype


def test_subnormal_parts_become_zeros_each() -> None:
    flushed = without_subnormals(np.complex64([complex(1, -TINY), complex(TINY, 2)]))
    assert flushed.tolist() == [1, 2j]
    assert np.signbit(flushed.imag[0])


@pytest.mark.parametrize("x", [[0.0, 1.0, NAN], [0j, complex(NAN, 1), 1j], [0, 1]])
def test_an_array_without_subnormals_is_itself(x: Any) -> None:
    array = np.array(x)
    assert without_subnormals(array) is array


def test_a_signalling_nan_is_taken_without_a_warning() -> None:
    signalling = np.array([0x7F800001, 1], np.uint32).view(np.float32)
    with np.errstate(invalid="raise"):
        flushed = without_subnormals(signalling)
    assert np.isnan(flushed[0])
    assert flushed[1] == 0


@pytest.mark.parametrize("rule", [EXACT, ULPS])
def test_what_is_flushed_is_no_error_and_ends_at_the_smallest_normal(rule: Rule) -> None:
    flushed = judged([0.0], [TINY], rule=rule, flush="results")
    assert (flushed.outcome, flushed.ulp) == ("pass", 0.0)
    edge = NORMAL if rule is EXACT else NORMAL + 4 * 2.0**-149
    assert judged([0.0], [edge], rule=rule, flush="results").outcome == "fail"
