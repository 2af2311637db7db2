"""The comparison: what passes, what fails, what it says; by rule and by law."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorcts.conformance.compare import Comparison, compare
from tensorcts.conformance.oracle import Expected
from tensorcts.reference import dtypes
from tensorcts.tolerances import ulps
from tensorcts.tolerances.rules import SIGMAS, Rule

EXACT = Rule("exact", "exact")
NAN, INF = np.nan, np.inf
FINITE = st.floats(-1e300, 1e300)


def expected(
    hi: Any, *, dtype: str = "float32", rule: Rule = EXACT, sigma: Any = None, **more: Any
) -> Expected:
    hi = np.asarray(hi, dtypes.numpy_dtype(dtypes.wide(dtype)))
    spread = None if sigma is None else np.broadcast_to(np.float64(sigma), hi.shape)
    return Expected(dtype, rule, hi, np.zeros(hi.shape), spread, more.pop("free", None), **more)


def of_ulps(bound: float) -> Rule:
    return Rule("ulp", "ulp", bound)


DERIVED = Rule("derived", "derived")


def judged(
    got: Any, truth: Any, *, zero_sign: bool = True, dtype: str = "float32", **more: Any
) -> Any:
    flags = {key: more.pop(key) for key in ("flush", "flushed") if key in more}
    result = np.asarray(got).astype(dtypes.numpy_dtype(dtype))
    return compare(result, expected(truth, dtype=dtype, **more), zero_sign=zero_sign, **flags)


RULES: dict[str, dict[str, Any]] = {
    "exact": {},
    "ulp": {"rule": of_ulps(4)},
    "derived": {"rule": DERIVED, "sigma": 1e-7},
}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@pytest.mark.parametrize(
    ("got", "truth", "outcome"),
    [
        (NAN, NAN, "pass"),
        (NAN, 1.0, "fail"),
        (1.0, NAN, "fail"),
        (INF, NAN, "fail"),
        (NAN, INF, "fail"),
        (INF, INF, "pass"),
        (-INF, INF, "fail"),
        (1.0, INF, "fail"),
        (INF, 1.0, "fail"),
        (3e38, INF, "fail"),
        (0.0, 1.0, "fail"),
        (-1.0, 1.0, "fail"),
        (1e-45, 1e-45, "pass"),
    ],
)
def test_special_values_under_every_rule(
    rule: dict[str, Any], got: float, truth: float, outcome: str
) -> None:
    truth = float(np.float32(truth))
    assert judged([1.0, got], [1.0, truth], **rule).outcome == outcome


def test_the_sign_of_zero_counts_where_the_definition_has_one() -> None:
    assert judged([-0.0], [0.0]).outcome == "fail"
    assert judged([0.0], [-0.0]).outcome == "fail"
    assert judged([-0.0], [0.0], zero_sign=False).outcome == "pass"
    assert judged([complex(1, -0.0)], [1 + 0j], dtype="complex64").outcome == "fail"


def test_overflow_within_the_bound_passes() -> None:
    largest = float(np.finfo(np.float32).max)
    assert judged([INF], [largest], rule=of_ulps(2)).outcome == "pass"
    assert judged([largest], [2.0**128], rule=of_ulps(2)).outcome == "pass"
    assert judged([largest], [INF], rule=of_ulps(2)).outcome == "fail"
    assert judged([INF], [largest], rule=of_ulps(0.75)).outcome == "fail"
    assert judged([INF], [largest * 0.99], rule=of_ulps(2)).outcome == "fail"
    assert judged([INF], [largest]).outcome == "fail"


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@pytest.mark.parametrize("truth", [1e39, 1e60, 1e300])
@pytest.mark.parametrize("got", [0.0, 1.0, 3e38, -1.0, -INF])
def test_beyond_the_format_only_infinity_passes(
    rule: dict[str, Any], truth: float, got: float
) -> None:
    assert judged([got], [truth], **rule).outcome == "fail"
    assert judged([INF], [truth], **rule).outcome == "pass"


@pytest.mark.parametrize("dtype", dtypes.FLOATING)
@pytest.mark.parametrize("off", [1, 2, 3, 4])
def test_a_result_is_as_many_ulps_off_as_it_is(dtype: str, off: int) -> None:
    spacing = 2.0 ** (1 - dtypes.format_of(dtype).p)
    for bound in (1, 2, 3, 4):
        found = judged([1.5 + off * spacing], [1.5], dtype=dtype, rule=of_ulps(bound))
        assert found.outcome == ("pass" if off <= bound else "fail")
        assert found.ulp == off


def test_a_derived_bound_is_half_an_ulp_and_six_sigma() -> None:
    ulp, sigma = 2.0**-23, 2.0**-20
    for outcome, distance in (("pass", 0.0), ("fail", ulp)):
        got = 1.5 + SIGMAS * sigma + distance
        found = judged([got], [1.5], rule=DERIVED, sigma=sigma)
        assert found.outcome == outcome
        assert found.z == pytest.approx((got - 1.5) / (sigma + ulp / 2))


def test_no_half_of_the_smallest_number_is_lost() -> None:
    """Half the smallest float64 is no float64: a bound of ½ ulp is not a bound of 0."""
    tiny = 2.0**-1074
    assert judged([tiny], [tiny], dtype="float64", rule=of_ulps(0.75)).outcome == "pass"
    assert judged([2 * tiny], [tiny], dtype="float64", rule=of_ulps(0.75)).outcome == "fail"


@pytest.mark.parametrize("dtype", ["float64", "float16", "bfloat16", "int32", "complex64", "bool"])
def test_another_dtype_fails(dtype: str) -> None:
    got = np.ones(3, dtypes.numpy_dtype(dtype))
    found = compare(got, expected(np.ones(3)), zero_sign=True)
    assert found.outcome == "fail"
    assert found.message == f"the result's dtype is {dtype}, not float32"


@pytest.mark.parametrize("shape", [(3,), (1, 3), (3, 1), (), (0,), (2, 2)])
def test_another_shape_fails(shape: tuple[int, ...]) -> None:
    found = compare(np.ones(shape, np.float32), expected(np.ones((2, 3))), zero_sign=True)
    assert found.outcome == "fail"
    assert found.message == f"the result's shape is {list(shape)}, not [2, 3]"


def test_nothing_passes_but_is_nothing() -> None:
    found = judged(np.zeros((0, 3)), np.zeros((0, 3)))
    assert (found.outcome, found.count) == ("pass", 0)


def test_the_worst_element_is_shown() -> None:
    truth = np.ones((2, 3))
    got = truth.copy()
    got[0, 1], got[1, 2] = 1.001, 1.5
    found = judged(got, truth, rule=of_ulps(4))
    assert (found.index, found.got, found.truth) == ((1, 2), "1.5", "1.0")
    assert found.message == "2 of 6 elements are wrong"
    assert found.allowed == "4 ulp"
    assert judged([NAN, 2.0], [1.0, 1.0], rule=of_ulps(4)).index == (0,)


@pytest.mark.parametrize("rule", [EXACT, of_ulps(0.75)])
def test_the_worst_element_is_the_farthest_off(rule: Rule) -> None:
    one, off = np.float32(1), np.float32(1.5)
    near, far = np.nextafter(one, off), np.nextafter(off, np.float32(9)) + np.float32(2**-20)
    found = judged([near, one, far], [1.0, 1.0, 1.5], rule=rule)
    assert found.index == (2,)
    assert found.ulp == 9


def test_any_of_several_results_may_come_elementwise() -> None:
    other = np.array([5.0, 6.0])
    allowing = expected([1.0, 2.0], alternatives=(other,))
    for got, outcome in (([1, 2], "pass"), ([5, 2], "pass"), ([5, 6], "pass"), ([6, 5], "fail")):
        assert compare(np.array(got, np.float32), allowing, zero_sign=True).outcome == outcome


def test_what_is_not_defined_is_not_judged_but_counted() -> None:
    free = np.array([True, False, False])
    found = judged([7.0, 1.0, 1.0], [0.0, 1.0, 1.0], free=free)
    assert (found.outcome, found.count, found.vacuous) == ("pass", 3, 1)
    assert judged([7.0, 2.0, 1.0], [0.0, 1.0, 1.0], free=free).outcome == "fail"
    assert judged([7.0], [0.0], free=np.array([True])).outcome == "vacuous"


@pytest.mark.parametrize("sigma", [INF, NAN])
def test_a_tolerance_without_information_never_passes(sigma: float) -> None:
    found = judged([7.0, 7.0], [1.0, 1.0], rule=DERIVED, sigma=sigma)
    assert (found.outcome, found.vacuous) == ("vacuous", 2)
    mixed = judged([7.0, 7.0], [1.0, 1.0], rule=DERIVED, sigma=np.array([sigma, 1e-7]))
    assert (mixed.outcome, mixed.index) == ("fail", (1,))


TINY = 2.0**-140


@pytest.mark.parametrize("rule", [EXACT, of_ulps(2)])
def test_flushed_results_pass_only_where_declared(rule: Rule) -> None:
    assert judged([0.0], [TINY], rule=rule).outcome == "fail"
    assert judged([0.0], [TINY], rule=rule, flush="results").outcome == "pass"
    assert judged([0.0], [-TINY], rule=rule, flush="results").outcome == "pass"
    assert judged([2 * TINY], [TINY], rule=EXACT, flush="results").outcome == "fail"
    assert judged([0.0], [2.0**-120], rule=rule, flush="results").outcome == "fail"


def test_flushed_inputs_give_a_second_truth() -> None:
    """1/subnormal: a backend that takes it for zero says inf."""
    large = 2.0**127.5
    flushed = expected([INF])
    assert judged([INF], [large], flush="all", flushed=flushed).outcome == "pass"
    assert judged([np.float32(large)], [large], flush="all", flushed=flushed).outcome == "pass"
    assert judged([7.0], [large], flush="all", flushed=flushed).outcome == "fail"
    assert judged([INF], [large], flush="all").outcome == "fail"


def test_where_inputs_are_flushed_a_subnormal_result_is_as_good_as_zero() -> None:
    """Such a device compares it as a zero, and may return it as it came."""
    zero = expected([0.0])
    assert judged([TINY], [2.0**-127], flush="all", flushed=zero).outcome == "pass"
    assert judged([2.0**-126], [2.0**-127], flush="all", flushed=zero).outcome == "fail"
    assert judged([TINY], [2.0**-127], flush="all").outcome == "fail"


def test_flushed_float64_results_pass_where_they_are_judged_exactly() -> None:
    """The smallest normal number stands for what lies just below it, too."""
    smallest = np.array([2.0**-1022])
    for got, outcome in ((0.0, "pass"), (2.0**-1022, "pass"), (2.0**-1074, "fail")):
        truth = expected(smallest, dtype="float64")
        found = compare(np.array([got]), truth, zero_sign=False, flush="results")
        assert found.outcome == outcome


def test_a_complex_number_is_nan_if_either_part_is() -> None:
    for got in (complex(NAN, 1), complex(1, NAN), complex(NAN, NAN), complex(INF, NAN)):
        assert judged([got], [complex(NAN, 0)], dtype="complex64").outcome == "pass"
        assert judged([got], [1 + 1j], dtype="complex64").outcome == "fail"
        assert judged([got], [1 + 1j], dtype="complex64", rule=of_ulps(9)).outcome == "fail"
    assert judged([1 + 1j], [complex(NAN, 0)], dtype="complex64", rule=of_ulps(9)).outcome == "fail"


def test_complex_errors_are_measured_by_the_modulus() -> None:
    got, truth = 1e6 + 0.03j, 1e6 + 0j
    assert judged([got], [truth], dtype="complex64", rule=of_ulps(1)).outcome == "pass"
    assert judged([got + 0.2j], [truth], dtype="complex64", rule=of_ulps(1)).outcome == "fail"


@given(
    truth=FINITE,
    dtype=st.sampled_from(dtypes.FLOATING),
    bound=st.floats(0.5, 64),
    sigma=st.floats(0, 1),
)
def test_a_correctly_rounded_truth_fails_no_rule(
    truth: float, dtype: str, bound: float, sigma: float
) -> None:
    right = dtypes.round_once(np.array([truth]), np.zeros(1), dtype)
    for more in ({}, {"rule": of_ulps(bound)}, {"rule": DERIVED, "sigma": sigma * abs(truth)}):
        wanted = expected([truth], dtype=dtype, **more)
        assert compare(right, wanted, zero_sign=True).outcome != "fail"


@given(
    truth=st.floats(-1e30, 1e30).filter(lambda x: abs(x) > 1e-30),
    steps=st.integers(-200, 200),
    bound=st.floats(0.5, 64),
)
def test_what_is_further_off_than_allowed_fails_and_nothing_else(
    truth: float, steps: int, bound: float
) -> None:
    near = np.float32(truth)
    got = (near.view(np.int32) + np.int32(steps)).view(np.float32)
    ulp = ulps.kahan_ulp(np.array(truth), np.array(0.0), dtypes.format_of("float32"))
    outside = abs(float(got) - truth) / float(ulp) > bound
    assert judged([got], [truth], rule=of_ulps(bound)).outcome == ("fail" if outside else "pass")


@given(
    truths=st.lists(st.floats(-(2.0**99), 2.0**99, width=32), min_size=1, max_size=5),
    wrong=st.floats(width=32),
    rule=st.sampled_from(sorted(RULES)),
)
def test_right_elements_beside_it_change_nothing(
    truths: list[float], wrong: float, rule: str
) -> None:
    alone: Comparison = judged([wrong], [1.0], **RULES[rule])
    among: Comparison = judged([*truths, wrong], [*truths, 1.0], **RULES[rule])
    assert among.outcome == alone.outcome
    if alone.outcome == "fail":
        counts = {"count": among.count, "vacuous": among.vacuous}
        shown = replace(alone, index=(len(truths),), message=among.message, **counts)
        assert among == shown
