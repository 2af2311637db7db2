"""Special functions: erf and its kin, lgamma and digamma, products with a logarithm, logit."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special

from tensorcts.reference.arrays.primitives import constant
from tensorcts.reference.autodiff.custom import gradient
from tensorcts.reference.dtypes import FLOATING
from tensorcts.reference.registry import Choice, op


@op(dtypes=FLOATING)
def erf(x: Any) -> Any:
    """The error function 2/√π·∫₀ˣ exp(-t²) dt, elementwise, accurate near 0.

    Special values: erf(±0) is ±0; erf(±inf) is ±1.
    Gradient: g·2/√π·exp(-x²).
    Source: ISO C99 §7.12.8.1; PyTorch special.erf.
    """
    return scipy.special.erf(x)


@op(dtypes=FLOATING)
def erfc(x: Any) -> Any:
    """The complementary error function 1 - erf(x), elementwise, accurate in its tail.

    Special values: erfc(inf) is +0; erfc(-inf) is 2; erfc(±0) is 1.
    Gradient: -g·2/√π·exp(-x²).
    Source: ISO C99 §7.12.8.2; PyTorch special.erfc.
    """
    return scipy.special.erfc(x)


@op(dtypes=FLOATING, domain=((-1.0, 1.0),))
def erfinv(x: Any) -> Any:
    """The number whose erf is x, elementwise, accurate near 0 and near ±1.

    Special values: erfinv(±0) is ±0; erfinv(±1) is ±inf; NaN for |x| > 1.
    Gradient: g·√π/2·exp(erfinv(x)²), inf at ±1.
    Source: PyTorch special.erfinv; CUDA Math API erfinv.
    """
    return scipy.special.erfinv(x)


def _to_nearest(x: Any) -> Any:
    """How far x lies from the nearest integer: exact, so that sin(πx) keeps its accuracy."""
    return x - np.rint(x)


@op(
    dtypes=FLOATING,
    also_known_as=("gammaln", "loggamma"),
    choices=(
        Choice(
            "lgamma_at_minus_infinity",
            "lgamma of -inf: C's inf, or -inf",
            lambda x: x == -np.inf,
            {"inf": np.inf, "minus_inf": -np.inf},
        ),
    ),
)
def lgamma(x: Any) -> Any:
    """The logarithm of |Γ(x)|, elementwise.

    Semantics: for x < 0 by the reflection log(π/|sin πx|) - lgamma(1 - x), whose terms cancel near
    the zeros there: the error is absolute beside them, relative elsewhere.
    Special values: inf at 0, at the negative integers and at inf; lgamma(1) and lgamma(2) are +0.
    lgamma(-inf) is inf, or what the backend declares as lgamma_at_minus_infinity.
    Gradient: g·digamma(x).
    Source: ISO C99 §7.12.8.3; PyTorch lgamma.
    """
    pi = constant(lambda m: +m.pi, like=x)
    sine = np.abs(np.sin(pi * _to_nearest(x)))
    right = scipy.special.gammaln(np.where(x < 0, 1 - x, x))
    reflected = np.log(pi / np.where(x < 0, sine, 1.0)) - right
    return np.where(x < 0, np.where((x == -np.inf) | (sine == 0), np.inf, reflected), right)


@op(dtypes=FLOATING, also_known_as=("psi",))
def digamma(x: Any) -> Any:
    """The derivative of log Γ(x), elementwise.

    Semantics: for x < 0 by the reflection digamma(1 - x) - π/tan πx. The error is absolute where
    |digamma(x)| < 1, relative elsewhere.
    Special values: digamma(±0) is ∓inf; NaN at the negative integers and at -inf; inf at inf.
    Gradient: g·ζ(2, x), the trigamma function.
    Source: DLMF §5.5, §5.11; PyTorch digamma.
    """
    pi = constant(lambda m: +m.pi, like=x)
    tangent = np.tan(pi * _to_nearest(x))
    right = scipy.special.psi(np.where(x < 0, 1 - x, np.where(x == 0, 1.0, x)))
    reflected = right - pi / np.where(x < 0, tangent, 1.0)
    left = np.where(tangent == 0, np.nan, reflected)
    return np.where(x < 0, left, np.where(x == 0, -1 / np.where(x == 0, x, 1.0), right))


@op(dtypes=FLOATING, domain=((-np.inf, np.inf), (0.0, np.inf)))
@gradient(
    lambda g, z, x, y: g * np.log(np.where((x == 0) & (y <= 0), 1.0, y)),
    lambda g, z, x, y: g * x / y,
)
def xlogy(x: Any, y: Any) -> Any:
    """The product x·log y, elementwise, 0 where x is 0.

    Constraints: (C1) x and y have one floating dtype; (C2) their shapes broadcast.
    Special values: xlogy(0, y) is 0 for every y but NaN, also for y ≤ 0 and y = inf; else NaN for
    y < 0.
    Gradient: g·log y; g·x/y.
    Kinks: 0 to x where x is 0 and y ≤ 0.
    Source: PyTorch special.xlogy; SciPy special.xlogy.
    """
    zero = (x == 0) & (y == y)
    return np.where(zero, 0.0, x * np.log(y))


@op(dtypes=FLOATING, domain=((-np.inf, np.inf), (-1.0, np.inf)))
@gradient(
    lambda g, z, x, y: g * np.log1p(np.where((x == 0) & (y <= -1), 0.0, y)),
    lambda g, z, x, y: g * x / (1 + y),
)
def xlog1py(x: Any, y: Any) -> Any:
    """The product x·log(1 + y), elementwise, accurate for small y, 0 where x is 0.

    Constraints: (C1) x and y have one floating dtype; (C2) their shapes broadcast.
    Special values: xlog1py(0, y) is 0 for every y but NaN, also for y ≤ -1 and y = inf; else NaN
    for y < -1.
    Gradient: g·log1p(y), 0 where x is 0 and y ≤ -1; g·x/(1 + y).
    Source: PyTorch special.xlog1py; SciPy special.xlog1py.
    """
    zero = (x == 0) & (y == y)
    return np.where(zero, 0.0, x * np.log1p(y))


@op(dtypes=FLOATING, domain=((0.0, 1.0),))
@gradient(lambda g, z, x: np.where((x < 0) | (x > 1), np.nan, g / (x * (1 - x))))
def logit(x: Any) -> Any:
    """The logarithm of the odds, log(x/(1 - x)), elementwise: the inverse of the sigmoid.

    Semantics: the formula as it stands, so that the error is absolute beside the zero at ½.
    Special values: logit(0) is -inf; logit(1) is inf; NaN outside of [0, 1].
    Gradient: g/(x·(1 - x)), inf at 0 and 1, NaN outside.
    Source: PyTorch special.logit; SciPy special.logit.
    """
    return np.log(x / (1 - x))
