"""The dtypes: names, formats, and rounding once, against exact rational arithmetic."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import example, given
from rationals import nearest

from tensorcts.reference import dtypes
from tensorcts.reference.dtypes import FLOAT8, FLOATING, Format, format_of, round_once

NARROW = ("float16", "bfloat16")


@st.composite
def near_midpoints(draw: Any, target: Format) -> tuple[float, float]:
    """Multiples of a quarter of the format's ulp, and a rest far below an ulp of float64."""
    emax = math.frexp(target.max)[1]
    low, high = max(target.emin - target.p - 2, -1074), min(emax + 2, 1023)
    exponent = draw(st.integers(low, high))
    quarters = draw(st.integers(0, min(2 ** (target.p + 2), 2**53)))
    size = math.ldexp(quarters, max(exponent - target.p - 1, -1074))
    hi = size if math.isfinite(size) else target.max
    rest = draw(st.sampled_from([0.0, 1.0, -1.0, 0.75, -0.3]))
    sign = draw(st.sampled_from([1, -1]))
    return sign * hi, sign * rest * math.ldexp(hi, draw(st.integers(-120, -55)))


@pytest.mark.parametrize("name", FLOATING + FLOAT8)
def test_rounding_is_that_of_rational_arithmetic(name: str) -> None:
    target = format_of(name)

    @given(
        near_midpoints(target)
        | st.tuples(st.floats(allow_nan=False, allow_infinity=False), st.just(0.0))
    )
    @example((target.max, 0.0))
    @example((target.smallest_subnormal, 0.0))
    def check(pair: tuple[float, float]) -> None:
        hi, lo = np.array([pair[0]]), np.array([pair[1]])
        with np.errstate(over="ignore"):
            got = round_once(hi, lo, name)
        assert got.dtype == dtypes.numpy_dtype(name)
        wanted = nearest(Fraction(pair[0]) + Fraction(pair[1]), target)
        if name == "float8_e4m3fn" and math.isinf(wanted):
            wanted = math.nan
        np.testing.assert_array_equal(got.astype(np.float64), [wanted])

    check()


SMALL = [*NARROW, *FLOAT8]


def all_positive(name: str) -> Any:
    """All positive finite numbers of a format of 16 or 8 bits, in order."""
    target = dtypes.numpy_dtype(name)
    bits = np.arange(2 ** (8 * target.itemsize - 1), dtype=f"u{target.itemsize}")
    numbers = bits.view(target)
    with np.errstate(invalid="ignore"):  # signalling NaNs
        return numbers[np.isfinite(numbers)]


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_every_midpoint_of_a_small_format(name: str, sign: float) -> None:
    """On it, and beside it by a float64 step or by what only a second term can say."""
    numbers = all_positive(name)
    below, above = numbers[:-1].astype(np.float64), numbers[1:].astype(np.float64)
    middle = (below + above) / 2
    even = np.where(np.arange(middle.size) % 2 == 0, below, above)
    zero = np.zeros(middle.shape)
    beside = (
        (np.nextafter(middle, 0.0), zero, below), (middle, -1e-60 * middle, below),
        (middle, zero, even),
        (middle, 1e-60 * middle, above), (np.nextafter(middle, np.inf), zero, above),
    )  # fmt: skip
    for hi, lo, expected in beside:
        got = round_once(sign * hi, sign * lo, name).astype(np.float64)
        np.testing.assert_array_equal(got, sign * expected)


@pytest.mark.parametrize("name", SMALL)
def test_halfway_past_the_largest_number_lies_the_overflow(name: str) -> None:
    form = format_of(name)
    half = form.max + np.ldexp(0.5, int(np.log2(form.max)) - form.p + 1)
    around = np.array([np.nextafter(half, 0), half, np.nextafter(half, np.inf)])
    got = round_once(around, np.zeros(3), name)
    assert got[0] == form.max and not np.isfinite(got[2])
    assert np.isfinite(got[1]) == (name == "float8_e4m3fn")  # whose largest number is even


@pytest.mark.parametrize("name", SMALL)
def test_every_number_of_a_small_format_is_its_own(name: str) -> None:
    target = dtypes.numpy_dtype(name)
    unsigned = f"u{target.itemsize}"
    numbers = np.arange(2 ** (8 * target.itemsize), dtype=unsigned).view(target)
    with np.errstate(invalid="ignore"):
        numbers = numbers[~np.isnan(numbers)]
    got = round_once(numbers.astype(np.float64), np.zeros(numbers.shape), name)
    np.testing.assert_array_equal(got.view(unsigned), numbers.view(unsigned))


def test_casts_through_float32_round_twice_and_round_once_does_not() -> None:
    value = np.array([1 + 2.0**-8 + 2.0**-40])  # above a midpoint of bfloat16, by less than float32
    assert value.astype(np.float32).astype(dtypes.numpy_dtype("bfloat16"))[0] == 1
    assert round_once(value, np.zeros(1), "bfloat16")[0] == 1 + 2.0**-7


@pytest.mark.parametrize("name", FLOATING)
def test_special_numbers_round_to_themselves(name: str) -> None:
    hi = np.array([np.inf, -np.inf, np.nan, 0.0, -0.0])
    got = round_once(hi, np.zeros(5), name).astype(np.float64)
    np.testing.assert_array_equal(got, hi)
    np.testing.assert_array_equal(np.signbit(got[3:]), [False, True])


def test_complex_numbers_round_by_parts_and_integers_pass() -> None:
    hi = np.array([1 + 2.0**-24 + 1j * (1 + 2.0**-24)])
    got = round_once(hi, np.array([1e-20 - 1e-20j]), "complex64")
    assert got.dtype == np.complex64
    assert got[0] == 1 + 2.0**-23 + 1j
    integers = round_once(np.array([2**62 + 1]), np.zeros(1), "int64")
    assert (integers.dtype, integers[0]) == (np.int64, 2**62 + 1)


def test_zero_dimensional_arrays_stay_so() -> None:
    assert all(round_once(np.array(0.1), np.array(0.0), name).shape == () for name in FLOATING)


@pytest.mark.parametrize(
    ("name", "p", "emin", "largest"),
    [("float64", 53, -1022, 1.7976931348623157e308), ("float32", 24, -126, 3.4028234663852886e38),
     ("float16", 11, -14, 65504.0), ("bfloat16", 8, -126, 3.3895313892515355e38),
     ("float8_e4m3fn", 4, -6, 448.0), ("float8_e5m2", 3, -14, 57344.0),
     ("complex32", 11, -14, 65504.0), ("bcomplex32", 8, -126, 3.3895313892515355e38)],
)  # fmt: skip
def test_formats(name: str, p: int, emin: int, largest: float) -> None:
    target = format_of(name)
    assert target == Format(p, emin, largest)
    assert target.smallest_subnormal == math.ldexp(1.0, emin - p + 1)
    assert target.unit_roundoff == 2.0**-p


@given(st.floats(-1e308, 1e308))
def test_the_ulp_is_the_spacing(x: float) -> None:
    assert format_of("float64").ulp(np.array(x)) == np.spacing(abs(x))
    single = np.float32(np.clip(x, -3e38, 3e38))
    assert format_of("float32").ulp(np.array(single, np.float64)) == np.spacing(abs(single))


def test_unknown_dtypes_are_named() -> None:
    with pytest.raises(ValueError, match="unknown dtype 'float8'; the dtypes are float64, "):
        dtypes.numpy_dtype("float8")
    with pytest.raises(ValueError, match="unknown dtype <U1"):
        dtypes.name_of(np.dtype("<U1"))


@pytest.mark.parametrize("name", dtypes.STORABLE)
def test_names_and_numpy_dtypes_correspond(name: str) -> None:
    assert dtypes.name_of(dtypes.numpy_dtype(name)) == name
    wide = dtypes.widen(np.ones(3, dtypes.numpy_dtype(name)))
    assert dtypes.name_of(wide.dtype) == dtypes.wide(name)
    assert dtypes.wide(dtypes.wide(name)) == dtypes.wide(name)
    computed_exactly = name in dtypes.INTEGER + dtypes.BOOL
    assert dtypes.is_inexact(name) != computed_exactly
