"""The primitives: what NumPy lacks in functional form, and the names of those it has.

A primitive is the unit that interpreters know: ``Noisy`` has an error for it, ``Exact`` a way to
compute it, autodiff a rule. Everything else is composed of primitives.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special

from tensorcts.reference import dtypes
from tensorcts.reference.arrays.dispatch import innermost, primitive
from tensorcts.reference.arrays.multiprecision import MP, arbitrary_precision


@primitive
def hurwitz(s: float, x: Any) -> Any:
    """The sum of (x + k)**-s over k = 0, 1, …, for s > 1 and x > 0: ζ(2, x) is trigamma."""
    return scipy.special.zeta(s, x)


ARITHMETIC: dict[Any, str] = {
    np.add: "add",
    np.subtract: "subtract",
    np.multiply: "multiply",
    np.divide: "divide",
    np.sqrt: "sqrt",
    np.cbrt: "cbrt",
    np.square: "multiply",
    np.reciprocal: "reciprocal",
    np.power: "pow",
    np.float_power: "pow",
    np.exp: "exp",
    np.exp2: "exp2",
    np.expm1: "expm1",
    np.log: "log",
    np.log2: "log2",
    np.log10: "log10",
    np.log1p: "log1p",
    np.sin: "sin",
    np.cos: "cos",
    np.tan: "tan",
    np.arcsin: "asin",
    np.arccos: "acos",
    np.arctan: "atan",
    np.arctan2: "atan2",
    np.sinh: "sinh",
    np.cosh: "cosh",
    np.tanh: "tanh",
    np.arcsinh: "asinh",
    np.arccosh: "acosh",
    np.arctanh: "atanh",
    np.hypot: "hypot",
    scipy.special.erf: "erf",
    scipy.special.erfc: "erfc",
    scipy.special.erfinv: "erfinv",
    scipy.special.gammaln: "gammaln",
    scipy.special.psi: "psi",
    hurwitz: "zeta",
}
"""Elementwise primitives that round, under the names of their rows in the tolerance tables."""

SELECTING = (np.negative, np.positive, np.maximum, np.minimum, np.sign, np.floor, np.ceil, np.trunc,
             np.rint, np.round, np.conjugate, np.copysign, np.where, np.floor_divide, np.remainder,
             np.fmod, np.ldexp)  # fmt: skip
"""Elementwise primitives that never round."""

PREDICATES = (np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal,
              np.isnan, np.isinf, np.isfinite, np.signbit, np.logical_and, np.logical_or,
              np.logical_not, np.logical_xor)  # fmt: skip
"""Elementwise primitives whose result is boolean."""

MOVING = (np.reshape, np.transpose, np.broadcast_to, np.squeeze, np.expand_dims, np.concatenate,
          np.take, np.take_along_axis, np.swapaxes, np.moveaxis, np.flip, np.repeat, np.real,
          np.imag, np.zeros_like)  # fmt: skip
"""Primitives that only move data."""


def is_complex(x: Any) -> bool:
    """Whether an array holds complex numbers, an array of objects at least one."""
    dtype = np.asarray(plain := innermost(x)).dtype
    if dtype.kind == "O":
        return any(isinstance(item, MP.mpc) for item in plain.flat)
    return dtype.kind == "c"


def constant(text: str | Callable[[Any], Any], like: Any) -> Any:
    """A constant in the precision of the array ``like``.

    text: a decimal literal, or a function of the namespace (``math``, or ``MP`` for
        ``Exact``): ``constant(lambda m: m.sqrt(2 / m.pi), like=x)``.
    """
    if np.asarray(innermost(like)).dtype.kind != "O":
        return held(float(text) if isinstance(text, str) else text(math), like)
    with arbitrary_precision():
        return MP.mpf(text) if isinstance(text, str) else text(MP)


@primitive
def held(number: float, like: Any) -> Any:
    """A number as the format of the array ``like`` holds it: ``Noisy`` rounds it."""
    return number


def integers(count: int, like: Any) -> Any:
    """The numbers 0, 1, …, count - 1 as an array of the kind of ``like``."""
    return np.arange(count) + 0 * like


@primitive
def convert(x: Any, *, dtype: str) -> Any:
    """``x`` in the wide dtype of ``dtype``: float to int truncates, int to int wraps.

    Rounding a float to a narrower float is the interpreter's last step, so between floats this
    is the identity. Values outside of an integer dtype's range give some value of it.
    """
    x, target = np.asarray(x), dtypes.numpy_dtype(dtypes.wide(dtype))
    with np.errstate(all="ignore"):
        if np.issubdtype(target, np.integer) and np.issubdtype(x.dtype, np.inexact):
            return _truncate(np.real(x), target)
        if np.issubdtype(x.dtype, np.complexfloating) and not np.issubdtype(target, np.inexact):
            return x != 0
        if np.issubdtype(x.dtype, np.complexfloating) and target == np.float64:
            return np.real(x)
        return x.astype(target)


def _truncate(x: Any, target: np.dtype[Any]) -> Any:
    """Toward zero and saturated at the ends of the integer dtype; NaN gives 0."""
    info = np.iinfo(target)
    inside = np.where(np.isnan(x), 0.0, np.clip(np.trunc(x), float(info.min), float(info.max)))
    low = inside <= float(info.min)
    high = inside >= float(info.max)
    plain = np.where(low | high, 0.0, inside).astype(target)
    return np.where(high, info.max, np.where(low, info.min, plain)).astype(target)


@primitive
def stop_gradient(x: Any) -> Any:
    """``x`` as a constant: nothing flows back through it."""
    return x


@primitive
def scatter_to(x: Any, index: Any, updates: Any, *, axis: int) -> Any:
    """``x`` with ``updates`` written along ``axis`` at ``index``; of duplicates the last stays."""
    out = x.copy()
    np.put_along_axis(out, index, updates, axis)
    return out


@primitive
def scatter_sum(x: Any, index: Any, updates: Any, *, axis: int) -> Any:
    """``x`` with ``updates`` added along ``axis`` at ``index``; duplicates accumulate."""
    out = x.copy()
    grid = list(np.ogrid[tuple(slice(n) for n in index.shape)])
    grid[axis] = index
    np.add.at(out, tuple(grid), updates)
    return out


@primitive
def exponent_of(x: Any) -> Any:
    """The whole e with 2**(e-1) ≤ |x| < 2**e; 0 of what is 0 or not finite."""
    return np.where(np.isfinite(x), np.frexp(x)[1], 0).astype(np.int32)


@primitive
def select(x: Any, mask: Any) -> Any:
    """The elements of ``x`` where the boolean array ``mask`` (of the same shape) is true."""
    return x[mask]


@primitive
def join_parts(real: Any, imag: Any) -> Any:
    """The complex numbers with these parts: real + 1j·imag loses signed zeros and infinities."""
    out = np.empty(np.broadcast_shapes(np.shape(real), np.shape(imag)), np.complex128)
    out.real, out.imag = real, imag
    return out


INDEX_VALUED = (np.argmax, np.argmin, np.argsort, np.argwhere, np.any, np.all, np.nonzero,
                exponent_of)  # fmt: skip
"""Primitives whose result is no longer a number of the interpreter's kind."""
