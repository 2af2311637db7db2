"""Arithmetic of mpmath numbers that mpmath itself lacks, or has for finite numbers only.

Quotients and remainders are exact for any exponents: the remainder is taken of whole numbers.
"""

from __future__ import annotations

from typing import Any

import mpmath

NAN = mpmath.mpf("nan")


def remainder(a: Any, b: Any) -> Any:
    """a - b·⌊a/b⌋, of the sign of b, as Python has it for infinities."""
    a, b = mpmath.mpmathify(a), mpmath.mpmathify(b)
    if mpmath.isnan(a) or mpmath.isnan(b) or mpmath.isinf(a) or b == 0:
        return NAN
    if mpmath.isinf(b):
        return a if a == 0 or (a > 0) == (b > 0) else b
    return a % b


def fmod(a: Any, b: Any) -> Any:
    """a - b·trunc(a/b), of the sign of a."""
    rest = remainder(abs(a), abs(b))
    return -rest if a < 0 else rest


def floor_divide(a: Any, b: Any) -> Any:
    """⌊a/b⌋, as Python has it for infinities."""
    a, b = mpmath.mpmathify(a), mpmath.mpmathify(b)
    if b == 0:
        return mpmath.sign(a) * mpmath.inf if a != 0 and not mpmath.isnan(a) else NAN
    if mpmath.isinf(b) and mpmath.isfinite(a):
        return mpmath.mpf(0 if a == 0 or (a > 0) == (b > 0) else -1)
    rest = remainder(a, b)
    return rest if mpmath.isnan(rest) else mpmath.nint((a - rest) / b)


def cbrt(x: Any) -> Any:
    """The real cube root."""
    x = mpmath.mpmathify(x)
    return mpmath.sign(x) * mpmath.cbrt(abs(x)) if mpmath.isfinite(x) else x


def hypot(x: Any, y: Any) -> Any:
    """√(x² + y²); inf where either one is infinite."""
    infinite = mpmath.isinf(x) or mpmath.isinf(y)
    return mpmath.inf if infinite else mpmath.hypot(x, y)


def copysign(x: Any, y: Any) -> Any:
    """|x| with the sign of y."""
    return -abs(x) if y < 0 else abs(x)


def ldexp(x: Any, exponent: Any) -> Any:
    """x·2**exponent."""
    return mpmath.ldexp(x, int(exponent)) if mpmath.isfinite(x) else x


def exponent_of(x: Any) -> int:
    """The e with 2**(e-1) ≤ |x| < 2**e; 0 of what is 0 or not finite."""
    x = mpmath.mpmathify(x)
    return int(mpmath.frexp(x)[1]) if mpmath.isfinite(x) else 0
