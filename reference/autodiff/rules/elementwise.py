"""Derivative rules of the elementwise primitives.

At kinks: 0 for |x| at 0, half to each of two equal arguments of maximum and minimum, the limit
(which may be infinite) for roots; y·x**(y-1) is 0 where y is 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special

from tensorcts.reference.arrays.primitives import (
    constant,
    hurwitz,
    is_complex,
    join_parts,
    stop_gradient,
)


def _base(g: Any, z: Any, x: Any, y: Any) -> Any:
    """g·y·x**(y-1), 0 where y is 0."""
    return g * (y * np.power(x, np.where((x == 0) & (y == 0), 1.0, y - 1)))


def _exponent(g: Any, z: Any, x: Any, y: Any) -> Any:
    """g·x**y·log x, 0 where x is 0 and y ≥ 0."""
    return g * (z * np.log(np.where((x == 0) & (np.real(y) >= 0), 1.0, x)))


def unit(x: Any, size: Any) -> Any:
    """x/|x|, 0 where x is 0: the sign of a real x."""
    return x / np.where(size == 0, 1.0, size) if is_complex(x) else np.sign(x)


def _sign(g: Any, z: Any, x: Any) -> Any:
    """What of a complex g is at right angles to z̅, over |x|; 0 where x is 0."""
    size = np.abs(x)
    across = g - np.conjugate(z) * np.real(g * z)
    return np.where(size == 0, 0.0, across) / np.where(size == 0, 1.0, size)


def _arccosh(g: Any, z: Any, x: Any) -> Any:
    """g/√(x² - 1), among complex numbers as two roots: their cuts are that of arccosh."""
    return g / (np.sqrt(x - 1) * np.sqrt(x + 1) if is_complex(x) else np.sqrt(x * x - 1))


def _exp(g: Any, z: Any, x: Any) -> Any:
    """g·exp(x), 0 where g is 0 and exp(x) overflows: the derivative of 1/(1 + exp(x)) needs it."""
    return g * np.where((g == 0) & np.isinf(z), 0.0, z)


def _truncated_quotient(x: Any, y: Any) -> Any:
    """x/y toward zero. Nothing is truncated after a rounding: that would jump by 1."""
    return stop_gradient((x - np.fmod(x, y)) / y)


def _over_square(a: Any, r: Any) -> Any:
    """a/r², 0 where a and r are; r² itself may overflow."""
    safe = np.where(r == 0, 1.0, r)
    return a / safe / safe


def _bell(x: Any) -> Any:
    """The derivative of erf: 2/√π·exp(-x²)."""
    return constant(lambda m: 2 / m.sqrt(m.pi), like=x) * np.exp(-(x * x))


def _erfinv(g: Any, z: Any, x: Any) -> Any:
    """g·√π/2·exp(z²)."""
    return g * constant(lambda m: m.sqrt(m.pi) / 2, like=x) * np.exp(z * z)


def _natural(base: int, like: Any) -> Any:
    """The natural logarithm of a base."""
    return constant(lambda m: m.log(base), like=like)


RULES: dict[Any, Any] = {
    np.add: (lambda g, z, x, y: g, lambda g, z, x, y: g),
    np.subtract: (lambda g, z, x, y: g, lambda g, z, x, y: -g),
    np.multiply: (lambda g, z, x, y: g * y, lambda g, z, x, y: g * x),
    np.divide: (lambda g, z, x, y: g / y, lambda g, z, x, y: -g * z / y),
    np.power: (_base, _exponent),
    np.float_power: (_base, _exponent),
    np.arctan2: (
        lambda g, z, y, x: _over_square(g * x, np.hypot(x, y)),
        lambda g, z, y, x: _over_square(-g * y, np.hypot(x, y)),
    ),
    np.hypot: (
        lambda g, z, x, y: g * x / np.where(z == 0, 1.0, z),
        lambda g, z, x, y: g * y / np.where(z == 0, 1.0, z),
    ),
    np.remainder: (lambda g, z, x, y: g, lambda g, z, x, y: -g * np.floor_divide(x, y)),
    np.fmod: (lambda g, z, x, y: g, lambda g, z, x, y: -g * _truncated_quotient(x, y)),
    np.copysign: (
        lambda g, z, x, y: g * np.sign(x) * np.copysign(1.0, y),
        lambda g, z, x, y: np.zeros_like(g),
    ),
    np.ldexp: (lambda g, z, x, exponent: np.ldexp(g, exponent),),
    np.cbrt: (lambda g, z, x: g / (3 * z * z),),
    np.maximum: (
        lambda g, z, x, y: np.where(x == y, g / 2, np.where(x > y, g, 0.0)),
        lambda g, z, x, y: np.where(x == y, g / 2, np.where(y > x, g, 0.0)),
    ),
    np.minimum: (
        lambda g, z, x, y: np.where(x == y, g / 2, np.where(x < y, g, 0.0)),
        lambda g, z, x, y: np.where(x == y, g / 2, np.where(y < x, g, 0.0)),
    ),
    np.conjugate: (lambda g, z, x: np.conjugate(g),),
    np.real: (lambda g, z, x: join_parts(g, np.zeros_like(g)) if is_complex(x) else g,),
    np.imag: (lambda g, z, x: join_parts(np.zeros_like(g), -g),),
    join_parts: (lambda g, z, x, y: np.real(g), lambda g, z, x, y: -np.imag(g)),
    np.where: (
        None,
        lambda g, z, condition, x, y: np.where(condition, g, 0.0),
        lambda g, z, condition, x, y: np.where(condition, 0.0, g),
    ),
    np.negative: (lambda g, z, x: -g,),
    np.positive: (lambda g, z, x: g,),
    np.absolute: (lambda g, z, x: g * np.conjugate(unit(x, z)),),
    np.sign: (_sign,),
    np.square: (lambda g, z, x: g * 2 * x,),
    np.reciprocal: (lambda g, z, x: -g * (z * z),),
    np.sqrt: (lambda g, z, x: g / (2 * z),),
    np.exp: (_exp,),
    np.exp2: (lambda g, z, x: _exp(g, z, x) * _natural(2, x),),
    np.expm1: (lambda g, z, x: g * np.exp(x),),
    np.log: (lambda g, z, x: g / x,),
    np.log2: (lambda g, z, x: g / (x * _natural(2, x)),),
    np.log10: (lambda g, z, x: g / (x * _natural(10, x)),),
    np.log1p: (lambda g, z, x: g / (1 + x),),
    np.sin: (lambda g, z, x: g * np.cos(x),),
    np.cos: (lambda g, z, x: -g * np.sin(x),),
    np.tan: (lambda g, z, x: g * (1 + z * z),),
    np.arcsin: (lambda g, z, x: g / np.sqrt(1 - x * x),),
    np.arccos: (lambda g, z, x: -g / np.sqrt(1 - x * x),),
    np.arctan: (lambda g, z, x: g / (1 + x * x),),
    np.sinh: (lambda g, z, x: g * np.cosh(x),),
    np.cosh: (lambda g, z, x: g * np.sinh(x),),
    np.tanh: (lambda g, z, x: g * (1 - z * z),),
    np.arcsinh: (lambda g, z, x: g / np.sqrt(1 + x * x),),
    np.arccosh: (_arccosh,),
    np.arctanh: (lambda g, z, x: g / (1 - x * x),),
    scipy.special.erf: (lambda g, z, x: g * _bell(x),),
    scipy.special.erfc: (lambda g, z, x: -g * _bell(x),),
    scipy.special.erfinv: (_erfinv,),
    scipy.special.gammaln: (lambda g, z, x: g * scipy.special.psi(x),),
    scipy.special.psi: (lambda g, z, x: g * hurwitz(2.0, x),),
    hurwitz: (None, lambda g, z, s, x: -g * s * hurwitz(s + 1, x)),
}
