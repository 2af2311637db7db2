"""What the definitions of arithmetic compute: known answers, special values, laws."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorcts.reference import dtypes
from tensorcts.reference.autodiff.reverse import vjp
from tensorcts.reference.ops import definitions as ops

INF, NAN = math.inf, math.nan

numbers = st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=True)
int8s = st.integers(-128, 127).map(np.int8)


def call(name: str, *arrays: Any, **attrs: Any) -> Any:
    with np.errstate(all="ignore"):
        return getattr(ops, name)(*(np.asarray(a) for a in arrays), **attrs)


def same(got: Any, wanted: Any) -> None:
    """Equal, NaN to NaN, and of one sign where both are zeros."""
    np.testing.assert_array_equal(got, wanted)
    got, wanted = np.asarray(got, np.float64), np.asarray(wanted, np.float64)
    np.testing.assert_array_equal(np.signbit(got)[wanted == 0], np.signbit(wanted)[wanted == 0])


DIVISIONS = [  # x, y, x // y, x % y, fmod(x, y)
    (7.0, 2.0, 3.0, 1.0, 1.0), (-7.0, 2.0, -4.0, 1.0, -1.0), (7.0, -2.0, -4.0, -1.0, 1.0),
    (-7.0, -2.0, 3.0, -1.0, -1.0), (6.0, 3.0, 2.0, 0.0, 0.0), (6.0, -3.0, -2.0, -0.0, 0.0),
    (-6.0, 3.0, -2.0, 0.0, -0.0), (-6.0, -3.0, 2.0, -0.0, -0.0),
    (0.0, 2.0, 0.0, 0.0, 0.0), (-0.0, 2.0, -0.0, 0.0, -0.0), (0.0, -2.0, -0.0, -0.0, 0.0),
    (1.0, 0.0, INF, NAN, NAN), (-1.0, 0.0, -INF, NAN, NAN), (0.0, 0.0, NAN, NAN, NAN),
    (INF, 1.0, NAN, NAN, NAN), (5.0, INF, 0.0, 5.0, 5.0), (-1.0, INF, -1.0, INF, -1.0),
    (1.0, -INF, -1.0, -INF, 1.0), (INF, INF, NAN, NAN, NAN), (NAN, 1.0, NAN, NAN, NAN),
    (1.0, 0.1, 9.0, 0.1 - 2.0**-54, 0.1 - 2.0**-54),
]  # fmt: skip


@pytest.mark.parametrize(("x", "y", "quotient", "rest", "c_rest"), DIVISIONS)
def test_division_of_floats(
    x: float, y: float, quotient: float, rest: float, c_rest: float
) -> None:
    same(call("floor_divide", x, y), quotient)
    same(call("fmod", x, y), c_rest)
    np.testing.assert_allclose(call("remainder", x, y), rest, rtol=1e-15)
    assert math.isnan(rest) or math.copysign(1, call("remainder", x, y)) == math.copysign(1, rest)


@given(numbers, numbers.filter(bool))
def test_fmod_is_exact(x: float, y: float) -> None:
    exact = abs(Fraction(x)) % abs(Fraction(y))
    assert Fraction(float(call("fmod", x, y))) == (-exact if x < 0 else exact)


@given(int8s, int8s.filter(bool))
def test_division_of_integers(x: np.int8, y: np.int8) -> None:
    exact = Fraction(int(x), int(y))
    wrapped = [np.array(q).astype(np.int8) for q in (math.floor(exact), math.trunc(exact))]
    assert call("floor_divide", x, y) == wrapped[0]
    assert call("trunc_divide", x, y) == wrapped[1]
    assert call("remainder", x, y) == int(x) % int(y)
    assert call("fmod", x, y) == math.fmod(int(x), int(y))
    assert call("trunc_divide", x, y).dtype == np.int8


@given(int8s)
def test_division_by_the_integer_zero(x: np.int8) -> None:
    for name in ("floor_divide", "trunc_divide", "remainder", "fmod"):
        assert call(name, x, np.int8(0)) == 0


ROUNDED = {
    "floor": [-3, -1, 0, 0, 1, 2], "ceil": [-2, 0, 0, 1, 2, 3], "trunc": [-2, 0, 0, 0, 1, 2],
    "round": [-2, 0, 0, 0, 2, 2],
}  # fmt: skip


@pytest.mark.parametrize("name", ROUNDED)
def test_rounding(name: str) -> None:
    x = np.array([-2.5, -0.5, 0.0, 0.5, 1.5, 2.5])
    np.testing.assert_array_equal(call(name, x), ROUNDED[name])
    np.testing.assert_array_equal(call(name, [INF, -INF, NAN, 2.0**60]), [INF, -INF, NAN, 2.0**60])
    assert call(name, np.array([-7, 7], np.int8)).dtype == np.int8


@given(numbers)
def test_a_number_is_its_whole_and_its_fraction(x: float) -> None:
    assert call("trunc", x) + call("frac", x) == x
    assert abs(call("frac", x)) < 1


def test_signs() -> None:
    same(call("copysign", [1.0, -2.0, 0.0, INF], [-0.0, 1.0, -INF, -1.0]), [-1.0, 2.0, -0.0, -INF])
    same(call("sign", [-3.0, 0.0, 2.0, INF, NAN]), [-1.0, 0.0, 1.0, 1.0, NAN])
    np.testing.assert_allclose(call("sign", [3 + 4j, 0j, -2j]), [0.6 + 0.8j, 0, -1j])
    np.testing.assert_array_equal(
        call("signbit", [-0.0, 0.0, -INF, 1.0]), [True, False, True, False]
    )
    same(call("positive", [-0.0, 1.0]), [-0.0, 1.0])


def test_powers() -> None:
    same(call("reciprocal", [0.0, -0.0, INF, -INF, 4.0]), [INF, -INF, 0.0, -0.0, 0.25])
    same(call("rsqrt", [0.0, -0.0, INF, 4.0, -1.0]), [INF, -INF, 0.0, 0.5, NAN])
    same(call("cbrt", [-8.0, -0.0, INF, 27.0]), [-2.0, -0.0, INF, 3.0])
    same(
        call("hypot", [INF, NAN, 3 * 2.0**900, NAN], [NAN, -INF, 2.0**902, 1.0]),
        [INF, INF, 5 * 2.0**900, NAN],
    )
    np.testing.assert_array_equal(call("square", np.array([16, -3], np.int8)), [0, 9])


def test_numbers_are_preferred_to_nan() -> None:
    x, y = [NAN, 1.0, NAN, 2.0], [1.0, NAN, NAN, 3.0]
    same(call("fmax", x, y), [1.0, 1.0, NAN, 3.0])
    same(call("fmin", x, y), [1.0, 1.0, NAN, 2.0])
    assert call("fmax", np.uint64(2**64 - 1), np.uint64(2**64 - 2)) == 2**64 - 1


def test_clip() -> None:
    x = np.array([-2.0, 0.5, 2.0, NAN, INF])
    same(call("clip", x, -1.0, 1.0), [-1.0, 0.5, 1.0, NAN, 1.0])
    same(call("clip", x, 2.0, 1.0), [1.0, 1.0, 1.0, NAN, 1.0])
    same(call("clip", 1.0, NAN, 2.0), NAN)
    same(call("clip", 1.0, 0.0, NAN), NAN)
    same(ops.clip(x, None, np.array(1.0)), [-2.0, 0.5, 1.0, NAN, 1.0])
    assert ops.clip(x) is x


def test_the_gradient_of_clip_at_its_bounds() -> None:
    x = np.array([-1.0, 0.0, 1.0, 3.0])
    _, pullback = vjp(ops.clip, x, np.full(4, -1.0), np.full(4, 1.0))
    to_x, to_min, to_max = pullback(np.ones(4))
    np.testing.assert_array_equal(
        [to_x, to_min, to_max], [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 1]]
    )


@given(numbers, numbers)
def test_lerp_meets_its_ends(x: float, y: float) -> None:
    if math.isfinite(y - x):
        assert call("lerp", x, y, 0.0) == x
        assert call("lerp", x, y, 1.0) == y


def test_combinations() -> None:
    assert call("fma", 3.0, 4.0, 5.0) == 17
    assert call("addcmul", 1.0, 3.0, 4.0, value=0.5) == 7
    assert call("lerp", 2.0, 4.0, 1.5) == 5


def test_nan_to_num() -> None:
    got = call("nan_to_num", [NAN, INF, -INF, -0.0, 5e-324], nan=1.0, posinf=2.0, neginf=INF)
    same(got, [1.0, 2.0, INF, -0.0, 5e-324])


@pytest.mark.parametrize("dtype", dtypes.FLOATING)
def test_nothing_lies_between_a_number_and_the_next(dtype: str) -> None:
    """Neighbours differ by one in their bits, read as sign and magnitude."""
    target, form = dtypes.numpy_dtype(dtype), dtypes.format_of(dtype)
    x = np.array([0.0, form.smallest_subnormal, form.smallest_normal, 1.0, form.max]).astype(target)
    above = call("nextafter", x, np.full(5, INF).astype(target))
    assert above.dtype == target
    integer = {2: np.int16, 4: np.int32, 8: np.int64}[target.itemsize]
    np.testing.assert_array_equal(above.view(integer) - x.view(integer), 1)
    same(ops.nextafter(above, -x).astype(np.float64)[1:], x.astype(np.float64)[1:])
    same(ops.nextafter(x[:1], -x[:1]), [-0.0])


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_significand_and_exponent(x: float) -> None:
    significand, exponent = call("frexp", x)
    assert exponent.dtype == np.int32
    assert call("ldexp", significand, exponent) == x
    assert (exponent == 0 and significand == 0) if x == 0 else 0.5 <= abs(significand) < 1


def test_significand_and_exponent_of_special_values() -> None:
    significand, exponent = call("frexp", [-0.0, INF, NAN, 5e-324])
    same(significand, [-0.0, INF, NAN, 0.5])
    np.testing.assert_array_equal(exponent, [0, 0, 0, -1073])
    same(call("ldexp", [1.0, -1.0, -0.0, 3.0], [1024, -1075, 5, -1075]), [INF, -0.0, -0.0, 1e-323])
    with pytest.raises(ValueError, match="exponent must hold integers, not float64"):
        call("ldexp", 1.0, 2.0)


def test_predicates_of_floats() -> None:
    x = np.array([NAN, INF, -INF, 0.0, 1e308])
    np.testing.assert_array_equal(call("isnan", x), [True, False, False, False, False])
    np.testing.assert_array_equal(call("isinf", x), [False, True, True, False, False])
    np.testing.assert_array_equal(call("isfinite", x), [False, False, False, True, True])
    assert call("isfinite", np.uint8(3)) and not call("isnan", np.int64(-1))


def test_isclose_measures_by_its_second_argument() -> None:
    attrs = {"rtol": 0.25, "atol": 0.0, "equal_nan": False}
    assert call("isclose", 3.0, 4.0, **attrs) and not call("isclose", 4.0, 3.0, **attrs)
    infinite = call("isclose", [INF, INF, 1.0, -INF], [INF, -INF, INF, 1.0], **attrs)
    np.testing.assert_array_equal(infinite, [True, False, False, False])
    assert not call("isclose", NAN, NAN, **attrs)
    assert call("isclose", NAN, NAN, **attrs | {"equal_nan": True})


@given(int8s, int8s)
def test_bits(x: np.int8, y: np.int8) -> None:
    a, b = int(x) % 256, int(y) % 256
    pairs = {"bitwise_and": a & b, "bitwise_or": a | b, "bitwise_xor": a ^ b}
    for name, wanted in pairs.items():
        assert int(call(name, x, y)) % 256 == wanted
    assert call("bitwise_invert", x) == -1 - int(x)


@given(int8s, st.integers(-3, 10).map(np.int8))
def test_shifts(x: np.int8, y: np.int8) -> None:
    inside = 0 <= y < 8
    left = (int(x) << int(y)) if inside else 0
    assert call("bitwise_left_shift", x, y) == np.array(left).astype(np.int8)
    assert call("bitwise_right_shift", x, y) == (int(x) >> (int(y) if inside else 7))


def test_bits_of_bool() -> None:
    x = np.array([False, True])
    np.testing.assert_array_equal(call("bitwise_invert", x), [True, False])
    assert call("bitwise_xor", x, x[::-1]).dtype == bool


def test_the_16_bit_neighbours_of_one() -> None:
    one = np.ones(1, ml_dtypes.bfloat16)
    assert float(ops.nextafter(one, 2 * one)[0]) == 1 + 2.0**-7
