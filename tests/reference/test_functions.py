"""Exponentials and special functions: known values, values at their edges, laws, gradients."""

from __future__ import annotations

import math
from typing import Any

import hypothesis.strategies as st
import mpmath
import numpy as np
import pytest
from hypothesis import assume, given

from tensorcts.reference.arrays.exact import Exact
from tensorcts.reference.arrays.multiprecision import MP, PRECISION
from tensorcts.reference.arrays.noise import Noise
from tensorcts.reference.arrays.noisy import Noisy
from tensorcts.reference.arrays.primitives import ARITHMETIC
from tensorcts.reference.autodiff.reverse import vjp
from tensorcts.reference.dtypes import format_of
from tensorcts.reference.ops import definitions as ops

INF, NAN = math.inf, math.nan

VALUES = [
    (ops.exp2, (10.0,), 1024.0), (ops.exp2, (-INF,), 0.0), (ops.exp2, (INF,), INF),
    (ops.exp2, (NAN,), NAN), (ops.exp2, (-1074.0,), 2.0**-1074),
    (ops.log2, (0.0,), -INF), (ops.log2, (8.0,), 3.0), (ops.log2, (-1.0,), NAN),
    (ops.log10, (1000.0,), 3.0), (ops.log10, (INF,), INF), (ops.log10, (-2.0,), NAN),
    (ops.logaddexp, (INF, INF), INF), (ops.logaddexp, (-INF, -INF), -INF),
    (ops.logaddexp, (-INF, 3.0), 3.0), (ops.logaddexp, (INF, -INF), INF),
    (ops.logaddexp, (NAN, INF), NAN), (ops.logaddexp, (1e308, 1e308), 1e308),
    (ops.erf, (INF,), 1.0), (ops.erf, (-INF,), -1.0), (ops.erf, (0.0,), 0.0),
    (ops.erfc, (INF,), 0.0), (ops.erfc, (-INF,), 2.0), (ops.erfc, (1e300,), 0.0),
    (ops.erfinv, (1.0,), INF), (ops.erfinv, (-1.0,), -INF), (ops.erfinv, (1.5,), NAN),
    (ops.erfinv, (0.0,), 0.0), (ops.erfinv, (NAN,), NAN),
    (ops.lgamma, (0.0,), INF), (ops.lgamma, (-3.0,), INF), (ops.lgamma, (INF,), INF),
    (ops.lgamma, (-INF,), INF), (ops.lgamma, (NAN,), NAN), (ops.lgamma, (1.0,), 0.0),
    (ops.lgamma, (2.0,), 0.0), (ops.lgamma, (-2.0**60,), INF),
    (ops.digamma, (0.0,), -INF), (ops.digamma, (-3.0,), NAN), (ops.digamma, (INF,), INF),
    (ops.digamma, (-INF,), NAN), (ops.digamma, (NAN,), NAN),
    (ops.xlogy, (0.0, 0.0), 0.0), (ops.xlogy, (0.0, -1.0), 0.0), (ops.xlogy, (0.0, INF), 0.0),
    (ops.xlogy, (0.0, NAN), NAN), (ops.xlogy, (1.0, 0.0), -INF), (ops.xlogy, (1.0, -1.0), NAN),
    (ops.xlog1py, (0.0, -1.0), 0.0), (ops.xlog1py, (0.0, -2.0), 0.0),
    (ops.xlog1py, (0.0, NAN), NAN), (ops.xlog1py, (2.0, -1.0), -INF),
    (ops.logit, (0.0,), -INF), (ops.logit, (1.0,), INF), (ops.logit, (0.5,), 0.0),
    (ops.logit, (1.5,), NAN), (ops.logit, (-0.5,), NAN),
    (ops.sinc, (0.0,), 1.0), (ops.sinc, (INF,), NAN), (ops.sinc, (0.5,), 2 / math.pi),
    (ops.deg2rad, (180.0,), math.pi), (ops.rad2deg, (INF,), INF), (ops.deg2rad, (-INF,), -INF),
]  # fmt: skip


def plain(x: Any) -> Any:
    return x.split()[0] if isinstance(x, Exact) else np.asarray(x)


@pytest.mark.parametrize(
    ("op", "arguments", "expected"), VALUES, ids=lambda v: getattr(v, "__name__", str(v))
)
@pytest.mark.parametrize("kind", [Exact, np.asarray])
def test_values(op: Any, arguments: Any, expected: float, kind: Any) -> None:
    with np.errstate(all="ignore"):
        got = op(*(kind(np.array(a)) for a in arguments))
    np.testing.assert_allclose(plain(got), expected, rtol=1e-15, atol=0)


def test_digamma_has_a_pole_of_either_sign_at_zero() -> None:
    with np.errstate(divide="ignore"):
        got = ops.digamma(np.array([0.0, -0.0]))
    np.testing.assert_array_equal(got, [-INF, INF])


TRUTHS: list[tuple[Any, Any, list[float]]] = [
    (ops.exp2, lambda x: mpmath.mpf(2) ** x, [-1074.5, -0.3, 1e-20, 1023.9]),
    (ops.log2, lambda x: mpmath.log(x) / mpmath.log(2), [1 + 2.0**-52, 1 - 2.0**-53, 5e-324]),
    (ops.log10, lambda x: mpmath.log(x) / mpmath.log(10), [1 + 2.0**-52, 1e300, 0.1]),
    (ops.erfinv, mpmath.erfinv, [1e-300, 0.5, 0.99, 1 - 2.0**-53]),
    (ops.lgamma, lambda x: mpmath.log(abs(mpmath.gamma(x))),
     [1 + 2.0**-52, 2 - 2.0**-52, 1e-300, -1e-300, -0.5, -10.5, -1 + 2.0**-53, 171.6,
      -2.4570247382208006, -2.7476826467274127, -3.1435808883499798]),
    (ops.digamma, mpmath.digamma,
     [1e-300, -1e-300, 0.5, 1e300, -0.5, -10.5, -1 + 2.0**-53, 1.4616321449683623,
      -0.504083008264455, -1.5734984731623905]),
]  # fmt: skip


@pytest.mark.parametrize(("op", "truth", "points"), TRUTHS, ids=[t[0].__name__ for t in TRUTHS])
def test_exact_is_right_beside_zeros_and_poles(op: Any, truth: Any, points: list[float]) -> None:
    """To 40 digits, against mpmath with four times the precision."""
    for x in points:
        got = op(Exact(np.array(x))).value.item()
        with MP.workprec(4 * PRECISION), mpmath.workprec(4 * PRECISION):
            assert abs(got / truth(mpmath.mpf(x)) - 1) < mpmath.mpf(10) ** -40, x


def test_known_constants() -> None:
    assert ops.digamma(np.array(1.0)) == pytest.approx(-np.euler_gamma, rel=1e-15)
    assert ops.lgamma(np.array(0.5)) == pytest.approx(math.log(math.pi) / 2, rel=1e-15)
    assert ops.lgamma(np.array(-0.5)) == pytest.approx(math.log(2 * math.sqrt(math.pi)), rel=1e-15)
    assert ops.logit(np.array(0.75)) == pytest.approx(math.log(3), rel=1e-15)


reals = st.floats(-50, 50).filter(lambda x: abs(x) > 1e-6)


def same(a: Any, b: Any) -> bool:
    """Equal to 40 digits, counted from the larger of the numbers and 1."""
    a, b = a.value.item(), b.value.item()
    return bool(abs(a - b) <= mpmath.mpf(10) ** -40 * max(abs(a), abs(b), 1))


def away_from_integers(x: float) -> bool:
    return abs(x - round(x)) > 1e-6


@given(reals.filter(away_from_integers))
def test_the_recurrences_of_the_gamma_function(number: float) -> None:
    x = Exact(np.array(number))
    assert same(ops.digamma(x + 1), ops.digamma(x) + 1 / x)
    assert same(ops.lgamma(x + 1), ops.lgamma(x) + np.log(np.abs(x)))


@given(reals, reals)
def test_logaddexp_is_the_logarithm_of_the_sum(a: float, b: float) -> None:
    x, y = Exact(np.array(a)), Exact(np.array(b))
    assert same(ops.logaddexp(x, y), np.log(np.exp(x) + np.exp(y)))
    assert same(ops.logaddexp(x, y), ops.logaddexp(y, x))


@given(st.floats(-0.999, 0.999))
def test_erfinv_is_the_inverse(number: float) -> None:
    x = Exact(np.array(number))
    assert same(ops.erf(ops.erfinv(x)), x)


@given(st.floats(0.001, 0.999))
def test_logit_is_odd_about_one_half_and_the_inverse_of_the_sigmoid(number: float) -> None:
    x = Exact(np.array(number))
    assert same(ops.logit(1 - x), -ops.logit(x))
    assert same(1 / (1 + np.exp(-ops.logit(x))), x)


@given(reals, st.floats(1e-3, 1e3))
def test_products_with_a_logarithm(a: float, b: float) -> None:
    x, y = Exact(np.array(a)), Exact(np.array(b))
    assert same(ops.xlogy(x, y), x * np.log(y))
    assert same(ops.xlog1py(x, y), ops.xlogy(x, 1 + y))


@given(st.floats(-360, 360))
def test_degrees_and_radians_are_inverse(number: float) -> None:
    assume(number)
    x = Exact(np.array(number))
    assert same(ops.rad2deg(ops.deg2rad(x)), x)


GRADIENTS: list[tuple[str, Any, list[float], list[float]]] = [
    ("logaddexp of equals", lambda x: ops.logaddexp(x, x[::-1]), [2.0, 2.0], [1, 1]),
    ("logaddexp beside -inf", lambda x: ops.logaddexp(x, -INF), [0.0], [1]),
    ("xlogy at 0", lambda x: ops.xlogy(x, np.array([1.0, 0.0, -1.0])), [0.0] * 3, [0, 0, 0]),
    ("xlog1py at 0", lambda x: ops.xlog1py(x, np.array([0.0, -1.0])), [0.0] * 2, [0, 0]),
    ("xlogy of 0, by y", lambda y: ops.xlogy(0.0, y), [2.0], [0]),
    ("sinc at 0", ops.sinc, [0.0], [0]),
    ("erfinv at its ends", ops.erfinv, [-1.0, 1.0], [INF, INF]),
    ("logit at its ends and outside", ops.logit, [0.0, 1.0, 2.0], [INF, INF, NAN]),
]


@pytest.mark.parametrize(
    ("function", "x", "expected"), [g[1:] for g in GRADIENTS], ids=[g[0] for g in GRADIENTS]
)
def test_gradient_at_an_edge(function: Any, x: list[float], expected: list[float]) -> None:
    result, pullback = vjp(function, np.array(x, np.float64))
    np.testing.assert_array_equal(pullback(np.ones(np.shape(result)))[0], expected)


def test_the_error_of_digamma_is_absolute_beside_its_zero() -> None:
    form = format_of("float32")
    noise = Noise(dict.fromkeys(ARITHMETIC.values(), 1.0), form, form, np.random.default_rng(0))
    x = np.full(500, 1.4616321449683623)
    spread = np.max(np.abs(ops.digamma(Noisy(x, noise)).value))
    assert 2.0**-24 < spread <= 2.0**-23


def test_constants_are_rounded_to_the_format() -> None:
    form = format_of("float32")
    runs = []
    for seed in range(50):
        noise = Noise(dict.fromkeys(ARITHMETIC.values(), 0.5), form, form,
                      np.random.default_rng(seed))  # fmt: skip
        errors = ops.deg2rad(Noisy(np.full(1000, 100.0), noise)).value - ops.deg2rad(100.0)
        runs.append(np.mean(errors) / form.ulp(np.array(1.75)))
    assert 0.1 < np.std(runs) < 0.6  # all elements of a run share the constant
