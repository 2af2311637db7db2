"""Truths are true: beside mpmath's at many more bits, where float64 arithmetic goes wrong too."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from rationals import nearest

from tensorcts.conformance.cache import Cache
from tensorcts.conformance.cases import Case
from tensorcts.conformance.oracle import Expected, expect
from tensorcts.reference import dtypes
from tensorcts.reference.arrays.exact import Exact
from tensorcts.reference.arrays.multiprecision import precision
from tensorcts.reference.registry import get
from tensorcts.tolerances import doubt
from tensorcts.tolerances.model import NoiseModel
from tensorcts.tolerances.ulps import kahan_ulp


def truth(name: str, of: str, *arrays: Any, claimed: tuple[str, ...] = (), **attrs: Any) -> Any:
    given = tuple(np.array(a, dtypes.numpy_dtype(of)) for a in arrays)
    model = NoiseModel.of(of, profile="opencl", correctly_rounded=frozenset(claimed))
    found: tuple[Expected, ...] = expect(Case(get(name), of, given, attrs), model, {}, Cache(None))
    return found[0]


def total(dtype: str, *numbers: float) -> tuple[float, float]:
    found = truth("sum", dtype, numbers, axis=0, keepdims=False, dtype=dtype)
    return float(found.hi), float(found.lo)


@pytest.mark.parametrize("small", [1.0, 2.0**-120])
def test_a_sum_that_cancels_in_float64(small: float) -> None:
    """float64 loses the small number altogether."""
    assert total("float32", 1e30, small, -1e30) == (small, 0.0)


def test_a_sum_that_cancels_in_200_bits() -> None:
    assert total("float64", 1e300, 1e-300, -1e300) == (1e-300, 0.0)
    hi, lo = total("float64", 1e300, 1.0, 2.0**-60, -1e300)
    assert (hi, lo) == (1.0, 2.0**-60)


@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16"])
def test_what_is_zero_is_zero(dtype: str) -> None:
    """In float64 the mean of three equal numbers is off, and so the difference from it is not 0."""
    row = [[0.1, 0.1, 0.1]]
    found = truth("layer_norm", dtype, row, np.ones(3), np.zeros(3), eps=1e-5)
    assert found.hi.tolist() == [[0.0] * 3] and found.lo.tolist() == [[0.0] * 3]


@pytest.mark.parametrize(("op", "zero"), [("digamma", "1.46163214496836234126"), ("lgamma", "2")])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_next_to_a_zero(op: str, zero: str, dtype: str) -> None:
    """Where functions of a fixed precision lose most of it."""
    x = np.array(float(zero)).astype(dtypes.numpy_dtype(dtype))
    x = np.stack([x, np.nextafter(x, x.dtype.type(9)), np.nextafter(x, x.dtype.type(0))])
    found = truth(op, dtype, x)
    function = {"digamma": mpmath.digamma, "lgamma": mpmath.loggamma}[op]
    with mpmath.workprec(1000):
        exact = [mpmath.re(function(mpmath.mpf(float(v)))) for v in x]
        off = [float(abs(e - float(h) - float(low))) for e, h, low in
               zip(exact, found.hi, found.lo, strict=True)]  # fmt: skip
    unit = kahan_ulp(found.hi, found.lo, dtypes.format_of(dtype))
    assert np.all(np.array(off) <= doubt.ACCURACY * unit)


def beside_midpoints(source: str, target: str) -> Any:
    """Numbers of the source on midpoints between numbers of the target, and next to them."""
    form, whole = dtypes.format_of(target), dtypes.numpy_dtype(source).kind in "iu"
    top = min(int(np.log2(form.max)), np.iinfo(source).bits - 2 if whole else 127)
    rng = np.random.default_rng(0)
    exponents = rng.integers(0 if whole else form.emin - form.p, top, 60, endpoint=True)
    steps = rng.integers(2 ** (form.p - 1), 2**form.p, 60)
    exact = [Fraction(2 * int(n) + 1) * Fraction(2) ** (int(e) - form.p)
             for n, e in zip(steps, exponents, strict=True)]  # fmt: skip
    number = dtypes.numpy_dtype(source).type
    if whole:
        return np.array([round(x) + d for x in exact for d in (-1, 0, 1)], number)
    with np.errstate(over="ignore"):
        found = np.array([float(x) for x in exact]).astype(number)
        near = [np.nextafter(found, number(toward)) for toward in (0, np.inf)]
    every = np.concatenate([found, *near])
    finite = every[np.isfinite(every)]
    return finite * rng.choice([-1, 1], finite.size).astype(number)


@pytest.mark.parametrize("target", dtypes.FLOATING + dtypes.FLOAT8)
@pytest.mark.parametrize("source", ["float64", "float32", "int64", "uint64", "int32", "uint32"])
def test_casts_round_once(source: str, target: str) -> None:
    """Of 64-bit integers too, which float64 would round first."""
    given, form = beside_midpoints(source, target), dtypes.format_of(target)
    found = truth("astype", source, given, dtype=target)
    got = dtypes.round_once(found.hi, found.lo, target).astype(np.float64)
    wanted = [nearest(Fraction(x), form) for x in given.tolist()]
    past = np.nan if target == "float8_e4m3fn" else np.inf
    np.testing.assert_array_equal(
        got, [x if np.isfinite(x) else np.copysign(past, x) for x in wanted]
    )


def test_a_subnormal_number_is_rounded_once() -> None:
    """3·2**-1075·(1 - 2**-60) lies below a midpoint, but by 53 bits on it."""
    x, y = 3 * 2.0**-600 * (1 + 2.0**-30), 2.0**-475 * (1 - 2.0**-30)
    found = truth("fma", "float64", [x], [y], [0.0])
    assert dtypes.round_once(found.hi, found.lo, "float64") == [2.0**-1074]


def test_a_function_that_claims_correct_rounding_is_decided_beside_midpoints() -> None:
    """exp(2**-24) lies 2**-49 above the midpoint of two float32 numbers."""
    near = truth("exp", "float32", [2.0**-24], claimed=("exp",))
    far = truth("exp", "float32", [0.3], claimed=("exp",))
    assert near.rule.kind == far.rule.kind == "exact"
    assert near.lo[0] != 0 == far.lo[0]
    assert dtypes.round_once(near.hi, near.lo, "float32")[0] == 1 + 2.0**-23


def test_threads_do_not_share_a_precision() -> None:
    """mpmath's is global: a thread must not see another one's."""

    def third(bits: int) -> Any:
        with precision(bits):
            return [(Exact(np.ones(40)) / 3).value[-1] for _ in range(20)]

    bits = [80, 200, 500, 1000] * 4
    with ThreadPoolExecutor(8) as pool:
        for found, count in zip(pool.map(third, bits), bits, strict=True):
            with mpmath.workprec(count):
                assert set(found) == {mpmath.mpf(1) / 3}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_what_hangs_on_the_sign_of_zero(dtype: str) -> None:
    """mpmath has no zero but +0."""
    found = truth("atan2", dtype, [0.0, -0.0, 0.0, -0.0], [0.0, 0.0, -0.0, -0.0]).hi
    np.testing.assert_array_equal(found, [0.0, -0.0, np.pi, -np.pi])
    assert np.signbit(found).tolist() == [False, True, False, True]
