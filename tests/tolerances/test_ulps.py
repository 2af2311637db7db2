"""Kahan's ulp against brute force in fractions, on formats small enough to try everything."""

from __future__ import annotations

import bisect
import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorcts.reference import dtypes
from tensorcts.reference.dtypes import Format
from tensorcts.tolerances import ulps

E4M3 = Format(p=4, emin=-6, max=240.0)
E5M2 = Format(p=3, emin=-14, max=57344.0)
TINY = Format(p=2, emin=-2, max=6.0)
FORMATS = {"e4m3": E4M3, "e5m2": E5M2, "p2": TINY}
SIXTEEN = ("float16", "bfloat16")


def numbers(form: Format) -> list[float]:
    """All non-negative finite numbers of a format, and the first one past its largest."""
    found, top = [0.0], int(np.frexp(form.max)[1]) - 1
    step = form.smallest_subnormal
    found += [k * step for k in range(1, 2 ** (form.p - 1))]
    for exponent in range(form.emin, top + 1):
        spacing = 2.0 ** (exponent - form.p + 1)
        found += [2.0**exponent + k * spacing for k in range(2 ** (form.p - 1))]
    assert found[-1] == form.max
    return [*found, 2.0 ** (top + 1)]


def points(form: Format) -> list[Fraction]:
    """Reals on and around every number: quarters, midpoints, and a little beside them."""
    found = set()
    for low, high in itertools.pairwise(map(Fraction, numbers(form))):
        gap = high - low
        for eighths in range(8):
            for nudge in (-1, 0, 1):
                found.add(low + gap * eighths / 8 + nudge * gap / 2**20)
    return sorted(x for x in found if 0 < x < Fraction(form.max))


def measured(x: list[Fraction], form: Format) -> list[Fraction]:
    truth = np.array([float(v) for v in x])
    return [Fraction(u) for u in ulps.kahan_ulp(truth, np.zeros(len(x)), form).tolist()]


@pytest.mark.parametrize("name", FORMATS)
def test_the_ulp_is_the_distance_of_the_two_nearest_numbers(name: str) -> None:
    """Kahan's definition; where two pairs are equally near, either distance."""
    form = FORMATS[name]
    positive = [Fraction(n) for n in numbers(form)]
    grid = [-positive[1], *positive]
    truths = points(form)
    found = measured(truths, form)
    for x, ulp in zip(truths, found, strict=True):
        place = bisect.bisect(grid, x)
        near = sorted(grid[max(place - 3, 0) : place + 3], key=lambda n, x=x: abs(n - x))
        tied = [n for n in near[1:] if abs(n - x) == abs(near[1] - x)]
        assert ulp in {abs(near[0] - n) for n in tied}, x
    assert measured([-x for x in truths], form) == found


@pytest.mark.parametrize("name", FORMATS)
def test_half_an_ulp_off_means_correctly_rounded(name: str) -> None:
    form = FORMATS[name]
    grid = np.array(numbers(form))
    for x in points(form):
        truth = np.full(grid.shape, float(x))
        error = np.abs(grid - truth)
        got = grid.copy()
        got[-1] = np.inf
        np.testing.assert_array_equal(ulps.error(got, truth, 0 * truth, form), error)
        half = ulps.kahan_ulp(truth, 0 * truth, form) / 2
        np.testing.assert_array_equal(error <= half, error == error.min(), str(float(x)))


@pytest.mark.parametrize("dtype", SIXTEEN)
def test_every_16_bit_number_is_right_within_half_an_ulp(dtype: str) -> None:
    """On either side of the midpoint to the next number: what rounds there errs by less."""
    form, target = dtypes.format_of(dtype), dtypes.numpy_dtype(dtype)
    narrow = np.arange(0, 2**16, 7, dtype=np.uint16).view(target)
    with np.errstate(invalid="ignore"):
        narrow = narrow[np.abs(narrow.astype(np.float64)) < form.max]
    x = narrow.astype(np.float64)
    up = np.nextafter(narrow, np.array(np.inf, target)).astype(np.float64)
    for share in (0.25, 0.49999, 0.50001, 0.75):
        truth = x + share * (up - x)
        zero = np.zeros(truth.shape)
        right = dtypes.round_once(truth, zero, dtype).astype(np.float64)
        wrong = np.where(right == x, up, x)
        unit = ulps.kahan_ulp(truth, zero, form)
        assert np.all(ulps.error(right, truth, zero, form) <= unit / 2)
        assert np.all(ulps.error(wrong, truth, zero, form) > unit / 2)


@given(st.floats(-1e30, 1e30), st.floats(-0.5, 0.5), st.sampled_from(dtypes.FLOATING))
def test_rounding_once_errs_by_at_most_half_an_ulp(hi: float, part: float, dtype: str) -> None:
    """With a second term as well: the judge of float64 counts beyond float64."""
    form = dtypes.format_of(dtype)
    first, second = np.array([hi]), np.array([part * float(np.spacing(abs(hi)))])
    got = dtypes.round_once(first, second, dtype).astype(np.float64)
    unit = ulps.kahan_ulp(first, second, form)
    assert ulps.error(got, first, second, form)[0] <= unit[0] / 2


def test_just_above_a_power_of_two_the_ulp_is_that_below() -> None:
    form = dtypes.format_of("float32")
    for x, wanted in ((1.0, -24), (1 + 2.0**-26, -24), (1 + 2.0**-24, -23), (1 - 2.0**-30, -24)):
        assert ulps.kahan_ulp(np.array(x), np.array(0.0), form) == 2.0**wanted
    below = ulps.kahan_ulp(np.array(1 + 2.0**-25), np.array(-(2.0**-60)), form)
    above = ulps.kahan_ulp(np.array(1 + 2.0**-25), np.array(2.0**-60), form)
    assert (below, above) == (2.0**-24, 2.0**-23)


@pytest.mark.parametrize("dtype", dtypes.FLOATING)
def test_the_ends_of_a_format(dtype: str) -> None:
    form = dtypes.format_of(dtype)

    def ulp(x: float) -> float:
        return float(ulps.kahan_ulp(np.array(x), np.array(0.0), form))

    tiny, top = form.smallest_subnormal, form.max - np.nextafter(np.array(form.max), 0)
    assert ulp(0.0) == ulp(tiny) == ulp(form.smallest_normal) == tiny
    assert ulp(np.inf) == ulp(np.nan) == tiny
    assert ulp(form.max) == form.max * 2.0 ** (1 - form.p) / (2 - 2.0 ** (1 - form.p))
    assert ulp(form.max) >= top
    if dtype != "float64":
        assert ulp(form.max * 8) == ulp(1e300) == ulp(form.max)


@pytest.mark.parametrize("dtype", dtypes.FLOATING)
def test_an_infinity_is_one_step_past_the_largest(dtype: str) -> None:
    form = dtypes.format_of(dtype)
    step = float(ulps.kahan_ulp(np.array(form.max), np.array(0.0), form))

    def error(got: float, truth: float) -> float:
        return float(ulps.error(np.array(got), np.array(truth), np.array(0.0), form))

    assert error(np.inf, form.max) == error(-np.inf, -form.max) == step
    assert error(np.inf, form.max - step) == 2 * step
    assert error(np.inf, np.inf) == 0
    assert error(form.max, np.inf) == np.inf
    assert error(-np.inf, form.max) > form.max
    assert error(np.nan, np.nan) == 0
    assert error(np.nan, 1.0) == error(1.0, np.nan) == error(np.inf, np.nan) == np.inf
