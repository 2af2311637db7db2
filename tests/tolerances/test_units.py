"""The definitions of the ulp in all formats, against slow arithmetic in fractions."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorcts.reference import dtypes
from tensorcts.tolerances import ulps
from tensorcts.tolerances.ulps import limit_in_kahan_ulps, steps

SMALL = ("float8_e4m3fn", "float8_e5m2", "float16", "bfloat16")
SHARES = tuple(Fraction(n, 16) for n in (0, 1, 3, 4, 5, 8, 11, 15))
"""How far truths lie on the way from one number to the next; a quarter is where Kahan's changes."""


@cache
def numbers(name: str) -> list[Fraction]:
    """All finite numbers ≥ 0 of a format of 8 or 16 bits, and one more step."""
    dtype = dtypes.numpy_dtype(name)
    bits = np.arange(2 ** (8 * dtype.itemsize - 1), dtype=f"u{dtype.itemsize}")
    with np.errstate(invalid="ignore"):  # signalling NaNs
        found = bits.view(dtype).astype(np.float64)
    finite = [Fraction(x) for x in found[np.isfinite(found)]]
    return [*finite, 2 * finite[-1] - finite[-2]]


def kahan(grid: list[Fraction], place: int, x: Fraction) -> set[Fraction]:
    """By definition: the distance of the two numbers nearest to x, which grid[place] is below."""
    below = -grid[1] if place == 0 else grid[place - 1]
    near = sorted([below, *grid[place : place + 2]], key=lambda n: abs(n - x))
    tied = [n for n in near[1:] if abs(n - x) == abs(near[1] - x)]
    return {abs(near[0] - n) for n in tied}


def goldberg(grid: list[Fraction], place: int, x: Fraction) -> set[Fraction]:
    return {grid[place + 1] - grid[place]}


def harrison(grid: list[Fraction], place: int, x: Fraction) -> set[Fraction]:
    if x == grid[place] and place > 0:
        return {grid[place] - grid[place - 1]}
    return goldberg(grid, place, x)


DEFINITIONS: dict[str, tuple[Callable[..., Any], Callable[..., set[Fraction]]]] = {
    "kahan": (ulps.kahan_ulp, kahan),
    "goldberg": (ulps.goldberg_ulp, goldberg),
    "harrison": (ulps.harrison_ulp, harrison),
}


@pytest.mark.parametrize("definition", DEFINITIONS)
@pytest.mark.parametrize("name", SMALL)
def test_every_number_of_a_small_format(name: str, definition: str) -> None:
    """On it and at random places between it and the next, of either sign."""
    ours, slow = DEFINITIONS[definition]
    grid, form = numbers(name), dtypes.format_of(name)
    rng = np.random.default_rng(0)
    picks = [SHARES[i] for i in rng.integers(len(SHARES), size=len(grid) - 1)]
    truths = [x + s * (after - x) for x, after, s in zip(grid, grid[1:], picks, strict=False)]
    floats = np.array(truths, float)
    found = ours(floats, 0 * floats, form)
    np.testing.assert_array_equal(ours(-floats, 0 * floats, form), found)
    for place, (x, ulp) in enumerate(zip(truths, found.tolist(), strict=True)):
        assert ulp in slow(grid, place, x), (float(x), place)


@pytest.mark.parametrize("definition", DEFINITIONS)
@pytest.mark.parametrize("name", ["float32", "float64"])
@given(data=st.data())
def test_large_formats(name: str, definition: str, data: st.DataObject) -> None:
    """Anywhere, powers of two more often than chance has it; the rest comes as a second term."""
    form, dtype = dtypes.format_of(name), dtypes.numpy_dtype(name)
    exponent = data.draw(st.integers(form.emin - form.p + 1, int(np.frexp(form.max)[1]) - 2))
    mantissa = data.draw(st.sampled_from([1.0, 1.5]) | st.floats(1, 2, exclude_max=True))
    x = np.array(np.ldexp(mantissa, exponent), np.float64).astype(dtype)
    around = [np.nextafter(x, dtype.type(-np.inf)), x, np.nextafter(x, dtype.type(np.inf))]
    grid = [Fraction(float(n)) for n in around]
    share = data.draw(st.sampled_from(SHARES))
    truth = grid[1] + share * (grid[2] - grid[1])
    hi = float(truth)
    lo = float(truth - Fraction(hi))
    if Fraction(hi) + Fraction(lo) != truth:
        return  # below float64's smallest
    ours, slow = DEFINITIONS[definition]
    found = ours(np.array([hi]), np.array([lo]), form)
    assert Fraction(float(found[0])) in slow(grid, 1, truth)


def test_the_smallest_binades_of_float64() -> None:
    form = dtypes.format_of("float64")
    for exponent in range(-1022, -1016):
        x = np.array([2.0**exponent])
        assert ulps.kahan_ulp(x, 0 * x, form) == 2.0 ** max(exponent - 53, -1074)


@pytest.mark.parametrize("name", SMALL)
def test_half_a_kahan_ulp_is_correct_rounding_and_no_other_is(name: str) -> None:
    """Just below 2**k rounding up errs by half a Kahan ulp; Goldberg's count says so above too."""
    form = dtypes.format_of(name)
    truth = np.array([1 + form.unit_roundoff / 4, 1.0])
    got = np.array([1.0, 1 - form.unit_roundoff])
    error, zero = ulps.error(got, truth, 0 * truth, form), np.zeros(2)
    assert (error / ulps.kahan_ulp(truth, zero, form)).tolist() == [0.25, 1.0]
    assert (error / ulps.goldberg_ulp(truth, zero, form)).tolist() == [0.125, 0.5]
    assert (error / ulps.harrison_ulp(truth, zero, form)).tolist() == [0.125, 1.0]


@pytest.mark.parametrize("name", SMALL)
def test_all_numbers_are_one_step_apart(name: str) -> None:
    positive = np.array(numbers(name)[:-1], float)
    ascending = np.concatenate([-positive[:0:-1], positive]).astype(dtypes.numpy_dtype(name))
    assert set(steps(ascending[1:], ascending[:-1], name).tolist()) == {1.0}
    apart = steps(ascending, np.full(ascending.shape, ascending[0]), name)
    assert apart.tolist() == list(range(len(ascending)))


@pytest.mark.parametrize("name", [*dtypes.FLOATING, *dtypes.FLOAT8])
def test_steps_over_zero_to_infinity_and_nan(name: str) -> None:
    form, dtype = dtypes.format_of(name), dtypes.numpy_dtype(name)

    def apart(a: float, b: float) -> float:
        return float(steps(np.array(a, dtype), np.array(b, dtype), name))

    tiny = form.smallest_subnormal
    assert apart(0.0, -0.0) == 0 and apart(tiny, -0.0) == 1 and apart(tiny, -tiny) == 2
    assert apart(np.nan, np.nan) == 0
    assert apart(np.nan, 1.0) == apart(0.0, np.nan) == np.inf
    if name != "float8_e4m3fn":
        assert apart(np.inf, form.max) == apart(-form.max, -np.inf) == 1
        assert apart(-np.inf, np.inf) == 2 * apart(0.0, np.inf)


def test_steps_of_complex_numbers_are_the_larger_parts() -> None:
    z = np.array([1 + 2j], np.complex64)
    other = np.array([np.nextafter(np.float32(1), np.float32(2)) + 2.0000007j], np.complex64)
    assert steps(z, other, "complex64").tolist() == [3.0]


@pytest.mark.parametrize("unit", ["kahan", "goldberg", "harrison", "steps"])
@given(data=st.data())
def test_a_published_limit_bounds_kahans_errors(unit: ulps.Unit, data: st.DataObject) -> None:
    """Any result within the limit, by its own count, is within the converted one."""
    name = data.draw(st.sampled_from(SMALL))
    form, dtype = dtypes.format_of(name), dtypes.numpy_dtype(name)
    grid = np.array(numbers(name)[:-1], float)
    place = data.draw(st.integers(0, len(grid) - 2))
    share = data.draw(st.floats(0, 1, exclude_max=True))
    truth = np.array([grid[place] + share * (grid[place + 1] - grid[place])])
    far = data.draw(st.integers(-(2 ** (form.p - 1)) + 1, 2 ** (form.p - 1) - 1))
    right = dtypes.round_once(truth, 0 * truth, name)
    got = grid[min(max(int(np.searchsorted(grid, right.astype(float)[0])) + far, 0), len(grid) - 1)]
    counted, error = np.array([got]), ulps.error(np.array([got]), truth, 0 * truth, form)
    if unit == "steps":
        limit = float(steps(counted.astype(dtype), right, name)[0])
    else:
        limit = float((error / DEFINITIONS[unit][0](truth, 0 * truth, form))[0])
    kahan_error = float((error / ulps.kahan_ulp(truth, 0 * truth, form))[0])
    assert kahan_error <= limit_in_kahan_ulps(limit, unit)


def test_the_converted_limits_are_reached() -> None:
    """One unit is two of Kahan's just above a power of two; steps add the rounding's half."""
    form = dtypes.format_of("float16")
    truth, zero = np.array([1.0]), np.zeros(1)
    assert ulps.goldberg_ulp(truth, zero, form) == 2 * ulps.kahan_ulp(truth, zero, form)
    above = truth + 2.0**-20
    assert ulps.harrison_ulp(above, zero, form) == 2 * ulps.kahan_ulp(above, zero, form)
    below, got = 1 - form.unit_roundoff / 2, 1 + 4 * form.unit_roundoff
    error = (got - below) / ulps.kahan_ulp(np.array([below]), zero, form)
    assert error == limit_in_kahan_ulps(2.0, "steps")
