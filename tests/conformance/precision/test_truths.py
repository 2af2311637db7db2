"""Truths against mpmath's own formulas, rounded once by whole numbers; margins against errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from numpy.typing import NDArray

from tensorcts.conformance.precision import functions, hard
from tensorcts.conformance.precision.blocks import Layout
from tensorcts.conformance.precision.functions import Function, find
from tensorcts.conformance.precision.truths import TINY, Truths
from tensorcts.reference import dtypes
from tensorcts.reference.dtypes import Format

MP: Any = mpmath.MPContext()
MP.prec = 700
mpf = MP.mpf
BELOW_ONE = 1 - mpf(2) ** -600
"""For tanh of what is so large that 700 bits don't tell it from 1: x - 1 may be a midpoint."""
UNARY = [f for f in functions.everything() if f.arity == 1 and "float32" in f.dtypes]
BINARY = [f for f in functions.everything() if f.arity == 2]

FORMULAS: dict[str, Callable[..., Any]] = {
    **{name: getattr(MP, name) for name in (
        "exp", "expm1", "log", "log1p", "log10", "sin", "cos", "tan", "asin", "acos", "atan",
        "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "sqrt", "erf", "erfc", "erfinv",
        "digamma", "hypot", "atan2")},
    "exp2": lambda x: mpf(2) ** x,
    "log2": lambda x: MP.log(x) / MP.ln2,
    "cbrt": lambda x: MP.sign(x) * MP.cbrt(abs(x)),
    "rsqrt": lambda x: 1 / MP.sqrt(x),
    "square": lambda x: x * x,
    "reciprocal": lambda x: 1 / x,
    "lgamma": lambda x: MP.log(abs(MP.gamma(x))),
    "gelu": lambda x: x * MP.ncdf(x) if x > 0 else x / 2 * MP.erfc(-x / MP.sqrt(2)),
    "gelu_tanh": lambda x: x / (1 + MP.exp(-2 * MP.sqrt(2 / MP.pi) * (
        x + mpf("0.044715") * x**3))),
    "silu": lambda x: x / (1 + MP.exp(-x)),
    "swish": lambda x: x / (1 + MP.exp(-x)),
    "sigmoid": lambda x: 1 / (1 + MP.exp(-x)),
    "log_sigmoid": lambda x: -MP.log1p(MP.exp(-x)),
    "softplus": lambda x: MP.log1p(MP.exp(x)) if x <= 20 else x,
    "mish": lambda x: x * MP.tanh(MP.log1p(MP.exp(x))),
    "softsign": lambda x: x / (1 + abs(x)),
    "leaky_relu": lambda x: x if x > 0 else x * mpf(0.01),
    "elu": lambda x: x if x > 0 else MP.expm1(x),
    "celu": lambda x: x if x > 0 else MP.expm1(x),
    "selu": lambda x: mpf("1.05070098735548049341933498529") * (
        x if x > 0 else mpf("1.67326324235437728481704283107") * MP.expm1(x)),
    "hardsigmoid": lambda x: min(max((x + 3) / 6, mpf(0)), mpf(1)),
    "hardswish": lambda x: x * min(max((x + 3) / 6, mpf(0)), mpf(1)),
    "tanhshrink": lambda x: x - (MP.tanh(x) if abs(x) < 200 else MP.sign(x) * BELOW_ONE),
    "logit": lambda x: MP.log(x / (1 - x)),
    "sinc": lambda x: MP.sinc(MP.pi * x) if x != MP.nint(x) else mpf(x == 0),
    "deg2rad": lambda x: x * MP.pi / 180,
    "rad2deg": lambda x: x * 180 / MP.pi,
    "add": lambda x, y: x + y,
    "subtract": lambda x, y: x - y,
    "multiply": lambda x, y: x * y,
    "divide": lambda x, y: x / y,
    "pow": lambda x, y: MP.power(x, y),
    "logaddexp": lambda x, y: MP.log(MP.exp(x) + MP.exp(y)),
    "xlogy": lambda x, y: x * MP.log(y),
    "xlog1py": lambda x, y: x * MP.log1p(y),
}  # fmt: skip


def nearest(value: Any, form: Format) -> float:
    """The number of the format nearest to a real one, ties to even, by whole numbers."""
    if value == 0:
        return 0.0
    exponent = max(int(MP.floor(MP.log(abs(value), 2))), form.emin) - form.p + 1
    rounded = float(MP.nint(MP.ldexp(value, -exponent)) * MP.ldexp(mpf(1), exponent))
    return rounded if abs(rounded) <= form.max else float(np.copysign(np.inf, rounded))


def inputs(function: Function, dtype: str, count: int, seed: int) -> tuple[NDArray[Any], ...]:
    """Random patterns, numbers of everyday sizes and hard arguments, where mpmath has a value."""
    rng, layout = np.random.default_rng(seed), Layout.of(dtype)
    target = dtypes.numpy_dtype(dtype)
    known = layout.array(hard.magnitudes(function.op.name, dtype))
    arrays = []
    for position in range(function.arity):
        low, high = function.op.domain_of(position)
        everyday = rng.uniform(max(low, -9), min(high, 9), count).astype(target)
        everyday = everyday.view(layout.unsigned)
        bits = [layout.anything(rng, count), everyday, known, known | layout.sign]
        every = np.concatenate(bits).view(target)
        x = dtypes.widen(every)
        fits = (x >= low) & (x <= high) & np.isfinite(x) & (x != 0) & (np.abs(x) < 2.0**100)
        arrays.append(rng.permutation(every[fits]) if position else every[fits])
    shortest = min(map(len, arrays))
    return tuple(a[:shortest] for a in arrays)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
@pytest.mark.parametrize("function", [*UNARY, *BINARY], ids=lambda f: f.name)
def test_no_rounding_is_wrong(function: Function, dtype: str) -> None:
    if function.op.name not in FORMULAS or dtype not in function.dtypes:
        return
    arrays = inputs(function, dtype, 40, seed=len(function.name))
    hi, _ = Truths(function, dtype)(*arrays)
    got = dtypes.widen(dtypes.round_once(hi, np.zeros(hi.shape), dtype))
    checked = 0
    for *xs, mine in zip(*map(dtypes.widen, arrays), got, strict=True):
        value = reached(function, xs)
        if value is not None:
            checked += 1
            assert nearest(value, dtypes.format_of(dtype)) == mine, (xs, mpmath.nstr(value, 30))
    assert checked > 50


def reached(function: Function, xs: list[float]) -> Any:
    """The value, None where mpmath has none, a complex one, or takes all day."""
    if function.name in ("lgamma", "digamma") and abs(xs[0]) > 1e5:
        return None
    if function.arity == 2 and max(map(abs, xs)) > 2.0**60:
        return None
    try:
        value = FORMULAS[function.op.name](*map(mpf, xs))
    except (ValueError, ZeroDivisionError, OverflowError, mpmath.libmp.NoConvergence):
        return None
    return value if isinstance(value, mpf) and MP.isfinite(value) else None


def test_every_function_has_a_formula() -> None:
    casts = {f.op.name for f in UNARY if f.op.name == "astype"}
    assert {f.op.name for f in [*UNARY, *BINARY]} - casts <= set(FORMULAS)


@pytest.mark.parametrize("function", [*UNARY, *BINARY], ids=lambda f: f.name)
def test_the_margin_is_many_times_the_error(function: Function) -> None:
    truths = Truths(function, "float32")
    if truths.margin.nothing:
        return
    arrays = inputs(function, "float32", 200, seed=7)
    with np.errstate(all="ignore"):
        hi, lo = truths.exactly(arrays)
        xs = tuple(map(dtypes.widen, arrays))
        y = np.asarray(truths.evaluate(*xs))
        share = np.abs((y - hi) - lo) / truths.margin.around(y, xs)
    form = dtypes.format_of("float32")
    seen = np.isfinite(hi) & (np.abs(hi) > form.smallest_subnormal / 4) & (np.abs(hi) < form.max)
    assert np.nanmax(share[seen], initial=0) < 0.1


@pytest.mark.parametrize("name", ["gelu", "gelu_tanh", "silu", "swish", "hardswish"])
def test_halves_of_subnormal_numbers_are_no_ties(name: str) -> None:
    """x/2 is a midpoint for every odd multiple of 2**-149; the truth lies above it."""
    odd = Layout.of("float32").array([1, 3, 5, 2**23 - 1])
    for sign in (0, 2**31):
        x = (odd | np.uint32(sign)).view(np.float32)
        truths = Truths(find(name), "float32")
        hi, _ = truths(x)
        half = x.astype(np.float64) / 2
        assert np.all(hi > half) and np.all(np.abs(hi - half) <= 2.0**-52 * np.abs(half))
        exact, rest = truths.exactly((x,))
        np.testing.assert_array_equal(exact, half)
        assert np.all(rest > 0)


def test_no_rule_stands_where_the_tangent_is_no_power_of_two() -> None:
    for name in ("mish", "erf", "deg2rad", "selu"):
        assert Truths(find(name), "float32").sides == (0.0, 0.0)
    assert dtypes.format_of("float32").smallest_normal < TINY


def test_numbers_less_one_are_no_ties_of_tanhshrink() -> None:
    x = np.array([2.0**24 + 2, 2.0**24 + 4, -(2.0**24) - 6], np.float32)
    hi, _ = Truths(find("tanhshrink"), "float32")(x)
    assert np.all(np.abs(hi) > np.abs(x.astype(np.float64)) - 1)


def test_products_of_tiny_numbers_are_no_ties_of_xlog1py() -> None:
    """x·y is a midpoint where y is an odd multiple of 2**-133 and x = ±½."""
    y = Layout.of("bfloat16").array([1, 3, 0x8001, 0x8003] * 2).view(dtypes.numpy_dtype("bfloat16"))
    x = np.repeat([0.5, -0.5], 4).astype(y.dtype)
    truths = Truths(find("xlog1py"), "bfloat16")
    hi, _ = truths(x, y)
    exact, rest = truths.exactly((x, y))
    np.testing.assert_array_equal(exact, dtypes.widen(x) * dtypes.widen(y))
    np.testing.assert_array_equal(np.sign(hi - exact), np.sign(rest))


def test_a_number_past_the_largest_is_decided() -> None:
    truths = Truths(find("pow"), "float16")
    y = np.array([65504.0, 65519.999, 65520.0, 65521.0, 65536.0, 1e12])
    assert [*truths.undecided(y, (y, y))] == [2]


def test_a_sum_of_exponentials_loses_no_more_than_its_terms() -> None:
    """The exponential is next to nothing in one term, and all that there is beside the other."""
    tiny = Layout.of("bfloat16").array(range(96)).view(dtypes.numpy_dtype("bfloat16"))
    x, y = np.tile(tiny, 2), np.linspace(-80, -2, 192).astype(tiny.dtype)
    truths = Truths(find("logaddexp"), "bfloat16")
    hi, lo = truths.exactly((x, y))
    assert len(truths.undecided(hi, (dtypes.widen(x), dtypes.widen(y)))) < 5
    np.testing.assert_array_equal(
        dtypes.round_once(truths(x, y)[0], np.zeros(192), "bfloat16"),
        dtypes.round_once(hi, lo, "bfloat16"),
    )


ODD = [f for f in UNARY if f.parity == "odd" and f.name != "reciprocal"]


@pytest.mark.parametrize("function", ODD, ids=lambda f: f.name)
def test_an_odd_functions_zero_has_its_arguments_sign(function: Function) -> None:
    hi, _ = Truths(function, "float32")(np.array([0.0, -0.0], np.float32))
    assert [*hi] == [0, 0] and [*np.signbit(hi)] == [False, True]


def test_a_signalling_nan_is_taken_for_a_quiet_one() -> None:
    nan = np.full(64, 0x7C01, np.uint16).view(np.float16)
    for name, x in (("pow", 1.0), ("hypot", np.inf)):
        hi, _ = Truths(find(name), "float16")(np.full(64, x, np.float16), nan)
        np.testing.assert_array_equal(hi, x)


def test_declared_options_are_the_truth() -> None:
    x = np.array([-np.inf, 1.0], np.float32)
    plain, _ = Truths(find("gelu"), "float32")(x)
    other, _ = Truths(find("gelu"), "float32", {"activation_at_minus_infinity": "nan"})(x)
    assert plain[0] == 0 and np.isnan(other[0]) and plain[1] == other[1]


@pytest.mark.parametrize("saturates", [False, True])
def test_casts_round_once_and_overflow_as_declared(saturates: bool) -> None:
    traits = {"float8_e4m3fn_overflow": "saturate"} if saturates else {}
    x = np.array([448.0, 464.0, 464.5, -1e4, np.nan, 1.0625 + 2.0**-20], np.float32)
    hi, _ = Truths(find("astype-float8_e4m3fn"), "float32", traits)(x)
    got = dtypes.widen(dtypes.round_once(hi, np.zeros(6), "float8_e4m3fn"))
    past = [448.0, -448.0] if saturates else [np.nan, np.nan]
    np.testing.assert_array_equal(got, [448.0, 448.0, *past, np.nan, 1.125])


def test_float64s_truths_take_the_bits_they_need() -> None:
    """At 200 bits 1 + tanh is what rounding left of it, and gelu of the smallest number a tie."""
    hi, lo = Truths(find("gelu_tanh"), "float64")(np.array([-6.0, -4e34]))
    rest = FORMULAS["gelu_tanh"](mpf(-6)) - mpf(hi[0]) - mpf(lo[0])
    assert abs(rest) < abs(hi[0]) * 2.0**-90
    assert hi[1] == 0
    assert Truths(find("gelu"), "float64")(np.array([5e-324]))[0] == 5e-324
