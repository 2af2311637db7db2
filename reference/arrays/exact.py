"""``Exact``: definitions interpreted in mpmath's arbitrary precision, the judge of last resort.

mpmath knows neither signed zeros nor infinities that come from a division by zero, and its log and
sqrt leave the real line for negative arguments. Here x/0 is an infinity of x's sign and what is
undefined over the reals is NaN; who needs the sign of a zero asks float64 arithmetic.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import scipy.special
from numpy.typing import NDArray

from tensorcts.reference import dtypes
from tensorcts.reference.arrays import exact_arithmetic, precise, primitives
from tensorcts.reference.arrays.dispatch import Interpreter, map_arrays, unwrap

NAN = precise.NAN


class Exact(Interpreter):
    """An array of mpmath numbers (``value``: an object ndarray)."""

    level = 0

    def __init__(self, value: NDArray[Any]) -> None:
        """Wrap an array of numbers; floats and integers are taken as they are, exactly."""
        self.value = value if value.dtype == object else _lift(value)

    def interpret(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Run ``function`` on object arrays, elementwise functions by mpmath."""
        plain_args, plain_kwargs = unwrap(args, self.level), unwrap(kwargs, self.level)
        with primitives.arbitrary_precision(), np.errstate(all="ignore"):
            result = FUNCTIONS.get(function, function)(*plain_args, **plain_kwargs)
        return map_arrays(_wrap, result)

    def split(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """The numbers as pairs: the nearest float64 (complex128) and what is left, as float64."""
        if any(isinstance(x, mpmath.mpc) for x in self.value.flat):
            real, imag = Exact(_map(mpmath.re)(self.value)), Exact(_map(mpmath.im)(self.value))
            (hi, lo), (ihi, ilo) = real.split(), imag.split()
            return hi + 1j * ihi, lo + 1j * ilo
        with primitives.arbitrary_precision(), np.errstate(all="ignore"):
            hi = np.asarray(_map(float)(self.value), np.float64)
            lo = _map(lambda x, h: float(x - h) if np.isfinite(h) else 0.0, 2)(self.value, hi)
            return hi, np.asarray(lo, np.float64)


def _wrap(result: Any) -> Any:
    """Numbers become ``Exact`` again; booleans, indices and sizes stay what they are."""
    if isinstance(result, np.ndarray) and result.dtype == object:
        return Exact(result)
    if isinstance(result, mpmath.mpf | mpmath.mpc):
        return Exact(np.array(result, dtype=object))
    return result


def _map(function: Callable[..., Any], arguments: int = 1) -> Callable[..., NDArray[Any]]:
    """``function`` of mpmath numbers as a function of object arrays (0-d in, 0-d out)."""
    ufunc = np.frompyfunc(function, arguments, 1)

    def apply(*arrays: Any) -> NDArray[Any]:
        with np.errstate(all="ignore"):
            return np.asarray(ufunc(*arrays), dtype=object)

    return apply


def _lift(value: NDArray[Any]) -> NDArray[Any]:
    kind = mpmath.mpc if np.issubdtype(value.dtype, np.complexfloating) else mpmath.mpf
    with primitives.arbitrary_precision():  # a 64-bit integer has more than 53 bits
        return _map(kind)(value.astype(object))


def _number(x: Any) -> Any:
    return x if isinstance(x, mpmath.mpf | mpmath.mpc) else mpmath.mpmathify(x)


def _real_line(function: Callable[[Any], Any], low: float, high: float) -> Callable[..., Any]:
    """``function`` on [low, high] (and on complex numbers); NaN elsewhere."""

    def inside(x: Any) -> Any:
        x = _number(x)
        if isinstance(x, mpmath.mpc):
            return function(x)
        return function(x) if low <= x <= high else NAN

    return _map(inside)


def _special(function: Callable[..., Any], arguments: int = 1) -> Callable[..., Any]:
    """A function of ``precise``, which takes mpmath's numbers only."""
    return _map(lambda *numbers: function(*map(_number, numbers)), arguments)


def _atanh(x: Any) -> Any:
    return x * mpmath.inf if x in (1, -1) else mpmath.atanh(x)


def _divide(a: Any, b: Any) -> Any:
    a, b = _number(a), _number(b)
    if b != 0:
        return a / b
    if a == 0 or mpmath.isnan(a):
        return NAN
    return mpmath.sign(a) * mpmath.inf


def _power(a: Any, b: Any) -> Any:
    a, b = _number(a), _number(b)
    if isinstance(a, mpmath.mpc) or isinstance(b, mpmath.mpc):
        return mpmath.exp(b * mpmath.log(a))
    if b == 0 or a == 1:
        return mpmath.mpf(1)
    if mpmath.isnan(a) or mpmath.isnan(b):
        return NAN
    if a == 0:
        return mpmath.mpf(0) if b > 0 else mpmath.inf
    if mpmath.isinf(b):
        if a == -1:
            return mpmath.mpf(1)
        return mpmath.inf if (abs(a) > 1) == (b > 0) else mpmath.mpf(0)
    if a < 0 and not mpmath.isint(b):
        return NAN if mpmath.isfinite(a) else _power(-a, b)
    return mpmath.power(a, b)


def _atan2(y: Any, x: Any) -> Any:
    y, x = _number(y), _number(x)
    if mpmath.isnan(y) or mpmath.isnan(x) or y == x == 0:
        return NAN  # of two zeros it hangs on their signs, which mpmath has not
    if mpmath.isinf(y) and mpmath.isinf(x):
        y, x = mpmath.sign(y), mpmath.sign(x)
    return mpmath.atan2(y, x)


def _extreme(pick: Callable[[Any, Any], bool]) -> Callable[..., Any]:
    return _map(lambda a, b: a if mpmath.isnan(_number(a)) or pick(a, b) else b, 2)


_MAXIMUM = _extreme(lambda a, b: bool(a >= b))
_MINIMUM = _extreme(lambda a, b: bool(a <= b))


def _reduce(ufunc: Callable[..., Any]) -> Callable[..., Any]:
    """A reduction that folds ``ufunc`` over axes (NumPy's own loses NaN among objects)."""

    def reduce(
        x: NDArray[Any], axis: Any = None, *, keepdims: bool = False, initial: float | None = None
    ) -> NDArray[Any]:
        axes = range(x.ndim) if axis is None else np.atleast_1d(axis)
        out = x
        for one in sorted((int(a) % x.ndim for a in axes), reverse=True):
            rows = list(np.moveaxis(out, one, 0))
            if initial is not None:
                rows.append(np.full(np.delete(out.shape, one), initial))
            if not rows:
                raise ValueError("the largest or smallest of no elements is not defined")
            folded = functools.reduce(ufunc, rows)
            out = np.asarray(np.expand_dims(folded, one) if keepdims else folded, dtype=object)
        return out

    return reduce


def _position(function: Callable[..., Any]) -> Callable[..., Any]:
    """np.argmax or np.argmin, the first NaN before all else (objects hide NaN from NumPy's own)."""

    def position(x: NDArray[Any], axis: int | None = None, *, keepdims: bool = False) -> Any:
        nan = _test(mpmath.isnan)(x)
        first = np.argmax(nan, axis=axis, keepdims=keepdims)
        found = np.any(nan, axis=axis, keepdims=keepdims)
        return np.where(found, first, function(x, axis=axis, keepdims=keepdims))

    return position


def _argsort(x: NDArray[Any], *, axis: int = -1, kind: str) -> Any:
    """np.argsort with NaN last (objects hide NaN from NumPy's own); always stable."""
    nan = _test(mpmath.isnan)(x)
    order = np.argsort(np.where(nan, mpmath.mpf(0), x), axis=axis, kind="stable")
    behind = np.argsort(np.take_along_axis(nan, order, axis), axis=axis, kind="stable")
    return np.take_along_axis(order, behind, axis)


def _total(function: Callable[..., Any]) -> Callable[..., Any]:
    """np.sum or np.prod, whose result over nothing or over all axes is a bare Python number."""
    lift = np.frompyfunc(mpmath.mpmathify, 1, 1)

    def total(x: NDArray[Any], axis: Any = None, *, keepdims: bool = False) -> NDArray[Any]:
        return np.asarray(lift(function(x, axis=axis, keepdims=keepdims)), dtype=object)

    return total


def _test(function: Callable[[Any], bool]) -> Callable[..., Any]:
    ufunc = np.frompyfunc(lambda x: function(_number(x)), 1, 1)
    return lambda x: np.asarray(ufunc(x), dtype=bool)


def _round_to_int(function: Callable[[Any], Any]) -> Callable[..., Any]:
    return _map(lambda x: function(x) if mpmath.isfinite(x) else x)


def _convert(x: NDArray[Any], *, dtype: str) -> NDArray[Any]:
    hi, _ = Exact(x).split()
    wide = dtypes.wide(dtype)
    return x if wide in ("float64", "complex128") else primitives.convert(hi, dtype=dtype)


def _exponents(x: NDArray[Any]) -> NDArray[np.int32]:
    return _map(exact_arithmetic.exponent_of)(x).astype(np.int32)


def _where(condition: Any, x: Any, y: Any) -> NDArray[Any]:
    """np.where, whose plain numbers become mpmath's: what is computed from them would be floats."""
    chosen = np.where(condition, x, y)
    return _map(_number)(chosen) if chosen.dtype == object else chosen


INF = float("inf")
FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.divide: _map(_divide, 2),
    np.reciprocal: _map(lambda x: _divide(1, x)),
    np.power: _map(_power, 2),
    np.float_power: _map(_power, 2),
    np.square: _map(lambda x: x * x),
    np.sqrt: _real_line(mpmath.sqrt, 0, INF),
    np.exp: _map(mpmath.exp),
    np.exp2: _special(precise.exp2),
    np.expm1: _map(mpmath.expm1),
    np.log: _real_line(mpmath.log, 0, INF),
    np.log2: _real_line(lambda x: mpmath.log(x) / mpmath.ln2, 0, INF),
    np.log10: _real_line(mpmath.log10, 0, INF),
    np.log1p: _real_line(mpmath.log1p, -1, INF),
    np.sin: _map(lambda x: mpmath.sin(x) if mpmath.isfinite(x) else NAN),
    np.cos: _map(lambda x: mpmath.cos(x) if mpmath.isfinite(x) else NAN),
    np.tan: _map(lambda x: mpmath.tan(x) if mpmath.isfinite(x) else NAN),
    np.arcsin: _real_line(mpmath.asin, -1, 1),
    np.arccos: _real_line(mpmath.acos, -1, 1),
    np.arctan: _map(mpmath.atan),
    np.arctan2: _map(_atan2, 2),
    np.sinh: _map(mpmath.sinh),
    np.cosh: _map(mpmath.cosh),
    np.tanh: _map(mpmath.tanh),
    np.arcsinh: _map(mpmath.asinh),
    np.arccosh: _real_line(mpmath.acosh, 1, INF),
    np.arctanh: _real_line(_atanh, -1, 1),
    np.hypot: _map(exact_arithmetic.hypot, 2),
    np.cbrt: _map(exact_arithmetic.cbrt),
    np.floor_divide: _map(exact_arithmetic.floor_divide, 2),
    np.remainder: _map(exact_arithmetic.remainder, 2),
    np.fmod: _map(exact_arithmetic.fmod, 2),
    np.copysign: _map(exact_arithmetic.copysign, 2),
    np.ldexp: _map(exact_arithmetic.ldexp, 2),
    primitives.exponent_of: _exponents,
    scipy.special.erf: _map(mpmath.erf),
    scipy.special.erfc: _special(precise.erfc),
    scipy.special.erfinv: _special(precise.erfinv),
    scipy.special.gammaln: _special(precise.gammaln),
    scipy.special.psi: _special(precise.psi),
    primitives.hurwitz: _special(precise.zeta, 2),
    np.sum: _total(np.sum),
    np.prod: _total(np.prod),
    np.where: _where,
    np.maximum: _MAXIMUM,
    np.minimum: _MINIMUM,
    np.max: _reduce(_MAXIMUM),
    np.min: _reduce(_MINIMUM),
    np.argmax: _position(np.argmax),
    np.argmin: _position(np.argmin),
    np.argsort: _argsort,
    np.isnan: _test(mpmath.isnan),
    np.isinf: _test(mpmath.isinf),
    np.isfinite: _test(mpmath.isfinite),
    np.signbit: _test(lambda x: bool(x < 0)),
    np.sign: _map(lambda x: x if mpmath.isnan(x) else mpmath.sign(x)),
    np.floor: _round_to_int(mpmath.floor),
    np.ceil: _round_to_int(mpmath.ceil),
    np.rint: _round_to_int(mpmath.nint),
    np.round: _round_to_int(mpmath.nint),
    np.trunc: _round_to_int(lambda x: mpmath.sign(x) * mpmath.floor(abs(x))),
    np.conjugate: _map(mpmath.conj),
    np.real: _map(mpmath.re),
    np.imag: _map(mpmath.im),
    primitives.convert: _convert,
    primitives.join_parts: _map(lambda re, im: mpmath.mpc(_number(re), _number(im)), 2),
}
"""What NumPy can't do to object arrays by itself. All others run as they are."""
