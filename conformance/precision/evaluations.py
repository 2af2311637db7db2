"""Functions in float64 arithmetic, and how far off that may be.

A function is its definition, run by NumPy and SciPy; where that loses digits to cancellation, which
the definition leaves to its interpreter, a formula that does not stands here. A margin bounds the
error many times over; what it can't decide goes to as many bits as it takes (``truths``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, reduce

import mpmath
import numpy as np
import scipy.special
from numpy.typing import NDArray

from tensorcts.conformance.precision.functions import CAST, Function
from tensorcts.conformance.truths import ROUNDED_TWICE

Numbers = NDArray[np.float64]
Evaluation = Callable[..., Numbers]

LIBRARY = 2.0**-44
"""Relatively 2**8 ulps of float64: NumPy's and SciPy's own functions are off by four at most."""

COMPOSED = 2.0**-40
"""For formulas that lose some bits."""


@dataclass(frozen=True)
class Margin:
    """What float64 arithmetic is certainly not off by: relative·|y| + absolute + slope·|x|.

    Of two arguments x is the larger one.

    Nothing at all where what it rounds to 53 bits rounds to a narrower format as the truth does.
    """

    relative: float = LIBRARY
    absolute: float = 0.0
    slope: float = 0.0

    @property
    def nothing(self) -> bool:
        """Whether float64's result always rounds as the truth does."""
        return self.relative == self.absolute == self.slope == 0

    def around(self, y: Numbers, xs: tuple[Numbers, ...]) -> Numbers:
        """The margin of each result."""
        found = self.relative * np.abs(y)
        found += self.absolute
        if self.slope:
            found += self.slope * np.abs(reduce(np.maximum, xs))
        return found


def evaluation(function: Function) -> Evaluation:
    """The function in float64 arithmetic."""
    return STABLE.get(function.op.name) or partial(function.op.function, **function.attrs)


def margin(function: Function) -> Margin:
    """How far the evaluation may be off."""
    name = function.op.name
    return Margin(0) if name in INNOCUOUS else MARGINS.get(name, Margin())


INNOCUOUS = (*ROUNDED_TWICE, "square", CAST, "hardsigmoid")
"""Exact in float64, or such that float64's rounding decides nothing for a format of p ≤ 25.

(x + 3)/6: where x + 3 has 53 bits or less it is a sixth of a multiple of 2**-51, which lies on a
midpoint or 2**-53.6 away from it; float64's rounding of numbers below 1 is off by 2**-54. Else |x|
is below 2**-27, and the quotient next to ½.
"""

MARGINS = {
    # The condition of erfc at z, 2·z² ≤ 200, times the rounding of z; z = -x/√2, 2z below.
    "gelu": Margin(COMPOSED),
    "gelu_tanh": Margin(COMPOSED),
    # x and tanh x cancel to x³/3, which is 2**-7.6 of them where the series ends.
    "tanhshrink": Margin(COMPOSED),
    # Reflected for x < 0, log(π/|sin πx|) and lgamma(1 - x) ≤ 16·|x| cancel; for x > 0 beside 1, 2.
    "lgamma": Margin(COMPOSED, absolute=2.0**-44, slope=2.0**-40),
    # Reflected for x < 0, where π/tan πx and digamma(1 - x) ≤ 16 cancel; for x > 0 beside 1.46.
    "digamma": Margin(COMPOSED, absolute=2.0**-42),
    # max(x, y) and log1p(exp(-|x - y|)) cancel: their sizes are |result| + 2·|max| at most.
    "logaddexp": Margin(slope=2.0**-43),
}
"""Margins that a relative error does not describe; with the terms that cancel."""


def _gelu_tanh(x: Numbers) -> Numbers:
    """½·(1 + tanh z) = σ(2z), without the cancellation for z < 0."""
    z = np.sqrt(2 / np.pi) * (x + 0.044715 * (x * x * x))
    return np.where(x == -np.inf, 0.0, x / (1 + np.exp(-2 * z)))


def _taylor_of_tanhshrink() -> list[float]:
    """Coefficients of (x - tanh x)/x³ in powers of x²; the next term is 2**-51 at x = 2**-3."""
    with mpmath.workprec(200):
        return [-float(c) for c in mpmath.taylor(mpmath.tanh, 0, 19)[3::2]]


TANHSHRINK = _taylor_of_tanhshrink()
_SERIES = np.polynomial.Polynomial(TANHSHRINK)


def _tanhshrink(x: Numbers) -> Numbers:
    """By the series where x and tanh x cancel."""
    small = np.abs(x) < 0.125
    near = np.where(small, x, 0.0)
    series = near * near * near * _SERIES(near * near)
    return np.where(small, np.copysign(series, x), x - np.tanh(x))


def _logit(x: Numbers) -> Numbers:
    """By atanh beside its zero ½: 2x - 1 is exact there."""
    centred = 2 * x - 1
    inner = np.where(np.abs(centred) < 0.5, centred, 0.0)
    return np.where(np.abs(centred) < 0.5, 2 * np.arctanh(inner), np.log(x / (1 - x)))


def _sinc(x: Numbers) -> Numbers:
    """By the distance to the nearest integer, which is exact."""
    whole = np.rint(x)
    sine = np.sin(np.pi * (x - whole)) * (1 - 2 * np.remainder(whole, 2))
    return np.where(x == 0, 1.0, sine / (np.pi * np.where(x == 0, 1.0, x)))


def _erfinv(x: Numbers) -> Numbers:
    """Only of what has one: elsewhere SciPy takes a hundred times as long to say so, and
    of -0 its own is +0.
    """
    inside = np.abs(x) <= 1
    found = scipy.special.erfinv(np.where(inside, x, 0.0))
    return np.where(inside, np.copysign(found, x), np.nan)


STABLE: dict[str, Evaluation] = {
    "erfinv": _erfinv,
    "gelu_tanh": _gelu_tanh,
    "tanhshrink": _tanhshrink,
    "logit": _logit,
    "sinc": _sinc,
}
"""Formulas for what the definition cancels, or what takes it long, in float64 arithmetic."""

BEYOND = {"tanhshrink": 64.0}
"""For |x| above it float64's result is exact but for a rest, away from zero, that no format shows:
x - tanh x is x ∓ 1, a midpoint of float32 for all |x| in [2**24, 2**25), and 2·exp(-2|x|)."""

UNDER_TANGENT = ("xlog1py",)
"""x·g(y): of tiny y float64 arithmetic gives x·y, which may be a midpoint, but g(y) is below y."""
