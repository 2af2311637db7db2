"""Arithmetic of mpmath numbers that mpmath itself lacks, or has for finite numbers only.

Quotients and remainders are exact for any exponents: the remainder is taken of whole numbers.
"""

from __future__ import annotations

from typing import Any

from tensorcts.reference.arrays.multiprecision import MP, NAN


def divide(a: Any, b: Any) -> Any:
    """a/b; x/0 is an infinity of x's sign."""
    if b != 0:
        return a / b
    return NAN if a == 0 or MP.isnan(a) else MP.sign(a) * MP.inf


def sqrt(x: Any) -> Any:
    """The square root; NaN of a real x < 0."""
    return MP.sqrt(x) if isinstance(x, MP.mpc) or x >= 0 else NAN


def remainder(a: Any, b: Any) -> Any:
    """a - b·⌊a/b⌋, of the sign of b, as Python has it for infinities."""
    if MP.isnan(a) or MP.isnan(b) or MP.isinf(a) or b == 0:
        return NAN
    if MP.isinf(b):
        return a if a == 0 or (a > 0) == (b > 0) else b
    return a % b


def fmod(a: Any, b: Any) -> Any:
    """a - b·trunc(a/b), of the sign of a."""
    rest = remainder(abs(a), abs(b))
    return -rest if a < 0 else rest


def floor_divide(a: Any, b: Any) -> Any:
    """⌊a/b⌋, as Python has it for infinities."""
    if b == 0:
        return MP.sign(a) * MP.inf if a != 0 and not MP.isnan(a) else NAN
    if MP.isinf(b) and MP.isfinite(a):
        return MP.mpf(0 if a == 0 or (a > 0) == (b > 0) else -1)
    rest = remainder(a, b)
    return rest if MP.isnan(rest) else MP.nint((a - rest) / b)


def cbrt(x: Any) -> Any:
    """The real cube root."""
    return MP.sign(x) * MP.cbrt(abs(x)) if MP.isfinite(x) else x


def hypot(x: Any, y: Any) -> Any:
    """√(x² + y²); inf where either one is infinite."""
    infinite = MP.isinf(x) or MP.isinf(y)
    return MP.inf if infinite else MP.hypot(x, y)


def copysign(x: Any, y: Any) -> Any:
    """|x| with the sign of y."""
    return -abs(x) if y < 0 else abs(x)


def ldexp(x: Any, exponent: Any) -> Any:
    """x·2**exponent."""
    return MP.ldexp(x, int(exponent)) if MP.isfinite(x) else x


def exponent_of(x: Any) -> int:
    """The e with 2**(e-1) ≤ |x| < 2**e; 0 of what is 0 or not finite."""
    return int(MP.frexp(x)[1]) if MP.isfinite(x) else 0
