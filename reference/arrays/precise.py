"""Special functions at mpmath's working precision, where mpmath's own don't go all the way.

Near its zeros a function loses the digits that its terms have in common, so these carry twice the
precision; poles, NaN and what lies outside of the domain get the values that the ops define.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath

NAN = mpmath.mpf("nan")


def _doubled(function: Callable[[Any], Any], x: Any) -> Any:
    with mpmath.workprec(2 * mpmath.mp.prec):
        return function(x)


def gammaln(x: Any) -> Any:
    """log Γ(x) for x ≥ 0."""
    if x == 0:
        return mpmath.inf
    return _doubled(mpmath.loggamma, x) if x > 0 else NAN


def psi(x: Any) -> Any:
    """The digamma function for x > 0."""
    return _doubled(mpmath.digamma, x) if x > 0 else NAN


def zeta(s: Any, x: Any) -> Any:
    """Hurwitz' ζ(s, x) for s > 1 and x > 0."""
    return mpmath.zeta(s, x) if 0 < x < mpmath.inf else mpmath.mpf(0) if x > 0 else NAN


def erfinv(x: Any) -> Any:
    """The inverse of erf on [-1, 1]."""
    if abs(x) == 1:
        return x * mpmath.inf
    return _doubled(mpmath.erfinv, x) if abs(x) < 1 else NAN


def exp2(x: Any) -> Any:
    """The power 2ˣ."""
    return mpmath.exp(x * mpmath.ln2) if mpmath.isfinite(x) else mpmath.exp(x)


def erfc(x: Any) -> Any:
    """erfc, whose tail mpmath can't compute for huge arguments: no number format reaches it."""
    return mpmath.erfc(x) if abs(x) < 2**20 or mpmath.isnan(x) else mpmath.mpf(2 * int(x < 0))
